"""Planned looks and the test for any time: published boundaries, and simulation of false alarms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.sequential import any_time, o_brien_fleming, passed_by, planned_looks, spent_by


@pytest.mark.slow
@pytest.mark.parametrize(
    ("looks", "constant"), [(1, 1.960), (2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040), (10, 2.087)]
)
def test_constants_of_o_brien_and_fleming(looks: int, constant: float) -> None:
    # Jennison and Turnbull 2000, "Group Sequential Methods", table 2.3, two-sided alpha 0.05.
    found = o_brien_fleming(looks)
    assert found[-1].z == pytest.approx(constant, abs=0.0006)
    assert found[-1].spent == pytest.approx(0.05, abs=1e-6)


def test_spending_boundaries_of_five_even_looks() -> None:
    # Reboussin, DeMets, Kim and Lan 2000, Control. Clin. Trials 21, 190-207 (the program ld98), O'Brien-Fleming type.
    found = planned_looks([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [look.z for look in found] == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=0.0006)
    assert found[-1].spent == pytest.approx(0.05)
    assert found[-1].p == pytest.approx(2 * norm.sf(2.0310), abs=1e-4)


def test_one_look_is_an_ordinary_test() -> None:
    assert planned_looks([1.0])[0].z == pytest.approx(1.959964, abs=1e-5)


@pytest.mark.slow
def test_false_alarms_of_uneven_looks_by_simulation() -> None:
    t = np.array([0.3, 0.45, 0.8, 1.0])
    looks = planned_looks(t)
    rng = np.random.default_rng(7)
    walk = np.cumsum(rng.normal(size=(200_000, 4)) * np.sqrt(np.diff(np.r_[0, t])), axis=1) / np.sqrt(t)
    passed = (np.abs(walk) >= [look.z for look in looks]).cumsum(axis=1) > 0
    # Standard error of a twentieth in 200,000: 0.0005.
    assert passed.mean(axis=0) == pytest.approx([look.spent for look in looks], abs=0.002)


def test_five_plain_tests_alarm_as_often_as_armitage_mcpherson_and_rowe_say() -> None:
    # 1969, table 2: repeated tests at 1.96 have a false alarm rate of 0.083, 0.107, 0.126, 0.142 by looks 2 to 5.
    found = passed_by([1.959964] * 5, np.arange(1, 6) / 5)
    assert found == pytest.approx([0.050, 0.083, 0.107, 0.126, 0.142], abs=0.0006)


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=4, unique=True))
def test_what_is_spent_is_what_the_function_says(shares: list[float]) -> None:
    t = sorted(share for share in shares)
    if min(np.diff(np.r_[0, t])) < 0.02:
        return
    looks = planned_looks(t)
    assert passed_by([look.z for look in looks], t) == pytest.approx(spent_by(t, 0.05), abs=1e-5)


def test_the_evidence_is_the_integral_over_how_far_the_odds_moved() -> None:
    y, p = [1, 0, 1, 1, 0, 1], [0.2, 0.5, 0.4, 0.3, 0.6, 0.1]

    def ratio(moved: float) -> float:
        odds = [np.exp(moved) * each / (1 - each) for each in p]
        chance = [each / (1 + each) for each in odds]
        terms = [c / q if own else (1 - c) / (1 - q) for own, c, q in zip(y, chance, p, strict=True)]
        return float(np.prod(terms) * norm.pdf(moved, scale=0.5))

    assert any_time(y, p).evidence[-1] == pytest.approx(quad(ratio, -5, 5)[0], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_false_alarms_stay_under_alpha_however_often_one_looks(alpha: float) -> None:
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(1000):
        p = rng.beta(2, 3, 400)
        alarms += any_time(rng.random(400) < p, p, alpha=alpha, spread=0.6).alarm is not None
    assert alarms / 1000 < alpha + 2 * (alpha * (1 - alpha) / 1000) ** 0.5
    assert alarms > 0  # it is not so careful that it says nothing


def test_a_plain_test_at_every_case_alarms_far_oftener() -> None:
    rng = np.random.default_rng(10)
    y = rng.random((500, 400)) < 0.4
    many = np.arange(1, 401)
    z = (y.cumsum(axis=1) - 0.4 * many) / np.sqrt(0.24 * many)
    assert (np.abs(z[:, 20:]) > 1.96).any(axis=1).mean() > 0.25


def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(12)
    found = [any_time(rng.random(400) < 0.35, [0.5] * 400).alarm for _ in range(100)]
    assert sum(alarm is not None for alarm in found) > 95


def test_evidence_is_a_fair_game() -> None:
    # Over every possible outcome of six cases, the mean evidence is the stake of 1.
    p = [0.2, 0.5, 0.4, 0.3, 0.6, 0.1]
    total = 0.0
    for code in range(64):
        y = [(code >> place) & 1 for place in range(6)]
        chance = float(np.prod([q if own else 1 - q for own, q in zip(y, p, strict=True)]))
        total += chance * float(any_time(y, p).evidence[-1])
    assert total == pytest.approx(1, abs=1e-9)


def test_refused() -> None:
    for shares in ([], [0.5, 0.5], [0.5, 1.1]):
        with pytest.raises(InputError, match="rise"):
            planned_looks(shares)
    with pytest.raises(InputError, match="60 looks"):
        planned_looks(np.arange(1, 61) / 60)
    with pytest.raises(InputError, match="1 to 50"):
        o_brien_fleming(0)
    with pytest.raises(EstimateError, match="no cases"):
        any_time([], [])
    with pytest.raises(InputError, match="spread"):
        any_time([1], [0.5], spread=0)
