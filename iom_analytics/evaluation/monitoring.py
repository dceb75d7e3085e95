"""Watching results case by case: risk-adjusted CUSUM and the running sum of what was expected less what happened.

Each case has the probability that a score at entry gave it, so that a group of higher risk raises no alarm by itself.
The CUSUM is that of Steiner, Cook, Farewell and Treasure 2000, Biostatistics 1, 441-452: after each case the logarithm
of how much likelier its outcome is if the odds were `odds_ratio` times what they should be is added up, never under 0,
and an alarm is raised at a limit. The running sum is the VLAD of Lovegrove, Valencia, Treasure, Sherlaw-Johnson and
Gallivan 1997, Lancet 350, 1128-1130; it is to be looked at, not to be tested.

The limit is chosen by simulation, for a chance of a false alarm over so many cases or an average number of cases until
one, and how far the simulation may be out is told with it. It holds for probabilities that are right and cases that do
not depend on each other: scores that are out of date alarm by themselves. A test that may be looked at whenever one
likes is `sequential`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

Promise = Literal["false alarm over the cases", "cases until a false alarm"]

MINIMUM_CASES = 30
PATHS = 2000
BEYOND = 4  # simulated as many times as far as the run length asked for; what is longer is reckoned, not simulated


@dataclass(frozen=True)
class Limit:
    """Where a CUSUM alarms, and what that promises: `found` in simulation, with its standard error, beside `asked`."""

    height: float
    odds_ratio: float
    promise: Promise
    asked: float
    found: float
    error: float
    cases: int | None
    seed: int


@dataclass(frozen=True)
class Cusum:
    """The height after each case, and the case (counted from 1) of each alarm; after one it starts again at 0."""

    heights: Numbers
    alarms: tuple[int, ...]
    limit: Limit
    grade: Grade = Grade.EXPECTED


@dataclass(frozen=True)
class Vlad:
    """After each case: expected less observed so far. Over 0: fewer reoffended than their scores said."""

    expected_less_observed: Numbers
    grade: Grade = Grade.EXPECTED


def steps(reoffended: Numbers, probability: Numbers, odds_ratio: float) -> Numbers:
    """The logarithm of the likelihood ratio of each outcome, of odds `odds_ratio` times as high against as they are."""
    return np.asarray(reoffended * np.log(odds_ratio) - np.log1p((odds_ratio - 1) * probability))


def cusum(reoffended: npt.ArrayLike, probability: npt.ArrayLike, *, limit: Limit, start: float = 0.0) -> Cusum:
    """The CUSUM of cases in the order in which their outcomes were known, towards the limit's odds ratio.

    `start` is the height at which earlier cases left it, so that it can go on where it was.
    """
    y, p = read(reoffended, probability)
    if not 0 <= start < limit.height:
        raise InputError("A CUSUM goes on from a height of 0 or more, under the limit.")
    heights, alarms, height = np.empty(len(y)), [], start
    for place, step in enumerate(steps(y, p, limit.odds_ratio).tolist()):
        height = max(0.0, height + step)
        heights[place] = height
        if height >= limit.height:
            alarms.append(place + 1)
            height = 0.0
    return Cusum(heights, tuple(alarms), limit)


def vlad(reoffended: npt.ArrayLike, probability: npt.ArrayLike) -> Vlad:
    y, p = read(reoffended, probability)
    return Vlad(np.cumsum(p - y))


def limit_for_false_alarm(
    probability: npt.ArrayLike, *, odds_ratio: float, chance: float, cases: int, seed: int, paths: int = PATHS
) -> Limit:
    """The limit at which, over so many cases, a false alarm comes with at most this chance.

    `probability` are those of cases like the ones to come: each simulated case draws one of them.
    """
    arrays.share(chance, "The chance of a false alarm")
    p = check(probability, odds_ratio, paths)
    if cases < 1:
        raise InputError("The horizon is one case or more.")
    highest = np.zeros(paths)
    for top in peaks(p, odds_ratio, cases, paths, np.random.default_rng(seed)):
        highest = top
    height = float(np.quantile(highest, 1 - chance, method="higher")) * (1 + 1e-9)
    found = float((highest >= height).mean())
    error = float(np.sqrt(chance * (1 - chance) / paths))
    return Limit(height, odds_ratio, "false alarm over the cases", chance, found, error, cases, seed)


def limit_for_run_length(
    probability: npt.ArrayLike, *, odds_ratio: float, run_length: float, seed: int, paths: int = PATHS
) -> Limit:
    """The limit at which so many cases go by, on average, until a false alarm.

    Run lengths are simulated up to four times the length asked for; the mean is the cases simulated for each alarm,
    which reckons longer ones as if alarms came evenly from there.
    """
    p = check(probability, odds_ratio, paths)
    if not 1 < run_length <= 100_000:
        raise InputError("The run length must lie between 1 and 100,000 cases.")
    horizon = int(np.ceil(BEYOND * run_length))
    every = max(1, horizon // 4000)  # looked at that often, so that a path is not kept case by case
    rng = np.random.default_rng(seed)
    kept = [top.copy() for place, top in enumerate(peaks(p, odds_ratio, horizon, paths, rng)) if place % every == 0]
    highest = np.array(kept)

    def mean_length(height: float) -> tuple[float, int]:
        low = (highest < height).sum(axis=0)  # how many looks passed without an alarm
        alarmed = low < len(highest)
        return float((np.minimum(low * every + 1, horizon)).sum()) / max(1, int(alarmed.sum())), int(alarmed.sum())

    least, most = 0.0, float(highest.max())
    for _ in range(60):
        middle = (least + most) / 2
        if mean_length(middle)[0] < run_length:
            least = middle
        else:
            most = middle
    found, alarms = mean_length(most)
    return Limit(
        most,
        odds_ratio,
        "cases until a false alarm",
        run_length,
        found,
        found / float(np.sqrt(max(1, alarms))),
        None,
        seed,
    )


def peaks(
    probability: Numbers, odds_ratio: float, cases: int, paths: int, rng: np.random.Generator
) -> Iterator[Numbers]:
    """How high each simulated path has been after each case. Yields one array, changed in place, once per case."""
    height, highest = np.zeros(paths), np.zeros(paths)
    quiet, loud = steps(np.zeros_like(probability), probability, odds_ratio), np.log(odds_ratio)
    for _ in range(cases):
        who = rng.integers(0, len(probability), paths)
        height += quiet[who] + loud * (rng.random(paths) < probability[who])
        np.maximum(height, 0, out=height)
        np.maximum(highest, height, out=highest)
        yield highest


def check(probability: npt.ArrayLike, odds_ratio: float, paths: int) -> Numbers:
    p = arrays.probabilities(probability, "Probabilities")
    if len(p) < MINIMUM_CASES:
        raise EstimateError(f"There are {len(p)} probabilities to simulate from; a limit needs {MINIMUM_CASES}.")
    if not 0 < odds_ratio < np.inf or odds_ratio == 1:
        raise InputError("The odds ratio to look for is over 0, and not 1: over 1 for worse, under 1 for better.")
    if paths < 100:
        raise InputError("A limit needs 100 paths or more.")
    return p


def read(reoffended: npt.ArrayLike, probability: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    y, p = arrays.happened(reoffended, "Reoffended"), arrays.probabilities(probability, "Probabilities")
    arrays.alike(reoffended=y, probabilities=p)
    if len(y) == 0:
        raise EstimateError("There are no cases yet.")
    return y, p
