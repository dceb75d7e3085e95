"""Who took part is named to the Justice Data Lab: by two people, of everybody written down, and of nobody else."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.roles import permissions_of
from iom.access.scope import act_in
from iom.agreements.models import LimitedAccess
from iom.audit.models import Event
from iom.cohorts.models import CohortMembership, Scheme
from iom.common.errors import NotAllowed, NotVisible, WrongState
from iom.outcomes import operations, queries
from iom.outcomes.choices import LeftOut
from iom.outcomes.models import DataLabExport, Study
from iom.outcomes.presenters import notices
from iom.partnerships.models import Membership
from iom.people.models import Person, Restriction, SourceRecord
from iom.people.operations import restrictions
from iom.sharing.models import Disclosure, RightsRequest
from iom.sharing.queries import subject_access
from tests.factories.outcomes import FIRST, LAST, make_ended_member, make_named_members, make_study
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person

GROUNDS = operations.Grounds(
    purpose="Whether the scheme works, found by name on the national computer",
    agreement="DSA 17",
    gateway="common-law-policing",
    basis="law-enforcement-task",
)


@pytest.fixture
def people(place: Place, scheme: Scheme, manager: Worker) -> list[Person]:
    """Sixty-two people who joined, of whom the police have full records of their own."""
    with act_in(place.system()):
        return make_named_members(place, scheme, manager)


@pytest.fixture
def study(place: Place, scheme: Scheme) -> Study:
    with act_in(place.system()):
        return make_study(place, "designed", scheme=scheme)


@pytest.fixture
def irene(place: Place) -> Worker:
    """Information governance at the police, whose records are given."""
    return make_worker(place, "irene", agency="Police", roles=["information-governance"])


def asked(study: Study, by: Worker) -> DataLabExport:
    with act_in(by.scope):
        return operations.ask_data_lab(study_id=study.pk, grounds=GROUNDS, by=by.scope, at=timezone.now())


def released(study: Study, by: Worker, second: Worker) -> DataLabExport:
    export = asked(study, by)
    with act_in(second.scope):
        operations.decide_data_lab(
            export_id=export.pk, is_released=True, reason="", seen=export.sha256, by=second.scope, at=timezone.now()
        )
    return export


def file(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def why(study: Study, by: Worker) -> dict[int, LeftOut]:
    with act_in(by.scope):
        return queries.to_give(study=study, scope=by.scope, at=timezone.now()).left_out


def test_from_asking_to_the_file(
    people: list[Person], study: Study, analyst: Worker, irene: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(analyst.scope):
        SourceRecord.objects.filter(person=people[0]).update(
            given_names="=1+1", pnc_id="2001/0012345X", prison_number="A1234BC"
        )
    client = as_user(analyst)
    page = client.get(reverse("outcomes-study", args=[study.pk])).content.decode()
    assert reverse("outcomes-ask-data-lab", args=[study.pk]) in page
    ask = reverse("outcomes-ask-data-lab", args=[study.pk])
    page = client.get(ask).content.decode()
    assert "People in it: 62." in page
    assert "Robin1" not in page
    assert "Fewer than 10" in page
    page = client.post(ask, vars(GROUNDS) | {"purpose": "", "basis": "uk-gdpr-6-1-e"}).content.decode()
    assert "There is a problem" in page
    assert client.post(ask, vars(GROUNDS)).status_code == 302
    with act_in(analyst.scope):
        export = DataLabExport.objects.get()
    assert (export.number, len(export.people)) == (62, 62)
    take, decide = (reverse(f"outcomes-{name}-data-lab", args=[export.pk]) for name in ("take", "decide"))
    assert client.post(take).status_code == 409  # nobody else has decided
    assert client.post(decide, {"decision": "yes", "seen": export.sha256}).status_code == 403  # not by this role
    assert client.get(ask).status_code == 409  # one waits already

    client = as_user(irene)
    with act_in(irene.scope):
        items = notices.attention(scope=irene.scope, on=date(2026, 11, 23))
    assert [item.url for item in items] == [decide]
    page = client.get(decide).content.decode()
    assert "62 people who took part are named to the Ministry of Justice" in page
    assert "Forename(s); Surname; Date of birth; Sex; PNC ID; Prison number" in page
    assert "Robin1" not in page
    assert client.post(decide, {"decision": "yes", "seen": "something else"}).status_code == 409
    page = client.post(decide, {"decision": "no", "seen": export.sha256, "reason": ""}).content.decode()
    assert "There is a problem" in page
    assert client.post(decide, {"decision": "yes", "seen": export.sha256}).status_code == 302

    assert client.get(take).status_code == 405  # a look at an address discloses nothing
    client = as_user(analyst)
    answer = client.post(take)
    assert answer.streaming
    headings, *rows = file(answer)
    assert headings[:2] == ["Forename(s)", "Surname"]
    assert len(rows) == 62
    mine = next(row for row in rows if row[5] == "A1234BC")
    assert mine == [
        "'=1+1", people[0].family_name, "1985-01-01", "Male", "2001/0012345X", "A1234BC", "2024-01-01", "2024-12-31",
    ]  # fmt: skip
    page = client.get(reverse("outcomes-data-lab", args=[export.pk])).content.decode()
    assert "Everybody who was in it when it was asked for was in it when it was taken." in page


def test_each_person_is_written_down_and_can_be_told(
    people: list[Person], study: Study, analyst: Worker, irene: Worker
) -> None:
    export = released(study, analyst, irene)
    for _time in range(2):
        with act_in(irene.scope):
            operations.take_data_lab(export_id=export.pk, by=irene.scope, at=timezone.now())
    with act_in(irene.scope):
        events = Event.objects.filter(action="outcomes.take_data_lab", person_id__isnull=False)
        for person in (people[0], people[-1]):
            mine = events.filter(person_id=person.pk)
            assert {(each.kind, each.actor_id) for each in mine} == {("disclosure", irene.scope.user_id)}
            (told,) = subject_access.receivers(person_id=person.pk, scope=irene.scope)
            assert (told.name, told.agency_id, told.times) == ("Justice Data Lab, Ministry of Justice", None, 2)
        assert events.count() == 2 * 62
        assert Disclosure.objects.filter(purpose=GROUNDS.purpose).count() == 2 * 62
        whole = Event.objects.filter(action="outcomes.take_data_lab", subject_type="outcomes.Study").first()
        assert whole is not None
        assert (whole.kind, whole.detail) == ("disclosure", {"export": export.pk, "number": 62})


def test_somebody_restricted_since_is_left_out_and_nobody_is_added(
    people: list[Person],
    study: Study,
    scheme: Scheme,
    place: Place,
    manager: Worker,
    analyst: Worker,
    irene: Worker,
    as_user: Callable[[Worker], Client],
) -> None:
    export = released(study, analyst, irene)
    with act_in(place.system("Probation")):  # another agency's restriction counts as well
        restrictions.restrict(person=people[0], reason="They asked", by=place.system("Probation"), at=timezone.now())
        Person.objects.filter(pk=people[1].pk).update(erased_at=timezone.now())
    with act_in(place.system()):
        make_named_members(place, scheme, manager, number=1, given_names="Late")
    rows = file(as_user(analyst).post(reverse("outcomes-take-data-lab", args=[export.pk])))[1:]
    assert len(rows) == 60
    families = {row[1] for row in rows}
    assert families == {person.family_name for person in people[2:]}
    with act_in(irene.scope):
        assert not Event.objects.filter(action="outcomes.take_data_lab", person_id=people[0].pk).exists()
        assert not Disclosure.objects.filter(person__in=people[:2]).exists()
        assert DataLabExport.objects.get().dropped == {"gone": 1, "kept-back": 1}
    page = as_user(irene).get(reverse("outcomes-data-lab", args=[export.pk])).content.decode()
    assert "fewer than 10. Nobody was added." in page
    # One more, and fewer than the Data Lab takes are left: nothing leaves, and nothing is written down.
    with act_in(place.system()):
        restrictions.restrict(person=people[2], reason="They asked", by=place.system(), at=timezone.now())
        before = Disclosure.objects.count()
    assert as_user(analyst).post(reverse("outcomes-take-data-lab", args=[export.pk])).status_code == 409
    with act_in(place.system()):
        assert Disclosure.objects.count() == before


def test_fifty_nine_people_are_refused(
    study: Study, scheme: Scheme, place: Place, manager: Worker, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        make_named_members(place, scheme, manager, number=59)
    ask = reverse("outcomes-ask-data-lab", args=[study.pk])
    page = as_user(analyst).get(ask).content.decode()
    assert "takes no file of fewer than 60 people" in page
    assert "People in it" not in page  # fewer than sixty: how many is not said
    assert as_user(analyst).post(ask, vars(GROUNDS)).status_code == 409
    with act_in(analyst.scope):
        assert not DataLabExport.objects.exists()


def test_why_people_are_left_out(
    people: list[Person], study: Study, scheme: Scheme, place: Place, manager: Worker, analyst: Worker
) -> None:
    marking = {"partnership": place.partnership, "owner_agency": place.agencies["Police"], "regime": "law-enforcement"}
    with act_in(place.system()):
        membership = Membership.objects.get(user=manager.user)
        (others,) = make_named_members(place, scheme, manager, number=1, agency="Probation")
        nameless = make_person(place, given_names="", date_of_birth=date(1990, 1, 1))
        unborn = make_person(place)
        for person in (nameless, unborn):
            make_ended_member(person, scheme, membership, joined=LAST)
        outside = make_person(place, date_of_birth=date(1990, 1, 1))
        make_ended_member(outside, scheme, membership, joined=FIRST - timedelta(days=1))
        CohortMembership.objects.filter(person=people[0]).update(
            owner_agency=place.agencies["Probation"],
            audience="listed",
            audience_agencies=[place.agencies["Police"].pk],
        )
        limits = {"kind": "restricted", "reason": "At risk", "contact": "Desk", "review_on": date(2027, 1, 1)}
        LimitedAccess.objects.create(
            **marking,
            **limits,
            person_id=people[1].pk,
            placed_by=1,
            placed_at=AT,
            confirmed_by=2,
            confirmed_at=AT,
            agency_ids=[place.agencies["Police"].pk],
        )
        RightsRequest.objects.create(
            **marking | {"owner_agency": place.agencies["Council"]},
            person=people[2],
            kind="object",
            received_on=date(2026, 11, 1),
            channel="letter",
            asked_for="Leave me out",
            identity_check="known",
            recorded_by=1,
            recorded_at=AT,
        )
    assert why(study, analyst) == {
        people[0].pk: LeftOut.NOT_SHARED,
        people[1].pk: LeftOut.KEPT_BACK,
        people[2].pk: LeftOut.KEPT_BACK,
        others.pk: LeftOut.NO_RECORD,
        nameless.pk: LeftOut.NOT_MATCHED,
        unborn.pk: LeftOut.NOT_MATCHED,
    }


def test_who_asked_cannot_decide_and_nobody_else_can_take(
    people: list[Person],
    study: Study,
    place: Place,
    analyst: Worker,
    irene: Worker,
    manager: Worker,
    as_user: Callable[[Worker], Client],
) -> None:
    both = make_worker(place, "both", agency="Police", roles=["analyst", "manager"])
    export = asked(study, both)
    decide = reverse("outcomes-decide-data-lab", args=[export.pk])
    assert as_user(both).get(decide).status_code == 403
    assert as_user(both).post(decide, {"decision": "yes", "seen": export.sha256}).status_code == 403
    with act_in(both.scope), pytest.raises(IntegrityError), transaction.atomic():
        DataLabExport.objects.update(state="released", decided_by=both.scope.user_id, decided_at=AT)
    # Nor does another agency let these names leave, though its manager may release reports.
    assert as_user(manager).get(decide).status_code == 403
    assert as_user(manager).post(decide, {"decision": "yes", "seen": export.sha256}).status_code == 403
    with act_in(manager.scope):
        assert notices.attention(scope=manager.scope, on=date(2026, 11, 23)) == []
    assert as_user(irene).post(decide, {"decision": "yes", "seen": export.sha256}).status_code == 302
    take = reverse("outcomes-take-data-lab", args=[export.pk])
    # Not by a third, though their role could have asked or decided.
    third = make_worker(place, "third", agency="Police", roles=["information-governance"])
    assert [as_user(each).post(take).status_code for each in (third, analyst, manager)] == [403, 403, 403]
    assert [as_user(each).post(take).status_code for each in (both, irene)] == [200, 200]
    page = as_user(analyst).get(reverse("outcomes-study", args=[study.pk])).content.decode()
    assert "taken on" in page


@pytest.mark.parametrize(
    ("name", "roles"), [("analyst", ["board-member", "manager"]), ("irene", ["board-member", "analyst"])]
)
def test_who_may_no_longer_ask_or_decide_takes_nothing(
    people: list[Person],
    study: Study,
    analyst: Worker,
    irene: Worker,
    as_user: Callable[[Worker], Client],
    name: str,
    roles: list[str],
) -> None:
    """One of the two, whose role lets them see outcomes still, and do the other's part."""
    export = released(study, analyst, irene)
    worker = {"analyst": analyst, "irene": irene}[name]
    changed = replace(worker.scope, roles=tuple(roles), permissions=permissions_of(roles))
    with act_in(changed), pytest.raises(NotAllowed):
        operations.take_data_lab(export_id=export.pk, by=changed, at=timezone.now())
    with act_in(worker.scope):
        Membership.objects.filter(user=worker.user).update(roles=roles)
    page = as_user(worker).get(reverse("outcomes-data-lab", args=[export.pk])).content.decode()
    assert reverse("outcomes-take-data-lab", args=[export.pk]) not in page


