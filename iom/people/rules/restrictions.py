"""When the use of a person's data may be restricted, and when that may end. Pure: no database, no clock.

Data Protection Act 2018 s47; UK GDPR Article 18, whose paragraph 3 asks that the person be told before it is lifted.
"""

from datetime import date

from iom.common.errors import InvalidInput, WrongState


def check_can_lift(*, is_lifted: bool, reason: str, told_on: date | None, on: date) -> None:
    if is_lifted:
        raise WrongState("This restriction has been lifted already.")
    wrong: dict[str, str] = {}
    if not reason.strip():
        wrong["reason"] = "Enter why the records may be used again"
    if told_on is None or told_on > on:
        wrong["told_on"] = "Enter the day on which the person was told: they are told first"
    if wrong:
        raise InvalidInput("The person is told before a restriction is lifted.", wrong)
