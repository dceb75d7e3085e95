"""What the checks and the formulas read: the inputs of one person with ages and offence categories worked out.

`reading` gives a table the same facts as columns, under the same names.
"""

from dataclasses import dataclass
from functools import cache

from iom_analytics import reference
from iom_analytics.scoring import ages
from iom_analytics.scoring.inputs import Inputs

# How the reference table says that a code has no category.
NO_OGRS3_CATEGORY = "Missing description"
NO_ACTUARIAL_CATEGORY = "UNKNOWN"
NEEDS_EXACT_OFFENCE = "NEED_DETAILS_OF_EXACT_OFFENCE"


@dataclass(frozen=True)
class Offence:
    """One Home Office code: its categories, None where it has no weight."""

    ogrs3_category: str | None
    needs_exact_offence: bool
    actuarial_category: str | None


@cache
def offences() -> dict[str, Offence]:
    """Every Home Office offence code with its categories."""
    rows = reference.offence_codes().to_pylist()
    return {
        row["offence_code"]: Offence(
            ogrs3_category=None if row["ogrs3_category"] == NO_OGRS3_CATEGORY else row["ogrs3_category"],
            needs_exact_offence=row["ogrs3_error"] == NEEDS_EXACT_OFFENCE,
            actuarial_category=None
            if row["actuarial_category"] == NO_ACTUARIAL_CATEGORY
            else row["actuarial_category"],
        )
        for row in rows
    }


@dataclass(frozen=True)
class Facts:
    """Dates are packed (see `ages`). A fact is None where its inputs do not give it."""

    sex: str | None
    age_at_first_sanction: int | None
    sanctions: int | None
    violent_sanctions: int | None
    born: int | None
    convicted: int | None
    assessed: int | None
    followed_up_given: int | None
    followed_up: int | None  # the conviction date where no start of follow-up is given
    lacks_follow_up: bool
    age_at_conviction: int | None
    age_at_follow_up: int | None
    code_length: int | None
    malformed_code: bool | None
    needs_exact_offence: bool | None
    unknown_to_ogrs3: bool | None
    unknown_category: bool | None
    ogrs3_category: str | None
    actuarial_category: str | None

    @property
    def career_years(self) -> int:
        """Completed years from the first sanction to the current conviction."""
        assert self.age_at_conviction is not None
        assert self.age_at_first_sanction is not None
        return self.age_at_conviction - self.age_at_first_sanction


def facts_of(inputs: Inputs) -> Facts:
    born, convicted, assessed, given = (
        None if day is None else ages.packed(day)
        for day in (inputs.date_of_birth, inputs.date_of_conviction, inputs.assessment_date, inputs.follow_up_start)
    )
    followed_up = convicted if given is None else given
    code = inputs.offence_code
    malformed = None if code is None else not (len(code) == 5 and code.isascii() and code.isdigit())
    offence = offences().get(code or "", Offence(None, False, None))
    return Facts(
        sex=inputs.sex,
        age_at_first_sanction=inputs.age_at_first_sanction,
        sanctions=inputs.sanctions,
        violent_sanctions=inputs.violent_sanctions,
        born=born,
        convicted=convicted,
        assessed=assessed,
        followed_up_given=given,
        followed_up=followed_up,
        lacks_follow_up=followed_up is None,
        age_at_conviction=age(born, convicted),
        age_at_follow_up=age(born, followed_up),
        code_length=None if code is None else len(code),
        malformed_code=malformed,
        needs_exact_offence=None if code is None else offence.needs_exact_offence,
        unknown_to_ogrs3=(None if code is None else offence.ogrs3_category is None and not offence.needs_exact_offence),
        unknown_category=None if code is None else offence.actuarial_category is None and not malformed,
        ogrs3_category=offence.ogrs3_category,
        actuarial_category=offence.actuarial_category,
    )


def age(born: int | None, on: int | None) -> int | None:
    return None if born is None or on is None else ages.completed_years(born, on)
