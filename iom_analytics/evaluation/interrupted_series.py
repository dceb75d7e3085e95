"""An interrupted time series: whether counts in one area left their own trend when something began.

    log E[y_t] = b0 + b1 t + b2 after + b3 (t - t0) after + seasons + log(exposure_t)

Sources: Wagner, Soumerai, Zhang and Ross-Degnan 2002, J. Clin. Pharm. Ther. 27, 299-309 (level and slope); Lopez
Bernal, Cummins and Gasparrini 2017, Int. J. Epidemiol. 46, 348-355 (counts, exposure, seasons by pairs of sine and
cosine); Newey and West 1987, Econometrica 55, 703-708 (errors that allow for what one period leaves to the next).

With a few dozen periods intervals by Newey and West's errors alone hold the truth in 84 to 89 of 100 made series, not
in 95. Each error is therefore the greater of theirs and of one that takes the deviations for an autoregression of order
one (the dispersion and the correlation put right for what the model's own coefficients take away): 92 to 97 of 100.
That is up to a correlation of 0.4 from one period to the next; where it is 0.7 they are 73 and 86.

What it cannot see: whatever else began at the same time. Nobody is compared who was without the scheme, so its grade is
that of an expectation, not of a comparison of areas; and it must never be begun where a peak was the reason to begin,
since the way back from a peak (regression to the mean) looks like an effect.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

Model = Literal["quasi-poisson", "negative binomial"]
MINIMUM_BEFORE = 12
MINIMUM_AFTER = 6
HARMONICS = 2  # pairs of sine and cosine in a season
LEAST_SPREAD = 1e-6
HIGHEST = 0.95  # of what one period can leave to the next: above it, the trend cannot be told from it


@dataclass(frozen=True)
class Ratio:
    """A ratio of rates: 1 is no change. `error` is of its logarithm."""

    value: float
    error: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Interrupted:
    """How a series changed.

    `trend` is the change from period to period before; `jump` is the change of level in the first period after, `slope`
    that of the trend per period, and `overall` what the model has after over what the trend before would have brought.
    `expected` are the counts that this trend brings in each period after, and `fitted` the model's. `dispersion` is
    Pearson's over its degrees (1: no more spread than chance), and `autocorrelation` how much of one period's
    deviation is left in the next; Newey and West's errors allow for `lags` periods of it.
    """

    before: int
    after: int
    model: Model
    trend: Ratio
    jump: Ratio
    slope: Ratio
    overall: Ratio
    observed: tuple[float, ...]
    fitted: tuple[float, ...]
    expected: tuple[float, ...]
    dispersion: float
    autocorrelation: float
    lags: int
    season: int | None
    level: float
    grade: Grade = Grade.EXPECTED


def interrupted_series(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    before: int,
    season: int | None = 12,
    model: Model = "quasi-poisson",
    lags: int | None = None,
    level: float = 0.95,
) -> Interrupted:
    """How counts, one for each period in order and none missing, left their trend after the first `before` periods.

    `exposure` is what the counts are out of: people, or person-days at liberty. `season` is the number of periods in a
    year, None for no seasons. `lags` are by default 4 (n / 100)^(2/9), rounded down.

    Raises EstimateError where there are fewer than 12 periods before or 6 after, too few for seasons, nothing happened
    before or after, or counts vary no more than by chance and a negative binomial was asked for.
    """
    arrays.share(level, "The level")
    y, exposed = arrays.counts(counts, "Counts"), arrays.positive(exposure, "Exposures")
    arrays.alike(counts=y, exposure=exposed)
    raise_for_few(y, before, season)
    if model not in ("quasi-poisson", "negative binomial"):
        raise InputError(f"The model is 'quasi-poisson' or 'negative binomial', not '{model}'.")
    far = int(4 * (len(y) / 100) ** (2 / 9)) if lags is None else lags
    if not 0 <= far < len(y):
        raise InputError(f"Lags must be 0 or more, and fewer than the {len(y)} periods.")
    rows = design(len(y), before, season)
    fit = fitted_model(y, exposed, rows, model, far)
    return result(fit, y, exposed, rows, before=before, season=season, model=model, lags=far, level=level)


def design(periods: int, before: int, season: int | None) -> Numbers:
    """Columns: one, periods since the interruption, after, periods since the interruption after it, seasons."""
    t = np.arange(periods, dtype=np.float64)
    since, after = t - before, (t >= before).astype(np.float64)
    columns = [np.ones(periods), since, after, since * after]
    if season is not None:
        # The last cosine of an even season is followed by a sine of nought alone.
        waves = [2 * np.pi * number * t / season for number in range(1, HARMONICS + 1) if 2 * number <= season]
        columns += [wave for turn in waves for wave in (np.sin(turn), np.cos(turn)) if np.abs(wave).max() > 1e-9]
    return np.column_stack(columns)


def fitted_model(y: Numbers, exposed: Numbers, rows: Numbers, model: Model, lags: int) -> Any:
    """The fitted generalised linear model, with errors by Newey and West."""
    import statsmodels.api as sm  # takes seconds to import
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    family = sm.families.Poisson()
    if model == "negative binomial":
        family = sm.families.NegativeBinomial(alpha=spread(y, exposed, rows))
    with warnings.catch_warnings():
        # Counts that all lie on their line: the error of nought says so below.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return sm.GLM(y, rows, family=family, offset=np.log(exposed)).fit(
            cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
        )


def spread(y: Numbers, exposed: Numbers, rows: Numbers) -> float:
    """The negative binomial's alpha (variance m + alpha m^2), by maximum likelihood over fits at each alpha."""
    import statsmodels.api as sm
    from scipy.optimize import minimize_scalar
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    def loss(log_alpha: float) -> float:
        family = sm.families.NegativeBinomial(alpha=float(np.exp(log_alpha)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PerfectSeparationWarning)
            return -float(sm.GLM(y, rows, family=family, offset=np.log(exposed)).fit().llf)

    low, high = np.log(LEAST_SPREAD), np.log(100.0)
    best = float(minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-8}).x)
    if best < low + 1:
        raise EstimateError("Counts vary no more than by chance: there is no spread to fit. Use quasi-poisson.")
    return float(np.exp(best))


