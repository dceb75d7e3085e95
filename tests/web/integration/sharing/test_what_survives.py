"""What evaluation counts by year is the same before and after records have reached their end (ADR 27)."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone

from iom.access.scope import act_in
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import EndReason
from iom.cohorts.models import CohortMembership, MembershipChange, Nomination, PanelDecision
from iom.common import registries
from iom.people.models import Person, Sanction
from tests.factories.cohorts import days_later, make_member, make_scheme
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_record

NEXT_MAY = date(AT.year + 1, 5, 6)
TWO_YEARS_ON = date(AT.year + 2, 5, 6)


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
    chair = make_worker(place, "mary", agency="Police", roles=["manager", "coordinator", "panel-chair"])
    with act_in(place.system()):
        scheme = make_scheme(place)
        record = make_record(place)
    person = link_people(place, {"one": [record]})["one"]
    with act_in(chair.scope):
        member = make_member(person, scheme, lead=alice, nominated_by=chair.scope, by=chair.scope)
        cohorts.change_rag(membership=member, rag="amber", rationale="Two clear tests", by=chair.scope, at=AT)
        leave(member, chair)
    destroy(place, person)
    with act_in(place.system()):
        for model in (CohortMembership, MembershipChange, Nomination, PanelDecision):
            for row in model.objects.all():
                days = {name: value for name, value in dates_of(row).items() if (value.month, value.day) != (1, 1)}
                assert not days, (model.__name__, days)


def leave(member: CohortMembership, by: Worker) -> None:
    cohorts.deselect(
        membership=member, end_reason=EndReason.SUSTAINED_REDUCTION, explanation="A year without arrest",
        agreed_by="The panel", exit_plan="Work goes on", told="In person", by=by.scope, at=days_later(1),
    )  # fmt: skip


def destroy(place: Place, person: Person) -> None:
    """Every agency's and the partnership's own record of the person, as an approved list ends them."""
    with act_in(place.system()) as system:
        for entry in registries.retained_records:
            entry.erase(by=system, person_id=person.pk, agency_id=system.agency_id, at=AT)


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
