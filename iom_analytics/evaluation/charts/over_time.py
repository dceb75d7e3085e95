"""Charts of what happens as time goes by: survival, control charts, CUSUM, series beside what was expected."""

from typing import Any

import pyarrow as pa

from iom_analytics.errors import InputError
from iom_analytics.evaluation.charts.drawing import (
    BLUE,
    DASHED,
    DOTTED,
    GREY,
    INK,
    LINE,
    SIZE,
    SOLID,
    WIDE,
    Words,
    complete,
    data,
    drawn,
    legend,
    lines_of_title,
    rows_of,
    some,
)

WITHHELD = "–"
PATTERNS = [SOLID, DASHED, DOTTED]
ROOM_FOR_A_NUMBER = 46  # pixels between numbers at risk


def height_for(width: int) -> int:
    return max(280, width // 2)


def period_axis(words: Words, width: int) -> Any:
    """An axis of periods in the order of the table, with as many labels as there is room for."""
    import altair as alt

    return alt.Axis(title=lines_of_title(words.x, width), labelAngle=0, labelOverlap=True, labelSeparation=8)


def survival_chart(table: pa.Table, words: Words, *, at_risk: str = "Number at risk", width: int = WIDE) -> str:
    """The share still without the event, by group, with the numbers at risk beneath.

    Columns `group`, `time`, `share` (per cent), `low`, `high`, `at_risk` (empty where it may not be shown). Up to three
    groups, told apart by the line's pattern.
    """
    import altair as alt

    rows = some(rows_of(table, "group", "time", "share", "low", "high", "at_risk"), "share")
    groups = list(dict.fromkeys(row["group"] for row in rows))
    if len(groups) > len(PATTERNS):
        raise InputError(f"{len(groups)} groups are too many for one chart: {len(PATTERNS)} can be told apart.")
    times = sorted({float(row["time"]) for row in rows})
    domain = alt.Scale(domain=[0, times[-1]], nice=False)
    x = alt.X("time:Q", title=lines_of_title(words.x, width), scale=domain, axis=alt.Axis(grid=False))
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 100]))
    band = (
        alt.Chart(data(complete(rows, "low", "high")))
        .mark_area(interpolate="step-after", opacity=0.15, fill=GREY)
        .encode(
            x=x,
            y=alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 100])),
            y2="high:Q",
            detail="group:N",
        )
    )
    curves = (
        alt.Chart(data(rows))
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=x,
            y=y,
            strokeDash=alt.StrokeDash(
                "group:N", scale=alt.Scale(domain=groups, range=PATTERNS[: len(groups)]), legend=legend(width)
            ),
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=groups, range=[INK, BLUE, GREY][: len(groups)]),
                legend=legend(width, of_lines=True),
            ),
        )
    )
    shown = apart(times, least=ROOM_FOR_A_NUMBER * times[-1] / (width - 90))
    under = 12 + LINE * (1 + len(lines_of_title(words.x, width)))
    layers: list[Any] = [band, curves, beneath(at_risk, under, bold=True)]
    for place, group in enumerate(groups):
        top = under + LINE + place * 2 * (LINE + 4)
        numbers = [
            {"time": row["time"], "text": WITHHELD if row["at_risk"] is None else f"{row['at_risk']:,}"}
            for row in rows
            if row["group"] == group and float(row["time"]) in shown
        ]
        layers.append(beneath(group, top))
        layers.append(
            alt.Chart(data(numbers))
            .mark_text(fontSize=SIZE, color=INK, baseline="top")
            .encode(x=alt.X("time:Q", scale=domain), y=alt.value({"expr": f"height + {top + LINE}"}), text="text:N")
        )
    below = under + LINE + len(groups) * 2 * (LINE + 4)
    return drawn(alt.layer(*layers), words, width=width, height=height_for(width) + below)


def apart(times: list[float], *, least: float) -> set[float]:
    """The times, in order, of which each is at least so long after the one before; the last is always among them."""
    shown = [times[-1]]
    for time in times:
        if time <= shown[-1] - least and (len(shown) == 1 or time >= shown[-2] + least):
            shown.insert(-1, time)
    return set(shown)


