"""Graded intelligence for the panel: read by whom its handling code lets, through both walls, until taken back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse

from iom.access.scope import Scope, act_in
from iom.agreements import operations as agreements
from iom.agreements.models import SharingAgreement
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts.models import Nomination, PanelIntelligence, Scheme
from iom.cohorts.operations import Report
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.people.models import IntelligenceCount, Person, SourceRecord
from iom.sharing.operations import requests
from iom.sharing.operations.requests import Asking
from iom.sharing.queries import packages as packages_held
from tests.factories.agreements import drafter, make_agreement
from tests.factories.cohorts import nominate
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event

AsUser = Callable[[Worker], Client]
SHARED = Report("Seen near the yard", "2", "B", "P", "", "partners")
WORDS = "Zqstolen lead is sold on"


@pytest.fixture
def nomination(place: Place, scheme: Scheme, person: Person) -> Nomination:
    with act_in(place.system()):
        return nominate(person, scheme, place.system())


def bound(place: Place, *agencies: str) -> Report:
    """Code C, for these agencies."""
    ids = tuple(place.agencies[name].pk for name in agencies)
    return Report(WORDS, "1", "A", "C", "Ask the police before you act on it", "listed" if ids else "own", ids)


def give(nomination: Nomination, report: Report, by: Scope) -> PanelIntelligence:
    with act_in(by):
        return cohorts.give_intelligence(nomination=nomination, report=report, by=by, at=AT)


def test_code_c_is_read_by_the_agencies_it_lists_and_by_no_other(
    place: Place, nomination: Nomination, alice: Worker, as_user: AsUser
) -> None:
    give(nomination, SHARED, alice.scope)
    give(nomination, bound(place, "Probation"), alice.scope)
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    carl = make_worker(place, "carl", agency="Council", roles=["coordinator"])
    page = reverse("cohorts-nomination", args=[nomination.pk])
    read = as_user(peter).get(page).text
    assert WORDS in read
    assert "1AC" in read
    assert "Known directly to the source" in read
    assert "Ask the police before you act on it" in read
    assert "May be seen by: Police, Probation." in read
    unread = as_user(carl).get(page).text
    assert "Seen near the yard" in unread
    assert "Source 2: Untested" in unread
    assert WORDS not in unread
    assert "1AC" not in unread, "that there is something is not told either"
    with act_in(carl.scope):
        assert [each.text for each in PanelIntelligence.objects.all()] == ["Seen near the yard"], "the second wall"


def test_it_is_given_on_a_form_that_says_what_is_missing(
    place: Place, nomination: Nomination, alice: Worker, as_user: AsUser
) -> None:
    client, address = as_user(alice), reverse("cohorts-give-intelligence", args=[nomination.pk])
    sent = {
        "text": WORDS, "source_evaluation": "3", "information_assessment": "D", "handling_code": "C",
        "conditions": "", "audience": "partners",
    }  # fmt: skip
    answer = client.post(address, sent)
    assert answer.status_code == 200
    assert "Code C needs its conditions" in answer.text
    assert "Code C is not for all partners" in answer.text
    done = client.post(address, {**sent, "conditions": "For the panel alone", "audience": "own"})
    assert done.status_code == 302
    with act_in(alice.scope):
        given = PanelIntelligence.objects.get()
        assert (given.grading, given.audience, given.handling_conditions) == ("3DC", "own", "For the panel alone")
        event = Event.objects.get(action="cohorts.give_intelligence")
    assert WORDS not in str(vars(event))


def test_neither_intelligence_nor_a_return_is_given_to_whom_no_agreement_lets_receive_it(
    place: Place, nomination: Nomination, alice: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        agreement, by = SharingAgreement.objects.get(), drafter(place.agencies["Police"])
        agreements.withdraw(agreement=agreement, reason="A party left", by=by, at=AT)
    give(nomination, replace(SHARED, audience="own"), alice.scope)
    with pytest.raises(InvalidInput, match="No sharing agreement in force lets Police share"):
        give(nomination, SHARED, alice.scope)
    client, address = as_user(alice), reverse("cohorts-return", args=[nomination.pk])
    told = {"known": "yes", "summary": WORDS, "view": "support", "view_reason": "Why", "audience": "partners"}
    refused = client.post(address, told)
    assert "No sharing agreement in force lets Police share" in refused.text
    assert WORDS in refused.text, "what was typed is not lost"
    with act_in(place.system()):
        both = [place.agencies["Police"], place.agencies["Probation"]]
        other = make_agreement(both, at=AT, reference="Two alone")
    assert "does not let Prison receive from Police" in client.post(address, told).text
    listed = {**told, "audience": "listed", "audience_agencies": [place.agencies["Probation"].pk]}
    assert client.post(address, listed).status_code == 302
    with act_in(alice.scope):
        assert Event.objects.get(action="cohorts.give_return").detail["agreements"] == [other.pk]


def test_taken_back_its_words_are_gone_and_only_its_own_agency_can(
    place: Place, nomination: Nomination, alice: Worker, as_user: AsUser
) -> None:
    given = give(nomination, bound(place, "Probation"), alice.scope)
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    with act_in(peter.scope), pytest.raises(NotAllowed):
        cohorts.withdraw_intelligence(intelligence=given, reason="Mine", by=peter.scope, at=AT)
    assert "Take back" not in as_user(peter).get(reverse("cohorts-nomination", args=[nomination.pk])).text
    client = as_user(alice)
    answer = client.post(reverse("cohorts-withdraw-intelligence", args=[given.pk]), {"reason": "It names the source"})
    assert answer.status_code == 302
    with act_in(alice.scope):
        given.refresh_from_db()
        assert (given.text, given.handling_conditions, given.withdrawn_by) == ("", "", alice.user.pk)
        assert Event.objects.get(action="cohorts.withdraw_intelligence").fields == ["handling_conditions", "text"]
    page = as_user(peter).get(reverse("cohorts-nomination", args=[nomination.pk])).text
    assert "Taken back on" in page
    assert WORDS not in page
    with act_in(alice.scope), pytest.raises(WrongState):
        cohorts.withdraw_intelligence(intelligence=given, reason="Again", by=alice.scope, at=AT)


def test_nothing_is_given_once_the_panel_has_decided(nomination: Nomination, alice: Worker) -> None:
    with act_in(alice.scope):
        cohorts.withdraw(nomination=nomination, reason="Moved away", by=alice.scope, at=AT)
    with pytest.raises(WrongState):
        give(nomination, SHARED, alice.scope)


@pytest.mark.parametrize("code", ["C", "4", "5"])
def test_the_database_refuses_conditions_for_all(
    place: Place, nomination: Nomination, alice: Worker, person: Person, code: str
) -> None:
    given = give(nomination, bound(place), alice.scope)
    with act_in(place.system()):
        record = SourceRecord.objects.filter(person=person).first()
        with pytest.raises(IntegrityError, match="with_conditions_not_for_all"), transaction.atomic():
            PanelIntelligence.objects.filter(pk=given.pk).update(audience="partners", handling_code=code)
        with pytest.raises(IntegrityError, match="with_conditions_not_for_all"), transaction.atomic():
            add_event(IntelligenceCount, record, month=AT.date(), reports=1, handling_code=code)


def test_an_answer_offers_it_to_a_listed_agency_alone_and_a_package_to_nobody(
    place: Place, nomination: Nomination, alice: Worker, person: Person
) -> None:
    give(nomination, bound(place, "Probation"), alice.scope)
    give(nomination, SHARED, alice.scope)

    def offered(agency: str) -> set[str]:
        asker = make_worker(place, f"asks-{agency}", agency=agency, roles=["practitioner", "coordinator"]).scope
        asking = Asking(
            who="Jordan Ashdown", purpose="To plan", necessity="It rests on it", question="What is known?",
            kinds=["answers"], gateway="crime-and-disorder-s115", urgency="routine",
        )  # fmt: skip
        with act_in(asker):
            asked = requests.ask(person=person, agency=place.agencies["Police"], asking=asking, by=asker, at=AT)
        with act_in(alice.scope):
            found: Any = requests.queries.held(request=asked, scope=alice.scope)
        return {field.text for each in found for field in each.fields if field.name == "text"}

    assert offered("Probation") == {WORDS, "Seen near the yard"}
    assert offered("Council") == {"Seen near the yard"}
    package: Any = type("Package", (), {"person_id": person.pk, "kinds": ["answers"]})()
    with act_in(alice.scope):
        found = packages_held.held(package=package, scope=alice.scope)
    assert {field.text for each in found for field in each.fields if field.name == "text"} == {"Seen near the yard"}


def test_ungraded_it_is_not_given(nomination: Nomination, alice: Worker) -> None:
    with pytest.raises(InvalidInput):
        give(nomination, Report(WORDS, "", "", "", "", "partners"), alice.scope)
    with act_in(alice.scope):
        assert PanelIntelligence.objects.count() == 0
