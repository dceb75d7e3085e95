"""Case by case: CUSUM, its limits, and the running sum."""

import numpy as np
import pytest
from scipy.optimize import brentq

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.monitoring import (
    Limit,
    cusum,
    limit_for_false_alarm,
    limit_for_run_length,
    steps,
    vlad,
)


def limit(height: float, odds_ratio: float = 2.0) -> Limit:
    return Limit(height, odds_ratio, "cases until a false alarm", 100, 100, 1, None, 1)


def ladder(chance: float, rungs: int) -> tuple[float, float]:
    """The odds ratio at which a case that goes wrong climbs as many rungs as `rungs` that go right, and a rung."""

    def gap(odds_ratio: float) -> float:
        up, down = steps(np.array([1.0, 0.0]), np.array([chance, chance]), odds_ratio)
        return float(up + rungs * down)

    odds_ratio = float(brentq(gap, 1.01, 50))
    return odds_ratio, -float(steps(np.array([0.0]), np.array([chance]), odds_ratio)[0])


def exact_chain(chance: float, rungs: int, top: int) -> np.ndarray:
    """The transitions of a CUSUM that climbs `rungs` at once or falls one, below an alarm at `top`."""
    moves = np.zeros((top, top))
    for place in range(top):
        moves[place, max(0, place - 1)] += 1 - chance
        if place + rungs < top:
            moves[place, place + rungs] += chance
    return moves


def test_steps_are_the_likelihood_ratios_of_steiner() -> None:
    # Odds doubled from 0.2 are 0.5: chance 1/3. Likelihood ratios 5/3 and (2/3)/(4/5).
    found = steps(np.array([1.0, 0.0]), np.array([0.2, 0.2]), 2)
    assert found == pytest.approx(np.log([5 / 3, 5 / 6]))


def test_a_cusum_by_hand_starts_again_after_an_alarm() -> None:
    up, down = np.log(5 / 3), np.log(5 / 6)
    found = cusum([0, 1, 1, 0, 1, 1, 0], [0.2] * 7, limit=limit(1.0))
    assert found.heights == pytest.approx([0, up, 2 * up, 0, up, 2 * up, 0])
    assert found.alarms == (3, 6)
    assert found.heights[3] == max(0, down)


def test_the_running_sum_is_expected_less_observed() -> None:
    found = vlad([0, 1, 0], [0.5, 0.4, 0.3])
    assert found.expected_less_observed == pytest.approx([0.5, -0.1, 0.2])


@pytest.mark.slow
@pytest.mark.parametrize(("chance", "rungs"), [(0.2, 2), (0.35, 1)])
def test_a_limit_for_a_run_length_agrees_with_the_exact_one(chance: float, rungs: int) -> None:
    odds_ratio, rung = ladder(chance, rungs)
    top = 6
    moves = exact_chain(chance, rungs, top)
    exact = float(np.linalg.solve(np.eye(top) - moves, np.ones(top))[0])
    found = limit_for_run_length([chance] * 30, odds_ratio=odds_ratio, run_length=0.9 * exact, seed=1)
    # Heights lie on rungs, so that the least limit to keep the promise is the exact one's, and keeps more.
    assert top - 1 < found.height / rung <= top + 1e-6
    assert abs(found.found - exact) < 4 * found.error


@pytest.mark.slow
def test_a_limit_for_a_false_alarm_keeps_its_promise_exactly() -> None:
    chance, rungs, cases = 0.25, 2, 150
    odds_ratio, rung = ladder(chance, rungs)
    found = limit_for_false_alarm([chance] * 30, odds_ratio=odds_ratio, chance=0.1, cases=cases, seed=2, paths=4000)
    top = int(np.floor(found.height / rung + 1e-6)) + 1  # the limit lies just over a rung
    left = np.linalg.matrix_power(exact_chain(chance, rungs, top), cases)[0].sum()
    assert found.found <= 0.1
    assert 1 - left <= 0.1 + 3 * found.error
    assert 1 - left == pytest.approx(found.found, abs=4 * found.error)


@pytest.mark.slow
def test_a_limit_found_from_mixed_risks_holds_for_new_cases_and_notices_doubled_odds() -> None:
    rng = np.random.default_rng(8)
    risks = rng.beta(3, 4, 500)
    chosen = limit_for_false_alarm(risks, odds_ratio=2, chance=0.05, cases=200, seed=3)
    false = found = 0
    for _ in range(400):
        p = rng.choice(risks, 200)
        worse = 2 * p / (1 + p)
        false += bool(cusum(rng.random(200) < p, p, limit=chosen).alarms)
        found += bool(cusum(rng.random(200) < worse, p, limit=chosen).alarms)
    assert false / 400 == pytest.approx(0.05, abs=0.035)
    assert found / 400 > 0.9


def test_better_is_looked_for_with_an_odds_ratio_under_1() -> None:
    found = cusum([0] * 10, [0.5] * 10, limit=limit(2.0, 0.5))
    assert found.alarms == (7,)  # each adds log(4/3): seven are the first over 2


def test_the_same_seed_gives_the_same_limit() -> None:
    asked = {"odds_ratio": 2.0, "run_length": 60.0, "paths": 200}
    p = [0.3] * 40
    assert limit_for_run_length(p, seed=1, **asked) == limit_for_run_length(p, seed=1, **asked)  # type: ignore[arg-type]


def test_refused() -> None:
    with pytest.raises(EstimateError, match="29 probabilities"):
        limit_for_run_length([0.3] * 29, odds_ratio=2, run_length=100, seed=1)
    for ratio in (1.0, 0.0, -2.0):
        with pytest.raises(InputError, match="odds ratio"):
            limit_for_run_length([0.3] * 30, odds_ratio=ratio, run_length=100, seed=1)
    with pytest.raises(InputError, match="run length"):
        limit_for_run_length([0.3] * 30, odds_ratio=2, run_length=1, seed=1)
    with pytest.raises(InputError, match="100 paths"):
        limit_for_run_length([0.3] * 30, odds_ratio=2, run_length=50, seed=1, paths=9)
    with pytest.raises(InputError, match="one case"):
        limit_for_false_alarm([0.3] * 30, odds_ratio=2, chance=0.1, cases=0, seed=1)
    with pytest.raises(EstimateError, match="no cases"):
        vlad([], [])
    with pytest.raises(InputError, match="between 0 and 1"):
        vlad([1], [1.0])
