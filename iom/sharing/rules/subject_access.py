"""Who may move a subject access request on, and what may be left out of its answer. Pure: no database, no clock.

By when it must be answered is in `rules.clock`.
"""

from collections.abc import Collection, Mapping
from datetime import date

from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move, after
from iom.sharing.choices.subject_access import Concern, IdentityCheck, RequestState, Treatment
from iom.sharing.rules.clock import check_is_not_waiting
from iom.sharing.rules.exemptions import ACCESS, grounds

S = RequestState
WORKS, CHECKS, INDEX = "who manages subject access", "a second person", "a merge or split of the person"
TRANSITIONS: Mapping[str, tuple[Move, ...]] = {
    S.RECEIVED: (
        Move("gather", S.REVIEW, WORKS),
        Move("propose refusal", S.REFUSAL, WORKS),
        Move("withdraw", S.WITHDRAWN, WORKS),
    ),
    S.REVIEW: (
        Move("prepare", S.CHECK, WORKS),
        Move("propose refusal", S.REFUSAL, WORKS),
        Move("gather anew", S.RECEIVED, INDEX),
        Move("withdraw", S.WITHDRAWN, WORKS),
    ),
    S.CHECK: (
        Move("release", S.RELEASED, CHECKS),
        Move("send back", S.REVIEW, CHECKS),
        Move("gather anew", S.RECEIVED, INDEX),
        Move("withdraw", S.WITHDRAWN, WORKS),
    ),
    # Sent back, it is gathered again: what was decided then about a row that says the same is kept.
    S.REFUSAL: (
        Move("refuse", S.REFUSED, CHECKS),
        Move("send back", S.RECEIVED, CHECKS),
        Move("gather anew", S.RECEIVED, INDEX),
        Move("withdraw", S.WITHDRAWN, WORKS),
    ),
    S.RELEASED: (),
    S.REFUSED: (),
    S.WITHDRAWN: (),
}
IN_HAND = (S.RECEIVED, S.REVIEW)
TO_CHECK = (S.CHECK, S.REFUSAL)
OPEN = (*IN_HAND, *TO_CHECK)


def check_can_move(*, state: str, move: str) -> str:
    """The state that the move leads to."""
    to = after(TRANSITIONS, state, move)
    if to is None:
        raise WrongState("This request has moved on: open it again to see how far it is.")
    return to


def is_gathered(state: str) -> bool:
    """Whether what was gathered must be gathered anew where the person turns out to be another, or two."""
    return after(TRANSITIONS, state, "gather anew") is not None


def check_can_record(*, received_on: date, on: date, asked_for: str) -> None:
    if received_on > on:
        raise InvalidInput(
            "A request cannot come in the future.", {"received_on": "Enter a day that is not after today"}
        )
    if not asked_for.strip():
        raise InvalidInput("Say what was asked for.", {"asked_for": "Enter what the person asked for"})


def check_can_gather(*, state: str, identity: str, waits: bool) -> None:
    """Nothing is gathered for somebody who may be somebody else."""
    if state != S.REVIEW:  # it may be gathered once more, for what has come in since
        check_can_move(state=state, move="gather")
    if identity == IdentityCheck.NOT_YET:
        raise WrongState("The person's identity has not been checked. Record the check first.")
    check_is_not_waiting(waits=waits)


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
    known = {each.slug for each in grounds(right=ACCESS, regime=regime)}
    if treatment in (Treatment.REDACT, Treatment.WITHHOLD) and exemption not in known:
        wrong["exemption"] = "Select the exemption, of the law this item is under"
    if not reason.strip() and (treatment in (Treatment.REDACT, Treatment.WITHHOLD) or concern != Concern.NONE):
        wrong["reason"] = "Enter the reason"
    if needs_consulting and not consulted.strip():
        wrong["consulted"] = "Enter who at the agency that owns it was asked, and what they said"
    if wrong:
        raise InvalidInput("The decision is not complete.", wrong)


def check_can_prepare(*, state: str, undecided: int, waits: bool) -> None:
    check_can_move(state=state, move="prepare")
    check_is_not_waiting(waits=waits)
    if undecided:
        raise WrongState(f"{undecided} items still wait for a decision.")


def check_can_release(*, state: str, checker_id: int, prepared_by: int | None, deciders: Collection[int]) -> None:
    """Who releases has neither prepared the answer nor decided on anything in it."""
    check_can_move(state=state, move="release")
    _check_is_second(checker_id=checker_id, prepared_by=prepared_by, deciders=deciders)


def check_can_refuse(*, state: str, checker_id: int, prepared_by: int | None, deciders: Collection[int]) -> None:
    """Who refuses has neither proposed to refuse nor decided on anything that was gathered."""
    check_can_move(state=state, move="refuse")
    _check_is_second(checker_id=checker_id, prepared_by=prepared_by, deciders=deciders)


def _check_is_second(*, checker_id: int, prepared_by: int | None, deciders: Collection[int]) -> None:
    if checker_id == prepared_by or checker_id in deciders:
        raise NotAllowed("You worked on this answer yourself. Somebody else must check it.")


def check_says_why(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("Say why.", {"reason": "Enter the reason"})


def check_is_released(*, state: str) -> None:
    if state != S.RELEASED:
        raise WrongState("This answer has not been released.")


def check_is_there(*, is_emptied: bool) -> None:
    if is_emptied:
        raise WrongState("The record that this answer is about was destroyed. End the request without an answer.")


def check_can_take(*, is_outdated: bool) -> None:
    """Since a merge half a record is missing from an answer; since a split it may tell one person of another."""
    if is_outdated:
        raise WrongState(
            "People in the index were merged or split since this answer was released. Record the request again, and"
            " gather anew."
        )


can_prepare, can_release, can_refuse = can(check_can_prepare), can(check_can_release), can(check_can_refuse)
