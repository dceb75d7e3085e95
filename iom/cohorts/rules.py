"""Who may move a scheme, a nomination or a membership on, and when. Pure: no database, no clock.

A score never decides: nothing here takes one. Every move is made by a person who says why.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from iom.cohorts.choices import (
    EndReason,
    MembershipState,
    NominationState,
    Outcome,
    Rag,
    RunStatus,
    Told,
    VersionStatus,
)
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move, state_diagram

RETURN_DAYS = 10  # how long agencies have to answer, unless the nominator gives another day
FIRST_REVIEW_DAYS = 28  # what the panel's form offers for the first review; the panel may change it
LONGEST_REVIEW_DAYS = 366

N, M, V = NominationState, MembershipState, VersionStatus


# From each state, the moves there are. A state without any is an end.
NOMINATION: Mapping[str, tuple[Move, ...]] = {
    N.OPEN: (
        Move("select", N.SELECTED, "panel"),
        Move("decline", N.DECLINED, "panel"),
        Move("defer", N.DEFERRED, "panel"),
        Move("redirect", N.REDIRECTED, "panel"),
        Move("withdraw", N.WITHDRAWN, "nominating agency or co-ordinator"),
    ),
    N.DEFERRED: (
        Move("select", N.SELECTED, "panel"),
        Move("decline", N.DECLINED, "panel"),
        Move("defer", N.DEFERRED, "panel"),
        Move("redirect", N.REDIRECTED, "panel"),
        Move("withdraw", N.WITHDRAWN, "nominating agency or co-ordinator"),
    ),
    N.SELECTED: (),
    N.DECLINED: (),
    N.REDIRECTED: (),
    N.WITHDRAWN: (),
}
MEMBERSHIP: Mapping[str, tuple[Move, ...]] = {
    M.ACTIVE: (
        Move("change rating, lead or review", M.ACTIVE, "manager of the case"),
        Move("de-select", M.DESELECTED, "panel or co-ordinator, as the agencies agreed"),
    ),
    M.DESELECTED: (),  # re-selection is a new nomination, and a new membership if the panel selects
}
SCHEME_VERSION: Mapping[str, tuple[Move, ...]] = {
    V.DRAFT: (
        Move("propose", V.PROPOSED, "analyst"),
        Move("withdraw", V.WITHDRAWN, "analyst"),
    ),
    V.PROPOSED: (
        Move("activate", V.ACTIVE, "somebody other than who proposed it"),
        Move("withdraw", V.WITHDRAWN, "analyst"),
    ),
    V.ACTIVE: (Move("replace", V.RETIRED, "whoever activates the next version"),),
    V.RETIRED: (),
    V.WITHDRAWN: (),
}
TRANSITIONS: Mapping[str, Mapping[str, tuple[Move, ...]]] = {
    "Nomination": NOMINATION,
    "Membership": MEMBERSHIP,
    "Scheme version": SCHEME_VERSION,
}
STARTS = {"Nomination": N.OPEN, "Membership": M.ACTIVE, "Scheme version": V.DRAFT}
STATE_AFTER = {
    Outcome.SELECT: N.SELECTED,
    Outcome.DECLINE: N.DECLINED,
    Outcome.DEFER: N.DEFERRED,
    Outcome.REDIRECT: N.REDIRECTED,
}

# What no panel decides of somebody whose records are restricted.
TAKING_IN = (Outcome.SELECT, Outcome.REDIRECT)


def check_can_move(machine: Mapping[str, tuple[Move, ...]], *, state: str, move: str) -> str:
    """The state that `move` leads to; raises `WrongState` where there is no such way on from `state`."""
    for way in machine[state]:
        if way.name == move:
            return way.to
    raise WrongState(
        f"This is already {state.replace('-', ' ')}. Look at it again: somebody may have dealt with it since."
    )


def check_says_why(reason: str, field: str = "reason") -> None:
    """Nothing is moved on without a reason."""
    if not reason.strip():
        raise InvalidInput("Say why: the reason is part of the record.", {field: "Enter a reason"})


# --- schemes


def check_can_propose(*, status: str, has_other_proposal: bool) -> None:
    check_can_move(SCHEME_VERSION, state=status, move="propose")
    if has_other_proposal:
        raise WrongState("Another version of this scheme is already proposed. Activate or withdraw that one first.")


def check_can_activate(
    *, status: str, proposed_by: int | None, user_id: int, has_fairness: bool, has_what_if: bool
) -> None:
    """Two people, and both checks: nobody activates what they proposed, and nothing goes live unexamined."""
    check_can_move(SCHEME_VERSION, state=status, move="activate")
    if proposed_by == user_id:
        raise NotAllowed("You proposed this version. Somebody else has to activate it.")
    missing = [
        name for name, there in (("the fairness check", has_fairness), ("the what-if", has_what_if)) if not there
    ]
    if missing:
        raise WrongState(f"This version cannot go live yet: {' and '.join(missing)} must be worked out first.")


can_activate = can(check_can_activate)


# --- ranking


def check_can_start_ranking(*, version_status: str, is_running: bool) -> None:
    if version_status != V.ACTIVE:
        raise WrongState("Only the active version of a scheme can rank people.")
    if is_running:
        raise WrongState("This scheme is being ranked already. Wait for it to finish, or cancel it.")


can_start_ranking = can(check_can_start_ranking)


def check_can_cancel_ranking(*, status: str) -> None:
    if status not in (RunStatus.WAITING, RunStatus.RUNNING):
        raise WrongState("This ranking has already ended.")


# --- nominations


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
) -> None:
    """A decision says all that its outcome needs; raises `InvalidInput` naming every field that does not.

    The panel decides once every agency has answered or its time is up; sooner only if it says why.
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


# --- membership


def review_problems(*, review_on: date | None, on: date) -> list[str]:
    """What is wrong with a next review date; empty where nothing is."""
    if review_on is None or review_on <= on:
        return ["Enter a day in the future for the next review"]
    if review_on > on + timedelta(days=LONGEST_REVIEW_DAYS):
        return ["The next review must be within a year"]
    return []


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
    if state != M.DESELECTED:
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


# --- the states as a picture


def states_page() -> str:
    """The reference page of the cohort's states, in Markdown: for each machine its diagram and a table of moves."""
    parts = [
        "# States",
        "Those of the cohort: made from `iom/cohorts/rules.py`. A person makes every move and says why; no score does.",
    ]
    for title, machine in TRANSITIONS.items():
        rows = [
            f"| {state} | {move.name} | {move.to} | {move.who} |" for state, moves in machine.items() for move in moves
        ]
        parts += [
            f"## {title}",
            f"```mermaid\n{state_diagram(machine, STARTS[title])}\n```",
            "\n".join(["| from | move | to | who |", "|---|---|---|---|", *rows]),
        ]
    return "\n\n".join(parts) + "\n"
