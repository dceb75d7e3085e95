"""How many people a comparison needs, and how small an effect it could find.

Two proportions compared by a normal test of the arcsine difference h = 2 asin(sqrt(p1)) - 2 asin(sqrt(p2)) (Cohen 1988,
"Statistical Power Analysis for the Behavioral Sciences", chapter 6), two-sided. `ratio` is comparison people for each
treated one. A typical cohort can find large effects only: say so before the result, not after it.
"""

import math
from dataclasses import dataclass

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.arrays import errors_either_side, share
from iom_analytics.evaluation.grade import Grade


@dataclass(frozen=True)
class SampleSize:
    """How many are needed in each group to find the difference between two rates."""

    treated: int
    comparison: int
    base: float
    target: float
    alpha: float
    power: float
    grade: Grade


@dataclass(frozen=True)
class DetectableEffect:
    """The highest rate under `base`, and the lowest over it, that would be told from it; None where there is none."""

    treated: int
    comparison: int
    base: float
    lower: float | None
    higher: float | None
    alpha: float
    power: float
    grade: Grade


def sample_size(
    base: float,
    target: float,
    *,
    ratio: float = 1,
    alpha: float = 0.05,
    power: float = 0.8,
    grade: Grade = Grade.COMPARISON,
) -> SampleSize:
    """How many treated and comparison people find the difference between two rates, with the power stated.

    Whole people, rounded up. Raises EstimateError where the rates are one.
    """
    from statsmodels.stats.power import NormalIndPower  # takes seconds to import

    h = effect(base, target)
    if h == 0:
        raise EstimateError("The two rates are the same: no number of people tells them apart.")
    check(ratio, alpha, power)
    treated = NormalIndPower().solve_power(effect_size=abs(h), alpha=alpha, power=power, ratio=ratio)
    return SampleSize(math.ceil(treated), math.ceil(treated * ratio), base, target, alpha, power, grade)


def detectable_effect(
    base: float,
    *,
    treated: int,
    comparison: int,
    alpha: float = 0.05,
    power: float = 0.8,
    grade: Grade = Grade.COMPARISON,
) -> DetectableEffect:
    """The smallest change from `base`, down and up, that so many people would find."""
    from statsmodels.stats.power import NormalIndPower  # takes seconds to import

    share(base, "The base rate")
    if treated < 2 or comparison < 2:
        raise EstimateError("A comparison needs two people at least in each group.")
    check(1, alpha, power)
    h = NormalIndPower().solve_power(nobs1=treated, alpha=alpha, power=power, ratio=comparison / treated)
    angle = 2 * math.asin(math.sqrt(base))
    lower = math.sin((angle - h) / 2) ** 2 if angle - h > 0 else None
    higher = math.sin((angle + h) / 2) ** 2 if angle + h < math.pi else None
    return DetectableEffect(treated, comparison, base, lower, higher, alpha, power, grade)


def needed_for_significance(treated: int, *, estimate: float, error: float, alpha: float = 0.05) -> int:
    """How many treated people would make the difference that was found significant, if it stayed as it is.

    The number at which `estimate`, whose standard error is `error` with `treated` people, is z standard errors, where
    the comparison grows alike: what the Justice Data Lab's reports print where a result is not significant, by the
    usual formula; the Ministry's own is not published. It is no sample size for a new study, which would find the same
    difference only half of the time: see `sample_size`. Raises EstimateError where there is no difference.
    """
    if estimate == 0:
        raise EstimateError("There is no difference: no number of people makes that significant.")
    if treated < 1 or not (error > 0 and math.isfinite(error)):
        raise InputError("The number needed wants one treated person at least, and a standard error over 0.")
    return math.ceil(treated * (errors_either_side(1 - alpha) * error / estimate) ** 2)


def effect(base: float, target: float) -> float:
    """Cohen's h."""
    one, other = share(base, "The base rate"), share(target, "The target rate")
    return 2 * math.asin(math.sqrt(one)) - 2 * math.asin(math.sqrt(other))


def check(ratio: float, alpha: float, power: float) -> None:
    if not (ratio > 0 and math.isfinite(ratio)):
        raise InputError("The ratio of comparison to treated people must be over 0.")
    share(alpha, "Alpha")
    share(power, "The power")
    if power <= alpha:
        raise InputError("The power must be more than alpha.")
