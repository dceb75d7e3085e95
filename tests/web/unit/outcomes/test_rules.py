"""A question goes one way, months are final before they are asked of, and nobody releases what they asked for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.outcomes import rules
from iom.outcomes.choices import ReleaseState, StudyState

S, R = StudyState, ReleaseState
# Every state x move that leads somewhere; all others are refused.
LEADS_TO = {
    (S.DRAFT, "change"): S.DRAFT,
    (S.DRAFT, "register"): S.DESIGNING,
    (S.DRAFT, "withdraw"): S.WITHDRAWN,
    (S.DESIGNING, "show the comparison"): S.DESIGNED,
    (S.DESIGNING, "refuse"): S.REFUSED,
    (S.DESIGNING, "withdraw"): S.WITHDRAWN,
    (S.DESIGNED, "accept the comparison"): S.ESTIMATING,
    (S.DESIGNED, "withdraw"): S.WITHDRAWN,
    (S.ESTIMATING, "finish"): S.DONE,
    (S.ESTIMATING, "refuse"): S.REFUSED,
    (S.ESTIMATING, "withdraw"): S.WITHDRAWN,
}
MOVES = sorted({move for _state, move in LEADS_TO})


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", [*StudyState])
def test_a_question_moves_as_the_table_says(state: StudyState, move: str) -> None:
    assert rules.can_move(state=state, move=move) == ((state, move) in LEADS_TO)
    if (state, move) in LEADS_TO:
        assert rules.check_can_move(state=state, move=move) == LEADS_TO[state, move]
    else:
        with pytest.raises(WrongState):
            rules.check_can_move(state=state, move=move)


def test_a_comparison_whose_sides_still_differ_is_not_accepted() -> None:
    assert rules.can_accept(state=S.DESIGNED, red=0)
    assert not rules.can_accept(state=S.DRAFT, red=0)
    with pytest.raises(WrongState, match="still differ"):
        rules.check_can_accept(state=S.DESIGNED, red=1)


def test_nothing_is_found_of_a_comparison_that_nobody_accepted() -> None:
    """From settled to answered there is no way round the acceptance."""
    before_accepting = {S.DESIGNING, S.DESIGNED}
    assert not {to for (state, _move), to in LEADS_TO.items() if state in before_accepting} & {S.DONE}


@pytest.mark.parametrize(
    ("known_to", "month"),
    [
        (date(2026, 11, 20), date(2025, 4, 1)),
        (date(2026, 1, 31), date(2024, 6, 1)),
        (date(2026, 6, 1), date(2024, 11, 1)),
    ],
)
def test_the_last_month_is_final_whoever_joined_on_its_last_day(known_to: date, month: date) -> None:
    assert rules.latest_month(known_to) == month
    # Somebody of the last day of it: the same day 18 months on, or the last of that month, is known.
    number = month.year * 12 + month.month - 1 + 18
    assert (number // 12, number % 12 + 1) < (known_to.year, known_to.month)


@pytest.mark.parametrize(
    ("first", "last", "known_to", "says"),
    [
        (date(2024, 2, 1), date(2024, 1, 1), date(2026, 11, 20), "same as or after the first"),
        (date(2018, 1, 1), date(2024, 1, 1), date(2026, 11, 20), "60 months at most"),
        (date(2024, 1, 1), date(2025, 5, 1), date(2026, 11, 20), "April 2025 or before"),
        (date(2024, 1, 1), date(2024, 6, 1), None, "No record of convictions"),
    ],
)
def test_months_that_cannot_be_asked_of(first: date, last: date, known_to: date | None, says: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        rules.check_window(first=first, last=last, known_to=known_to)
    assert says in wrong.value.fields["last_month"]


def test_what_decides_is_not_looked_at_twice() -> None:
    rules.check_measures(primary="reoffended", secondary=["reoffences"])
    with pytest.raises(InvalidInput):
        rules.check_measures(primary="reoffended", secondary=["reoffended"])
    with pytest.raises(InvalidInput):
        rules.check_measures(primary="happiness", secondary=[])


def test_two_people_release() -> None:
    rules.check_can_decide_release(state=R.ASKED, asked_by=1, user_id=2)
    with pytest.raises(NotAllowed):
        rules.check_can_decide_release(state=R.ASKED, asked_by=1, user_id=1)
    for state in (R.RELEASED, R.REFUSED):
        with pytest.raises(WrongState):
            rules.check_can_decide_release(state=state, asked_by=1, user_id=2)


def test_only_what_was_found_can_be_released_and_once() -> None:
    assert rules.can_ask_release(state=S.DONE, has_release=False)
    assert not rules.can_ask_release(state=S.DONE, has_release=True)
    assert not rules.can_ask_release(state=S.DESIGNED, has_release=False)


def test_what_is_let_go_has_had_its_time() -> None:
    at = datetime(2026, 11, 28, tzinfo=UTC)
    long_ago = at - timedelta(days=60, seconds=1)
    for state in (S.DESIGNING, S.DESIGNED, S.ESTIMATING):
        assert "60 days" in rules.check_can_let_go(state=state, since=long_ago, at=at)
        with pytest.raises(WrongState):
            rules.check_can_let_go(state=state, since=at - timedelta(days=60), at=at)
    for state in (S.DRAFT, S.DONE, S.REFUSED, S.WITHDRAWN):
        with pytest.raises(WrongState):
            rules.check_can_let_go(state=state, since=long_ago, at=at)
