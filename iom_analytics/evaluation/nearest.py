"""Nearest-neighbour matching on a distance, as R's MatchIt 4.7.2 does it (method "nearest", estimand ATT).

Treated units choose in turn, by default the one with the largest propensity first. Each takes the nearest unit that is
free; of two at the same distance, the one that fewer units lie between, and then the one below. Everybody's first
match comes before anybody's second.
"""

from typing import Literal

import numpy as np

from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Numbers, Places
from iom_analytics.evaluation.matched import Matched, width, with_mean_one
from iom_analytics.evaluation.study import Study

Order = Literal["largest", "smallest", "data", "random"]


def nearest(
    study: Study,
    distance: Numbers,
    *,
    ratio: int = 1,
    caliper: float | None = None,
    replace: bool = False,
    order: Order = "largest",
    seed: int = 0,
) -> Matched:
    """Each treated unit with its `ratio` nearest others, not farther than the caliper, in its stratum.

    `distance` is the propensity or its logit; `caliper` is in standard deviations of it. With `replace` a unit may be
    chosen by several. Raises InputError where nobody is matched.
    """
    if ratio < 1:
        raise InputError(f"The ratio must be 1 or more, not {ratio}.")
    farthest = width(distance, caliper)
    pool = Pool(study, distance)
    if replace:
        chosen = with_replacement(pool, ratio, farthest)
    else:
        chosen = without_replacement(pool, in_turn(study, distance, order, seed), ratio, farthest)
    pairs = np.array([(unit, other) for unit, others in chosen.items() for other in others], np.int64).reshape(-1, 2)
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    weights = np.zeros(len(distance))
    units, first, times = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    weights[units] = 1
    np.add.at(weights, pairs[:, 1], np.repeat(1 / times, times))
    group = None
    if not replace:
        group = np.zeros(len(distance), np.int64)
        group[units] = np.arange(1, len(first) + 1)
        group[pairs[:, 1]] = group[pairs[:, 0]]
    return Matched("nearest", with_mean_one(weights, study.treated), group, pairs)


def in_turn(study: Study, distance: Numbers, order: Order, seed: int) -> Places:
    """The treated in the order in which they choose; of equals the first in the data."""
    units = np.flatnonzero(study.treated)
    if order == "random":
        return np.random.default_rng(seed).permutation(units)
    if order == "data":
        return units
    sign = -1 if order == "largest" else 1
    return units[np.argsort(sign * distance[units], kind="stable")]


class Pool:
    """All units in the order of their distance; the others of each stratum as the places they have in it."""

    def __init__(self, study: Study, distance: Numbers) -> None:
        self.distance = distance
        self.sorted = np.argsort(distance, kind="stable")
        self.place = np.empty(len(distance), np.int64)
        self.place[self.sorted] = np.arange(len(distance))
        self.treated = np.flatnonzero(study.treated)
        self.stratum = np.zeros(len(distance), np.int64) if study.stratum is None else study.stratum
        others = self.sorted[~study.treated[self.sorted]]
        by_stratum = others[np.argsort(self.stratum[others], kind="stable")]
        found, first = np.unique(self.stratum[by_stratum], return_index=True)
        parts = np.split(by_stratum, first[1:])
        self.others = {int(number): part for number, part in zip(found, parts, strict=True)}
        self.first_above = np.full(len(distance), -1, np.int64)
        for number in np.unique(self.stratum[self.treated]):
            units = self.treated[self.stratum[self.treated] == number]
            if (part := self.others.get(int(number))) is not None:
                self.first_above[units] = np.searchsorted(self.place[part], self.place[units])


def without_replacement(pool: Pool, turns: Places, ratio: int, farthest: float) -> dict[int, list[int]]:
    """The units that each treated unit takes. `below` and `above` lead from a taken unit on to the next free one."""
    below = {number: list(range(len(part) + 1)) for number, part in pool.others.items()}
    above = {number: list(range(len(part) + 1)) for number, part in pool.others.items()}
    chosen: dict[int, list[int]] = {}
    waiting = [unit for unit in turns.tolist() if pool.first_above[unit] >= 0]
    for _ in range(ratio):
        still = []
        for unit in waiting:
            number = int(pool.stratum[unit])
            part = pool.others[number]
            # Place k + 1 of `below` is unit k, and place 0 says that there is none; the last place of `above` says so.
            low = free(below[number], int(pool.first_above[unit])) - 1
            high = free(above[number], int(pool.first_above[unit]))
            mine = chosen.get(unit, [])
            taken = nearer(pool, part, unit, low, high, mine, farthest)
            if taken is None:
                continue
            below[number][taken + 1] = taken
            above[number][taken] = taken + 1
            chosen[unit] = [*mine, int(part[taken])]
            still.append(unit)
        waiting = still
    return chosen


def nearer(pool: Pool, part: Places, unit: int, low: int, high: int, mine: list[int], farthest: float) -> int | None:
    """Which of the nearest free below and above; None where neither is within reach."""
    down = abs(pool.distance[unit] - pool.distance[part[low]]) if low >= 0 else np.inf
    up = abs(pool.distance[unit] - pool.distance[part[high]]) if high < len(part) else np.inf
    if min(down, up) > farthest or min(down, up) == np.inf:
        return None
    if down != up:
        return low if down < up else high
    places = [pool.place[unit], *pool.place[mine]]
    return low if min(places) - pool.place[part[low]] <= pool.place[part[high]] - max(places) else high


def free(way: list[int], start: int) -> int:
    """Where the way from a place ends; shortens it for the next who goes it."""
    end = start
    while way[end] != end:
        end = way[end]
    while way[start] != end:
        way[start], start = end, way[start]
    return end


def with_replacement(pool: Pool, ratio: int, farthest: float) -> dict[int, list[int]]:
    """The nearest units of each treated unit; of equals, the one that a walk to both sides by turns comes to first."""
    chosen: dict[int, list[int]] = {}
    for unit in pool.treated.tolist():
        start = int(pool.first_above[unit])
        if start < 0:
            continue
        near = pool.others[int(pool.stratum[unit])][max(0, start - ratio) : start + ratio]
        far = np.abs(pool.distance[near] - pool.distance[unit])
        steps = pool.place[near] - pool.place[unit]
        found = np.lexsort((np.where(steps < 0, -2 * steps - 1, 2 * steps), far))[:ratio]
        if len(found := found[far[found] <= farthest]):
            chosen[unit] = near[found].tolist()
    return chosen
