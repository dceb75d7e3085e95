"""When a batch may be accepted, cancelled or checked again. Pure: no database, no clock."""

from iom.common.decisions import can
from iom.common.errors import InvalidInput, WrongState

# From each status, what may follow. Accepted, refused and cancelled are the ends.
TRANSITIONS: dict[str, frozenset[str]] = {
    "uploaded": frozenset({"checking", "refused", "cancelled"}),
    "checking": frozenset({"checking", "checked", "refused", "cancelled"}),
    "checked": frozenset({"checking", "accepting", "cancelled"}),
    # Back where its agreement ended before the rows were in.
    "accepting": frozenset({"accepted", "checked"}),
    "accepted": frozenset(),
    "refused": frozenset(),
    "cancelled": frozenset(),
}
# Work that a killed worker may have left unfinished: it is started again, and does the same.
UNFINISHED = frozenset({"uploaded", "checking", "accepting"})

LARGEST = 2 << 30  # bytes of one file


def check_can_keep(*, size: int) -> None:
    """Raises `InvalidInput` where a file is larger than is taken."""
    if size > LARGEST:
        message = "The file is larger than 2 GB. Send it in parts, each with the header, or zipped."
        raise InvalidInput(message, {"file": message})


def check_can_move(*, status: str, to: str) -> None:
    """Raises `WrongState` where a batch in `status` may not become `to`."""
    if to not in TRANSITIONS[status]:
        raise WrongState(f"This extract is {status}. Look at it again: somebody may have dealt with it.")


def check_can_accept(*, status: str, accepted_rows: int, lacks: str) -> None:
    """An extract is accepted once checked, where it brings at least one row and an agreement lets it be shared.

    `lacks` is what is missing in law, in words; empty where nothing is.
    """
    check_can_move(status=status, to="accepting")
    if accepted_rows == 0:
        raise WrongState("No row of this extract can be taken in. Mend the held rows and upload it again.")
    if lacks:
        raise WrongState(f"This extract waits for a sharing agreement. {lacks}")


can_accept = can(check_can_accept)