def test_who_may_not(
    people: list[Person],
    study: Study,
    place: Place,
    elsewhere: Place,
    analyst: Worker,
    as_user: Callable[[Worker], Client],
) -> None:
    export = asked(study, analyst)
    names = ("outcomes-data-lab", "outcomes-decide-data-lab")
    worker = as_user(make_worker(place, "wendy", agency="Police", roles=["partner-worker"]))
    assert {worker.get(reverse(name, args=[export.pk])).status_code for name in names} == {403}
    assert worker.post(reverse("outcomes-take-data-lab", args=[export.pk])).status_code == 403
    far = make_worker(elsewhere, "far", agency="Police", roles=["analyst", "manager"])
    client = as_user(far)
    assert {client.get(reverse(name, args=[export.pk])).status_code for name in names} == {404}
    assert client.post(reverse("outcomes-take-data-lab", args=[export.pk])).status_code == 404
    assert client.get(reverse("outcomes-ask-data-lab", args=[study.pk])).status_code == 404
    with act_in(far.scope), pytest.raises(NotVisible):
        operations.take_data_lab(export_id=export.pk, by=far.scope, at=timezone.now())
    with act_in(far.scope):
        assert not DataLabExport.objects.filter(pk=export.pk).exists()  # row-level security alone


def test_a_draft_has_no_file_and_a_list_that_was_changed_does_not_leave(
    people: list[Person], place: Place, scheme: Scheme, study: Study, analyst: Worker, irene: Worker
) -> None:
    with act_in(place.system()):
        draft = make_study(place, scheme=scheme)
    with pytest.raises(WrongState):
        asked(draft, analyst)
    export = released(study, analyst, irene)
    with act_in(irene.scope):
        DataLabExport.objects.update(people=[*export.people[1:], 1])
        with pytest.raises(WrongState, match="no longer what was decided"):
            operations.take_data_lab(export_id=export.pk, by=irene.scope, at=timezone.now())
        assert not Disclosure.objects.exists()


def test_what_was_refused_keeps_nobody_and_can_be_asked_for_again(
    people: list[Person], study: Study, analyst: Worker, irene: Worker
) -> None:
    export = asked(study, analyst)
    with act_in(irene.scope):
        operations.decide_data_lab(
            export_id=export.pk, is_released=False, reason="No agreement", seen=export.sha256, by=irene.scope, at=AT
        )
        export.refresh_from_db()
    assert (export.state, export.people, export.reason) == ("refused", [], "No agreement")
    assert asked(study, analyst).pk != export.pk


def test_restrictions_that_ended_count_no_more(
    people: list[Person], study: Study, place: Place, analyst: Worker
) -> None:
    with act_in(place.system()):
        made = restrictions.restrict(person=people[0], reason="They asked", by=place.system(), at=AT)
        Restriction.objects.filter(pk=made.pk).update(
            lifted_at=AT, lifted_by=1, told_on=AT.date(), lift_reason="It was settled"
        )
    assert why(study, analyst) == {}