def beneath(text: str, top: int, *, bold: bool = False) -> Any:
    """A line of text under the plot, from its left side."""
    import altair as alt

    return (
        alt.Chart(data([{"text": text}]))
        .mark_text(align="left", baseline="top", fontSize=SIZE, color=INK, fontWeight="bold" if bold else "normal")
        .encode(x=alt.value(-8), y=alt.value({"expr": f"height + {top}"}), text="text:N")
    )


def control_chart_drawn(
    table: pa.Table, words: Words, *, mean: float, limits: str = "Limits", signal: str = "Signal", width: int = WIDE
) -> str:
    """Values by period between their limits; a period that breaks a rule is a large diamond.

    Columns `period`, `value`, `low`, `high`, `signal` (yes or no).
    """
    import altair as alt

    rows = rows_of(table, "period", "value", "low", "high", "signal")
    order = [row["period"] for row in rows]
    x = alt.X("period:N", sort=order, axis=period_axis(words, width), scale=alt.Scale(domain=order))
    scale = alt.Scale(zero=False, padding=10)
    edges = [
        {"period": row["period"], "edge": row[end], "which": end, "line": limits}
        for row in rows
        for end in ("low", "high")
    ]
    bounds = (
        alt.Chart(data(edges))
        .mark_line(color=GREY, interpolate="step", strokeWidth=1.5)
        .encode(
            x=x,
            y=alt.Y("edge:Q", title=None, scale=scale),
            detail="which:N",
            strokeDash=alt.StrokeDash(
                "line:N", scale=alt.Scale(domain=[limits], range=[DASHED]), legend=legend(width, of_lines=True)
            ),
        )
    )
    middle = alt.Chart(data([{"at": mean}])).mark_rule(color=GREY, strokeWidth=1).encode(y="at:Q")
    line = alt.Chart(data(rows)).mark_line(color=INK, strokeWidth=2).encode(x=x, y="value:Q")
    plain = alt.Chart(data([row for row in rows if not row["signal"]]))
    loud = alt.Chart(data([{**row, "mark": signal} for row in rows if row["signal"]]))
    points = plain.mark_point(shape="circle", filled=True, color=INK, size=40, opacity=1).encode(x=x, y="value:Q")
    signals = loud.mark_point(filled=True, color=BLUE, size=150, opacity=1).encode(
        x=x,
        y="value:Q",
        shape=alt.Shape("mark:N", scale=alt.Scale(domain=[signal], range=["diamond"]), legend=legend(width)),
    )
    return drawn(alt.layer(bounds, middle, line, points, signals), words, width=width, height=height_for(width))


