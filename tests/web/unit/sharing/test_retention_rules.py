"""The retention clock: the day before, the day and the day after; leap days; children; what starts it again."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.sharing.rules import retention as rules
from iom.sharing.rules.retention import Facts, Rule

SIX = Rule("six", "Six", "agency", frozenset({"police"}), frozenset(), date(2020, 1, 1), 5, clear_years=6)
AGE = Rule("age", "Age", "agency", frozenset(), frozenset(), date(2020, 1, 1), 10, to_age=100, every_years=10)
CHILD = Rule("child", "Child", "agency", frozenset(), frozenset(), date(2020, 1, 1), 5, clear_years=10, child_years=6)


@pytest.mark.parametrize(
    ("start", "years", "until"),
    [
        (date(2020, 11, 23), 6, date(2026, 11, 23)),
        (date(2020, 2, 29), 6, date(2026, 3, 1)),
        (date(2020, 2, 29), 8, date(2028, 2, 29)),
        (date(2020, 2, 28), 6, date(2026, 2, 28)),
        (date(9993, 12, 31), 6, date(9999, 12, 31)),
        (date(9999, 1, 1), 6, date.max),  # how some systems write that there is no such day
    ],
)
def test_a_clear_period_is_whole_years(start: date, years: int, until: date) -> None:
    assert rules.clear_period_until(start, years=years) == until


@pytest.mark.parametrize(
    ("on", "expected"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True), (date(2026, 11, 24), True)]
)
def test_a_review_is_due_on_its_day_and_not_before(on: date, expected: bool) -> None:
    assert rules.is_due(rules.review_date(SIX, Facts(date(2020, 11, 23))), on=on) is expected


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        (Facts(date(2020, 5, 1), is_open=True), None),
        # Kept on 2 May 2026 until 2031: nothing happened since.
        (Facts(date(2020, 5, 1), kept_on=date(2026, 5, 2), kept_until=date(2031, 5, 2)), date(2031, 5, 2)),
        # Something happened after it was kept: the clear period runs from there, if it ends later.
        (Facts(date(2028, 1, 1), kept_on=date(2026, 5, 2), kept_until=date(2031, 5, 2)), date(2034, 1, 1)),
        (Facts(date(2026, 6, 1), kept_on=date(2026, 5, 2), kept_until=date(2036, 5, 2)), date(2036, 5, 2)),
    ],
)
def test_what_goes_on_and_what_happens_put_the_review_off(facts: Facts, due: date | None) -> None:
    assert rules.review_date(SIX, facts) == due


@pytest.mark.parametrize(
    ("born_on", "last_on", "due"),
    [
        (date(1990, 1, 1), date(2020, 1, 1), date(2030, 1, 1)),
        (date(1925, 6, 1), date(2020, 1, 1), date(2025, 6, 1)),
        (None, date(2020, 1, 1), date(2030, 1, 1)),
    ],
)
def test_a_rule_to_an_age_looks_every_ten_years_until_then(born_on: date | None, last_on: date, due: date) -> None:
    assert rules.review_date(AGE, Facts(last_on, born_on=born_on)) == due


@pytest.mark.parametrize(
    ("rule", "born_on", "expected"),
    [
        (AGE, date(1926, 11, 24), True),  # the day before
        (AGE, date(1926, 11, 23), False),  # the day
        (AGE, None, True),
        (SIX, date(2020, 1, 1), False),
        (None, None, False),  # a rule that the schedule no longer has
    ],
)
def test_a_rule_to_an_age_keeps_the_record_until_then(rule: Rule | None, born_on: date | None, expected: bool) -> None:
    on = date(2026, 11, 23)
    kept = rules.must_be_kept(rule, born_on=born_on, on=on)
    assert kept is expected
    facts = {"is_held": False, "is_listed": False, "must_be_kept": kept}
    if expected:
        with pytest.raises(WrongState, match="reaches its age"):
            rules.check_can_propose(due_on=on, on=on, **facts)
    else:
        rules.check_can_propose(due_on=on, on=on, **facts)
    standing = {"is_held": False, "is_gone": False, "is_last_of_a_member": False, "must_be_kept": kept}
    assert rules.why_not_destroyed(due_on=on, on=on, **standing) == ("not-due" if expected else "")


def test_a_rule_is_found_in_its_version_of_the_day() -> None:
    group_1 = rules.rule_named(rules.load(), "police-group-1", on=date(2026, 11, 23))
    assert group_1 is not None
    assert group_1.to_age == 100
    assert rules.rule_named(rules.load(), rules.ERASURE_GRANTED, on=date(2026, 11, 23)) is None


@pytest.mark.parametrize(
    ("last_on", "due"),
    [
        (date(2020, 3, 14), date(2026, 3, 14)),  # the day before the 18th birthday
        (date(2020, 3, 15), date(2030, 3, 15)),
    ],
)
def test_a_child_is_looked_at_sooner(last_on: date, due: date) -> None:
    assert rules.review_date(CHILD, Facts(last_on, born_on=date(2002, 3, 15))) == due


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),  # still summer time: past midnight in London
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),  # the clocks went back
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 3, 30)),  # they went forward
    ],
)
def test_a_day_is_a_day_in_london(at: datetime, day: date) -> None:
    """The entry points turn a moment into a day so: a review is due from midnight in London, whatever the clocks do."""
    due = rules.review_date(SIX, Facts(date(day.year - 6, day.month, day.day)))
    assert timezone.localdate(at) == day
    assert rules.is_due(due, on=timezone.localdate(at))


def test_a_record_is_not_kept_for_ever_nor_before_it_is_due() -> None:
    on, due = date(2026, 11, 23), date(2026, 11, 1)
    with pytest.raises(InvalidInput):
        rules.check_can_keep(next_on=on, on=on, due_on=due)
    with pytest.raises(InvalidInput):
        rules.check_can_keep(next_on=date(2036, 11, 24), on=on, due_on=due)
    with pytest.raises(WrongState):
        rules.check_can_keep(next_on=date(2030, 1, 1), on=on, due_on=date(2027, 1, 1))
    for next_on in (date(2030, 1, 1), date(2036, 11, 23)):
        rules.check_can_keep(next_on=next_on, on=on, due_on=due)


def test_two_different_people_approve() -> None:
    rules.check_can_approve(state="proposed", approved_by=[7], user_id=8)
    with pytest.raises(NotAllowed):
        rules.check_can_approve(state="proposed", approved_by=[7], user_id=7)
    for state, approved_by in (("withdrawn", [7]), ("approved", [7, 9])):
        with pytest.raises(WrongState):
            rules.check_can_approve(state=state, approved_by=approved_by, user_id=8)


def test_what_its_person_has_asked_about_is_not_destroyed_meanwhile() -> None:
    on = date(2026, 11, 23)
    standing = {"due_on": on, "on": on, "is_held": False, "is_gone": False, "is_last_of_a_member": False}
    assert rules.why_not_destroyed(**standing, is_asked_about=True) == "asked"
    assert rules.why_not_destroyed(**standing, is_asked_about=False) == ""
