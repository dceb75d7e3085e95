"""Who is shut out of a person's record, who may open one in an emergency, and who reviews it. Pure."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from iom.agreements.choices.limits import LimitKind
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState

# A limit protects from the moment it is placed; without a second person it ends by itself.
UNCONFIRMED = timedelta(days=7)
LONGEST_UNTIL_REVIEW = timedelta(days=366)
HOURS = (1, 4, 8)  # for how long a record may be opened in an emergency
REVIEW_DAYS = 3
SHORTEST_REASON = 20  # letters: "urgent" is no reason


def shuts_out(*, kind: str, is_named: bool, is_opened: bool) -> bool:
    """Whether a limit keeps a user from a person. `is_named`: the limit names the user, or their agency.

    Who is named in an exclusion is shut out whatever else holds: they may know the person. An emergency opens what is
    restricted.
    """
    return is_named if kind == LimitKind.EXCLUDED else not (is_named or is_opened)


def check_limit(
    *, kind: str, user_ids: Collection[int], agency_ids: Collection[int], tells_reader: bool, wording: str, by_id: int
) -> None:
    """Raises `InvalidInput` where a limit would name nobody, shut out who places it, or tell the reader nothing."""
    wrong = {}
    if kind == LimitKind.EXCLUDED and agency_ids:
        wrong["agency_ids"] = "A record is kept from people by name. To keep it from an agency, say who may see it."
    elif kind == LimitKind.EXCLUDED and not user_ids:
        wrong["user_ids"] = "Choose whom the record is to be kept from."
    elif kind == LimitKind.EXCLUDED and by_id in user_ids:
        wrong["user_ids"] = "You cannot keep a record from yourself. Ask a colleague to do it."
    elif kind == LimitKind.RESTRICTED and not (user_ids or agency_ids):
        wrong["agency_ids"] = "Choose who may still see the record."
    if tells_reader and not wording.strip():
        wrong["wording"] = "Write what the reader is to be told."
    if wrong:
        raise InvalidInput("The limit does not hold together.", wrong)


def check_review_on(*, review_on: date, on: date) -> None:
    if not on < review_on <= on + LONGEST_UNTIL_REVIEW:
        raise InvalidInput(
            "The review must be within a year.", {"review_on": "Give a day after today and within a year."}
        )


def check_can_confirm(*, placed_by: int, by_id: int, confirmed: bool, in_force: bool) -> None:
    if confirmed or not in_force:
        raise WrongState("This limit has been confirmed, lifted or has ended meanwhile.")
    if placed_by == by_id:
        raise NotAllowed("You placed this limit. Somebody else must confirm it.")


def check_can_lift(*, in_force: bool) -> None:
    if not in_force:
        raise WrongState("This limit has been lifted or has ended meanwhile.")


def check_can_open(*, reason: str, hours: int, is_open: bool, is_excluded: bool) -> None:
    """Raises where the reason says too little, or the user was named as somebody who must not see the person."""
    if is_excluded:
        raise NotAllowed(
            "This record is kept from you by name, in an emergency too. Ask the contact given, or your manager."
        )
    if is_open:
        raise WrongState("The record is open to you already.")
    wrong = {}
    if len(reason.strip()) < SHORTEST_REASON:
        wrong["reason"] = "Say what is happening and what you need the record for, in a sentence."
    if hours not in HOURS:
        wrong["hours"] = "Choose for how long."
    if wrong:
        raise InvalidInput("The record was not opened.", wrong)


def check_can_review_access(*, user_id: int, by_id: int, finding: str) -> None:
    if user_id == by_id:
        raise NotAllowed("You opened this record. Somebody else must review it.")
    if finding:
        raise WrongState("Somebody else has reviewed this meanwhile.")


can_confirm = can(check_can_confirm)
can_review_access = can(check_can_review_access)


def closes_at(*, opened_at: datetime, hours: int) -> datetime:
    """When an emergency access ends: so many hours later, whatever the clocks do in between."""
    return opened_at + timedelta(hours=hours)


def review_due_on(*, on: date) -> date:
    return on + timedelta(days=REVIEW_DAYS)
