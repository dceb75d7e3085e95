"""An interrupted series: what was put in is found, nothing is found where there is nothing, and what is refused."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.interrupted_series import (
    Interrupted,
    autoregression,
    design,
    fitted_model,
    interrupted_series,
)


def made(
    *, before: int = 36, after: int = 24, jump: float = 1.0, slope: float = 1.0, correlation: float = 0, seed: int = 1
) -> np.ndarray:
    """Counts of about 400 with a trend and a season, whose deviations may be left over to the next period."""
    chance = np.random.default_rng(seed)
    t = np.arange(before + after)
    left = np.zeros(len(t))
    for place in range(1, len(t)):
        left[place] = correlation * left[place - 1] + chance.normal(0, 0.05)
    on = t >= before
    rate = 400 * 1.003**t * (1 + 0.1 * np.sin(2 * np.pi * t / 12)) * np.where(on, jump * slope ** (t - before), 1)
    return chance.poisson(rate * np.exp(left))


def of(counts: np.ndarray, *, before: int = 36, **options: Any) -> Interrupted:
    return interrupted_series(counts, np.full(len(counts), 10.0), before=before, **options)


@pytest.mark.slow
def test_what_was_put_in_is_found() -> None:
    found = of(made(jump=0.8, slope=0.98))
    assert (found.before, found.after, found.grade) == (36, 24, Grade.EXPECTED)
    for ratio, truth in ((found.jump, 0.8), (found.slope, 0.98), (found.trend, 1.003)):
        assert ratio.low < truth < ratio.high
    assert found.overall.high < 0.8
    assert found.overall.value == pytest.approx(sum(found.fitted) / sum(found.expected))
    assert sum(found.fitted) == pytest.approx(sum(found.observed), rel=0.02)


@pytest.mark.slow
def test_nothing_is_found_where_there_is_nothing() -> None:
    false = sum(not found.overall.low < 1 < found.overall.high for found in (of(made(seed=seed)) for seed in range(40)))
    assert false <= 6  # of 40 with 5% each, seven or more come once in two hundred times


@pytest.mark.slow
def test_a_season_is_taken_out() -> None:
    counts = made(before=39)
    with_season, without = of(counts, before=39), of(counts, before=39, season=None)
    assert with_season.dispersion < 2 < without.dispersion
    assert with_season.overall.error < without.overall.error


@pytest.mark.slow
def test_errors_allow_for_what_one_period_leaves_to_the_next() -> None:
    counts, rows = made(correlation=0.8, before=60, after=60), design(120, 60, 12)
    fit = fitted_model(counts.astype(float), np.full(120, 10.0), rows, "quasi-poisson", 4)
    correlation, covariance = autoregression(fit, rows)
    plain = sm.GLM(counts, rows, family=sm.families.Poisson(), offset=np.full(120, np.log(10))).fit(scale="X2")
    assert 0.3 < correlation < 0.95
    assert covariance[2, 2] > 1.5 * plain.cov_params()[2, 2]


@pytest.mark.slow
def test_without_correlation_the_errors_are_those_of_a_quasi_poisson() -> None:
    rows = design(60, 36, 12)
    counts = made(seed=3)
    fit = fitted_model(counts.astype(float), np.full(60, 10.0), rows, "quasi-poisson", 3)
    correlation, covariance = autoregression(fit, rows)
    plain = sm.GLM(counts, rows, family=sm.families.Poisson(), offset=np.full(60, np.log(10))).fit(scale="X2")
    assert correlation == 0
    assert covariance == pytest.approx(plain.cov_params(), rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "options", "why"),
    [
        (np.ones(30), {"before": 11}, "11 periods before"),
        (np.ones(30), {"before": 25}, "5 periods after"),
        (np.ones(22), {"before": 14}, "seen twice"),
        (np.r_[np.zeros(20), np.ones(20)], {"before": 20}, "Nothing happened before"),
        (np.r_[np.ones(20), np.zeros(20)], {"before": 20}, "Nothing happened after"),
    ],
)
def test_too_little_to_say(counts: np.ndarray, options: dict[str, Any], why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        of(counts, **options)


@pytest.mark.slow
def test_counts_that_do_not_vary() -> None:
    with pytest.raises(EstimateError, match="no more than by chance"):
        of(np.full(60, 50), model="negative binomial")
    with pytest.raises(EstimateError, match="lies on its line"):
        of(np.full(60, 50))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"season": 1}, "2 periods or more"),
        ({"model": "poisson"}, "quasi-poisson"),
        ({"lags": 60}, "Lags"),
        ({"level": 1}, "level"),
    ],
)
def test_bad_options(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        of(made(), **changes)
    with pytest.raises(InputError, match="over 0"):
        interrupted_series(made(), np.zeros(60), before=36)
