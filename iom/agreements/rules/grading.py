"""What the grading of intelligence says, and who may be shown it. Pure: no database, no clock."""

from collections.abc import Collection

from iom.agreements.choices import Audience
from iom.agreements.choices.grading import Handling, InformationAssessment, SourceEvaluation
from iom.common.errors import InvalidInput

# Handling codes under which nobody but those named, or nobody but its agency, may have it.
WITH_CONDITIONS = (Handling.CONDITIONS, Handling.OLD_OWN, Handling.OLD_CONDITIONS)
# What is graded today is graded by 3x5x2; the rest of the words are for reading what was graded before.
SOURCES = (SourceEvaluation.RELIABLE, SourceEvaluation.UNTESTED, SourceEvaluation.NOT_RELIABLE)
ASSESSMENTS = (
    InformationAssessment.KNOWN_DIRECTLY,
    InformationAssessment.CORROBORATED,
    InformationAssessment.KNOWN_INDIRECTLY,
    InformationAssessment.NOT_KNOWN,
    InformationAssessment.SUSPECTED_FALSE,
)
HANDLINGS = (Handling.PERMITTED, Handling.CONDITIONS)


def has_conditions(handling: str) -> bool:
    return handling in WITH_CONDITIONS


def check_grading(
    *, source: str, information: str, handling: str, conditions: str, audience: str, agencies: Collection[int]
) -> None:
    """Raises `InvalidInput` where intelligence is not graded, or is open to more than its handling code lets it be."""
    wrong = {}
    if source not in SOURCES:
        wrong["source_evaluation"] = "Select how reliable the source is"
    if information not in ASSESSMENTS:
        wrong["information_assessment"] = "Select how far the information is known to be true"
    if handling not in HANDLINGS:
        wrong["handling_code"] = "Select the handling code"
    if handling == Handling.CONDITIONS and not conditions.strip():
        wrong["conditions"] = "Code C needs its conditions. Say what whoever reads this may and may not do with it."
    if handling == Handling.PERMITTED and conditions.strip():
        wrong["conditions"] = "Code P has no conditions. Choose code C, or leave this empty."
    if handling == Handling.CONDITIONS and audience == Audience.PARTNERS:
        wrong["audience"] = "Code C is not for all partners. Choose the agencies that may read it."
    if audience == Audience.LISTED and not agencies:
        wrong["agencies"] = "Select at least one agency"
    if wrong:
        raise InvalidInput("The intelligence is not graded in full.", wrong)
