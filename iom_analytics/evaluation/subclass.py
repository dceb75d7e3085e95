"""Subclassification on a distance, as R's MatchIt 4.7.2 does it (method "subclass", estimand ATT, min.n 1)."""

import numpy as np

from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Numbers, Places
from iom_analytics.evaluation.matched import Matched, with_mean_one
from iom_analytics.evaluation.study import Study


def subclass(study: Study, distance: Numbers, *, subclasses: int = 6) -> Matched:
    """Everybody in one of `subclasses` groups with equally many treated; others weigh as the treated they face.

    A subclass without one of the sides borrows the nearest unit of a neighbour. Raises InputError where a side has
    fewer units than there are subclasses, or where exact strata were asked for.
    """
    if study.stratum is not None:
        raise InputError(
            "Subclasses cannot be exact within groups: match one group at a time, or use nearest or radius."
        )
    if subclasses < 2:
        raise InputError(f"There must be 2 subclasses or more, not {subclasses}.")
    if min(study.treated.sum(), (~study.treated).sum()) < subclasses:
        raise InputError(f"A side has fewer units than the {subclasses} subclasses asked for.")
    bounds = np.quantile(distance[study.treated], np.linspace(0, 1, subclasses + 1))
    found = np.clip(np.searchsorted(bounds, distance, side="right"), 1, subclasses) - 1
    group = np.unique(found, return_inverse=True)[1].astype(np.int64)
    number = int(group.max()) + 1
    for side in (study.treated, ~study.treated):
        lend(group, np.flatnonzero(side), distance, number)
    treated = np.bincount(group[study.treated], minlength=number)
    others = np.bincount(group[~study.treated], minlength=number)
    weights = np.where(study.treated, 1.0, (treated / others)[group])
    return Matched("subclass", with_mean_one(weights, study.treated), group + 1)


def lend(group: Places, units: Places, distance: Numbers, number: int) -> None:
    """Moves units of one side between neighbouring subclasses until each has one; changes `group`."""
    count = np.bincount(group[units], minlength=number)
    while count.min() == 0:
        empty = int(np.argmin(count))
        spare = [(count[other] - 1) / (other - empty) for other in range(number) if count[other] > 1]
        from_below = empty == number - 1 or (empty > 0 and sum(spare) <= 0)
        side = range(empty - 1, -1, -1) if from_below else range(empty + 1, number)
        # Where the chosen side has nobody to lend, the other has: there are as many units as subclasses.
        lender = next((other for other in side if count[other] > 0), None)
        if lender is None:
            from_below = not from_below
            lender = next(other for other in range(number) if count[other] > 0)
        there = units[group[units] == lender]
        best = distance[there].max() if from_below else distance[there].min()
        moved = there[distance[there] == best][-1]
        group[moved] = empty
        count[empty] += 1
        count[lender] -= 1
