"""People merged and split whose two sides are shared differently: what is stricter holds for both, and is shown."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.agreements.choices.limits import Emergency
from iom.agreements.operations import limits
from iom.agreements.queries.limits import limited
from iom.people.models import Person, Sanction, SourceRecord
from iom.people.operations import decisions
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_record
from tests.web.integration.sharing.test_limited_and_emergency_access import place_limit

AsUser = Callable[[Worker], Client]


@pytest.fixture
def sides(place: Place) -> tuple[Person, Person]:
    """Somebody whom the police share with all, and somebody whom treatment keeps to itself, with a sanction of each."""
    with act_in(place.system()):
        open_one = make_record(place, family_name="Poole", date_of_birth=date(1990, 1, 2))
        own = make_record(place, agency="Treatment", audience="own", family_name="Quennell", given_names="Kim")
    found = link_people(place, {"k1": [open_one], "k2": [own]})
    with act_in(place.system()):
        add_event(Sanction, open_one, person=found["k1"], sanction_date=date(2024, 3, 1), court="Northam")
        add_event(Sanction, own, person=found["k2"], audience="own", sanction_date=date(2025, 3, 1), court="Kept Court")
    return found["k1"], found["k2"]


@pytest.fixture
def merged(sides: tuple[Person, Person], tracy: Worker) -> Person:
    """One person of both, merged by who sees both sides."""
    keep, gone = sides
    with act_in(tracy.scope):
        decisions.merge_people(keep_id=keep.pk, gone_id=gone.pk, reason="Same prints", by=tracy.scope, at=AT)
    return keep


def pages(client: Client, person: Person) -> str:
    """The text of the pages that tell most of a person."""
    return "".join(
        client.get(reverse(name, args=[person.public_id])).text for name in ("people-person", "people-offending")
    )


def test_what_one_agency_keeps_stays_its_own_in_the_person_that_both_became(
    merged: Person, bob: Worker, tracy: Worker, alice: Worker, as_user: AsUser
) -> None:
    for worker in (bob, alice):
        page = pages(as_user(worker), merged)
        assert "Poole" in page
        assert not any(word in page for word in ("Quennell", "Kim", "Kept Court", "Treatment")), worker.user.name
        found = as_user(worker).get(reverse("people-search"), {"q": "Quennell"}).text
        assert str(merged.public_id) not in found, "nor is the person found by what is kept"
    theirs = as_user(tracy).get(reverse("people-person", args=[merged.public_id])).text
    assert "Poole" in theirs
    assert "Quennell" in theirs


def test_split_again_each_side_is_shared_as_it_was(
    merged: Person, place: Place, bob: Worker, tracy: Worker, as_user: AsUser
) -> None:
    with act_in(tracy.scope):
        chosen = SourceRecord.objects.get(family_name="Quennell")
        new = decisions.split_person(person_id=merged.pk, record_ids={chosen.pk}, reason="Twins", by=tracy.scope, at=AT)
        new.refresh_from_db()
    assert (new.audience, new.family_name) == ("own", "Quennell")
    address = reverse("people-person", args=[new.public_id])
    assert (as_user(bob).get(address).status_code, as_user(tracy).get(address).status_code) == (404, 200)


def test_a_limit_on_either_side_holds_for_the_one_and_is_shown(
    sides: tuple[Person, Person], place: Place, tracy: Worker, alice: Worker, as_user: AsUser
) -> None:
    keep, gone = sides
    manager = make_worker(place, "tess", agency="Treatment", roles=["manager"])
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    client, address = as_user(peter), reverse("people-person", args=[keep.public_id])
    assert client.get(address).status_code == 200
    place_limit(gone, manager.scope, user_ids=[peter.user.pk])
    assert client.get(address).status_code == 200, "nobody knows yet that they are one"
    with act_in(tracy.scope):
        decisions.merge_people(keep_id=keep.pk, gone_id=gone.pk, reason="Same prints", by=tracy.scope, at=AT)
    assert client.get(address).status_code == 404
    assert "Limited access" in as_user(tracy).get(address).text
    with act_in(tracy.scope):
        chosen = SourceRecord.objects.get(family_name="Poole")
        new = decisions.split_person(person_id=keep.pk, record_ids={chosen.pk}, reason="Twins", by=tracy.scope, at=AT)
    assert client.get(reverse("people-person", args=[new.public_id])).status_code == 404, "limited until it is lifted"
    assert "Limited access" in as_user(tracy).get(reverse("people-person", args=[new.public_id])).text


def test_an_emergency_access_to_one_side_does_not_open_the_other(
    sides: tuple[Person, Person], place: Place, tracy: Worker
) -> None:
    keep, gone = sides
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    with act_in(peter.scope):
        limits.open_emergency(
            person_id=gone.pk, emergency=Emergency.LIFE, reason="He is at the counter with a knife", hours=8,
            told_agencies=[], by=peter.scope, at=timezone.now(),
        )  # fmt: skip
    with act_in(tracy.scope):
        decisions.merge_people(keep_id=keep.pk, gone_id=gone.pk, reason="Same prints", by=tracy.scope, at=AT)
    scope = limited(peter.scope, at=timezone.now())
    assert keep.pk not in scope.people_opened
    with act_in(scope):
        assert not Sanction.objects.visible_to(scope).filter(court="Kept Court").exists()
