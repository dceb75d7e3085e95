"""Reads of the audit record. Row-level security shows a scope the events of its own partnership alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Min, Q, QuerySet

from iom.audit.models import Event, Mention, Pending, Seal
from iom.audit.rules import Actor, Head, SealFacts

MOST = 10_000  # rows held at once
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The text of an event that is hashed: its columns in order, as PostgreSQL writes JSON.
TEXT = """jsonb_build_array(e.id, (extract(epoch from e.at) * 1000000)::bigint, e.kind, e.action, e.partnership_id,
    e.agency_id, e.actor_id, e.subject_type, e.subject_id, e.person_id, to_jsonb(e.fields), e.reason, e.detail,
    e.changes)::text"""


def events(*, scope: Actor) -> "QuerySet[Event]":
    """The partnership's events, the newest first; none about people with limited access whom who asks is shut out of.

    The same rule as the policy of the table; a test keeps them equal.
    """
    found = Event.objects.filter(partnership_id=scope.partnership_id).order_by("-id")
    if scope.people_shut_out:
        found = found.exclude(person_id__in=scope.people_shut_out)
    for person_id in scope.people_shut_out:
        found = found.filter(Q(detail__people__isnull=True) | ~Q(detail__people__contains=[person_id]))
    return found


def about(*, person_id: int, scope: Actor) -> "QuerySet[Event]":
    """The events about a person, or about a list that named them, the newest first."""
    named = Mention.objects.filter(person_id=person_id).values("event_id")
    return events(scope=scope).filter(Q(person_id=person_id) | Q(pk__in=named))


def named(event: Event) -> list[int]:
    """The ids of the people whom a list named. Where there is a count under that word, nobody was named."""
    people = event.detail.get("people")
    return people if isinstance(people, list) else []


def texts(*, event_ids: list[int]) -> list[str | None]:
    """The hashed text of each of these events, in the order given; None where there is no such event."""
    if not event_ids:
        return []
    with connection.cursor() as cursor:
        # The range is for the planner, which would otherwise read the record from its beginning for each seal.
        cursor.execute(
            f"select {TEXT} from unnest(%s::bigint[]) with ordinality wanted (id, place)"  # noqa: S608
            " left join audit_event e on e.id = wanted.id and e.id between %s and %s order by wanted.place",
            [f"{{{','.join(map(str, event_ids))}}}", min(event_ids), max(event_ids)],
        )
        # A missing event makes an array of nulls, not a null.
        return [None if text.startswith("[null") else text for (text,) in cursor.fetchall()]


def facts(seal: Seal) -> SealFacts:
    """What the seal's hash is made of."""
    return SealFacts(
        partnership_id=seal.partnership_id,
        number=seal.number,
        at=(seal.at - EPOCH) // timedelta(microseconds=1),
        first=seal.first,
        events=len(seal.event_ids),
        root=bytes(seal.root),
        before=bytes(seal.before),
    )


def seals(*, scope: Actor) -> Iterator[Seal]:
    """The partnership's seals in order."""
    return Seal.objects.filter(partnership_id=scope.partnership_id).order_by("number").iterator(chunk_size=1)


def last_seal(*, scope: Actor) -> Seal | None:
    return Seal.objects.filter(partnership_id=scope.partnership_id).order_by("number").last()


def head(*, scope: Actor) -> Head | None:
    """The end of the partnership's chain; None while nothing is sealed."""
    seal = last_seal(scope=scope)
    return None if seal is None else head_at(seal)


def head_at(seal: Seal) -> Head:
    """The end of the chain as this seal left it."""
    return Head(seal.partnership_id, seal.number, seal.first + len(seal.event_ids) - 1, bytes(seal.hash).hex())


def strays(*, scope: Actor) -> list[int]:
    """The ids of events that are neither sealed nor waiting to be: they did not come in by `record`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from audit_event where partnership_id = %(p)s"
            " except select unnest(event_ids) from audit_seal where partnership_id = %(p)s"
            " except select event_id from audit_pending where partnership_id = %(p)s order by 1",
            {"p": scope.partnership_id},
        )
        return [event_id for (event_id,) in cursor.fetchall()]


def lost_before_sealing(*, scope: Actor) -> list[int]:
    """The ids of events that wait to be sealed and are not there."""
    waiting = Pending.objects.filter(partnership_id=scope.partnership_id)
    there = Event.objects.filter(partnership_id=scope.partnership_id).values("pk")
    return list(waiting.exclude(event_id__in=there).order_by("event_id").values_list("event_id", flat=True))


class Beside(NamedTuple):
    """A value that is kept beside an event, and what the event says of it: its hashes, and whose it is.

    `there` is false where the event is not there.
    """

    event_id: int
    field: str
    salt: bytes
    before: str | None
    after: str | None
    hashes: str | None
    is_its_own: bool
    there: bool


def values_beside(*, scope: Actor) -> Iterator[Beside]:
    """Every value that is kept, by event. In one stream, not as models: there can be as many as there are events."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "select v.event_id, v.field, v.salt, v.before, v.after, (e.changes -> v.field)::text,"
            " (e.agency_id, e.person_id) is not distinct from (v.agency_id, v.person_id), e.id is not null"
            " from audit_value v left join audit_event e on e.id = v.event_id"
            " where v.partnership_id = %s order by v.event_id, v.field",
            [scope.partnership_id],
        )
        while rows := cursor.fetchmany(MOST):
            yield from (Beside(*row) for row in rows)


def misnamed(*, scope: Actor) -> list[int]:
    """The ids of events that are not found by just the people whom they name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with told as (select e.id, named.id::bigint as person_id from audit_event e, lateral"
            "   jsonb_array_elements_text("
            "     case jsonb_typeof(e.detail -> 'people') when 'array' then e.detail -> 'people' else '[]' end"
            "   ) named (id) where e.partnership_id = %(p)s and e.detail ? 'people'),"
            " found as (select event_id, person_id from audit_mention where partnership_id = %(p)s)"
            " select id from (select * from told except select * from found) lost"
            " union select event_id from (select * from found except select * from told) added order by 1",
            {"p": scope.partnership_id},
        )
        return [event_id for (event_id,) in cursor.fetchall()]


def sealed_until(seal: int, *, scope: Actor) -> Iterator[int]:
    """The ids of the events in the seals up to this number, in order."""
    found = Seal.objects.filter(partnership_id=scope.partnership_id, number__lte=seal).order_by("number")
    for event_ids in found.values_list("event_ids", flat=True).iterator(chunk_size=1):
        yield from event_ids


def waiting(*, scope: Actor) -> tuple[int, datetime | None]:
    """How many events are not yet sealed, and since when the oldest of them waits."""
    found = Pending.objects.filter(partnership_id=scope.partnership_id)
    return found.count(), found.aggregate(oldest=Min("since"))["oldest"]


def unsealed_among(*, event_ids: list[int]) -> set[int]:
    """Those of these events that are not yet sealed."""
    return set(Pending.objects.filter(event_id__in=event_ids).values_list("event_id", flat=True))


def rows(*, event_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The columns of these events by id, for comparing with what the second sink holds."""
    return {row["id"]: dict(row) for row in Event.objects.filter(pk__in=event_ids).values()}
