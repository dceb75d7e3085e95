"""A watch on those who join: a CUSUM that goes on from where it was, and tells of nobody alone.

What people are held against is settled once, before anybody who joins later is looked at (`Basis`): the score fitted to
those who joined before, or, where they are too few, to people here who could have joined and did not; and the limit,
simulated for it. From then on it does not move with the data. Nor does what was told: each look takes up where the last
one ended, and a case whose outcome became final before that is not counted any more.

Only ends of blocks are told. A block is of ten people or more, ten of whom reoffended and ten of whom did not, so that
no count of it is small; the first is of thirty, the fewest of which `monitoring` says anything. A block can only end
after another ten people and at the end of a day: otherwise the one who made it full would be known to have reoffended,
or not to have. An alarm waits for the end of its block for the same reason. Heights are told to a tenth of the limit:
exact ones would give the last few outcomes away to somebody who knows the scores. Numbers are told to the nearest five
(`Block.told`): those of two watches, one of whom has a few people more, would else be the outcomes of those few. For
the same reason there is no look back where few joined before besides those who are looked back at (`is_all_but_few`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table as IbisTable

from iom_analytics.disclosure import SMALL, rounded
from iom_analytics.engine import Engine
from iom_analytics.errors import EstimateError
from iom_analytics.evaluation import managed, monitoring
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.cohort_study import ENTRIES, firsts
from iom_analytics.evaluation.expected import MINIMUM_REFERENCE, shifted
from iom_analytics.evaluation.monitoring import MINIMUM_CASES, Limit
from iom_analytics.history import Records, complete

BEFORE, OTHERS = "those who joined before", "others"
PROOF_MONTHS = 18


@dataclass(frozen=True)
class Question:
    """What was settled when a watch was registered. `area` None: every area; `known_to` as it was on that day."""

    registered_on: date
    known_to: date
    area: str | None
    odds_ratio: float
    chance: float
    cases: int
    seed: int


@dataclass(frozen=True)
class Basis:
    """What people are held against: whom the score was fitted to, how many, its line on log odds, and the limit."""

    fitted_to: str
    people: int
    intercept: float
    slope: float
    limit: Limit

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Basis":
        return cls(**{**values, "limit": Limit(**values["limit"])})


@dataclass(frozen=True)
class Block:
    """What is known at the end of a block; what may be told of it is `told`.

    `until` is the day on which the last outcome in it became final; `cases` and `expected_less_observed` (the VLAD) are
    of all blocks so far, `tenths` how high the CUSUM stands, in tenths of the limit: 10 is an alarm in this block, and
    it began at nought again after it.
    """

    until: str
    people: int
    observed: int
    expected: float
    cases: int
    expected_less_observed: float
    tenths: int

    @property
    def is_alarm(self) -> bool:
        return self.tenths == 10

    def told(self) -> "Block":
        """The block with every number to the nearest five, so that blocks need not add up to `cases` any more."""
        return replace(
            self,
            people=rounded(self.people),
            observed=rounded(self.observed),
            expected=rounded(self.expected),
            cases=rounded(self.cases),
            expected_less_observed=rounded(self.expected_less_observed),
        )


@dataclass(frozen=True)
class Track:
    """The blocks so far and the height from which the next one goes on, all of them exact; blocks are told rounded."""

    blocks: tuple[Block, ...] = ()
    height: float = 0.0

    @property
    def until(self) -> date:
        return date.fromisoformat(self.blocks[-1].until) if self.blocks else date.min

    @property
    def cases(self) -> int:
        return self.blocks[-1].cases if self.blocks else 0

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Track":
        return cls(tuple(Block(**each) for each in values["blocks"]), values["height"])

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"blocks": [asdict(block) for block in self.blocks]}


@dataclass(frozen=True)
class Watched:
    """How far a watch has come: who joined after it was registered (`since`), and who joined up to then (`before`).

    `is_all_but_few` says that of the latter nothing may be told.
    """

    basis: Basis
    since: Track
    before: Track
    is_all_but_few: bool


def watched(
    engine: Engine,
    records: Records,
    entries: IbisTable,
    *,
    question: Question,
    known_to: date,
    basis: Basis | None = None,
    since: Track = Track(),
    before: Track = Track(),
) -> Watched:
    """The watch as convictions are known up to `known_to`, going on from `since` and `before`.

    `basis` is that of the first look; None settles it. Raises EstimateError where it cannot be settled.
    """
    entries = complete(entries, ENTRIES)
    everybody = entries.mutate(asked_of=entries.may_be_used.fill_null(True))
    every_case = managed.managed(engine, records, everybody, known_to=known_to)
    begun = firsts(entries)
    keys = begun.filter(begun.first_asked).person_key.to_pyarrow()
    of_scheme = pc.is_in(every_case["person_key"], value_set=keys).to_numpy(zero_copy_only=False)
    in_area = np.ones(len(every_case), bool)
    if question.area is not None:
        lives_there = pc.fill_null(pc.equal(every_case["area"], question.area), fill_value=False)
        in_area = lives_there.to_numpy(zero_copy_only=False)
    joined_before = pc.less_equal(every_case["started_on"], pa.scalar(question.registered_on, pa.date32()))
    looked_back_at = joined_before.to_numpy(zero_copy_only=False)
    cases = every_case.filter(pa.array(of_scheme & in_area))
    joined_after = pc.greater(cases["started_on"], pa.scalar(question.registered_on, pa.date32()))
    earlier, later = cases.filter(pc.invert(joined_after)), cases.filter(joined_after)
    if basis is None:
        then = pc.less_equal(earlier["final_on"], pa.scalar(question.known_to, pa.date32()))
        basis = settled(engine, records, entries, question=question, earlier=earlier.filter(then))
    return Watched(
        basis,
        extended(since, later, basis=basis),
        extended(before, earlier, basis=basis, alarms=False),
        is_all_but_few(of_scheme[looked_back_at], in_area[looked_back_at]),
    )


def is_all_but_few(of_scheme: npt.NDArray[np.bool_], in_area: npt.NDArray[np.bool_]) -> bool:
    """Whether a watch of every area, of every scheme or of both would have but one to nine people more.

    Of each person: whether they are of the watch's scheme, and live in its area. What such a watch says, less what this
    one says, would be of those few.
    """
    own = of_scheme & in_area
    wider = (of_scheme, in_area, np.ones_like(own))
    return any(0 < int(each.sum() - own.sum()) < SMALL for each in wider)


def settled(engine: Engine, records: Records, entries: IbisTable, *, question: Question, earlier: pa.Table) -> Basis:
    """The basis, from what was known when the watch was registered; `earlier` are those who had joined by then."""
    did, score = managed.numbers(earlier)
    fitted_to, reference = BEFORE, (did, score)
    if not managed.is_enough(did):
        month = latest_month(question.known_to)
        rows = managed.never_joined(engine, records, entries, month=month, known_to=question.known_to)
        fitted_to, reference = OTHERS, managed.numbers(rows)
    if not managed.is_enough(reference[0]):
        raise EstimateError(
            f"Fewer than {MINIMUM_REFERENCE} people had a final outcome when the watch was registered, or hardly any"
            " of them reoffended, or all did. The score cannot be fitted to people here, so nothing can be watched."
        )
    line = managed.line_of(*reference)
    # Simulated with cases like those to come: those who joined before, where they are enough to draw from.
    like = score if len(score) >= MINIMUM_CASES else reference[1]
    limit = monitoring.limit_for_false_alarm(
        shifted(like, *line),
        odds_ratio=question.odds_ratio,
        chance=question.chance,
        cases=question.cases,
        seed=question.seed,
    )
    return Basis(fitted_to, len(reference[0]), *line, limit)


def latest_month(known_to: date) -> date:
    """The last month whose first day has a final outcome by then."""
    number = known_to.year * 12 + known_to.month - 1 - PROOF_MONTHS
    return date(number // 12, number % 12 + 1, 1)


def extended(track: Track, cases: pa.Table, *, basis: Basis, alarms: bool = True) -> Track:
    """The track with the blocks that have become full since; the cases in them are in the order of `managed`."""
    cases = cases.filter(pc.greater(cases["final_on"], pa.scalar(track.until, pa.date32())))
    did, score = managed.numbers(cases)
    chance = shifted(score, basis.intercept, basis.slope)
    days: list[date] = cases["final_on"].to_pylist()
    # A look back raises none: its path goes on as high as it will.
    limit = basis.limit if alarms else replace(basis.limit, height=np.inf)
    first = 0
    for end in block_ends(days, did, already=track.cases):
        y, p = did[first:end], chance[first:end]
        path = monitoring.cusum(y, p, limit=limit, start=track.height)
        expected = float(p.sum())
        total = track.blocks[-1].expected_less_observed if track.blocks else 0.0
        block = Block(
            until=days[end - 1].isoformat(),
            people=end - first,
            observed=int(y.sum()),
            expected=expected,
            cases=track.cases + end - first,
            expected_less_observed=total + expected - float(y.sum()),
            tenths=10 if path.alarms else min(9, round(10 * float(path.heights[-1]) / basis.limit.height)),
        )
        height = 0.0 if path.alarms and path.alarms[-1] == end - first else float(path.heights[-1])
        track, first = Track((*track.blocks, block), height), end
    return track


def block_ends(days: list[date], did: Numbers, *, already: int) -> list[int]:
    """Where blocks end, as places after the last case of each; what comes after the last is no block yet.

    A day is never parted, and the days are in order.
    """
    ends: list[int] = []
    first = looked = 0
    for place, day in enumerate(days, start=1):
        if (place < len(days) and days[place] == day) or place - looked < SMALL:
            continue
        looked = place
        people, yes = place - first, int(did[first:place].sum())
        if min(yes, people - yes) >= SMALL and already + place >= MINIMUM_CASES:
            ends.append(place)
            first = place
    return ends


def day_of_first(registered_on: date) -> date:
    """The first day on which the outcome of somebody who joined after the registration can be final."""
    joined = registered_on + timedelta(days=1)
    number = joined.year * 12 + joined.month - 1 + PROOF_MONTHS
    last = date((number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)
    return last.replace(day=min(last.day, joined.day))
