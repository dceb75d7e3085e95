"""When people reoffended: the curves are Kaplan and Meier's, and nobody can be counted out from two points of them."""

import numpy as np
import pytest

from iom_analytics.errors import EstimateError
from iom_analytics.evaluation import survival, timing

SIDE = 2000


def people(rate: float, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Days to the first reoffence, not a number where it did not come within a year, and what a curve makes of them."""
    days = np.ceil(np.random.default_rng(seed).exponential(365 / rate, SIDE))
    return np.where(days < 365, days, np.nan), days


def test_unweighted_curves_are_those_of_kaplan_and_meier() -> None:
    (own, own_days), (other, other_days) = people(0.9, seed=1), people(0.7, seed=2)
    treated = np.repeat([True, False], SIDE)
    points = timing.still_without(np.concatenate([own, other]), treated, np.ones(2 * SIDE))
    assert [point.month for point in points] == list(range(13))
    for side, days in (("treated", own_days), ("comparison", other_days)):
        # Just before the end of each month: a day counts as over once the month is.
        at = [np.ceil(point.month * timing.DAYS) - 1 for point in points[1:]]
        found = survival.kaplan_meier(np.minimum(days, 365), days < 365, at=at)
        for point, expected in zip(points[1:], found.points, strict=True):
            curve = getattr(point, side)
            assert curve.share == pytest.approx(expected.share, abs=1e-12)
            # Greenwood's error without censoring is the binomial one; ours is that times n over n less 1.
            assert (curve.low, curve.high) == pytest.approx((expected.low, expected.high), abs=2e-4)
            assert curve.at_risk == (days >= min(point.month * timing.DAYS, 365)).sum()


def test_weights_move_the_curve_as_they_move_the_rate() -> None:
    days = np.concatenate([np.repeat([100.0, np.nan], 50), np.repeat([100.0, np.nan], 50)])
    treated = np.repeat([True, False], 100)
    weights = np.concatenate([np.ones(100), np.repeat([3.0, 1.0], 50)])
    last = timing.still_without(days, treated, weights)[-1]
    assert (last.month, last.treated.share, last.comparison.share) == (4, 0.5, 0.25)


def test_a_month_waits_until_ten_more_reoffended_on_either_side() -> None:
    own = np.concatenate([np.full(9, 10.0), np.full(1, 40.0), np.full(9, 70.0), np.full(1, 300.0), np.full(20, np.nan)])
    other = np.concatenate([np.full(30, 5.0), np.full(30, 70.0), np.full(30, 300.0), np.full(30, np.nan)])
    treated = np.repeat([True, False], [len(own), len(other)])
    points = timing.still_without(np.concatenate([own, other]), treated, np.ones(len(treated)))
    # Nine in the first month, ten by the second; nine by the third, and of all ten only in the tenth.
    assert [(point.month, point.treated.at_risk) for point in points] == [(0, 40), (2, 30), (10, 20)]


def test_no_point_from_which_fewer_than_ten_are_still_to_reoffend() -> None:
    own = np.concatenate([np.full(20, 10.0), np.full(9, 300.0), np.full(20, np.nan)])
    other = np.concatenate([np.full(20, 10.0), np.full(20, 300.0), np.full(20, np.nan)])
    treated = np.repeat([True, False], [len(own), len(other)])
    points = timing.still_without(np.concatenate([own, other]), treated, np.ones(len(treated)))
    assert [point.month for point in points] == [0, 10]


def test_people_of_no_weight_are_on_neither_curve() -> None:
    days = np.concatenate([np.full(20, 10.0), np.full(20, np.nan), np.full(20, 10.0), np.full(20, np.nan), [1.0] * 50])
    treated = np.repeat([True, False, False], [40, 40, 50])
    weights = np.repeat([1.0, 0.0], [80, 50])
    points = timing.still_without(days, treated, weights)
    assert points[0].comparison.at_risk == 40
    assert points[-1].comparison.share == pytest.approx(0.5)


@pytest.mark.parametrize("reoffended", [0, 9, 95, 100], ids=["nobody", "nine", "all but five", "everybody"])
def test_too_few_of_either_kind_is_said_and_not_shown(reoffended: int) -> None:
    days = np.where(np.arange(100) < reoffended, 20.0, np.nan)
    with pytest.raises(EstimateError, match="Too few"):
        timing.still_without(np.tile(days, 2), np.repeat([True, False], 100), np.ones(200))


def test_several_rows_of_a_person_widen_the_interval() -> None:
    days = np.where(np.arange(100) % 2 == 0, 20.0, np.nan)
    twice = np.concatenate([np.repeat(days, 2), np.repeat(days, 2)])
    treated = np.repeat([True, False], 200)
    alone = timing.still_without(twice, treated, np.ones(400))[-1].treated
    together = timing.still_without(twice, treated, np.ones(400), cluster=np.repeat(np.arange(200), 2))[-1].treated
    assert together.share == alone.share
    assert together.high - together.low == pytest.approx(np.sqrt(2) * (alone.high - alone.low), rel=0.02)
