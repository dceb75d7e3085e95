"""What areas show, drawn towards their mean by how little each area knows: empirical Bayes.

`shrink` is for effects or any estimates that come with a standard error and are near enough normal. `shrink_rates` is
for shares of small areas (how many of how many), where a normal would give limits under 0 and nobody of eight people
would pass for certainty: rates are spread over areas by a beta distribution, and counts are binomial.

Sources: DerSimonian and Laird 1986, Control. Clin. Trials 7, 177-188 (the spread between areas); Efron and Morris 1975,
J. Am. Stat. Assoc. 70, 311-319 (shrinkage); Skellam 1948, J. R. Stat. Soc. B 10, 257-261 (beta-binomial). Intervals of
effects hold the uncertainty of the mean but not of the spread, those of rates neither, so with few areas they are
somewhat too narrow.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln
from scipy.stats import beta

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

MINIMUM_AREAS = 5
LARGEST_PRIOR = 1e4  # people: areas are then as good as alike, and a larger one could not be told from it


@dataclass(frozen=True)
class Shrunk:
    """The areas' effects drawn towards `mean`: by `weight`, the share of each area's own result that is kept."""

    effects: Numbers
    low: Numbers
    high: Numbers
    weight: Numbers
    mean: float
    between: float
    level: float
    grade: Grade


def shrink(effects: npt.ArrayLike, errors: npt.ArrayLike, *, grade: Grade, level: float = 0.95) -> Shrunk:
    """The areas' effects, each with its standard error, drawn towards their mean; `between` is the areas' true spread.

    Raises EstimateError under 5 areas: nobody can tell their spread.
    """
    y, se = arrays.numbers(effects, "Effects"), arrays.positive(errors, "Standard errors")
    arrays.alike(effects=y, errors=se)
    z = arrays.errors_either_side(level)
    if len(y) < MINIMUM_AREAS:
        raise EstimateError(f"There are {len(y)} areas; their spread needs {MINIMUM_AREAS}.")
    fixed = 1 / se**2
    heterogeneity = float(fixed @ (y - fixed @ y / fixed.sum()) ** 2)
    variance = max(0.0, (heterogeneity - len(y) + 1) / float(fixed.sum() - (fixed**2).sum() / fixed.sum()))
    weights = 1 / (se**2 + variance)
    mean = float(weights @ y / weights.sum())
    kept = variance / (variance + se**2)
    shrunk = mean + kept * (y - mean)
    wide = z * np.sqrt(kept * se**2 + (1 - kept) ** 2 / weights.sum())
    return Shrunk(shrunk, shrunk - wide, shrunk + wide, kept, mean, float(np.sqrt(variance)), level, grade)


@dataclass(frozen=True)
class ShrunkRates:
    """The areas' rates drawn towards `mean`: by `weight`, the share of each area's own rate that is kept.

    `prior` is how many people's worth of the mean is added to each area: the larger, the more alike areas are.
    """

    rates: Numbers
    low: Numbers
    high: Numbers
    weight: Numbers
    mean: float
    prior: float
    level: float
    grade: Grade = Grade.DESCRIPTIVE


def shrink_rates(events: npt.ArrayLike, people: npt.ArrayLike, *, level: float = 0.95) -> ShrunkRates:
    """How many of each area's people did, as rates drawn towards the mean of areas, with intervals of equal tails.

    Areas without people are drawn to the mean wholly. Raises InputError where more did than there are, EstimateError
    under 5 areas, or where nobody or everybody did.
    """
    y, n = arrays.counts(events, "Events"), arrays.counts(people, "People")
    arrays.alike(events=y, people=n)
    arrays.share(level, "The level")
    if (y > n).any():
        raise InputError(f"In area {arrays.first(y > n)} more people did than there are.")
    if len(y) < MINIMUM_AREAS:
        raise EstimateError(f"There are {len(y)} areas; their spread needs {MINIMUM_AREAS}.")
    if y.sum() in (0, n.sum()):
        raise EstimateError(f"{'Nobody' if y.sum() == 0 else 'Everybody'} did, so the spread cannot be fitted.")
    mean, prior = beta_binomial(y, n)
    a, b = mean * prior + y, (1 - mean) * prior + n - y
    low, high = beta.ppf([[(1 - level) / 2], [(1 + level) / 2]], a, b)
    return ShrunkRates(a / (a + b), low, high, n / (n + prior), mean, prior, level)


def beta_binomial(events: Numbers, people: Numbers) -> tuple[float, float]:
    """The mean of the areas' rates and the size of the prior (alpha + beta) under which the counts are likeliest."""
    y, n = events, people
    overall = float(y.sum() / n.sum())

    def loss(theta: Numbers) -> float:
        mean, prior = 1 / (1 + np.exp(-theta[0])), np.exp(theta[1])
        a, b = mean * prior, (1 - mean) * prior
        return -float((betaln(a + y, b + n - y) - betaln(a, b)).sum())

    middle = float(np.log(overall / (1 - overall)))
    bounds = [(middle - 4, middle + 4), (np.log(0.1), np.log(LARGEST_PRIOR))]
    # From a narrow and a wide spread: where areas are nearly alike the likelihood is too flat for one start.
    tries = [
        minimize(loss, [middle, np.log(start)], method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13})
        for start in (5.0, 100.0, 5e3)
    ]
    best = min(tries, key=lambda found: float(found.fun)).x
    return float(1 / (1 + np.exp(-best[0]))), float(np.exp(best[1]))
