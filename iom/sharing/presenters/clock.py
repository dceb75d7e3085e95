"""The clock of a request about data as its page shows it: by when, what was awaited, and what more time was taken."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iom.govuk.filters import date as in_words
from iom.sharing.choices.subject_access import PauseReason
from iom.sharing.queries.clock import AnyRequest, clock_of
from iom.sharing.rules import clock as rules
from iom.sharing.rules.clock import Clock, Stop


def due_on(request: AnyRequest) -> date | None:
    return rules.due_on(clock_of(request))


def rows(request: AnyRequest, *, is_open: bool) -> list[dict[str, Any]]:
    """By when an open request is to be answered; each time the person was awaited; the time that was taken."""
    clock = clock_of(request)
    due = rules.due_on(clock)
    found = [{"key": _("Answer by"), "value": in_words(due) if due else _("The clock stands still")}] if is_open else []
    # Identity that was proved when the request came was not awaited.
    stops = [stop for stop in clock.stops if stop.reason != PauseReason.IDENTITY or stop.ended_on != stop.started_on]
    found += [{"key": str(PauseReason(stop.reason).label), "value": stop_text(stop, clock)} for stop in stops]
    if request.extended_at is not None:
        found.append({"key": _("More time"), "value": extension_text(request)})
    return found


def stop_text(stop: Stop, clock: Clock) -> str:
    stands = rules.stops_clock(stop.reason, is_access=clock.is_access)
    since = {"start": in_words(stop.started_on), "end": in_words(stop.ended_on) if stop.ended_on else ""}
    if stop.ended_on:
        return (_("From %(start)s to %(end)s") if stands else _("From %(start)s to %(end)s; the clock ran on")) % since
    return (_("Since %(start)s") if stands else _("Since %(start)s; the clock runs on")) % since


def extension_text(request: AnyRequest) -> str:
    taken = {
        "day": in_words(timezone.localdate(request.extended_at)),
        "told": in_words(request.extension_told_on) if request.extension_told_on else _("not recorded"),
        "reason": request.extension_reason,
    }
    return _("Two more months, taken on %(day)s; the person was told on %(told)s: %(reason)s") % taken


def takes_longer(request: AnyRequest, *, is_open: bool) -> bool:
    """Whether there is something to write to the person of: more time was taken, and no answer yet."""
    return is_open and request.extended_at is not None


def moves(request: AnyRequest, *, is_in_hand: bool, is_open: bool) -> dict[str, bool]:
    """Which moves of the clock to offer who manages requests."""
    clock = clock_of(request)
    return {
        "may_pause": rules.can_pause(is_in_hand=is_in_hand, waits=clock.waits),
        "may_resume": any(stop.ended_on is None and stop.reason != PauseReason.IDENTITY for stop in clock.stops),
        "may_extend": rules.may_be_extended(is_open=is_open, clock=clock),
    }
