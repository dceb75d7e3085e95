"""When two records may be decided on, when people may be merged or split, and what stands in the way."""

from collections.abc import Collection, Set

from iom.common.decisions import can
from iom.common.errors import InvalidInput, WrongState
from iom.people.choices import ReviewStatus, Verdict

LONGEST_REASON = 1000
UNDECIDED = (ReviewStatus.OPEN, ReviewStatus.UNSURE)


def check_reason(reason: str) -> str:
    """The reason without surrounding space; raises InvalidInput where none is given, or it is too long."""
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why.", {"reason": "Enter the reason for the decision"})
    if len(reason) > LONGEST_REASON:
        message = f"The reason must be {LONGEST_REASON} characters or fewer"
        raise InvalidInput(f"{message}.", {"reason": message})
    return reason


def check_can_decide(*, status: str) -> None:
    """Raises WrongState where somebody was quicker, or the question has gone away."""
    if status == ReviewStatus.SETTLED:
        raise WrongState("These two records are no longer in doubt: later evidence has settled it.")
    if status not in UNDECIDED:
        raise WrongState("Somebody else has already decided this match. Open it again to see what they decided.")


can_decide = can(check_can_decide)


def check_can_join(*, verdict: str, same_person: bool, held_apart: bool) -> None:
    """Raises WrongState where the verdict does not fit how the two records stand now."""
    if verdict == Verdict.DIFFERENT and same_person:
        raise WrongState("These two records belong to one person now. Split the person instead.")
    if verdict == Verdict.SAME and held_apart:
        raise WrongState(
            "Another decision says that records of these two people are different people's. Undo that decision first."
        )


def check_can_undo(*, is_undone: bool) -> None:
    if is_undone:
        raise WrongState("This decision has already been undone.")


can_undo = can(check_can_undo)


def check_can_merge(*, keep_id: int, gone_id: int, merged: Collection[int]) -> None:
    """Raises where the two are one already. `merged` are the ids of those who were merged into somebody."""
    if keep_id == gone_id:
        raise InvalidInput("Choose two different people.", {"person": "Choose another person"})
    if keep_id in merged or gone_id in merged:
        raise WrongState("One of these people has been merged meanwhile. Search again.")


def check_can_split(*, chosen: Set[int], visible: Set[int]) -> None:
    """Raises unless some of the records that can be seen are chosen, and some stay."""
    if not chosen:
        raise InvalidInput("Choose the records that are another person's.", {"records": "Select at least one record"})
    if not chosen <= visible:
        raise WrongState("The records of this person have changed. Look at them again.")
    if chosen == visible:
        raise InvalidInput(
            "At least one record must stay with this person.", {"records": "Leave at least one record unselected"}
        )


def check_nothing_hidden(hidden: int) -> None:
    """Raises where a decision that this user cannot see stands in the way."""
    if hidden:
        raise WrongState(
            "A decision about records that are not shared with you stands in the way."
            " Ask the co-ordinators of the other agencies."
        )
