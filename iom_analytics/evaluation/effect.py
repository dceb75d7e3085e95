"""The effect on an outcome: differences of weighted means, and the doubly robust estimate beside them.

The test is the Justice Data Lab's: a t test of two means. Where the comparison is thousands of people it is that of
the treated alone, whose interval reproduces the Data Lab's published ones.
"""

from dataclasses import dataclass

import numpy as np

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import clusters
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.balance import effective_size
from iom_analytics.evaluation.study import Study

LEVEL = 0.95
NOISE = 1e-12  # of an outcome's size: what varies less is the rounding of sums
# The odds of treatment must make the others worth so many: of fewer, a handful of people decides the estimate, and its
# error is too small. Worth 22, an effect of nothing was found in 17 of 100 made studies; worth 12, in 29.
MINIMUM_WORTH = 50
WEAK = 1e4  # the inverse of a ridge penalty, beside as many people as are not treated


@dataclass(frozen=True)
class Sample:
    """One side: how many units, their mean outcome, its variance, and how many evenly weighted units that is worth."""

    number: int
    mean: float
    variance: float
    size: float

    @property
    def error(self) -> float:
        return float(np.sqrt(self.variance / self.size))


@dataclass(frozen=True)
class Difference:
    """Treated minus comparison. What has no standard error (nothing varies) has no interval and no p."""

    estimate: float
    error: float | None
    degrees: float | None
    lower: float | None
    upper: float | None
    p: float | None

    @property
    def half(self) -> float | None:
        return None if self.upper is None else self.upper - self.estimate


def sample(outcome: Numbers, weights: Numbers) -> Sample:
    """One side's units with a weight above 0."""
    used = weights > 0
    values, share = outcome[used], weights[used] / weights[used].sum()
    mean, size = weighted_mean(values, share), effective_size(share)
    spread = float(share @ (values - mean) ** 2) * size / (size - 1) if size > 1 else 0.0
    return Sample(int(used.sum()), mean, 0.0 if is_noise(spread, outcome=values) else spread, size)


def is_noise(variance: float, *, outcome: Numbers) -> bool:
    """Whether a variance is nought but for rounding, beside the outcome it is of."""
    return variance <= (NOISE * float(np.abs(outcome).max())) ** 2


def weighted_mean(values: Numbers, share: Numbers) -> float:
    """The mean; of values that are all the same exactly that, so that rounding does not pass for variation."""
    return float(values[0] if values.min() == values.max() else share @ values)


def of_share(number: int, *, out_of: int) -> Sample:
    """A side of which so many did something."""
    share = number / out_of
    return Sample(out_of, share, share * (1 - share) * out_of / (out_of - 1), float(out_of))


def of_large_group(mean: float) -> Sample:
    """A comparison of so many people that its mean is as good as known."""
    return Sample(0, mean, 0.0, np.inf)


def between(treated: Sample, comparison: Sample) -> Difference:
    """Welch's t test of two means."""
    own, other = treated.error**2, comparison.error**2
    total = own + other
    estimate = treated.mean - comparison.mean
    if total == 0:
        return Difference(estimate, None, None, None, None, None)
    degrees = total**2 / (own**2 / (treated.size - 1) + other**2 / (comparison.size - 1))
    return tested(estimate, float(np.sqrt(total)), float(degrees))


def interval(of: Sample) -> tuple[float, float] | None:
    """The t interval of one side's mean; None where its outcome does not vary."""
    if of.variance <= 0 or not np.isfinite(of.size):
        return None
    found = tested(of.mean, of.error, of.size - 1)
    assert found.lower is not None
    assert found.upper is not None
    return found.lower, found.upper


def tested(estimate: float, error: float, degrees: float) -> Difference:
    from scipy.stats import t  # takes a second to import, which commands without it should not

    half = float(t.ppf((1 + LEVEL) / 2, degrees)) * error
    p = float(2 * t.sf(abs(estimate) / error, degrees))
    return Difference(estimate, error, degrees, estimate - half, estimate + half, p)


def difference(outcome: Numbers, treated: Flags, weights: Numbers, *, cluster: Places | None = None) -> Difference:
    """The difference of the weighted means of an outcome (Hajek: each side's weights add up to 1).

    Without clusters by Welch's test, each side as many units as its weights are worth. With them (a person with
    several rows, a pair, an area) by the errors of clusters, with one degree of freedom less than those of the smaller
    side are worth. Raises InputError where an outcome is missing, and EstimateError where a side has fewer than 5
    clusters.
    """
    raise_for_gaps(outcome, weights)
    if cluster is None:
        return between(sample(outcome[treated], weights[treated]), sample(outcome[~treated], weights[~treated]))
    influence = np.zeros(len(outcome))
    means = []
    for side, sign in ((treated, 1), (~treated, -1)):
        total = weights[side].sum()
        used = side & (weights > 0)
        means.append(weighted_mean(outcome[used], weights[used] / total))
        influence[side] = sign * weights[side] * (outcome[side] - means[-1]) / total
    used = weights > 0
    degrees = clusters.degrees(cluster, treated, weights)
    found = clustered(means[0] - means[1], influence[used], cluster[used], degrees=degrees)
    return without_noise(found, outcome[used])


def without_noise(found: Difference, outcome: Numbers) -> Difference:
    """The difference, without an error that is only rounding: what cancels out in each cluster leaves some behind."""
    if found.error is None or not is_noise(found.error**2, outcome=outcome):
        return found
    return Difference(found.estimate, None, None, None, None, None)


