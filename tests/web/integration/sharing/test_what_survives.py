"""What evaluation counts by year is the same before and after records have reached their end (ADR 27)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.agreements.models import LimitedAccess
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import EndReason
from iom.cohorts.models import (
    AgencyReturn,
    CohortMembership,
    MembershipChange,
    Nomination,
    PanelDecision,
    PanelIntelligence,
    ReturnRequest,
)
from iom.common import registries
from iom.common.erasure import REMOVED
from iom.people.models import Person, Sanction
from iom.sharing.models import RetentionReview
from iom.sharing.operations import retention, subject_access
from iom.sharing.queries import retention as queries
from tests.factories.cohorts import days_later, make_intelligence, make_member, make_scheme, nominate, selection
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_record
from tests.web.integration.sharing.test_limited_and_emergency_access import place_limit
from tests.web.integration.sharing.test_subject_access import ASKED

NEXT_MAY = date(AT.year + 1, 5, 6)
TWO_YEARS_ON = date(AT.year + 2, 5, 6)
OF_COHORT: tuple[Any, ...] = (
    AgencyReturn, CohortMembership, MembershipChange, Nomination, PanelDecision, PanelIntelligence, ReturnRequest,
)  # fmt: skip


def test_members_and_their_offending_are_counted_the_same(place: Place, alice: Worker) -> None:
    """Of four members two offend in the year after and one later; of each kind one is destroyed."""
    chair = make_worker(place, "mary", agency="Police", roles=["manager", "coordinator", "panel-chair"])
    offended = {"Ash": NEXT_MAY, "Beech": NEXT_MAY, "Cedar": TWO_YEARS_ON, "Doe": None}
    with act_in(place.system()):
        scheme = make_scheme(place)
        records = {name: make_record(place, family_name=name) for name in offended}
        for name, on in offended.items():
            if on is not None:
                add_event(
                    Sanction, records[name], sanction_date=on, offence_date=on, sanction_type="conviction",
                    offence_code="04600",
                )  # fmt: skip
    people = link_people(place, {name: [record] for name, record in records.items()})
    with act_in(chair.scope):
        for name, person in people.items():
            member = make_member(person, scheme, lead=alice, nominated_by=chair.scope, by=chair.scope)
            if name in ("Ash", "Doe"):
                leave(member, chair)
    with act_in(place.system()):
        before = members_by_year(), offended_in_the_year_after()
    assert sum(row[-1] for row in before[0]) == 4
    assert before[1] == [(AT.year, 2)]
    for name in ("Ash", "Doe"):
        destroy(place, people[name])
    with act_in(place.system()):
        assert (members_by_year(), offended_in_the_year_after()) == before
        gone = Person.objects.filter(erased_at__isnull=False)
        assert {(each.family_name, each.sex) for each in gone} == {("", "")}
        assert gone.count() == 2
        assert set(Sanction.objects.filter(person__in=gone).values_list("offence_date", "offence_code")) == {
            (date(NEXT_MAY.year, 1, 1), "")
        }


def test_no_day_survives_of_what_the_partnership_decided(place: Place, alice: Worker) -> None:
    """When something was written down says as much as what was written: to the year, like the days it is about."""
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    chair = make_worker(place, "mary", agency="Police", roles=["manager", "coordinator", "panel-chair"])
    with act_in(place.system()):
        scheme = make_scheme(place)
        record = make_record(place)
    person = link_people(place, {"one": [record]})["one"]
    with act_in(chair.scope):
        nomination = nominate(person, scheme, chair.scope, asked=[peter.scope.agency_id])
        make_intelligence(nomination)
    with act_in(peter.scope):
        cohorts.give_return(
            nomination=nomination, known="yes", summary="Known for years", view="support", view_reason="Joint work",
            audience="partners", audience_agencies=[], by=peter.scope, at=AT,
        )  # fmt: skip
    with act_in(chair.scope):
        cohorts.decide(nomination=nomination, verdict=selection(alice), by=chair.scope, at=AT)
        member = CohortMembership.objects.get()
        cohorts.change_rag(membership=member, rag="amber", rationale="Two clear tests", by=chair.scope, at=AT)
        leave(member, chair)
    destroy(place, person)
    with act_in(place.system()):
        for model in OF_COHORT:
            rows: list[models.Model] = list(model.objects.all())
            assert rows, model.__name__
            for row in rows:
                days = {name: value for name, value in dates_of(row).items() if (value.month, value.day) != (1, 1)}
                assert not days, (model.__name__, days)


def test_a_timeline_opens_after_the_partnerships_record_has_gone(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    chair = make_worker(place, "mary", agency="Police", roles=["manager", "coordinator", "panel-chair"])
    with act_in(place.system()):
        scheme = make_scheme(place)
        record = make_record(place)
        add_event(Sanction, record, sanction_date=date(2010, 3, 4), sanction_type="conviction", offence_code="04600")
    person = link_people(place, {"one": [record]})["one"]
    with act_in(chair.scope):
        leave(make_member(person, scheme, lead=alice, nominated_by=chair.scope, by=chair.scope), chair)
    address = reverse("people-timeline", args=[person.public_id])
    assert "Nominated" in as_user(alice).get(address).text
    destroy(place, person, record="partnership")
    page = as_user(alice).get(address)
    assert page.status_code == 200
    assert "Nominated" not in page.text, "a year is no day of a timeline"
    assert "4 March 2010" in page.text


def test_what_stands_or_waits_for_an_answer_is_left(place: Place, alice: Worker) -> None:
    """A limit keeps its words while the agency holds the person's own record; a request of theirs stops destruction."""
    irene = make_worker(place, "irene", agency="Police", roles=["information-governance"])
    mary = make_worker(place, "mary", agency="Police", roles=["manager"])
    with act_in(place.system()):
        record = make_record(place)
        add_event(Sanction, record, sanction_date=date(2010, 3, 4), sanction_type="conviction", offence_code="04600")
    person = link_people(place, {"one": [record]})["one"]
    place_limit(person, mary.scope, user_ids=[irene.user.pk + 999], reason="She is an aunt")
    with act_in(place.system()) as system:
        assert retention.set_review_dates(after=0, by=system, at=AT) is None
    destroy(place, person, record="partnership")
    with act_in(place.system()):
        assert LimitedAccess.objects.get().reason == "She is an aunt"
    with act_in(irene.scope):
        assert not queries.is_asked_about(person_ids=[person.pk], scope=irene.scope)
        made = subject_access.record(person=person, asked=ASKED, by=irene.scope, at=AT)
        assert queries.is_asked_about(person_ids=[person.pk], scope=irene.scope)
        subject_access.withdraw(request=made, reason="They took it back", by=irene.scope, at=AT)
        assert not queries.is_asked_about(person_ids=[person.pk], scope=irene.scope)
    destroy(place, person, record="agency")
    with act_in(place.system()):
        assert LimitedAccess.objects.get().reason == REMOVED


