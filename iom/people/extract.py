"""Where the person index becomes the library's tables, keyed by `person_key`: no name, address or identifier leaves.

`persons` is the only table of the product that gives the library a date of birth.
"""

from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from iom.access.scope import Scope
from iom.people.models import (
    Arrest,
    Assessment,
    ConfidenceEstimate,
    CustodySpell,
    DrugTest,
    IntelligenceCount,
    RecordedCrime,
    Registration,
    Sanction,
    VictimCount,
)
from iom.people.queries.copying import Columns, batches
from iom_analytics.reference import offence_codes, offences
from iom_analytics.tables import EVENTS, PERSONS, PLACES, Table

ARROW = {
    "text": pa.string(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "integer": pa.int64(),
    "number": pa.float64(),
    "yes_no": pa.bool_(),
}
# The library's table -> where its rows are kept.
TABLES = {
    "sanctions": Sanction._meta.db_table,
    "arrests": Arrest._meta.db_table,
    "custody_spells": CustodySpell._meta.db_table,
    "drug_tests": DrugTest._meta.db_table,
    "assessments": Assessment._meta.db_table,
    "registers": Registration._meta.db_table,
    "intelligence_counts": IntelligenceCount._meta.db_table,
}
PLACE_TABLES = {
    "recorded_crimes": RecordedCrime,
    "victims": VictimCount,
    "confidence": ConfidenceEstimate,
}
# A person shows nothing that part of their audience may not see: where only agencies' own records give a date of birth
# or a sex, the person has none, and no page shows one. A score needs both, and is wrong for the person without: so
# analysis, which knows nobody by name, is given them from the best record that the acting scope may see. Only from
# records kept for law enforcement, because further use for that purpose is lawful (Data Protection Act 2018, section
# 36(3)) and whoever has sanctions to score has such a record. What health and other services keep to themselves under
# UK GDPR is not drawn on, nor is ethnicity or area, which no score needs. The date stays out of sight; what rests on
# it, as on any row that others keep to themselves, is seen by whoever may see the person.
# What an agency must keep and may not use is not given to analysis: none of its rows, and nobody who is known from such
# records alone.
RESTRICTED = (
    "exists (select 1 from people_restriction held where held.person_id = {row}.person_id"
    " and held.owner_agency_id = {row}.owner_agency_id and held.lifted_at is null)"
)
PEOPLE = """
    select p.person_key, coalesce(nullif(p.sex, ''), own.sex) as sex,
        coalesce(p.date_of_birth, own.date_of_birth) as date_of_birth, nullif(p.ethnicity, '') as ethnicity,
        a.name as area
    from people_person p left join partnerships_area a on a.id = p.area_id
    left join lateral (
        select (array_agg(r.sex order by {best}) filter (where r.sex <> ''))[1] as sex,
            (array_agg(r.date_of_birth order by {best}) filter (where r.date_of_birth is not null))[1] as date_of_birth
        from people_sourcerecord r
        where (p.date_of_birth is null or p.sex = '') and r.person_id = p.id and r.regime = 'law-enforcement'
            and not {restricted_r}
    ) own on true
    where p.partnership_id = {partnership} and p.merged_into_id is null and p.erased_at is null
        and (not exists (select 1 from people_restriction any_held
                where any_held.person_id = p.id and any_held.lifted_at is null)
            or exists (select 1 from people_sourcerecord s where s.person_id = p.id and not {restricted_s}))
"""
# As the index chooses the best record of a person: with a number given by fingerprints, then the latest.
BEST = "(r.pnc_id <> '' or r.cro <> '') desc, r.received_at desc, r.id"


def snapshot(*, folder: Path, scope: Scope) -> dict[str, Path]:
    """The partnership's `persons` and event tables as Parquet files in `folder`, by the library's table name.

    Each has the columns of its contract; event tables have `row_id` besides, so that a score's working can be followed
    back to the row. Only rows that linkage has given a person. Runs in the caller's transaction: what the acting scope
    may see, as it is at that moment. Memory does not grow with the number of rows.
    """
    partnership = int(scope.partnership_id)
    persons = PEOPLE.format(
        partnership=partnership,
        best=BEST,
        restricted_r=RESTRICTED.format(row="r"),
        restricted_s=RESTRICTED.format(row="s"),
    )
    files = {"persons": write(persons, columns_of(PERSONS), folder / "persons.parquet")}
    for table in EVENTS:
        path = folder / f"{table.name}.parquet"
        files[table.name] = write(events(table, partnership), columns_of(table) | {"row_id": pa.string()}, path)
    return files


def places(*, folder: Path, scope: Scope) -> dict[str, Path]:
    """The partnership's tables about places as Parquet files in `folder`, by the library's table name: all of them, a
    table without a feed having no row.

    Each has the columns of its contract that are kept here. Moments are what a clock at the place showed. Runs in the
    caller's transaction: what the acting scope may see. Memory does not grow with the number of rows.
    """
    partnership = int(scope.partnership_id)
    files = {}
    for table in PLACES:
        model = PLACE_TABLES[table.name]
        kept = {field.column for field in model._meta.concrete_fields}
        columns = {name: kind for name, kind in columns_of(table).items() if name in kept}
        wanted = ", ".join(as_known(name, kind) for name, kind in columns.items())
        query = f"select {wanted} from {model._meta.db_table} e where e.partnership_id = {partnership}"  # noqa: S608
        files[table.name] = write(query, columns, folder / f"{table.name}.parquet")
    return files


def as_known(name: str, kind: pa.DataType) -> str:
    """A column as the library knows it: an empty text of ours is its missing value, a moment has no zone."""
    if pa.types.is_string(kind):
        return f"nullif(e.{name}, '') as {name}"
    if pa.types.is_timestamp(kind):
        return f"e.{name} at time zone '{settings.TIME_ZONE}' as {name}"
    return f"e.{name}"


def columns_of(table: Table) -> Columns:
    """Column name -> Arrow type, in the contract's order."""
    return {column.name: ARROW[column.type] for column in table.columns}


def events(table: Table, partnership_id: int) -> str:
    """The query for one event table. An empty text of ours is the library's missing value."""
    columns = [
        f"nullif(e.{column.name}, '') as {column.name}" if column.type == "text" else f"e.{column.name}"
        for column in table.columns
        if column.name != "person_key"
    ]
    return (
        f"select p.person_key, {', '.join(columns)}, e.id as row_id from {TABLES[table.name]} e"  # noqa: S608
        " join people_person p on p.id = e.person_id"
        f" where e.partnership_id = {partnership_id} and p.merged_into_id is null and p.erased_at is null"
        # What was emptied is there to be counted over years, not to be scored.
        " and e.source_id <> ''"
        f" and not {RESTRICTED.format(row='e')}"
    )


def write(query: str, columns: Columns, path: Path) -> Path:
    """The query's rows as a Parquet file, batch by batch."""
    with batches(query, columns) as rows, pq.ParquetWriter(path, pa.schema(columns.items())) as writer:
        for batch in rows:
            writer.write_batch(batch)
    return path


@cache
def offence_titles() -> dict[str, str]:
    """Home Office offence code -> what the offence is, without the remarks to whoever enters codes."""
    table = offence_codes().select(["offence_code", "description"])
    return {row["offence_code"]: row["description"].split("[")[0].strip(" .") for row in table.to_pylist()}


@cache
def offence_groups() -> dict[str, str]:
    """Home Office offence code -> the group of offences it belongs to."""
    return {row["offence_code"]: row["offence_group"] for row in offences().to_pylist()}
