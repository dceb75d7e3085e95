"""The effect at each level of a moderator, and whether levels differ."""

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics import evaluation
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.heterogeneity import Heterogeneity, by_moderator, interactions
from iom_analytics.evaluation.study import Study

AREAS = ("Arden", "Barset", "Dorlcote", "Elmet", "Felpersham", "Gondal")


def people(
    seed: int = 1, effects: tuple[float, ...] = (0.0,) * 6, each: int = 400
) -> tuple[Study, np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    number = each * len(effects)
    place = np.arange(number) % len(effects)
    treated = rng.random(number) < 0.4
    age = rng.normal(30, 8, number)
    chance = 0.5 - 0.005 * (age - 30) + np.array(effects)[place] * treated
    outcome = (rng.random(number) < np.clip(chance, 0.01, 0.99)).astype(float)
    table = pa.table({"treated": treated.astype(int), "age": age})
    study = evaluation.read_study(table, treatment="treated", covariates=["age"])
    return study, outcome, [AREAS[each] for each in place]


def analysed(
    study: Study, outcome: np.ndarray, where: list[str], *, name: str = "locality", doubly: bool = False
) -> Heterogeneity:
    ones = np.ones(len(outcome))
    chance = np.full(len(outcome), 0.4) if doubly else None
    return by_moderator(outcome, study, ones, where, name=name, grade=Grade.COMPARISON, probability=chance)


def test_each_level_is_its_own_analysis_and_q_is_that_of_statsmodels() -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    study, outcome, where = people(effects=(-0.2, -0.1, 0, 0, 0.05, -0.05))
    found = analysed(study, outcome, where)
    assert [level.name for level in found.levels] == list(AREAS)
    errors = []
    for level in found.levels:
        own = np.array(where) == level.name
        alone = evaluation.difference(outcome[own], study.treated[own], np.ones(own.sum()))
        assert (level.effect, level.low, level.high) == (alone.estimate, alone.lower, alone.upper)
        assert level.treated == study.treated[own].sum()
        assert alone.error is not None
        errors.append(alone.error)
    theirs = combine_effects(np.array([level.effect for level in found.levels]), np.array(errors) ** 2)
    assert found.q == pytest.approx(theirs.q)
    assert found.i_squared == pytest.approx(max(0, theirs.i2))
    assert found.p == pytest.approx(theirs.test_homogeneity().pvalue)
    assert found.mean == pytest.approx(theirs.mean_effect_fe)


def test_levels_are_drawn_towards_their_mean() -> None:
    study, outcome, where = people(effects=(-0.2, -0.1, 0, 0, 0.05, -0.05))
    found = analysed(study, outcome, where)
    own = np.array([level.effect for level in found.levels])
    drawn = np.array([level.drawn for level in found.levels])
    assert drawn.std() < own.std()
    two = analysed(study, outcome, ["a" if place in AREAS[:2] else "b" for place in where])
    assert all(level.drawn is None for level in two.levels)


def test_doubly_robust_within_a_level_even_where_a_covariate_is_the_level() -> None:
    study, outcome, _ = people()
    young = study.covariates[0].values < 30
    table = pa.table(
        {"treated": study.treated.astype(int), "age": study.covariates[0].values, "young": young.astype(int)}
    )
    both = evaluation.read_study(table, treatment="treated", covariates=["age", "young"])
    where = ["under 30" if each else "30 and over" for each in young]
    found = analysed(both, outcome, where, name="age", doubly=True)
    alone = evaluation.read_study(table.filter(pa.array(young)), treatment="treated", covariates=["age"])
    expected = evaluation.doubly_robust(outcome[young], alone, np.full(young.sum(), 0.4))
    assert found.levels[1].effect == pytest.approx(expected.estimate)
    assert found.levels[1].low == pytest.approx(expected.lower)


@pytest.mark.slow
def test_levels_alike_are_called_different_as_often_as_chance_says() -> None:
    p = [analysed(*people(seed, each=150)).p for seed in range(200)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.04)


def test_a_real_difference_between_levels_is_found() -> None:
    found = analysed(*people(effects=(-0.3, 0.3, 0, 0, 0, 0)))
    assert found.p < 0.001
    assert found.i_squared > 0.5


def test_several_moderators_are_corrected_by_holm() -> None:
    study, outcome, where = people(effects=(-0.3, 0.3, 0, 0, 0, 0))
    half = ["odd" if number % 2 else "even" for number in range(len(where))]
    thirds = [str(number // 7 % 3) for number in range(len(where))]
    found = [analysed(study, outcome, each, name=n) for n, each in (("area", where), ("half", half), ("third", thirds))]
    together = interactions(found)
    smallest = min(each.p for each in found)
    assert min(together.p.values()) == pytest.approx(min(1, 3 * smallest))
    with pytest.raises(InputError, match="twice"):
        interactions([found[0], found[0]])


def test_a_level_with_under_10_on_a_side_is_withheld_and_the_next_smallest_with_it() -> None:
    study, outcome, where = people(each=200)
    few = np.flatnonzero(study.treated & (np.array(where) == "Arden"))[:4]
    outside = np.flatnonzero(~study.treated & (np.array(where) == "Arden"))[:40]
    for place in (*few, *outside):
        where[place] = "Zamorna"
    found = analysed(study, outcome, where)
    assert "Zamorna" in found.withheld
    assert len(found.withheld) == 2
    assert not {level.name for level in found.levels} & set(found.withheld)


def test_who_weighs_nothing_is_not_counted() -> None:
    study, outcome, where = people()
    weights = np.ones(len(where))
    arden = (np.array(where) == "Arden") & ~study.treated
    weights[np.flatnonzero(arden)[15:]] = 0
    found = by_moderator(outcome, study, weights, where, name="locality", grade=Grade.COMPARISON)
    assert found.levels[0].comparison == 15


def test_a_level_in_which_nothing_varies_has_no_estimate() -> None:
    study, outcome, where = people()
    outcome[np.array(where) == "Elmet"] = 1
    found = analysed(study, outcome, where)
    assert found.no_estimate == ("Elmet",)
    assert found.degrees == 4


def test_refused() -> None:
    study, outcome, where = people()
    with pytest.raises(EstimateError, match="1 levels"):
        analysed(study, outcome, ["all"] * len(where))
    with pytest.raises(InputError, match="missing for somebody"):
        analysed(study, outcome, ["", *where[1:]])
    with pytest.raises(InputError, match="one value for each unit"):
        analysed(study, outcome, where[1:])
    with pytest.raises(InputError, match="that is the total"):
        analysed(study, outcome, ["All", *where[1:]])
