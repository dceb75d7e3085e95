"""A watch goes on from where it was, tells of nobody alone, and raises alarms as often as it was asked to."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics.errors import InputError
from iom_analytics.evaluation import watching
from iom_analytics.evaluation.monitoring import Limit, cusum, limit_for_false_alarm, vlad
from iom_analytics.evaluation.watching import Basis, Track, block_ends, extended

START = date(2024, 1, 1)


def limit(height: float = 3.0, odds_ratio: float = 2.0) -> Limit:
    return Limit(height, odds_ratio, "false alarm over the cases", 0.05, 0.05, 0.005, 200, 1)


def basis(height: float = 3.0, odds_ratio: float = 2.0) -> Basis:
    return Basis(watching.BEFORE, 100, 0.0, 1.0, limit(height, odds_ratio))


def cases(did: list[int], chance: float = 0.5, *, days: list[int] | None = None) -> pa.Table:
    """One case a day unless said otherwise."""
    final = [START + timedelta(days=each) for each in (days if days is not None else range(len(did)))]
    return pa.table(
        {
            "final_on": pa.array(final, pa.date32()),
            "reoffended": [each == 1 for each in did],
            "probability": [chance] * len(did),
        }
    )


def test_blocks_have_ten_of_each_and_the_first_thirty() -> None:
    did = [0, 1] * 40  # ten of each after twenty, and thirty are needed first
    days = [START + timedelta(days=each) for each in range(80)]
    assert block_ends(days, np.array(did, float), already=0) == [30, 50, 70]
    assert block_ends(days, np.array(did, float), already=30) == [20, 40, 60, 80]
    # Of those who mostly do not reoffend it takes longer to have ten.
    rare = np.array([1, 0, 0, 0] * 20, float)
    assert block_ends(days, rare, already=0) == [40, 80]
    assert block_ends(days, np.zeros(80), already=0) == []


def test_nobody_is_the_one_who_made_a_block_full() -> None:
    # The tenth who reoffends is the 31st: the block ends ten later, whoever they are.
    did = np.array(([1] * 9 + [0] * 21) + [1] + [0] * 49, float)
    days = [START + timedelta(days=each) for each in range(80)]
    assert block_ends(days, did, already=0) == [40]


def test_a_day_is_never_parted() -> None:
    did = np.array([0, 1] * 20, float)
    days = [START] * 33 + [START + timedelta(days=each) for each in range(1, 8)]
    assert block_ends(days, did, already=0) == [33]
    assert block_ends([START] * 40, did, already=0) == [40]


def test_heights_and_running_sum_are_those_of_all_cases_at_once() -> None:
    did = np.random.default_rng(3).binomial(1, 0.45, 200)
    rows = cases(did.tolist(), 0.4)
    found = extended(Track(), rows, basis=basis(height=50.0))
    path = cusum(did, np.full(200, 0.4), limit=limit(50.0)).heights
    total = vlad(did, np.full(200, 0.4)).expected_less_observed
    assert len(found.blocks) > 3
    for block in found.blocks:
        assert block.tenths == min(9, round(path[block.cases - 1] / 5))
        assert block.expected_less_observed == pytest.approx(total[block.cases - 1])
        assert min(block.observed, block.people - block.observed) >= 10
    assert found.height == path[found.cases - 1]


@pytest.mark.parametrize("stop", [1, 37, 90, 151])
def test_looked_at_twice_it_is_the_same_as_once(stop: int) -> None:
    did = np.random.default_rng(4).binomial(1, 0.6, 200).tolist()
    first = extended(Track(), cases(did).slice(0, stop), basis=basis())
    kept = Track.read(first.to_dict())
    assert extended(kept, cases(did), basis=basis()) == extended(Track(), cases(did), basis=basis())


def test_what_was_told_does_not_change_when_a_conviction_comes_in_late() -> None:
    did = [0, 1] * 40
    first = extended(Track(), cases(did), basis=basis())
    did[0] = 1
    assert extended(first, cases(did), basis=basis()) == first
    assert extended(Track(), cases(did), basis=basis()) != first


def test_an_alarm_waits_for_the_end_of_its_block_and_starts_again_at_nought() -> None:
    # Odds of 1 doubled: each who reoffends adds log(4/3), each other takes log(3/2) away, not under nought.
    did = [0] * 10 + [1] * 20 + [0, 1] * 25
    up = np.log(4 / 3)
    found = extended(Track(), cases(did), basis=basis(height=20 * up - 1e-9))
    assert [block.is_alarm for block in found.blocks] == [True, False, False]
    assert [block.people for block in found.blocks] == [30, 20, 20]
    # Right at the end of the first block it reached the limit: from nought, 0, up, ... ends at one step up.
    assert found.height == pytest.approx(up)
    back = extended(Track(), cases(did), basis=basis(height=20 * up - 1e-9), alarms=False)
    assert not any(block.is_alarm for block in back.blocks)


def test_blocks_are_told_to_the_nearest_five() -> None:
    did = np.random.default_rng(3).binomial(1, 0.45, 200)
    found = extended(Track(), cases(did.tolist(), 0.4), basis=basis(height=50.0))
    for block in found.blocks:
        told = block.told()
        assert (told.until, told.tenths) == (block.until, block.tenths)
        for name in ("people", "observed", "expected", "cases", "expected_less_observed"):
            assert getattr(told, name) % 5 == 0
            assert abs(getattr(told, name) - getattr(block, name)) <= 2.5


@pytest.mark.parametrize(
    ("elsewhere", "other_scheme", "neither", "is_refused"),
    [
        (0, 0, 0, False),
        (1, 0, 0, True),
        (9, 0, 0, True),
        (10, 0, 0, False),
        (10, 1, 0, True),
        (0, 0, 9, True),
        (0, 0, 10, False),
        (20, 20, 1, False),
    ],
)
def test_there_is_no_look_back_at_all_but_a_few(
    elsewhere: int, other_scheme: int, neither: int, is_refused: bool
) -> None:
    numbers = [50, elsewhere, other_scheme, neither]
    of_scheme = np.repeat([True, True, False, False], numbers)
    in_area = np.repeat([True, False, True, False], numbers)
    assert watching.is_all_but_few(of_scheme, in_area) is is_refused


def test_better_is_watched_for_as_well() -> None:
    did = [0, 0, 0, 1] * 40
    assert any(block.is_alarm for block in extended(Track(), cases(did), basis=basis(3.0, 0.5)).blocks)
    assert not any(block.is_alarm for block in extended(Track(), cases(did), basis=basis(3.0, 2.0)).blocks)


def test_a_cusum_goes_on_from_a_height_under_its_limit_only() -> None:
    assert cusum([1], [0.2], limit=limit(), start=1.0).heights[0] == pytest.approx(1 + np.log(5 / 3))
    with pytest.raises(InputError):
        cusum([1], [0.2], limit=limit(), start=3.0)


def test_false_alarms_come_as_seldom_as_was_asked() -> None:
    """300 watches over 200 cases of people who are as their scores say, at 10%: 30 alarms, give or take 2.6 sigma."""
    rng = np.random.default_rng(11)
    chances = rng.uniform(0.2, 0.7, 400)
    settled = replace(basis(), limit=limit_for_false_alarm(chances, odds_ratio=2, chance=0.1, cases=200, seed=5))
    alarms = 0
    for _watch in range(300):
        p = rng.choice(chances, 200)
        rows = cases(rng.binomial(1, p).tolist()).set_column(2, "probability", pa.array(p))
        alarms += any(block.is_alarm for block in extended(Track(), rows, basis=settled).blocks)
    assert 10 <= alarms <= 44  # fewer than asked at most: the last cases are in no block yet


@pytest.mark.parametrize(
    ("registered_on", "first"),
    [
        (date(2024, 1, 9), date(2025, 7, 10)),
        (date(2024, 8, 30), date(2026, 2, 28)),
        (date(2024, 6, 30), date(2026, 1, 1)),
    ],
)
def test_the_first_case_can_count_eighteen_months_after_the_day_after(registered_on: date, first: date) -> None:
    assert watching.day_of_first(registered_on) == first
