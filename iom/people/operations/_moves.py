"""Moves source records from one person to another, few or a million, and makes everything that hangs on them follow.

The parts that the operations of this package share. All of it is set-based SQL over one temporary table of moves, run
as the system: a record must follow its person whether or not whoever decided it may see that record.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from iom.access.scope import Scope, act_in, unrestricted
from iom.common import registries
from iom.common.errors import Busy
from iom.people.choices import IndexChange
from iom.people.linkage import full_forms
from iom.people.models import (
    Arrest,
    Assessment,
    CustodySpell,
    DrugTest,
    IntelligenceCount,
    Registration,
    Sanction,
    SearchTerm,
    SourceRecord,
)
from iom.people.rules.terms import terms_of

EVENT_TABLES = tuple(
    model._meta.db_table
    for model in (Sanction, Arrest, CustodySpell, DrugTest, Assessment, Registration, IntelligenceCount)
)
MARKING = ("partnership_id", "owner_agency_id", "regime", "marking", "descriptor", "audience", "audience_agencies")
INDEX_LOCK = 0x10D  # the first half of the advisory lock; the second is the partnership
MOVE_COLUMNS = "record_id bigint primary key, from_id bigint, to_id bigint"
CHUNK = 20_000
FINDABLE = (
    "given_names",
    "family_name",
    "aliases",
    "date_of_birth",
    "postcode",
    "pnc_id",
    "cro",
    "crn",
    "prison_number",
)


@contextmanager
def index_locked(by: Scope, *, because: str, wait_seconds: int = 5) -> Iterator[Scope]:
    """The system's scope over the partnership's whole index, which nobody else changes until the transaction ends.

    Raises Busy where somebody else holds it for longer than a page can wait.
    """
    system = unrestricted(partnership_id=by.partnership_id, agency_id=by.agency_id, because=because)
    with connection.cursor() as cursor:
        try:
            cursor.execute("select set_config('lock_timeout', %s, true)", [f"{wait_seconds}s"])
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [INDEX_LOCK, by.partnership_id])
            cursor.execute("select set_config('lock_timeout', '0', true)")
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise  # the database has gone, or chose this transaction to end a deadlock
            raise Busy("The index is being rebuilt. Nothing was changed; try again in a minute.") from error
    with act_in(system):
        yield system


def move(
    *,
    moves: Iterable[tuple[int, int | None, int]],
    change: IndexChange,
    reason: str,
    decision_id: int,
    by: Scope,
    at: datetime,
) -> None:
    """Moves these records (record id, from person id, to person id); few of them. Inside `index_locked`."""
    with connection.cursor() as cursor:
        fresh_table(cursor, "iom_move", MOVE_COLUMNS)
        cursor.executemany("insert into iom_move values (%s, %s, %s)", list(moves))
        fresh_table(cursor, "iom_stale", "record_id bigint primary key")
        apply_moves(cursor=cursor, change=change, reason=reason, decision_id=decision_id, by=by, at=at)


def fresh_table(cursor: Any, name: str, columns: str) -> None:
    """An empty temporary table, until the transaction ends."""
    cursor.execute(f"drop table if exists pg_temp.{name}")
    cursor.execute(f"create temporary table {name} ({columns}) on commit drop")


def apply_moves(
    *, cursor: Any, change: IndexChange, reason: str, decision_id: int | None, by: Scope, at: datetime
) -> None:
    """Carries out what is in the temporary tables `iom_move` and `iom_stale` (records whose words have changed).

    A move that a decision made says no reason: it is seen with its record, and the reason may speak of the other one.
    That is read where the decision is.
    """
    cursor.execute("analyze iom_move")
    columns = ", ".join(MARKING)
    marking = ", ".join(f"r.{name}" for name in MARKING)
    cursor.execute(
        f"insert into people_indexevent ({columns}, source_record_id, from_person_id, to_person_id, change, reason,"  # noqa: S608
        f" by_id, at, decision_id) select {marking}, r.id, m.from_id, m.to_id, %s, %s, %s, %s, %s"
        " from iom_move m join people_sourcerecord r on r.id = m.record_id",
        [change, "" if decision_id else reason, by.user_id, at, decision_id],
    )
    cursor.execute(
        "insert into iom_stale select record_id from iom_move on conflict do nothing",
    )
    cursor.execute("analyze iom_stale")
    cursor.execute(
        "update people_sourcerecord r set person_id = coalesce(m.to_id, r.person_id), indexed_batch_id = r.batch_id"
        " from iom_stale s left join iom_move m using (record_id) where r.id = s.record_id"
    )
    for table in EVENT_TABLES:
        cursor.execute(
            f"update {table} e set person_id = m.to_id"  # noqa: S608
            " from iom_move m join people_sourcerecord r on r.id = m.record_id"
            " where e.partnership_id = r.partnership_id and e.source = r.source and e.source_id = r.source_id"
            " and e.person_id is distinct from m.to_id"
        )
    rebuild_terms(cursor)
    rebuild_people(cursor)
    follow_people(cursor=cursor, by=by, at=at)


def rebuild_terms(cursor: Any) -> None:
    """The search terms of the records in `iom_stale`, worked out again."""
    cursor.execute("delete from people_searchterm t using iom_stale s where t.source_record_id = s.record_id")
    fresh_table(cursor, "iom_term", "record_id bigint, kind varchar(10), term varchar(64)")
    cursor.execute("select record_id from iom_stale order by record_id")
    record_ids = [record_id for (record_id,) in cursor.fetchall()]
    for start in range(0, len(record_ids), CHUNK):
        chosen = SourceRecord.objects.filter(pk__in=record_ids[start : start + CHUNK])
        records = list(chosen.values_list("pk", *FINDABLE, named=True))
        with cursor.copy("copy iom_term from stdin") as copy:
            for record in records:
                for kind, term in terms_of(record, full_forms):
                    copy.write_row((record.pk, kind.value, term))
    cursor.execute("analyze iom_term")
    columns = ", ".join(MARKING)
    marking = ", ".join(f"r.{name}" for name in MARKING)
    table = SearchTerm._meta.db_table
    # In the order of the index they go into: each of its pages is then written once, however many rows there are. The
    # more memory to sort them in, the fewer the runs on disk that must be merged.
    cursor.execute("set local work_mem = '256MB'")
    cursor.execute(
        f"insert into {table} ({columns}, source_record_id, person_id, kind, term)"  # noqa: S608
        f" select {marking}, r.id, r.person_id, t.kind, t.term from iom_term t"
        " join people_sourcerecord r on r.id = t.record_id where r.person_id is not null"
        ' order by r.partnership_id, t.kind, t.term collate "C", r.person_id'
    )
    cursor.execute("set local work_mem to default")


# Every column of a person that is a copy: from the best record that the person's whole audience may see. The best is
# one with a name and a date of birth, then with a number given by fingerprints, then the latest. In steps, each with
# its own statistics: the planner knows nothing yet of people who were made a moment ago.
REBUILD_PEOPLE = {
    "iom_affected": """
        select from_id as person_id from iom_move where from_id is not null
        union select to_id from iom_move
        union select r.person_id from iom_stale s join people_sourcerecord r on r.id = s.record_id
    """,
    "iom_known": """
        select r.*, bool_or(r.seen_by is null) over (partition by r.person_id) as by_all
        from (
            select s.id, s.person_id, s.partnership_id, s.owner_agency_id, s.regime, s.marking, s.descriptor,
                s.given_names, s.family_name, s.date_of_birth, s.sex, s.ethnicity, s.area_name, s.received_at,
                s.pnc_id <> '' or s.cro <> '' as by_prints,
                case s.audience when 'partners' then null when 'own' then array[s.owner_agency_id::int]
                    else s.audience_agencies || s.owner_agency_id::int end as seen_by
            from people_sourcerecord s join iom_affected a on a.person_id = s.person_id
        ) r
    """,
    "iom_audience": """
        select person_id, array_agg(distinct agency order by agency) as agencies
        from iom_known, unnest(seen_by) agency where not by_all group by person_id
    """,
    "iom_built": """
        with ranked as (
            select k.*, w.agencies, (k.seen_by is null or k.seen_by @> w.agencies) is true as for_all,
                row_number() over (
                    partition by k.person_id order by ((k.seen_by is null or k.seen_by @> w.agencies) is true) desc,
                    (k.family_name <> '' and k.date_of_birth is not null) desc, k.by_prints desc,
                    k.received_at desc, k.id
                ) as place
            from iom_known k left join iom_audience w using (person_id)
        )
        select person_id, max(partnership_id) as partnership_id,
            coalesce(max(given_names) filter (where place = 1 and for_all), '') as given_names,
            coalesce(max(family_name) filter (where place = 1 and for_all), '') as family_name,
            max(date_of_birth) filter (where place = 1 and for_all) as date_of_birth,
            coalesce((array_agg(sex order by place) filter (where sex <> '' and for_all))[1], '') as sex,
            coalesce((array_agg(ethnicity order by place) filter (where ethnicity <> '' and for_all))[1], '')
                as ethnicity,
            lower((array_agg(area_name order by place) filter (where area_name <> '' and for_all))[1]) as area_name,
            max(owner_agency_id) filter (where place = 1) as owner_agency_id,
            max(regime) filter (where place = 1) as regime, max(marking) as marking,
            coalesce(max(descriptor) filter (where for_all), '') as descriptor,
            case when bool_or(by_all) then 'partners' when cardinality(min(agencies)) = 1 then 'own' else 'listed' end
                as audience,
            case when bool_or(by_all) or cardinality(min(agencies)) = 1 then '{}' else min(agencies) end
                as audience_agencies
        from ranked group by person_id
    """,
}
WRITE_PEOPLE = """
    update people_person p set given_names = b.given_names, family_name = b.family_name,
        date_of_birth = b.date_of_birth, sex = b.sex, ethnicity = b.ethnicity, owner_agency_id = b.owner_agency_id,
        regime = b.regime, marking = b.marking, descriptor = b.descriptor, audience = b.audience,
        audience_agencies = b.audience_agencies, area_id = a.id
    from iom_built b
    left join partnerships_area a on a.partnership_id = b.partnership_id and lower(a.name) = b.area_name
    where p.id = b.person_id
