"""A synthetic control: nothing found where there is nothing, and what is refused."""

from typing import Any

import numpy as np
import pytest

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.synthetic_control import Synthetic, synthetic_control

AREAS = [f"area {number}" for number in range(20)]


def made(*, effect: float = 0, seed: int = 1) -> np.ndarray:
    """36 periods of 20 areas with levels of their own, moved by two things in common; the first has it at 24."""
    chance = np.random.default_rng(seed)
    common = np.cumsum(chance.normal(size=(36, 2)), axis=0)
    rows = 100 + chance.normal(0, 3, 20) + common @ chance.random((2, 20)) + chance.normal(0, 0.5, (36, 20))
    rows[24:, 0] += effect
    return rows


def of(values: np.ndarray, **options: Any) -> Synthetic:
    return synthetic_control(values, **{"areas": AREAS, "area": "area 0", "before": 24, **options})


@pytest.mark.slow
def test_an_effect_and_none() -> None:
    found = of(made(effect=-15))
    assert found.effect == pytest.approx(-15, abs=1.5)
    assert found.p == found.least_p == pytest.approx(1 / 20)
    assert sum(found.weights.values()) == pytest.approx(1, abs=1e-4)
    assert found.fit < 0.02
    false = sum(of(made(seed=seed)).p <= 0.1 for seed in range(2, 12))
    assert false <= 4


@pytest.mark.slow
def test_the_areas_may_stand_in_any_order() -> None:
    values, turn = made(effect=-5), np.random.default_rng(2).permutation(20)
    one, other = of(values), of(values[:, turn], areas=[AREAS[place] for place in turn])
    assert other.effect == pytest.approx(one.effect)
    assert (other.p, dict(other.weights)) == (one.p, pytest.approx(dict(one.weights)))


@pytest.mark.slow
def test_an_area_unlike_any_mix() -> None:
    values = made()
    values[:, 0] += 60
    with pytest.raises(EstimateError, match="no mix of the other areas comes nearer to area 0 than 3"):
        of(values)


@pytest.mark.parametrize(
    ("values", "options", "why"),
    [
        (made()[:, :9], {"areas": AREAS[:9]}, "8 other areas"),
        (made(), {"before": 11}, "11 periods before"),
        (made(), {"before": 36}, "no period after"),
        (np.zeros((36, 20)), {}, "Nothing happened in area 0"),
        (np.ones((36, 20)), {}, "No area's outcome moves"),
    ],
)
def test_too_little_to_say(values: np.ndarray, options: dict[str, Any], why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        of(values, **options)


@pytest.mark.parametrize(
    ("values", "options", "why"),
    [
        (made()[:, :19], {}, "a column for each area"),
        (np.full((36, 20), np.nan), {}, "area 0 is missing or not finite in period 1"),
        (made(), {"area": "elsewhere"}, "no area elsewhere"),
        (made(), {"areas": ["area 0"] * 20}, "named twice"),
        (made(), {"worst_fit": 0}, "worst fit"),
    ],
)
def test_bad_data(values: np.ndarray, options: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        of(values, **options)
