"""Merging two people and splitting one: by hand, for good, with every app's rows, and back again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from iom.access.scope import PersonRule, act_in
from iom.audit.models import Event
from iom.common import registries
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.common.registries import MergeHandler
from iom.people.choices import IndexChange, Verdict
from iom.people.linkage import Pair
from iom.people.models import Arrest, IndexEvent, LinkDecision, Person, PossibleMatch, SourceRecord
from iom.people.operations import decisions
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_record

pytestmark = pytest.mark.slow


@pytest.fixture
def records(place: Place) -> dict[str, SourceRecord]:
    with act_in(place.system()):
        return {
            "one": make_record(place, family_name="Poole", date_of_birth=date(1990, 1, 2)),
            "two": make_record(place, agency="Probation", family_name="Pool"),
            "hidden": make_record(place, agency="Treatment", audience="own", family_name="Poole"),
            "other": make_record(place, agency="Prison", family_name="Poole"),
        }


@pytest.fixture
def calls() -> Iterator[list[tuple[Any, ...]]]:
    """What a higher app is told, so that its rows can follow."""
    told: list[tuple[Any, ...]] = []
    handler = MergeHandler(
        "test",
        merge=lambda *, by, keep_id, gone_id, at: told.append(("merge", keep_id, gone_id)),
        split=lambda *, by, person_id, new_id, source_record_ids, at: told.append(
            ("split", person_id, new_id, source_record_ids)
        ),
    )
    registries.merge_handlers.register(handler)
    yield told
    del registries.merge_handlers._entries["test"]


def whose(place: Place, records: dict[str, SourceRecord]) -> dict[str, int]:
    with act_in(place.system()):
        return {name: SourceRecord.objects.get(pk=record.pk).person_id for name, record in records.items()}


def merge(worker: Worker, keep: Person, gone: Person) -> LinkDecision:
    with act_in(worker.scope):
        return decisions.merge_people(keep_id=keep.pk, gone_id=gone.pk, reason="Same prints", by=worker.scope, at=AT)


def split(worker: Worker, person: Person, *chosen: SourceRecord) -> Person:
    with act_in(worker.scope):
        return decisions.split_person(
            person_id=person.pk, record_ids={record.pk for record in chosen}, reason="Twins", by=worker.scope, at=AT
        )


def test_merging_moves_all_and_tells_every_app(
    place: Place, alice: Worker, records: dict[str, SourceRecord], calls: list[tuple[Any, ...]]
) -> None:
    people = link_people(place, {"k1": [records["one"]], "k2": [records["two"], records["hidden"]]})
    with act_in(place.system()):
        event = add_event(Arrest, records["two"], person=people["k2"], arrest_date=date(2026, 1, 1))
    decision = merge(alice, people["k1"], people["k2"])
    found = whose(place, records)
    assert found["one"] == found["two"] == found["hidden"] == people["k1"].pk
    assert calls == [("merge", people["k1"].pk, people["k2"].pk)]
    with act_in(place.system()):
        event.refresh_from_db()
        assert event.person == people["k1"]
        assert Event.objects.get(action="people.merge_people").detail == {
            "gone": people["k2"].pk,
            "decision": decision.pk,
        }


def test_a_merged_person_is_opened_where_they_went(
    place: Place, alice: Worker, records: dict[str, SourceRecord], as_user: Callable[[Worker], Client]
) -> None:
    people = link_people(place, {"k1": [records["one"]], "k2": [records["two"]]})
    merge(alice, people["k1"], people["k2"])
    answer = as_user(alice).get(f"/people/{people['k2'].public_id}")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{people['k1'].public_id}")


def test_splitting_keeps_apart_and_undoing_puts_back(
    place: Place, alice: Worker, records: dict[str, SourceRecord], calls: list[tuple[Any, ...]]
) -> None:
    person = link_people(place, {"k1": [records["one"], records["two"], records["hidden"], records["other"]]})["k1"]
    new = split(alice, person, records["two"], records["other"])
    found = whose(place, records)
    assert found["one"] == found["hidden"] == person.pk
    assert found["two"] == found["other"] == new.pk
    assert calls == [("split", person.pk, new.pk, sorted([records["two"].pk, records["other"].pk]))]
    with act_in(place.system()):
        pairs = set(LinkDecision.objects.values_list("left", "right", "verdict"))
        assert pairs == {
            (records["one"].pk, records["two"].pk, Verdict.DIFFERENT),
            (records["one"].pk, records["other"].pk, Verdict.DIFFERENT),
        }
        decision = LinkDecision.objects.order_by("pk").last()
        assert IndexEvent.objects.filter(change=IndexChange.SPLIT).count() == 2
    with act_in(alice.scope):
        decisions.undo_decision(decision_id=decision.pk, reason="A mistake", by=alice.scope, at=AT)
    assert set(whose(place, records).values()) == {person.pk}
    with act_in(place.system()):
        assert not LinkDecision.objects.filter(undone_at__isnull=True).exists(), "decisions made together fall together"
        assert Person.objects.get(pk=new.pk).merged_into == person


def test_merging_undoes_a_decision_that_held_them_apart_and_splitting_one_that_joined(
    place: Place, alice: Worker, records: dict[str, SourceRecord]
) -> None:
    person = link_people(place, {"k1": [records["one"], records["two"]]})["k1"]
    new = split(alice, person, records["two"])
    joined = merge(alice, person, new)
    with act_in(place.system()):
        assert list(LinkDecision.objects.filter(undone_at__isnull=True)) == [joined]
    again = split(alice, person, records["two"])
    assert again != new
    with act_in(place.system()):
        assert LinkDecision.objects.get(undone_at__isnull=True).verdict == Verdict.DIFFERENT


def test_a_decision_one_cannot_see_stands_in_the_way(
    place: Place, alice: Worker, tracy: Worker, records: dict[str, SourceRecord]
) -> None:
    pair = Pair(records["one"].pk, records["hidden"].pk, 3.0, 0.9)
    people = link_people(place, {"k1": [records["one"]], "k2": [records["two"], records["hidden"]]}, pair)
    with act_in(place.system()):
        match = PossibleMatch.objects.get()
    with act_in(tracy.scope):
        decisions.decide_match(match_id=match.pk, verdict="different", reason="No", by=tracy.scope, at=AT)
    before = whose(place, records)
    with pytest.raises(WrongState, match="not shared with you"):
        merge(alice, people["k1"], people["k2"])
    assert whose(place, records) == before
    merge(tracy, people["k1"], people["k2"])


def test_the_reason_of_a_merge_is_for_those_who_see_both_records(
    place: Place, alice: Worker, tracy: Worker, records: dict[str, SourceRecord], as_user: Callable[[Worker], Client]
) -> None:
    people = link_people(place, {"k1": [records["one"]], "k2": [records["two"]], "k3": [records["hidden"]]})
    with act_in(tracy.scope):
        decision = decisions.merge_people(
            keep_id=people["k3"].pk, gone_id=people["k1"].pk, reason="Came for methadone", by=tracy.scope, at=AT
        )
    address = f"/people/{people['k3'].public_id}/index-history"
    for worker, reads in ((alice, False), (tracy, True)):
        page = as_user(worker).get(address).text
        assert "Merged into this person" in page
        assert ("methadone" in page) is reads
    with act_in(tracy.scope):
        decisions.undo_decision(decision_id=decision.pk, reason="Not on methadone", by=tracy.scope, at=AT)
    page = as_user(alice).get(f"/people/{people['k1'].public_id}/index-history").text
    assert "a decision was undone" in page
    assert "methadone" not in page
    with act_in(alice.scope):
        assert not IndexEvent.objects.filter(reason__contains="methadone").exists()


def test_what_an_emergency_opened_is_read_and_not_moved(
    place: Place, alice: Worker, records: dict[str, SourceRecord]
) -> None:
    people = link_people(
        place, {"k1": [records["one"]], "k2": [records["hidden"]], "k3": [records["two"], records["other"]]}
    )
    with act_in(place.system()):
        SourceRecord.objects.filter(pk=records["other"].pk).update(audience="own")
    opened = tuple(PersonRule(people[key].pk, 1) for key in ("k2", "k3"))
    by = replace(alice.scope, opened=opened)
    with act_in(by):
        with pytest.raises(NotVisible):
            decisions.merge_people(keep_id=people["k1"].pk, gone_id=people["k2"].pk, reason="Same prints", by=by, at=AT)
        with pytest.raises(WrongState):
            decisions.split_person(
                person_id=people["k3"].pk, record_ids={records["other"].pk}, reason="Twins", by=by, at=AT
            )


def test_whoever_a_page_names_is_in_the_audit_record(
    place: Place, alice: Worker, records: dict[str, SourceRecord], as_user: Callable[[Worker], Client]
) -> None:
    pair = Pair(records["one"].pk, records["two"].pk, 3.0, 0.9)
    people = link_people(place, {"k1": [records["one"]], "k2": [records["two"]]}, pair)
    client, one = as_user(alice), people["k1"].public_id
    client.get(f"/people/{one}/merge", {"with": "jordan pool"})
    assert "in the index twice" in client.get(f"/people/{one}").text
    with act_in(place.system()):
        named = dict(Event.objects.filter(detail__has_key="people").values_list("action", "detail"))
    assert named["people.search"]["people"] == named["view.possible_matches"]["people"] == [people["k2"].pk]


def test_what_cannot_be_merged_or_split_says_why(
    place: Place, alice: Worker, bob: Worker, charlie: Worker, records: dict[str, SourceRecord]
) -> None:
    people = link_people(place, {"k1": [records["one"], records["hidden"]], "k2": [records["two"]]})
    for worker, error in ((bob, NotAllowed), (charlie, NotVisible)):
        with pytest.raises(error):
            merge(worker, people["k1"], people["k2"])
        with pytest.raises(error):
            split(worker, people["k1"], records["one"])
    with pytest.raises(InvalidInput, match="two different people"):
        merge(alice, people["k1"], people["k1"])
    for chosen, error in (
        ([], InvalidInput),
        ([records["one"]], InvalidInput),  # it is all she sees: nothing would stay
        ([records["hidden"]], WrongState),
        ([records["two"]], WrongState),
    ):
        with pytest.raises(error):
            split(alice, people["k1"], *chosen)
    merge(alice, people["k1"], people["k2"])
    with pytest.raises(WrongState, match="merged meanwhile"):
        merge(alice, people["k1"], people["k2"])


def test_the_pages_interrupt_before_anything_is_done(
    place: Place, alice: Worker, records: dict[str, SourceRecord], as_user: Callable[[Worker], Client]
) -> None:
    people = link_people(place, {"k1": [records["one"], records["other"]], "k2": [records["two"]]})
    client, one, two = as_user(alice), people["k1"].public_id, people["k2"].public_id
    choose = client.get(f"/people/{one}/merge", {"with": "jordan pool"}).content.decode()
    assert f"/people/{one}/merge/{two}" in choose
    assert f"/people/{one}/merge/{one}" not in choose
    address = f"/people/{one}/merge/{two}"
    assert "The other person" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 400
    asked = client.post(address, {"reason": "Same prints"}).content.decode()
    assert "Merge these two people?" in asked
    assert whose(place, records)["two"] == people["k2"].pk, "nothing yet"
    done = client.post(address, {"reason": "Same prints", "confirmed": "yes"})
    assert done["Location"] == f"/people/{one}"
    assert whose(place, records)["two"] == people["k1"].pk

    address = f"/people/{one}/split"
    assert "Which records are another person" in client.get(address).content.decode()
    chosen = [str(records["two"].pk), str(records["other"].pk)]
    asked = client.post(address, {"reason": "Twins", "records": chosen}).content.decode()
    assert f'value="{",".join(sorted(chosen, key=int))}"' in asked
    assert "1 decision that they are one person is undone" in asked
    assert "These records become a new person" in asked
    assert "This stays with" in asked
    done = client.post(address, {"reason": "Twins", "confirmed": "yes", "records": ",".join(chosen)})
    assert done.status_code == 302
    found = whose(place, records)
    assert found["two"] == found["other"] != found["one"]
    history = client.get(f"/people/{one}/index-history").content.decode()
    assert "Split from this person" in history
    assert history.count("Different people") == 1, "one split is one line, though it made two decisions"


def test_the_pages_are_for_who_may(
    place: Place, bob: Worker, charlie: Worker, records: dict[str, SourceRecord], as_user: Callable[[Worker], Client]
) -> None:
    people = link_people(place, {"k1": [records["one"]], "k2": [records["two"]]})
    one, two = people["k1"].public_id, people["k2"].public_id
    addresses = [f"/people/{one}/merge", f"/people/{one}/merge/{two}", f"/people/{one}/split"]
    assert {as_user(bob).get(address).status_code for address in addresses} == {403}
    assert {as_user(charlie).get(address).status_code for address in addresses} == {404}
    prison = make_worker(place, "pat", agency="Prison", roles=["coordinator"])
    assert {as_user(prison).get(address).status_code for address in addresses} == {200}
