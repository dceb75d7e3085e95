"""A person asks for their data: recorded, gathered, decided, checked by a second person, released as files."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from iom.access.scope import NOBODY, PersonRule, act_in
from iom.agreements.models import EmergencyAccess
from iom.agreements.operations import marked_by, marked_like
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts.models import Score
from iom.cohorts.operations import Report
from iom.common.erasure import REMOVED
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, UserError, WrongState
from iom.common.privacy import SubjectAccess
from iom.common.registries import privacy_declarations
from iom.common.subject_access import gather
from iom.people.models import Arrest, IntelligenceCount, Person, Sanction, SourceRecord
from iom.people.operations import decisions
from iom.sharing import tasks
from iom.sharing.adapters import answers
from iom.sharing.choices.subject_access import RequestState, Treatment
from iom.sharing.models import Package, SubjectAccessItem, SubjectAccessRequest
from iom.sharing.operations import packages, subject_access
from iom.sharing.operations.packages import Outside
from iom.sharing.operations.subject_access import Asked
from iom.sharing.queries import subject_access as queries
from tests.factories.cohorts import make_run, make_scheme, nominate
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, make_person
from tests.factories.sharing import given_to, seen_on
from tests.web.integration.sharing.test_packages import key_pair

AsUser = Callable[[Worker], Client]
SEEN = AT.isoformat()  # what was prepared at that moment
ASKED = Asked(date(2026, 11, 20), "email", "Everything you hold about me", "documents")


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    settings.STORE = tmp_path
    return tmp_path


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Police", roles=["information-governance"])


@pytest.fixture
def person(place: Place) -> Person:
    """Somebody with a conviction of each of two agencies, an arrest with a victim, and intelligence."""
    with act_in(place.system()):
        found = make_person(place, given_names="Robin", family_name="Marsh", date_of_birth=date(1990, 5, 1))
        record = found.source_records.get()
        for row in (
            add_event(
                Sanction, record, person=found, sanction_date=date(2024, 3, 1), offence_code="02800", court="Northam"
            ),
            add_event(
                Sanction, record, person=found, sanction_date=date(2025, 3, 1), offence_code="03000", court="Westam"
            ),
            add_event(Arrest, record, person=found, arrest_date=date(2025, 1, 9), victim_ref="Victim-Q"),
            add_event(IntelligenceCount, record, person=found, month=date(2025, 2, 1), reports=7),
        ):
            assert row.person_id == found.pk
        return found


def item_of(request: SubjectAccessRequest, by: Worker, source: str) -> SubjectAccessItem:
    return queries.items_of(request=request, scope=by.scope).filter(source=source).first()


@pytest.fixture
def gathered(person: Person, irene: Worker) -> SubjectAccessRequest:
    with act_in(irene.scope):
        made = subject_access.record(person=person, asked=ASKED, by=irene.scope, at=AT)
        subject_access.gather(request=made, by=irene.scope, at=AT)
        return queries.get_request(request_id=made.pk, scope=irene.scope)


def decide_all(request: SubjectAccessRequest, by: Worker) -> None:
    """Gives all but the intelligence, which is withheld, and the victim, who is left out."""
    with act_in(by.scope):
        for item in queries.items_of(request=request, scope=by.scope).filter(treatment=""):
            given: dict[str, Any] = {"treatment": "give"}
            if item.source == "people.IntelligenceCount":
                given = {"treatment": "withhold", "exemption": "crime-law-enforcement", "reason": "Would tip off"}
            if item.source == "people.Arrest":
                given = {"treatment": "redact", "redacted": ["victim_ref"], "exemption": "others-law-enforcement"}
                given["reason"] = "Names the victim"
            subject_access.decide(item=item, by=by.scope, at=AT, **given)


def test_everything_the_agency_sees_is_gathered_with_its_owner_and_law(
    gathered: SubjectAccessRequest, irene: Worker
) -> None:
    with act_in(irene.scope):
        items = list(queries.items_of(request=gathered, scope=irene.scope))
    found = {item.source for item in items}
    assert {"people.Person", "people.SourceRecord", "people.Sanction", "people.Arrest"} <= found
    by_source = {item.source: item for item in items}
    assert by_source["people.Arrest"].concern == "third-party"
    assert by_source["people.IntelligenceCount"].concern == "restricted"
    assert by_source["people.Person"].treatment == Treatment.GIVE
    assert by_source["people.Sanction"].treatment == Treatment.UNDECIDED
    assert "sharing.SubjectAccessRequest" not in found
    assert {(item.controller.name, item.regime) for item in items} == {("Police", "law-enforcement")}


def test_a_score_says_what_it_is_the_likelihood_of(place: Place, person: Person, irene: Worker) -> None:
    with act_in(place.system()):
        run = make_run(make_scheme(place), [person])
        Score.objects.create(
            **marked_like(person), run=run, person=person, predictor="ogrs3", version="3", kind="static",
            horizon_months=24, percent=40.0, scored_on=AT.date(),
        )  # fmt: skip
    with act_in(irene.scope):
        (score,) = (row for row in gather(scope=irene.scope, person_id=person.pk) if row.source == "cohorts.Score")
    said = {field.label: field.text for field in score.fields}
    assert (said["Predictor"], said["Horizon months"], said["Percent"]) == ("ogrs3", "24", "40.0")


def test_a_record_another_agency_keeps_is_neither_gathered_nor_counted(place: Place, irene: Worker) -> None:
    with act_in(place.system()):
        found = make_person(place)
        kept = make_person(place, agency="Treatment", audience="own").source_records.get()
        type(kept).objects.filter(pk=kept.pk).update(person=found)
    with act_in(irene.scope):
        made = subject_access.record(person=found, asked=ASKED, by=irene.scope, at=AT)
        subject_access.gather(request=made, by=irene.scope, at=AT)
        controllers = {item.controller.name for item in queries.items_of(request=made, scope=irene.scope)}
    assert controllers == {"Police"}


def test_another_agencys_row_needs_that_agency_to_be_asked(place: Place, irene: Worker) -> None:
    with act_in(place.system()):
        found = make_person(place)
        record = make_person(place, agency="Probation").source_records.get()
        add_event(Sanction, record, person=found, sanction_date=date(2025, 3, 1), offence_code="02800")
    with act_in(irene.scope):
        made = subject_access.record(person=found, asked=ASKED, by=irene.scope, at=AT)
        subject_access.gather(request=made, by=irene.scope, at=AT)
        item = item_of(made, irene, "people.Sanction")
        with pytest.raises(InvalidInput):
            subject_access.decide(item=item, treatment="give", by=irene.scope, at=AT)
        subject_access.decide(item=item, treatment="give", consulted="Their lead agrees", by=irene.scope, at=AT)


def test_what_was_destroyed_while_it_waited_is_not_released(
    gathered: SubjectAccessRequest, irene: Worker, alice: Worker
) -> None:
    decide_all(gathered, irene)
    with act_in(irene.scope):
        subject_access.prepare(request=gathered, by=irene.scope, at=AT)
        SubjectAccessRequest.objects.filter(pk=gathered.pk).update(asked_for="(removed)")
    with act_in(alice.scope), pytest.raises(WrongState, match="was destroyed"):
        subject_access.release(request=gathered, seen=SEEN, by=alice.scope, at=AT)


def test_nothing_leaves_before_all_is_decided_and_a_second_person_has_checked(
    gathered: SubjectAccessRequest, irene: Worker, alice: Worker
) -> None:
    with act_in(irene.scope), pytest.raises(WrongState):
        subject_access.prepare(request=gathered, by=irene.scope, at=AT)
    decide_all(gathered, irene)
    with act_in(irene.scope):
        subject_access.prepare(request=gathered, by=irene.scope, at=AT)
        with pytest.raises(NotAllowed):
            subject_access.release(request=gathered, seen=SEEN, by=irene.scope, at=AT)
    with act_in(alice.scope):
        subject_access.release(request=gathered, seen=SEEN, by=alice.scope, at=AT)
        assert queries.get_request(request_id=gathered.pk, scope=alice.scope).state == RequestState.RELEASED
        with pytest.raises(UserError):
            subject_access.release(request=gathered, seen=SEEN, by=alice.scope, at=AT)


def test_the_database_itself_refuses_one_person_alone(gathered: SubjectAccessRequest, irene: Worker) -> None:
    with act_in(irene.scope), pytest.raises(IntegrityError), transaction.atomic():
        SubjectAccessRequest.objects.filter(pk=gathered.pk).update(
            state=RequestState.RELEASED, prepared_by=irene.user.pk, closed_by=irene.user.pk
        )


def test_one_person_alone_does_not_refuse(
    gathered: SubjectAccessRequest, irene: Worker, alice: Worker, as_user: AsUser
) -> None:
    with act_in(irene.scope):
        with pytest.raises(InvalidInput):
            subject_access.propose_refusal(request=gathered, reason=" ", by=irene.scope, at=AT)
        subject_access.propose_refusal(request=gathered, reason="Asked each week", by=irene.scope, at=AT)
        with pytest.raises(NotAllowed):
            subject_access.refuse(request=gathered, seen=SEEN, by=irene.scope, at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            SubjectAccessRequest.objects.filter(pk=gathered.pk).update(state="refused", closed_by=irene.user.pk)
    page = reverse("sharing-subject-access-request", args=[gathered.pk])
    proposer, second = as_user(irene), as_user(alice)
    assert "Check done" not in proposer.get(page).text
    assert proposer.get(f"{page}/refuse").status_code == 403
    assert "The refusal of subject access request" in second.get("/").text
    with act_in(alice.scope):
        subject_access.send_back(request=gathered, reason="Not that often", by=alice.scope, at=AT)
        found = queries.get_request(request_id=gathered.pk, scope=alice.scope)
        assert (found.state, found.prepared_by, found.closing_reason) == ("received", None, "")
    sent = {"move": "refuse", "reason": "Asked each day"}
    assert "waits for a second person" in proposer.post(f"{page}/close", sent, follow=True).text
    card = second.get(f"{page}/refuse").text
    assert "They are told: Asked each day" in card
    assert second.get(f"{page}/letter").status_code == 404
    assert f"{page}/letter" in second.post(f"{page}/refuse", seen_on(card), follow=True).text
    assert second.get(f"{page}/letter").content.startswith(b"%PDF")
    with act_in(alice.scope):
        found = queries.get_request(request_id=gathered.pk, scope=alice.scope)
        assert (found.state, found.closed_by) == (RequestState.REFUSED, alice.user.pk)
        actions = Event.objects.filter(subject_type="sharing.SubjectAccessRequest").order_by("-pk")
        assert [each.action for each in actions[:3]] == [
            "sharing.subject_access.download",
            "sharing.subject_access.refuse",
            "sharing.subject_access.propose_refusal",
        ]


def test_who_decided_on_an_item_does_not_refuse(gathered: SubjectAccessRequest, irene: Worker, place: Place) -> None:
    decide_all(gathered, irene)
    other = make_worker(place, "ivan", agency="Police", roles=["information-governance"])
    with act_in(other.scope):
        subject_access.propose_refusal(request=gathered, reason="Asked each week", by=other.scope, at=AT)
    with act_in(irene.scope), pytest.raises(NotAllowed):
        subject_access.refuse(request=gathered, seen=SEEN, by=irene.scope, at=AT)


@pytest.fixture
def released(gathered: SubjectAccessRequest, irene: Worker, alice: Worker) -> SubjectAccessRequest:
    decide_all(gathered, irene)
    with act_in(irene.scope):
        subject_access.prepare(request=gathered, by=irene.scope, at=AT)
    with act_in(alice.scope):
        subject_access.release(request=gathered, seen=SEEN, by=alice.scope, at=AT)
    tasks.make_answer(gathered.pk, irene.scope.partnership_id, irene.scope.agency_id)
    return gathered


def test_what_is_withheld_leaves_no_trace_in_the_answer(released: SubjectAccessRequest) -> None:
    text = answers.read(released, "json").decode()
    given = json.loads(text)
    assert "Northam" in text
    assert "Westam" in text
    (part,) = given["parts"]
    assert part["agency"] == "Police"
    assert "Intelligence" not in text
    assert "Victim-Q" not in text
    assert "Victim reference" not in text
    # What protects others may be said; that intelligence was kept may not.
    assert part["left_out"] == ["Some information has been left out to protect the rights of other people."]
    assert answers.read(released, "pdf").startswith(b"%PDF")


def test_the_files_are_made_again_the_same(released: SubjectAccessRequest, irene: Worker) -> None:
    before = answers.read(released, "json")
    tasks.make_answer(released.pk, irene.scope.partnership_id, irene.scope.agency_id)
    assert answers.read(released, "json") == before
    assert {path.name for path in answers.folder(released).iterdir()} == {"answer.json", "answer.pdf"}


def test_releasing_and_taking_a_file_are_disclosures_on_the_record(
    released: SubjectAccessRequest, irene: Worker, as_user: AsUser
) -> None:
    answer = as_user(irene).get(reverse("sharing-subject-access-answer", args=[released.pk, "pdf"]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    with act_in(irene.scope):
        disclosed = Event.objects.filter(kind="disclosure", person_id=released.person_id)
        actions = set(disclosed.values_list("action", flat=True))
    assert actions == {"sharing.subject_access.release", "sharing.subject_access.download"}


def test_gathering_again_keeps_what_was_decided_and_takes_up_what_is_new(
    gathered: SubjectAccessRequest, person: Person, place: Place, irene: Worker
) -> None:
    decide_all(gathered, irene)
    with act_in(place.system()):
        record = person.source_records.get()
        add_event(Sanction, record, person=person, sanction_date=date(2026, 3, 1), offence_code="03100")
        Arrest.objects.filter(person=person).update(victim_ref="Victim-R")
    with act_in(irene.scope):
        subject_access.gather(request=gathered, by=irene.scope, at=AT)
        undecided = queries.items_of(request=gathered, scope=irene.scope).filter(treatment="")
        assert sorted(item.source for item in undecided) == ["people.Arrest", "people.Sanction"]


def test_a_record_withdrawn_by_its_owner_is_dropped_when_gathered_again(
    gathered: SubjectAccessRequest, person: Person, place: Place, irene: Worker
) -> None:
    with act_in(place.system("Council")):
        Sanction.objects.filter(person=person).update(audience="own", owner_agency=place.agencies["Council"])
    with act_in(irene.scope):
        subject_access.gather(request=gathered, by=irene.scope, at=AT)
        assert item_of(gathered, irene, "people.Sanction") is None


def test_without_proof_of_identity_the_clock_stands_and_nothing_is_gathered(person: Person, irene: Worker) -> None:
    asked = Asked(date(2026, 11, 20), "post", "My file", "not-yet")
    with act_in(irene.scope):
        made = subject_access.record(person=person, asked=asked, by=irene.scope, at=AT)
        with pytest.raises(WrongState):
            subject_access.gather(request=made, by=irene.scope, at=AT)
        subject_access.confirm_identity(request=made, check="documents", note_of_it="", by=irene.scope, at=AT)
        assert subject_access.gather(request=made, by=irene.scope, at=AT) > 0


def test_row_level_security_alone_keeps_other_agencies_out(
    gathered: SubjectAccessRequest, irene: Worker, bob: Worker, charlie: Worker
) -> None:
    for model in (SubjectAccessRequest, SubjectAccessItem):
        with act_in(irene.scope):
            assert model.objects.exists()
        for scope in (bob.scope, charlie.scope, NOBODY):
            with act_in(scope):
                assert not model.objects.exists()
    with act_in(charlie.scope), pytest.raises(NotVisible):
        queries.get_request(request_id=gathered.pk, scope=charlie.scope)


def test_every_field_the_privacy_declaration_gives_is_gathered_from_some_table() -> None:
    """A table about a person that no gatherer names would be missing from every answer."""
    from iom.agreements.models import Marked
    from iom.agreements.privacy import TABLES as AGREEMENTS
    from iom.cohorts.privacy import TABLES as COHORTS
    from iom.people.privacy import TABLES as PEOPLE
    from iom.sharing.privacy import TABLES as SHARING

    gathered = {table.model._meta.label for table in (*AGREEMENTS, *PEOPLE, *COHORTS, *SHARING)}
    declared = {
        each.name
        for each in privacy_declarations
        if any(treatment.subject_access != SubjectAccess.LEAVE for treatment in each.fields.values())
    }
    marked = {model._meta.label for model in Marked.__subclasses__() if not model._meta.abstract}
    # Search terms repeat the source records.
    assert declared & marked - gathered == {"people.SearchTerm"}


def test_the_way_through_the_pages(person: Person, irene: Worker, alice: Worker, as_user: AsUser) -> None:
    client = as_user(irene)
    found = client.get(reverse("sharing-subject-access-new", args=[person.public_id]))
    assert "Robin Marsh" in found.text
    today = timezone.localdate()
    sent = {
        "received_on_day": today.day, "received_on_month": today.month, "received_on_year": today.year,
        "channel": "email", "asked_for": "All of it", "identity_check": "documents",
    }  # fmt: skip
    page = client.post(reverse("sharing-subject-access-new", args=[person.public_id]), sent, follow=True)
    assert "The request has been recorded" in page.text
    with act_in(irene.scope):
        request_id = SubjectAccessRequest.objects.get().pk
    address = reverse("sharing-subject-access-request", args=[request_id])
    page = client.post(f"{address}/pause", {"reason": "clarification"}, follow=True)
    assert "The clock stands still" in page.text
    assert "Gather what is held" not in page.text
    assert "Record that it came" in page.text
    client.post(f"{address}/resume")
    told = {f"told_on_{part}": sent[f"received_on_{part}"] for part in ("day", "month", "year")}
    page = client.post(f"{address}/extend", {"reason": "Many requests", **told}, follow=True)
    assert "Two more months, taken on" in page.text
    assert "Take more time" not in page.text
    page = client.post(reverse("sharing-subject-access-gather", args=[request_id]), follow=True)
    assert "items have been gathered" in page.text
    assert "Speaks of somebody else" in page.text
    with act_in(irene.scope):
        first = SubjectAccessItem.objects.filter(source="people.Sanction").first()
    page = client.post(reverse("sharing-subject-access-give-all", args=[first.pk]), {"consulted": ""}, follow=True)
    assert "2 items will be given" in page.text
    with act_in(irene.scope):
        arrest = SubjectAccessItem.objects.get(source="people.Arrest")
    page = client.post(reverse("sharing-subject-access-item", args=[arrest.pk]), {"treatment": "withhold"})
    assert "Select the exemption" in page.text
    with act_in(irene.scope):
        decide_all(SubjectAccessRequest.objects.get(), irene)
    page = client.post(reverse("sharing-subject-access-prepare", args=[request_id]), follow=True)
    assert client.get(reverse("sharing-subject-access-release", args=[request_id])).status_code == 403
    checker = as_user(alice)
    assert "to be checked" in checker.get("/").text
    page = checker.get(reverse("sharing-subject-access-release", args=[request_id]))
    assert "It cannot be taken back" in page.text
    page = checker.post(reverse("sharing-subject-access-release", args=[request_id]), seen_on(page.text), follow=True)
    assert "Released" in page.text


def test_the_page_of_a_request_asks_as_often_for_forty_items_as_for_four(
    gathered: SubjectAccessRequest, person: Person, place: Place, irene: Worker, as_user: AsUser
) -> None:
    client = as_user(irene)
    address = reverse("sharing-subject-access-request", args=[gathered.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with act_in(place.system()):
        record = person.source_records.get()
        for day in range(1, 29):
            add_event(Sanction, record, person=person, sanction_date=date(2020, 2, day), offence_code="02800")
    client.post(reverse("sharing-subject-access-gather", args=[gathered.pk]))
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 28


def packed_for(by: Worker, second: Worker, person: Person, folder: Path, whom: str) -> Package:
    outside = Outside(
        organisation="Harbour Hostel", recipient=whom, certificate=key_pair(folder, "ada"), purpose="A place",
        necessity="They ask", gateway="crime-and-disorder-s115", basis="law-enforcement-task", kinds=["sanctions"],
        days=7,
    )  # fmt: skip
    at = timezone.now()
    with act_in(by.scope):
        package = packages.begin(person=person, outside=outside, by=by.scope, at=at)
        package = packages.fill(
            package=package, ticked=[], text="No arson.", special=[], conditions=[], by=by.scope, at=at
        )
    with act_in(second.scope):
        return packages.approve(
            package=package,
            who="Robin Marsh",
            seen=packages.as_shown(package, who="Robin Marsh"),
            by=second.scope,
            at=at,
        )


def test_the_answer_names_whom_the_agency_gave_data_and_never_who_acted(
    person: Person,
    irene: Worker,
    alice: Worker,
    bob: Worker,
    tracy: Worker,
    place: Place,
    tmp_path: Path,
    as_user: AsUser,
) -> None:
    """Nor what another agency keeps to itself, nor a disclosure that would tip the person off."""
    maker = make_worker(place, "mary", agency="Police", roles=["manager"])
    given_to(alice, bob, person)
    given_to(alice, tracy, person)
    packed_for(maker, irene, person, tmp_path, "Ada Crane")
    peter = make_worker(place, "peter", agency="Probation", roles=["coordinator"])
    with act_in(peter.scope):
        nomination = nominate(person, make_scheme(place), peter.scope)
        cohorts.give_intelligence(
            nomination=nomination, report=Report("Zqcovert", "1", "A", "C", "Ask us", "own", ()), by=peter.scope, at=AT
        )
    with act_in(place.system()):
        acted = Event.objects.filter(kind="disclosure", person_id=person.pk).values_list("agency_id", flat=True)
        assert {place.agencies["Police"].pk, place.agencies["Probation"].pk} == set(acted)
    with act_in(irene.scope):
        made = subject_access.record(person=person, asked=ASKED, by=irene.scope, at=AT)
        subject_access.gather(request=made, by=irene.scope, at=AT)
        given = queries.items_of(request=made, scope=irene.scope).filter(source="sharing.Disclosure")
        assert {item.treatment for item in given} == {""}, "each is looked at before the person is told of it"
        assert queries.recipients(request=made, scope=irene.scope) == []
        told_off = {"treatment": "withhold", "exemption": "crime-law-enforcement", "reason": "Would tip off"}
        for item in given:
            said = {field["name"]: field["text"] for field in item.fields}
            decided = told_off if said["recipient"] == "Treatment" else {"treatment": "give", "reason": "Known to them"}
            subject_access.decide(item=item, by=irene.scope, at=AT, **decided)
    for item_source in ("people.Arrest", "people.IntelligenceCount"):
        with act_in(irene.scope):
            subject_access.decide(item=item_of(made, irene, item_source), by=irene.scope, at=AT, **told_off)
    with act_in(irene.scope):
        for item in queries.items_of(request=made, scope=irene.scope).filter(treatment=""):
            subject_access.decide(
                item=item, treatment="give", reason="Theirs", consulted="Agreed", by=irene.scope, at=AT
            )
        subject_access.prepare(request=made, by=irene.scope, at=AT)
    card = as_user(alice).get(reverse("sharing-subject-access-release", args=[made.pk])).text
    assert "Council, 1 time" in card
    assert "Ada Crane, Harbour Hostel, 1 time" in card
    assert "Treatment, 1 time" not in card
    with act_in(alice.scope):
        subject_access.release(request=made, seen=SEEN, by=alice.scope, at=AT)
    tasks.make_answer(made.pk, irene.scope.partnership_id, irene.scope.agency_id)
    text = answers.read(made, "json").decode()
    told = json.loads(text)["disclosed_to"]
    assert [(each["name"], each["times"], each["kinds"]) for each in told] == [
        ("Ada Crane, Harbour Hostel", 1, ["Answers to a partner's request"]),
        ("Council", 1, ["Answers to a partner's request"]),
    ]
    assert "Zqcovert" not in text
    assert answers.read(made, "pdf").startswith(b"%PDF")


def test_those_who_may_be_told_of_a_right_are_those_the_agency_gave_data(
    person: Person, irene: Worker, alice: Worker, bob: Worker, place: Place, as_user: AsUser
) -> None:
    given_to(alice, bob, person)
    peter = make_worker(place, "peter", agency="Probation", roles=["coordinator"])
    with act_in(peter.scope):
        nominate(person, make_scheme(place), peter.scope)
    with act_in(irene.scope):
        found = queries.receivers(person_id=person.pk, scope=irene.scope)
        assert [(each.name, each.agency_id) for each in found] == [("Council", place.agencies["Council"].pk)]
    with act_in(bob.scope):
        assert queries.receivers(person_id=person.pk, scope=bob.scope) == [], "who received it gave it to nobody"


@pytest.mark.parametrize("state", ["check", "refusal", "review"])
def test_a_split_takes_back_what_was_gathered_and_drops_what_is_not_theirs(
    state: str, person: Person, place: Place, irene: Worker, alice: Worker
) -> None:
    made = of_two(person, place, irene, state)
    with act_in(alice.scope):
        second = SourceRecord.objects.get(family_name="Other")
        decisions.split_person(person_id=person.pk, record_ids={second.pk}, reason="Twins", by=alice.scope, at=AT)
        found = queries.get_request(request_id=made.pk, scope=alice.scope)
        assert (found.state, found.gathered_at, found.prepared_by) == ("received", None, None)
        courts = {field["text"] for item in queries.items_of(request=made, scope=alice.scope) for field in item.fields}
        assert "Northam" in courts
        assert "Eastam" not in courts
        assert "Other" not in str(courts)
        with pytest.raises(WrongState):
            subject_access.release(request=made, seen=SEEN, by=alice.scope, at=AT)
    with act_in(irene.scope), pytest.raises(WrongState):
        subject_access.prepare(request=made, by=irene.scope, at=AT)


def test_a_merge_takes_back_what_was_gathered_of_either(
    person: Person, place: Place, irene: Worker, alice: Worker
) -> None:
    with act_in(place.system()):
        other = make_person(place, family_name="Other")
    ids = []
    for each in (person, other):
        with act_in(irene.scope):
            made = subject_access.record(person=each, asked=ASKED, by=irene.scope, at=AT)
            subject_access.gather(request=made, by=irene.scope, at=AT)
        decide_all(made, irene)
        with act_in(irene.scope):
            subject_access.prepare(request=made, by=irene.scope, at=AT)
        ids.append(made.pk)
    with act_in(alice.scope):
        decisions.merge_people(keep_id=person.pk, gone_id=other.pk, reason="Same prints", by=alice.scope, at=AT)
        found = [queries.get_request(request_id=pk, scope=alice.scope) for pk in ids]
        assert {(each.state, each.gathered_at, each.person_id) for each in found} == {("received", None, person.pk)}


def test_an_answer_from_before_a_split_is_given_to_nobody_again(
    person: Person, place: Place, irene: Worker, alice: Worker, as_user: AsUser
) -> None:
    made = of_two(person, place, irene, "check")
    with act_in(alice.scope):
        subject_access.release(request=made, seen=SEEN, by=alice.scope, at=AT)
    tasks.make_answer(made.pk, irene.scope.partnership_id, irene.scope.agency_id)
    address = reverse("sharing-subject-access-answer", args=[made.pk, "json"])
    assert "Eastam" in as_user(alice).get(address).text
    with act_in(alice.scope):
        second = SourceRecord.objects.get(family_name="Other")
        decisions.split_person(person_id=person.pk, record_ids={second.pk}, reason="Twins", by=alice.scope, at=AT)
        found = queries.get_request(request_id=made.pk, scope=alice.scope)
        assert not queries.is_released(found)
    assert as_user(alice).get(address).status_code == 409
    page = as_user(alice).get(reverse("sharing-subject-access-request", args=[made.pk])).text
    assert "It is not given again" in page


def of_two(person: Person, place: Place, irene: Worker, state: str) -> SubjectAccessRequest:
    """A request about somebody who is two people, gathered, and as far as `state`."""
    with act_in(place.system()):
        theirs = make_person(place, family_name="Other").source_records.get()
        SourceRecord.objects.filter(pk=theirs.pk).update(person=person)
        add_event(Sanction, theirs, person=person, sanction_date=date(2021, 1, 1), offence_code="02800", court="Eastam")
    with act_in(irene.scope):
        made = subject_access.record(person=person, asked=ASKED, by=irene.scope, at=AT)
        subject_access.gather(request=made, by=irene.scope, at=AT)
    if state == "check":
        decide_all(made, irene)
    with act_in(irene.scope):
        if state == "check":
            subject_access.prepare(request=made, by=irene.scope, at=AT)
        if state == "refusal":
            subject_access.propose_refusal(request=made, reason="Each week", by=irene.scope, at=AT)
    return made


def test_who_is_merged_or_destroyed_is_written_about_no_more(person: Person, irene: Worker, place: Place) -> None:
    for gone in ({"erased_at": AT}, {"merged_into": person}):
        with act_in(place.system()):
            other = make_person(place)
            Person.objects.filter(pk=other.pk).update(**gone)
        with act_in(irene.scope), pytest.raises(NotVisible):
            subject_access.record(person=other, asked=ASKED, by=irene.scope, at=AT)


def test_what_was_prepared_again_is_not_released_by_who_saw_the_first(
    gathered: SubjectAccessRequest, irene: Worker, alice: Worker, as_user: AsUser
) -> None:
    decide_all(gathered, irene)
    with act_in(irene.scope):
        subject_access.prepare(request=gathered, by=irene.scope, at=AT)
    client, address = as_user(alice), reverse("sharing-subject-access-release", args=[gathered.pk])
    first = seen_on(client.get(address).text)
    with act_in(alice.scope):
        subject_access.send_back(request=gathered, reason="The arrest", by=alice.scope, at=AT)
    with act_in(irene.scope):
        item = item_of(gathered, irene, "people.Arrest")
        subject_access.decide(item=item, treatment="give", reason="Known", by=irene.scope, at=AT)
        subject_access.prepare(request=gathered, by=irene.scope, at=AT + timedelta(minutes=1))
    assert client.post(address, first).status_code == 409
    with act_in(alice.scope):
        assert queries.get_request(request_id=gathered.pk, scope=alice.scope).state == RequestState.CHECK
    assert client.post(address, seen_on(client.get(address).text)).status_code == 302


def test_what_an_emergency_opened_is_not_copied_into_an_answer(place: Place, person: Person, irene: Worker) -> None:
    with act_in(place.system("Treatment")):
        kept = make_person(place, agency="Treatment", audience="own", family_name="Kept").source_records.get()
        SourceRecord.objects.filter(pk=kept.pk).update(person=person)
        access = EmergencyAccess.objects.create(
            **marked_by(irene.scope, audience="own"), person_id=person.pk, user_id=irene.user.pk, emergency="life",
            reason="x", opened_at=AT, closes_at=AT + timedelta(hours=8), review_due_on=AT.date(),
        )  # fmt: skip
    opened = replace(irene.scope, opened=(PersonRule(person.pk, access.pk),))
    with act_in(opened):
        assert SourceRecord.objects.visible_to(opened).filter(person=person).count() == 2
        made = subject_access.record(person=person, asked=ASKED, by=opened, at=AT)
        subject_access.gather(request=made, by=opened, at=AT)
        controllers = {item.controller.name for item in queries.items_of(request=made, scope=opened)}
        assert controllers == {"Police"}
        assert SourceRecord.objects.filter(person=person).count() == 2, "and it is still open"


def test_files_left_of_a_destroyed_record_are_not_made_again_and_are_swept(
    released: SubjectAccessRequest, place: Place, irene: Worker
) -> None:
    with act_in(place.system()):
        SubjectAccessRequest.objects.filter(pk=released.pk).update(asked_for=REMOVED)
    tasks.remove_left_answers(timestamp=0)
    assert not answers.folder(released).exists()
    tasks.make_answer(released.pk, irene.scope.partnership_id, irene.scope.agency_id)
    assert not answers.folder(released).exists()
    with act_in(place.system()):
        assert Event.objects.filter(action="sharing.subject_access.remove_left").count() == 1


def test_the_answer_says_on_what_it_rests_what_kinds_whence_for_how_long_and_where_to_complain(
    released: SubjectAccessRequest,
) -> None:
    given = json.loads(answers.read(released, "json"))
    (part,) = given["parts"]
    assert part["legal_basis"][0] == "Task of a competent authority: Data Protection Act 2018, section 35(2)(b)"
    assert "Crime and disorder: Crime and Disorder Act 1998, section 115" in part["legal_basis"]
    assert not [each for each in part["legal_basis"] if "UK GDPR" in each], "of another law"
    assert {"Sanction", "Arrest"} & {title.split()[0].rstrip("s") for title in part["categories"]}
    assert "Intelligence" not in str(part), "of what is withheld no category is told"
    assert part["came_from"] == ["The systems of Police"]
    assert any("nothing has happened for 6 years" in each for each in part["kept"])
    assert any("until you would be 100" in each for each in part["kept"])
    assert "ico.org.uk" in given["commissioner"]
    assert "SK9 5AF" in given["commissioner"]
