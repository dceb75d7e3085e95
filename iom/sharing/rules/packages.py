"""What a package for somebody outside the partnership needs, and who may do what with it. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move, after
from iom.sharing.choices.packages import PackageState as S
from iom.sharing.rules.requests import CUT_OUT, cut

FETCHED_DAYS = (3, 7, 14)  # for how long the file can be fetched from here

# From each state, the moves there are, where each leads, and whose it is. A state without any is an end.
MAKER, SECOND = "who puts it together", "a second person"
TRANSITIONS: Mapping[str, tuple[Move, ...]] = {
    S.DRAFT: (Move("hand on", S.CHECK, MAKER), Move("drop", S.DROPPED, MAKER)),
    S.CHECK: (
        Move("approve", S.READY, SECOND),
        Move("send back", S.DRAFT, SECOND),
        Move("drop", S.DROPPED, MAKER),
    ),
    S.READY: (Move("reach its end", S.OVER, "the calendar"), Move("drop", S.OVER, MAKER)),
    S.OVER: (),
    S.DROPPED: (),
}


def check_can_move(*, state: str, move: str) -> str:
    """The state to which a move leads; raises where somebody has made another move meanwhile."""
    if (to := after(TRANSITIONS, state, move)) is None:
        raise WrongState("Somebody has moved this package on meanwhile. Look at it again.")
    return to


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
