"""Who may propose and activate a version of a scheme, and when it may rank."""

from iom.cohorts.choices import RunStatus, VersionStatus
from iom.cohorts.rules.states import SCHEME_VERSION, check_can_move
from iom.common.decisions import can
from iom.common.errors import NotAllowed, WrongState


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


def check_can_start_ranking(*, version_status: str, is_running: bool) -> None:
    if version_status != VersionStatus.ACTIVE:
        raise WrongState("Only the active version of a scheme can rank people.")
    if is_running:
        raise WrongState("This scheme is being ranked already. Wait for it to finish, or cancel it.")


can_start_ranking = can(check_can_start_ranking)


def check_can_cancel_ranking(*, status: str) -> None:
    if status not in (RunStatus.WAITING, RunStatus.RUNNING):
        raise WrongState("This ranking has already ended.")
