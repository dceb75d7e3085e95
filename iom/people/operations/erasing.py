"""The end of an agency's record of a person: emptied field by field, and no longer to be found or linked.

What happened is kept without what it was, by year, so that it can still be counted.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import erasure
from iom.common.erasure import Counts, Rows
from iom.people.models import (
    IndexEvent,
    IntelligenceCount,
    LinkDecision,
    Person,
    PossibleMatch,
    SearchTerm,
    SourceRecord,
)
from iom.people.operations import _moves
from iom.people.queries import people as queries
from iom.people.queries.retention import EVENTS


def plan(*, scope: Scope, person_id: int, agency_id: int) -> Counts:
    """What `erase` would do, table by table."""
    return erasure.count(_chosen(scope, person_id, agency_id))


@transaction.atomic
def erase(*, by: Scope, person_id: int, agency_id: int, at: datetime) -> Counts:
    """Empties what the agency's system said about the person. With the last such record goes who they are."""
    with _moves.index_locked(by, because="a record has reached its end", wait_seconds=60) as system:
        chosen = _chosen(system, person_id, agency_id)
        record_ids = list(_records(system, person_id, agency_id).values_list("pk", flat=True))
        whole_person = _others(system, person_id, agency_id).first() is None
        people = queries.with_merged(person_id=person_id, scope=system)
        _erase_reasons(record_ids, by=by, scope=system)
        counts = erasure.empty(chosen)
        if whole_person:
            Person.objects.filter(pk__in=people).update(erased_at=at)
        else:
            _build_again(person_id, record_ids)
        SourceRecord.objects.filter(pk__in=record_ids).update(person=None, erased_at=at)
        audit.record(
            by=by,
            at=at,
            kind=Kind.ERASURE,
            action="people.erase",
            subject_type="people.Person",
            subject_id=person_id,
            person_id=person_id,
            detail={"agency": agency_id, "rows": {table: says["rows"] for table, says in counts.items()}},
        )
    return counts


def _records(scope: Scope, person_id: int, agency_id: int) -> QuerySet[SourceRecord]:
    found: QuerySet[SourceRecord] = SourceRecord.objects.visible_to(scope)
    return found.filter(person=person_id, owner_agency=agency_id, erased_at__isnull=True)


def _others(scope: Scope, person_id: int, agency_id: int) -> QuerySet[SourceRecord]:
    found: QuerySet[SourceRecord] = SourceRecord.objects.visible_to(scope)
    return found.filter(person=person_id, erased_at__isnull=True).exclude(owner_agency=agency_id)


def _chosen(scope: Scope, person_id: int, agency_id: int) -> list[Rows]:
    """The rows that go or are emptied; ids are read now, for emptying takes away what they were found by."""
    ids = list(_records(scope, person_id, agency_id).values_list("pk", flat=True))
    of_pair = Q(left__in=ids) | Q(right__in=ids)
    chosen = [
        Rows(SearchTerm.objects.visible_to(scope).filter(source_record__in=ids), whole=True),
        Rows(PossibleMatch.objects.visible_to(scope).filter(of_pair), whole=True),
        Rows(LinkDecision.objects.visible_to(scope).filter(of_pair)),
        Rows(IndexEvent.objects.visible_to(scope).filter(source_record__in=ids)),
        *(
            Rows(
                model.objects.visible_to(scope).filter(person=person_id, owner_agency=agency_id).exclude(source_id=""),
                # A count without what it counts would say that there was none.
                whole=model is IntelligenceCount,
            )
            for model in EVENTS
        ),
        Rows(SourceRecord.objects.visible_to(scope).filter(pk__in=ids)),
    ]
    if _others(scope, person_id, agency_id).first() is None:
        chosen.append(
            Rows(Person.objects.visible_to(scope).filter(pk__in=queries.with_merged(person_id=person_id, scope=scope)))
        )
    return chosen


def _erase_reasons(record_ids: list[int], *, by: Scope, scope: Scope) -> None:
    """The reasons of decisions about these records and others, which the audit record keeps under one person of two."""
    decisions = LinkDecision.objects.visible_to(scope).filter(Q(left__in=record_ids) | Q(right__in=record_ids))
    found = list(decisions.values_list("pk", "together_with", "left", "right"))
    both = {record_id for *_, left, right in found for record_id in (left, right)}
    # Whoever either record has ever been.
    moves = IndexEvent.objects.visible_to(scope).filter(source_record__in=both).values_list("from_person", "to_person")
    now = SourceRecord.objects.visible_to(scope).filter(pk__in=both).values_list("person", flat=True)
    audit.erase_values_of(
        person_ids={each for each in (*now, *(each for move in moves for each in move)) if each is not None},
        subject_type=LinkDecision._meta.label,
        subject_ids={each for first, together, *_ in found for each in (first, together) if each is not None},
        in_detail="decision",
        by=by,
    )


def _build_again(person_id: int, gone: list[int]) -> None:
    """The person made again from the records that stay: name, dates and audience."""
    with connection.cursor() as cursor:
        cursor.execute("update people_sourcerecord set person_id = null where id = any(%s)", [gone])
        _moves.fresh_table(cursor, "iom_move", _moves.MOVE_COLUMNS)
        _moves.fresh_table(cursor, "iom_stale", "record_id bigint primary key")
        cursor.execute(
            "insert into iom_stale select id from people_sourcerecord where person_id = %s and erased_at is null",
            [person_id],
        )
        _moves.rebuild_people(cursor)
