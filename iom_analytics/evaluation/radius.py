"""Radius matching, the Justice Data Lab's: every unit within the caliper of a treated one shares its weight."""

import numpy as np

from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.matched import Matched, width, with_mean_one
from iom_analytics.evaluation.study import Study


def radius(study: Study, distance: Numbers, *, caliper: float | None) -> Matched:
    """Each treated unit with everybody in its stratum not farther than the caliper, who share a weight of 1.

    `caliper` is in standard deviations of the distance. A treated unit with nobody near is left out.
    """
    if caliper is None:
        raise InputError("Radius matching needs a caliper.")
    reach = width(distance, caliper)
    weights = np.zeros(len(distance))
    stratum = np.zeros(len(distance), np.int64) if study.stratum is None else study.stratum
    for number in np.unique(stratum[study.treated]):
        inside = stratum == number
        units = np.flatnonzero(inside & study.treated)
        others = np.flatnonzero(inside & ~study.treated)
        others = others[np.argsort(distance[others], kind="stable")]
        first = np.searchsorted(distance[others], distance[units] - reach, side="left")
        end = np.searchsorted(distance[others], distance[units] + reach, side="right")
        some = end > first
        weights[units[some]] = 1
        # A share that begins at the first of those near and ends behind the last; summed up along the order.
        change = np.zeros(len(others) + 1)
        near = np.zeros(len(others) + 1, np.int64)
        np.add.at(change, first[some], 1 / (end - first)[some])
        np.add.at(change, end[some], -1 / (end - first)[some])
        np.add.at(near, first[some], 1)
        np.add.at(near, end[some], -1)
        weights[others] = np.where(np.cumsum(near)[:-1] > 0, np.maximum(np.cumsum(change)[:-1], 0), 0)
    return Matched("radius", with_mean_one(weights, study.treated))
