"""Whom probation supervises, and what its assessments say of them: needs, answers, scores, risk of harm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from iom_analytics.synthetic import columns
from iom_analytics.synthetic.careers import YEAR, Careers, Rows
from iom_analytics.synthetic.chance import Flags, Floats, Ints, happens, pick_by
from iom_analytics.synthetic.events import Events
from iom_analytics.synthetic.offences import offences
from iom_analytics.synthetic.people import People
from iom_analytics.synthetic.sanctions import Sanctions
from iom_analytics.synthetic.sentencing import COMMUNITY, CUSTODY, SUSPENDED
from iom_analytics.synthetic.settings import settings

BANDS = ("low", "medium", "high", "very high")
# Lower bounds of the bands in per cent (Ministry of Justice, hmpps-arns-risk-actuarial-api at 016919c5).
BOUNDS = {"OGRS3": (50, 75, 90), "ARP": (50, 75, 90), "VRP": (30, 60, 80), "SVRP": (1, 3, 6.9)}
SCORES = (("OGRS3", "3.0", "static"), ("ARP", "1.0", "dynamic"), ("VRP", "1.0", "dynamic"), ("SVRP", "1.0", "dynamic"))
KINDS = ("static", "dynamic")

# OASys questions that the dynamic scores use, by the section whose problems show in them.
ANSWERS = {
    "accommodation": ("suitability_of_accommodation",),
    "employment": ("is_unemployed",),
    "relationships": ("current_relationship_with_partner",),
    "lifestyle": ("regular_offending_activities",),
    "alcohol": ("current_alcohol_use_problems", "excessive_alcohol_use"),
    "thinking": ("impulsivity_problems", "temper_control"),
    "attitudes": ("pro_criminal_attitudes",),
}
YES_NO_ANSWERS = ("is_unemployed",)


@dataclass(frozen=True)
class Orders(Rows):
    """Sentences that brought an adult under supervision: one row per occasion, in order of person and day."""

    person: Ints
    day: Ints
    custody_days: Ints
    offence: Ints

    def latest(self) -> "Orders":
        """The last one of each person."""
        return self.only(last_of_person(self.person))


def last_of_person(person: Ints) -> Flags:
    """Which rows are the last of their person, where each person's rows stand together."""
    found = np.ones(len(person), dtype=np.bool_)
    found[:-1] = person[1:] != person[:-1]
    return found


def adult_orders(sanctions: Sanctions, people: People) -> Ints:
    """The rows of sanctions that are the main offence of an adult's order, suspended sentence or custody."""
    adult = sanctions.sanction_day >= people.birth_day[sanctions.person] + int(18 * YEAR) + 1
    return np.flatnonzero(sanctions.main & adult & np.isin(sanctions.disposal, (COMMUNITY, SUSPENDED, CUSTODY)))


def draw_orders(sanctions: Sanctions, people: People) -> Orders:
    rows = adult_orders(sanctions, people)
    inside = np.where(sanctions.disposal[rows] == CUSTODY, sanctions.custody_days[rows], 0)
    return Orders(sanctions.person[rows], sanctions.sanction_day[rows], inside, sanctions.offence[rows])


def draw_harm(rng: np.random.Generator, careers: Careers) -> Ints:
    """The risk of serious harm as judged, for each person: an index into BANDS."""
    numbers = settings()["harm"]
    grave = np.array([kind in numbers["grave_kinds"] for kind in offences().kinds])[careers.start.kind]
    return pick_by(rng, np.array([numbers["others"], numbers["grave"]]), grave.astype(np.int64))


def assessments(
    rng: np.random.Generator, *, orders: Orders, careers: Careers, users: Flags, harm: Ints, as_of: int
) -> Events:
    """The needs, answers and scores of each person's latest assessments: one row per assessment and item."""
    person, day = assessed(rng, orders, as_of)
    everywhere = np.ones(len(person), dtype=np.bool_)
    items = [
        *needs(rng, careers, users, person),
        *answers(rng, careers, users, person),
        *scores(rng, careers, person),
        Item("RoSH", "1", "community", everywhere, band=harm[person]),
    ]
    return one_row_each(person, day, items)


def assessed(rng: np.random.Generator, orders: Orders, as_of: int) -> tuple[Ints, Ints]:
    """Who was assessed and when, in that order: soon after each of the latest sentences, and some in review."""
    numbers = settings()["needs"]
    recent = orders.only(orders.day >= as_of - int(numbers["years"] * YEAR))
    from_last = np.searchsorted(recent.person, recent.person, side="right") - 1 - np.arange(len(recent))
    recent = recent.only(from_last < numbers["latest"])
    day = recent.day + rng.integers(3, 40, len(recent))
    reviewed = happens(rng, numbers["review"]["share"], len(recent))
    later = day[reviewed] + numbers["review"]["after_days"] + rng.integers(-60, 60, int(reviewed.sum()))
    both = np.stack([np.concatenate([recent.person, recent.person[reviewed]]), np.concatenate([day, later])])
    person, day = np.unique(both[:, both[1] <= as_of], axis=1)
    return person, day


@dataclass(frozen=True)
class Item:
    """One item over all assessments: a score or a band per assessment, given where `rows` is true."""

    instrument: str
    version: str
    name: str
    rows: Flags
    score: Floats | None = None
    band: Ints | None = None
    kind: str | None = None


def oasys(name: str, score: Floats | Flags, rows: Flags) -> Item:
    return Item("OASys", "4", name, rows, score=score.astype(np.float64))


