"""The registers probation keeps: integrated offender management, MAPPA, risk of harm, risk to staff, and others."""

from dataclasses import dataclass

import numpy as np

from iom_analytics.synthetic import columns
from iom_analytics.synthetic.careers import YEAR, Careers, Rows, end_to_end
from iom_analytics.synthetic.chance import Ints, happens, pick
from iom_analytics.synthetic.columns import NO_DAY
from iom_analytics.synthetic.events import Events
from iom_analytics.synthetic.offences import day_of, offences
from iom_analytics.synthetic.people import People
from iom_analytics.synthetic.sanctions import Sanctions
from iom_analytics.synthetic.settings import settings
from iom_analytics.synthetic.supervision import Orders

# Register codes of the Delius case management system, as the Ministry of Justice's public code names them.
REGISTERS = (
    *("ADVP", "IMAR", "AV2S2", "WEAP", "STRG", "ARSO", "ALSH", "RCCO", "RVLN"),
    *("RLRH", "RMRH", "RHRH", "RVRH", "MAPP", "IIOM", "APPO"),
)
HARM = ("RLRH", "RMRH", "RHRH", "RVRH")  # low, medium, high, very high
LEVELS = tuple(f"Category {category} Level {level}" for category in (1, 2, 3) for level in (1, 2, 3))
NO_LEVEL = -1


@dataclass(frozen=True)
class Registrations(Rows):
    """One row per registration."""

    person: Ints
    register: Ints  # index into REGISTERS
    first_day: Ints
    end_day: Ints  # may lie ahead
    level: Ints  # index into LEVELS, or NO_LEVEL


def registrations(
    register: str, person: Ints, first_day: Ints, end_day: Ints, level: Ints | None = None
) -> Registrations:
    rows = len(person)
    code = np.full(rows, REGISTERS.index(register))
    return Registrations(person, code, first_day, end_day, np.full(rows, NO_LEVEL) if level is None else level)


def registers(
    rng: np.random.Generator,
    *,
    orders: Orders,
    sanctions: Sanctions,
    careers: Careers,
    people: People,
    harm: Ints,
    as_of: int,
) -> Events:
    """Every registration that has begun; those that go on have no end."""
    latest = orders.latest()
    found = end_to_end(
        [
            *by_chance(rng, latest, careers),
            *by_harm(rng, latest, harm),
            public_protection(rng, latest, careers),
            managed(rng, sanctions, people, as_of),
            prolific(rng, sanctions, len(people)),
        ]
    )
    found = found.only(found.first_day <= as_of)
    found = found.only(np.lexsort((found.register, found.person)))
    return Events(
        found.person,
        {
            "register": columns.coded(REGISTERS, found.register),
            "start_date": columns.dates(found.first_day),
            "end_date": columns.dates(np.where(found.end_day > as_of, NO_DAY, found.end_day)),
            "level": columns.coded(LEVELS, found.level),
        },
    )


def ends(orders: Orders) -> Ints:
    """When a registration that came with the sentence ends."""
    found: Ints = orders.day + np.maximum(orders.custody_days, settings()["registers"]["days"])
    return found


def by_chance(rng: np.random.Generator, latest: Orders, careers: Careers) -> list[Registrations]:
    """Registers that some supervised people are on, of one kind of career or of any."""
    kind = careers.start.kind[latest.person]
    found = []
    for register, each in settings()["registers"]["by_chance"].items():
        on_it = happens(rng, each["chance"], len(latest))
        if "kind" in each:
            on_it &= kind == offences().kinds.index(each["kind"])
        theirs = latest.only(on_it)
        first_day = theirs.day + rng.integers(0, 90, len(theirs))
        found.append(registrations(register, theirs.person, first_day, np.maximum(ends(theirs), first_day + 1)))
    return found


def by_harm(rng: np.random.Generator, latest: Orders, harm: Ints) -> list[Registrations]:
    """The register of each supervised person's risk of serious harm."""
    found = []
    for level, register in enumerate(HARM):
        theirs = latest.only(harm[latest.person] == level)
        found.append(
            registrations(register, theirs.person, theirs.day + rng.integers(3, 40, len(theirs)), ends(theirs))
        )
    return found


def public_protection(rng: np.random.Generator, latest: Orders, careers: Careers) -> Registrations:
    """MAPPA: category 1 for sexual offences, category 2 for violence with a long enough sentence; mostly level 1."""
    numbers = settings()["registers"]["mappa"]
    sexual = careers.start.kind[latest.person] == offences().kinds.index("sexual")
    violent = (offences().group[latest.offence] == "violence") & (latest.custody_days >= numbers["violent_days"])
    level = pick(rng, numbers["level"], len(latest)) + np.where(sexual, 0, 3)
    rows = sexual | violent
    theirs = latest.only(rows)
    return registrations("MAPP", theirs.person, theirs.day, ends(theirs) + 365, level[rows])


def managed(rng: np.random.Generator, sanctions: Sanctions, people: People, as_of: int) -> Registrations:
    """IIOM: the adults with most sanctions in the last two years, from some day of those years on."""
    numbers = settings()["registers"]["iom"]
    recent = sanctions.main & (sanctions.sanction_day > as_of - int(2 * YEAR))
    # A tie is broken by lot.
    count = np.bincount(sanctions.person[recent], minlength=len(people)) + rng.random(len(people))
    count[people.birth_day > as_of - int(20 * YEAR)] = 0
    person = np.sort(np.argsort(-count, kind="stable")[: max(1, round(numbers["share_of_people"] * len(people)))])
    first_day = as_of - rng.integers(20, 700, len(person))
    ended = happens(rng, numbers["ended"], len(person))
    end_day = np.where(ended, first_day + rng.integers(60, 400, len(person)), as_of + 1)
    return registrations("IIOM", person, first_day, end_day)


def prolific(rng: np.random.Generator, sanctions: Sanctions, people: int) -> Registrations:
    """APPO: the prolific and other priority people of 2004 to 2014, all of them off the list since."""
    numbers = settings()["registers"]["ppo"]
    begins, end = day_of(str(numbers["since"])), day_of(str(numbers["until"]))
    then = sanctions.main & (sanctions.sanction_day >= begins) & (sanctions.sanction_day <= end)
    count = np.bincount(sanctions.person[then], minlength=people)
    person = np.flatnonzero((count >= numbers["least_sanctions"]) & happens(rng, numbers["share"], people))
    first_day = begins + rng.integers(0, end - begins - 400, len(person))
    return registrations("APPO", person, first_day, np.minimum(first_day + rng.integers(180, 1500, len(person)), end))
