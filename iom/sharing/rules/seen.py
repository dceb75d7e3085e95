"""That a second person decides on what they were shown, and not on what was prepared anew meanwhile. Pure."""

from datetime import datetime

from iom.common.errors import WrongState


def mark_of(prepared_at: datetime | None) -> str:
    """What a page sends back to say which preparation it showed."""
    return prepared_at.isoformat() if prepared_at else ""


def check_is_as_seen(*, prepared_at: datetime | None, seen: str) -> None:
    if seen != mark_of(prepared_at):
        raise WrongState("This was prepared again since you opened it. Look at it again before you decide.")
