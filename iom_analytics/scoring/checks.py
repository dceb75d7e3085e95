"""The official checks of the inputs, each written once: it reads the same for one person and for a table.

A check is a rule over named facts. For one person the facts are an object's attributes, for a table its columns; where
a fact is empty the check does not speak (an empty mandatory input has its own code).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from iom_analytics.scoring.ages import MONTH
from iom_analytics.scoring.codes import Code


@dataclass(frozen=True)
class Check:
    """`fails` takes the facts; `facts` are those it reads; `fields` are the inputs a user has to look at."""

    code: Code
    fields: tuple[str, ...]
    facts: tuple[str, ...]
    fails: Callable[[Any], Any]


LEAST_SANCTIONS = Check(
    Code.TOTAL_NUMBER_OF_SANCTIONS_LESS_THAN_ONE, ("sanctions",), ("sanctions",), lambda x: x.sanctions < 1
)
SANCTIONS_IN_RANGE = Check(
    Code.TOTAL_NUMBER_OF_SANCTIONS_OUT_OF_RANGE,
    ("sanctions",),
    ("sanctions",),
    lambda x: (x.sanctions < 1) | (x.sanctions > 999),
)
VIOLENT_IN_RANGE = Check(
    Code.VIOLENT_SANCTION_OUT_OF_RANGE,
    ("violent_sanctions", "sanctions"),
    ("violent_sanctions", "sanctions"),
    lambda x: (x.violent_sanctions < 0) | (x.violent_sanctions > x.sanctions),
)
# OGRS3 looks at the length alone, although the service's message speaks of digits.
CODE_LENGTH = Check(
    Code.OFFENCE_CODE_INCORRECT_FORMAT, ("offence_code",), ("code_length",), lambda x: x.code_length != 5
)
CODE_FORMAT = Check(
    Code.OFFENCE_CODE_INCORRECT_FORMAT, ("offence_code",), ("malformed_code",), lambda x: x.malformed_code
)
EXACT_OFFENCE = Check(
    Code.NEED_DETAILS_OF_EXACT_OFFENCE, ("offence_code",), ("needs_exact_offence",), lambda x: x.needs_exact_offence
)
OGRS3_MAPPING = Check(
    Code.OFFENCE_CODE_MAPPING_NOT_FOUND, ("offence_code",), ("unknown_to_ogrs3",), lambda x: x.unknown_to_ogrs3
)
MAPPING = Check(
    Code.OFFENCE_CODE_MAPPING_NOT_FOUND, ("offence_code",), ("unknown_category",), lambda x: x.unknown_category
)
CONVICTED_AT_TEN = Check(
    Code.AGE_AT_CURRENT_CONVICTION_LESS_THAN_TEN,
    ("date_of_birth", "date_of_conviction"),
    ("age_at_conviction",),
    lambda x: x.age_at_conviction < 10,
)
FIRST_AGE_IN_RANGE = Check(
    Code.AGE_AT_FIRST_SANCTION_OUT_OF_RANGE,
    ("age_at_first_sanction",),
    ("age_at_first_sanction",),
    lambda x: (x.age_at_first_sanction < 0) | (x.age_at_first_sanction >= 110),
)
FIRST_BEFORE_CURRENT = Check(
    Code.AGE_AT_FIRST_SANCTION_AFTER_AGE_AT_CURRENT_CONVICTION,
    ("date_of_birth", "date_of_conviction", "age_at_first_sanction"),
    ("born", "convicted", "age_at_conviction", "age_at_first_sanction"),
    lambda x: (x.convicted > x.born) & (x.age_at_first_sanction > x.age_at_conviction),
)
CONVICTED_AFTER_BIRTH = Check(
    Code.DATE_OF_CURRENT_CONVICTION_BEFORE_DATE_OF_BIRTH,
    ("date_of_conviction",),
    ("born", "convicted"),
    lambda x: x.convicted <= x.born,
)
CONVICTED_NEAR_ASSESSMENT = Check(
    Code.DATE_OF_CURRENT_CONVICTION_WITHIN_THREE_MONTHS_OF_ASSESSMENT_DATE,
    ("date_of_conviction", "assessment_date"),
    ("convicted", "assessed"),
    lambda x: x.convicted > x.assessed + 3 * MONTH,
)
FOLLOW_UP_GIVEN = Check(
    Code.DATE_OF_START_OF_FOLLOWUP_REQUIRED, ("follow_up_start",), ("lacks_follow_up",), lambda x: x.lacks_follow_up
)
FOLLOW_UP_AFTER_BIRTH = Check(
    Code.DATE_OF_START_OF_FOLLOWUP_BEFORE_DATE_OF_BIRTH,
    ("follow_up_start",),
    ("born", "followed_up_given"),
    lambda x: x.followed_up_given <= x.born,
)
FOLLOW_UP_AGE = Check(
    Code.DATE_OF_START_OF_FOLLOWUP_OUT_OF_RANGE,
    ("follow_up_start",),
    ("born", "followed_up_given", "age_at_follow_up"),
    lambda x: (x.followed_up_given > x.born) & (x.age_at_follow_up >= 110),
)

# Where the service's calculation throws, its answer is UNEXPECTED_ERROR.
CONVICTION_THROWS = Check(
    Code.UNEXPECTED_ERROR, ("date_of_conviction",), ("born", "convicted"), lambda x: x.convicted <= x.born
)
FOLLOW_UP_THROWS = Check(
    Code.UNEXPECTED_ERROR, ("follow_up_start",), ("born", "followed_up"), lambda x: x.followed_up <= x.born
)
FOLLOWED_UP_AT_TEN = Check(
    Code.UNEXPECTED_ERROR, ("follow_up_start",), ("age_at_follow_up",), lambda x: x.age_at_follow_up < 10
)

UNDER_18 = Check(
    Code.AGE_AT_START_OF_FOLLOWUP_UNDER_18,
    ("date_of_birth", "follow_up_start"),
    ("age_at_follow_up",),
    lambda x: x.age_at_follow_up < 18,
)
