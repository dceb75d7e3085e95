"""When an entry of the equality evidence log holds together, and what may follow it. Pure: no database, no clock."""

from datetime import date

from iom.common.decisions import can
from iom.common.errors import InvalidInput, WrongState


def check_entry(*, looked_on: date, decided_on: date, review_on: date, on: date) -> None:
    """What an entry says holds together; raises `InvalidInput` naming every field that does not.

    A decision before the evidence is not refused: that the duty was met too late is for the log to show.
    """
    wrong = {}
    if looked_on > on:
        wrong["looked_on"] = "The day it was looked at must be today or in the past"
    if decided_on > on:
        wrong["decided_on"] = "The day of the decision must be today or in the past"
    if review_on <= on:
        wrong["review_on"] = "Enter a day in the future for when to look again"
    if wrong:
        raise InvalidInput("The entry does not hold together.", wrong)


def check_correction(*, correction: str) -> None:
    if not correction.strip():
        raise InvalidInput("Say what was wrong.", {"correction": "Enter what was wrong with the entry"})


def check_can_follow(*, is_followed: bool) -> None:
    """Nothing in the log is changed, and of each entry there is one that follows: the last one is current."""
    if is_followed:
        raise WrongState("Another entry follows this one already. Correct that one, or look at it again.")


can_follow = can(check_can_follow)
