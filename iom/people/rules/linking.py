"""When a run of linkage can be cancelled, and how far one is."""

from datetime import timedelta

from iom.common.errors import WrongState
from iom.people.choices import LinkStep, RunStatus

AT_WORK = (RunStatus.WAITING, RunStatus.RUNNING)
STEPS = tuple(LinkStep)


def check_can_cancel(*, status: str) -> None:
    """Raises WrongState where the run has ended."""
    if status not in AT_WORK:
        raise WrongState("This run has already ended. Look at the list again.")


def queued_as(partnership_id: int) -> str:
    """The name under which one run of a partnership waits in the queue."""
    return f"people-link-{partnership_id}"


def number_of(step: str) -> int:
    """Which step of a run this is, from 1; 0 before the first."""
    return STEPS.index(LinkStep(step)) + 1 if step else 0


def time_left(*, taken: timedelta, last_took: timedelta | None) -> timedelta | None:
    """How long the run may still take, judged by the one before; None where there was none, or it is overtaken."""
    if last_took is None or taken >= last_took:
        return None
    return last_took - taken
