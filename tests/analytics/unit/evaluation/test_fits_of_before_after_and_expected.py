"""The two fits that a bootstrap repeats, each against another way to the same number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit, logit

from iom_analytics.evaluation.before_after import Likelihood, exposures, fit_rates, maximum_likelihood
from iom_analytics.evaluation.expected import intercept


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "mean", "people"), [(0.7, 0.5, 10_000), (2.0, 2.0, 500), (0.4, 3.0, 150)])
def test_rates_are_those_of_statsmodels(shape: float, mean: float, people: int) -> None:
    from statsmodels.discrete.discrete_model import NegativeBinomial

    rng = np.random.default_rng(5)
    liberty = rng.choice([0.25, 0.5, 1.0], people)
    counts = rng.poisson(rng.gamma(shape, mean / shape, people) * liberty)
    theirs = NegativeBinomial(counts, np.ones(people), exposure=liberty).fit(disp=False, maxiter=200, gtol=1e-8)
    found = fit_rates(counts, liberty)
    assert found.mean == pytest.approx(np.exp(theirs.params[0]), rel=1e-4)
    assert found.shape == pytest.approx(1 / theirs.params[1], rel=1e-4)
    assert found.log_likelihood == pytest.approx(theirs.llf, abs=1e-5)


@given(st.integers(0, 10_000), st.sampled_from([0.2, 0.7, 2.0, 10.0]), st.sampled_from([100, 1000]))
@settings(deadline=None, max_examples=60)
def test_newtons_top_is_no_lower_than_the_other_search(seed: int, shape: float, people: int) -> None:
    rng = np.random.default_rng(seed)
    liberty = rng.choice([0.5, 1.0], people)
    counts = rng.poisson(rng.gamma(shape, 1 / shape, people) * liberty)
    of = exposures(liberty)
    times, summed = np.bincount(counts).astype(float), np.bincount(of.place, weights=counts).astype(float)
    if (top := Likelihood(times, summed, of).newton(np.log((shape, 1.0)))) is None:
        return  # then the other search is used
    found, searched = maximum_likelihood(times, summed, of, (shape, 1.0)), maximum_likelihood(times, summed, of)
    assert np.exp(top[0]) == pytest.approx(found.shape)
    assert found.log_likelihood >= searched.log_likelihood - 1e-6


@given(
    st.lists(st.tuples(st.floats(-12, 12), st.booleans()), min_size=2, max_size=30).filter(
        lambda rows: 0 < sum(did for _, did in rows) < len(rows)
    )
)
@settings(deadline=None)
def test_an_intercept_is_where_a_search_by_halves_finds_it(rows: list[tuple[float, bool]]) -> None:
    y, p = np.array([float(did) for _, did in rows]), expit(np.array([x for x, _ in rows]))
    x = logit(p)
    found = brentq(lambda a: expit(x + a).sum() - y.sum(), -60, 60, xtol=1e-12)
    assert intercept(y, p) == pytest.approx(found, abs=1e-6)
