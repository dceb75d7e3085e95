"""Matching equals its slow twin, never gives a unit twice, and weights that promise balance keep it."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iom_analytics import evaluation
from iom_analytics.errors import InputError
from iom_analytics.evaluation import Study
from tests.analytics import alternatives

COARSE = st.integers(0, 6).map(lambda number: number / 8)  # exact in binary, so that equal distances are equal


@st.composite
def populations(draw: st.DrawFn) -> tuple[Study, np.ndarray]:
    size = draw(st.integers(4, 24))
    treated = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    assume(treated.any() and not treated.all())
    distance = np.array(draw(st.lists(COARSE, min_size=size, max_size=size)))
    assume(distance.std() > 0)
    stratum = np.array(draw(st.lists(st.integers(0, 1), min_size=size, max_size=size)))
    return Study(pa.array(range(size)), treated, (), stratum if draw(st.booleans()) else None), distance


@given(populations(), st.integers(1, 3), st.sampled_from([None, 0.3, 1.0]), st.booleans(), st.booleans())
def test_nearest_equals_its_twin(
    population: tuple[Study, np.ndarray], ratio: int, caliper: float | None, replace: bool, smallest: bool
) -> None:
    study, distance = population
    order = "smallest" if smallest else "largest"
    strata = [0] * len(distance) if study.stratum is None else study.stratum.tolist()
    reach = float("inf") if caliper is None else caliper * distance.std(ddof=1)
    expected = alternatives.nearest_pairs(
        study.treated.tolist(), distance.tolist(), strata, ratio=ratio, reach=reach, replace=replace, order=order
    )
    try:
        found = evaluation.nearest(study, distance, ratio=ratio, caliper=caliper, replace=replace, order=order)
    except InputError:
        assert not expected
        return
    assert found.pairs is not None
    assert [tuple(pair) for pair in found.pairs.tolist()] == expected
    others = found.pairs[:, 1].tolist()
    assert replace or len(others) == len(set(others))
    assert found.weights[study.treated].sum() == pytest.approx((found.weights[study.treated] > 0).sum())


@given(st.integers(0, 10_000))
def test_weights_that_promise_balance_keep_it(seed: int) -> None:
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(120, 3))
    treated = chance.random(120) < 1 / (1 + np.exp(0.8 - x @ [0.5, -0.3, 0.2]))
    table = pa.table({"t": treated, **{name: x[:, place] for place, name in enumerate("abc")}})
    study = evaluation.read_study(table, treatment="t", covariates=["a", "b", "c"])
    for matched in (evaluation.overlap(study, evaluation.propensity(study)), evaluation.entropy(study)):
        for row in evaluation.balance(study, matched.weights).to_pylist():
            assert row["treated_mean"] == pytest.approx(row["comparison_mean"], abs=1e-8)
            assert row["light"] == "green"
