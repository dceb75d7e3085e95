"""Survival against R 4 with survival 3.5.3: numbers are R's, and each test says by which call."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import survival
from iom_analytics.evaluation.grade import Grade

NAMES = ("fin", "age", "race", "wexp", "mar", "paro", "prio")
PERSON = [1, 1, 1, 2, 2, 3, 4, 4, 5, 6, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12]
START = [0, 3, 7, 0, 5, 0, 0, 4, 0, 0, 2, 6, 0, 0, 0, 8, 0, 0, 0, 9]
STOP = [3, 7, 12, 5, 11, 12, 4, 9, 10, 2, 6, 12, 12, 7, 8, 12, 6, 12, 9, 12]
EVENT = [1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0]
X = [1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0]
Z = [2.1, 2.1, 2.5, 0.3, 0.3, 1.2, 0.9, 1.9, 0.2, 1.1, 1.1, 3.0, 0.7, 0.4, 1.6, 1.6, 2.2, 0.1, 0.8, 1.4]


@pytest.fixture(scope="module")
def rossi(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "outcomes" / "rossi.csv")


def test_a_cox_model_of_rossi(rossi: pd.DataFrame) -> None:
    # coxph(Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio, ties = "efron")
    x = rossi[list(NAMES)].to_numpy()
    found = survival.cox(rossi.week, rossi.arrest, x, names=NAMES, grade=Grade.DESIGNED)
    assert (found.rows, found.events, found.is_clustered) == (432, 114, False)
    value = [-0.3794221665, -0.0574377427, 0.3138997878, -0.1497956977, -0.4337038779, -0.0848710825, 0.0914970810]
    error = [0.1913794807, 0.0219994706, 0.3079927766, 0.2122242962, 0.3818680577, 0.1957566719, 0.0286485500]
    assert [each.value for each in found.coefficients] == pytest.approx(value, abs=1e-6)
    assert [each.error for each in found.coefficients] == pytest.approx(error, abs=1e-6)
    assert found.coefficients[0].hazard_ratio == pytest.approx(0.684257, abs=1e-6)
    assert found.log_likelihood_without == pytest.approx(-675.380632347, abs=1e-6)
    assert found.log_likelihood == pytest.approx(-658.747659446, abs=1e-6)
    risk = x @ [each.value for each in found.coefficients]
    assert survival.concordance(rossi.week, rossi.arrest, risk) == pytest.approx(0.6403292471, abs=1e-6)


def test_the_log_rank_of_rossi(rossi: pd.DataFrame) -> None:
    # survdiff(Surv(week, arrest) ~ fin)
    found = survival.log_rank(rossi.week, rossi.arrest, rossi.fin, grade=Grade.DESIGNED)
    assert found.chi_squared == pytest.approx(3.83756957655, abs=1e-8)
    assert found.p == pytest.approx(0.0501, abs=1e-4)
    assert rossi.groupby("fin").arrest.sum().to_list() == [66, 48]


def test_kaplan_meier_of_rossi(rossi: pd.DataFrame) -> None:
    # summary(survfit(Surv(week, arrest) ~ 1, conf.type = "log-log"), times = c(10, 26, 52))
    points = survival.kaplan_meier(rossi.week, rossi.arrest, at=[10, 26, 52]).points
    assert [point.at_risk for point in points] == [418, 381, 322]
    assert [point.share for point in points] == pytest.approx([0.965277777778, 0.875, 0.736111111111])
    assert [point.low for point in points] == pytest.approx([0.943064597960, 0.839975405843, 0.691859715796])
    assert [point.high for point in points] == pytest.approx([0.978920997067, 0.902803795661, 0.775063183375])


def test_recurrent_events_with_covariates_that_change() -> None:
    # coxph(Surv(start, stop, status) ~ x + z, ties = "efron", cluster = id); naive errors without the cluster.
    x = np.column_stack([X, Z])
    robust = survival.cox(STOP, EVENT, x, names=("x", "z"), start=START, person=PERSON, grade=Grade.COMPARISON)
    naive = survival.cox(STOP, EVENT, x, names=("x", "z"), start=START, grade=Grade.COMPARISON)
    for found in (robust, naive):
        assert [each.value for each in found.coefficients] == pytest.approx([2.433224828262, -0.661179182118], abs=1e-5)
        assert found.log_likelihood == pytest.approx(-24.6020226386, abs=1e-6)
        assert found.log_likelihood_without == pytest.approx(-28.2712137999, abs=1e-6)
    assert [each.error for each in naive.coefficients] == pytest.approx([1.076928009653, 0.618101127698], abs=1e-5)
    # With ties the robust errors of statsmodels are not R's: with this many, among 12 people, up to a tenth smaller.
    assert [each.error for each in robust.coefficients] == pytest.approx([0.614391749122, 0.241917766024], rel=0.10)


def test_recurrent_events_without_ties() -> None:
    # As before, each person's times moved by id / 100.
    moved = np.array(PERSON) / 100
    start = np.where(np.array(START) > 0, START + moved, 0)
    x = np.column_stack([X, Z])
    found = survival.cox(STOP + moved, EVENT, x, names=("x", "z"), start=start, person=PERSON, grade=Grade.COMPARISON)
    assert [each.value for each in found.coefficients] == pytest.approx([2.554819635144, -0.722248560757], abs=1e-6)
    assert [each.error for each in found.coefficients] == pytest.approx([0.660977253924, 0.249748075951], abs=1e-6)


@pytest.mark.slow
def test_errors_by_person_agree_with_a_bootstrap_of_persons() -> None:
    rng = np.random.default_rng(7)
    rows = []
    for person in range(150):
        treated, frailty, now = person % 2, rng.gamma(1, 1), 0.0
        while now < 3:
            then = min(now + rng.exponential(1 / (frailty * np.exp(-0.3 * treated) + 1e-9)), 3)
            rows.append((person, now, then, int(then < 3), treated))
            now = then
    person, start, stop, event, treated = (np.array(column) for column in zip(*rows, strict=True))

    def fit(which: np.ndarray, who: np.ndarray | None) -> survival.Coefficient:
        return survival.cox(
            stop[which],
            event[which],
            treated[which, None],
            names=("treated",),
            start=start[which],
            person=who,
            grade=Grade.COMPARISON,
        ).coefficients[0]

    everyone = np.arange(len(person))
    by_person = [np.flatnonzero(person == each) for each in range(150)]
    draws = [
        fit(np.concatenate([by_person[each] for each in rng.integers(0, 150, 150)]), None).value for _ in range(60)
    ]
    robust, naive = fit(everyone, person).error, fit(everyone, None).error
    assert robust == pytest.approx(float(np.std(draws)), rel=0.25)
    assert naive < 0.8 * robust


def test_competing_causes() -> None:
    # survfit(Surv(t, factor(e)) ~ 1)$pstate
    time, cause = [2, 3, 3, 5, 6, 6, 8, 9, 11, 12, 12, 14], [1, 2, 1, 0, 1, 2, 1, 0, 2, 1, 0, 0]
    found = survival.competing_incidence(time, cause)
    assert [each.time for each in found] == [2, 3, 6, 8, 11, 12]
    assert [each.at_risk for each in found] == [12, 11, 8, 6, 4, 3]
    first = [0.0833333333, 0.1666666667, 0.2604166667, 0.3541666667, 0.3541666667, 0.4713541667]
    second = [0, 0.0833333333, 0.1770833333, 0.1770833333, 0.2942708333, 0.2942708333]
    assert [each.share[1] for each in found] == pytest.approx(first)
    assert [each.share[2] for each in found] == pytest.approx(second)


def test_what_survival_refuses() -> None:
    with pytest.raises(EstimateError, match="Nobody had"):
        survival.kaplan_meier([1, 2], [0, 0], at=[1])
    with pytest.raises(EstimateError, match="at risk"):
        survival.kaplan_meier([1, 2], [1, 0], at=[5])
    with pytest.raises(EstimateError, match="one group"):
        survival.log_rank([1, 2], [1, 0], [1, 1], grade=Grade.COMPARISON)
    with pytest.raises(InputError):
        survival.log_rank([1, 2], [1, 0], [1], grade=Grade.COMPARISON)
    with pytest.raises(EstimateError, match="Nothing happened"):
        survival.competing_incidence([1, 2], [0, 0])
    with pytest.raises(EstimateError, match="compared"):
        survival.concordance([1], [1], [1])

    def cox(x: object, person: object = None, start: object = START) -> None:
        survival.cox(STOP, EVENT, x, names=("x",), start=start, person=person, grade=Grade.COMPARISON)

    with pytest.raises(EstimateError, match="does not vary"):
        cox(np.ones((20, 1)))
    with pytest.raises(InputError):
        cox(np.ones((3, 1)))
    with pytest.raises(InputError, match="ends before"):
        cox(np.array(X)[:, None], start=np.array(STOP))
    with pytest.raises(InputError, match="overlap"):
        cox(np.array(X)[:, None], person=PERSON, start=np.zeros(20))
    with pytest.raises(InputError, match="one length"):
        cox(np.array(X)[:, None], person=PERSON[:5])
    with pytest.raises(EstimateError, match="2 people"):
        cox(np.array(X)[:, None], person=[1] * 10 + [2] * 10)
    with pytest.raises(EstimateError, match="too few"):
        survival.cox([1, 2], [1, 0], [[1], [0]], names=("x",), grade=Grade.COMPARISON)
    few = np.isin(PERSON, (1, 4, 6, 9))
    with pytest.raises(EstimateError, match="4 people are on one side"):
        cox(few[:, None], person=PERSON)


def test_a_hazard_ratio_of_people_who_are_each_alone_at_risk() -> None:
    for person in (None, np.arange(60) // 2):
        with pytest.raises(EstimateError, match="nobody else was at risk"):
            survival.cox(
                np.arange(1, 61),
                np.tile([1, 0, 1], 20),
                np.repeat([0, 1], 30)[:, None],
                names=("x",),
                start=np.arange(60),
                person=person,
                grade=Grade.COMPARISON,
            )


def test_errors_by_person_have_the_degrees_of_the_smaller_side() -> None:
    x = np.column_stack([X, Z])
    found = survival.cox(STOP, EVENT, x, names=("x", "z"), start=START, person=PERSON, grade=Grade.COMPARISON)
    for each, degrees in zip(found.coefficients, (5 - 1, 12 - 1), strict=True):
        assert each.p == pytest.approx(2 * t.sf(abs(each.value / each.error), degrees))
        assert np.log(each.high) == pytest.approx(each.value + t.isf(0.025, degrees) * each.error)
