"""What every chart has in common: its words, its look, and how it becomes SVG text that may stand in a page.

Drawn by Altair and Vega, without a browser. The picture has a title and a description for who cannot see it; what Vega
says of each mark to screen readers is taken out, since the table beside the chart says it better.
"""

import json
import textwrap
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree  # nosec B405

import pyarrow as pa

from iom_analytics.errors import InputError

if TYPE_CHECKING:
    import altair as alt

NARROW, WIDE = 320, 640
LEAST_WIDTH, MOST_WIDTH = 280, 1200

INK = "#0b0c0c"
BLUE = "#1d70b8"  # 5.2 to 1 on white
GREY = "#505a5f"  # 7.0 to 1 on white
PALE = "#b1b4b6"  # grid lines alone
FONT = "Arial, sans-serif"
SIZE = 14
LINE = 17
SOLID, DASHED, DOTTED = [1, 0], [7, 4], [2, 3]

SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Words:
    """The words of a chart, in the reader's language: title and description for who cannot see it, and axis titles."""

    title: str
    description: str
    x: str
    y: str = ""


def rows_of(table: pa.Table, *columns: str) -> list[dict[str, Any]]:
    """The rows of a chart's table. Raises InputError where a column is not there or the table is empty."""
    for name in columns:
        if name not in table.column_names:
            raise InputError(f"There is no column {name} to draw. The table has {', '.join(table.column_names)}.")
    if not table.num_rows:
        raise InputError("The table of the chart has no rows.")
    return [dict(row) for row in table.select(list(columns)).to_pylist()]


def complete(rows: Sequence[dict[str, Any]], *columns: str) -> list[dict[str, Any]]:
    """The rows in which nothing is withheld."""
    return [row for row in rows if all(row[name] is not None for name in columns)]


def some(rows: Sequence[dict[str, Any]], *columns: str) -> list[dict[str, Any]]:
    """The rows in which nothing is withheld. Raises InputError where that leaves none."""
    kept = complete(rows, *columns)
    if not kept:
        raise InputError("Everything in the table of the chart is withheld, so there is nothing to draw.")
    return kept


def data(rows: Sequence[dict[str, Any]]) -> "alt.Data":
    import altair as alt

    return alt.Data(values=list(rows))


def wrapped(text: str, width: int) -> str:
    """A label on as many lines as fit beside a plot of this width."""
    return "\n".join(textwrap.wrap(text, max(10, int(width * 0.38 / 7.5)), break_long_words=True)) or text


def name_axis() -> "alt.Axis":
    """An axis of names on several lines, which go down the left side."""
    import altair as alt

    return alt.Axis(
        title=None, labelExpr="split(datum.label, '\\n')", labelLimit=1000, grid=False, ticks=False, labelPadding=8,
        domain=False,
    )  # fmt: skip


def legend(width: int, *, of_lines: bool = False) -> "alt.Legend":
    """A legend over the plot: its entries beside each other where there is room, else beneath each other.

    Lines are shown long enough to tell their patterns apart.
    """
    import altair as alt

    return alt.Legend(
        title=None, orient="top", direction="horizontal", columns=1 if width < 480 else 3, labelLimit=width - 60,
        symbolStrokeColor=INK, symbolSize=400 if of_lines else 90, columnPadding=spare(width),
        padding=spare(width) // 3,
    )  # fmt: skip


def spare(width: int) -> int:
    """Room, in pixels, for names that come out longer than reckoned: who has no Arial reads a wider font."""
    return width // 24


def lines_of_title(text: str, width: int) -> list[str]:
    """An axis title on lines no longer than the chart is wide."""
    return textwrap.wrap(text, max(16, int(width / 8.5))) or [""]


def drawn(chart: Any, words: Words, *, width: int, height: int) -> str:
    """The chart as SVG text, `width` pixels wide."""
    import altair as alt
    import vl_convert

    if not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise InputError(f"A chart is {LEAST_WIDTH} to {MOST_WIDTH} pixels wide, not {width}.")
    # What goes up the left side is written level, over the legend and the plot.
    over = lines_of_title(words.y, width)
    title = {"text": over, "anchor": "start", "frame": "bounds", "offset": 8} if words.y else {"text": ""}
    sized = chart.properties(
        title=alt.TitleParams(**title),
        width=width,
        height=height,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        padding={"left": 4 + spare(width), "right": 12, "top": 4, "bottom": 4},
    )
    look = (
        sized.configure(font=FONT, background="white")
        .configure_axis(
            labelColor=INK, titleColor=INK, labelFontSize=SIZE, titleFontSize=SIZE, titleFontWeight="normal",
            gridColor=PALE, gridOpacity=0.5, domainColor=GREY, tickColor=GREY,
        )
        .configure_legend(labelColor=INK, labelFontSize=SIZE)
        .configure_title(color=INK, fontSize=SIZE, fontWeight="normal")
        .configure_view(stroke=None)
    )  # fmt: skip
    spec = look.to_dict()
    return fit_for_a_page(vl_convert.vegalite_to_svg(spec), words, key=json.dumps(spec, sort_keys=True))


def fit_for_a_page(svg: str, words: Words, *, key: str) -> str:
    """The SVG with its title and description, and without anything that a page's security policy forbids."""
    ElementTree.register_namespace("", SVG)
    # What is read was made here, of numbers and escaped words.
    root = ElementTree.fromstring(svg)  # noqa: S314  # nosec B314
    for parent in root.iter():
        for name in [name for name in parent.attrib if name.startswith("aria-") or name in ("role", "class", "style")]:
            value = parent.attrib.pop(name)
            if name == "style":
                parent.attrib.update(presentation(value))
        for child in [child for child in parent if child.tag in (f"{{{SVG}}}style", f"{{{SVG}}}script")]:
            parent.remove(child)
    # Two charts may stand in one page, and what names them must be theirs alone.
    mark = f"chart-{zlib.crc32((key + words.title + words.description).encode()):08x}"
    title, description = ElementTree.Element(f"{{{SVG}}}title"), ElementTree.Element(f"{{{SVG}}}desc")
    title.text, description.text = words.title, words.description
    title.attrib["id"], description.attrib["id"] = f"{mark}-title", f"{mark}-desc"
    root.insert(0, title)
    root.insert(1, description)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{mark}-title",
        "aria-describedby": f"{mark}-desc",
        "preserveAspectRatio": "xMidYMid meet",
    }
    return ElementTree.tostring(root, encoding="unicode")


def presentation(style: str) -> dict[str, str]:
    """The declarations of a style as attributes."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}
