"""A fall from before to after, shown only beside the fall that would have come anyway.

People are selected when they offend most; in the next period they offend less whether anything was done or not
(regression to the mean). How much less is worked out from the pool they were picked from: each person offends at a
constant rate of their own, rates are spread over the pool by a gamma distribution, and offences come by chance
(Poisson), so that counts are negative binomial. Then the expected rate of somebody with y offences in t1 is
(k + y) / (k / mu + t1), with k the gamma's shape and mu its mean.

Sources: Greenwood and Yule 1920, J. R. Stat. Soc. 83, 255-279 (the model); Robbins 1956 and Hauer 1997, "Observational
Before-After Studies in Road Safety", chapter 11 (its use against regression to the mean). What it cannot see: rates
that change by themselves with age, a crisis at the time of selection, recording that changed, and offending for which
somebody is not at liberty: exposures are days at liberty for that reason.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import digamma, gammaln
from scipy.stats import nbinom

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

MINIMUM_POOL = 100
MINIMUM_SELECTED = 10
LARGEST_SHAPE = 1e4  # rates that differ less than by one part in a hundred are all one


@dataclass(frozen=True)
class Rates:
    """How the rates of a pool are spread: gamma with `shape` (k) and `mean` (mu, offences per unit of exposure)."""

    shape: float
    mean: float
    people: int
    log_likelihood: float
    grade: Grade = Grade.DESCRIPTIVE


@dataclass(frozen=True)
class BeforeAfter:
    """A fall and the fall expected without any effect. Rates are per unit of exposure; falls are shares of `before`.

    `expected` is the rate after that regression to the mean alone would bring. `beyond` is the rest of the fall
    (`fall` less `expected_fall`), negative where people offended more than expected; `ratio` is observed over expected
    offences. Both have an interval. `chance_low` to `chance_high` are the rates after that no effect at all would bring
    in 95 of 100 groups alike.
    """

    people: int
    before: float
    after: float
    expected: float
    fall: float
    expected_fall: float
    beyond: float
    beyond_low: float
    beyond_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    chance_low: float
    chance_high: float
    level: float
    rates: Rates
    grade: Grade = Grade.BEFORE_AFTER


def fit_rates(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> Rates:
    """How rates are spread over the eligible pool, by maximum likelihood of a negative binomial with exposures.

    The pool is everybody who could have been selected, the selected included; a pool without its least active people
    makes rates look more alike than they are. Raises EstimateError where the pool is under 100 people, nobody offended,
    or counts vary no more than by chance (then there is no spread to fit).
    """
    y, t = arrays.counts(counts, "Counts"), arrays.positive(exposure, "Exposures")
    arrays.alike(counts=y, exposure=t)
    if len(y) < MINIMUM_POOL:
        raise EstimateError(f"The pool has {len(y)} people; the spread of rates needs {MINIMUM_POOL}.")
    if y.sum() == 0:
        raise EstimateError("Nobody in the pool offended before, so there is nothing that could fall.")
    found = maximum_likelihood(y, t)
    if found.shape > 0.99 * LARGEST_SHAPE:
        raise EstimateError("Counts in the pool vary no more than by chance: the spread of rates cannot be fitted.")
    return found


def maximum_likelihood(y: Numbers, t: Numbers, start: tuple[float, float] | None = None) -> Rates:
    """The shape and mean under which the counts are likeliest; slopes are given, since the bootstrap asks often."""
    mean, people = float(y.sum() / t.sum()), len(y)
    values, how_many = np.unique(y, return_counts=True)

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        k, mu = np.exp(theta)
        rate = mu * t
        both = k + rate
        # The logarithm of the negative binomial but for what neither k nor mu enters.
        value = how_many @ (gammaln(k + values) - gammaln(k)) - k * np.log1p(rate / k).sum()
        value += (y * (np.log(rate) - np.log(both))).sum()
        in_k = how_many @ (digamma(k + values) - digamma(k)) - np.log1p(rate / k).sum() + ((rate - y) / both).sum()
        in_mu = ((y - rate) * k / both).sum()
        return -float(value) / people, -np.array([k * in_k, in_mu]) / people

    bounds = [(np.log(1e-4), np.log(LARGEST_SHAPE)), (np.log(mean) - 5, np.log(mean) + 5)]
    begin = np.log(start or (1.0, mean))
    best = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-9})
    shape, mean = np.exp(best.x)
    return Rates(float(shape), float(mean), people, -float(best.fun) * people - float(gammaln(y + 1).sum()))


def expected_after(
    before: npt.ArrayLike, exposure_before: npt.ArrayLike, exposure_after: npt.ArrayLike, *, rates: Rates
) -> Numbers:
    """How many offences each person would commit after, without any effect, given how many before.

    (k + y) / (k / mu + t1) * t2.
    """
    y, t1 = arrays.counts(before, "Counts before"), arrays.positive(exposure_before, "Exposures before")
    t2 = arrays.positive(exposure_after, "Exposures after")
    arrays.alike(before=y, exposure_before=t1, exposure_after=t2)
    return (rates.shape + y) / (rates.shape / rates.mean + t1) * t2


def fall_of_most_active(*, shape: float, mean: float, at_least: int) -> tuple[float, float, float]:
    """Offences before, after, and the fall between, of everybody with `at_least` so many, with no effect.

    For a population of which nothing is known but its mean and spread, over two periods alike: what a fall published
    without a comparison must be held against. Exact but for the sum's end.
    """
    if shape <= 0 or mean <= 0 or at_least < 0:
        raise InputError("The shape and the mean must be over 0, and the least count 0 or more.")
    spread = nbinom(shape, shape / (shape + mean))
    y = np.arange(at_least, int(spread.isf(1e-13)) + at_least + 2)
    weight = spread.pmf(y)
    before = float(weight @ y / weight.sum())
    after = float(weight @ ((shape + y) / (shape / mean + 1)) / weight.sum())
    if before == 0:
        raise EstimateError("Nobody offends before, so nothing can fall.")
    return before, after, 1 - after / before


def before_after(
    *,
    pool_counts: npt.ArrayLike,
    pool_exposure: npt.ArrayLike,
    selected: npt.ArrayLike,
    after: npt.ArrayLike,
    exposure_after: npt.ArrayLike,
    seed: int,
    replicates: int = 500,
    level: float = 0.95,
) -> BeforeAfter:
    """The fall of those selected from a pool, beside the fall that regression to the mean would bring.

    `selected` says for each of the pool whether they were; `after` and `exposure_after` are of those alone, in the
    pool's order. Intervals by parametric bootstrap: pools are drawn from the fitted spread and fitted again, and the
    group's offences after are drawn from its people's expected rates times the ratio found, so that both the spread's
    uncertainty and chance are in them. Selection must have looked at offending through these counts alone.

    Raises EstimateError where fewer than 10 were selected, nobody of them offended before, or the spread cannot be
    fitted.
    """
    arrays.share(level, "The level")
    y, t1 = arrays.counts(pool_counts, "Counts of the pool"), arrays.positive(pool_exposure, "Exposures of the pool")
    chosen = arrays.happened(selected, "Selected").astype(bool)
    y2, t2 = arrays.counts(after, "Counts after"), arrays.positive(exposure_after, "Exposures after")
    arrays.alike(pool_counts=y, pool_exposure=t1, selected=chosen)
    arrays.alike(selected=y[chosen], after=y2, exposure_after=t2)
    if len(y2) < MINIMUM_SELECTED:
        raise EstimateError(f"{len(y2)} people were selected; a fall needs {MINIMUM_SELECTED}.")
    if y[chosen].sum() == 0:
        raise EstimateError("Nobody of those selected offended before, so there is nothing that could fall.")
    if replicates < 100:
        raise InputError("An interval needs 100 replicates or more.")
    rates = fit_rates(y, t1)
    own, own_t1 = y[chosen], t1[chosen]
    expected = float(expected_after(own, own_t1, t2, rates=rates).sum())
    ratio = float(y2.sum()) / expected
    ratios, chance = bootstrap(rates, t1, own, own_t1, t2, ratio, np.random.default_rng(seed), replicates)
    before_rate = float(own.sum() / own_t1.sum())
    expected_rate = expected / float(t2.sum())
    low, high = arrays.percentiles(ratios, level)
    kept = expected_rate / before_rate
    chance_low, chance_high = arrays.percentiles(chance / t2.sum(), level)
    return BeforeAfter(
        people=len(y2),
        before=before_rate,
        after=float(y2.sum() / t2.sum()),
        expected=expected_rate,
        fall=1 - ratio * kept,
        expected_fall=1 - kept,
        beyond=(1 - ratio) * kept,
        beyond_low=(1 - high) * kept,
        beyond_high=(1 - low) * kept,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        chance_low=chance_low,
        chance_high=chance_high,
        level=level,
        rates=rates,
    )


def bootstrap(
    rates: Rates,
    pool_t1: Numbers,
    y: Numbers,
    t1: Numbers,
    t2: Numbers,
    ratio: float,
    rng: np.random.Generator,
    replicates: int,
) -> tuple[Numbers, Numbers]:
    """Draws of the ratio of observed to expected, and of the offences after that no effect would bring."""
    ratios, chance = np.empty(replicates), np.empty(replicates)
    prior = rates.shape / rates.mean
    for place in range(replicates):
        pool = rng.poisson(rng.gamma(rates.shape, 1 / prior, len(pool_t1)) * pool_t1).astype(np.float64)
        if pool.sum() == 0:  # a pool that hardly offends: as good as drawn again
            pool[0] = 1.0
        again = maximum_likelihood(pool, pool_t1, (rates.shape, rates.mean))
        own = rng.gamma(rates.shape + y, 1 / (prior + t1)) * t2
        chance[place] = rng.poisson(own).sum()
        ratios[place] = rng.poisson(own * ratio).sum() / expected_after(y, t1, t2, rates=again).sum()
    return ratios, chance
