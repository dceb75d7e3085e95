"""Turns the official cases beside the checkout into this project's inputs."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from iom_analytics.scoring import Inputs
from iom_analytics.scoring import read as read_inputs
from iom_analytics.scoring.coefficients import load
from iom_analytics.scoring.facts import offences

# The service's names that are not simply ours in camel case.
NAMES = {
    "gender": "sex",
    "dateOfCurrentConviction": "date_of_conviction",
    "dateAtStartOfFollowup": "follow_up_start",
    "dateAtStartOfFollowupCalculated": "follow_up_start",
    "totalNumberOfSanctionsForAllOffences": "sanctions",
    "totalNumberOfViolentSanctions": "violent_sanctions",
    "currentOffenceCode": "offence_code",
}


def cases(shared: Path, name: str) -> Any:
    return json.loads((shared / "oracles" / f"{name}.json").read_text(encoding="utf-8"))


def our_name(theirs: str) -> str:
    return NAMES.get(theirs) or re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", theirs)


def row_of(request: dict[str, Any]) -> dict[str, Any]:
    """A request of the service as a row by our names; M and F for its MALE and FEMALE."""
    row = {our_name(theirs): value for theirs, value in request.items()}
    return {**row, "sex": (row.get("sex") or " ")[0]}


def inputs_of(request: dict[str, Any]) -> Inputs:
    return read_inputs(row_of(request))


def code_with_weight(model: str, weight: float) -> str:
    """An offence code whose OGRS3 category has that weight."""
    coefficients = load(model)
    return next(
        code for code, offence in offences().items() if coefficients.get(f"offence:{offence.ogrs3_category}") == weight
    )


def code_in_category(category: str) -> str:
    """An offence code of that actuarial category."""
    return next(code for code, offence in offences().items() if offence.actuarial_category == category)


def at_ages(*, conviction: int, first: int, follow_up: int, **others: Any) -> Inputs:
    """Somebody with those completed ages."""
    return Inputs(
        date_of_birth=date(1950, 3, 10),
        date_of_conviction=date(1950 + conviction, 6, 1),
        follow_up_start=date(1950 + follow_up, 6, 1),
        age_at_first_sanction=first,
        **others,
    )
