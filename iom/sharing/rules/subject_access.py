"""When an answer is due, and who may move a subject access request on. Pure: no database, no clock.

One calendar month from the day the request came, or from the later day on which the person's identity was proved or
their fee paid: Data Protection Act 2018 s54 for law enforcement, UK GDPR Article 12(3) and 12A for the rest. Only the
UK GDPR lets two more months be taken for a complex request, and stops the clock while the person is asked what they
mean; where a request falls under both laws, each agency's answer keeps its own day.
"""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.sharing.choices.subject_access import Concern, IdentityCheck, PauseReason, RequestState, Treatment
from iom.sharing.rules.exemptions import exemptions

LAW_ENFORCEMENT, UK_GDPR = "law-enforcement", "uk-gdpr"
S = RequestState

# From each state, the moves there are, and where each leads. A state without any is an end.
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    S.RECEIVED: {"gather": S.REVIEW, "refuse": S.REFUSED, "withdraw": S.WITHDRAWN},
    S.REVIEW: {"prepare": S.CHECK, "refuse": S.REFUSED, "withdraw": S.WITHDRAWN},
    S.CHECK: {"release": S.RELEASED, "send back": S.REVIEW, "withdraw": S.WITHDRAWN},
    S.RELEASED: {},
    S.REFUSED: {},
    S.WITHDRAWN: {},
}


@dataclass(frozen=True)
class Stop:
    """A time in which the clock stood; `ended_on` None while it stands still."""

    reason: str
    started_on: date
    ended_on: date | None = None


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(*, received_on: date, stops: Sequence[Stop], extended: bool, regime: str) -> date | None:
    """The last day for the answer under one law; None while the clock stands still."""
    counted = [stop for stop in stops if regime == UK_GDPR or stop.reason != PauseReason.CLARIFICATION]
    if any(stop.ended_on is None for stop in counted):
        return None
    starts = [stop.ended_on for stop in counted if stop.reason != PauseReason.CLARIFICATION and stop.ended_on]
    due = months_after(max([received_on, *starts]), 3 if extended and regime == UK_GDPR else 1)
    asked = [stop for stop in counted if stop.reason == PauseReason.CLARIFICATION]
    return due + sum(((stop.ended_on or due) - stop.started_on for stop in asked), timedelta())


def check_can_move(*, state: str, move: str) -> None:
    if move not in TRANSITIONS[state]:
        raise WrongState("This request has moved on: open it again to see how far it is.")


def check_can_record(*, received_on: date, on: date, asked_for: str) -> None:
    if received_on > on:
        raise InvalidInput(
            "A request cannot come in the future.", {"received_on": "Enter a day that is not after today"}
        )
    if not asked_for.strip():
        raise InvalidInput("Say what was asked for.", {"asked_for": "Enter what the person asked for"})


def check_can_gather(*, state: str, identity: str, is_paused: bool) -> None:
    """Nothing is gathered for somebody who may be somebody else."""
    if state != S.REVIEW:  # it may be gathered once more, for what has come in since
        check_can_move(state=state, move="gather")
    if identity == IdentityCheck.NOT_YET:
        raise WrongState("The person's identity has not been checked. Record the check first.")
    if is_paused:
        raise WrongState("The clock of this request stands still. End the pause first.")


def check_can_pause(*, state: str, is_paused: bool) -> None:
    if state not in (S.RECEIVED, S.REVIEW):
        raise WrongState("This request can no longer be paused.")
    if is_paused:
        raise WrongState("This request is paused already.")


def check_can_extend(*, state: str, extended: bool, reason: str) -> None:
    if state not in (S.RECEIVED, S.REVIEW, S.CHECK) or extended:
        raise WrongState("The time for this request cannot be extended, or has been already.")
    if not reason.strip():
        raise InvalidInput("Say why.", {"reason": "Enter why the request is complex: the person must be told"})


def check_can_decide(
    *,
    state: str,
    concern: str,
    needs_consulting: bool,
    regime: str,
    treatment: str,
    redacted: Collection[str],
    fields: Collection[str],
    exemption: str,
    reason: str,
    consulted: str,
) -> None:
    """What is left out needs the law that allows it and a reason; so does giving what speaks of somebody else."""
    if state != S.REVIEW:
        raise WrongState("The items of this request can no longer be changed.")
    wrong: dict[str, str] = {}
    if treatment not in (Treatment.GIVE, Treatment.REDACT, Treatment.WITHHOLD):
        wrong["treatment"] = "Select what becomes of it"
    if treatment == Treatment.REDACT and not redacted:
        wrong["redacted"] = "Select the fields that are left out"
    if not set(redacted) <= set(fields):
        wrong["redacted"] = "Select fields of this item"
    if treatment in (Treatment.REDACT, Treatment.WITHHOLD):
        found = exemptions().get(exemption)
        if found is None or regime not in found.regimes:
            wrong["exemption"] = "Select the exemption, of the law this item is under"
    if not reason.strip() and (treatment in (Treatment.REDACT, Treatment.WITHHOLD) or concern != Concern.NONE):
        wrong["reason"] = "Enter the reason"
    if needs_consulting and not consulted.strip():
        wrong["consulted"] = "Enter who at the agency that owns it was asked, and what they said"
    if wrong:
        raise InvalidInput("The decision is not complete.", wrong)


def check_can_prepare(*, state: str, undecided: int) -> None:
    check_can_move(state=state, move="prepare")
    if undecided:
        raise WrongState(f"{undecided} items still wait for a decision.")


def check_can_release(*, state: str, checker_id: int, prepared_by: int | None, deciders: Collection[int]) -> None:
    """Who releases has neither prepared the answer nor decided on anything in it."""
    check_can_move(state=state, move="release")
    if checker_id == prepared_by or checker_id in deciders:
        raise NotAllowed("You worked on this answer yourself. Somebody else must check and release it.")


def check_can_close(*, state: str, move: str, reason: str) -> None:
    check_can_move(state=state, move=move)
    if not reason.strip():
        raise InvalidInput("Say why.", {"reason": "Enter the reason"})


def check_is_released(*, state: str) -> None:
    if state != S.RELEASED:
        raise WrongState("This answer has not been released.")


can_prepare, can_release, can_pause = can(check_can_prepare), can(check_can_release), can(check_can_pause)
