"""What every way of matching and weighting ends in: a weight for each unit of the study."""

from dataclasses import dataclass

import numpy as np

from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Flags, Numbers, Places


@dataclass(frozen=True)
class Matched:
    """Each unit's weight, 0 where it is left out; the weights of either side have the mean 1.

    `group` numbers pairs (or sets) and subclasses from 1, 0 where a unit is in none; None where there are no groups.
    `pairs` are the places of each treated unit and a unit it was matched with; None where that has no meaning.
    """

    method: str
    weights: Numbers
    group: Places | None = None
    pairs: Places | None = None


def with_mean_one(weights: Numbers, treated: Flags) -> Numbers:
    """The weights so that those in use have the mean 1 on either side. Raises InputError where a side has none."""
    scaled = weights.copy()
    for side, who in ((treated, "treated"), (~treated, "comparison")):
        used = side & (weights > 0)
        if not used.any():
            raise InputError(
                f"No {who} unit is left: nobody in the pool is near enough. Try a wider caliper, or say that there is "
                "no overlap."
            )
        scaled[used] *= used.sum() / weights[used].sum()
    return scaled


def width(distance: Numbers, caliper: float | None) -> float:
    """A caliper in the distance's own units. It is given in its standard deviations over the whole study population."""
    if caliper is None:
        return np.inf
    if not (np.isfinite(caliper) and caliper > 0):
        raise InputError(f"The caliper must be a number above 0, not {caliper}.")
    return float(caliper * distance.std(ddof=1))