def needs(rng: np.random.Generator, careers: Careers, users: Flags, person: Ints) -> list[Item]:
    """The section scores of each assessment, and of the latest of each person the answers that go with them."""
    everywhere, latest = np.ones(len(person), dtype=np.bool_), last_of_person(person)
    lasting, user = careers.start.lasting[person], users[person]
    found = []
    for section, each in settings()["needs"]["sections"].items():
        odds = np.log(each["chance"] / (1 - each["chance"])) + each["lasting"] * lasting + each["class_a"] * user
        # Drawn once per person and section, so that a review looks like the assessment before it.
        disposition = rng.random(len(users))[person]
        has_problem = disposition < 1 / (1 + np.exp(-odds))
        depth = np.where(has_problem, 0.25 + 0.75 * rng.beta(1.4, 1.8, len(person)), 0.25 * rng.beta(1, 3, len(person)))
        found.append(oasys(section, np.round(depth * each["most"]), everywhere))
        for answer in ANSWERS.get(section, ()):
            points = np.clip(np.floor(depth * 2.6 + rng.normal(0, 0.35, len(person))), 0, 2)
            found.append(oasys(answer, np.minimum(points, 1) if answer in YES_NO_ANSWERS else points, latest))
    return found


def answers(rng: np.random.Generator, careers: Careers, users: Flags, person: Ints) -> list[Item]:
    """The answers of each person's latest assessment that no section stands behind: drugs, partner, weapon."""
    numbers = settings()["needs"]
    rows, user, latest = len(person), users[person], last_of_person(person)
    kind = careers.start.kind[person]
    found = [
        oasys(name, happens(rng, np.where(user, by_users, by_others), rows), latest)
        for name, (by_users, by_others) in numbers["drugs"].items()
    ]
    for name, each in (
        ("evidence_of_domestic_abuse", numbers["domestic_abuse"]),
        ("did_offence_involve_carrying_or_using_weapon", numbers["weapon"]),
    ):
        chance = np.where(kind == offences().kinds.index(each["kind"]), each["chance"], each["others"])
        found.append(oasys(name, happens(rng, chance, rows), latest))
    found.append(oasys("current_relationship_status", happens(rng, numbers["living_with_partner"], rows), latest))
    shares = np.array([numbers["motivation"]["others"], numbers["motivation"]["users"]])
    motivation = pick_by(rng, shares, user.astype(np.int64))
    given = latest & ~happens(rng, numbers["no_answer_on_motivation"], rows)
    found.append(oasys("motivation_to_tackle_drug_misuse", motivation.astype(np.float64), given))
    return found


def likely(careers: Careers) -> tuple[Floats, Floats]:
    """The true chance of one more sanction within two years, and of a violent one, as the log odds."""
    numbers = settings()["scores"]
    start = careers.start
    chance = np.clip(start.go_on * (1 - np.exp(-2 * start.per_year)), 0.005, 0.99)
    share = np.array([numbers["violent_kinds"].get(kind, numbers["other_violence"]) for kind in offences().kinds])
    violent = np.clip(chance * share[start.kind], 0.003, 0.95)
    return np.log(chance / (1 - chance)), np.log(violent / (1 - violent))


def scores(rng: np.random.Generator, careers: Careers, person: Ints) -> list[Item]:
    """Scores as the agency's system gave them: the truth about the career, seen through a blur."""
    numbers = settings()["scores"]
    general, violent = likely(careers)
    rows = len(person)
    shared = rng.normal(0, numbers["blur"], rows)
    found = []
    for instrument, version, kind in SCORES:
        odds = {"VRP": violent, "SVRP": violent + numbers["serious"]}.get(instrument, general)[person]
        percent = 100 / (1 + np.exp(-(odds + shared + rng.normal(0, numbers["blur"] / 3, rows))))
        percent = np.round(np.clip(percent, 0.01, 99.99), 0 if instrument == "OGRS3" else 2)
        band = np.searchsorted(BOUNDS[instrument], percent, side="right")
        everywhere = np.ones(rows, dtype=np.bool_)
        found.append(Item(instrument, version, "two_year_percent", everywhere, score=percent, band=band, kind=kind))
    return found


def one_row_each(person: Ints, day: Ints, items: Sequence[Item]) -> Events:
    """Items that lie side by side as one row per assessment and item, in order of assessment."""
    at, which = np.nonzero(np.stack([item.rows for item in items], axis=1))
    rows = len(person)
    no_score, no_band = np.full(rows, np.nan), np.full(rows, -1)
    score = np.stack([no_score if item.score is None else item.score for item in items], axis=1)[at, which]
    band = np.stack([no_band if item.band is None else item.band for item in items], axis=1)[at, which]
    kind = np.array([-1 if item.kind is None else KINDS.index(item.kind) for item in items])
    return Events(
        person[at],
        {
            "assessment_date": columns.dates(day[at]),
            "instrument": named([item.instrument for item in items], which),
            "version": named([item.version for item in items], which),
            "item": named([item.name for item in items], which),
            "score": pa.array(score, mask=np.isnan(score)),
            "band": columns.coded(BANDS, band),
            "kind": columns.coded(KINDS, kind[which]),
        },
    )


def named(names: list[str], which: Ints) -> Any:
    """The name of each row's item, where `names` holds one per item."""
    known = tuple(dict.fromkeys(names))
    return columns.coded(known, np.array([known.index(name) for name in names])[which])
