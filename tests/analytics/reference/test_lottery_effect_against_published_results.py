"""What came of a lottery, against figures that others published and another library."""

import numpy as np
import pytest
from scipy.stats import fisher_exact
from statsmodels.sandbox.regression.gmm import IV2SLS

from iom_analytics.evaluation.lottery_effect import by_draw, of_compliers


def vitamin_a() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Deaths of children in Sumatra by draw and by whether they took vitamin A (Sommer and Zeger 1991)."""
    rows = [  # drawn, took it, died, children
        (1, 1, 0, 9663),
        (1, 1, 1, 12),
        (1, 0, 0, 2385),
        (1, 0, 1, 34),
        (0, 0, 0, 11514),
        (0, 0, 1, 74),
    ]
    drawn, took, died = (np.repeat([row[place] for row in rows], [row[3] for row in rows]) for place in range(3))
    return died, drawn, took


@pytest.mark.slow
def test_vitamin_a_by_draw_and_of_compliers() -> None:
    # Imbens and Rubin 1997, Ann. Stat. 25, section 5: -0.0026 (0.0009) by draw; -0.0032 (0.0012) of compliers.
    died, drawn, took = vitamin_a()
    found = by_draw(died, drawn, seed=1, draws=999)
    assert round(found.difference.estimate, 4) == -0.0026
    assert found.difference.error is not None
    assert round(found.difference.error, 4) == 0.0009
    assert (found.drawn, found.others, found.is_exact) == (12094, 11588, False)
    assert found.randomisation_p < 0.02
    compliers = of_compliers(died, drawn, took)
    assert compliers.effect.error is not None
    assert (round(compliers.share, 2), round(compliers.effect.estimate, 4)) == (0.80, -0.0032)
    assert round(compliers.effect.error, 4) == 0.0012


def test_wald_equals_two_stages() -> None:
    chance = np.random.default_rng(5)
    drawn = np.repeat([1, 0], [80, 120])
    took = np.where(drawn == 1, chance.random(200) < 0.7, chance.random(200) < 0.1).astype(float)
    y = chance.poisson(2, 200) - took
    found = of_compliers(y, drawn, took)
    ones = np.ones(200)
    fit = IV2SLS(y, np.column_stack([ones, took]), np.column_stack([ones, drawn])).fit()
    assert found.effect.estimate == pytest.approx(fit.params[1])
    assert found.effect.error == pytest.approx(fit.bse[1], rel=0.05), "theirs takes one variance for both sides"


def test_the_exact_test_is_fishers() -> None:
    # Of a yes or no the differences order the tables as Fisher's probabilities do where both sides are as many.
    for did, others in ((7, 3), (9, 2), (5, 5)):
        y = np.repeat([1, 0, 1, 0], [did, 10 - did, others, 10 - others])
        drawn = np.repeat([1, 0], 10)
        found = by_draw(y, drawn, seed=2, draws=20_000)
        exact = fisher_exact([[did, 10 - did], [others, 10 - others]]).pvalue
        assert found.randomisation_p == pytest.approx(exact, abs=0.01)


@pytest.mark.slow
def test_all_ways_to_draw_are_looked_at_where_they_are_few() -> None:
    # Fisher's tea: of 8 cups 4 had milk first, and 3 of them were told: 34 of 70 ways are as good or as bad.
    from iom_analytics.evaluation.lottery_effect import randomisation_p

    told, milk = np.repeat([1.0, 0, 1, 0], [3, 1, 1, 3]), np.repeat([True, False], 4)
    p, exact = randomisation_p(told, milk, np.zeros(8, np.int64), np.random.default_rng(0), 999)
    assert exact
    assert p == pytest.approx(34 / 70)
