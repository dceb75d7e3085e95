"""What a package for somebody outside the partnership needs, and who may do what with it. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.sharing.choices.packages import PackageState as S
from iom.sharing.rules.requests import CUT_OUT, cut

FETCHED_DAYS = (3, 7, 14)  # for how long the file can be fetched from here

# From each state, the moves there are, and where each leads. A state without any is an end.
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    S.DRAFT: {"hand on": S.CHECK, "drop": S.DROPPED},
    S.CHECK: {"approve": S.READY, "send back": S.DRAFT, "drop": S.DROPPED},
    S.READY: {"reach its end": S.OVER, "drop": S.OVER},
    S.OVER: {},
    S.DROPPED: {},
}


def check_can_move(*, state: str, move: str) -> str:
    """The state to which a move leads; raises where somebody has made another move meanwhile."""
    if move not in TRANSITIONS[state]:
        raise WrongState("Somebody has moved this package on meanwhile. Look at it again.")
    return TRANSITIONS[state][move]


def check_words(words: Mapping[str, str], *, kinds: Collection[str]) -> None:
    wrong = {name: "Enter this" for name, text in words.items() if not text.strip()}
    if not kinds:
        wrong["kinds"] = "Choose what they need. Give no more than that."
    if wrong:
        raise InvalidInput("The package is not complete.", wrong)


def check_can_hand_on(*, rows: int, text: str) -> None:
    if not rows and not cut(text).replace(CUT_OUT, "").strip():
        raise InvalidInput("There is nothing in it.", {"text": "Tick what to give, or write it."})


def check_can_approve(*, made_by: int, by_id: int) -> None:
    if made_by == by_id:
        raise NotAllowed("You put this package together. Somebody else must approve it.")


def expires_on(*, on: date, days: int) -> date:
    """The first day on which the file can no longer be fetched."""
    return on + timedelta(days=days)
