"""What changing a member's rating, lead or review must say, how a membership ends, and what the person is told."""

from datetime import date

from iom.cohorts.choices import EndReason, MembershipState, Rag, Told
from iom.cohorts.rules.nominations import check_can_nominate, review_problems
from iom.cohorts.rules.states import MEMBERSHIP, check_can_move, check_says_why
from iom.common.decisions import can
from iom.common.errors import InvalidInput, WrongState


def check_can_set_review(*, state: str, review_on: date | None, on: date) -> None:
    check_is_member(state=state)
    for problem in review_problems(review_on=review_on, on=on):
        raise InvalidInput(problem, {"review_on": problem})


def check_is_member(*, state: str) -> None:
    check_can_move(MEMBERSHIP, state=state, move="change rating, lead or review")


def check_can_change_rag(*, state: str, before: str, after: str, rationale: str) -> None:
    check_is_member(state=state)
    if after not in Rag.values:
        raise InvalidInput("Select a rating.", {"rag": "Select a rating"})
    if before == after:
        raise InvalidInput("That is the rating already.", {"rag": "Select another rating than the present one"})
    check_says_why(rationale, "rationale")


def check_can_deselect(
    *, state: str, end_reason: str, explanation: str, agreed_by: str, exit_plan: str, told: str
) -> None:
    """De-selection says why, who agreed, what support goes on, and how the person was told. The dead need no plan."""
    check_can_move(MEMBERSHIP, state=state, move="de-select")
    wrong: dict[str, str] = {}
    if end_reason not in EndReason.values or end_reason == EndReason.SAME_PERSON:
        wrong["end_reason"] = "Select a reason"
    if not explanation.strip():
        wrong["explanation"] = "Explain the reason"
    if not agreed_by.strip():
        wrong["agreed_by"] = "Say which agencies agreed, and which did not"
    if end_reason != EndReason.DECEASED:
        if not exit_plan.strip():
            wrong["exit_plan"] = "Enter the exit plan"
        if not told.strip():
            wrong["told"] = "Say how and when the person was told, or why not"
    if wrong:
        raise InvalidInput("The de-selection is not complete.", wrong)


can_deselect = can(check_can_deselect)


def check_can_reselect(*, state: str, has_undecided: bool, is_member: bool, is_restricted: bool) -> None:
    """A former member comes back only by a new nomination, on something new, that the panel decides."""
    if state != MembershipState.DESELECTED:
        raise WrongState("This person is in the cohort already.")
    check_can_nominate(has_undecided=has_undecided, is_member=is_member, is_restricted=is_restricted)


can_reselect = can(check_can_reselect)


def check_can_record_told(*, told: str, told_on: date | None, how: str, note: str, on: date) -> None:
    wrong: dict[str, str] = {}
    if told == Told.YES:
        if told_on is None or told_on > on:
            wrong["told_on"] = "Enter the day the person was told, today or in the past"
        if not how:
            wrong["told_how"] = "Select how the person was told"
    if told == Told.WITHHELD and not note.strip():
        wrong["told_note"] = "Say why the person will not be told"
    if wrong:
        raise InvalidInput("Say how and when the person was told, or why not.", wrong)
