"""The discontinuity: jumps, none, selection that is not sharp, bent scores, and what is refused."""

from dataclasses import astuple
from typing import Any

import numpy as np
import pytest

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.discontinuity import Discontinuity, density, discontinuity
from iom_analytics.evaluation.grade import Grade


def made(*, effect: float = 0, people: int = 2000, seed: int = 1) -> dict[str, Any]:
    """Scores of 0 to 100 in whole points; those at 60 or over are selected, mostly; age goes with the score."""
    chance = np.random.default_rng(seed)
    score = np.clip(chance.normal(55, 15, people), 0, 100).round()
    selected = chance.random(people) < np.where(score >= 60, 0.8, 0.1)
    age = 40 - 0.1 * score + chance.normal(0, 5, people)
    outcome = 0.03 * score + effect * selected + chance.normal(0, 1, people)
    return {"score": score, "outcome": outcome, "selected": selected, "covariates": {"age": age}}


def of(**options: Any) -> Discontinuity:
    return discontinuity(**{**made(), "threshold": 60, **options})


def test_an_effect_is_found_and_what_was_known_before_does_not_jump() -> None:
    found = of(**made(effect=-1, people=6000))
    assert found.take_up is not None
    assert found.of_selected is not None
    assert found.take_up.low < 0.7 < found.take_up.high
    assert found.of_selected.robust_low < -1 < found.of_selected.robust_high
    assert found.of_selected.robust_high < 0
    assert found.jump.estimate == pytest.approx(found.take_up.estimate * found.of_selected.estimate)
    assert found.placebos["age"].robust_p > 0.01
    assert found.density is not None
    assert found.density.p > 0.01
    assert found.density.bin_width == int(found.density.bin_width), "points come in whole steps, and so do bins"
    assert (found.grade, found.bandwidth_was_given) == (Grade.DESIGNED, False)
    assert "far from the threshold" in found.cannot_say


@pytest.mark.slow
def test_where_there_is_none_one_interval_in_twenty_leaves_it_out() -> None:
    out = []
    for seed in range(200):
        rows = made(seed=seed, people=800)
        found = discontinuity(rows["score"], rows["outcome"], threshold=60).jump
        out.append(not found.robust_low < 0 < found.robust_high)
    assert sum(out) <= 20


def test_sharp_selection_has_no_take_up_to_show() -> None:
    rows = made(effect=2)
    found = of(**rows | {"selected": rows["score"] >= 60})
    assert found.take_up is None
    assert found.of_selected is not None
    assert astuple(found.of_selected) == pytest.approx(astuple(found.jump))


def test_curvature_is_allowed_for_by_the_robust_interval_alone() -> None:
    chance = np.random.default_rng(5)
    score = chance.uniform(-1, 1, 4000)
    outcome = 6 * (score + 0.5) ** 3 + chance.normal(0, 0.3, 4000)
    found = discontinuity(score, np.where(score >= 0, outcome, 4 * score), threshold=0, bandwidth=0.9).jump
    assert abs(found.robust_estimate - 0.75) < abs(found.estimate - 0.75)


def test_scores_that_were_bent_to_get_people_in() -> None:
    chance = np.random.default_rng(8)
    score = chance.normal(0, 15, 3000).round()
    bent = np.where((score < 0) & (score >= -4) & (chance.random(3000) < 0.5), chance.integers(0, 4, 3000), score)
    plain, crowded = density(score), density(bent)
    assert plain is not None
    assert crowded is not None
    assert plain.p > 0.01
    assert crowded.p < 0.001
    assert crowded.log_ratio > 0


@pytest.mark.slow
def test_an_even_density_is_called_crowded_one_time_in_twenty() -> None:
    found = [density(np.random.default_rng(seed).normal(2, 15, 1500)) for seed in range(200)]
    assert all(each is not None for each in found)
    assert 1 <= sum(each is not None and each.p <= 0.05 for each in found) <= 22


def test_too_few_scores_for_a_density() -> None:
    chance = np.random.default_rng(2)
    assert density(chance.integers(-4, 5, 500).astype(float)) is None
    assert density(chance.normal(size=99)) is None
    assert density(np.zeros(500)) is None


FEW = np.r_[np.full(19, 70.0), np.linspace(0, 59, 200)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"score": FEW, "outcome": FEW}, "19 people lie above the threshold at all"),
        ({"score": np.tile([50.0, 55, 61, 62], 60), "outcome": np.arange(240)}, "have 2 different scores"),
        ({"bandwidth": 1}, "different scores|0 people lie"),
        ({"outcome": np.ones(2000)}, "does not vary"),
        ({"outcome": np.ones(2000), "bandwidth": 20}, "does not vary"),
        ({"covariates": {"age": np.ones(2000)}}, "The covariate age does not vary"),
        ({"selected": np.tile([0, 1], 1000)}, "hardly changes who is selected"),
    ],
)
def test_too_little_to_say(changes: dict[str, Any], why: str) -> None:
    rows = made() if len(changes.get("outcome", range(2000))) == 2000 else {}
    with pytest.raises(EstimateError, match=why):
        discontinuity(**{**rows, "threshold": 60, **changes})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"bandwidth": -1}, "over 0"),
        ({"outcome": np.ones(3)}, "one length"),
        ({"selected": np.full(2000, 2)}, "0 or 1"),
        ({"score": np.full(2000, np.nan)}, "missing"),
        ({"level": 0}, "level"),
    ],
)
def test_bad_data(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        of(**changes)
