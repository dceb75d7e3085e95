"""An interrupted series against R: glm(quasipoisson) and MASS::glm.nb, errors by sandwich::NeweyWest.

NeweyWest(m, lag = 3, prewhite = FALSE, adjust = TRUE). The published tutorial's own series (its figure for a change of
level alone, 0.885, is R's on the same file) is not kept here; estimates of it were compared with R's by hand.
"""

import numpy as np
import pytest

from iom_analytics.evaluation.interrupted_series import Model, design, fitted_model, interrupted_series

T = np.arange(48)
EXPOSURE = 1000 + 5 * T
BEFORE = 30


def series(noise: int) -> np.ndarray:
    """Counts with a season, a fall at 30 and a slope from there; noise from remainders, the same in any language."""
    fall = 25 * (T >= BEFORE) + (T >= BEFORE) * (T - BEFORE)
    return 80 + noise * ((37 * T * T + 11 * T) % 29) + 30 * (T % 12 > 8) - fall


# Trend, jump and slope: coefficient and error.
R: list[tuple[int, Model, float, list[float], list[float]]] = [
    (
        1,
        "quasi-poisson",
        1.006977,
        [-0.00536061288078, -0.20343899748715, -0.01876246595879],
        [0.00182634057963, 0.04579186443801, 0.00389049414440],
    ),
    (
        3,
        "quasi-poisson",
        4.40644,
        [-0.00624016634416, -0.04147278084350, -0.02430019379978],
        [0.00379225070007, 0.08540069776225, 0.00564297587223],
    ),
    (
        3,
        "negative binomial",
        float("nan"),
        [-0.00636132314555, -0.04182908831377, -0.02384815597129],
        [0.00388796282005, 0.08919695469308, 0.00555636778051],
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "model", "dispersion", "values", "errors"), R)
def test_coefficients_and_newey_west_errors(
    noise: int, model: Model, dispersion: float, values: list[float], errors: list[float]
) -> None:
    counts = series(noise)
    fit = fitted_model(counts.astype(float), EXPOSURE.astype(float), design(48, BEFORE, 12), model, 3)
    assert np.asarray(fit.params)[1:4] == pytest.approx(values, abs=1e-6)
    # Of a negative binomial statsmodels takes the observed information, and sandwich the expected.
    near = 1e-5 if model == "quasi-poisson" else 0.015
    assert np.asarray(fit.bse)[1:4] == pytest.approx(errors, rel=near)
    found = interrupted_series(counts, EXPOSURE, before=BEFORE, model=model)
    ratios = (found.trend, found.jump, found.slope)
    assert found.lags == 3
    assert [np.log(ratio.value) for ratio in ratios] == pytest.approx(values, abs=1e-6)
    for ratio, error in zip(ratios, errors, strict=True):
        assert ratio.error >= error * (1 - near), "never less than Newey and West's"
    if model == "quasi-poisson":
        assert found.dispersion == pytest.approx(dispersion, rel=1e-5)
