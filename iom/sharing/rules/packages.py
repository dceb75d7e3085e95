"""What a package for somebody outside the partnership needs, and who may do what with it. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Category
from iom.agreements.rules.sharing_agreements import AgencyLike
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


def check_can_begin(*, giver: AgencyLike, gateway: str, basis: str) -> None:
    """Raises where the register gives the agency no such power to share, or no such lawful basis."""
    sharing_rules.check_can_give_outside(giver=giver, gateway=gateway, basis=basis)


def check_conditions(
    *, giver: AgencyLike, kinds: Collection[str], special: Collection[str], conditions: Collection[str]
) -> None:
    """Raises where what the agency gives holds a special category that none of the conditions covers."""
    held = sharing_rules.held_in(giver=giver, kinds=kinds, special=special)
    bare = [
        str(Category(category).label)
        for category in sorted(held)
        if not any(sharing_rules.is_condition(slug, category=category, giver=giver) for slug in conditions)
    ]
    if bare:
        message = f"Select a condition on which {giver.name} may give this: {', '.join(bare)}"
        raise InvalidInput(message, {"conditions": message})


def check_can_hand_on(*, rows: int, text: str) -> None:
    if not rows and not cut(text).replace(CUT_OUT, "").strip():
        raise InvalidInput("There is nothing in it.", {"text": "Tick what to give, or write it."})


def check_can_approve(*, hands: Collection[int | None], by_id: int, is_as_seen: bool) -> None:
    """`hands`: who began it and who said what goes in. `is_as_seen`: nothing of it was changed since it was shown."""
    if by_id in hands:
        raise NotAllowed("You put this package together. Somebody else must approve it.")
    if not is_as_seen:
        raise WrongState("This package was changed after you opened the page. Look at it again.")


def expires_on(*, on: date, days: int) -> date:
    """The first day on which the file can no longer be fetched."""
    return on + timedelta(days=days)
