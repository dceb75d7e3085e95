"""Which looks at the record are out of the ordinary, and who may review them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from statistics import median
from zoneinfo import ZoneInfo

from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState

LONDON = ZoneInfo("Europe/London")
DAY_BEGINS, DAY_ENDS = time(6), time(22)
# A day counts as unusual from so many people on, and from so many times the user's own usual day.
MANY, TIMES = 60, 3
LOOKED_BACK = 28  # days that make a user's usual day
LONGEST_NOTE = 4000


@dataclass(frozen=True)
class Look:
    """One event in which a user saw people: when, and whom."""

    event_id: int
    actor_id: int
    at: datetime
    people: frozenset[int]

    @property
    def on(self) -> date:
        return self.at.astimezone(LONDON).date()


@dataclass(frozen=True)
class Known:
    """What is known of a person or a user that could tie one to the other, each in one spelling."""

    names: frozenset[tuple[str, str]] = frozenset()  # given name, family name
    postcodes: frozenset[str] = frozenset()


@dataclass
class Found:
    """An anomaly: the doubt, whose it is, on which day, about whom, and the events."""

    doubt: str
    actor_id: int
    on: date
    person_id: int | None
    event_ids: list[int] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


def is_out_of_hours(at: datetime) -> bool:
    """From ten at night to six in the morning, by the clock in London, whatever the season."""
    return not DAY_BEGINS <= at.astimezone(LONDON).time() < DAY_ENDS


def tie(user: Known, person: Known) -> str | None:
    """The closest tie between a user and a person they looked at, as a doubt; None where there is none."""
    if user.names & person.names:
        return "own-record"
    if user.postcodes & person.postcodes:
        return "same-address"
    if {family for _, family in user.names} & {family for _, family in person.names}:
        return "same-surname"
    return None


def is_unusual(people: int, days_before: Iterable[int]) -> bool:
    """Whether a day with so many people is far from the user's own days before; without any, from anybody's."""
    usual = [*days_before]
    return people >= MANY and people > TIMES * (median(usual) if usual else 0)


def anomalies(
    looks: Iterable[Look],
    *,
    users: Mapping[int, Known],
    people: Mapping[int, Known],
    days_before: Mapping[int, Iterable[int]],
) -> list[Found]:
    """What is out of the ordinary in these looks, one for each doubt, user, day and person.

    `days_before`: for each user, how many people they looked at on each of their days in the weeks before.
    """
    found: dict[tuple[str, int, date, int | None], Found] = {}
    seen: dict[tuple[int, date], Found] = {}

    def add(doubt: str, look: Look, person_id: int | None = None) -> None:
        key = (doubt, look.actor_id, look.on, person_id)
        one = found.setdefault(key, Found(doubt, look.actor_id, look.on, person_id))
        one.event_ids.append(look.event_id)
        one.people |= look.people if person_id is None else {person_id}

    for look in looks:
        if is_out_of_hours(look.at):
            add("out-of-hours", look)
        user = users.get(look.actor_id, Known())
        for person_id in sorted(look.people):
            doubt = tie(user, people.get(person_id, Known()))
            # Everybody called Smith meets Smiths on a list: a shared surname is a doubt only where one was opened.
            if doubt is not None and (doubt != "same-surname" or len(look.people) == 1):
                add(doubt, look, person_id)
        day = seen.setdefault((look.actor_id, look.on), Found("volume", look.actor_id, look.on, None))
        day.event_ids.append(look.event_id)
        day.people |= look.people
    unusual = [day for day in seen.values() if is_unusual(len(day.people), days_before.get(day.actor_id, ()))]
    return [*found.values(), *unusual]


def check_can_review(*, actor_id: int, reviewer_id: int, finding: str) -> None:
    """Raises where it has been reviewed, or the reviewer is who it is about."""
    if actor_id == reviewer_id:
        raise NotAllowed("You cannot review what you did yourself. Ask another reviewer.")
    if finding:
        raise WrongState("Somebody else has reviewed this meanwhile.")


can_review = can(check_can_review)


def check_note(*, finding: str, note: str) -> None:
    """Raises where a finding other than a proper reason is not explained."""
    if not note.strip():
        raise InvalidInput("Say what you were told.", {"note": "Enter what you were told, and by whom"})