def cusum_chart(
    table: pa.Table, words: Words, *, limit: float, line: str = "Alarm limit", alarm: str = "Alarm", width: int = WIDE
) -> str:
    """The height of a CUSUM after each case, up to the limit at which it alarms.

    Columns `case` (a number), `height`, `alarm` (yes or no).
    """
    import altair as alt

    rows = rows_of(table, "case", "height", "alarm")
    cases = alt.Scale(domain=[0, max(row["case"] for row in rows)], nice=False)
    x = alt.X("case:Q", title=lines_of_title(words.x, width), axis=alt.Axis(grid=False), scale=cases)
    top = max(limit, *(row["height"] for row in rows)) * 1.1
    path = (
        alt.Chart(data(rows))
        .mark_line(color=INK, strokeWidth=2)
        .encode(x=x, y=alt.Y("height:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False)))
    )
    bound = (
        alt.Chart(data([{"at": limit, "line": line}]))
        .mark_rule(color=GREY, strokeWidth=2)
        .encode(
            y="at:Q",
            strokeDash=alt.StrokeDash(
                "line:N", scale=alt.Scale(domain=[line], range=[DASHED]), legend=legend(width, of_lines=True)
            ),
        )
    )
    layers: list[Any] = [bound, path]
    if loud := [{**row, "mark": alarm} for row in rows if row["alarm"]]:
        layers.append(
            alt.Chart(data(loud))
            .mark_point(filled=True, color=BLUE, size=150, opacity=1)
            .encode(
                x=x,
                y="height:Q",
                shape=alt.Shape("mark:N", scale=alt.Scale(domain=[alarm], range=["diamond"]), legend=legend(width)),
            )
        )
    return drawn(alt.layer(*layers), words, width=width, height=height_for(width))


def time_series_chart(
    table: pa.Table,
    words: Words,
    *,
    observed: str = "Observed",
    expected: str = "Expected without the scheme",
    start: str | None = None,
    width: int = WIDE,
) -> str:
    """A series beside the line that was expected, with its interval, and an upright line where the scheme began.

    Columns `period`, `observed`, `expected`, `low`, `high`; each but the period may be empty. `start` is a period.
    """
    import altair as alt

    rows = rows_of(table, "period", "observed", "expected", "low", "high")
    order = [row["period"] for row in rows]
    x = alt.X("period:N", sort=order, axis=period_axis(words, width), scale=alt.Scale(domain=order))
    scale = alt.Scale(zero=True)  # a fall from 450 to 400 must not look like one to nothing
    band = (
        alt.Chart(data(complete(rows, "low", "high")))
        .mark_area(opacity=0.2, fill=GREY)
        .encode(x=x, y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q")
    )
    series = [observed, expected]
    both = [
        {"period": row["period"], "value": row[column], "series": name}
        for name, column in ((observed, "observed"), (expected, "expected"))
        for row in rows
        if row[column] is not None
    ]
    lines = (
        alt.Chart(data(both))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=None, scale=scale),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=series, range=[SOLID, DASHED]), legend=legend(width, of_lines=True)
            ),
            color=alt.Color(
                "series:N", scale=alt.Scale(domain=series, range=[INK, BLUE]), legend=legend(width, of_lines=True)
            ),
        )
    )
    seen = alt.Chart(data(complete(rows, "observed")))
    points = seen.mark_point(shape="circle", filled=True, color=INK, size=30, opacity=1).encode(x=x, y="observed:Q")
    layers: list[Any] = [band, lines, points]
    if start is not None:
        layers.append(alt.Chart(data([{"period": start}])).mark_rule(color=INK, strokeDash=DOTTED).encode(x=x))
    return drawn(alt.layer(*layers), words, width=width, height=height_for(width))


def event_study_chart(table: pa.Table, words: Words, *, width: int = WIDE) -> str:
    """Effects by time since the start, with intervals; before the start they should lie around nought.

    Columns `time` (whole numbers, under 0 before the start), `estimate`, `low`, `high`.
    """
    import altair as alt

    rows = some(rows_of(table, "time", "estimate", "low", "high"), "time", "estimate", "low", "high")
    known = alt.Chart(data(rows))
    first, last = min(row["time"] for row in rows), max(row["time"] for row in rows)
    scale = alt.Scale(domain=[min(first, -1) - 0.5, last + 0.5], nice=False)
    x = alt.X(
        "time:Q",
        title=lines_of_title(words.x, width),
        scale=scale,
        axis=alt.Axis(grid=False, format="d", tickMinStep=1),
    )
    interval = known.mark_rule(color=INK, strokeWidth=2).encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q")
    nought = alt.Chart(data([{"at": 0}])).mark_rule(color=GREY, strokeDash=DASHED, strokeWidth=1.5).encode(y="at:Q")
    began = alt.Chart(data([{"at": -0.5}])).mark_rule(color=INK, strokeDash=DOTTED).encode(x="at:Q")
    layers: list[Any] = [nought, began, interval]
    for is_after, shape, fill in ((False, "circle", "white"), (True, "square", BLUE)):
        part = alt.Chart(data([row for row in rows if (row["time"] >= 0) is is_after]))
        layers.append(
            part.mark_point(shape=shape, color=INK, fill=fill, size=80, opacity=1).encode(x=x, y="estimate:Q")
        )
    return drawn(alt.layer(*layers), words, width=width, height=height_for(width))
