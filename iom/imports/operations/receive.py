"""Takes the accepted rows of a batch into the record, set by set: all of them, or none.

`COPY` cannot write to a table under row-level security, so rows go to a temporary table first and on from there with
one `INSERT ... SELECT`. A row that is there already and says the same changes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.conf import settings
from django.db import connection
from django.db.models import Field, Model

from iom.agreements.rules.grading import WITH_CONDITIONS
from iom.imports.models import Batch
from iom.people import models as people

TEXT = ("CharField", "TextField")


@dataclass(frozen=True)
class Target:
    """Where the rows of one contract go.

    `fields` maps a contract column to a model field where the names differ. `identity` are the columns that make an
    event the same event when it comes again with more known about it (a spell that has ended); the rest may change.
    """

    model: type[Model]
    identity: tuple[str, ...]
    fields: dict[str, str]


TARGETS: dict[str, Target] = {
    "records": Target(people.SourceRecord, ("source_id",), {"area": "area_name"}),
    "sanctions": Target(
        people.Sanction,
        ("source_id", "sanction_date", "sanction_type", "offence_code", "offence_date"),
        {},
    ),
    "arrests": Target(people.Arrest, ("source_id", "arrest_date", "offence_code", "victim_ref"), {}),
    "custody_spells": Target(people.CustodySpell, ("source_id", "start_date"), {}),
    "drug_tests": Target(people.DrugTest, ("source_id", "test_date", "occasion"), {}),
    "assessments": Target(people.Assessment, ("source_id", "assessment_date", "instrument", "item", "kind"), {}),
    "registers": Target(people.Registration, ("source_id", "register", "start_date"), {}),
    "intelligence_counts": Target(
        people.IntelligenceCount,
        ("source_id", "month", "crime_type", "source_evaluation", "information_assessment", "handling_code"),
        {},
    ),
}


# About places: they hang on nobody's record.
TARGETS |= {
    "recorded_crimes": Target(people.RecordedCrime, ("crime_ref",), {}),
    "victims": Target(people.VictimCount, ("area", "month", "crime_type"), {}),
    "confidence": Target(people.ConfidenceEstimate, ("wave", "area", "question"), {}),
}


@dataclass(frozen=True)
class Received:
    """How many rows were new, and how many said something else than before."""

    new: int
    changed: int


def receive(*, batch: Batch, rows: Iterable[pa.RecordBatch], progressed: Callable[[int], None]) -> Received:
    """Writes the typed rows of one batch, in the caller's transaction; `progressed(rows so far)` after each set."""
    target = TARGETS[batch.feed.table]
    columns = copy_in(target=target, rows=rows, progressed=progressed)
    with connection.cursor() as cursor:
        cursor.execute("analyze incoming")
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext(%s))",
            [f"imports {batch.partnership_id} {batch.feed.source} {batch.feed.table}"],
        )
        statement, parameters = move_on(batch=batch, target=target, columns=columns)
        cursor.execute(statement, parameters)
        new, changed = cursor.fetchone()
        cursor.execute("drop table incoming")
    return Received(new, changed)


def copy_in(*, target: Target, rows: Iterable[pa.RecordBatch], progressed: Callable[[int], None]) -> list[str]:
    """Fills the temporary table `incoming` and returns its columns, which are columns of the target's table."""
    done = 0
    columns: list[str] = []
    with connection.cursor() as cursor:
        for part in rows:
            if not columns:
                columns = [target.fields.get(name, name) for name in part.schema.names]
                fields = table_fields(target)
                kinds = ", ".join(f"{name} {incoming_type(fields[name])}" for name in columns)
                cursor.execute(f"create temporary table incoming ({kinds}) on commit drop")
            buffer = BytesIO()
            pa_csv.write_csv(pa.table(part), buffer, pa_csv.WriteOptions(include_header=False))
            with cursor.copy("copy incoming from stdin (format csv)") as copy:
                copy.write(buffer.getbuffer())
            done += part.num_rows
            progressed(done)
    return columns


def incoming_type(field: "Field[Any, Any]") -> str:
    """The type of a column as it comes: moments are what the sender's clock showed."""
    return "timestamp" if is_moment(field) else str(field.db_type(connection))


