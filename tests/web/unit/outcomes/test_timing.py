"""How soon people reoffended, in a table and a chart that say the same, and nothing where nothing may be said."""

from typing import Any

import pytest

from iom.common.errors import NotVisible
from iom.outcomes.evaluation import WIDTHS
from iom.outcomes.models import Study
from iom.outcomes.presenters import charts, timing


def side(share: float, at_risk: int) -> dict[str, Any]:
    return {"share": share, "low": share - 0.04, "high": share + 0.05, "at_risk": at_risk}


POINTS = [
    {"month": 0, "treated": side(1.0, 203), "comparison": side(1.0, 4017)},
    {"month": 3, "treated": side(0.714, 144), "comparison": side(0.5, 13)},
]


def study(said: Any, *, word: str = "no evidence either way") -> Study:
    return Study(
        pk=7,
        primary="reoffended",
        result={"verdict": {"word": word}, "timing": said, "rows": [{"difference_lower": None}]},
    )


def test_the_table_gives_whole_per_cent_and_people_to_the_nearest_five() -> None:
    section = timing.how_soon(study(POINTS))
    assert section["chart"] == "timing"
    assert section["tables"][0]["rows"][1] == ["3", "71%", "67% to 76%", "145", "50%", "46% to 55%", "15"]


def test_why_it_is_not_shown_is_said() -> None:
    section = timing.how_soon(study("Too few people reoffended, or too few did not, to show when."))
    assert section["paragraphs"] == ["It is not shown: Too few people reoffended, or too few did not, to show when."]
    assert timing.points(study("Too few people reoffended.")) == []


@pytest.mark.parametrize("said", [POINTS, None], ids=["refused", "answered before there was this"])
def test_there_is_no_section_and_no_chart(said: Any) -> None:
    found = study(said, word="refused" if said else "works")
    assert timing.how_soon(found) == {}
    assert timing.points(found) == []


def test_the_chart_has_the_figures_of_the_table() -> None:
    for width in WIDTHS:
        svg = charts.drawn(study(POINTS), chart="timing", width=width)
        assert "Who had not reoffended" in svg
        assert ">145<" in svg
        assert ">144<" not in svg


def test_the_chart_is_drawn_where_it_would_be_of_the_figures_of_the_table() -> None:
    printed = [POINTS[0], {"month": 3, "treated": side(0.71, 144), "comparison": side(0.5, 13)}]
    finer = [POINTS[0], {"month": 3, "treated": side(0.7142, 144), "comparison": side(0.4961, 13)}]
    for width in WIDTHS:
        drawn = [charts.drawn(study(points), chart="timing", width=width) for points in (printed, finer)]
        assert drawn[0] == drawn[1]


def test_no_chart_of_a_question_without_an_answer() -> None:
    with pytest.raises(NotVisible):
        charts.drawn(Study(pk=7, result=None), chart="timing", width=WIDTHS[0])
