"""Control charts: their limits, their four rules, and how often they alarm for nothing."""

import numpy as np
import pytest

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.control_chart import (
    POINTS_UNTIL_FALSE_ALARM,
    p_chart,
    signals,
    u_chart,
    xmr_chart,
)

MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def obvious(z: list[float]) -> dict[int, list[bool]]:
    """The four rules looked up point by point."""

    def near(place: int, out_of: int, many: int, beyond: float) -> bool:
        last = z[max(0, place - out_of + 1) : place + 1]
        return (z[place] > beyond and sum(each > beyond for each in last) >= many) or (
            z[place] < -beyond and sum(each < -beyond for each in last) >= many
        )

    return {
        1: [abs(each) > 3 for each in z],
        2: [near(place, 3, 2, 2) for place in range(len(z))],
        3: [near(place, 5, 4, 1) for place in range(len(z))],
        4: [near(place, 8, 8, 0) for place in range(len(z))],
    }


def test_the_rules_equal_their_slow_twin() -> None:
    rng = np.random.default_rng(3)
    z = np.r_[rng.normal(0, 1, 400), rng.normal(1.2, 1, 200), rng.normal(-1.2, 1, 200)]
    expected = obvious(z.tolist())
    for rule, found in signals(z).items():
        assert found.tolist() == expected[rule]
        assert found.any()


@pytest.mark.slow
def test_points_until_a_false_alarm_are_those_published() -> None:
    # 2,000 runs of 1,200 points: points that went by for each alarm, known to about 2.5 %.
    rng = np.random.default_rng(11)
    points = dict.fromkeys(POINTS_UNTIL_FALSE_ALARM, 0)
    alarms = dict.fromkeys(POINTS_UNTIL_FALSE_ALARM, 0)
    for _ in range(2000):
        found = signals(rng.normal(size=1200))
        first = {rule: int(np.argmax(broken)) if broken.any() else 1200 for rule, broken in found.items()}
        for rules in POINTS_UNTIL_FALSE_ALARM:
            at = min(first[rule] for rule in rules)
            points[rules] += min(at + 1, 1200)
            alarms[rules] += at < 1200
    for rules, published in POINTS_UNTIL_FALSE_ALARM.items():
        assert points[rules] / alarms[rules] == pytest.approx(published, rel=0.06)


def test_a_p_chart_by_hand() -> None:
    # 12 months of 100 people, 30 each but for one of 50: the mean is 380/1200, sigma root(p q / 100).
    found = p_chart(MONTHS, [30] * 11 + [50], [100] * 12, rules=[1])
    mean = 380 / 1200
    sigma = (mean * (1 - mean) / 100) ** 0.5
    assert found.mean == pytest.approx(mean)
    assert found.points[0].low == pytest.approx(mean - 3 * sigma)
    assert found.points[0].high == pytest.approx(mean + 3 * sigma)
    assert found.signals == ("2026-12",)
    assert found.false_alarm == pytest.approx(1 - (1 - 1 / 370.4) ** 12)


def test_a_u_chart_has_limits_of_its_size_and_none_under_nought() -> None:
    found = u_chart(MONTHS, [4] * 12, [2.0] * 6 + [8.0] * 6, [20] * 12, rules=[1])
    mean = 48 / 60
    assert found.points[0].low == 0
    assert found.points[-1].high == pytest.approx(mean + 3 * (mean / 8) ** 0.5)


def test_an_xmr_chart_by_hand() -> None:
    # Moving ranges are all 2: sigma 2 / 1.128, limits 2.66 mean ranges away.
    found = xmr_chart(MONTHS, [10, 12] * 6)
    assert found.mean == 11
    assert found.points[0].high == pytest.approx(11 + 2.66 * 2, abs=0.01)
    assert found.points[0].low == pytest.approx(11 - 2.66 * 2, abs=0.01)


def test_a_change_after_the_baseline_is_seen_because_it_does_not_move_the_mean() -> None:
    labels = [str(month) for month in range(20)]
    found = p_chart(labels, [30, 28, 32] * 4 + [40] * 8, [100] * 20, baseline=12)
    assert found.mean == pytest.approx(0.3)
    assert found.points[-1].rules == (4,)
    assert found.baseline == 12


def test_refused() -> None:
    with pytest.raises(InputError, match="2026-03 has under 10 people"):
        p_chart(MONTHS, [3] * 12, [30, 30, 9] + [30] * 9)
    with pytest.raises(EstimateError, match="11 points"):
        p_chart(MONTHS[:11], [3] * 11, [30] * 11)
    with pytest.raises(EstimateError, match="Nobody"):
        p_chart(MONTHS, [0] * 12, [30] * 12)
    with pytest.raises(EstimateError, match="Nothing happened"):
        u_chart(MONTHS, [0] * 12, [30.0] * 12, [30] * 12)
    with pytest.raises(EstimateError, match="never change"):
        xmr_chart(MONTHS, [3] * 12)
    with pytest.raises(InputError, match="The rules are 1"):
        p_chart(MONTHS, [3] * 12, [30] * 12, rules=[4])
    with pytest.raises(InputError, match="label of its own"):
        xmr_chart(["a"] * 12, [1, 2] * 6)
    with pytest.raises(InputError, match="but there are 12"):
        xmr_chart(MONTHS, [1, 2] * 6, baseline=13)
    with pytest.raises(InputError, match="more people did"):
        p_chart(MONTHS, [31] + [3] * 11, [30] * 12)
