"""Survival on the 1,445 releases from North Carolina's prisons in 1977 and 1978, against R 4 with survival 3.5.3.

Parametric models (R's survreg gives the Weibull log-likelihood -3,192.10883 and the log-normal -3,156.13531) have no
counterpart here: nothing the product says rests on one. The same people check Kaplan-Meier, log-rank and Cox instead.
"""

from pathlib import Path

import pandas as pd
import pytest

from iom_analytics.evaluation import survival
from iom_analytics.evaluation.grade import Grade

NAMES = ("workprg", "priors", "tserved", "felon", "alcohol", "drugs", "black", "married", "educ", "age")


@pytest.fixture(scope="module")
def releases(shared: Path) -> pd.DataFrame:
    rows = pd.read_csv(shared / "outcomes" / "recid_nc1978.csv")
    return rows.assign(returned=1 - rows.cens)


def test_a_cox_model(releases: pd.DataFrame) -> None:
    # coxph(Surv(durat, 1 - cens) ~ workprg + priors + ... + age), ties by Efron
    x = releases[list(NAMES)].to_numpy(float)
    found = survival.cox(releases.durat, releases.returned, x, names=NAMES, grade=Grade.DESCRIPTIVE)
    assert (found.rows, found.events) == (1445, 552)
    value = [
        0.0844047260,
        0.0880165127,
        0.0130651531,
        -0.2839037447,
        0.4329985053,
        0.2776043519,
        0.4350647298,
        -0.1551367602,
        -0.0213612466,
        -0.0036054794,
    ]
    error = [
        0.0908109498,
        0.0134634320,
        0.0016826737,
        0.1061160392,
        0.1057236428,
        0.0978660242,
        0.0883757115,
        0.1092094220,
        0.0194457541,
        0.0005228188,
    ]
    assert [each.value for each in found.coefficients] == pytest.approx(value, abs=1e-6)
    assert [each.error for each in found.coefficients] == pytest.approx(error, abs=1e-6)
    assert found.log_likelihood_without == pytest.approx(-3891.774073, abs=1e-5)
    assert found.log_likelihood == pytest.approx(-3813.078535, abs=1e-5)


def test_kaplan_meier(releases: pd.DataFrame) -> None:
    # summary(survfit(Surv(durat, 1 - cens) ~ 1, conf.type = "log-log"), times = c(12, 24, 48, 72))
    points = survival.kaplan_meier(releases.durat, releases.returned, at=[12, 24, 48, 72]).points
    assert [point.at_risk for point in points] == [1276, 1119, 966, 706]
    assert [point.share for point in points] == pytest.approx(
        [0.873356401384, 0.766089965398, 0.667820069204, 0.619703137959]
    )
    assert [point.low for point in points] == pytest.approx(
        [0.855096968838, 0.743397044174, 0.642885672784, 0.594104432003], abs=1e-8
    )
    assert [point.high for point in points] == pytest.approx(
        [0.889465505989, 0.787072006128, 0.691451624116, 0.644199373597], abs=1e-8
    )


def test_the_log_rank(releases: pd.DataFrame) -> None:
    # survdiff(Surv(durat, 1 - cens) ~ workprg)
    found = survival.log_rank(releases.durat, releases.returned, releases.workprg, grade=Grade.DESCRIPTIVE)
    assert found.chi_squared == pytest.approx(0.289303299946, abs=1e-8)
