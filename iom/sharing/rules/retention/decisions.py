"""Who may decide what about a record at its end, and what must still be true when it is destroyed."""

from collections.abc import Collection
from datetime import date

from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.sharing.choices.retention import ListState
from iom.sharing.rules.retention.dates import clear_period_until, is_due

APPROVALS = 2
LONGEST_YEARS = 10  # a record kept for longer than that without a look is forgotten

ERASURE_GRANTED = "erasure-granted"  # in place of a rule of the schedule: the person asked, and two people granted it


def check_can_keep(*, next_on: date, on: date, due_on: date | None) -> None:
    """A record is kept until a day to come, and not for ever."""
    if not is_due(due_on, on=on):
        raise WrongState("This record is not due for review: somebody has reviewed it, or something new has happened.")
    if next_on <= on:
        raise InvalidInput("The next review must be in the future.", {"next_on": "Next review must be in the future"})
    if next_on > clear_period_until(on, years=LONGEST_YEARS):
        message = f"Next review must be within {LONGEST_YEARS} years"
        raise InvalidInput(message, {"next_on": message})


def check_can_propose(*, due_on: date | None, on: date, is_held: bool, is_listed: bool, must_be_kept: bool) -> None:
    """Only what is due, under no legal hold, on no other list and past its rule's age is proposed for destruction."""
    if is_held:
        raise WrongState("A legal hold applies to this person. Nothing about them may be destroyed until it is lifted.")
    if is_listed:
        raise WrongState("This record is on a destruction list already.")
    if not is_due(due_on, on=on):
        raise WrongState("This record is not due for review: somebody has reviewed it, or something new has happened.")
    if must_be_kept:
        raise WrongState(
            "The rule keeps this record until the person reaches its age. Until then a review can only keep it."
        )


def check_can_approve(*, state: str, approved_by: Collection[int], user_id: int) -> None:
    """Two different people approve a list, while it waits for that."""
    if user_id in approved_by:
        raise NotAllowed("You have approved this list. Somebody else must approve it too.")
    if state != ListState.PROPOSED or len(approved_by) >= APPROVALS:
        raise WrongState("This list no longer waits for approval: somebody else has decided meanwhile.")


def check_can_hold(*, until: date | None, on: date) -> None:
    if until is not None and until <= on:
        raise InvalidInput("The hold must end in the future.", {"until": "Until must be in the future"})


def why_not_destroyed(
    *,
    due_on: date | None,
    on: date,
    is_held: bool,
    is_gone: bool,
    is_last_of_a_member: bool,
    must_be_kept: bool = False,
    is_asked_about: bool = False,
) -> str:
    """Why an approved record is left alone after all, at the moment of destruction; nothing where it may go."""
    if is_gone:
        return "merged"
    if is_held:
        return "held"
    if is_last_of_a_member:
        return "member"
    if is_asked_about:
        return "asked"
    return "" if is_due(due_on, on=on) and not must_be_kept else "not-due"


can_propose = can(check_can_propose)
can_approve = can(check_can_approve)
