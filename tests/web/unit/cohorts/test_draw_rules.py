"""Who may move a draw for places on, and when; and when a selection goes against the order of one."""

from datetime import date
from typing import Any

import pytest

from iom.cohorts import rules
from iom.cohorts.choices import DrawState as D
from iom.cohorts.choices import Outcome
from iom.common.errors import InvalidInput, NotAllowed, WrongState

ON = date(2026, 11, 23)


@pytest.mark.parametrize("state", [D.CLOSED, D.DRAWN, D.WITHDRAWN])
def test_nobody_enters_or_leaves_once_the_list_is_closed(state: str) -> None:
    rules.check_can_settle_entrants(state=D.OPEN, left_out={7: "Fixed cohort"})
    with pytest.raises(WrongState, match="settled"):
        rules.check_can_settle_entrants(state=state, left_out={})


@pytest.mark.parametrize("why", ["", "   ", "\n"])
def test_nobody_is_left_out_without_a_reason(why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_can_settle_entrants(state=D.OPEN, left_out={7: why, 8: "Fixed cohort"})
    assert set(refused.value.fields) == {"out_7"}


@pytest.mark.parametrize(
    ("places", "entrants", "is_worth"), [(1, 2, True), (2, 2, False), (3, 2, False), (1, 0, False)]
)
def test_where_there_is_a_place_for_everybody_nothing_is_drawn(places: int, entrants: int, is_worth: bool) -> None:
    if is_worth:
        rules.check_is_worth_drawing(places=places, entrants=entrants)
        rules.check_can_close_draw(state=D.OPEN, places=places, entrants=entrants, unsettled=0, unseen=0)
        return
    with pytest.raises(InvalidInput, match="a place for everybody"):
        rules.check_is_worth_drawing(places=places, entrants=entrants)
    with pytest.raises(WrongState, match="a place for everybody"):
        rules.check_can_close_draw(state=D.OPEN, places=places, entrants=entrants, unsettled=0, unseen=0)


def test_without_a_place_there_is_no_draw() -> None:
    with pytest.raises(InvalidInput, match="Without a place"):
        rules.check_is_worth_drawing(places=0, entrants=3)


def test_a_list_is_closed_only_when_everybody_who_waits_is_settled() -> None:
    with pytest.raises(WrongState, match="neither in the draw nor left out"):
        rules.check_can_close_draw(state=D.OPEN, places=1, entrants=3, unsettled=1, unseen=0)


def test_who_closed_the_list_does_not_draw() -> None:
    rules.check_can_draw(state=D.CLOSED, closed_by=1, user_id=2)
    assert not rules.can_draw(state=D.CLOSED, closed_by=1, user_id=1)
    with pytest.raises(NotAllowed, match="Somebody else"):
        rules.check_can_draw(state=D.CLOSED, closed_by=1, user_id=1)


@pytest.mark.parametrize(
    ("beacon", "value", "is_good"),
    [
        ("", "", True),
        ("Lotto of Saturday", "3 14 15 26 35 44", True),
        ("FTSE 100 at close", "8,317.59", True),
        ("Lotto of Saturday", "", False),
        ("", "3 14", False),
        ("Lotto of Saturday", "3'14", False),
        ("Lotto of Saturday", "3:14", False),
        ("Lotto of Saturday", "３", False),
    ],
)
def test_the_number_is_the_one_named_and_can_be_typed(beacon: str, value: str, is_good: bool) -> None:
    if is_good:
        rules.check_beacon(beacon=beacon, value=value)
    else:
        with pytest.raises(InvalidInput) as refused:
            rules.check_beacon(beacon=beacon, value=value)
        assert set(refused.value.fields) == {"value"}


SELECTION: dict[str, Any] = {
    "outcome": Outcome.SELECT, "reasons": "Willing", "present": [1], "met_on": ON, "on": ON, "cohort_type": "flex",
    "cohort_types": ["flex"], "rag": "red", "has_lead": True, "review_on": date(2026, 12, 21), "deferred_until": None,
    "is_same_scheme": False, "has_scheme": False, "waiting": 0, "returns_due_on": ON, "without_returns": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "ahead", "why", "is_whole"),
    [
        (Outcome.SELECT, 0, "", True),
        (Outcome.SELECT, 1, "", False),
        (Outcome.SELECT, 1, "  ", False),
        (Outcome.SELECT, 1, "The first is in hospital", True),
        (Outcome.DECLINE, 1, "", True),
    ],
)
def test_selecting_against_the_order_of_a_draw_needs_a_reason(
    outcome: Outcome, ahead: int, why: str, is_whole: bool
) -> None:
    given = {**SELECTION, "outcome": outcome, "ahead_in_draw": ahead, "against_draw": why}
    if is_whole:
        rules.check_decision_is_whole(**given)
    else:
        with pytest.raises(InvalidInput) as refused:
            rules.check_decision_is_whole(**given)
        assert set(refused.value.fields) == {"against_draw"}
