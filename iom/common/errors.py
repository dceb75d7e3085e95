"""What can go wrong because of what a user did. One middleware turns each into its page; nothing else catches them.

Messages are shown as they stand, so they are plain English and hold no names. A bug is not one of these: it crashes.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

P = ParamSpec("P")
R = TypeVar("R")


class UserError(Exception):
    """The root: shown to the user with its own status."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(UserError):
    """What was sent does not hold together. `fields` maps a field to what is wrong with it."""

    status = 400

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class NotAllowed(UserError):
    """May be seen, may not be done."""

    status = 403


class NotVisible(UserError):
    """Not there, or not there for this user: the two must look the same."""

    status = 404

    def __init__(self, message: str = "This page cannot be found.") -> None:
        super().__init__(message)


class KeptFromReader(NotVisible):
    """Not there for this user, who may be told so and whom to ask. `opens` says whether an emergency opens it."""

    def __init__(self, *, wording: str, contact: str, public_id: UUID, opens: bool) -> None:
        super().__init__(wording)
        self.contact = contact
        self.public_id = public_id
        self.opens = opens


class WrongState(UserError):
    """Somebody else has moved it on, or it is not ready for this."""

    status = 409


class TooFast(UserError):
    """More in a minute than somebody reads: what a script does, and not a person."""

    status = 429

    def __init__(self) -> None:
        super().__init__("You have opened more pages in a minute than we allow.")


class Busy(WrongState):
    """Others are at work on what this needs: nothing was done, and the same may be tried again."""


def told_as(error: type[UserError], *, of: type[Exception]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes errors of a library below, whose messages are plain English already, errors of the web."""

    def decorate(work: Callable[P, R]) -> Callable[P, R]:
        @wraps(work)
        def worded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return work(*args, **kwargs)
            except of as found:
                raise error(str(found)) from found

        return worded

    return decorate
