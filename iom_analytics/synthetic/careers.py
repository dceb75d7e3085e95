"""Careers: when people offend, what for, how the court ends it, and what that does to their time at liberty.

Each career runs on the clock of *time at liberty*. Sanctions are a point process on that clock; every spell in custody
is a block laid into it, so nobody offends from a cell, and a day of the calendar is the day of liberty plus the blocks
that came before. A career is drawn whole, then cut off at the day of the extracts.
"""

from dataclasses import dataclass, fields, replace
from typing import Self, TypeVar

import numpy as np

from iom_analytics.synthetic.chance import (
    Flags,
    Floats,
    Ints,
    beta,
    gamma,
    happens,
    pick_by,
    place_in_run,
    run_totals,
)
from iom_analytics.synthetic.offences import day_of, offences
from iom_analytics.synthetic.sentencing import CAUTION, draw_disposals, draw_sentences
from iom_analytics.synthetic.settings import settings

YEAR = 365.25
LONGEST_CAREER_YEARS = 40

SENTENCE, RECALL = 0, 1
SHORT_LICENCES_BEGIN = day_of("2015-02-01")  # Offender Rehabilitation Act 2014, s2: until then no recall


@dataclass(frozen=True)
class Rows:
    """Arrays of one length, row beside row."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def only(self, rows: Ints | Flags) -> Self:
        """These rows alone, in this order."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


Table = TypeVar("Table", bound=Rows)


def end_to_end(tables: list[Table]) -> Table:
    """The rows of several tables of one kind, one table after the other."""
    columns = {field.name: [getattr(table, field.name) for table in tables] for field in fields(tables[0])}
    return type(tables[0])(**{name: np.concatenate(arrays) for name, arrays in columns.items()})


@dataclass(frozen=True)
class Starts(Rows):
    """One row per person: who starts a career, of which kind, and the true parameters nobody outside `truth` sees."""

    female: Flags
    lasting: Flags
    kind: Ints  # index into offences().kinds
    go_on: Floats  # chance of one more sanction after each
    per_year: Floats  # sanctions a year at liberty, while the career lasts
    first_day: Ints  # day of the first sanction
    first_age: Floats
    sanctions: Ints  # how many the whole career holds, the future included


@dataclass(frozen=True)
class Occasions(Rows):
    """One row per sanction: where it lies in its person's time at liberty, and how it ends."""

    person: Ints
    place: Ints  # 0 for the first
    liberty_day: Ints
    lag: Ints  # days from offence to sanction
    offence: Ints  # index into offences()
    disposal: Ints
    custody_days: Ints
    remand_days: Ints
    served_days: Ints


@dataclass(frozen=True)
class Blocks(Rows):
    """One row per stay in custody, on the clock of liberty: remand then sentence, or a recall."""

    person: Ints
    liberty_day: Ints
    days: Ints
    kind: Ints
    occasion: Ints  # the sentence it belongs to


def draw_starts(rng: np.random.Generator, people: int, as_of: int) -> Starts:
    """People who started a career in the last forty years, as many each year, thinned to those who might be known."""
    numbers = settings()["careers"]
    window = settings()["window_years"]
    female = happens(rng, numbers["women"], people)
    lasting = happens(rng, numbers["lasting"]["share"], people)
    ways = [numbers["passing"], numbers["lasting"]]
    go_on = np.where(lasting, beta(rng, ways[1]["go_on"], people), beta(rng, ways[0]["go_on"], people))
    go_on = np.where(female, go_on * numbers["women_go_on"], go_on)
    per_year = np.where(lasting, gamma(rng, ways[1]["per_year"], people), gamma(rng, ways[0]["per_year"], people))
    sanctions = np.minimum(rng.geometric(1 - go_on), numbers["most_sanctions"])
    back = rng.random(people) * LONGEST_CAREER_YEARS
    young = happens(
        rng, np.where(lasting, numbers["young_first"]["lasting"], numbers["young_first"]["passing"]), people
    )
    first_age = np.where(
        young,
        18 - 7.5 * beta(rng, numbers["first_age"]["younger"], people),
        np.minimum(18 + gamma(rng, numbers["first_age"]["older"], people), 80),
    )
    found = Starts(
        female=female,
        lasting=lasting,
        kind=draw_kinds(rng, female, lasting),
        go_on=go_on,
        per_year=np.maximum(per_year, 0.05),
        first_day=as_of - (back * YEAR).astype(np.int64),
        first_age=first_age,
        sanctions=sanctions,
    )
    # Someone with a single sanction is known only where it lies in the window: most of them need not be simulated.
    return found.only((sanctions > 1) | (back <= window + 6))


