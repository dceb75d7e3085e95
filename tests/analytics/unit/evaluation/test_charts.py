"""Charts: what is in them, and that they may stand in a page."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from iom_analytics.errors import InputError
from iom_analytics.evaluation import charts
from iom_analytics.evaluation.charts.drawing import BLUE, GREY, INK, fit_for_a_page
from iom_analytics.evaluation.charts.over_time import WITHHELD

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
WORDS = charts.Words(
    "Reoffending <within> a year", "Fewer reoffended & later.", "People on the cohort", "Reoffended (%)"
)
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
Draw = Callable[[int], str]


def love(width: int) -> str:
    table = pa.table(
        {
            "covariate": ["Age at the start", "Convictions in the two years before the start", "Drug use known"],
            "smd_before": [0.3, -0.8, 0.2],
            "smd": [0.02, 0.08, -0.01],
        }
    )
    return charts.love_plot(table, WORDS, width=width)


def effects(width: int) -> str:
    table = pa.table(
        {
            "measure": ["Reoffended within a year", "Reoffences per person", "Withheld"],
            "estimate": [-4.2, -0.6, None],
            "low": [-8.1, -1.4, None],
            "high": [-0.3, 0.2, None],
        }
    )
    return charts.effect_chart(table, WORDS, width=width)


def before_after(width: int) -> str:
    table = pa.table(
        {
            "what": ["Before", "After, expected without any effect", "After"],
            "rate": [7.25, 4.62, 4.2],
            "low": [None, 4.1, None],
            "high": [None, 5.2, None],
            "is_expected": [False, True, False],
        }
    )
    return charts.before_after_chart(table, WORDS, width=width)


def funnel(width: int) -> str:
    table = pa.table(
        {
            "area": ["Arden", "Barset", "Casterbridge", "Dorlcote"],
            "size": [40.0, 90, 200, 400],
            "rate": [45.0, 70, 41, 15],
            "low_95": [25.0, 30, 33, 35],
            "high_95": [55.0, 50, 47, 45],
            "low_998": [17.0, 24, 29, 32],
            "high_998": [63.0, 56, 51, 48],
            "outside": [False, True, False, True],
        }
    )
    return charts.funnel_chart(table, WORDS, target=40, width=width)


def survival(width: int) -> str:
    table = pa.table(
        {
            "group": ["On the scheme"] * 4 + ["Comparison"] * 4,
            "time": [0, 4, 8, 12] * 2,
            "share": [100.0, 90, 80, 70, 100, 85, 75, 60],
            "low": [100.0, 80, 70, 60, 100, 83, 73, 58],
            "high": [100.0, 96, 88, 80, 100, 87, 77, 62],
            "at_risk": [40, 33, 21, None, 12345, 10210, 9000, 7777],
        }
    )
    return charts.survival_chart(table, WORDS, width=width)


def control(width: int) -> str:
    table = pa.table(
        {
            "period": MONTHS,
            "value": [30.0] * 11 + [48],
            "low": [21.0] * 12,
            "high": [39.0] * 12,
            "signal": [False] * 11 + [True],
        }
    )
    return charts.control_chart_drawn(table, WORDS, mean=30, width=width)


def cusum(width: int) -> str:
    table = pa.table(
        {"case": range(1, 41), "height": [each / 10 for each in range(40)], "alarm": [False] * 39 + [True]}
    )
    return charts.cusum_chart(table, WORDS, limit=3.9, width=width)


def series(width: int) -> str:
    table = pa.table(
        {
            "period": MONTHS,
            "observed": [*[30.0, 32, 31, 29] * 2, 25, 24, 26, None],
            "expected": [30.5] * 12,
            "low": [None] * 8 + [27.0] * 4,
            "high": [None] * 8 + [34.0] * 4,
        }
    )
    return charts.time_series_chart(table, WORDS, start="2026-09", width=width)


def event_study(width: int) -> str:
    table = pa.table(
        {
            "time": [-3, -2, 0, 1],
            "estimate": [0.1, -0.2, -0.8, -1],
            "low": [-0.4, -0.7, -1.4, -1.7],
            "high": [0.6, 0.3, -0.2, -0.3],
        }
    )
    return charts.event_study_chart(table, WORDS, width=width)


ALL: dict[str, Draw] = {
    each.__name__: each for each in (love, effects, before_after, funnel, survival, control, cusum, series, event_study)
}


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def marks(svg: str, *, fill: str) -> int:
    """How many closed marks, such as points and bars, are filled so."""
    paths = ElementTree.fromstring(svg).iter(f"{SVG}path")
    return sum(path.get("fill") == fill and bool({"A", "Z"} & set(path.get("d", ""))) for path in paths)


@pytest.mark.parametrize("width", [charts.NARROW, 700])
@pytest.mark.parametrize("name", ALL)
def test_a_chart_may_stand_in_a_page(name: str, width: int) -> None:
    svg = ALL[name](width)
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("width") == str(width)
    assert (root[0].tag, root[0].text) == (f"{SVG}title", WORDS.title)
    assert (root[1].tag, root[1].text) == (f"{SVG}desc", WORDS.description)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == root[0].get("id")
    assert root.get("aria-describedby") == root[1].get("id")
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "g", "path", "rect", "line", "text", "tspan", "title", "desc"}
        assert not {"style", "href", "class"} & set(element.attrib)
        assert not [key for key in element.attrib if key.startswith("on") or "href" in key]
        assert "url(" not in " ".join(element.attrib.values())
        if element.tag == f"{SVG}text" and element.text:
            assert float((element.get("font-size") or "0").removesuffix("px")) >= 14


@pytest.mark.parametrize("name", ALL)
def test_the_same_table_gives_the_same_chart_and_nothing_sticks_out(name: str) -> None:
    svg = ALL[name](charts.NARROW)
    ALL["cusum"](charts.WIDE)
    assert ALL[name](charts.NARROW) == svg
    # Vega makes the picture as large as its contents: what does not fit makes it wider than was asked for.
    assert ElementTree.fromstring(svg).get("viewBox", "").startswith("0 0 320 ")


def contrast(colour: str) -> float:
    """With white, by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05)


