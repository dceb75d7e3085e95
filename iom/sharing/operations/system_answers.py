"""What another system is given about a person: the answer that two people of its agency released, and nothing else.

See docs/adr/0022. Where there is none, the system is told that people must look first.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible
from iom.people.queries import search
from iom.sharing.adapters import answers
from iom.sharing.models import SubjectAccessRequest
from iom.sharing.operations import subject_access
from iom.sharing.queries import subject_access as queries

WAITING = "waiting-for-review"
RELEASED = "released"
SAY_WAITING = (
    "People of this agency must look at what is held before any of it is given. Record a subject access request with"
    " the agency; ask again once it has been released."
)
SAY_RELEASED = "What two people of this agency released in answer to a subject access request."


@dataclass(frozen=True)
class Wanted:
    """Whose data, by either number, and from and to which day, both included."""

    prison_number: str = ""
    crn: str = ""
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True)
class Taken:
    """How many people the numbers are of, and the content; None where there is nothing to give."""

    people: int
    content: dict[str, Any] | None = None


@transaction.atomic
def take(*, wanted: Wanted, token_id: int, by: Scope, at: datetime) -> Taken:
    """What a system that asks for a person's data is given; nothing where the numbers are of different people.

    What the system was given, or that it asked, is on the audit record with its token: that it asked for two people is
    told by what comes back and not raised, which would take the record of it back.
    """
    found = search.by_number(scope=by, crn=wanted.crn, prison_number=wanted.prison_number)
    person_id = found[0] if len(found) == 1 else None
    audit.record(
        by=by,
        at=at,
        kind=Kind.CONSULTATION,
        action="sharing.subject_access.asked_by_system",
        subject_type="partnerships.SystemToken",
        subject_id=token_id,
        person_id=person_id,
        people=found if person_id is None else (),
        detail={"found": len(found)},
    )
    return Taken(len(found), _content(person_id, wanted, token_id=token_id, by=by, at=at) if person_id else None)


def _content(person_id: int, wanted: Wanted, *, token_id: int, by: Scope, at: datetime) -> dict[str, Any] | None:
    request = queries.latest(person_id=person_id, scope=by)
    released = _file_of(request) if request else None
    if request is None or released is None:
        return {"state": WAITING, "explanation": SAY_WAITING, "parts": []}
    parts = _between(released["parts"], wanted)
    if not parts:
        return None  # as where nothing is held: what is withheld in silence must not show
    subject_access.taken(request=request, kind="system", token_id=token_id, by=by, at=at)
    kept = ("person", "answered_by", "purposes", "rights", "commissioner", "disclosed_to", "other_agencies")
    return {
        "state": RELEASED,
        "explanation": SAY_RELEASED,
        "released_on": timezone.localdate(request.closed_at).isoformat() if request.closed_at else None,
        **{name: released[name] for name in kept},
        "parts": parts,
    }


def _file_of(request: SubjectAccessRequest) -> dict[str, Any] | None:
    """The answer as it was released; None while it is not, or its file is being made or has been destroyed."""
    if not queries.is_released(request):
        return None
    try:
        found: dict[str, Any] = json.loads(answers.read(request, "json"))
    except NotVisible:
        return None
    # One without it was made while an answer still named as recipients whoever had acted: it is asked for anew.
    return found if "commissioner" in found else None


def _between(parts: list[dict[str, Any]], wanted: Wanted) -> list[dict[str, Any]]:
    """The parts with the items of these days; what has no date is always there."""
    start = (wanted.from_date or date.min).isoformat()
    end = (wanted.to_date or date.max).isoformat()
    kept = [
        {**part, "items": [item for item in part["items"] if not item["date"] or start <= item["date"] <= end]}
        for part in parts
    ]
    return [part for part in kept if part["items"] or part["left_out"]]
