"""Evaluation refuses, in words, what the data do not allow."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.before_after import before_after, fall_of_most_active, fit_rates
from iom_analytics.evaluation.expected import (
    byar,
    calibration,
    observed_expected,
    observed_expected_locally,
    poisson_binomial,
    recalibrate,
)
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.money import (
    Avoided,
    break_even,
    cost_of_a_reoffence,
    cost_per_person,
    in_prices_of,
    running_cost,
    worth,
)
from iom_analytics.evaluation.power import detectable_effect, needed_for_significance, sample_size
from iom_analytics.evaluation.sensitivity import adjust, e_value, negative_control, rosenbaum_bounds

SPREAD = np.linspace(0.1, 0.9, 120)
SOME = np.tile([0, 1, 1, 0], 30)


@pytest.mark.parametrize(
    ("counts", "why"),
    [([3], "1 people"), ([0] * 120, "Nobody"), ([2] * 120, "no more than by chance")],
)
def test_a_pool_without_a_spread_of_rates(counts: list[int], why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        fit_rates(counts, np.ones(len(counts)))


def test_a_fall_of_too_few_or_of_nobody_who_offended() -> None:
    pool = np.r_[np.zeros(100), np.arange(20)]
    for selected, why in ((np.arange(120) >= 118, "2 people"), (np.arange(120) < 20, "Nobody of those selected")):
        with pytest.raises(EstimateError, match=why):
            before_after(
                pool_counts=pool,
                pool_exposure=np.ones(120),
                selected=selected,
                after=np.zeros(selected.sum()),
                exposure_after=np.ones(selected.sum()),
                seed=1,
            )


@pytest.mark.parametrize("bad", [[-1.0] * 120, [0.5] * 120, [float("nan")] * 120])
def test_counts_that_are_none(bad: list[float]) -> None:
    with pytest.raises(InputError):
        fit_rates(bad, np.ones(120))


def test_no_exposure_and_lists_of_two_lengths() -> None:
    with pytest.raises(InputError, match="over 0"):
        fit_rates([1] * 120, np.zeros(120))
    with pytest.raises(InputError, match="one length"):
        fit_rates([1] * 120, np.ones(119))
    with pytest.raises(InputError):
        fall_of_most_active(shape=0, mean=1, at_least=1)


@pytest.mark.parametrize(("value", "who"), [(0, "Nobody"), (1, "Everybody")])
def test_nobody_or_everybody_reoffends(value: int, who: str) -> None:
    same = np.full(120, value)
    found = observed_expected(same, SPREAD)
    assert found.p < 0.001
    local = recalibrate(SOME, SPREAD, seed=1, replicates=100)
    with pytest.raises(EstimateError, match=who):
        recalibrate(same, SPREAD, seed=1)
    with pytest.raises(EstimateError, match=who):
        calibration(same, SPREAD)
    with pytest.raises(EstimateError, match=who):
        observed_expected_locally(same, SPREAD, local=local, seed=1)


def test_one_person_no_slope_and_a_perfect_score() -> None:
    with pytest.raises(EstimateError, match="1 people"):
        observed_expected([1], [0.5])
    with pytest.raises(EstimateError, match="same probability"):
        calibration(SOME, np.full(120, 0.5))
    with pytest.raises(EstimateError, match="without a fault"):
        calibration(SPREAD > 0.5, SPREAD)
    with pytest.raises(InputError, match="between 0 and 1"):
        observed_expected(SOME, np.ones(120))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
@settings(deadline=None)
def test_the_poisson_binomial_is_what_counting_every_case_gives(p: list[float]) -> None:
    expected = np.zeros(len(p) + 1)
    for case in range(2 ** len(p)):
        who = [bool(case >> place & 1) for place in range(len(p))]
        expected[sum(who)] += np.prod([each if did else 1 - each for each, did in zip(p, who, strict=True)])
    assert poisson_binomial(p) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0.01, 100))
def test_an_e_value_is_that_of_the_inverse(ratio: float) -> None:
    assert e_value(ratio).point == pytest.approx(e_value(1 / ratio).point)
    assert e_value(ratio).point >= 1


def test_e_values_of_intervals() -> None:
    assert e_value(0.8, low=0.6, high=1.1).limit == 1
    assert e_value(0.5, low=0.4, high=0.8).limit == e_value(0.8).point
    assert e_value(2, low=1.5, high=3).limit == e_value(1.5).point
    with pytest.raises(EstimateError):
        e_value(0)
    with pytest.raises(EstimateError):
        e_value(0.5, low=0, high=0.9)
    with pytest.raises(InputError):
        e_value(0.5, low=0.4)
    with pytest.raises(InputError):
        e_value(0.5, low=0.6, high=0.9)


def test_pairs_that_say_nothing() -> None:
    with pytest.raises(EstimateError):
        rosenbaum_bounds(only_comparison=0, only_treated=0)
    with pytest.raises(InputError):
        rosenbaum_bounds(only_comparison=-1, only_treated=0)
    with pytest.raises(InputError):
        rosenbaum_bounds(only_comparison=1, only_treated=1, gammas=(0.5,))
    assert rosenbaum_bounds(only_comparison=5, only_treated=5).critical is None


def test_a_negative_control_is_alike_only_within_the_margin() -> None:
    assert negative_control(0.01, -0.02, 0.04, margin=0.05).verdict == "alike"
    assert negative_control(0.01, -0.1, 0.12, margin=0.05).verdict == "cannot tell"
    assert negative_control(0.1, 0.02, 0.18, margin=0.05).verdict == "differs"
    with pytest.raises(InputError):
        negative_control(0.1, 0.2, 0.3, margin=0.05)
    with pytest.raises(InputError):
        negative_control(0.1, 0.0, 0.3, margin=0)
    with pytest.raises(InputError):
        adjust({})
    with pytest.raises(InputError):
        adjust({"a": 1.2})


def test_power_that_cannot_be() -> None:
    with pytest.raises(EstimateError):
        sample_size(0.5, 0.5)
    with pytest.raises(EstimateError):
        needed_for_significance(100, estimate=0, error=0.1)
    for people, error in ((0, 0.1), (100, 0), (100, float("nan"))):
        with pytest.raises(InputError):
            needed_for_significance(people, estimate=0.1, error=error)
    with pytest.raises(EstimateError):
        detectable_effect(0.5, treated=1, comparison=10)
    with pytest.raises(InputError):
        sample_size(0.5, 0.4, ratio=0)
    with pytest.raises(InputError):
        sample_size(0.5, 0.4, power=0.01)
    with pytest.raises(InputError):
        sample_size(1, 0.4)
    assert detectable_effect(0.03, treated=20, comparison=20).lower is None
    found = detectable_effect(0.56, treated=391, comparison=391)
    assert found.lower == pytest.approx(0.46, abs=0.001)
    # 1.96 squared times the spread, over the difference squared: (0.2139 + 0.2451) * 3.8415 / 0.0144.
    spread = 0.31 * 0.69 + 0.43 * 0.57
    for people in (10, 72, 5000):
        assert needed_for_significance(people, estimate=-0.12, error=(spread / people) ** 0.5) == 123


def test_byar_and_grades() -> None:
    # Breslow and Day 1987, table 2.11: exact limits of a count of 10 are 4.80 and 18.39; Byar's are within 0.02.
    assert byar(10) == pytest.approx((4.80, 18.39), abs=0.02)
    assert byar(0)[0] == 0
    assert not Grade.BEFORE_AFTER.is_effect
    assert Grade.EXPECTED.levels == "Maryland scale 2 to 3 of 5"
    assert Grade.COMPARISON.levels == "Maryland scale 3 of 5"


NOT_A_NUMBER = float("nan")
EFFECT = Avoided(0.2, 0.1, 0.3, Grade.COMPARISON)


@pytest.mark.parametrize(
    "ask",
    [
        lambda bad: worth(bad, people=100, avoided=EFFECT, cost_of_reoffence=1_000, seed=1),
        lambda bad: worth(100, people=bad, avoided=EFFECT, cost_of_reoffence=1_000, seed=1),
        lambda bad: worth(100, people=100, avoided=EFFECT, cost_of_reoffence=bad, seed=1),
        lambda bad: worth(
            100, people=100, avoided=Avoided(0.2, 0.1, bad, Grade.COMPARISON), cost_of_reoffence=1_000, seed=1
        ),
        lambda bad: break_even(bad, cost_of_reoffence=10, expected_offences=100),
        lambda bad: break_even(10, cost_of_reoffence=bad, expected_offences=100),
        lambda bad: break_even(10, cost_of_reoffence=10, expected_offences=bad),
        lambda bad: running_cost(staff=[(1, bad)]),
        lambda bad: running_cost(staff=[], as_usual=bad),
        lambda bad: cost_per_person(bad, mean_caseload=10),
        lambda bad: cost_per_person(10, mean_caseload=bad),
        lambda bad: in_prices_of(bad, year=2020),
        lambda bad: cost_of_a_reoffence({"Robbery": bad}, multipliers={"Robbery": 1}, year=2020),
        lambda bad: cost_of_a_reoffence({"Robbery": 1}, multipliers={"Robbery": bad}, year=2020),
        lambda bad: cost_of_a_reoffence({"Robbery": 1}, multipliers={"Robbery": 1}, year=2020, uncosted=bad),
        lambda bad: negative_control(0, -0.01, 0.01, margin=bad),
        lambda bad: negative_control(bad, -0.01, 0.01, margin=0.05),
        lambda bad: rosenbaum_bounds(only_comparison=20, only_treated=5, gammas=(bad,)),
    ],
)
@pytest.mark.parametrize("bad", [NOT_A_NUMBER, float("inf")])
def test_what_is_no_finite_number_is_refused(ask: Callable[[float], object], bad: float) -> None:
    with pytest.raises(InputError, match=r"finite number|Gamma"):
        ask(bad)
