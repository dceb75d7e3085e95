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
from scipy.special import digamma, gammaln, polygamma
from scipy.stats import nbinom

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers, Places
from iom_analytics.evaluation.grade import Grade

MINIMUM_POOL = 100
MINIMUM_SELECTED = 10
STEPS, STILL, FAR, TAIL = 12, 1e-7, 7.0, 1e-12
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
    of = exposures(t)
    times = np.bincount(y.astype(np.int64)).astype(np.float64)
    found = maximum_likelihood(times, np.bincount(of.place, weights=y).astype(np.float64), of)
    if found.shape > 0.99 * LARGEST_SHAPE:
        raise EstimateError("Counts in the pool vary no more than by chance: the spread of rates cannot be fitted.")
    return found


@dataclass(frozen=True)
class Exposures:
    """The exposures of a pool, each once: of two people with the same one the likelihood needs the sum of counts."""

    each: Numbers
    place: Places
    people: Numbers


def exposures(t: Numbers) -> Exposures:
    each, place = np.unique(t, return_inverse=True)
    return Exposures(each, place, np.bincount(place).astype(np.float64))


class Likelihood:
    """The log-likelihood of a negative binomial at the logarithms of its shape k and mean mu, but for a constant."""

    def __init__(self, times: Numbers, summed: Numbers, of: Exposures) -> None:
        """`times` is how many people have the counts 0, 1, 2 ...; `summed` the counts of each exposure, added up."""
        self.of, self.people, self.summed = of, float(of.people.sum()), summed
        self.values = np.flatnonzero(times)
        self.times = times[self.values]

    def loss(self, theta: Numbers) -> tuple[float, Numbers]:
        """The likelihood of a person with its sign turned, and its slopes."""
        (k, mu), n = np.exp(theta), self.of.people
        rate = mu * self.of.each
        both, none = k + rate, np.log1p(rate / k)
        value = self.times @ (gammaln(k + self.values) - gammaln(k)) - k * (n @ none)
        value += self.summed @ (np.log(rate) - np.log(both))
        left = ((n * rate - self.summed) / both).sum()
        in_k = self.times @ (digamma(k + self.values) - digamma(k)) - n @ none + left
        return -float(value) / self.people, np.array([-k * in_k, k * left]) / self.people

    def newton(self, theta: Numbers) -> Numbers | None:
        """The top by Newton's method, in few steps; None where they do not end there."""
        n, t = self.of.people, self.of.each
        for _ in range(STEPS):
            (k, mu), slope = np.exp(theta), self.loss(theta)[1]
            if np.abs(slope).max() < STILL:
                return theta
            rate = mu * t
            both = k + rate
            over = (n * rate - self.summed) / both**2
            in_kk = self.times @ (polygamma(1, k + self.values) - polygamma(1, k))
            in_kk += (n * rate / (k * both)).sum() - over.sum()
            cross = k * (over @ rate)
            bend = np.array([[-(k**2) * in_kk, cross], [cross, k * ((n * k + self.summed) * rate / both**2).sum()]])
            bend[0, 0] += slope[0] * self.people
            bend /= self.people
            if bend[0, 0] <= 0 or bend[0, 0] * bend[1, 1] <= bend[0, 1] ** 2:
                return None
            theta = theta - np.linalg.solve(bend, slope)
            if not np.abs(theta).max() < FAR:
                return None
        return None


def maximum_likelihood(
    times: Numbers, summed: Numbers, of: Exposures, start: tuple[float, float] | None = None
) -> Rates:
    """The shape and mean under which the counts are likeliest; they are given as to `Likelihood`."""
    likelihood = Likelihood(times, summed, of)
    mean, people = float(summed.sum() / (of.people @ of.each)), int(of.people.sum())
    theta = None if start is None else likelihood.newton(np.log(start))
    if theta is None:
        bounds = [(np.log(1e-4), np.log(LARGEST_SHAPE)), (np.log(mean) - 5, np.log(mean) + 5)]
        settings = {"ftol": 1e-13, "gtol": 1e-9}
        begin = np.log(start or (1.0, mean))
        theta = minimize(likelihood.loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=settings).x
    shape, mean = np.exp(theta)
    constant = float(likelihood.times @ gammaln(likelihood.values + 1))
    return Rates(float(shape), float(mean), people, -likelihood.loss(theta)[0] * people - constant)


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
    uncertainty and chance are in them. Selection must have looked at offending through these counts alone, and at each
    person once: who is picked at a second look was passed over at the first, when their count was lower, and offends a
    little less than the count says. Rates are taken to have nothing to do with exposures: where the most active are in
    custody most, a little more is expected than would come, in favour of the scheme.

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
    ratios, chance, start = np.empty(replicates), np.empty(replicates), (rates.shape, rates.mean)
    prior, of = rates.shape / rates.mean, exposures(pool_t1)
    drawn = nbinom(rates.shape, prior / (prior + of.each[:, None]))
    values = np.arange(int(drawn.isf(TAIL).max()) + 2)
    chances = drawn.pmf(values)
    chances[:, -1] += np.maximum(1 - chances.sum(axis=1), 0)
    people = of.people.astype(np.int64)
    for place in range(replicates):
        # How many people of each exposure have each count: all that the likelihood asks of a pool.
        pool = rng.multinomial(people, chances)
        if not pool[:, 1:].any():  # a pool that hardly offends: as good as drawn again
            pool[0, :2] += (-1, 1)
        again = maximum_likelihood(pool.sum(axis=0).astype(float), pool @ values.astype(float), of, start)
        own = rng.gamma(rates.shape + y, 1 / (prior + t1)) * t2
        chance[place] = rng.poisson(own).sum()
        ratios[place] = rng.poisson(own * ratio).sum() / expected_after(y, t1, t2, rates=again).sum()
    return ratios, chance
