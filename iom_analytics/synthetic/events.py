"""What happened, apart from sanctions and drug tests: arrests, stays in custody, intelligence."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from iom_analytics.synthetic import columns, identifiers
from iom_analytics.synthetic.careers import RECALL, YEAR, Careers, Rows
from iom_analytics.synthetic.chance import Flags, Floats, Ints, happens, pick_by
from iom_analytics.synthetic.columns import NO_DAY
from iom_analytics.synthetic.offences import offences
from iom_analytics.synthetic.people import People, communities
from iom_analytics.synthetic.settings import settings


@dataclass(frozen=True)
class Events:
    """Rows of one event table: who each is about, and the contract's columns but for who."""

    person: Ints
    arrow: dict[str, Any]


@dataclass(frozen=True)
class Arrests(Rows):
    """One row per arrest in the window."""

    person: Ints
    day: Ints
    offence: Ints  # index into offences()

    def events(self, rng: np.random.Generator, people: People) -> Events:
        """The arrests as the police list them, with who was harmed at home told apart by a pseudonym."""
        domestic = happens(rng, offences().domestic[self.offence], len(self))
        # Most of a person's victims are one and the same.
        more = rng.poisson(settings()["arrests"]["victims"], len(people))
        which = (rng.random(len(self)) ** 2 * (1 + np.minimum(more[self.person], 6))).astype(np.int64)
        victim = "V" + identifiers.digits(
            identifiers.spread(people.number[self.person] * 8 + which, 15_485_863, 10**8), 8
        )
        victim[~domestic] = ""
        return Events(
            self.person,
            {
                "arrest_date": columns.dates(self.day),
                "offence_code": columns.texts(offences().codes_on(self.offence, self.day)),
                "domestic_abuse": pa.array(domestic),
                "victim_ref": columns.texts(victim),
            },
        )


def draw_arrests(rng: np.random.Generator, careers: Careers, people: People, as_of: int) -> Arrests:
    """Arrests that led to a sanction, or will; and arrests that came to nothing."""
    numbers = settings()["arrests"]
    since = as_of - int(settings()["window_years"] * YEAR)
    occasion = careers.occasion
    # Days are counted at liberty, so that nobody is arrested in a cell.
    after = np.minimum(rng.exponential(numbers["days_after"], len(occasion)).astype(np.int64), occasion.lag)
    day = careers.calendar.day(occasion.person, occasion.liberty_day - occasion.lag + after)
    led = happens(rng, numbers["for_a_sanction"], len(occasion)) & (day <= as_of) & (day >= since)

    # Arrests that came to nothing lie around the times of the others.
    recent = np.flatnonzero((careers.sanction_day >= since) & (careers.sanction_day <= as_of))
    domestic = careers.start.kind[occasion.person[recent]] == offences().kinds.index("domestic abuse")
    mean = numbers["more_per_sanction"] * np.where(domestic, numbers["more_for_domestic_abuse"], 1.0)
    mean = mean * policing(numbers["policing"], people)[occasion.person[recent]]
    of = np.repeat(recent, rng.poisson(mean))
    apart = (rng.uniform(-1, 1, len(of)) * numbers["around_days"]).astype(np.int64)
    other_person = occasion.person[of]
    other_day = careers.calendar.day(other_person, occasion.liberty_day[of] + apart)

    # People who were only ever arrested: on the day they came to notice, and some of them once again.
    never = np.flatnonzero(careers.start.sanctions == 0)
    again = never[happens(rng, numbers["arrested_again"], len(never))]
    later = careers.start.first_day[again] + 1 + rng.exponential(150, len(again)).astype(np.int64)
    never_person = np.concatenate([never, again])
    never_day = np.concatenate([careers.start.first_day[never], later])

    person = np.concatenate([occasion.person[led], other_person, never_person])
    found = Arrests(
        person=person,
        day=np.concatenate([day[led], other_day, never_day]),
        offence=np.concatenate(
            [
                occasion.offence[led],
                pick_by(rng, offences().mix, careers.start.kind[other_person]),
                pick_by(rng, offences().mix, careers.start.kind[never_person]),
            ]
        ),
    )
    of_age = found.day >= people.birth_day[found.person] + int(10 * YEAR) + 1
    return found.only(of_age & (found.day >= since) & (found.day <= as_of))


