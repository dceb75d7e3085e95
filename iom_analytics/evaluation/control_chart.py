"""Is this month unlike the others? Control charts of shares, rates and single values, with the false alarms they raise.

p and u charts: each point's limits are three standard errors of a binomial or Poisson count of its size around the
mean (Shewhart 1931; Montgomery, "Introduction to Statistical Quality Control", chapters 6 and 7). XmR: single values,
with the mean moving range over 1.128 for the standard deviation. The rules are four, of the Western Electric Company's
"Statistical Quality Control Handbook" (1956), and no more can be asked for, since each more raises false alarms:

1. one point beyond 3 sigma;
2. two of three points in a row beyond 2 sigma on one side;
3. four of five in a row beyond 1 sigma on one side;
4. eight in a row on one side of the mean.

How many points go by, on average, until a false alarm is from Champ and Woodall 1987, Technometrics 29, 393-399: 370
with rule 1 alone, 92 with all four. It holds for independent values near enough normal around limits known for certain;
limits found from few points alarm more often, and a season or a trend alarms always. Times between rare events suit
none of the three charts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags, Numbers
from iom_analytics.evaluation.grade import Grade

Kind = Literal["p", "u", "xmr"]

MINIMUM_POINTS = 12
RANGE_TO_SIGMA = 1.128  # the mean range of two normal values in standard deviations (d2)
RULES = {
    1: "One point beyond the limits",
    2: "Two of three points in a row near a limit, on one side",
    3: "Four of five points in a row beyond one sigma, on one side",
    4: "Eight points in a row on one side of the mean",
}
POINTS_UNTIL_FALSE_ALARM = {
    (1,): 370.40,
    (1, 2): 225.44,
    (1, 3): 166.05,
    (1, 4): 152.73,
    (1, 2, 3): 132.89,
    (1, 2, 4): 122.05,
    (1, 3, 4): 105.78,
    (1, 2, 3, 4): 91.75,
}


@dataclass(frozen=True)
class Point:
    """One period: its value, the limits at its size, and the rules that it completes (none: nothing to see)."""

    label: str
    value: float
    low: float
    high: float
    rules: tuple[int, ...]


@dataclass(frozen=True)
class ControlChart:
    """The periods in order, the mean around which they are judged, and what the rules cost.

    `baseline` points at the start set the mean and the limits. `until_false_alarm` is how many points go by on average
    until a false alarm; `false_alarm` is the chance of one at least over the points of this chart, taking alarms to
    come evenly.
    """

    kind: Kind
    mean: float
    points: tuple[Point, ...]
    baseline: int
    rules: tuple[int, ...]
    until_false_alarm: float
    false_alarm: float
    grade: Grade = Grade.DESCRIPTIVE

    @property
    def signals(self) -> tuple[str, ...]:
        return tuple(point.label for point in self.points if point.rules)


def p_chart(
    labels: Sequence[str],
    events: npt.ArrayLike,
    people: npt.ArrayLike,
    *,
    rules: Collection[int] = (1, 4),
    baseline: int | None = None,
) -> ControlChart:
    """The share of people in each period who did.

    Raises InputError where a period has under 10 people (join periods), EstimateError under 12 points to set limits by.
    """
    y, n = arrays.counts(events, "Events"), arrays.counts(people, "People")
    arrays.alike(events=y, people=n)
    refuse_few(n, labels)
    if (y > n).any():
        raise InputError(f"In {labels[arrays.first(y > n) - 1]} more people did than there are.")
    first = start(len(y), baseline)
    mean = float(y[:first].sum() / n[:first].sum())
    if mean in (0, 1):
        raise EstimateError(f"{'Nobody' if mean == 0 else 'Everybody'} did, so there are no limits.")
    return charted("p", labels, y / n, mean, np.sqrt(mean * (1 - mean) / n), rules, first, most=1.0)


def u_chart(
    labels: Sequence[str],
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    people: npt.ArrayLike,
    *,
    rules: Collection[int] = (1, 4),
    baseline: int | None = None,
) -> ControlChart:
    """Events per unit of exposure in each period; `people` is of how many, since under 10 are not shown."""
    y, t, n = arrays.counts(events, "Events"), arrays.positive(exposure, "Exposures"), arrays.counts(people, "People")
    arrays.alike(events=y, exposure=t, people=n)
    refuse_few(n, labels)
    first = start(len(y), baseline)
    mean = float(y[:first].sum() / t[:first].sum())
    if mean == 0:
        raise EstimateError("Nothing happened, so there are no limits.")
    return charted("u", labels, y / t, mean, np.sqrt(mean / t), rules, first)


def xmr_chart(
    labels: Sequence[str], values: npt.ArrayLike, *, rules: Collection[int] = (1, 4), baseline: int | None = None
) -> ControlChart:
    """Single values without a size, such as days until a visit or the number on the cohort, by their moving ranges."""
    x = arrays.numbers(values, "Values")
    first = start(len(x), baseline)
    sigma = float(np.abs(np.diff(x[:first])).mean()) / RANGE_TO_SIGMA
    if sigma == 0:
        raise EstimateError("The values never change, so there are no limits.")
    return charted("xmr", labels, x, float(x[:first].mean()), np.full(len(x), sigma), rules, first, least=-np.inf)


def charted(
    kind: Kind,
    labels: Sequence[str],
    values: Numbers,
    mean: float,
    sigma: Numbers,
    rules: Collection[int],
    baseline: int,
    *,
    least: float = 0.0,
    most: float = np.inf,
) -> ControlChart:
    if len(labels) != len(values) or len(set(labels)) != len(labels):
        raise InputError("Give each period one label of its own.")
    asked = tuple(sorted(set(rules)))
    if asked not in POINTS_UNTIL_FALSE_ALARM:
        raise InputError("The rules are 1, alone or with any of 2, 3 and 4.")
    broken = signals((values - mean) / sigma)
    points = tuple(
        Point(
            str(label),
            float(values[place]),
            max(least, mean - 3 * float(sigma[place])),
            min(most, mean + 3 * float(sigma[place])),
            tuple(rule for rule in asked if broken[rule][place]),
        )
        for place, label in enumerate(labels)
    )
    until = POINTS_UNTIL_FALSE_ALARM[asked]
    return ControlChart(kind, mean, points, baseline, asked, until, float(1 - (1 - 1 / until) ** len(points)))


def signals(z: Numbers) -> dict[int, Flags]:
    """For each rule, which points complete it; `z` is how many sigma each lies from the mean."""
    return {1: np.abs(z) > 3, 2: runs(z, 2, 3, 2), 3: runs(z, 4, 5, 1), 4: runs(z, 8, 8, 0)}


def runs(z: Numbers, many: int, out_of: int, beyond: float) -> Flags:
    """Points that lie so far out on a side and complete `many` such among the last `out_of`."""
    found = np.zeros(len(z), bool)
    for side in (z > beyond, z < -beyond):
        so_far = np.cumsum(np.r_[np.zeros(out_of, int), side])
        found |= side & (so_far[out_of:] - so_far[:-out_of] >= many)
    return found


def start(points: int, baseline: int | None) -> int:
    first = points if baseline is None else baseline
    if first > points:
        raise InputError(f"The first {first} points are to set the limits, but there are {points}.")
    if first < MINIMUM_POINTS:
        raise EstimateError(f"There are {first} points to set the limits by; they need {MINIMUM_POINTS}.")
    return first


def refuse_few(people: Numbers, labels: Sequence[str]) -> None:
    if (people < SMALL).any():
        row = arrays.first(people < SMALL)
        which = labels[row - 1] if row <= len(labels) else f"period {row}"
        raise InputError(f"{which} has under {SMALL} people. Join periods until each has {SMALL}.")
