"""Holding a partnership's index still while another app writes what rests on it."""

from iom.access.scope import Scope
from iom.people.operations import _moves


def hold_still(*, by: Scope, because: str, wait_seconds: int = 60) -> None:
    """Nobody merges, splits, links or erases in the partnership until the caller's transaction ends.

    To be called before any row is locked: whoever moves people takes the index first, and their rows and what hangs on
    them after it. Raises Busy where somebody else holds it for longer.
    """
    with _moves.index_locked(by, because=because, wait_seconds=wait_seconds):
        pass
