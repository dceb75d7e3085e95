"""Charts of things side by side: balance, effects, areas in a funnel, before and after."""

from typing import Any

import pyarrow as pa

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
    name_axis,
    rows_of,
    some,
    wrapped,
)


def row_height(rows: list[dict[str, Any]], *, least: int = 36) -> int:
    """How high a plot of named rows must be: rows are of one height, which the longest name needs."""
    lines: int = max(row["label"].count("\n") + 1 for row in rows)
    return len(rows) * max(least, 16 + LINE * lines)


def love_plot(
    table: pa.Table,
    words: Words,
    *,
    before: str = "Before matching",
    after: str = "After matching",
    lines: tuple[str, str] = ("5%", "10%"),
    width: int = WIDE,
) -> str:
    """How far apart the two sides are on each covariate before and after, in the order of the table.

    Columns `covariate`, `smd_before`, `smd` (shares of a standard deviation), as `balance` gives them; drawn without
    their sign, in per cent, with lines at 5 and 10%.
    """
    import altair as alt

    rows = [
        {**row, "label": wrapped(row["covariate"], width)} for row in rows_of(table, "covariate", "smd_before", "smd")
    ]
    order = [row["label"] for row in rows]
    points = [
        {"label": row["label"], "stage": stage, "percent": 100 * abs(row[column])}
        for row in rows
        for stage, column in ((before, "smd_before"), (after, "smd"))
        if row[column] is not None
    ]
    y = alt.Y("label:N", sort=order, axis=name_axis(), scale=alt.Scale(domain=order, padding=0.7))
    rules = (
        alt.Chart(data([{"at": 5, "line": lines[0]}, {"at": 10, "line": lines[1]}]))
        .mark_rule(color=GREY, strokeWidth=1.5)
        .encode(
            x="at:Q",
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(domain=list(lines), range=[DASHED, DOTTED]),
                legend=legend(width, of_lines=True),
            ),
        )
    )
    stages = [before, after]
    marks = (
        alt.Chart(data(points))
        .mark_point(size=90, strokeWidth=2, opacity=1)
        .encode(
            x=alt.X("percent:Q", title=lines_of_title(words.x, width), scale=alt.Scale(domainMin=0)),
            y=y,
            shape=alt.Shape(
                "stage:N", scale=alt.Scale(domain=stages, range=["circle", "diamond"]), legend=legend(width)
            ),
            color=alt.Color("stage:N", scale=alt.Scale(domain=stages, range=[INK, BLUE]), legend=legend(width)),
            fill=alt.Fill("stage:N", scale=alt.Scale(domain=stages, range=["white", BLUE]), legend=legend(width)),
        )
    )
    return drawn(rules + marks, words, width=width, height=row_height(rows) + 130)


def effect_chart(table: pa.Table, words: Words, *, width: int = WIDE, no_effect: float = 0) -> str:
    """Effects with their intervals, one row each, around the line of no effect.

    Columns `measure`, `estimate`, `low`, `high`; rows with an empty one are drawn without a mark.
    """
    import altair as alt

    rows = [
        {**row, "label": wrapped(row["measure"], width)} for row in rows_of(table, "measure", "estimate", "low", "high")
    ]
    order = [row["label"] for row in rows]
    y = alt.Y("label:N", sort=order, axis=name_axis(), scale=alt.Scale(domain=order, padding=0.7))
    known = alt.Chart(data(complete(rows, "estimate", "low", "high")))
    x = alt.X("low:Q", title=lines_of_title(words.x, width), scale=alt.Scale(zero=False))
    line = (
        alt.Chart(data([{"at": no_effect}])).mark_rule(color=GREY, strokeDash=DASHED, strokeWidth=1.5).encode(x="at:Q")
    )
    interval = known.mark_rule(color=INK, strokeWidth=2).encode(x=x, x2="high:Q", y=y)
    ends = [known.mark_tick(color=INK, thickness=2, size=12).encode(x=f"{end}:Q", y=y) for end in ("low", "high")]
    point = known.mark_point(shape="square", filled=True, color=BLUE, size=90, opacity=1).encode(x="estimate:Q", y=y)
    return drawn(alt.layer(line, interval, *ends, point), words, width=width, height=row_height(rows, least=36) + 60)


