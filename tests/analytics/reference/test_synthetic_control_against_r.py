"""A synthetic control against R's quadprog, which minimises the same square under the same bounds (ridge 1e-4).

    s <- solve.QP(crossprod(X) + 1e-4 * diag(J), crossprod(X, y), cbind(1, diag(J)), c(1, rep(0, J)), meq = 1)$solution

California's Proposition 99 is not kept here; its figures were compared with R's by hand on the file of the package
synthdid: effect -19.5136 and 3 of 39 areas in both (published, with another solver and a ridge: -19.6, Arkhangelsky,
Athey, Hirshberg, Imbens and Wager 2021, Am. Econ. Rev. 111, 4088-4118, table 1).
"""

import numpy as np
import pytest

from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.synthetic_control import synthetic_control

AREAS = [f"a{number}" for number in range(1, 13)]


def made() -> np.ndarray:
    """24 periods of 12 areas; the first is a mix of three of them, with noise, less 6 after the 16th."""
    t, j = np.arange(1, 25)[:, None], np.arange(1, 13)[None, :]
    rows = 50 + 3 * j + (7 * t * j + 3 * t**2 + 5 * j) % 23 / 2 + t * (j % 4) / 4
    mix = 0.5 * rows[:, 2] + 0.3 * rows[:, 6] + 0.2 * rows[:, 9]
    rows[:, 0] = mix + (5 * t[:, 0] ** 2) % 7 / 4 - 6 * (t[:, 0] > 16)
    return rows


@pytest.mark.slow
def test_a_made_area() -> None:
    found = synthetic_control(made(), areas=AREAS, area="a1", before=16)
    expected = {"a3": 0.47706843, "a7": 0.25467027, "a9": 0.00157693, "a10": 0.21895655, "a11": 0.04772781}
    assert found.weights == pytest.approx(expected, abs=1e-4)
    assert found.effect == pytest.approx(-5.87842630255, abs=1e-4)
    assert (found.p, found.least_p) == (pytest.approx(1 / 12), pytest.approx(1 / 12))
    gaps = np.array(found.gaps)
    ratio = np.sqrt((gaps[16:] ** 2).mean() / (gaps[:16] ** 2).mean())
    assert ratio == pytest.approx(11.2454205, rel=1e-4)
    assert (found.donors, found.before, found.after, found.grade) == (11, 16, 8, Grade.AREA)
    assert np.array(found.observed) - found.synthetic == pytest.approx(gaps)
    assert found.ratio == pytest.approx(found.effect / np.mean(found.synthetic[16:]))


@pytest.mark.slow
def test_a_donor_taken_for_the_area_is_ranked_by_r_alike() -> None:
    # R's ratios: a1 11.25, a3 2.13, a7 1.74, a8 1.69, a4 1.52, a11 1.48, a9 1.47 ...
    for area, rank in (("a3", 2), ("a4", 5), ("a9", 7)):
        assert synthetic_control(made(), areas=AREAS, area=area, before=16).p == pytest.approx(rank / 12)