def draw_kinds(rng: np.random.Generator, female: Flags, lasting: Flags) -> Ints:
    """What each person mostly does: an index into `offences().kinds`."""
    table = settings()["specialisms"]
    men, women = (np.array([table[kind][sex] for kind in table], dtype=np.float64) for sex in ("men", "women"))
    more = np.array([settings()["lasting_kinds"][kind] for kind in table])
    return pick_by(rng, np.stack([men, women, men * more, women * more]), female + 2 * lasting)


def draw_occasions(rng: np.random.Generator, start: Starts) -> Occasions:
    """Every sanction of every career, in order of time at liberty."""
    numbers = settings()["careers"]
    person = np.repeat(np.arange(len(start)), start.sanctions)
    place = place_in_run(start.sanctions)
    rows = len(person)
    gap = rng.exponential(YEAR, rows) / start.per_year[person]
    # Careers have long pauses: without them, people with long records would reoffend more than they do.
    gap *= np.where(happens(rng, numbers["pause"]["chance"], rows), numbers["pause"]["times"], 1)
    gap[place == 0] = 0
    age = start.first_age[person] + run_totals(gap.astype(np.int64), start.sanctions) / YEAR
    slower = np.exp(numbers["slower_per_year_over_25"] * np.clip(age - 25, 0, 60))
    days = np.where(place == 0, 0, np.minimum(numbers["least_gap_days"] + gap * slower, 50_000)).astype(np.int64)
    liberty_day = run_totals(days, start.sanctions)
    offence = pick_by(rng, offences().mix, start.kind[person])
    age = start.first_age[person] + liberty_day / YEAR
    # How fast the last few sanctions followed each other: 0 at one a year, 1 at one in four months or so.
    back = np.minimum(place, 3)
    since = liberty_day - liberty_day[np.arange(rows) - back]
    haste = np.where(place == 0, 0, np.clip(np.log(YEAR * np.maximum(back, 1) / np.maximum(since, 1)), -1, 2.5))
    disposal = draw_disposals(rng, offence=offence, place=place, haste=haste, age=age, female=start.female[person])
    sentence, remand, served = draw_sentences(rng, offence=offence, disposal=disposal, place=place)
    lag = numbers["lag_days"]
    waits = np.where(disposal == CAUTION, gamma(rng, lag["caution"], rows), gamma(rng, lag["court"], rows))
    return Occasions(
        person=person,
        place=place,
        liberty_day=liberty_day,
        lag=waits.astype(np.int64),
        offence=offence,
        disposal=disposal,
        custody_days=sentence,
        remand_days=remand,
        served_days=served,
    )