def leave(member: CohortMembership, by: Worker) -> None:
    cohorts.deselect(
        membership=member, end_reason=EndReason.SUSTAINED_REDUCTION, explanation="A year without arrest",
        agreed_by="The panel", exit_plan="Work goes on", told="In person", by=by.scope, at=days_later(1),
    )  # fmt: skip


def destroy(place: Place, person: Person, *, record: str = "") -> None:
    """The agency's and the partnership's own record of the person, or one of them, as an approved list ends them."""
    with act_in(place.system()) as system:
        for entry in registries.retained_records:
            if record in ("", entry.record):
                entry.erase(by=system, person_id=person.pk, agency_id=system.agency_id, at=AT)
        if record:
            RetentionReview.objects.filter(person=person, record=record).delete()


def members_by_year() -> list[tuple[Any, ...]]:
    """Year they began, cohort type, RAG, year it ended, how; and how many."""
    found = CohortMembership.objects.values_list(
        "started_on__year", "cohort_type", "rag", "ended_on__year", "end_reason"
    )
    return list(found.annotate(people=Count("pk")).order_by("started_on__year", "end_reason"))


def offended_in_the_year_after() -> list[tuple[int, int]]:
    """Of the members who began in each year: how many had an offence committed in the calendar year after."""
    offence = Sanction.objects.filter(person=OuterRef("person"), offence_date__year=OuterRef("year") + 1)
    found = CohortMembership.objects.annotate(year=F("started_on__year")).filter(Exists(offence))
    return list(found.values_list("year").annotate(people=Count("pk")).order_by("year"))


def dates_of(row: models.Model) -> dict[str, date]:
    """The row's dates and times, in London."""
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    return {
        name: timezone.localtime(value) if isinstance(value, datetime) else value
        for name, value in values.items()
        if isinstance(value, date)
    }
