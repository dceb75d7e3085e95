"""Staggered difference in differences equals what anybody would work out unit by unit, on any small panel."""

import math
from statistics import fmean, pvariance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics.evaluation.staggered import Comparison, staggered

PERIODS = 5
FIRST = -1  # periods may begin anywhere: 0 here is a period, and not 'never'
Panel = dict[int, tuple[int | None, list[float]]]  # unit -> period of entry, outcome by period


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Three groups of 5 to 7 units and some who never enter, each unit with a level of its own and noise."""
    entries = draw(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=1, max_size=3, unique=True))
    entered = [each for entry in entries for each in [entry] * draw(st.integers(5, 7))]
    entered += [None] * draw(st.integers(5, 8))
    noise = st.integers(-8, 8).map(float)
    panel = {
        unit: (entry, draw(st.lists(noise, min_size=PERIODS, max_size=PERIODS))) for unit, entry in enumerate(entered)
    }
    # No two units move alike, so that every average varies.
    return {
        unit: (entry, [value + unit * unit * (place % 3 + place * place) / 64 for place, value in enumerate(values)])
        for unit, (entry, values) in panel.items()
    }


def change(panel: Panel, unit: int, base: int, period: int) -> float:
    return panel[unit][1][period - FIRST] - panel[unit][1][base - FIRST]


def sides(panel: Panel, group: int, period: int, comparison: Comparison) -> tuple[list[int], list[int]]:
    own = [unit for unit, (entry, _) in panel.items() if entry == group]
    others = [
        unit
        for unit, (entry, _) in panel.items()
        if entry is None or (comparison == "not yet" and entry > period and entry != group)
    ]
    return own, others


def twin_cell(panel: Panel, group: int, period: int, comparison: Comparison) -> tuple[float, dict[int, float]]:
    """The effect of a group in a period, and by how much each unit moved it (its influence)."""
    base = group - 1 if period >= group else period - 1
    own, others = sides(panel, group, period, comparison)
    rise, other_rise = (fmean(change(panel, unit, base, period) for unit in side) for side in (own, others))
    influence = {unit: (change(panel, unit, base, period) - rise) / len(own) for unit in own}
    influence |= {unit: -(change(panel, unit, base, period) - other_rise) / len(others) for unit in others}
    return rise - other_rise, influence


def twin_error(influence: dict[int, float]) -> float:
    return math.sqrt(sum(each**2 for each in influence.values()))


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(panels(), st.sampled_from(["never", "not yet"]))
def test_every_cell_and_average(panel: Panel, comparison: Comparison) -> None:
    rows = [
        (unit, FIRST + place, entry, value)
        for unit, (entry, values) in panel.items()
        for place, value in enumerate(values)
    ]
    unit, period, entered, outcome = zip(*rows, strict=True)
    found = staggered(unit=unit, period=period, entered=entered, outcome=outcome, comparison=comparison)

    groups = sorted({entry for entry, _ in panel.values() if entry is not None})
    assert {(cell.entered, cell.period) for cell in found.cells} == {
        (group, when) for group in groups for when in range(FIRST + 1, FIRST + PERIODS)
    }
    effects = {}
    for cell in found.cells:
        estimate, influence = twin_cell(panel, cell.entered, cell.period, comparison)
        effects[cell.entered, cell.period] = estimate
        own, others = sides(panel, cell.entered, cell.period, comparison)
        assert cell.effect is not None
        assert (cell.treated, cell.comparison) == (len(own), len(others))
        assert cell.effect.estimate == pytest.approx(estimate, abs=1e-9)
        assert cell.effect.error == pytest.approx(twin_error(influence), rel=1e-6)

    size = {group: sum(entry == group for entry, _ in panel.values()) for group in groups}
    after = [(group, when) for group, when in effects if when >= group]
    total = sum(size[group] for group, _ in after)
    assert found.overall.estimate == pytest.approx(
        sum(size[group] * effects[group, when] for group, when in after) / total
    )
    for group, effect in found.by_group:
        own = [effects[each] for each in after if each[0] == group]
        assert effect.estimate == pytest.approx(fmean(own), abs=1e-9)
    by_time = {}
    for time, effect in found.dynamic:
        cells = [(size[group], effects[group, when]) for group, when in after if when - group == time]
        by_time[time] = sum(weight * value for weight, value in cells) / sum(weight for weight, _ in cells)
        assert effect.estimate == pytest.approx(by_time[time], abs=1e-9)
    assert found.dynamic_overall.estimate == pytest.approx(fmean(by_time.values()), abs=1e-9)
    if len(groups) == 1:  # of one group the weights are known, so its error is that of a mean of changes
        (group,) = groups
        own, others = sides(panel, group, FIRST + PERIODS, comparison)
        means = [
            [fmean(change(panel, unit, group - 1, when) for _, when in after) for unit in side]
            for side in (own, others)
        ]
        error = math.sqrt(sum(pvariance(side) / len(side) for side in means))
        assert found.overall.error == pytest.approx(error, rel=1e-6)
