"""Weights without matching: entropy balancing, overlap weights and inverse probabilities.

Entropy balancing: Hainmueller, Political Analysis 20(1), 2012, by its dual. Overlap weights: Li, Morgan and Zaslavsky,
JASA 113, 2018; with a logistic propensity they balance the means of its covariates exactly.
"""

from typing import Literal

import numpy as np

from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.matched import Matched, with_mean_one
from iom_analytics.evaluation.propensity import Propensity
from iom_analytics.evaluation.study import Study

STEPS = 200
EXACT = 1e-10


def entropy(study: Study) -> Matched:
    """The weights of the others, as even as they can be, that give every covariate the mean it has among the treated.

    Raises InputError where no weights do.
    """
    raise_for_strata(study)
    rows = np.array([standardised(each.values, study) for each in study.modelled])
    pool, aim = rows[:, ~study.treated], rows[:, study.treated].mean(axis=1)
    for each, values, wanted in zip(study.modelled, pool, aim, strict=True):
        if not values.min() < wanted < values.max():
            raise InputError(
                f"No weights give the comparison pool the treated's mean of {each.name}: it lies outside what the pool "
                "has. There is no overlap in it."
            )
    pull = np.zeros(len(rows))
    goal, share = spread(pull, pool, aim)
    for _ in range(STEPS):
        slope = pool @ share - aim
        if np.abs(slope).max() < EXACT:
            weights = np.ones(len(study.treated))
            weights[~study.treated] = share * study.treated.sum()
            return Matched("entropy", with_mean_one(weights, study.treated))
        bend = (pool * share) @ pool.T - np.outer(pool @ share, pool @ share)
        step = -np.linalg.lstsq(bend, slope, rcond=None)[0]
        length = 1.0
        tried, share = spread(pull + step, pool, aim)
        while not tried <= goal + 1e-4 * length * (slope @ step) + 1e-14 and length > 1e-9:
            length /= 2
            tried, share = spread(pull + length * step, pool, aim)
        pull, goal = pull + length * step, tried
    raise InputError(
        "No weights give the comparison pool the treated's means of all covariates at once: the pool has nobody like "
        "some of them. Use fewer covariates, or leave out people who could not have been treated."
    )


def spread(pull: Numbers, pool: Numbers, aim: Numbers) -> tuple[float, Numbers]:
    """The dual's value and the weights (which add up to 1) at a multiplier for each covariate."""
    line = pull @ pool
    top = line.max()
    weights = np.exp(line - top)
    total = weights.sum()
    return float(top + np.log(total) - pull @ aim), weights / total


def standardised(values: Numbers, study: Study) -> Numbers:
    pool = values[~study.treated]
    scale = pool.std() or 1.0
    return np.asarray((values - pool.mean()) / scale)


def overlap(study: Study, propensity: Propensity) -> Matched:
    """Weights for the people about whose treatment there was most doubt: each side weighs its chance of the other."""
    raise_for_strata(study)
    chance = propensity.probability
    return Matched("overlap", with_mean_one(np.where(study.treated, 1 - chance, chance), study.treated))


def inverse(study: Study, propensity: Propensity, *, of: Literal["treated", "everyone"] = "treated") -> Matched:
    """Inverse probability weights: the others made like the treated, or both sides like everyone."""
    raise_for_strata(study)
    chance = propensity.probability
    if of == "treated":
        weights = np.where(study.treated, 1.0, chance / (1 - chance))
    else:
        weights = np.where(study.treated, 1 / chance, 1 / (1 - chance))
    return Matched("inverse", with_mean_one(weights, study.treated))


def raise_for_strata(study: Study) -> None:
    if study.stratum is not None:
        raise InputError("Weights cannot be exact within groups: make the group a covariate, or use nearest or radius.")
