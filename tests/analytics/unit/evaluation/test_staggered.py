"""Staggered entry: what is refused, who is left without a comparison, and what the check before entry may say."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.staggered import Staggered, staggered


def panel(*, sizes: dict[float, int], periods: int = 6, effect: float = 0, trend: float = 0) -> dict[str, np.ndarray]:
    """Units by their period of entry (NaN: never), with a level each, noise, and an effect from entry on.

    `trend` is by how much more those who enter rise in each period, scheme or none.
    """
    chance = np.random.default_rng(4)
    entered = np.repeat(list(sizes), list(sizes.values()))
    unit = np.repeat(np.arange(len(entered)), periods)
    first, period = np.repeat(entered, periods), np.tile(np.arange(1, periods + 1), len(entered))
    outcome = chance.normal(size=len(entered))[unit] + chance.normal(0, 0.3, len(unit)) + 0.2 * period
    outcome = outcome + effect * (period >= first) + trend * period * np.isfinite(first)
    return {"unit": unit, "period": period, "entered": first, "outcome": outcome}


NEVER = float("nan")
FINE = {4.0: 12, NEVER: 20}


def of(**changes: Any) -> Staggered:
    return staggered(**{**panel(sizes=FINE), **changes})


@pytest.mark.slow
def test_columns_of_arrow_with_empty_entries_are_read_as_they_are() -> None:
    rows = panel(sizes=FINE, effect=-1)
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in rows.items()})
    table = table.set_column(2, "entered", table["entered"].cast(pa.int64()))
    found = staggered(**{name: table[name] for name in rows})
    assert found == staggered(**rows)
    assert found.overall.low < -1 < found.overall.high
    assert found.overall.high < 0


@pytest.mark.slow
def test_periods_may_begin_anywhere_and_entry_after_the_last_is_never() -> None:
    rows = panel(sizes={4.0: 12, NEVER: 20}, effect=-1)
    moved = rows | {"period": rows["period"] - 4, "entered": np.nan_to_num(rows["entered"] - 4, nan=99)}
    here, there = staggered(**rows), staggered(**moved)
    assert there.overall == here.overall
    assert (there.never, [group for group, _ in there.by_group]) == (20, [0])
    assert [(cell.entered, cell.period - 0) for cell in there.cells] == [(0, period) for period in range(-2, 3)]


@pytest.mark.slow
def test_a_group_without_comparison_is_counted_as_left_out() -> None:
    found = staggered(**panel(sizes={3.0: 10, 5.0: 11}, effect=-1), comparison="not yet")
    assert (found.never, found.left_out) == (0, 11)
    assert {cell.effect is None for cell in found.cells if cell.entered == 5 and cell.period >= 5} == {True}
    assert [group for group, _ in found.by_group] == [3]


@pytest.mark.slow
def test_clusters_of_units_that_move_alike_have_wider_errors() -> None:
    rows = panel(sizes={4.0: 60, NEVER: 60})
    area = rows["unit"] // 6
    shock = np.random.default_rng(9).normal(size=(20, 7))
    together = rows | {"outcome": rows["outcome"] + shock[area, rows["period"]]}
    alone, clustered = staggered(**together), staggered(**together, cluster=area)
    assert (alone.clusters, clustered.clusters) == (120, 20)
    assert clustered.overall.estimate == pytest.approx(alone.overall.estimate)
    assert clustered.overall.error > 1.5 * alone.overall.error


@pytest.mark.slow
def test_the_check_before_entry() -> None:
    apart = staggered(**panel(sizes={5.0: 30, NEVER: 30}, trend=0.4)).pre_trend
    assert apart.p is not None
    assert apart.p < 0.001
    alike = of().pre_trend
    assert alike.p is not None
    assert alike.p > 0.05
    assert alike.could_hide is not None
    assert alike.could_hide > max(abs(effect.estimate) for _, effect in alike.placebos)
    assert "no proof" in alike.cannot_show
    nothing = staggered(**panel(sizes={2.0: 12, NEVER: 20})).pre_trend
    assert (nothing.placebos, nothing.p, nothing.could_hide) == ((), None, None)
    assert nothing.can_show.startswith("Nothing")


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ({NEVER: 20}, "No unit enters"),
        ({4.0: 4, NEVER: 20}, "4 units or clusters entered in period 4"),
        ({4.0: 20, NEVER: 4}, "4 units or clusters never enter"),
        ({4.0: 4, NEVER: 5}, "There are 9 units"),
    ],
)
def test_too_few(sizes: dict[float, int], why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        staggered(**panel(sizes=sizes))


def test_too_few_areas_behind_many_people() -> None:
    for never, why in ((90, "4 units or clusters entered"), (75, "There are 9 units or clusters")):
        rows = panel(sizes={4.0: 60, NEVER: never})
        with pytest.raises(EstimateError, match=why):
            staggered(**rows, cluster=rows["unit"] // 15)


@pytest.mark.slow
def test_too_few_left_to_compare_with() -> None:
    with pytest.raises(EstimateError, match="In period 4 only 4 units"):
        staggered(**panel(sizes={3.0: 10, 4.0: 10, NEVER: 4}), comparison="not yet")


FIRST_OF_UNIT = np.arange(32 * 6) % 6 == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"unit": np.repeat(np.arange(31), 6)}, "one length"),
        ({"period": np.tile([1, 2, 3, 4, 5, 5], 32)}, "Unit 0 has 2 rows for period 5"),
        ({"period": np.tile([1, 2, 3, 4, 5, 7], 32)}, "without gaps"),
        ({"period": np.tile([1, 2, 3, 4, 5, 5.5], 32)}, "whole numbers"),
        ({"entered": np.where(FIRST_OF_UNIT, 3.0, 4.0)}, "changes its period of entry"),
        ({"cluster": np.arange(32 * 6)}, "changes its cluster"),
        ({"entered": np.full(32 * 6, 1.0)}, "32 units, for instance 0, had entered by the first period"),
        ({"outcome": np.full(32 * 6, np.nan)}, "Outcomes has a number that is missing"),
        ({"comparison": "later"}, "'never' or 'not yet'"),
        ({"level": 95}, "must lie between"),
        ({name: [] for name in ("unit", "period", "entered", "outcome")}, "no rows"),
    ],
)
def test_bad_data(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        of(**changes)


@pytest.mark.slow
def test_an_outcome_that_does_not_vary() -> None:
    with pytest.raises(EstimateError, match="nothing to tell chance"):
        of(outcome=np.zeros(32 * 6))
