"""How soon people reoffended on both sides of a comparison: the share who had not, as the year went on.

Everybody compared is followed for the whole year, so nobody drops out of sight, and the estimate of Kaplan and Meier
is the weighted share who had not reoffended; `survival` is for follow-ups of different lengths. Its error is that of
people and pairs, its interval on the log-log scale, which keeps it between nobody and everybody (Kalbfleisch and
Prentice 2002, section 1.4). It describes; that the sides differ is tested by the row of the primary measure alone.
"""

from dataclasses import dataclass

import numpy as np

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import EstimateError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.effect import LEVEL, clustered

MONTHS = 12
DAYS = 365.25 / 12  # in a month on average


@dataclass(frozen=True)
class Side:
    """At the end of a month: how many had not reoffended, and their weighted share, with its interval."""

    at_risk: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Point:
    """Both sides at the end of the same month after the start (nought: the start itself)."""

    month: int
    treated: Side
    comparison: Side


def still_without(
    days: Numbers, treated: Flags, weights: Numbers, *, cluster: Places | None = None
) -> tuple[Point, ...]:
    """The two curves, at the ends of months. `days` to the first reoffence; not a number where there was none.

    A month is left out until ten more people of either side have reoffended since the one before, and where fewer than
    ten have not or are still to: nobody can be counted out from two points, or from one and the year's rate. Raises
    EstimateError where there would be none but the start.
    """
    used = weights > 0
    sides = [used & treated, used & ~treated]
    points = [Point(0, *(Side(int(side.sum()), 1.0, 1.0, 1.0) for side in sides))]
    shown = [0, 0]
    total = [int((np.isfinite(days) & side).sum()) for side in sides]
    for month in range(1, MONTHS + 1):
        did = days < month * DAYS  # not a number is never less
        number = [int((did & side).sum()) for side in sides]
        left = [int((~did & side).sum()) for side in sides]
        since = [now - before for now, before in zip(number, shown, strict=True)]
        later = [whole - now or SMALL for whole, now in zip(total, number, strict=True)]  # none is not few
        if min(*since, *later, *left) < SMALL:
            continue
        shown = number
        points.append(Point(month, *(one(~did, side, weights, cluster) for side in sides)))
    if len(points) == 1:
        raise EstimateError("Too few people reoffended, or too few did not, to show when.")
    return tuple(points)


def one(free: Flags, side: Flags, weights: Numbers, cluster: Places | None) -> Side:
    """A side's share, with the interval of its log of minus its log."""
    own = weights[side] / weights[side].sum()
    share = float(own @ free[side])
    units = np.arange(int(side.sum())) if cluster is None else cluster[side]
    # Only the error is asked for: the interval is by the normal distribution, so no degrees of freedom are needed.
    error = clustered(share, own * (free[side] - share), units, degrees=np.inf, parameters=1).error
    low = high = share
    if error is not None and 0 < share < 1:
        wide = arrays.errors_either_side(LEVEL) * error / (share * np.log(share))
        low, high = sorted((float(share ** np.exp(wide)), float(share ** np.exp(-wide))))
    return Side(int((free & side).sum()), share, low, high)
