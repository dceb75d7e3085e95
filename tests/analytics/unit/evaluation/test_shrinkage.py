"""Areas drawn towards their mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, betabinom, binom

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.shrinkage import beta_binomial, shrink, shrink_rates

AREAS = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 3)), min_size=5, max_size=20)


@given(AREAS)
def test_a_drawn_effect_lies_between_its_own_and_the_mean(areas: list[tuple[float, float]]) -> None:
    found = shrink([each for each, _ in areas], [error for _, error in areas], grade=Grade.COMPARISON)
    for (own, _), drawn, low, high in zip(areas, found.effects, found.low, found.high, strict=True):
        assert min(own, found.mean) - 1e-9 <= drawn <= max(own, found.mean) + 1e-9
        assert low < drawn < high


def test_eight_schools() -> None:
    # Rubin 1981's coaching in eight schools: DerSimonian and Laird find no spread, so all are drawn to 7.69 (4.07).
    found = shrink([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18], grade=Grade.DESIGNED)
    assert found.between == 0
    assert found.effects == pytest.approx([7.69] * 8, abs=0.01)
    assert found.high[0] - found.mean == pytest.approx(1.96 * 4.07, abs=0.01)


def test_too_few_areas() -> None:
    with pytest.raises(EstimateError, match="4 areas"):
        shrink([1, 2, 3, 4], [1, 1, 1, 1], grade=Grade.COMPARISON)


COUNTS = ([0, 3, 9, 40, 22, 7, 55, 12], [8, 30, 25, 90, 40, 30, 100, 60])


def test_a_drawn_rate_is_the_slow_integral() -> None:
    y, n = COUNTS
    found = shrink_rates(y, n)
    a, b = found.mean * found.prior, (1 - found.mean) * found.prior
    for place, (own, of) in enumerate(zip(y, n, strict=True)):

        def posterior(rate: float, own: int = own, of: int = of) -> float:
            return float(binom.pmf(own, of, rate) * beta.pdf(rate, a, b))

        whole = quad(posterior, 0, 1, limit=200)[0]
        assert found.rates[place] == pytest.approx(
            quad(lambda rate, of_area=posterior: rate * of_area(rate), 0, 1, limit=200)[0] / whole
        )
        assert quad(posterior, 0, found.low[place], limit=200)[0] / whole == pytest.approx(0.025, abs=1e-5)
        assert quad(posterior, found.high[place], 1, limit=200)[0] / whole == pytest.approx(0.025, abs=1e-5)
        assert found.weight[place] * own / of + (1 - found.weight[place]) * found.mean == pytest.approx(
            found.rates[place]
        )


def test_no_other_spread_makes_the_counts_likelier() -> None:
    y, n = np.array(COUNTS, float)
    mean, prior = beta_binomial(y, n)

    def likelihood(mean: float, prior: float) -> float:
        return float(betabinom.logpmf(y, n, mean * prior, (1 - mean) * prior).sum())

    best = likelihood(mean, prior)
    for other in np.linspace(0.1, 0.7, 25):
        for size in np.geomspace(0.5, 1000, 30):
            assert likelihood(other, size) <= best + 1e-9
    assert likelihood(mean * 1.01, prior) < best > likelihood(mean, prior * 1.05)


def test_a_known_spread_of_rates_is_found_again_and_intervals_cover() -> None:
    rng = np.random.default_rng(21)
    rates = rng.beta(6, 9, 1500)
    people = rng.integers(5, 60, 1500)
    found = shrink_rates(rng.binomial(people, rates), people)
    assert found.mean == pytest.approx(0.4, abs=0.01)
    assert found.prior == pytest.approx(15, rel=0.15)
    covered = ((found.low <= rates) & (rates <= found.high)).mean()
    assert covered == pytest.approx(0.95, abs=0.015)


def test_areas_alike_are_drawn_to_one_rate() -> None:
    found = shrink_rates([30] * 6, [100] * 6)
    assert found.rates == pytest.approx([0.3] * 6, abs=1e-4)
    assert found.weight.max() < 0.01


def test_an_area_without_people_has_the_mean() -> None:
    found = shrink_rates([*COUNTS[0], 0], [*COUNTS[1], 0])
    assert found.rates[-1] == pytest.approx(found.mean)


def test_rates_that_cannot_be() -> None:
    with pytest.raises(InputError, match="In area 2 more"):
        shrink_rates([1, 9, 1, 1, 1], [8] * 5)
    with pytest.raises(EstimateError, match="4 areas"):
        shrink_rates([1] * 4, [8] * 4)
    with pytest.raises(EstimateError, match="Nobody"):
        shrink_rates([0] * 5, [8] * 5)
    with pytest.raises(EstimateError, match="Everybody"):
        shrink_rates([8] * 5, [8] * 5)
