"""By when a person's request about their data must be answered, and what stops that clock. Pure: no database, no clock.

One calendar month from the day the request came, or from the later day on which the person's identity was proved or
their fee paid. Two more months, once, where requests are complex or many, if the person is told why within the first.
Data Protection Act 2018 s54 for law enforcement, UK GDPR Article 12A for the rest: since the Data (Use and Access) Act
2025 s76, in force since 5 February 2026 (S.I. 2026/82, regulation 2), both say the same. Both stop the clock while the
person is asked what they mean for a request to see data alone (s45, Article 15); for any other right it runs on.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from iom.common.decisions import can
from iom.common.errors import InvalidInput, WrongState
from iom.sharing.choices.subject_access import PauseReason

ONE_MONTH, EXTENDED = 1, 3


@dataclass(frozen=True)
class Stop:
    """A time in which somebody waited for the person; `ended_on` None while they wait still."""

    reason: str
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True)
class Clock:
    """When a request came, what was waited for since, and whether more time was taken."""

    received_on: date
    stops: Sequence[Stop]
    is_access: bool
    extended: bool = False

    @property
    def waits(self) -> bool:
        """Whether the person is awaited, be it that the clock runs on."""
        return any(stop.ended_on is None for stop in self.stops)


def stops_clock(reason: str, *, is_access: bool) -> bool:
    """Whether the law lets the clock stand still for this."""
    return is_access or reason != PauseReason.CLARIFICATION


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(clock: Clock) -> date | None:
    """The last day for the answer; None while the clock stands still."""
    return _due_on(clock, EXTENDED if clock.extended else ONE_MONTH)


def first_due_on(clock: Clock) -> date | None:
    """The last day without more time: until then the person can be told that more is taken."""
    return _due_on(clock, ONE_MONTH)


def _due_on(clock: Clock, months: int) -> date | None:
    counted = [stop for stop in clock.stops if stops_clock(stop.reason, is_access=clock.is_access)]
    if any(stop.ended_on is None for stop in counted):
        return None
    begins = max(
        [clock.received_on]
        + [stop.ended_on for stop in counted if stop.reason != PauseReason.CLARIFICATION and stop.ended_on]
    )
    asked = [
        stop.ended_on - max(begins, stop.started_on)
        for stop in counted
        if stop.reason == PauseReason.CLARIFICATION and stop.ended_on and stop.ended_on > begins
    ]
    # The law leaves out the day of the person's answer as well; here that day is not relied on.
    return months_after(begins, months) + sum(asked, timedelta())


def check_can_pause(*, is_in_hand: bool, waits: bool) -> None:
    if not is_in_hand:
        raise WrongState("This request can no longer be paused.")
    if waits:
        raise WrongState("The person is awaited already. Record first that it came.")


def check_is_not_waiting(*, waits: bool) -> None:
    """Nothing is answered while the person is awaited."""
    if waits:
        raise WrongState("The person is awaited. Record first that what is awaited came.")


def check_can_extend(*, is_open: bool, clock: Clock, reason: str, told_on: date | None, on: date) -> None:
    """Once, in the first month, with a reason that the person was told within it."""
    if not is_open or clock.extended:
        raise WrongState("The time for this request cannot be extended, or has been already.")
    last = first_due_on(clock)
    if last is None:
        raise WrongState("The clock of this request stands still: there is no time to extend yet.")
    wrong: dict[str, str] = {}
    if not reason.strip():
        wrong["reason"] = "Enter why more time is needed: the person must be told"
    if told_on is None or not clock.received_on <= told_on <= on:
        wrong["told_on"] = "Enter the day on which the person was told, from the day the request came to today"
    elif told_on > last:
        wrong["told_on"] = "More time can be taken only where the person was told of it within the first month"
    if wrong:
        raise InvalidInput("The person must be told why more time is taken.", wrong)


def may_be_extended(*, is_open: bool, clock: Clock) -> bool:
    """Whether to offer it; who records late that the person was told in time may do so."""
    return is_open and not clock.extended and first_due_on(clock) is not None


can_pause = can(check_can_pause)
