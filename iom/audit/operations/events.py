"""The one way an event is written, and the erasure of the values beside it."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from iom.audit import rules, sinks
from iom.audit.choices import Kind
from iom.audit.models import REASON, Event, Value
from iom.audit.rules import Actor

COLUMNS = (
    "at", "kind", "action", "partnership_id", "agency_id", "actor_id", "subject_type", "subject_id", "person_id",
    "fields", "reason", "detail", "changes",
)  # fmt: skip
# Not through the ORM, which reads back what it wrote: who may add an event need not be allowed to read it.
INSERT = f"""
with number as (select nextval('audit_event_id_seq') as id),
event as (insert into audit_event (id, {", ".join(COLUMNS)})
    values ((select id from number), {", ".join(["%s"] * len(COLUMNS))})),
mention as (insert into audit_mention (person_id, event_id, partnership_id)
    select unnest(%s::bigint[]), id, %s from number)
insert into audit_pending (event_id, partnership_id, since) select id, %s, clock_timestamp() from number
returning event_id
"""  # noqa: S608 - the names of our own columns


def record(
    *,
    by: Actor,
    at: datetime,
    kind: Kind,
    action: str,
    subject_type: str,
    subject_id: object,
    person_id: int | None = None,
    people: Iterable[int] = (),
    fields: Iterable[str] = (),
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    changes: Mapping[str, tuple[object, object]] | None = None,
) -> int:
    """Adds one event, in the caller's transaction: what was done and the record of it stand or fall together.

    `action` is the operation's dotted name, `cohorts.select`. `people` are the ids of those whom a list names. `detail`
    holds ids and counts; never a name or a value. `changes` are the values of fields before and after; they and the
    `reason` somebody gave are kept beside the event, where they can be erased with the person, and the event holds
    their salted hashes. Returns the event's id.
    """
    named = sorted(set(people))
    access = by.access_to(person_id)
    changed = {field: _as_texts(*pair) for field, pair in (changes or {}).items()}
    kept = {**changed, **({REASON: (None, reason)} if reason else {})}
    salt = secrets.token_bytes(16) if kept else b""
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
        "fields": sorted({*fields, *changed}),
        "reason": by.because,
        "detail": json.dumps(
            {
                **(detail or {}),
                **({"people": named} if named else {}),
                # What is done to a record while it is open in an emergency says so.
                **({"emergency_access": access} if access else {}),
            }
        ),
        "changes": json.dumps(
            {field: [rules.value_hash(salt, field, value) for value in pair] for field, pair in kept.items()}
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*(values[c] for c in COLUMNS), named, by.partnership_id, by.partnership_id])
        event_id = int(cursor.fetchone()[0])
    if kept:
        _keep_values(event_id, by, person_id, salt, kept)
    if sinks.wanted():
        transaction.on_commit(partial(sinks.write, event_id, values))
    return event_id


def _as_texts(before: object, after: object) -> tuple[str | None, str | None]:
    return (None if before is None else str(before), None if after is None else str(after))


def _keep_values(
    event_id: int, by: Actor, person_id: int | None, salt: bytes, changed: dict[str, tuple[str | None, str | None]]
) -> None:
    # As above: whoever adds a value need not be allowed to read it back.
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit_value (event_id, partnership_id, agency_id, person_id, field, salt, before, after)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (event_id, by.partnership_id, by.agency_id, person_id, field, salt, before, after)
                for field, (before, after) in changed.items()
            ],
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


def viewed_list(
    *,
    by: Actor,
    at: datetime,
    person_ids: Iterable[int],
    action: str,
    subject_type: str = "people.Person",
    subject_id: object = "list",
) -> None:
    """Records that a list of people was looked at, and whom it named."""
    record(
        by=by,
        at=at,
        kind=Kind.CONSULTATION,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        people=person_ids,
    )


def erase_values(*, person_ids: Iterable[int], by: Actor) -> int:
    """Erases the values kept beside the events about these people, salts and all; the events stand. Returns how many.

    Part of a destruction that records its own event.
    """
    gone, _ = Value.objects.filter(partnership_id=by.partnership_id, person_id__in=person_ids).delete()
    return gone


def erase_values_of(
    *, person_ids: Iterable[int], subject_type: str, subject_ids: Iterable[int], in_detail: str, by: Actor
) -> int:
    """The same of events about one thing that speaks of several people, of whom the event names one at most.

    `person_ids` are whomever such an event may name; `in_detail` is where other events hold the thing's id.
    """
    ids = [*subject_ids]
    named = Value.objects.filter(partnership_id=by.partnership_id, person_id__in=person_ids)
    about = Event.objects.filter(pk__in=named.values("event_id")).filter(
        Q(subject_type=subject_type, subject_id__in=[str(each) for each in ids])
        | Q(**{f"detail__{in_detail}__in": ids})
    )
    gone, _ = named.filter(event_id__in=about.values("pk")).delete()
    return gone
