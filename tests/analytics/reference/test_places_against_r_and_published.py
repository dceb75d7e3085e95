"""The intervals of the measures of places, against R, statsmodels and a published worked example."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from iom_analytics.measures import intervals


@pytest.mark.parametrize(
    ("counts", "days", "expected"),
    [
        ((120, 150), (365, 366), (0.625669855105, 1.02668841577)),
        ((10, 11), (365, 365), (0.346131682832, 2.35788124975)),
        ((1000, 700), (366, 365), (1.29219875716, 1.57138802726)),
        ((15, 90), (365, 365), (0.089582400837, 0.289746118481)),
    ],
)
def test_the_ratio_of_two_counts_agrees_with_r(
    counts: tuple[int, int], days: tuple[int, int], expected: tuple[float, float]
) -> None:
    """What `poisson.test(counts, days)$conf.int` of R 4.2.2 says."""
    found = intervals.of_ratio(*counts, now_days=days[0], before_days=days[1])
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (50, 37.11, 65.92)]
)
def test_the_interval_of_a_count_is_the_published_one(count: int, low: float, high: float) -> None:
    """Garwood 1936, Biometrika 28, as tabulated since (95% limits of a Poisson count)."""
    assert intervals.of_count(count) == pytest.approx((low, high), abs=0.01)


@pytest.mark.parametrize(("share", "sample"), [(0.615, 412.7), (0.01, 200), (0.0, 30), (1.0, 30), (0.5, 10.5)])
def test_the_interval_of_a_share_agrees_with_statsmodels(share: float, sample: float) -> None:
    expected = proportion_confint(share * sample, sample, method="wilson")
    assert intervals.of_share(share, sample) == pytest.approx(expected, abs=1e-12)


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe 1998, Statistics in Medicine 17:873-890, example (a), method 10: 56/70 - 48/80, 0.0524 to 0.3339."""
    found = intervals.of_difference(56 / 70, 70, 48 / 80, 80)
    assert found == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found == pytest.approx(confint_proportions_2indep(56, 70, 48, 80, method="newcomb"), abs=1e-9)


def test_counts_of_nothing_that_became_something_have_no_upper_bound() -> None:
    low, high = intervals.of_ratio(12, 0, now_days=365, before_days=365)
    assert low > 1
    assert high == float("inf")
