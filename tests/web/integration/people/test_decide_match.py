"""Deciding whether two records are one person: at once, for good, and back again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from iom.access.scope import act_in
from iom.audit.models import Event, Value
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.people.choices import Conflict, IndexChange, ReviewStatus, Verdict
from iom.people.linkage import Pair
from iom.people.models import IndexEvent, LinkDecision, Person, PossibleMatch, SearchTerm, SourceRecord
from iom.people.operations import decisions
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import link_people, make_record

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Doubt:
    """Two people, three records: the model doubts whether `left` and `right` are one."""

    left: SourceRecord
    right: SourceRecord
    also_right: SourceRecord
    match: PossibleMatch

    def clusters(self) -> dict[str, list[SourceRecord]]:
        return {"k1": [self.left], "k2": [self.right, self.also_right]}

    def pair(self) -> Pair:
        return Pair(self.left.pk, self.right.pk, 5.0, 0.9)


@pytest.fixture
def doubt(place: Place) -> Doubt:
    with act_in(place.system()):
        left = make_record(place, family_name="Poole")
        right = make_record(place, agency="Probation", family_name="Pool")
        also_right = make_record(place, agency="Treatment", audience="own", family_name="Poole")
    link_people(place, {"k1": [left], "k2": [right, also_right]}, Pair(left.pk, right.pk, 5.0, 0.9))
    with act_in(place.system()):
        return Doubt(left, right, also_right, PossibleMatch.objects.get())


def person_ids(place: Place, *records: SourceRecord) -> list[int]:
    with act_in(place.system()):
        return [SourceRecord.objects.get(pk=record.pk).person_id for record in records]


def decide(worker: Worker, match: PossibleMatch, verdict: Verdict, reason: str = "Same tattoo") -> LinkDecision:
    with act_in(worker.scope):
        return decisions.decide_match(match_id=match.pk, verdict=verdict, reason=reason, by=worker.scope, at=AT)


def undo(worker: Worker, decision: LinkDecision) -> None:
    with act_in(worker.scope):
        decisions.undo_decision(decision_id=decision.pk, reason="A mistake", by=worker.scope, at=AT)


def test_same_makes_one_person_of_every_record_even_those_the_decider_cannot_see(
    doubt: Doubt, place: Place, alice: Worker
) -> None:
    decide(alice, doubt.match, Verdict.SAME)
    kept, other, hidden = person_ids(place, doubt.left, doubt.right, doubt.also_right)
    assert kept == other == hidden
    with act_in(place.system()):
        gone = Person.objects.get(merged_into__isnull=False)
        assert gone.merged_into_id == kept
        assert set(SearchTerm.objects.values_list("person", flat=True)) == {kept}
        assert IndexEvent.objects.filter(change=IndexChange.MERGED, decision__reason="Same tattoo").count() == 2
        doubt.match.refresh_from_db()
        assert doubt.match.status == ReviewStatus.DECIDED
        event = Event.objects.get(action="people.decide_match")
        assert Value.objects.get(event_id=event.pk, field="reason").after == "Same tattoo"


def test_undoing_moves_every_record_back(doubt: Doubt, place: Place, alice: Worker) -> None:
    before = person_ids(place, doubt.left, doubt.right, doubt.also_right)
    decision = decide(alice, doubt.match, Verdict.SAME)
    undo(alice, decision)
    assert person_ids(place, doubt.left, doubt.right, doubt.also_right) == before
    with act_in(place.system()):
        assert not Person.objects.filter(merged_into__isnull=False).exists()
        doubt.match.refresh_from_db()
        assert doubt.match.status == ReviewStatus.OPEN
    with pytest.raises(WrongState, match="already been undone"):
        undo(alice, decision)


def test_undoing_leaves_together_what_another_decision_holds_together(
    doubt: Doubt, place: Place, alice: Worker, tracy: Worker
) -> None:
    link_people(place, doubt.clusters(), doubt.pair(), Pair(doubt.left.pk, doubt.also_right.pk, 4.0, 0.8))
    with act_in(place.system()):
        other = PossibleMatch.objects.get(right=doubt.also_right)
    first = decide(tracy, other, Verdict.SAME)
    with act_in(place.system()):
        doubt.match.refresh_from_db()
        assert doubt.match.status == ReviewStatus.SETTLED, "the same answer answers both questions"
    with pytest.raises(WrongState, match="settled"):
        decide(alice, doubt.match, Verdict.DIFFERENT)
    link_people(place, {"k1": [doubt.left, doubt.right, doubt.also_right]})
    with act_in(alice.scope):
        second = decisions._record(doubt.left, doubt.right, verdict=Verdict.SAME, reason="x", by=alice.scope, at=AT)
    undo(tracy, first)
    assert len(set(person_ids(place, doubt.left, doubt.right, doubt.also_right))) == 1
    undo(alice, second)


def test_a_decision_outlives_linkage_that_finds_the_same_doubt_again(doubt: Doubt, place: Place, alice: Worker) -> None:
    decide(alice, doubt.match, Verdict.DIFFERENT)
    before = person_ids(place, doubt.left, doubt.right)
    link_people(place, doubt.clusters(), doubt.pair())
    assert person_ids(place, doubt.left, doubt.right) == before
    with act_in(place.system()):
        doubt.match.refresh_from_db()
        assert doubt.match.status == ReviewStatus.DECIDED
        assert LinkDecision.objects.get().undone_at is None


def test_not_sure_stays_in_the_queue_and_can_be_decided_later(doubt: Doubt, place: Place, alice: Worker) -> None:
    unsure = decide(alice, doubt.match, Verdict.UNSURE)
    with act_in(place.system()):
        doubt.match.refresh_from_db()
        assert doubt.match.status == ReviewStatus.UNSURE
    link_people(place, doubt.clusters(), doubt.pair())
    decide(alice, doubt.match, Verdict.DIFFERENT)
    with act_in(place.system()):
        unsure.refresh_from_db()
        assert unsure.undone_by == alice.user.pk
        assert LinkDecision.objects.get(undone_at__isnull=True).verdict == Verdict.DIFFERENT


def test_whoever_comes_second_is_told(doubt: Doubt, place: Place, alice: Worker) -> None:
    carol = make_worker(place, "carol", agency="Police", roles=["coordinator"])
    decide(alice, doubt.match, Verdict.SAME)
    with pytest.raises(WrongState, match="Somebody else has already decided"):
        decide(carol, doubt.match, Verdict.DIFFERENT)


def test_a_decision_that_another_contradicts_is_refused(doubt: Doubt, place: Place, alice: Worker) -> None:
    with act_in(alice.scope):
        person = Person.objects.get(pk=doubt.left.person_id or person_ids(place, doubt.left)[0])
    decide(alice, doubt.match, Verdict.DIFFERENT)
    with act_in(place.system()):
        third = make_record(place, family_name="Poole")
    clusters = {**doubt.clusters(), "k1": [doubt.left, third]}
    link_people(place, clusters, doubt.pair(), Pair(third.pk, doubt.right.pk, 5.0, 0.9))
    with act_in(place.system()):
        other = PossibleMatch.objects.get(right=third)
    with pytest.raises(WrongState, match="Undo that decision first"):
        decide(alice, other, Verdict.SAME)
    assert person.pk == person_ids(place, third)[0]


@pytest.mark.parametrize(
    ("verdict", "reason", "field"),
    [("maybe", "x", "verdict"), ("same", "  ", "reason"), ("same", "x" * 1001, "reason")],
)
def test_an_answer_and_a_reason_are_needed(doubt: Doubt, alice: Worker, verdict: str, reason: str, field: str) -> None:
    with act_in(alice.scope), pytest.raises(InvalidInput) as raised:
        decisions.decide_match(match_id=doubt.match.pk, verdict=verdict, reason=reason, by=alice.scope, at=AT)
    assert list(raised.value.fields) == [field]


def test_only_who_may_and_who_sees_both_decides(
    doubt: Doubt, place: Place, bob: Worker, tracy: Worker, charlie: Worker
) -> None:
    link_people(place, doubt.clusters(), Pair(doubt.left.pk, doubt.also_right.pk, 4.0, 0.8))
    with act_in(place.system()):
        hidden = PossibleMatch.objects.get(right=doubt.also_right)
    carol = make_worker(place, "carol", agency="Probation", roles=["coordinator"])
    for worker, error in ((bob, NotAllowed), (carol, NotVisible), (charlie, NotVisible)):
        with pytest.raises(error):
            decide(worker, hidden, Verdict.SAME)
    with act_in(place.system()):  # even if the match itself were marked too widely
        PossibleMatch.objects.filter(pk=hidden.pk).update(audience="partners")
    with pytest.raises(NotVisible):
        decide(carol, hidden, Verdict.SAME)
    decide(tracy, hidden, Verdict.DIFFERENT)


def test_the_pages_compare_decide_go_on_and_undo(
    doubt: Doubt, place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(alice)
    queue = client.get("/people/matches/")
    assert f"/people/matches/{doubt.match.pk}" in queue.content.decode()
    page = client.get(f"/people/matches/{doubt.match.pk}").content.decode()
    assert "Poole" in page
    assert "about 32 to 1 that they are the same person" in page
    with act_in(alice.scope):
        assert Event.objects.filter(action="view.people.match").count() == 2
    refused = client.post(f"/people/matches/{doubt.match.pk}", {"verdict": "same"})
    assert refused.status_code == 400
    assert "Enter reason" in refused.content.decode() or "Enter the reason" in refused.content.decode()
    done = client.post(f"/people/matches/{doubt.match.pk}", {"verdict": "same", "reason": "Same tattoo"})
    assert (done.status_code, done["Location"]) == (302, "/people/matches/")
    again = client.post(f"/people/matches/{doubt.match.pk}", {"verdict": "different", "reason": "No"})
    assert again.status_code == 409
    with act_in(place.system()):
        decision = LinkDecision.objects.get()
    decided = client.get(f"/people/matches/{doubt.match.pk}").content.decode()
    assert "Decided by Alice" in decided
    assert f"/people/decisions/{decision.pk}/undo" in decided
    undone = client.post(f"/people/decisions/{decision.pk}/undo", {"reason": "A mistake"})
    assert undone["Location"] == f"/people/matches/{doubt.match.pk}"
    assert len(set(person_ids(place, doubt.left, doubt.right))) == 2


def test_the_queue_is_filtered_sorted_and_makes_a_bounded_number_of_queries(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client], django_assert_max_num_queries: Callable
) -> None:
    with act_in(place.system()):
        records = [make_record(place, agency=agency) for agency in ("Police", "Probation") * 30]
    pairs = [Pair(one.pk, two.pk, float(n % 9), 0.5) for n, (one, two) in enumerate(pairwise(records))]
    link_people(place, {f"k{record.pk}": [record] for record in records}, *pairs)
    client = as_user(alice)
    with django_assert_max_num_queries(25):
        page = client.get("/people/matches/").content.decode()
    assert "Showing 1 to 25 of 59" in page
    strong = client.get("/people/matches/", {"strength": "strong", "sort": "weight"}).content.decode()
    assert "+8.0" in strong
    assert "+5.0" not in strong
    assert strong.index("+6.0") < strong.index("+8.0")


def test_a_match_and_undoing_it_make_a_bounded_number_of_queries(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client], django_assert_max_num_queries: Callable
) -> None:
    with act_in(place.system()):
        records = [make_record(place) for _ in range(60)]
    pairs = [Pair(one.pk, two.pk, 5.0, 0.5, conflicts=(Conflict.TWINS,)) for one, two in pairwise(records)]
    link_people(place, {f"k{record.pk}": [record] for record in records}, *pairs)
    with act_in(alice.scope):
        match = PossibleMatch.objects.latest("pk")
    client, address = as_user(alice), f"/people/matches/{match.pk}"
    with django_assert_max_num_queries(25):
        assert client.get(address).status_code == 200
    client.post(address, {"verdict": Verdict.DIFFERENT, "reason": "Not the same."})
    with act_in(alice.scope):
        decision = LinkDecision.objects.get()
    with django_assert_max_num_queries(25):
        page = client.get(f"/people/decisions/{decision.pk}/undo").content.decode()
    assert "Not the same." in page
    assert page.count("Jordan Ashdown") == 2, "both records by name"


TWINS = {"family_name": "Poole", "date_of_birth": date(1990, 1, 2), "postcode": "WS1 2AB"}
WARNED = [
    # what the two records say, what the model found, and what the reader is told
    (
        {**TWINS, "given_names": "Ann"},
        {**TWINS, "given_names": "Beth", "pnc_id": "1979/0163001B"},
        (Conflict.TWINS,),
        "They share family name, date of birth and postcode, and differ in given names.",
    ),
    (
        {"pnc_id": "1979/0163001B"},
        {"pnc_id": "1999/0123456X"},
        (Conflict.TWINS, Conflict.PNC_IDS),
        "Both records carry a valid PNC ID and the two differ: 1979/0163001B and 1999/0123456X.",
    ),
    (
        {"date_of_birth": date(1960, 1, 2)},
        {"date_of_birth": date(1990, 3, 4)},
        (Conflict.BIRTHS,),
        "The dates of birth are many years apart: 2 January 1960 and 4 March 1990.",
    ),
]


@pytest.mark.parametrize(("left", "right", "conflicts", "told"), WARNED)
def test_what_holds_two_records_apart_is_said_in_words_before_anything_else(
    place: Place,
    alice: Worker,
    as_user: Callable[[Worker], Client],
    left: dict[str, Any],
    right: dict[str, Any],
    conflicts: tuple[Conflict, ...],
    told: str,
) -> None:
    with act_in(place.system()):
        one, two = make_record(place, **left), make_record(place, agency="Probation", **right)
    link_people(place, {"k1": [one], "k2": [two]}, Pair(one.pk, two.pk, 5.0, 0.9, conflicts=conflicts))
    with act_in(place.system()):
        match = PossibleMatch.objects.get()
    page = as_user(alice).get(f"/people/matches/{match.pk}").content.decode()
    assert told in page
    assert page.count("moj-alert--warning") == len(conflicts)
    assert page.index(told) < page.index("Weight +5.0")
    assert "never joins such records by itself" in page


def test_the_queue_is_filtered_by_warning(place: Place, alice: Worker, as_user: Callable[[Worker], Client]) -> None:
    with act_in(place.system()):
        records = [make_record(place, given_names=name) for name in ("Plain", "Twin", "Numbered", "Other")]
    pairs = [
        Pair(records[number].pk, records[3].pk, 5.0, 0.9, conflicts=conflicts)
        for number, conflicts in enumerate(((), (Conflict.TWINS,), (Conflict.TWINS, Conflict.PNC_IDS)))
    ]
    link_people(place, {f"k{record.pk}": [record] for record in records}, *pairs)
    client = as_user(alice)
    for warning, expected in (
        ("", {"Plain", "Twin", "Numbered"}),
        ("some", {"Twin", "Numbered"}),
        ("none", {"Plain"}),
        ("twins", {"Twin", "Numbered"}),
        ("pnc_ids", {"Numbered"}),
        ("births", set()),
    ):
        page = client.get("/people/matches/", {"warning": warning}).content.decode()
        assert {name for name in ("Plain", "Twin", "Numbered") if f"{name} Ashdown" in page} == expected, warning


def test_the_next_match_is_of_the_queue_as_it_was_filtered(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        records = [make_record(place) for _ in range(5)]
    weights = (9.0, 8.0, 7.0, 2.0)
    pairs = [Pair(records[n].pk, records[n + 1].pk, weight, 0.9) for n, weight in enumerate(weights)]
    link_people(place, {f"k{record.pk}": [record] for record in records}, *pairs)
    with act_in(place.system()):
        strongest, strong, fair, _faint = PossibleMatch.objects.order_by("-match_weight")
    client = as_user(alice)
    weakest_first = "?strength=strong&sort=weight"
    assert f'href="/people/matches/{fair.pk}{weakest_first}"'.replace("&", "&amp;") in (
        client.get(f"/people/matches/{weakest_first}").text
    )
    answer = {"verdict": "unsure", "reason": "Not yet"}
    for match, following in ((fair, strong), (strong, strongest)):
        saved = client.post(f"/people/matches/{match.pk}{weakest_first}", answer)
        assert saved["Location"] == f"/people/matches/{following.pk}{weakest_first}"
    last = client.post(f"/people/matches/{strongest.pk}{weakest_first}", answer)
    assert last["Location"] == f"/people/matches/{weakest_first}"


@pytest.mark.parametrize("order", ["", "?sort=weight"])
def test_matches_of_one_weight_are_gone_through_one_after_another(
    order: str, place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        records = [make_record(place) for _ in range(5)]
    pairs = [Pair(records[n].pk, records[n + 1].pk, 5.0, 0.9) for n in range(4)]
    link_people(place, {f"k{record.pk}": [record] for record in records}, *pairs)
    with act_in(place.system()):
        keys = list(PossibleMatch.objects.order_by("pk").values_list("pk", flat=True))
    client = as_user(alice)
    for key, following in zip(keys, [*keys[1:], keys[0]], strict=True):
        assert f'href="/people/matches/{following}{order}"' in client.get(f"/people/matches/{key}{order}").text


@pytest.mark.parametrize("source", ["%00", "nowhere", "custody'--"])
def test_a_source_that_is_none_narrows_neither_the_queue_nor_what_comes_next(
    source: str, place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        records = [make_record(place) for _ in range(3)]
    link_people(
        place,
        {f"k{record.pk}": [record] for record in records},
        Pair(records[0].pk, records[1].pk, 9.0, 0.9),
        Pair(records[1].pk, records[2].pk, 5.0, 0.9),
    )
    with act_in(place.system()):
        strong, fair = PossibleMatch.objects.order_by("-match_weight")
    client = as_user(alice)
    assert f"/people/matches/{fair.pk}" in client.get(f"/people/matches/?source={source}").text
    assert f"/people/matches/{fair.pk}" in client.get(f"/people/matches/{strong.pk}?source={source}").text
