"""What a grading says, and what it lets be done with intelligence."""

from typing import Any

import pytest

from iom.agreements.choices.grading import Handling, InformationAssessment, SourceEvaluation, in_words
from iom.agreements.rules import grading
from iom.common.errors import InvalidInput
from iom_analytics.tables import INTELLIGENCE_COUNTS
from iom_analytics.tables.events import WITH_CONDITIONS

FULL: dict[str, Any] = {
    "source": "2", "information": "B", "handling": "P", "conditions": "", "audience": "partners", "agencies": (),
}  # fmt: skip


def wrong(**changed: Any) -> set[str]:
    with pytest.raises(InvalidInput) as raised:
        grading.check_grading(**{**FULL, **changed})
    return set(raised.value.fields)


def test_a_grading_in_words_whichever_system_it_is_of() -> None:
    assert in_words("2", "B", "C") == [
        "Source 2: Untested",
        "Information B: Known indirectly to the source, but corroborated",
        "Handling C: Lawful sharing permitted with conditions",
    ]
    assert in_words("B", "2", "4") == [
        "Source B: Mostly reliable",
        "Information 2: Known personally to the source, not to who reports it",
        "Handling 4: Only within the agency it came from",
    ]
    assert in_words("", "5", "") == ["Information 5: Suspected to be false or malicious"]


def test_the_codes_are_those_that_an_extract_may_send() -> None:
    for column, words in (
        ("source_evaluation", SourceEvaluation),
        ("information_assessment", InformationAssessment),
        ("handling_code", Handling),
    ):
        assert set(INTELLIGENCE_COUNTS.column(column).codes or ()) == set(words.values)
    assert set(WITH_CONDITIONS) == {str(code) for code in grading.WITH_CONDITIONS}


def test_what_is_graded_in_full_may_be_given() -> None:
    grading.check_grading(**FULL)
    grading.check_grading(**{**FULL, "handling": "C", "conditions": "Ask us first", "audience": "own"})
    grading.check_grading(
        **{**FULL, "handling": "C", "conditions": "Ask us first", "audience": "listed", "agencies": (2,)}
    )


def test_only_the_codes_of_today_are_graded_with() -> None:
    assert wrong(source="B") == {"source_evaluation"}
    assert wrong(information="2") == {"information_assessment"}
    assert wrong(handling="5") == {"handling_code"}
    assert wrong(source="", information="", handling="") == {
        "source_evaluation", "information_assessment", "handling_code",
    }  # fmt: skip


def test_code_c_has_conditions_and_is_not_for_all_and_code_p_has_none() -> None:
    assert wrong(handling="C") == {"conditions", "audience"}
    assert wrong(handling="C", conditions="  ", audience="own") == {"conditions"}
    assert wrong(conditions="Ask us first") == {"conditions"}
    assert wrong(audience="listed") == {"agencies"}
