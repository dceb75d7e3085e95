"""From which state a scheme, a nomination, a membership or a draw moves to which, by whom; and the picture of it."""

from collections.abc import Mapping

from iom.cohorts.choices import DrawState, MembershipState, NominationState, Outcome, VersionStatus
from iom.common.errors import InvalidInput, WrongState
from iom.common.states import Move, state_diagram

N, M, V, D = NominationState, MembershipState, VersionStatus, DrawState

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
DRAW: Mapping[str, tuple[Move, ...]] = {
    D.OPEN: (Move("close", D.CLOSED, "co-ordinator"), Move("withdraw", D.WITHDRAWN, "co-ordinator")),
    D.CLOSED: (
        Move("draw", D.DRAWN, "somebody other than who closed the list"),
        Move("withdraw", D.WITHDRAWN, "co-ordinator"),
    ),
    D.DRAWN: (),  # the order stands until the scheme's next draw; the panel decides
    D.WITHDRAWN: (),
}
TRANSITIONS: Mapping[str, Mapping[str, tuple[Move, ...]]] = {
    "Nomination": NOMINATION,
    "Membership": MEMBERSHIP,
    "Scheme version": SCHEME_VERSION,
    "Draw for places": DRAW,
}
STARTS = {"Nomination": N.OPEN, "Membership": M.ACTIVE, "Scheme version": V.DRAFT, "Draw for places": D.OPEN}
STATE_AFTER = {
    Outcome.SELECT: N.SELECTED,
    Outcome.DECLINE: N.DECLINED,
    Outcome.DEFER: N.DEFERRED,
    Outcome.REDIRECT: N.REDIRECTED,
}


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


def states_page() -> str:
    """The reference page of the cohort's states, in Markdown: for each machine its diagram and a table of moves."""
    parts = [
        "# States",
        "Those of the cohort: made from `iom/cohorts/rules`. A person makes every move and says why; no score does.",
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
