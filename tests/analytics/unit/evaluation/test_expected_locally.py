"""Scores moved and stretched to fit local people, checked against statsmodels and by made-up people."""

import numpy as np
import statsmodels.api as sm
from scipy.special import expit, logit

from iom_analytics.evaluation.expected import observed_expected_locally, recalibrate


def people(number: int, *, moved: float, stretched: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Who reoffended, and scores whose log odds are out by `moved` and `stretched`."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.05, 0.9, number).round(2)
    return (rng.random(number) < expit(moved + stretched * logit(score))).astype(float), score


def test_intercept_and_slope_are_those_of_statsmodels() -> None:
    did, score = people(20_000, moved=-0.4, stretched=0.8, seed=1)
    found = recalibrate(did, score, seed=1, replicates=50)
    theirs = sm.GLM(did, sm.add_constant(logit(score)), family=sm.families.Binomial()).fit()
    # What was known of the slope beforehand is worth a dozen people, so among 20,000 it moves the third digit.
    np.testing.assert_allclose([found.intercept, found.slope], theirs.params, atol=2e-3)
    np.testing.assert_allclose(found.draws.std(axis=0), theirs.bse, rtol=0.35)
    assert found.apply(score).sum() - did.sum() < 1e-6


def test_among_few_people_chance_does_not_pass_for_a_slope() -> None:
    did, score = people(100, moved=0, stretched=1, seed=3)
    alone = sm.GLM(did, sm.add_constant(logit(score)), family=sm.families.Binomial()).fit().params[1]
    found = recalibrate(did, score, seed=1, replicates=50)
    assert abs(found.slope - 1) < abs(alone - 1)


def test_a_score_that_is_out_for_high_risk_alone_is_no_effect_on_them() -> None:
    did, score = people(20_000, moved=-0.4, stretched=0.7, seed=5)
    local = recalibrate(did, score, seed=1, replicates=200)
    joined, own = people(2_000, moved=-0.4, stretched=0.7, seed=6)
    high = own > 0.6
    found = observed_expected_locally(joined[high], own[high], local=local, seed=1)
    assert found.difference_low < 0 < found.difference_high
    only_moved = expit(logit(own[high]) + logit(did.mean()) - logit(score.mean()))
    assert 100 * (joined[high].mean() - only_moved.mean()) < found.difference - 2