def autoregression(fit: Any, rows: Numbers) -> tuple[float, Numbers]:
    """The correlation of one period's deviation with the next, and the coefficients' covariance if that is all.

    Residuals hold less correlation and spread than the deviations, since the coefficients follow them: both are put
    right by what residuals of deviations so correlated would show. A negative correlation counts as none.
    """
    from scipy.optimize import brentq

    root = np.sqrt(fit.fittedvalues**2 / fit.family.variance(fit.fittedvalues))
    scaled = rows * root[:, None]
    inverse = np.linalg.inv(scaled.T @ scaled)
    left = np.asarray(fit.resid_pearson)
    maker = np.eye(len(left)) - scaled @ inverse @ scaled.T
    apart = np.abs(np.subtract.outer(np.arange(len(left)), np.arange(len(left))))

    def shown(correlation: float) -> Numbers:
        return np.asarray(maker @ np.power(correlation, apart) @ maker)

    def miss(correlation: float) -> float:
        covariance = shown(correlation)
        return float(np.trace(covariance, offset=1) / np.trace(covariance) - left[1:] @ left[:-1] / (left @ left))

    found = 0.0 if miss(0.0) >= 0 else HIGHEST if miss(HIGHEST) <= 0 else float(brentq(miss, 0.0, HIGHEST, xtol=1e-6))
    scale = float(left @ left) / float(np.trace(shown(found)))
    return found, scale * inverse @ scaled.T @ np.power(found, apart) @ scaled @ inverse


def result(
    fit: Any,
    y: Numbers,
    exposed: Numbers,
    rows: Numbers,
    *,
    before: int,
    season: int | None,
    model: Model,
    lags: int,
    level: float,
) -> Interrupted:
    values, by_lags = np.asarray(fit.params), np.asarray(fit.cov_params())
    correlation, by_order_one = autoregression(fit, rows)
    degrees = len(y) - rows.shape[1]
    after = rows[before:]
    without = after.copy()
    without[:, 2:4] = 0
    fitted, expected = (exposed[before:] * np.exp(each @ values) for each in (after, without))
    # The slope of the logarithm of the sum, and so its error, by each coefficient.
    gradient = fitted @ after / fitted.sum() - expected @ without / expected.sum()
    left = np.asarray(fit.resid_pearson)

    def ratio(of: Numbers, log: float | None = None) -> Ratio:
        error = max(float(np.sqrt(of @ covariance @ of)) for covariance in (by_lags, by_order_one))
        return ratio_of(float(of @ values) if log is None else log, error, degrees, level)

    one = np.eye(len(values))
    return Interrupted(
        before=before,
        after=len(y) - before,
        model=model,
        trend=ratio(one[1]),
        jump=ratio(one[2]),
        slope=ratio(one[3]),
        overall=ratio(gradient, float(np.log(fitted.sum() / expected.sum()))),
        observed=tuple(y[before:].tolist()),
        fitted=tuple(fitted.tolist()),
        expected=tuple(expected.tolist()),
        dispersion=float(left @ left) / degrees,
        autocorrelation=correlation,
        lags=lags,
        season=season,
        level=level,
    )


def ratio_of(log: float, error: float, degrees: int, level: float) -> Ratio:
    from scipy.stats import t  # takes a second to import, which commands without it should not

    if not (np.isfinite(error) and error > 1e-10):
        raise EstimateError("Every count lies on its line: there is nothing to tell chance from a change by.")
    half = float(t.ppf((1 + level) / 2, degrees)) * error
    return Ratio(
        float(np.exp(log)),
        error,
        float(np.exp(log - half)),
        float(np.exp(log + half)),
        float(2 * t.sf(abs(log) / error, degrees)),
    )


def raise_for_few(y: Numbers, before: int, season: int | None) -> None:
    after = len(y) - before
    if before < MINIMUM_BEFORE:
        raise EstimateError(f"There are {before} periods before; a trend needs {MINIMUM_BEFORE}.")
    if after < MINIMUM_AFTER:
        raise EstimateError(f"There are {after} periods after; a change of level and trend needs {MINIMUM_AFTER}.")
    if season is not None:
        if season < 2:
            raise InputError(f"A season has 2 periods or more, not {season}; None stands for no seasons.")
        if len(y) < 2 * season or before < season:
            raise EstimateError(
                f"A season of {season} periods needs to be seen twice, once of it before. Give season=None where there "
                "are no seasons, or wait."
            )
    for part, name in ((y[:before], "before"), (y[before:], "after")):
        if part.sum() == 0:
            raise EstimateError(f"Nothing happened {name}, so there is no rate to compare.")
