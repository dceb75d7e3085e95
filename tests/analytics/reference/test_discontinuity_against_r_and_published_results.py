"""The discontinuity against R (lm with weights, sandwich::vcovHC) and another library's lines and curves.

The Senate elections that rdrobust's papers use are not kept here. On their file: the jump at the published bandwidth of
17.754 is 7.414 (published 7.414; Cattaneo, Idrobo and Titiunik 2020, "A Practical Introduction to Regression
Discontinuity Designs", section 4), and the bandwidth chosen 15.68 (published for Imbens and Kalyanaraman 15.67;
Calonico, Cattaneo and Titiunik 2015, R Journal 7, 38-51).
"""

import os

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iom_analytics.evaluation.discontinuity import at_threshold, chosen_bandwidth, density, discontinuity

I = np.arange(600)  # noqa: E741 (the index of R's script)
X = ((I * 37) % 601 - 300) / 10 + 0.05
Y = 0.5 * X + 0.02 * X**2 - 0.0012 * X**3 * (X < 0) + 4 * (X >= 0) + (I * I * 7 + I * 11) % 29 / 3


def test_bandwidth_line_and_curve_against_r() -> None:
    h = chosen_bandwidth(X, Y)
    assert h == pytest.approx(11.4614492829, rel=1e-9)
    assert at_threshold(Y, X, h, 1) == pytest.approx((5.53993688002, 0.88458850011), rel=1e-8)
    assert at_threshold(Y, X, h, 2) == pytest.approx((6.30577699160, 1.24854560008), rel=1e-8)


def test_lines_and_their_error_against_statsmodels() -> None:
    near = np.abs(X) < 12
    x, above = X[near], (X[near] >= 0).astype(float)
    rows = np.column_stack([np.ones(len(x)), above, x, above * x])
    fit = sm.WLS(Y[near], rows, weights=1 - np.abs(x) / 12).fit(cov_type="HC3")
    assert at_threshold(Y, X, 12, 1) == pytest.approx((fit.params[1], fit.bse[1]))


@pytest.mark.slow
def test_lines_and_curves_against_diff_diff() -> None:
    from diff_diff import RegressionDiscontinuity

    y = 0.5 * X + 3 * (X >= 0) + np.random.default_rng(1).normal(0, 2, 600)
    other = RegressionDiscontinuity(h=20.0, b=20.0).fit(pd.DataFrame({"y": y, "x": X}), outcome="y", running="x")
    found = discontinuity(X, y, threshold=0, bandwidth=20).jump
    assert found.estimate == pytest.approx(other.att_conventional)
    assert found.robust_estimate == pytest.approx(other.att), "bias-corrected with one bandwidth is the curve"
    # Theirs are errors by nearest neighbours: near to HC3, not the same.
    assert found.error == pytest.approx(other.se_conventional, rel=0.15)
    assert found.robust_error == pytest.approx(other.se_robust, rel=0.15)


@pytest.mark.slow
def test_the_density_against_another_test_of_it() -> None:
    from diff_diff import RDDensityTest

    chance = np.random.default_rng(3)
    even = chance.normal(0, 10, 8000)
    bent = np.where((even > -4) & (even < 0) & (chance.random(8000) < 0.5), -even, even)
    for scores, crowded in ((even, False), (bent, True)):
        theirs = RDDensityTest().fit(pd.DataFrame({"x": scores}), running="x")
        ours = density(scores)
        assert ours is not None
        assert (theirs.p_value < 0.01, ours.p < 0.01) == (crowded, crowded)
        assert np.sign(ours.log_ratio) == np.sign(theirs.t_stat) or not crowded


def test_senate_elections() -> None:
    if "SENATE_CSV" not in os.environ:
        pytest.skip("the Senate elections are not kept here: name rdrobust_senate.csv in SENATE_CSV")
    rows = pd.read_csv(os.environ["SENATE_CSV"])[["margin", "vote"]].dropna()
    assert chosen_bandwidth(rows.margin.to_numpy(), rows.vote.to_numpy()) == pytest.approx(15.66761, rel=1e-3)
    found = discontinuity(rows.margin, rows.vote, threshold=0, bandwidth=17.754)
    assert (round(found.jump.estimate, 3), found.below, found.above) == (7.414, 360, 323)
    assert found.density is not None
    assert found.density.p > 0.05