def test_colours_of_words_and_marks_stand_out_from_white() -> None:
    assert min(contrast(colour) for colour in (INK, BLUE, GREY)) >= 4.5


def test_words_have_the_colour_of_ink() -> None:
    for draw in ALL.values():
        root = ElementTree.fromstring(draw(charts.WIDE))
        assert {text.get("fill") for text in root.iter(f"{SVG}text") if text.text} <= {INK}


def test_a_love_plot_has_a_point_before_and_after_for_each_covariate() -> None:
    svg = love(charts.WIDE)
    assert marks(svg, fill="white") == 3 + 1  # and one in the legend
    assert marks(svg, fill=BLUE) == 3 + 1
    assert {"5%", "10%", "Before matching", "After matching"} <= set(texts(svg))


def test_an_effect_that_is_withheld_has_a_name_and_no_mark() -> None:
    svg = effects(charts.WIDE)
    assert "Withheld" in texts(svg)
    assert marks(svg, fill=BLUE) == 2


def test_the_expected_fall_stands_beside_the_fall_as_an_empty_bar() -> None:
    svg = before_after(charts.WIDE)
    assert {"7.25", "4.62", "4.20"} <= set(texts(svg))
    assert marks(svg, fill=BLUE) == 2
    assert marks(svg, fill="white") == 1


def test_only_areas_outside_are_named_in_a_funnel() -> None:
    svg = funnel(charts.WIDE)
    assert {"Barset", "Dorlcote"} <= set(texts(svg))
    assert not {"Arden", "Casterbridge"} & set(texts(svg))
    assert (marks(svg, fill="white"), marks(svg, fill=BLUE)) == (2, 2)


def test_numbers_at_risk_stand_beneath_the_curves_and_what_is_withheld_is_a_dash() -> None:
    svg = survival(charts.WIDE)
    assert {"40", "33", "21", WITHHELD, "12,345", "7,777"} <= set(texts(svg))
    assert re.search(r'stroke-dasharray="7,4"', svg)


def test_a_signal_is_a_mark_of_another_shape() -> None:
    assert marks(control(charts.WIDE), fill=BLUE) == 2  # and one in the legend
    assert marks(cusum(charts.WIDE), fill=BLUE) == 2


def test_a_series_and_what_was_expected_are_told_apart_by_the_pattern_of_the_line() -> None:
    svg = series(charts.WIDE)
    assert marks(svg, fill=INK) == 11
    assert re.search(r'stroke-dasharray="7,4"', svg)
    assert re.search(r'stroke-dasharray="2,3"', svg)  # where the scheme began


def test_before_and_after_the_start_are_points_of_two_shapes() -> None:
    svg = event_study(charts.WIDE)
    assert (marks(svg, fill="white"), marks(svg, fill=BLUE)) == (2, 2)


def test_styles_and_scripts_are_taken_out() -> None:
    given = (
        '<svg xmlns="http://www.w3.org/2000/svg"><style>path{fill:red}</style><script>alert(1)</script>'
        '<path style="fill: red; stroke-width:2"/></svg>'
    )
    found = fit_for_a_page(given, WORDS, key="")
    assert "style" not in found
    assert "script" not in found
    path = ElementTree.fromstring(found).find(f"{SVG}path")
    assert path is not None
    assert path.attrib == {"fill": "red", "stroke-width": "2"}


def test_refused() -> None:
    with pytest.raises(InputError, match="no column smd_before"):
        charts.love_plot(pa.table({"covariate": ["a"], "smd": [0.1]}), WORDS)
    with pytest.raises(InputError, match="no rows"):
        charts.effect_chart(pa.table({"measure": [], "estimate": [], "low": [], "high": []}), WORDS)
    with pytest.raises(InputError, match="pixels wide, not 100"):
        effects(100)
    with pytest.raises(InputError, match="nothing to draw"):
        charts.event_study_chart(pa.table({"time": [0], "estimate": [None], "low": [None], "high": [None]}), WORDS)
    four = {"group": list("abcd"), "time": [1] * 4, **{name: [50] * 4 for name in ("share", "low", "high", "at_risk")}}
    with pytest.raises(InputError, match="4 groups are too many"):
        charts.survival_chart(pa.table(four), WORDS)
