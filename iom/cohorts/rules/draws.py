"""Who may move a draw for places on, and when. It says in which order places are offered, and selects nobody."""

from collections.abc import Mapping
from datetime import datetime

from iom.cohorts.choices import DrawState
from iom.cohorts.rules.states import DRAW, check_can_move
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState


def check_can_settle_entrants(*, state: str, left_out: Mapping[int, str]) -> None:
    """Nobody enters a draw or leaves it once its list is closed, and nobody is left out without a reason."""
    if state != DrawState.OPEN:
        raise WrongState("The list of this draw is settled: nobody can be entered or left out any more.")
    if wrong := {f"out_{pk}": "Say why this person is left out" for pk, why in left_out.items() if not why.strip()}:
        raise InvalidInput("Whoever is left out of a draw is left out for a reason.", wrong)


def check_sees_last_settled(*, last: datetime | None, seen: datetime | None) -> None:
    """Nobody undoes, with a form that was opened before, what a colleague settled since."""
    if last != seen:
        raise WrongState("Somebody has settled who is in this draw since you opened the page. Look at it again.")


def check_is_worth_drawing(*, places: int, entrants: int) -> None:
    """Chance decides only where there are fewer places than people."""
    if places < 1:
        raise InvalidInput("Without a place there is nothing to draw for.", {"places": "Enter 1 or more places"})
    if entrants <= places:
        said = "There is a place for everybody in the draw, so nothing needs to be drawn: the panel decides each"
        raise InvalidInput(f"{said} nomination.", {"places": f"{said} nomination"})


def check_can_close_draw(*, state: str, places: int, entrants: int, unsettled: int, unseen: int) -> None:
    """`unsettled` are those whom the closer may see, and `unseen` those whom only other workers see."""
    check_can_move(DRAW, state=state, move="close")
    if unsettled:
        raise WrongState(
            "Somebody waits who is neither in the draw nor left out of it. Settle that before you close the list."
        )
    if unseen:
        raise WrongState(
            "Somebody waits whom you may not see, and who is neither in the draw nor left out of it. A co-ordinator of "
            "the agency that nominated them has to settle that before the list can be closed."
        )
    if entrants <= places:
        raise WrongState(
            "There is a place for everybody in the draw, so nothing needs to be drawn. Withdraw the draw: the panel "
            "decides each nomination."
        )


def check_can_draw(*, state: str, closed_by: int | None, user_id: int) -> None:
    """Two people: whoever settled the list does not draw from it."""
    check_can_move(DRAW, state=state, move="draw")
    if closed_by == user_id:
        raise NotAllowed("You closed the list of this draw. Somebody else has to draw.")


can_draw = can(check_can_draw)


def check_beacon(*, beacon: str, value: str) -> None:
    """The public number that was named beforehand is given, and written so that it can be typed into a terminal."""
    if bool(beacon) != bool(value):
        raise InvalidInput("A draw counts the number that it named, and no other.", {"value": "Enter the number"})
    if value and not all(letter.isascii() and (letter.isalnum() or letter in " .,-/") for letter in value):
        words = "Enter letters, digits, spaces, full stops, commas, hyphens and slashes only"
        raise InvalidInput("Whoever checks the draw must be able to type it.", {"value": words})
