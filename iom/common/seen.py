"""That a second person decides on what they were shown, and not on what was made of it meanwhile. Pure."""

from datetime import datetime

from iom.common.errors import WrongState


def mark_of(made_at: datetime | None) -> str:
    """What a page sends back to say which draft or preparation it showed."""
    return made_at.isoformat() if made_at else ""


def check_is_as_seen(*, made_at: datetime | None, seen: str) -> None:
    if seen != mark_of(made_at):
        raise WrongState("This was changed after you opened the page. Look at it again before you decide.")
