"""When an impact assessment may be changed and approved. Pure: no database, no clock."""

from datetime import date

from iom.agreements.choices import Risk
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState


def check_assessment(*, commissioner_on: date | None, review_on: date, on: date) -> None:
    """What an assessment says holds together; raises `InvalidInput` naming every field that does not."""
    wrong = {}
    if review_on <= on:
        wrong["review_on"] = "Enter a day in the future for the next review"
    if commissioner_on is not None and commissioner_on > on:
        wrong["commissioner_on"] = "The day the Commissioner was consulted must be today or in the past"
    if wrong:
        raise InvalidInput("The assessment does not hold together.", wrong)


def check_can_change_assessment(*, is_approved: bool) -> None:
    if is_approved:
        raise WrongState("This assessment is approved and stands. Draft another to follow it.")


def check_can_review_assessment(*, is_approved: bool, is_followed: bool) -> None:
    """What stands is reviewed by drafting the one that follows it, once."""
    if not is_approved:
        raise WrongState("This assessment is a draft. Change it instead.")
    if is_followed:
        raise WrongState("Somebody has begun to review this assessment. Open the one that follows it.")


def check_can_approve_assessment(
    *, is_approved: bool, is_second_person: bool, residual_risk: str, commissioner_on: date | None
) -> None:
    """A second person approves; where a high risk is left, only once the Commissioner has been consulted.

    UK GDPR Article 36(1); Data Protection Act 2018, section 65.
    """
    check_can_change_assessment(is_approved=is_approved)
    if not is_second_person:
        raise NotAllowed("A second person approves an assessment: you drafted this one.")
    if residual_risk == Risk.HIGH and commissioner_on is None:
        raise WrongState("A high risk is left. The Information Commissioner must be consulted first.")


can_review_assessment = can(check_can_review_assessment)
can_approve_assessment = can(check_can_approve_assessment)
