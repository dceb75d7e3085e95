"""For whom it worked, in words: the usual answer first, groups in a fixed order, small ones not shown."""

from typing import Any

from iom.outcomes.models import Study
from iom.outcomes.presenters import parts


def level(name: str, effect: float, people: int = 40) -> dict[str, Any]:
    return {
        "name": name, "treated": people, "comparison": 400, "effect": effect, "low": effect - 0.1,
        "high": effect + 0.1, "p": 0.5, "drawn": None, "drawn_low": None, "drawn_high": None,
    }  # fmt: skip


def study(said: Any, *, word: str = "no evidence either way") -> Study:
    return Study(primary="reoffended", result={"verdict": {"word": word}, "moderators": said})


def said(significant: list[str]) -> dict[str, Any]:
    found = {
        "moderator": "cohort_type",
        "levels": [level("flex", -0.2), level("fixed", 0.04, people=37)],
        "withheld": ["free"],
        "no_estimate": [],
    }
    return {
        "found": [found],
        "without": {"sex": "Everybody who joined is of one group."},
        "interactions": {"p": {"cohort_type": 0.21}, "significant": significant},
    }


def test_the_usual_answer_comes_first_and_groups_stand_in_a_fixed_order() -> None:
    section = parts.for_whom(study(said([])))
    assert section["paragraphs"][0] == "No difference between groups can be told from chance."
    assert "is no difference between the two" in section["paragraphs"][1]
    assert section["paragraphs"][-1] == "Too little to compare groups by: sex."
    rows = section["tables"][0]["rows"]
    assert [row[0] for row in rows] == ["Fixed", "Flex", "Free"]
    assert rows[0][1:4] == ["35", "+4", "-6 to +14"]
    assert rows[2][1:] == ["not shown", "–", "–"]


def test_a_difference_is_said_by_name() -> None:
    section = parts.for_whom(study(said(["cohort_type"])))
    assert section["paragraphs"][0] == "Groups differ by more than chance in: cohort type."


def test_nothing_is_shown_where_the_answer_is_refused_or_from_before_there_was_this_part() -> None:
    assert parts.for_whom(study(said([]), word="refused")) == {}
    assert parts.for_whom(study(None)) == {}
    assert "not compared" in parts.for_whom(study("this cannot be."))["paragraphs"][0]