def draw_blocks(rng: np.random.Generator, start: Starts, occasion: Occasions) -> Blocks:
    """Every stay in custody: the sentences, and the recalls their licences bring."""
    numbers = settings()["sentences"]["recall"]
    rows = np.flatnonzero(occasion.remand_days + occasion.served_days > 0)
    days = occasion.remand_days + occasion.served_days
    sentences = Blocks(
        person=occasion.person[rows],
        liberty_day=occasion.liberty_day[rows],
        days=days[rows],
        kind=np.full(len(rows), SENTENCE),
        occasion=rows,
    )
    passed = calendar(start, sentences).day(occasion.person, occasion.liberty_day)
    short = occasion.custody_days < 365
    licensed = (occasion.served_days > 0) & (~short | (passed >= SHORT_LICENCES_BEGIN))
    recalled = rows[(licensed & happens(rng, numbers["share"], len(occasion)))[rows]]
    licence = np.where(short[recalled], 365 - occasion.served_days[recalled], occasion.served_days[recalled])
    when = occasion.liberty_day[recalled] + 1 + (rng.random(len(recalled)) * np.maximum(licence, 1)).astype(np.int64)
    fixed = np.where(short[recalled], numbers["under_a_year_days"], numbers["longer_days"])
    standard = happens(rng, numbers["standard_share"], len(recalled)) & ~short[recalled]
    length = np.where(standard, 28 + rng.exponential(numbers["standard_mean_days"], len(recalled)), fixed)
    following = np.minimum(recalled + 1, len(occasion) - 1)
    before_next = (occasion.person[following] != occasion.person[recalled]) | (when < occasion.liberty_day[following])
    kept = np.flatnonzero(before_next)
    recalls = Blocks(
        person=occasion.person[recalled][kept],
        liberty_day=when[kept],
        days=length[kept].astype(np.int64),
        kind=np.full(len(kept), RECALL),
        occasion=recalled[kept],
    )
    blocks = end_to_end([sentences, recalls])
    return blocks.only(np.lexsort((blocks.kind, blocks.liberty_day, blocks.person)))


@dataclass(frozen=True)
class Calendar:
    """Turns a day of liberty into a day of the calendar."""

    first_day: Ints
    block_at: Floats  # person and liberty day in one number, ascending
    inside: Ints  # days in custody in all blocks up to here, all people run together
    by_person: Ints  # the same at each person's first block

    def day(self, person: Ints, liberty_day: Ints) -> Ints:
        """The calendar day of each liberty day: where a stay in custody begins that day, the day it begins."""
        count = np.searchsorted(self.block_at, combined(person, liberty_day), side="left")
        found: Ints = self.first_day[person] + liberty_day + self.inside[count] - self.by_person[person]
        return found


def combined(person: Ints, liberty_day: Ints) -> Floats:
    """Person and day as one number that sorts by person, then day; days reach back before the first sanction."""
    found: Floats = person.astype(np.float64) * 1e8 + liberty_day + 5e7
    return found


def calendar(start: Starts, blocks: Blocks) -> Calendar:
    inside = np.concatenate([[0], np.cumsum(blocks.days)])
    first_block = np.searchsorted(blocks.person, np.arange(len(start)), side="left")
    return Calendar(
        first_day=start.first_day,
        block_at=combined(blocks.person, blocks.liberty_day),
        inside=inside,
        by_person=inside[first_block],
    )


@dataclass(frozen=True)
class Careers:
    """The careers of the people who are kept: everyone with a contact in the window."""

    start: Starts
    occasion: Occasions
    sanction_day: Ints  # per occasion
    offence_day: Ints  # per occasion: of its main offence
    blocks: Blocks
    block_day: Ints  # per block: the first day inside
    calendar: Calendar


def draw_careers(rng: np.random.Generator, people: int, as_of: int) -> Careers:
    """Careers of exactly `people` people who are known to the police on `as_of`, which is a day since 1970."""
    batches: list[Careers] = []
    missing = people
    while missing > 0:
        batch = known(draw_batch(rng, max(1000, int(missing * 5.5)), as_of), as_of)
        batches.append(batch)
        missing -= len(batch.start)
    everyone = joined(batches)
    return with_only_arrested(rng, of_people(everyone, np.arange(len(everyone.start)) < people), as_of)


def with_only_arrested(rng: np.random.Generator, careers: Careers, as_of: int) -> Careers:
    """The same people, some of whom were never sanctioned: only arrested, on the day of what was their one sanction.

    They are drawn from those known by a single sanction, so that no career is cut short.
    """
    start = careers.start
    since = as_of - int(settings()["window_years"] * YEAR)
    single = (start.sanctions == 1) & (start.first_day >= since) & (start.first_day <= as_of)
    share = settings()["arrests"]["only_arrested"] * len(start) / max(int(single.sum()), 1)
    never = single & happens(rng, share, len(start))
    found = of_people(careers, np.ones(len(start), dtype=np.bool_), eventful=~never)
    return replace(found, start=replace(start, sanctions=np.where(never, 0, start.sanctions)))


