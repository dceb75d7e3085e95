"""What came of a lottery: strata, what is refused, and p-values that are even where entry does nothing."""

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import effect
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.lottery_effect import by_draw, difference_by_stratum, of_compliers, randomisation_p

DRAWN = np.repeat([1, 0], [20, 30])


def test_strata_with_different_chances_of_being_drawn() -> None:
    # In the north 30 of 40 are drawn and 1 in 5 reoffends; in the south 10 of 40, and 4 in 5 do. Entry does nothing.
    stratum = np.repeat(["north", "south"], 40)
    drawn = np.r_[np.repeat([1, 0], [30, 10]), np.repeat([1, 0], [10, 30])]
    y = np.r_[np.tile([1, 0, 0, 0, 0], 8), np.tile([0, 1, 1, 1, 1], 8)]
    within, across = by_draw(y, drawn, seed=1, stratum=stratum), by_draw(y, drawn, seed=1)
    assert within.difference.estimate == pytest.approx(0)
    assert within.randomisation_p == 1
    assert (within.mean, within.mean_of_others, within.grade) == (
        pytest.approx(0.5),
        pytest.approx(0.5),
        Grade.DESIGNED,
    )
    assert across.difference.estimate == pytest.approx(-0.3)
    assert across.randomisation_p < 0.02


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=7, max_size=7), st.integers(1, 2), st.integers(1, 3))
def test_the_p_value_is_what_counting_every_draw_gives(values: list[int], first: int, second: int) -> None:
    strata = [values[:3], values[3:]]

    def apart(chosen: tuple[tuple[int, ...], ...]) -> float:
        found = 0.0
        for members, own in zip(strata, chosen, strict=True):
            one = [members[place] for place in own]
            other = [each for place, each in enumerate(members) if place not in own]
            found += len(members) / 7 * (sum(one) / len(one) - sum(other) / len(other))
        return abs(found)

    ways = list(product(combinations(range(3), first), combinations(range(4), second)))
    actual = ways[len(ways) // 2]
    expected = sum(apart(way) >= apart(actual) - 1e-9 for way in ways) / len(ways)
    chosen = np.array([place in actual[0] for place in range(3)] + [place in actual[1] for place in range(4)])
    p, exact = randomisation_p(
        np.array(values, float), chosen, np.repeat([0, 1], [3, 4]), np.random.default_rng(0), 999
    )
    assert exact
    assert p == pytest.approx(expected)


@pytest.mark.slow
def test_where_entry_does_nothing_one_draw_in_twenty_is_significant() -> None:
    chance = np.random.default_rng(11)
    y = chance.poisson(1.5, 50)
    found = [by_draw(y, chance.permutation(DRAWN), seed=number, draws=999).randomisation_p for number in range(200)]
    assert 2 <= sum(p <= 0.05 for p in found) <= 20


def test_a_seed_gives_the_same_p_and_an_effect_is_found() -> None:
    y = np.random.default_rng(3).poisson(np.where(DRAWN == 1, 1, 3))
    found = by_draw(y, DRAWN, seed=4)
    assert found == by_draw(y, DRAWN, seed=4)
    assert found.randomisation_p < 0.01
    assert found.difference.upper is not None
    assert found.difference.upper < 0


def test_ten_drawn_beside_hundreds_have_the_degrees_of_ten() -> None:
    """As Welch's test, whose degrees SciPy gives; the many on the other side lend none of theirs."""
    chance = np.random.default_rng(5)
    y, drawn = chance.poisson(1.0, 310), np.repeat([1, 0], [10, 300])
    found = by_draw(y, drawn, seed=1, draws=999).difference
    welch = ttest_ind(y[:10], y[10:], equal_var=False)
    assert found.p == pytest.approx(welch.pvalue)
    assert found.degrees == pytest.approx(welch.df)
    assert found.degrees is not None
    assert found.degrees < 12
    # Two strata alike have the degrees of both, each side by itself.
    both = by_draw(np.tile(y, 2), np.tile(drawn, 2), seed=1, draws=999, stratum=np.repeat([0, 1], 310)).difference
    assert both.degrees == pytest.approx(2 * found.degrees)
    assert of_compliers(y, drawn, drawn).effect.degrees == pytest.approx(found.degrees)


def test_a_difference_of_nothing_is_significant_once_in_twenty() -> None:
    """With the degrees of everybody it was once in thirteen."""
    chance = np.random.default_rng(8)
    drawn = np.repeat([1, 0], [10, 300])
    values = [chance.normal(size=310) for _ in range(4000)]
    found = [effect.tested(*difference_by_stratum(y, drawn == 1, np.zeros(310, np.int64))).p for y in values]
    share = np.mean([p is not None and p <= 0.05 for p in found])
    assert 0.04 < share < 0.061


def test_everybody_alike() -> None:
    found = by_draw(np.ones(50), DRAWN, seed=1)
    assert (found.difference.estimate, found.difference.error, found.difference.p) == (0, None, None)
    assert found.randomisation_p == 1


def test_full_take_up_is_the_difference_by_draw() -> None:
    y = np.random.default_rng(6).random(50)
    compliers = of_compliers(y, DRAWN, DRAWN)
    assert compliers.share == 1
    assert compliers.effect == by_draw(y, DRAWN, seed=1).difference
    assert "Neither can be seen" in compliers.assumes


def test_a_draw_that_hardly_moved_take_up() -> None:
    took = np.tile([1, 0], 25)
    with pytest.raises(EstimateError, match="hardly changed who took part"):
        of_compliers(np.arange(50), DRAWN, took)
    with pytest.raises(EstimateError, match="hardly changed"):
        of_compliers(np.arange(50), DRAWN, 1 - DRAWN)


@pytest.mark.parametrize(
    ("drawn", "options", "why"),
    [
        (np.repeat([1, 0], [9, 41]), {}, "9 people were drawn"),
        (np.repeat([1, 0], [41, 9]), {}, "9 people were not drawn"),
        (DRAWN, {"stratum": np.repeat([1, 2, 1], [1, 20, 29])}, "A stratum has 1 people drawn"),
    ],
)
def test_too_few(drawn: np.ndarray, options: dict[str, Any], why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        by_draw(np.arange(50), drawn, seed=1, **options)


@pytest.mark.parametrize(
    ("outcome", "options", "why"),
    [
        (np.arange(49), {}, "one length"),
        (np.arange(50), {"stratum": [1]}, "Strata and outcomes"),
        (np.full(50, np.nan), {}, "missing"),
        (np.arange(50), {"draws": 100}, "999"),
    ],
)
def test_bad_data(outcome: np.ndarray, options: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        by_draw(outcome, DRAWN, seed=1, **options)