"""


def rebuild_people(cursor: Any) -> None:
    """The people whose records moved or changed, made again from their records."""
    for name, query in REBUILD_PEOPLE.items():
        cursor.execute(f"drop table if exists pg_temp.{name}")
        cursor.execute(f"create temporary table {name} on commit drop as {query}")
        cursor.execute(f"analyze {name}")
    cursor.execute(WRITE_PEOPLE)


def follow_people(*, cursor: Any, by: Scope, at: datetime) -> None:
    """Marks the people who are left without a record as merged, and lets every app's rows follow.

    A person all of whose records left is merged into whoever has most of them; records that went elsewhere are split
    off from there. A person who keeps some of their records had the others split off.
    """
    cursor.execute(
        "with went as (select from_id, to_id, array_agg(record_id order by record_id) as records from iom_move"
        " where from_id is not null group by from_id, to_id)"
        " select from_id, to_id, records, not exists (select 1 from people_sourcerecord r where r.person_id = from_id)"
        " from went order by from_id, cardinality(records) desc, to_id"
    )
    merged: dict[int, int] = {}
    for from_id, to_id, record_ids, is_empty in cursor.fetchall():
        if is_empty and from_id not in merged:
            merged[from_id] = to_id
            cursor.execute("update people_person set merged_into_id = %s where id = %s", [to_id, from_id])
            for handler in registries.merge_handlers:
                handler.merge(by=by, keep_id=to_id, gone_id=from_id, at=at)
            continue
        whole_id = merged.get(from_id, from_id)
        for handler in registries.merge_handlers:
            handler.split(by=by, person_id=whole_id, new_id=to_id, source_record_ids=record_ids, at=at)
    # Whoever has records again is a person again.
    cursor.execute(
        "update people_person p set merged_into_id = null from iom_move m"
        " where p.id = m.to_id and p.merged_into_id is not null"
    )
