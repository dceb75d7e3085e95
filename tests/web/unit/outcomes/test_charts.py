"""Charts hold no more than the table beside them prints: finer figures are drawn in the same place."""

from collections.abc import Callable
from typing import Any

import pytest

from iom.outcomes.evaluation import WIDTHS
from iom.outcomes.models import BoardFigures, Study
from iom.outcomes.presenters import charts
from iom.outcomes.presenters.words import as_printed
from tests.factories.outcomes import area

LIGHTS = {"green": 1, "amber": 0, "red": 0}


@pytest.mark.parametrize(
    ("value", "given", "to"),
    [(0.714, {"times": 100}, 71), (-0.125, {"times": 100}, -13), (1.0825, {"places": 2}, 1.08), (None, {}, None)],
)
def test_a_figure_for_a_chart_is_that_of_the_table(
    value: float | None, given: dict[str, Any], to: float | None
) -> None:
    assert as_printed(value, **given) == to


def effects(estimate: float) -> str:
    row = {"difference_means": estimate, "difference_lower": estimate - 0.1, "difference_upper": estimate + 0.1}
    result = {"verdict": {"word": "works"}, "timing": None, "rows": [row]}
    return charts.drawn(Study(pk=7, primary="reoffended", result=result), chart="effects", width=WIDTHS[0])


def balance(smd: float) -> str:
    row = {"covariate": "age", "smd_before": smd + 0.2, "smd": smd}
    return charts.drawn(Study(pk=7, design={"balance": [row], "lights": LIGHTS}), chart="balance", width=WIDTHS[0])


def crime(mean: float) -> str:
    months = [
        {"area": "All", "month": f"2025-{month:02d}-01", "crimes": 10 * month, "rolling": round(12 * mean)}
        for month in range(1, 13)
    ]
    return charts.crime(BoardFigures(figures={"crime_by_month": months}), width=WIDTHS[0])


def areas(ratio: float) -> str:
    figures = {"areas": [area("Ash") | {"ratio": ratio, "expected": 18 + ratio}, area("Beck")]}
    return charts.areas(BoardFigures(figures=figures), width=WIDTHS[0])


@pytest.mark.parametrize(
    ("drawn", "printed", "finer", "other"),
    [
        (effects, -0.04, -0.0364, -0.05),
        (balance, 0.06, 0.0567, 0.07),
        (crime, 60, 60.25, 61),
        (areas, 1.08, 1.0825, 1.07),
    ],
)
def test_finer_figures_are_drawn_in_the_same_place(
    drawn: Callable[[float], str], printed: float, finer: float, other: float
) -> None:
    assert drawn(finer) == drawn(printed)
    assert drawn(other) != drawn(printed)
