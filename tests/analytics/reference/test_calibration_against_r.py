"""The integrated calibration index against R 4.2.2's lowess; people are made by a rule that R can follow too.

i <- 1:200; y <- +((53 * i) %% 101 / 101 < p^1.5); o <- order(p)
mean(abs(p[o] - pmin(pmax(lowess(p, y, f = 0.75, iter = 0)$y, 0), 1)))
"""

import numpy as np
import pytest
from scipy.special import expit, logit

from iom_analytics.evaluation.expected import calibration

I = np.arange(1, 201)  # noqa: E741  (as in R)


@pytest.mark.parametrize(
    ("p", "events", "ici"),
    [
        ((37 * I) % 97 / 99 + 0.01, 77, 0.101540090132),
        (np.array([0.2, 0.4, 0.6, 0.8])[(37 * I) % 97 % 4], 75, 0.118539081947),
        # Three and four in five people with one probability: more than a window holds.
        (np.where(I % 10 < 8, 0.3, np.where(I % 10 == 8, 0.305, 0.7)), 44, 0.1205),
        (np.where(I % 10 < 7, 0.3, np.where(I % 10 < 9, 0.5, 0.7)), 48, 0.14),
    ],
)
def test_the_index_is_that_of_rs_lowess(p: np.ndarray, events: int, ici: float) -> None:
    found = calibration(p**1.5 > (53 * I) % 101 / 101, p)
    assert (found.people, found.events) == (200, events)
    assert found.ici == pytest.approx(ici, abs=1e-10)


def test_the_index_sees_what_intercept_and_slope_do_not() -> None:
    rng = np.random.default_rng(4)
    p = rng.uniform(0.05, 0.95, 20_000)
    right = calibration(rng.random(20_000) < p, p)
    assert right.ici < 0.01
    moved = calibration(rng.random(20_000) < expit(logit(p) - 0.5), p)
    # How far those scores are out on average is known: they were moved by that much.
    assert moved.ici == pytest.approx(np.abs(p - expit(logit(p) - 0.5)).mean(), abs=0.01)
    bent = np.clip(p + 0.1 * np.cos(2 * np.pi * (p - 0.05) / 0.9), 0, 1)  # too low at both ends, too high between
    found = calibration(rng.random(20_000) < bent, p)
    assert abs(found.in_the_large) < 0.06
    assert abs(found.slope - 1) < 0.06
    assert found.ici > 0.03
