"""Evaluation against published figures and worked examples, each named; tolerances are stated."""

import numpy as np
import pytest
from scipy.stats import nbinom

from iom_analytics.evaluation.before_after import Rates, before_after, expected_after, fall_of_most_active, fit_rates
from iom_analytics.evaluation.power import sample_size
from iom_analytics.evaluation.sensitivity import adjust, e_value, rosenbaum_bounds


@pytest.mark.parametrize(
    ("mean", "shape", "fall"),
    [(0.8, 0.5, 33), (0.8, 1, 44), (2, 0.5, 17), (2, 1, 26), (2, 2, 36), (4, 1, 15), (4, 2, 24)],
)
def test_a_top_twentieth_falls_by_itself_as_the_benchmark_says(mean: float, shape: float, fall: float) -> None:
    # The benchmark was simulated with the top "about" 5 %: the count at the 95th percentile is the cut, and what the
    # cut's coarseness and rounding leave is under 0.7 of a point.
    cut = int(nbinom.ppf(0.95, shape, shape / (shape + mean)))
    found = fall_of_most_active(shape=shape, mean=mean, at_least=cut)[2]
    assert 100 * found == pytest.approx(fall, abs=0.7)


def test_the_worked_example_of_regression_to_the_mean() -> None:
    # mu 2, k 2, cut y >= 6 (6.2 % of people): 7.25 before, 4.63 after (simulated; 4.62 by formula), a fall of 36 %.
    before, after, fall = fall_of_most_active(shape=2, mean=2, at_least=6)
    assert before == pytest.approx(7.25, abs=0.01)
    assert after == pytest.approx(4.62, abs=0.01)
    assert round(100 * fall) == 36
    rates = Rates(shape=2, mean=2, people=1000, log_likelihood=0)
    assert expected_after([7], [1], [1], rates=rates)[0] == pytest.approx(4.5)
    # Half the time at liberty after, half the offences.
    assert expected_after([7], [1], [0.5], rates=rates)[0] == pytest.approx(2.25)


@pytest.mark.slow
def test_a_known_spread_is_found_again_and_no_effect_where_there_is_none() -> None:
    rng = np.random.default_rng(2027)
    true_rates = rng.gamma(2, 1, 3000)
    liberty = rng.choice([0.25, 0.5, 1.0], 3000)
    counts = rng.poisson(true_rates * liberty)
    fitted = fit_rates(counts, liberty)
    assert fitted.shape == pytest.approx(2, abs=0.3)
    assert fitted.mean == pytest.approx(2, abs=0.1)
    selected = counts >= 5
    after = rng.poisson(true_rates[selected])
    found = before_after(
        pool_counts=counts,
        pool_exposure=liberty,
        selected=selected,
        after=after,
        exposure_after=np.ones(selected.sum()),
        seed=1,
        replicates=100,
    )
    # Nothing was done: the whole fall is regression to the mean.
    assert found.fall > 0.2
    assert found.beyond_low < 0 < found.beyond_high
    assert found.chance_low <= found.after <= found.chance_high


@pytest.mark.parametrize(
    ("base", "target", "ratio", "people"),
    [(0.56, 0.51, 1, 1561), (0.56, 0.51, 20, 819), (0.56, 0.46, 1, 391), (0.56, 0.46, 20, 205), (0.30, 0.25, 1, 1250)],
)
def test_sample_sizes_of_the_arcsine_method(base: float, target: float, ratio: float, people: int) -> None:
    # The table rounds to the nearest; people are rounded up.
    assert sample_size(base, target, ratio=ratio).treated - people in (0, 1)


@pytest.mark.parametrize(("ratio", "value"), [(0.31 / 0.43, 2.12), (0.26 / 0.35, 2.03), (0.57, 2.90)])
def test_e_values(ratio: float, value: float) -> None:
    assert e_value(ratio).point == pytest.approx(value, abs=0.005)


def test_rosenbaum_bounds_of_hammonds_smokers() -> None:
    # Rosenbaum 2002, section 4.3.2: 122 pairs in which one died of lung cancer, 110 of them the smoker.
    # p by R's pbinom.
    found = rosenbaum_bounds(only_comparison=110, only_treated=12, gammas=(4, 5, 6))
    assert list(found.worst.values()) == pytest.approx([0.0019633444704, 0.0231685638425, 0.0969287747942])
    assert found.critical is not None
    assert 5 < found.critical < 6


def test_adjusted_p_values_against_r() -> None:
    # R 4, p.adjust(c(.01, .04, .03, .005, .2), "holm") and "BH".
    p = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005, "e": 0.2}
    assert list(adjust(p).p.values()) == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.2])
    assert list(adjust(p, method="benjamini-hochberg").p.values()) == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.2])
