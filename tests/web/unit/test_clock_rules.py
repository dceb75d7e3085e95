"""By when a request about data must be answered, and what stops that clock, under the law as it has been since 2026."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.common.errors import InvalidInput, WrongState
from iom.sharing.rules import clock as rules
from iom.sharing.rules.clock import Clock, Stop

SEPTEMBER = date(2026, 9, 3)
JANUARY = date(2027, 1, 31)
IDENTITY = Stop("identity", SEPTEMBER, date(2026, 9, 10))
FEE = Stop("fee", date(2026, 9, 12), date(2026, 9, 20))
ASKED = Stop("clarification", date(2026, 9, 10), date(2026, 9, 15))
EARLIER = Stop("clarification", date(2026, 9, 5), date(2026, 9, 8))

CLOCKS = [
    ("a month to the day", Clock(SEPTEMBER, [], True), date(2026, 10, 3)),
    ("a month that has no such day ends on its last", Clock(JANUARY, [], True), date(2027, 2, 28)),
    ("over the end of a year", Clock(date(2026, 12, 31), [], True), date(2027, 1, 31)),
    ("from the day identity was proved", Clock(SEPTEMBER, [IDENTITY], False), date(2026, 10, 10)),
    ("from the later day of two", Clock(SEPTEMBER, [IDENTITY, FEE], False), date(2026, 10, 20)),
    ("two more months for a complex request", Clock(SEPTEMBER, [], True, extended=True), date(2026, 12, 3)),
    ("from the day it starts", Clock(SEPTEMBER, [IDENTITY], False, extended=True), date(2026, 12, 10)),
    ("asking what is meant stops the clock", Clock(SEPTEMBER, [ASKED], True), date(2026, 10, 8)),
    ("of a request to see data alone", Clock(SEPTEMBER, [ASKED], False), date(2026, 10, 3)),
    ("not before it has started", Clock(SEPTEMBER, [EARLIER, IDENTITY], True), date(2026, 10, 10)),
    ("it stands while a fee is awaited", Clock(SEPTEMBER, [Stop("fee", SEPTEMBER)], True), None),
    ("for any right", Clock(SEPTEMBER, [Stop("fee", SEPTEMBER)], False), None),
    ("it stands while it is asked", Clock(SEPTEMBER, [Stop("clarification", SEPTEMBER)], True), None),
    ("or runs on", Clock(SEPTEMBER, [Stop("clarification", SEPTEMBER)], False), date(2026, 10, 3)),
]


@pytest.mark.parametrize(("clock", "expected"), [case[1:] for case in CLOCKS], ids=[case[0] for case in CLOCKS])
def test_the_clock(clock: Clock, expected: date | None) -> None:
    assert rules.due_on(clock) == expected


DAYS = st.dates(date(2026, 2, 5), date(2030, 12, 31))
STOPS = st.lists(
    st.builds(
        lambda reason, start, days: Stop(reason, start, start + timedelta(days=days)),
        st.sampled_from(["identity", "fee", "clarification"]),
        DAYS,
        st.integers(0, 60),
    ),
    max_size=3,
)


@given(DAYS, STOPS, st.booleans())
def test_no_stop_ever_brings_the_day_forward(received_on: date, stops: list[Stop], is_access: bool) -> None:
    plain = rules.due_on(Clock(received_on, [], is_access))
    stopped = rules.due_on(Clock(received_on, stops, is_access))
    longer = rules.due_on(Clock(received_on, stops, is_access, extended=True))
    assert plain
    assert stopped
    assert longer
    assert plain <= stopped < longer


def extend(clock: Clock, **changed: Any) -> None:
    told = date(2026, 10, 1)
    usual: dict[str, Any] = {"is_open": True, "clock": clock, "reason": "Forty years of files", "told_on": told}
    rules.check_can_extend(**{**usual, "on": date(2026, 10, 30), **changed})


def test_more_time_is_taken_once_and_told_within_the_first_month() -> None:
    clock = Clock(SEPTEMBER, [], False)
    extend(clock)
    extend(clock, told_on=date(2026, 10, 3))  # recorded later than the month, and told within it
    for changed in (
        {"reason": " "},
        {"told_on": None},
        {"told_on": date(2026, 9, 2)},
        {"told_on": date(2026, 10, 4)},
        {"on": date(2026, 9, 30)},
    ):
        with pytest.raises(InvalidInput) as caught:
            extend(clock, **changed)
        assert set(caught.value.fields) <= {"reason", "told_on"}
    for wrong in (Clock(SEPTEMBER, [], False, extended=True), Clock(SEPTEMBER, [Stop("fee", SEPTEMBER)], False)):
        with pytest.raises(WrongState):
            extend(wrong)
    with pytest.raises(WrongState):
        extend(clock, is_open=False)
    assert rules.may_be_extended(is_open=True, clock=clock)
    assert not rules.may_be_extended(is_open=False, clock=clock)


def test_the_person_is_awaited_for_one_thing_at_a_time() -> None:
    rules.check_can_pause(is_in_hand=True, waits=False)
    for is_in_hand, waits in ((True, True), (False, False)):
        with pytest.raises(WrongState):
            rules.check_can_pause(is_in_hand=is_in_hand, waits=waits)
