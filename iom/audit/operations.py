"""The one way an event is written."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db import connection

from iom.audit.choices import Kind
from iom.audit.models import Event


class Actor(Protocol):
    """Who acts, for whom, where; `because` says why where it is the system. A `Scope` is one."""

    @property
    def user_id(self) -> int: ...
    @property
    def partnership_id(self) -> int: ...
    @property
    def agency_id(self) -> int: ...
    @property
    def because(self) -> str: ...


def record(
    *,
    by: Actor,
    at: datetime,
    kind: Kind,
    action: str,
    subject_type: str,
    subject_id: object,
    person_id: int | None = None,
    fields: Iterable[str] = (),
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Adds one event, in the caller's transaction: what was done and the record of it stand or fall together.

    `action` is the operation's dotted name, `cohorts.select`. `detail` holds ids and counts; never a name or a value.
    """
    values: dict[str, Any] = {
        "at": at,
        "kind": str(kind),
        "action": action,
        "partnership_id": by.partnership_id,
        "agency_id": by.agency_id,
        "actor_id": by.user_id,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "person_id": person_id,
        "fields": sorted(fields),
        "reason": reason or by.because,
        "detail": json.dumps(detail or {}),
    }
    # Not through the ORM, which reads back what it wrote: who may add an event need not be allowed to read it.
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {Event._meta.db_table} ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})",  # noqa: S608
            list(values.values()),
        )


def viewed(*, by: Actor, at: datetime, person_id: int, page: str, reason: str = "") -> None:
    """Records that a person's record was looked at, and which page of it."""
    record(
        by=by,
        at=at,
        kind=Kind.CONSULTATION,
        action=f"view.{page}",
        subject_type="people.Person",
        subject_id=person_id,
        person_id=person_id,
        reason=reason,
    )


def viewed_list(*, by: Actor, at: datetime, person_ids: Iterable[int], action: str) -> None:
    """Records that a list of people was looked at, and whom it named."""
    record(
        by=by,
        at=at,
        kind=Kind.CONSULTATION,
        action=action,
        subject_type="people.Person",
        subject_id="list",
        detail={"people": list(person_ids)},
    )
