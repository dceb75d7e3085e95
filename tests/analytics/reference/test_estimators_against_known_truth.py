"""A light run of `make validate`'s partnerships of known effect: forty of them, so that the whole run cannot rot.

The bars themselves need a thousand and are held by docs/reference/validation.md. The tolerances here are four standard
errors of what forty partnerships can tell.
"""

from functools import partial

import numpy as np
import pytest

from bench.validation.truth import areas, partnerships, report
from bench.validation.truth.estimators import Result
from bench.validation.truth.partnerships import Panel, World
from bench.validation.truth.run import Estimators, once
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.verdict import Verdict, Word

FORTY = range(40)


def found(world: World, which: Estimators[partnerships.Partnership]) -> dict[str, list[Result]]:
    rows = [once(partial(partnerships.make, world), which, seed) for seed in FORTY]
    return {name: [row[name] for row in rows] for name in which}


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.0, -0.10])
def test_comparisons_find_what_is_there_and_nothing_else(effect: float) -> None:
    for name, results in found(World(effect, people=6_000), report.COMPARISON).items():
        tally = report.tally(results)
        assert abs(tally.bias) < 0.8 + 4 * tally.bias_error, name
        assert tally.covered > 0.80, name
        assert tally.judged >= 30, name
        if effect == 0:
            assert tally.works < 0.15, name
        else:
            assert tally.works > 0.5, name


@pytest.mark.slow
def test_a_fall_is_no_more_than_regression_to_the_mean_and_is_refused_a_verdict() -> None:
    world = World(0, people=4_000, panel=Panel.COUNT, chances=1)
    results = found(world, report.BEFORE_AFTER)["before and after"]
    tally = report.tally(results)
    assert abs(tally.bias) < 4 * tally.bias_error
    assert tally.covered > 0.80
    assert {result.verdict.word for result in results} == {Word.REFUSED}


@pytest.mark.slow
def test_areas_that_take_it_up_at_different_times() -> None:
    world = areas.AreaWorld(-0.05)
    rows = [once(partial(areas.make, world), report.AREAS, seed) for seed in FORTY]
    tally = report.tally([row["difference in differences"] for row in rows])
    assert abs(tally.bias) < 4 * tally.bias_error
    assert tally.covered > 0.80
    assert tally.works > 0.8


def test_the_same_seed_makes_the_same_people_whatever_the_effect() -> None:
    without, with_ = (partnerships.make(World(effect, people=2_000), 3) for effect in (0.0, -0.10))
    assert np.array_equal(without.treated, with_.treated)
    assert np.array_equal(without.score, with_.score)
    joined = without.treated
    assert (with_.after[joined] <= without.after[joined]).all()
    assert with_.ratio < 1 == without.ratio
    # Nobody joins twice, and nobody is before a panel after joining.
    assert np.unique(without.person[joined]).size == joined.sum()
    last = np.append(without.person[1:] != without.person[:-1], True)
    assert last[joined].all()


def test_the_score_is_right_but_for_its_constant() -> None:
    # Many people at once: what the predictor expects, once moved by the constant, is what happens without any effect.
    made = partnerships.make(World(0, people=60_000), 4)
    logit = np.log(made.score / (1 - made.score)) - partnerships.NATIONAL
    right = 1 / (1 + np.exp(-logit))
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.99)):
        inside = made.first & (right > low) & (right <= high)
        off = made.reoffended[inside].mean() - right[inside].mean()
        assert abs(off) < 0.005 + 4 * np.sqrt(0.25 / inside.sum())


def result(word: Word, estimate: float | None, reason: str = "") -> Result:
    said = Verdict(word, reason, Grade.COMPARISON)
    low, high = (None, None) if estimate is None else (estimate - 2, estimate + 2)
    return Result(-1.0, estimate, low, high, said, said)


def test_the_refused_are_counted_beside_and_not_as_right() -> None:
    tally = report.tally(
        [
            result(Word.WORKS, -4.0),
            result(Word.NO_EVIDENCE, -1.0),
            result(Word.REFUSED, None, "the two groups are not alike in age"),
            result(Word.REFUSED, -1.0, "the two groups are not alike in sex"),
        ]
    )
    assert (tally.made, tally.judged, tally.works, tally.covered) == (4, 2, 0.5, 0.5)
    assert tally.bias == pytest.approx(-1.5)
    assert tally.reasons == {"the two groups are not alike": 2}