def policing(table: dict[str, float], people: People) -> Floats:
    """How many times as much police attention each person gets as a White person of the same career."""
    by_community = np.array([table.get(community["ethnicity"], 1.0) for community in communities()])
    found: Floats = by_community[people.community]
    return found


def custody_spells(rng: np.random.Generator, careers: Careers, people: People, as_of: int) -> Events:
    """Every stay in custody that has begun: remand, then sentence; recalls. A release that is planned is given too."""
    blocks = careers.blocks
    occasion = careers.occasion
    sentence = np.flatnonzero(blocks.kind != RECALL)
    recall = np.flatnonzero(blocks.kind == RECALL)
    remand_days = occasion.remand_days[blocks.occasion[sentence]]
    served = occasion.served_days[blocks.occasion[sentence]]
    begins = careers.block_day[sentence]
    remanded, sentenced = np.flatnonzero(remand_days > 0), np.flatnonzero(served > 0)
    person = np.concatenate(
        [blocks.person[sentence][remanded], blocks.person[sentence][sentenced], blocks.person[recall]]
    )
    start = np.concatenate([begins[remanded], (begins + remand_days)[sentenced], careers.block_day[recall]])
    days = np.concatenate([remand_days[remanded], served[sentenced], blocks.days[recall]])
    kind = np.repeat([0, 1, 2], [len(remanded), len(sentenced), len(recall)])
    begun = np.flatnonzero(start <= as_of)
    person, start, days, kind = person[begun], start[begun], days[begun], kind[begun]
    end = start + days
    open_ended = (kind == 0) & (end > as_of)
    return Events(
        person,
        {
            "start_date": columns.dates(start),
            "end_date": columns.dates(np.where(open_ended, NO_DAY, end)),
            "prison": prisons(rng, female=people.female[person], age=(start - people.birth_day[person]) / YEAR),
            "kind": columns.coded(("remand", "sentence", "recall"), kind),
        },
    )


def prisons(rng: np.random.Generator, *, female: Flags, age: Floats) -> Any:
    """The code of an establishment that takes people of this sex and age."""
    tables = [settings()["custody"][name] for name in ("men", "women", "young", "young_adult")]
    codes = tuple(dict.fromkeys(code for table in tables for code in table))
    shares = np.array([[table.get(code, 0.0) for code in codes] for table in tables])
    group = np.select([age < 18, female, age < 21], [2, 1, 3], 0)
    return columns.coded(codes, pick_by(rng, shares, group))


def intelligence_counts(rng: np.random.Generator, careers: Careers, people: People, as_of: int) -> Events:
    """Reports a month and type of crime, of the last months: more of them about people who are active."""
    numbers = settings()["intelligence"]
    start = careers.start
    last_day = np.full(len(start), np.iinfo(np.int64).min)
    np.maximum.at(last_day, careers.occasion.person, careers.offence_day)
    active = last_day > as_of - YEAR  # the career goes on, whether or not anybody knows it
    rate = numbers["reports_per_year"] + numbers["reports_per_sanction_a_year"] * np.minimum(start.per_year, 8) * active
    rate = rate * policing(numbers["policing"], people)
    months = numbers["months"]
    person = np.repeat(np.arange(len(start)), rng.poisson(rate * months / 12))
    month_of = np.datetime64(as_of, "D").astype("datetime64[M]").astype(np.int64) - rng.integers(0, months, len(person))
    types = tuple(dict.fromkeys(numbers["crime_types"].values()))
    type_of = np.array([types.index(numbers["crime_types"][group]) for group in offences().group])
    crime_type = type_of[pick_by(rng, offences().mix, start.kind[person])]
    rows, reports = np.unique(np.stack([person, month_of, crime_type]), axis=1, return_counts=True)
    # A stream of its own: gradings shall not change what else is drawn.
    grading = rng.spawn(1)[0]
    return Events(
        rows[0],
        {
            "month": columns.dates(rows[1].astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)),
            "reports": columns.numbers(reports.astype(np.int64)),
            "crime_type": columns.coded(types, rows[2]),
            **{name: graded(grading, numbers["grading"][name], len(reports)) for name in numbers["grading"]},
        },
    )


def graded(rng: np.random.Generator, shares: dict[Any, float], count: int) -> Any:
    """One code for each row, drawn by these shares."""
    return columns.coded(tuple(map(str, shares)), rng.choice(len(shares), count, p=list(shares.values())))
