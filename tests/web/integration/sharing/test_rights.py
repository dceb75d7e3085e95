"""A person asks for more than to see their data: recorded, answered by two people, carried out, told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts.models import Nomination, PanelDecision
from iom.common import registries
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.people import extract
from iom.people.models import Person, Restriction, Sanction
from iom.people.operations import decisions
from iom.people.queries import restrictions
from iom.sharing import tasks
from iom.sharing.adapters import letters
from iom.sharing.choices.rights import Right
from iom.sharing.models import DestructionItem, RightsNotice, RightsPause, RightsRequest
from iom.sharing.operations import clock, destruction, retention, rights
from iom.sharing.operations.rights import RightAnswer, RightAsked
from iom.sharing.presenters import rights as present
from iom.sharing.presenters.clock import due_on, rows
from iom.sharing.queries import rights as queries
from iom.sharing.rules import rights as rules
from tests.factories.cohorts import TEXT, make_member, make_scheme
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, make_person
from tests.factories.sharing import given_to, seen_on

AsUser = Callable[[Worker], Client]
ON = date(2026, 11, 20)
SEEN = AT.isoformat()  # what was prepared at that moment
ASKED = RightAsked("restrict", ON, "email", "It is not right, and I want it left alone", "documents")
ANSWER = RightAnswer("granted", "Whether it is right cannot be known yet", done="Use is stopped")


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Police", roles=["information-governance"])


@pytest.fixture
def gwen(place: Place) -> Worker:
    """Information governance at the council, which works under the UK GDPR."""
    return make_worker(place, "gwen", agency="Council", roles=["information-governance"])


@pytest.fixture
def person(place: Place) -> Person:
    """Somebody with a conviction that the police sent and one that probation sent."""
    with act_in(place.system()):
        found = make_person(place, date_of_birth=date(1990, 5, 1))
        theirs = make_person(place, agency="Probation").source_records.get()
        type(theirs).objects.filter(pk=theirs.pk).update(person=found)
        add_event(
            Sanction,
            found.source_records.get(owner_agency=place.agencies["Police"]),
            person=found,
            sanction_date=date(2024, 3, 1),
            offence_code="02800",
        )
        add_event(Sanction, theirs, person=found, sanction_date=date(2025, 3, 1), offence_code="03000")
        return found


def proposed(person: Person, by: Worker, asked: RightAsked = ASKED, answer: RightAnswer = ANSWER) -> RightsRequest:
    with act_in(by.scope):
        made = rights.record(person=person, asked=asked, by=by.scope, at=AT)
        rights.prepare(request=made, answer=answer, by=by.scope, at=AT)
        return queries.get_request(rights_id=made.pk, scope=by.scope)


def decided(person: Person, by: Worker, second: Worker, **given: Any) -> RightsRequest:
    request = proposed(person, by, **given)
    with act_in(second.scope):
        rights.decide(request=request, seen=SEEN, by=second.scope, at=AT)
        return queries.get_request(rights_id=request.pk, scope=second.scope)


def given_to_analysis(place: Place, folder: Path) -> tuple[int, list[int]]:
    """How many people analysis is given, and in which years their sanctions were."""
    folder.mkdir()
    with act_in(place.system()):
        files = extract.snapshot(folder=folder, scope=place.system())
    days = pq.read_table(files["sanctions"])["sanction_date"].to_pylist()
    return pq.read_table(files["persons"]).num_rows, sorted(day.year for day in days)


def test_a_restriction_leaves_that_agencys_records_out_of_analysis_and_no_others(
    place: Place, person: Person, irene: Worker, alice: Worker, tmp_path: Path
) -> None:
    before, years = given_to_analysis(place, tmp_path / "before")
    assert years == [2024, 2025]
    decided(person, irene, alice)
    assert given_to_analysis(place, tmp_path / "after") == (before, [2025])
    bob = make_worker(place, "bob", agency="Council", roles=["partner-worker"])
    with act_in(bob.scope):
        facts = present.frame_facts(scope=bob.scope, person_id=person.pk)
    assert "Police" in facts["warnings"][0].text
    with act_in(place.system()):
        assert restrictions.count_people(scope=place.system()) == 1
        Restriction.objects.create(
            partnership=place.partnership,
            owner_agency=place.agencies["Probation"],
            regime="law-enforcement",
            person=person,
            reason="Asked",
            placed_by=0,
            placed_at=AT,
        )
    assert given_to_analysis(place, tmp_path / "all") == (before - 1, [])


def test_a_restriction_of_records_kept_to_their_owner_tells_nobody_of_them(
    place: Place, tracy: Worker, alice: Worker
) -> None:
    with act_in(place.system()):
        found = make_person(place)
        kept = make_person(place, agency="Treatment", audience="own").source_records.get()
        type(kept).objects.filter(pk=kept.pk).update(person=found)
    lead = make_worker(place, "theo", agency="Treatment", roles=["information-governance"])
    decided(found, lead, tracy, asked=replace(ASKED, kind="object"))
    with act_in(tracy.scope):
        assert present.frame_facts(scope=tracy.scope, person_id=found.pk)
    with act_in(alice.scope):
        assert present.frame_facts(scope=alice.scope, person_id=found.pk) == {}


def test_it_is_lifted_by_its_owner_once_the_person_was_told(
    place: Place, person: Person, irene: Worker, alice: Worker, gwen: Worker, tmp_path: Path
) -> None:
    decided(person, irene, alice)
    with act_in(alice.scope):
        (held,) = restrictions.in_force(person_id=person.pk, scope=alice.scope)
        for told_on, reason in ((None, "Checked"), (ON, " "), (AT.date() + timedelta(days=1), "Checked")):
            with pytest.raises(InvalidInput):
                rights.lift(restriction=held, reason=reason, told_on=told_on, by=alice.scope, at=AT)
    with act_in(gwen.scope), pytest.raises(NotVisible):
        rights.lift(restriction=held, reason="Not ours", told_on=ON, by=gwen.scope, at=AT)
    with act_in(alice.scope):
        rights.lift(restriction=held, reason="Checked", told_on=ON, by=alice.scope, at=AT)
        with pytest.raises(WrongState):
            rights.lift(restriction=held, reason="Again", told_on=ON, by=alice.scope, at=AT)
    assert given_to_analysis(place, tmp_path / "after")[1] == [2024, 2025]


def test_a_second_person_decides_and_two_at_once_decide_once(
    person: Person, irene: Worker, alice: Worker, place: Place
) -> None:
    request = proposed(person, irene)
    with act_in(irene.scope), pytest.raises(NotAllowed):
        rights.decide(request=request, seen=SEEN, by=irene.scope, at=AT)
    manager = make_worker(place, "max", agency="Police", roles=["manager"])
    with act_in(alice.scope):
        rights.decide(request=request, seen=SEEN, by=alice.scope, at=AT)
    with act_in(manager.scope), pytest.raises(WrongState):
        rights.decide(request=request, seen=SEEN, by=manager.scope, at=AT)
    with act_in(place.system()):
        assert Restriction.objects.count() == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.update(closed_by=irene.user.pk)
        actions = list(
            Event.objects.filter(action__startswith="sharing.rights").order_by("pk").values_list("action", flat=True)
        )
    assert actions == [f"sharing.rights.{each}" for each in ("record", "prepare", "decide")]


def test_another_agency_sees_no_request(person: Person, irene: Worker, gwen: Worker) -> None:
    request = proposed(person, irene)
    with act_in(gwen.scope):
        assert queries.list_requests(scope=gwen.scope) == []
        with pytest.raises(NotVisible):
            queries.get_request(rights_id=request.pk, scope=gwen.scope)


def test_only_the_uk_gdpr_knows_an_objection(person: Person, irene: Worker, gwen: Worker) -> None:
    objection = replace(ASKED, kind="object")
    with act_in(irene.scope), pytest.raises(InvalidInput):
        rights.record(person=person, asked=objection, by=irene.scope, at=AT)
    with act_in(gwen.scope):
        made = rights.record(person=person, asked=objection, by=gwen.scope, at=AT)
    assert rules.LAWS[Right(made.kind), made.regime] == "UK GDPR, Article 21"


def test_nothing_is_answered_to_somebody_who_may_be_somebody_else(person: Person, irene: Worker) -> None:
    with act_in(irene.scope):
        made = rights.record(person=person, asked=replace(ASKED, identity_check="not-yet"), by=irene.scope, at=AT)
        assert due_on(made) is None
        with pytest.raises(WrongState):
            rights.prepare(request=made, answer=ANSWER, by=irene.scope, at=AT)
        rights.confirm_identity(request=made, check="known", by=irene.scope, at=AT)
        made = queries.get_request(rights_id=made.pk, scope=irene.scope)
        assert due_on(made) == date(2026, 12, 23)
        with pytest.raises(WrongState):  # it would start the clock anew
            rights.confirm_identity(request=made, check="known", by=irene.scope, at=AT + timedelta(days=9))
        rights.prepare(request=made, answer=ANSWER, by=irene.scope, at=AT)


def test_the_clock_stands_for_a_fee_runs_on_for_a_question_and_is_extended_once(
    place: Place, person: Person, irene: Worker, gwen: Worker, as_user: AsUser
) -> None:
    with act_in(irene.scope):
        made = rights.record(person=person, asked=ASKED, by=irene.scope, at=AT)

        def now() -> RightsRequest:
            return queries.get_request(rights_id=made.pk, scope=irene.scope)

        clock.pause(request=made, reason="fee", by=irene.scope, at=AT)
        assert due_on(now()) is None
        for refused in (
            lambda: clock.pause(request=made, reason="clarification", by=irene.scope, at=AT),
            lambda: clock.extend(request=made, reason="Many", told_on=ON, by=irene.scope, at=AT),
            lambda: rights.prepare(request=made, answer=ANSWER, by=irene.scope, at=AT),
        ):
            with pytest.raises(WrongState):
                refused()
        clock.resume(request=made, by=irene.scope, at=AT + timedelta(days=2))
        assert due_on(now()) == date(2026, 12, 25)
        clock.pause(request=made, reason="clarification", by=irene.scope, at=AT + timedelta(days=3))
        assert due_on(now()) == date(2026, 12, 25)
        clock.resume(request=made, by=irene.scope, at=AT + timedelta(days=5))
        with pytest.raises(NotVisible):
            clock.resume(request=made, by=irene.scope, at=AT)
        at, told_on = AT + timedelta(days=6), date(2026, 11, 28)
        with pytest.raises(InvalidInput):
            clock.extend(request=made, reason="Many", told_on=None, by=irene.scope, at=at)
        clock.extend(request=made, reason="Forty years of files", told_on=told_on, by=irene.scope, at=at)
        assert due_on(now()) == date(2027, 2, 25)
        with pytest.raises(WrongState):
            clock.extend(request=made, reason="More", told_on=told_on, by=irene.scope, at=at)
        shown = [row["value"] for row in rows(now(), is_open=True)]
        actions = list(Event.objects.filter(subject_type="sharing.RightsRequest").order_by("pk").values_list("action"))
    assert shown == [
        "25 February 2027",
        "From 23 November 2026 to 25 November 2026",
        "From 26 November 2026 to 28 November 2026; the clock ran on",
        "Two more months, taken on 29 November 2026; the person was told on 28 November 2026: Forty years of files",
    ]
    assert [each for (each,) in actions] == [
        f"sharing.rights.{each}" for each in ("record", "pause", "resume", "pause", "resume", "extend")
    ]
    lead, page = as_user(irene), reverse("sharing-right", args=[made.pk])
    assert f"{page}/letter" in lead.get(page).text
    assert lead.get(f"{page}/letter").content.startswith(b"%PDF")
    assert as_user(gwen).get(f"{page}/letter").status_code == 404
    with act_in(gwen.scope):
        assert not RightsPause.objects.exists()  # row-level security alone
        with pytest.raises(NotVisible):
            clock.pause(request=made, reason="fee", by=gwen.scope, at=AT)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "perhaps"}, "outcome"),
        ({"reasons": " "}, "reasons"),
        ({"done": ""}, "done"),
        ({"ground": "crime-uk-gdpr"}, "ground"),
        ({"ground": "crime-law-enforcement"}, "ground"),  # of access alone
        ({"ground": "evidence-erase"}, "ground"),  # of another right
        ({"outcome": "refused"}, "ground"),
        ({"tell_agencies": (987654321,)}, "tell_agencies"),
        ({}, "matter"),
    ],
)
def test_what_is_not_whole_or_was_tampered_with_is_refused(
    change: dict[str, Any], field: str, person: Person, irene: Worker
) -> None:
    with act_in(irene.scope):
        made = rights.record(person=person, asked=replace(ASKED, kind="rectify"), by=irene.scope, at=AT)
        with pytest.raises(InvalidInput) as error:
            rights.prepare(request=made, answer=replace(ANSWER, **change), by=irene.scope, at=AT)
    assert field in error.value.fields


def test_erasure_goes_through_a_destruction_list_that_a_hold_stops(
    place: Place, person: Person, irene: Worker, alice: Worker, settings: Any, tmp_path: Path
) -> None:
    settings.STORE = tmp_path
    second = make_worker(place, "ivan", agency="Police", roles=["information-governance"])
    asked = replace(ASKED, kind="erase")
    with act_in(irene.scope):
        hold = retention.place_hold(person=person, reason="Inquest", until=None, by=irene.scope, at=AT)
    request = proposed(person, irene, asked)
    with act_in(alice.scope), pytest.raises(WrongState):
        rights.decide(request=request, seen=SEEN, by=alice.scope, at=AT)
    with act_in(irene.scope):
        retention.lift_hold(hold_id=hold.pk, reason="Over", by=irene.scope, at=AT)
    with act_in(alice.scope):
        rights.decide(request=request, seen=SEEN, by=alice.scope, at=AT)
    with act_in(irene.scope):
        item = DestructionItem.objects.get()
        destruction.approve(list_id=item.list_id, records=1, by=irene.scope, at=AT)
    with act_in(second.scope):
        destruction.approve(list_id=item.list_id, records=1, by=second.scope, at=AT)
    tasks.destroy(item.list_id, place.partnership.pk, place.agencies["Police"].pk)
    with act_in(place.system()):
        item.refresh_from_db()
        assert item.state == "done", item.left_because
        assert RightsRequest.objects.get().asked_for == "(removed)"
        assert (
            not Sanction.objects.exclude(source_id="")
            .filter(person=person, owner_agency=place.agencies["Police"])
            .exists()
        )


def test_an_erasure_that_was_granted_is_not_lost(
    place: Place, person: Person, irene: Worker, alice: Worker, settings: Any, tmp_path: Path
) -> None:
    """Withdrawn by one, left for a hold, merged away: it is on a list again, until it is done. Then never again."""
    settings.STORE = tmp_path
    second = make_worker(place, "ivan", agency="Police", roles=["information-governance"])

    def waiting() -> list[tuple[int, int]]:
        with act_in(place.system()):
            items = DestructionItem.objects.filter(state="waiting", rule="erasure-granted")
            return list(items.values_list("list", "person"))

    def night() -> None:
        tasks.take_up_destruction(timestamp=0)

    def carry_out() -> None:
        [(list_id, _)] = waiting()
        with act_in(place.system()):
            records = DestructionItem.objects.filter(list=list_id).count()
        for worker in (irene, second):
            with act_in(worker.scope):
                destruction.approve(list_id=list_id, records=records, by=worker.scope, at=AT)
        tasks.destroy(list_id, place.partnership.pk, place.agencies["Police"].pk)

    decided(person, irene, alice, asked=replace(ASKED, kind="erase"))
    [(first, _)] = waiting()
    with act_in(irene.scope):
        destruction.withdraw(list_id=first, reason="Not this one", by=irene.scope, at=AT)
    [(again, whose)] = waiting()
    assert (again != first, whose) == (True, person.pk), "one does not undo what two decided"

    for worker in (irene, second):
        with act_in(worker.scope):
            destruction.approve(list_id=again, records=1, by=worker.scope, at=AT)
    with act_in(irene.scope):
        hold = retention.place_hold(person=person, reason="Inquest", until=None, by=irene.scope, at=AT)
    tasks.destroy(again, place.partnership.pk, place.agencies["Police"].pk)
    night()
    assert waiting() == [], "a hold stands"
    with act_in(irene.scope):
        retention.lift_hold(hold_id=hold.pk, reason="Over", by=irene.scope, at=AT)
    night()
    assert [whose for _, whose in waiting()] == [person.pk]

    with act_in(place.system()):
        kept = make_person(place, agency="Prison")
    with act_in(alice.scope):
        decisions.merge_people(keep_id=kept.pk, gone_id=person.pk, reason="Same prints", by=alice.scope, at=AT)
    assert waiting() == []
    night()
    assert [whose for _, whose in waiting()] == [kept.pk], "the request is theirs now"
    carry_out()
    with act_in(place.system()):
        assert DestructionItem.objects.latest("pk").state == "done"
        later = make_person(place).source_records.get()
        type(later).objects.filter(pk=later.pk).update(person=kept)
    night()
    assert waiting() == [], "what came after it is another record"


def test_the_last_record_of_somebody_in_the_cohort_is_not_erased_before_that_ends(
    place: Place, irene: Worker, alice: Worker
) -> None:
    with act_in(place.system()):
        known = make_person(place)
        member = make_member(known, make_scheme(place), lead=alice, nominated_by=place.system(), by=place.system())
    request = proposed(known, irene, replace(ASKED, kind="erase"))
    with act_in(alice.scope), pytest.raises(WrongState, match="panel must end"):
        rights.decide(request=request, seen=SEEN, by=alice.scope, at=AT)
    with act_in(place.system()):
        cohorts.deselect(
            membership=member, end_reason="moved-area", explanation="Moved to Leeds", agreed_by="Police and probation",
            exit_plan="Handed to the Leeds scheme", told="Told on Monday", by=place.system(), at=AT,
        )  # fmt: skip
    with act_in(alice.scope):
        rights.decide(request=request, seen=SEEN, by=alice.scope, at=AT)
    with act_in(irene.scope):
        assert DestructionItem.objects.get().rule == "erasure-granted"


def test_who_took_a_decision_does_not_look_at_it_again(place: Place, person: Person, alice: Worker) -> None:
    """Nor, where somebody has left since, is the decision lost to the review."""
    both = make_worker(place, "bo", agency="Police", roles=["information-governance", "panel-chair"])
    other = make_worker(place, "irene", agency="Police", roles=["information-governance"])
    with act_in(place.system()):
        member = make_member(person, make_scheme(place), lead=alice, nominated_by=place.system(), by=both.scope)
        decision = PanelDecision.objects.get(nomination_id=member.nomination_id)
        PanelDecision.objects.filter(pk=decision.pk).update(decided_by=both.user.pk)
    asked = replace(ASKED, kind="review", decision_id=decision.pk)
    with act_in(both.scope):
        made = rights.record(person=person, asked=asked, by=both.scope, at=AT)
        with pytest.raises(NotAllowed):
            rights.prepare(request=made, answer=ANSWER, by=both.scope, at=AT)
        with pytest.raises(InvalidInput):
            rights.record(person=person, asked=replace(asked, decision_id=None), by=both.scope, at=AT)
    with act_in(other.scope):
        rights.prepare(request=made, answer=ANSWER, by=other.scope, at=AT)
    with act_in(both.scope), pytest.raises(NotAllowed):
        rights.decide(request=made, seen=SEEN, by=both.scope, at=AT)
    both.user.memberships.update(ended_at=AT)
    with act_in(alice.scope):
        rights.decide(request=made, seen=SEEN, by=alice.scope, at=AT)
        found = queries.decisions_about(person_id=person.pk, scope=alice.scope)
        points = present.leaflet_points(found, scope=alice.scope)
        assert found[0].reasons
        assert found[0].reasons not in str(points), "nobody has looked at the panel's words for the person"
        assert letters.leaflet(person, agency="Police", points=points).startswith(b"%PDF")


TEXT_OF_TWO = (
    TEXT
    + """  - id: intelligence
    name: Intelligence reports
    factor: intelligence_reports
    months: 3
    bands: [{at_least: 1, points: 1}]
    local placeholder: true
