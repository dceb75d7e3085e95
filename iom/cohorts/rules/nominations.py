"""Who may be nominated, answer, hand over and withdraw; and what a decision of the panel says."""

from collections.abc import Collection
from datetime import date, timedelta

from iom.cohorts.choices import NominationState, Outcome, Rag
from iom.cohorts.rules.states import NOMINATION, check_can_move
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState

RETURN_DAYS = 10  # how long agencies have to answer, unless the nominator gives another day
FIRST_REVIEW_DAYS = 28  # what the panel's form offers for the first review; the panel may change it
LONGEST_REVIEW_DAYS = 366

# What no panel decides of somebody whose records are restricted.
TAKING_IN = (Outcome.SELECT, Outcome.REDIRECT)

N = NominationState


def check_is_not_restricted(*, is_restricted: bool) -> None:
    """What an agency must keep and not use is not used to nominate or select (docs/adr/0024)."""
    if is_restricted:
        raise WrongState(
            "Records of this person are restricted: they are kept and not used. Until the agency whose records they are"
            " lifts that, the person cannot be nominated or selected."
        )


def check_can_nominate(*, has_undecided: bool, is_member: bool, is_restricted: bool) -> None:
    check_is_not_restricted(is_restricted=is_restricted)
    if is_member:
        raise WrongState("This person is in the cohort already.")
    if has_undecided:
        raise WrongState("This person is already nominated under this scheme. Add to that nomination instead.")


can_nominate = can(check_can_nominate)


def check_can_return(*, state: str) -> None:
    """An agency may answer, or answer again, until the panel has decided."""
    if not NOMINATION[state]:
        raise WrongState("The panel has decided this nomination, so returns on it are closed.")


can_return = can(check_can_return)


def check_can_take_back(*, is_own_agency: bool, is_withdrawn: bool) -> None:
    """Whoever's intelligence it is may take it back, whatever the panel has decided."""
    if not is_own_agency:
        raise NotAllowed("Another agency gave this. Ask it to take it back.")
    if is_withdrawn:
        raise WrongState("This has been taken back already.")


can_take_back = can(check_can_take_back)


def check_can_transfer(*, is_own_agency: bool, is_to_itself: bool, is_seen: bool) -> None:
    """An agency hands over what is its own, to another that sees it already: nothing is shown to anybody by it."""
    if not is_own_agency:
        raise NotAllowed("Another agency answers for this nomination. Only it can hand it over.")
    if is_to_itself:
        raise InvalidInput("Choose another agency than your own.", {"agency": "Select another agency"})
    if not is_seen:
        raise InvalidInput(
            "That agency may not see this nomination.", {"agency": "Select an agency that sees the nomination"}
        )


def is_ready_for_panel(
    *, state: str, waiting: int, returns_due_on: date, deferred_until: date | None, on: date
) -> bool:
    """Whether a nomination belongs on the panel's list: all agencies answered, or their time is up."""
    if state == N.DEFERRED:
        return deferred_until is None or deferred_until <= on
    return state == N.OPEN and (waiting == 0 or returns_due_on < on)


def check_decision_is_whole(
    *,
    outcome: str,
    reasons: str,
    present: Collection[int],
    met_on: date,
    on: date,
    cohort_type: str,
    cohort_types: Collection[str],
    rag: str,
    has_lead: bool,
    review_on: date | None,
    deferred_until: date | None,
    is_same_scheme: bool,
    has_scheme: bool,
    waiting: int,
    returns_due_on: date,
    without_returns: str,
    ahead_in_draw: int = 0,
    against_draw: str = "",
) -> None:
    """A decision says all that its outcome needs; raises `InvalidInput` naming every field that does not.

    The panel decides once every agency has answered or its time is up, and selects in the order of a draw if there was
    one; otherwise only if it says why.
    """
    wrong: dict[str, str] = {}
    if not reasons.strip():
        wrong["reasons"] = "Enter the panel's reasons"
    if not present:
        wrong["present"] = "Select the agencies that were there"
    if met_on > on:
        wrong["met_on"] = "The day the panel met must be today or in the past"
    if outcome == Outcome.SELECT:
        if cohort_type not in cohort_types:
            wrong["cohort_type"] = "Select a cohort type"
        if rag not in Rag.values:
            wrong["rag"] = "Select a rating"
        if not has_lead:
            wrong["lead"] = "Select a lead professional"
        for problem in review_problems(review_on=review_on, on=on):
            wrong["review_on"] = problem
        if ahead_in_draw and not against_draw.strip():
            wrong["against_draw"] = "Say why this person is selected before others whom the draw put first"
    if outcome == Outcome.DEFER and (deferred_until is None or deferred_until <= on):
        wrong["deferred_until"] = "Enter a day in the future on which the panel will look at it again"
    if outcome == Outcome.REDIRECT and (not has_scheme or is_same_scheme):
        wrong["to_scheme"] = "Select another scheme"
    if waiting and returns_due_on >= on and not without_returns.strip():
        wrong["without_returns"] = "Say why the panel decides before all agencies have answered"
    if wrong:
        raise InvalidInput("The decision is not complete.", wrong)


def check_can_withdraw(*, state: str, is_own_agency: bool, manages_cohort: bool) -> None:
    check_can_move(NOMINATION, state=state, move="withdraw")
    if not (is_own_agency or manages_cohort):
        raise NotAllowed("Only the agency that nominated, or who manages the cohort, can withdraw a nomination.")


def review_problems(*, review_on: date | None, on: date) -> list[str]:
    """What is wrong with a next review date; empty where nothing is."""
    if review_on is None or review_on <= on:
        return ["Enter a day in the future for the next review"]
    if review_on > on + timedelta(days=LONGEST_REVIEW_DAYS):
        return ["The next review must be within a year"]
    return []