def before_after_chart(table: pa.Table, words: Words, *, width: int = WIDE) -> str:
    """What was before, what regression to the mean alone would bring after, and what was after, as bars.

    Columns `what`, `rate`, `low`, `high` (the interval, empty where there is none) and `is_expected`; the expected is
    an empty bar with a broken edge, so that nobody takes it for something that was seen.
    """
    import altair as alt

    rows = [
        {**row, "label": wrapped(row["what"], width), "text": f"{row['rate']:.2f}"}
        for row in some(rows_of(table, "what", "rate", "low", "high", "is_expected"), "rate")
    ]
    order = [row["label"] for row in rows]
    top = max(max(row["rate"], row["high"] or 0) for row in rows)
    y = alt.Y(
        "label:N", sort=order, axis=name_axis(), scale=alt.Scale(domain=order, paddingInner=0.35, paddingOuter=0.2)
    )
    x = alt.X("rate:Q", title=lines_of_title(words.x, width), scale=alt.Scale(domain=[0, top * 1.22]))
    layers: list[Any] = []
    for expected, fill, dash in ((False, BLUE, SOLID), (True, "white", DASHED)):
        part = [row for row in rows if bool(row["is_expected"]) is expected]
        layers.append(
            alt.Chart(data(part)).mark_bar(fill=fill, stroke=INK, strokeWidth=1.5, strokeDash=dash).encode(x=x, y=y)
        )
    ranges = alt.Chart(data(complete(rows, "low", "high")))
    layers.append(ranges.mark_rule(color=INK, strokeWidth=2).encode(x="low:Q", x2="high:Q", y=y))
    layers += [ranges.mark_tick(color=INK, thickness=2, size=14).encode(x=f"{end}:Q", y=y) for end in ("low", "high")]
    ends = [{**row, "end": max(row["rate"], row["high"] or 0)} for row in rows]
    layers.append(
        alt.Chart(data(ends))
        .mark_text(align="left", dx=8, fontSize=SIZE, color=INK)
        .encode(x="end:Q", y=y, text="text:N")
    )
    return drawn(alt.layer(*layers), words, width=width, height=row_height(rows, least=58) + 60)


def funnel_chart(
    table: pa.Table,
    words: Words,
    *,
    target: float,
    lines: tuple[str, str] = ("95% limits", "99.8% limits"),
    width: int = WIDE,
) -> str:
    """Areas' rates by their size, between limits at 95 and 99.8%; only those outside are named.

    Columns `area`, `size`, `rate`, `low_95`, `high_95`, `low_998`, `high_998`, `outside`; rates in the unit
    to be shown.
    """
    import altair as alt

    columns = ("area", "size", "rate", "low_95", "high_95", "low_998", "high_998", "outside")
    rows = some(rows_of(table, *columns), *columns)
    biggest = max(row["size"] for row in rows)
    limits = [
        {"size": row["size"], "limit": row[f"{end}_{level}"], "line": line, "which": f"{end}{level}"}
        for row in sorted(rows, key=lambda row: float(row["size"]))
        for level, line in (("95", lines[0]), ("998", lines[1]))
        for end in ("low", "high")
    ]
    x = alt.X("size:Q", title=lines_of_title(words.x, width), scale=alt.Scale(domain=[0, biggest * 1.05]))
    curves = (
        alt.Chart(data(limits))
        .mark_line(color=GREY, strokeWidth=1.5)
        .encode(
            x=x,
            y=alt.Y("limit:Q", title=None, scale=alt.Scale(zero=False, padding=10)),
            detail="which:N",
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(domain=list(lines), range=[DASHED, DOTTED]),
                legend=legend(width, of_lines=True),
            ),
        )
    )
    middle = alt.Chart(data([{"at": target}])).mark_rule(color=INK, strokeWidth=1.5).encode(y="at:Q")
    inside = alt.Chart(data([row for row in rows if not row["outside"]]))
    out = alt.Chart(data([row for row in rows if row["outside"]]))
    points = inside.mark_point(shape="circle", color=INK, fill="white", size=60, opacity=1).encode(
        x="size:Q", y="rate:Q"
    )
    marked = out.mark_point(shape="diamond", color=BLUE, filled=True, size=110, opacity=1).encode(
        x="size:Q", y="rate:Q"
    )
    layers: list[Any] = [curves, middle, points, marked]
    for is_right in (False, True):
        named = [row for row in rows if row["outside"] and (row["size"] > biggest / 2) is is_right]
        layers.append(
            alt.Chart(data(named))
            .mark_text(align="right" if is_right else "left", dx=-9 if is_right else 9, fontSize=SIZE, color=INK)
            .encode(x="size:Q", y="rate:Q", text="area:N")
        )
    return drawn(alt.layer(*layers), words, width=width, height=max(300, width // 2 + 60))