def draw_batch(rng: np.random.Generator, people: int, as_of: int) -> Careers:
    start = draw_starts(rng, people, as_of)
    occasion = draw_occasions(rng, start)
    blocks = draw_blocks(rng, start, occasion)
    days = calendar(start, blocks)
    block_day = days.day(blocks.person, blocks.liberty_day)
    return Careers(
        start=start,
        occasion=occasion,
        sanction_day=days.day(occasion.person, occasion.liberty_day) + occasion.remand_days,
        offence_day=days.day(occasion.person, occasion.liberty_day - occasion.lag),
        blocks=blocks,
        block_day=block_day,
        calendar=days,
    )


def known(careers: Careers, as_of: int) -> Careers:
    """The careers of people with a contact in the window, of an age to be in the extracts."""
    since = as_of - int(settings()["window_years"] * YEAR)
    youngest, oldest = settings()["birth_years"]
    start = careers.start
    contact = np.zeros(len(start), dtype=np.bool_)
    sanctioned = (careers.sanction_day <= as_of) & (careers.sanction_day >= since)
    contact[careers.occasion.person[sanctioned]] = True
    inside = (careers.block_day <= as_of) & (careers.block_day + careers.blocks.days >= since)
    contact[careers.blocks.person[inside]] = True
    contact[careers.occasion.person[(careers.occasion.place == 0) & (careers.sanction_day > as_of)]] = False
    age = (as_of - start.first_day) / YEAR + start.first_age
    return of_people(careers, contact & (age > youngest) & (age < oldest))


def of_people(careers: Careers, kept: Flags, *, eventful: Flags | None = None) -> Careers:
    """The careers of these people alone, numbered afresh in the same order; events only of those who are `eventful`."""
    person = np.cumsum(kept) - 1
    theirs = kept if eventful is None else kept & eventful
    occasions = np.flatnonzero(theirs[careers.occasion.person])
    blocks = np.flatnonzero(theirs[careers.blocks.person])
    occasion_number = np.zeros(len(careers.occasion), dtype=np.int64)
    occasion_number[occasions] = np.arange(len(occasions))
    start = careers.start.only(kept)
    occasion = careers.occasion.only(occasions)
    block = careers.blocks.only(blocks)
    block = replace(block, person=person[block.person], occasion=occasion_number[block.occasion])
    return Careers(
        start=start,
        occasion=replace(occasion, person=person[occasion.person]),
        sanction_day=careers.sanction_day[occasions],
        offence_day=careers.offence_day[occasions],
        blocks=block,
        block_day=careers.block_day[blocks],
        calendar=calendar(start, block),
    )


def joined(batches: list[Careers]) -> Careers:
    """Several batches of careers as one."""
    if len(batches) == 1:
        return batches[0]
    people = np.cumsum([0, *(len(batch.start) for batch in batches)])
    sanctions = np.cumsum([0, *(len(batch.occasion) for batch in batches)])
    start = end_to_end([batch.start for batch in batches])
    occasion = end_to_end(
        [replace(batch.occasion, person=batch.occasion.person + people[n]) for n, batch in enumerate(batches)]
    )
    blocks = end_to_end(
        [
            replace(batch.blocks, person=batch.blocks.person + people[n], occasion=batch.blocks.occasion + sanctions[n])
            for n, batch in enumerate(batches)
        ]
    )
    return Careers(
        start=start,
        occasion=occasion,
        sanction_day=np.concatenate([batch.sanction_day for batch in batches]),
        offence_day=np.concatenate([batch.offence_day for batch in batches]),
        blocks=blocks,
        block_day=np.concatenate([batch.block_day for batch in batches]),
        calendar=calendar(start, blocks),
    )
