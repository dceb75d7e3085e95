"""What can be wrong with a person's inputs, as typed codes.

The codes are the Ministry of Justice's own (hmpps-arns-risk-actuarial-api: for OGRS3 at 52792f49, 17 June 2026; for the
rest at 016919c5, 4 August 2026). The last two are this project's. The wording is ours throughout.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    MISSING_MANDATORY_INPUT = "MISSING_MANDATORY_INPUT"
    MISSING_DYNAMIC_INPUT = "MISSING_DYNAMIC_INPUT"
    MOTIVATION_TO_TACKLE_DRUG_MISUSE_INCONSISTENT = "MOTIVATION_TO_TACKLE_DRUG_MISUSE_INCONSISTENT"
    TOTAL_NUMBER_OF_SANCTIONS_LESS_THAN_ONE = "TOTAL_NUMBER_OF_SANCTIONS_LESS_THAN_ONE"
    TOTAL_NUMBER_OF_SANCTIONS_OUT_OF_RANGE = "TOTAL_NUMBER_OF_SANCTIONS_OUT_OF_RANGE"
    VIOLENT_SANCTION_OUT_OF_RANGE = "VIOLENT_SANCTION_OUT_OF_RANGE"
    OFFENCE_CODE_INCORRECT_FORMAT = "OFFENCE_CODE_INCORRECT_FORMAT"
    OFFENCE_CODE_MAPPING_NOT_FOUND = "OFFENCE_CODE_MAPPING_NOT_FOUND"
    NEED_DETAILS_OF_EXACT_OFFENCE = "NEED_DETAILS_OF_EXACT_OFFENCE"
    AGE_AT_CURRENT_CONVICTION_LESS_THAN_TEN = "AGE_AT_CURRENT_CONVICTION_LESS_THAN_TEN"
    AGE_AT_FIRST_SANCTION_OUT_OF_RANGE = "AGE_AT_FIRST_SANCTION_OUT_OF_RANGE"
    AGE_AT_FIRST_SANCTION_AFTER_AGE_AT_CURRENT_CONVICTION = "AGE_AT_FIRST_SANCTION_AFTER_AGE_AT_CURRENT_CONVICTION"
    DATE_OF_CURRENT_CONVICTION_BEFORE_DATE_OF_BIRTH = "DATE_OF_CURRENT_CONVICTION_BEFORE_DATE_OF_BIRTH"
    DATE_OF_CURRENT_CONVICTION_WITHIN_THREE_MONTHS_OF_ASSESSMENT_DATE = (
        "DATE_OF_CURRENT_CONVICTION_WITHIN_THREE_MONTHS_OF_ASSESSMENT_DATE"
    )
    DATE_OF_START_OF_FOLLOWUP_REQUIRED = "DATE_OF_START_OF_FOLLOWUP_REQUIRED"
    DATE_OF_START_OF_FOLLOWUP_BEFORE_DATE_OF_BIRTH = "DATE_OF_START_OF_FOLLOWUP_BEFORE_DATE_OF_BIRTH"
    DATE_OF_START_OF_FOLLOWUP_OUT_OF_RANGE = "DATE_OF_START_OF_FOLLOWUP_OUT_OF_RANGE"
    UNEXPECTED_ERROR = "UNEXPECTED_ERROR"

    UNREADABLE_INPUT = "UNREADABLE_INPUT"
    AGE_AT_START_OF_FOLLOWUP_UNDER_18 = "AGE_AT_START_OF_FOLLOWUP_UNDER_18"

    @property
    def message(self) -> str:
        """What is wrong and what to do, in a sentence."""
        return MESSAGES[self]


MESSAGES = {
    Code.MISSING_MANDATORY_INPUT: "These must be given before there can be a score.",
    Code.MISSING_DYNAMIC_INPUT: "Without these answers only the static score can be given.",
    Code.MOTIVATION_TO_TACKLE_DRUG_MISUSE_INCONSISTENT: (
        "Drug use is recorded, but not the motivation to tackle it. Answer both, or the static score stands."
    ),
    Code.TOTAL_NUMBER_OF_SANCTIONS_LESS_THAN_ONE: "Sanctions count the current one, so there is at least one.",
    Code.TOTAL_NUMBER_OF_SANCTIONS_OUT_OF_RANGE: "Sanctions count the current one, and must be from 1 to 999.",
    Code.VIOLENT_SANCTION_OUT_OF_RANGE: "Violent sanctions must be from none to the number of all sanctions.",
    Code.OFFENCE_CODE_INCORRECT_FORMAT: "A Home Office offence code has five digits, zeros in front included.",
    Code.OFFENCE_CODE_MAPPING_NOT_FOUND: "This offence code has no weight in this predictor.",
    Code.NEED_DETAILS_OF_EXACT_OFFENCE: "The offences under this code weigh differently: give the exact one.",
    Code.AGE_AT_CURRENT_CONVICTION_LESS_THAN_TEN: "Nobody is convicted under the age of ten: check the two dates.",
    Code.AGE_AT_FIRST_SANCTION_OUT_OF_RANGE: "Age at first sanction must be from 0 to 109.",
    Code.AGE_AT_FIRST_SANCTION_AFTER_AGE_AT_CURRENT_CONVICTION: (
        "The first sanction cannot be at a later age than the current conviction."
    ),
    Code.DATE_OF_CURRENT_CONVICTION_BEFORE_DATE_OF_BIRTH: "The conviction must be after the date of birth.",
    Code.DATE_OF_CURRENT_CONVICTION_WITHIN_THREE_MONTHS_OF_ASSESSMENT_DATE: (
        "The conviction cannot be more than three months after the assessment."
    ),
    Code.DATE_OF_START_OF_FOLLOWUP_REQUIRED: "Give the start of follow-up, or the conviction that stands in for it.",
    Code.DATE_OF_START_OF_FOLLOWUP_BEFORE_DATE_OF_BIRTH: "Follow-up must start after the date of birth.",
    Code.DATE_OF_START_OF_FOLLOWUP_OUT_OF_RANGE: "The person would be 110 or older at the start of follow-up.",
    Code.UNEXPECTED_ERROR: "The Ministry's service cannot calculate with these values, and neither can this.",
    Code.UNREADABLE_INPUT: "These are filled, but not with a value that can be read.",
    Code.AGE_AT_START_OF_FOLLOWUP_UNDER_18: (
        "Scored, with care: the person is under 18 at the start of follow-up, and the predictors are made for adults."
    ),
}


@dataclass(frozen=True)
class Error:
    """One code and the inputs it is about."""

    code: Code
    fields: tuple[str, ...]