"""
)


def test_the_leaflet_tells_what_was_looked_at_in_words_and_of_no_intelligence(
    place: Place, person: Person, irene: Worker, alice: Worker
) -> None:
    with act_in(place.system()):
        scheme = make_scheme(place, definition_text=TEXT_OF_TWO)
        member = make_member(person, scheme, lead=alice, nominated_by=place.system(), by=place.system())
        mine = Sanction.objects.get(person=person, owner_agency=place.agencies["Police"])
        kept = {
            "version": scheme.versions.get().pk,
            "factors": [
                {"id": "sanctions", "name": "Sanctions", "value": 2.0, "points": 1.0, "rows": [f"sanctions:{mine.pk}"]},
                {"id": "intelligence", "name": "Intelligence reports", "value": 4.0, "points": 1.0, "rows": []},
            ],
        }
        Nomination.objects.filter(pk=member.nomination_id).update(snapshot=kept)

    def told(by: Worker) -> tuple[str, ...]:
        with act_in(by.scope):
            (point,) = present.leaflet_points(
                queries.decisions_about(person_id=person.pk, scope=by.scope), scope=by.scope
            )
        assert "a panel of people decided" in point.text
        return point.details

    assert told(alice) == ("Sanctions: 2 occasions. Points towards the list: 1",)
    assert told(irene) == ("Sanctions",)  # who may not see scores
    with act_in(place.system("Council")):
        Sanction.objects.filter(pk=mine.pk).update(audience="own", owner_agency=place.agencies["Council"])
    assert told(alice) == ()


def test_a_merge_brings_requests_along_and_what_was_proposed_is_proposed_again(
    place: Place, person: Person, irene: Worker, alice: Worker
) -> None:
    with act_in(place.system()):
        kept = make_person(place)
    decided(person, irene, alice)
    waiting = proposed(person, irene, replace(ASKED, kind="rectify"), replace(ANSWER, matter="fact"))
    rights.merge(by=alice.scope, keep_id=kept.pk, gone_id=person.pk, at=AT)
    with act_in(alice.scope):
        assert queries.get_request(rights_id=waiting.pk, scope=alice.scope).state == "received"
        assert len(queries.list_requests(scope=alice.scope, person_id=kept.pk)) == 2
        (held,) = restrictions.in_force(person_id=kept.pk, scope=alice.scope)
    rights.split(by=alice.scope, person_id=kept.pk, new_id=person.pk, source_record_ids=[], at=AT)
    with act_in(alice.scope):
        assert [each.reason for each in restrictions.in_force(person_id=person.pk, scope=alice.scope)] == [held.reason]


def test_a_split_has_what_was_proposed_proposed_again(
    place: Place, person: Person, irene: Worker, alice: Worker
) -> None:
    waiting = proposed(person, irene)
    with act_in(place.system()):
        other = make_person(place)
    rights.split(by=alice.scope, person_id=person.pk, new_id=other.pk, source_record_ids=[], at=AT)
    with act_in(alice.scope):
        found = queries.get_request(rights_id=waiting.pk, scope=alice.scope)
        assert (found.state, found.prepared_by) == ("received", None)
        with pytest.raises(WrongState):
            rights.decide(request=waiting, seen=SEEN, by=alice.scope, at=AT)


def test_who_is_merged_or_destroyed_is_written_about_no_more(place: Place, person: Person, irene: Worker) -> None:
    for gone in ({"erased_at": AT}, {"merged_into": person}):
        with act_in(place.system()):
            other = make_person(place)
            Person.objects.filter(pk=other.pk).update(**gone)
        with act_in(irene.scope):
            with pytest.raises(NotVisible):
                rights.record(person=other, asked=ASKED, by=irene.scope, at=AT)
            with pytest.raises(NotVisible):
                rights.inform(person=other, given_on=ON, how="spoken", what="The list", by=irene.scope, at=AT)


def test_what_was_proposed_again_is_not_decided_by_who_saw_the_first(
    person: Person, irene: Worker, alice: Worker
) -> None:
    request = proposed(person, irene)
    with act_in(alice.scope):
        rights.send_back(request=request, reason="Say more", by=alice.scope, at=AT)
    with act_in(irene.scope):
        later = AT + timedelta(minutes=1)
        rights.prepare(request=request, answer=replace(ANSWER, reasons="Other words"), by=irene.scope, at=later)
    with act_in(alice.scope):
        with pytest.raises(WrongState, match="changed after you opened"):
            rights.decide(request=request, seen=SEEN, by=alice.scope, at=AT)
        rights.decide(request=request, seen=later.isoformat(), by=alice.scope, at=AT)


def test_why_records_are_restricted_is_for_their_agency_alone(
    person: Person, irene: Worker, alice: Worker, place: Place, as_user: AsUser
) -> None:
    decided(person, irene, alice, answer=replace(ANSWER, done="Zqhealth entry stopped"))
    with act_in(alice.scope):
        (held,) = restrictions.in_force(person_id=person.pk, scope=alice.scope)
        assert "Zqhealth" not in held.reason, "others see the row, and gather it"
    tab = reverse("sharing-rights-person", args=[person.public_id])
    carl = make_worker(place, "carl", agency="Council", roles=["coordinator"])
    shown = as_user(carl).get(tab).text
    assert "That agency knows" in shown
    assert held.reason not in shown
    assert held.reason in as_user(alice).get(tab).text


def test_the_agencies_that_were_given_data_are_told_until_they_have_dealt_with_it(
    person: Person, irene: Worker, alice: Worker, gwen: Worker, bob: Worker, place: Place, as_user: AsUser
) -> None:
    given_to(alice, bob, person)
    council = place.agencies["Council"].pk
    told = replace(
        ANSWER,
        matter="fact",
        done="Took out the wrong HIV entry",
        tell_agencies=(council,),
        tell_what="He was not fined",
    )
    with act_in(irene.scope):
        made = rights.record(person=person, asked=replace(ASKED, kind="rectify"), by=irene.scope, at=AT)
        for wrong in (
            {"tell_what": " "},
            {"tell_agencies": (place.agencies["Probation"].pk,)},
            {"outcome": "refused", "ground": "accurate-law-enforcement"},
        ):
            with pytest.raises(InvalidInput):
                rights.prepare(request=made, answer=replace(told, **wrong), by=irene.scope, at=AT)
        rights.prepare(request=made, answer=told, by=irene.scope, at=AT)
    second = as_user(alice)
    card = second.get(reverse("sharing-right-decide", args=[made.pk])).text
    assert "Council will be told: He was not fined" in card
    lead, worker = as_user(gwen), as_user(bob)
    line = f"Police tells you what became of data it gave you of {person.name}"
    assert line not in lead.get("/").text
    second.post(reverse("sharing-right-decide", args=[made.pk]), seen_on(card))
    assert line in lead.get("/").text
    assert line not in worker.get("/").text, "it is for information governance"
    others = make_worker(place, "theo", agency="Treatment", roles=["information-governance"])
    with act_in(place.system()):
        notice = RightsNotice.objects.get()
    address = reverse("sharing-right-told", args=[notice.pk])
    for stranger in (others, irene):
        assert line not in as_user(stranger).get("/").text
        assert as_user(stranger).get(address).status_code == 404
    with act_in(others.scope):
        assert not RightsNotice.objects.exists(), "row-level security alone"
    # The agency that tells destroys its record first: whom it is about stays until the other has dealt with it.
    police = place.system("Police")
    with act_in(police):
        for entry in registries.retained_records:
            if entry.name == "sharing-reasons-agency":
                entry.erase(by=police, person_id=person.pk, agency_id=police.agency_id, at=AT)
    shown = lead.get(address).text
    assert "He was not fined" in shown
    assert "wrong HIV entry" not in shown
    assert "has not dealt with it yet" in second.get(reverse("sharing-right", args=[made.pk])).text
    assert lead.post(address).status_code == 302
    assert lead.post(address).status_code == 409
    assert line not in lead.get("/").text
    assert "Dealt with it on" in second.get(reverse("sharing-right", args=[made.pk])).text
    with act_in(place.system()):
        assert RightsNotice.objects.values_list("who", "what").get() == ("(removed)", "(removed)")


def test_what_must_be_kept_as_evidence_is_restricted_where_it_is_not_erased(
    person: Person, irene: Worker, alice: Worker, as_user: AsUser
) -> None:
    refusal = RightAnswer("refused", "It is needed for a trial", ground="evidence-erase")
    made = decided(person, irene, alice, asked=replace(ASKED, kind="erase"), answer=refusal)
    assert letters.answer(made, told=[]).startswith(b"%PDF")
    assert (
        "Data Protection Act 2018, section 47(2)" in as_user(irene).get(reverse("sharing-right", args=[made.pk])).text
    )
    with act_in(alice.scope):
        assert restrictions.is_restricted(person_id=person.pk, scope=alice.scope)
        assert not DestructionItem.objects.exists()


def test_the_journey_through_the_pages(person: Person, irene: Worker, alice: Worker, as_user: AsUser) -> None:
    lead, second = as_user(irene), as_user(alice)
    found = lead.get(reverse("sharing-subject-access-find"), {"q": "Jordan", "for": "rights"})
    assert found.status_code == 200
    given = {
        "kind": "restrict",
        "asked_for": "It is wrong",
        "channel": "email",
        "identity_check": "not-yet",
        "received_on_day": "20",
        "received_on_month": "11",
        "received_on_year": "2025",
    }
    made = lead.post(reverse("sharing-rights-new", args=[person.public_id]), given)
    assert made.status_code == 302, made.content
    page = made.headers["Location"]
    assert lead.post(f"{page}/identity", {"check": "documents"}).status_code == 302
    answer = {"outcome": "granted", "reasons": "Not known yet", "done": "Use stopped"}
    assert lead.post(f"{page}/prepare", answer).status_code == 302
    assert b"Check done" not in lead.get(page).content
    assert second.get(page + "/letter").status_code == 404
    card = second.get(f"{page}/decide").text
    assert "no ranking or score" in card
    assert second.post(f"{page}/decide").status_code == 409
    assert second.post(f"{page}/decide", seen_on(card)).status_code == 302
    letter = second.get(f"{page}/letter")
    assert letter.content.startswith(b"%PDF")
    tab = reverse("sharing-rights-person", args=[person.public_id])
    told = {"how": "spoken", "what": "How the list is made", **{k: v for k, v in given.items() if "received" in k}}
    told = {name.replace("received_on", "given_on"): value for name, value in told.items()}
    assert second.post(f"{tab}/told", told).status_code == 302
    with CaptureQueriesContext(connection) as asked:
        shown = second.get(tab).content.decode()
    assert len(asked) <= 40
    assert "How the list is made" in shown
    assert "Restricted: records of Police" in shown
    assert second.get(f"{tab}/leaflet").content.startswith(b"%PDF")
    assert second.get(reverse("sharing-rights"), {"show": "closed"}).status_code == 200
