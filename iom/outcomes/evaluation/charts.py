"""Charts of what is shown beside them as tables: SVG text, in the two widths a page has room for."""

from typing import Any

import pyarrow as pa

from iom.outcomes.evaluation.studies import publishable_count
from iom_analytics.evaluation import charts

WIDTHS = (charts.WIDE, charts.NARROW)


def balance_chart(
    rows: list[dict[str, Any]], *, title: str, text: str, x: str, stages: tuple[str, str], width: int
) -> str:
    """How far apart the two sides are on each covariate (`covariate`, `smd_before`, `smd`), before and after."""
    before, after = stages
    return charts.love_plot(
        pa.Table.from_pylist(rows), charts.Words(title, text, x), before=before, after=after, width=width
    )


def effects_chart(rows: list[dict[str, Any]], *, title: str, text: str, x: str, width: int) -> str:
    """Differences with their intervals (`measure`, `estimate`, `low`, `high`), around the line of no effect."""
    return charts.effect_chart(pa.Table.from_pylist(rows), charts.Words(title, text, x), width=width)


def timing_chart(rows: list[dict[str, Any]], *, title: str, text: str, x: str, y: str, at_risk: str, width: int) -> str:
    """The share of each side still without (`group`, `time`, `share`, `low`, `high`), how many beneath (`at_risk`)."""
    shown = [{**row, "at_risk": publishable_count(row["at_risk"])} for row in rows]
    words = charts.Words(title, text, x, y)
    return charts.survival_chart(pa.Table.from_pylist(shown), words, at_risk=at_risk, width=width)


def crime_chart(
    rows: list[dict[str, Any]], *, title: str, text: str, y: str, names: tuple[str, str], width: int
) -> str:
    """A series (`period`, `observed`) beside another (`expected`), here the mean of the year that ends there."""
    schema = pa.schema(
        [("period", pa.string()), *((name, pa.float64()) for name in ("observed", "expected", "low", "high"))]
    )
    table = pa.Table.from_pylist([{"low": None, "high": None, **row} for row in rows], schema)
    observed, expected = names
    return charts.time_series_chart(
        table, charts.Words(title, text, "", y), observed=observed, expected=expected, width=width
    )


def watch_chart(
    rows: list[dict[str, Any]], *, title: str, text: str, x: str, y: str, line: str, alarm: str, width: int
) -> str:
    """How high a watch stood at the end of each block (`case`, `height`, `alarm`), in per cent of its limit."""
    return charts.cusum_chart(
        pa.Table.from_pylist(rows), charts.Words(title, text, x, y), limit=100, line=line, alarm=alarm, width=width
    )


def areas_chart(rows: list[dict[str, Any]], *, title: str, text: str, x: str, y: str, width: int) -> str:
    """Areas in a funnel around 1: `area`, `size`, `rate`, the limits at 95 and 99.8%, `outside`."""
    return charts.funnel_chart(pa.Table.from_pylist(rows), charts.Words(title, text, x, y), target=1.0, width=width)