def clustered(
    estimate: float, influence: Numbers, cluster: Places, *, degrees: float, parameters: int = 2
) -> Difference:
    """An estimate with the errors of clusters: each unit's influence added up in its cluster (CR1)."""
    sums = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=influence)
    groups, units = len(sums), len(influence)
    if groups < 2:
        raise InputError("Everybody is in one cluster: there is nothing to tell chance from the effect by.")
    variance = float(sums @ sums) * groups / (groups - 1) * (units - 1) / (units - parameters)
    if variance == 0:
        return Difference(estimate, None, None, None, None, None)
    return tested(estimate, float(np.sqrt(variance)), degrees)


def of_people_and_pairs(person: Places, pair: Places) -> Places:
    """Clusters in which are all rows of a person, and all people of a pair: for pairs of people with several rows.

    Errors of people alone are too wide for pairs, which are alike by their making. `pair` is 0 where a row is in none.
    Source: Abadie and Spiess 2022, J. Am. Stat. Assoc. 117, 983-995 (errors of matched sets).
    """
    from scipy.sparse import coo_array  # takes time to import, which commands without it should not
    from scipy.sparse.csgraph import connected_components

    people = np.unique(person, return_inverse=True)[1]
    used, number = pair > 0, int(people.max()) + 1
    ends = (people[used], number + pair[used])
    size = number + int(pair.max()) + 1
    graph = coo_array((np.ones(int(used.sum())), ends), shape=(size, size))
    found: Places = connected_components(graph, directed=False)[1][people].astype(np.int64)
    return found


def doubly_robust(outcome: Numbers, study: Study, probability: Numbers, *, cluster: Places | None = None) -> Difference:
    """The effect on the treated by AIPW: right where either the propensity or the outcome model is.

    The outcome model is a regression on the covariates among those not treated, logistic for a yes or no and else
    linear, each weighted by the odds of treatment, so that it is right above all where the treated are (Kang and
    Schafer 2007, Stat. Sci. 22, 523-539, on regression with weighted coefficients). Errors are from the influence
    function, which takes both models as if they were known, but for what the regression was drawn towards each of the
    others (as HC3: MacKinnon and White 1985, J. Econometrics 29, 305-325), which is much where few weigh most; the
    weights are made to add up to 1. Degrees of freedom as in `difference`, of units where no clusters are given.

    Raises as `difference` does, and EstimateError where the others, weighted, are worth fewer than 50 units: too few of
    them are like the treated.
    """
    raise_for_gaps(outcome, np.ones(len(outcome)))
    treated = study.treated
    odds = probability / (1 - probability)
    weights = odds[~treated] / odds[~treated].sum()
    if (size := effective_size(weights)) < MINIMUM_WORTH:
        raise EstimateError(
            f"Too few of the others are like the treated: weighted to be like them, they are worth {size:.0f} people, "
            f"and the doubly robust estimate needs {MINIMUM_WORTH}."
        )
    rows = design(study)
    left = outcome - without_treatment(rows, outcome, treated, weights)
    own = float(left[treated].mean())
    other = float(weights @ left[~treated])
    influence = np.empty(len(outcome))
    influence[treated] = (left[treated] - own) / treated.sum()
    influence[~treated] = -weights * (left[~treated] - other) / (1 - leverage(rows[~treated], weights))
    units = np.arange(len(outcome)) if cluster is None else cluster
    degrees = clusters.degrees(units, treated, np.where(treated, 1.0, odds))
    return without_noise(clustered(own - other, influence, units, degrees=degrees, parameters=1), outcome)


def leverage(rows: Numbers, weights: Numbers) -> Numbers:
    """How far each row draws a weighted linear regression towards itself, from 0 up to (but not) 1."""
    inverse = np.linalg.pinv((rows * weights[:, None]).T @ rows)
    found: Numbers = np.clip(weights * ((rows @ inverse) * rows).sum(axis=1), 0, 0.99)
    return found


def without_treatment(rows: Numbers, outcome: Numbers, treated: Flags, weights: Numbers) -> Numbers:
    """What each would have come to untreated, by a weighted regression among those who were not."""
    seen = outcome[~treated]
    if np.isin(seen, (0, 1)).all() and 0 < seen.sum() < len(seen):
        from sklearn.linear_model import LogisticRegression  # takes a second to import

        # So weak a penalty moves no digit that is shown, and keeps a group of whom nobody did from having no answer.
        model = LogisticRegression(C=WEAK, solver="newton-cholesky", fit_intercept=False)
        model.fit(rows[~treated], seen, sample_weight=weights * len(weights))
        chance: Numbers = model.predict_proba(rows)[:, 1]
        return chance
    root = np.sqrt(weights)
    known = np.linalg.lstsq(rows[~treated] * root[:, None], seen * root, rcond=None)[0]
    left: Numbers = rows @ known
    return left


def regression_adjusted(outcome: Numbers, study: Study, weights: Numbers) -> float:
    """The coefficient of treatment in a weighted linear regression of the outcome on it and the covariates."""
    raise_for_gaps(outcome, weights)
    used = weights > 0
    rows = np.column_stack([study.treated.astype(np.float64), design(study)])[used]
    root = np.sqrt(weights[used])
    return float(np.linalg.lstsq(rows * root[:, None], outcome[used] * root, rcond=None)[0][0])


def design(study: Study) -> Numbers:
    """A column of ones and the standardised covariates."""
    columns = [(each.values - each.values.mean()) / each.values.std() for each in study.modelled]
    return np.column_stack([np.ones(len(study.treated)), *columns])


def raise_for_gaps(outcome: Numbers, weights: Numbers) -> None:
    if missing := int((~np.isfinite(outcome[weights > 0])).sum()):
        raise InputError(
            f"The outcome is missing for {missing:,} of those compared. An outcome that is not known yet is not 'no': "
            "wait until it is, or leave those units out before matching and say so."
        )
