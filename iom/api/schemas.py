"""What the interface takes and gives, as its description says it."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def only_iso(value: Any) -> Any:
    """Pydantic would take seconds since 1970 for a day as well."""
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError("not a day")
    return value


Day = Annotated[date, BeforeValidator(only_iso)]
Number = Annotated[str, Field(max_length=20)]


class SubjectAccessQuery(Schema):
    """Whose data, by either number, and from and to which day, both included."""

    prn: Number = ""
    crn: Number = ""
    from_date: Day | None = Field(None, alias="fromDate")
    to_date: Day | None = Field(None, alias="toDate")


class HeldField(Schema):
    label: str
    value: str


class HeldItem(Schema):
    title: str
    date: str | None
    fields: list[HeldField]


class Part(Schema):
    """What one agency gives under one law; `left_out` says what the law asks to be said of what is not given."""

    agency: str
    law: str
    legal_basis: list[str]
    categories: list[str]
    came_from: list[str]
    kept: list[str]
    left_out: list[str]
    items: list[HeldItem]


class Recipient(Schema):
    name: str
    kinds: list[str]
    times: int
    last: str


class Content(Schema):
    state: Literal["released", "waiting-for-review"]
    explanation: str
    parts: list[Part]
    person: str | None = None
    answered_by: str | None = None
    released_on: str | None = None
    purposes: str | None = None
    rights: list[str] = []
    commissioner: str | None = None
    disclosed_to: list[Recipient] = []
    other_agencies: list[str] = []


class SubjectAccess(Schema):
    content: Content