def is_moment(field: "Field[Any, Any]") -> bool:
    return field.get_internal_type() == "DateTimeField"


def table_fields(target: Target) -> dict[str, "Field[Any, Any]"]:
    """The target's columns by name."""
    return {str(field.column): field for field in target.model._meta.concrete_fields}


def move_on(*, batch: Batch, target: Target, columns: list[str]) -> tuple[str, dict[str, Any]]:
    """The statement that moves `incoming` into the record and counts what was new and what was changed.

    It adds what is not there by a plain insert: with `on conflict` a million rows take a third longer. So only one
    batch of a source may be moved on at a time.
    """
    table = target.model._meta.db_table
    is_record = target.model is people.SourceRecord
    is_event = not is_record and "source_id" in columns
    fields = table_fields(target)
    never_null = {name for name, field in fields.items() if field.get_internal_type() in TEXT and not field.null}
    # What every row of the batch has in common: its marking, its source, and empty text for what the file lacks.
    common: dict[str, Any] = {
        "partnership_id": batch.partnership_id,
        "owner_agency_id": batch.feed.agency_id,
        "regime": batch.feed.agency.regime,
        "marking": batch.feed.marking,
        "descriptor": batch.feed.descriptor,
        "audience": batch.feed.audience,
        "audience_agencies": [],
        "source": batch.feed.source,
        "batch_id": batch.pk,
    }
    if is_record:
        common["received_at"] = batch.decided_at
    common |= dict.fromkeys(sorted(never_null - {*columns, *common}), "")
    sent = {name: f"coalesce(i.{name}, '')" if name in never_null else f"i.{name}" for name in columns}
    if moments := [name for name in columns if is_moment(fields[name])]:
        common["zone"] = settings.TIME_ZONE
        sent |= {name: f"i.{name} at time zone %(zone)s" for name in moments}
    written = {name: f"%({name})s" for name in common if name != "zone"} | sent
    if is_record:
        key, hashed, joined = "source_id", "incoming", ""
    else:
        key = "row_hash"
        same = ", ".join(f"coalesce({name}::text, '')" for name in target.identity if name in columns)
        hashed = f"(select *, decode(md5(concat_ws('|', {same})), 'hex') as row_hash from incoming) h"  # noqa: S608
        joined = ""
        written["row_hash"] = "i.row_hash"
    if is_event:
        joined = (
            " left join people_sourcerecord r on r.partnership_id = %(partnership_id)s and r.source = %(source)s"
            " and r.source_id = i.source_id"
        )
        written["person_id"] = "r.person_id"
    if "handling_code" in columns:
        # Whatever the feed's audience: what may be shared only with conditions stays with its agency.
        written["audience"] = "case when i.handling_code = any(%(bound)s) then 'own' else %(audience)s end"
        common["bound"] = [str(code) for code in WITH_CONDITIONS]
    there = f"was.partnership_id = %(partnership_id)s and was.source = %(source)s and was.{key} = i.{key}"
    # Nothing is put back into what was destroyed: an event says so by having no record to hang on.
    standing = "was.erased_at is null" if is_record else "was.source_id <> ''" if is_event else "true"
    told = [name for name in columns if name not in target.identity]
    again = {name: written[name] for name in (*told, "batch_id", *(["received_at"] if is_record else []))}
    changes = (
        f"update {table} was set {', '.join(f'{name} = {value}' for name, value in again.items())}"  # noqa: S608
        f" from incoming_once i where {there} and {standing} and was.owner_agency_id = %(owner_agency_id)s"
        f" and ({', '.join(f'was.{name}' for name in told)})"
        f" is distinct from ({', '.join(sent[name] for name in told)}) returning 1"
        if told
        else "select 1 where false"
    )
    statement = (
        f"with incoming_once as (select distinct on ({key}) * from {hashed} order by {key}),"  # noqa: S608
        f" changed as ({changes}),"
        f" added as (insert into {table} ({', '.join(written)}) select {', '.join(written.values())}"
        f" from incoming_once i{joined} where not exists (select from {table} was where {there}) returning 1)"
        " select (select count(*) from added), (select count(*) from changed)"
    )
    return statement, common
