"""Reads and checks a batch's file as a stream: what may be accepted to one file, what is held to another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from iom.imports.adapters import store
from iom.imports.adapters.births import AgainstBirths
from iom.imports.adapters.contracts import contract
from iom_analytics.engine import open_engine
from iom_analytics.errors import InputError
from iom_analytics.provenance import whole_file
from iom_analytics.tables.checking import check_file
from iom_analytics.tables.held import held_file
from iom_analytics.tables.layouts import Layout
from iom_analytics.tables.reading import open_extract
from iom_analytics.tables.reports import CheckReport

MEMORY_GB = 1  # what a check may hold before it goes to disk


@dataclass(frozen=True)
class Outcome:
    """What the check found. `refusal` says why the file could not be read at all; the rest is then empty."""

    refusal: str = ""
    read: int = 0
    accepted: int = 0
    held: int = 0
    report: dict[str, Any] = field(default_factory=dict)


def header(*, batch_id: int, file_name: str) -> list[str] | str:
    """The file's column names; or, where it cannot be read, why."""
    try:
        with open_extract(store.file(batch_id)) as extract:
            return list(extract.columns)
    except InputError as error:
        return named(error, file_name)


def check(
    *,
    batch_id: int,
    table: str,
    file_name: str,
    layout: dict[str, Any],
    received_on: date,
    births: pa.Table | None,
    areas: Iterable[str] = (),
    progressed: Callable[[float], None],
) -> Outcome:
    """Checks every row of the batch's file, events against the people's `births` besides, where given.

    Rows about places must be of one of the `areas`, where there are any.

    Leaves both result files whole, or neither.
    """
    mapped = Layout.from_dict(layout)
    open_file = partial(
        open_extract,
        store.file(batch_id),
        encoding=mapped.encoding,
        delimiter=mapped.delimiter,
        header_line=mapped.header_line,
        sheet=mapped.sheet,
        columns=mapped.header,
    )
    try:
        with (
            open_engine("duckdb", memory_gb=MEMORY_GB) as engine,
            open_file() as extract,
            held_file(store.held(batch_id), extract.columns) as held,
            whole_file(store.accepted(batch_id)) as part,
        ):
            found = check_file(extract, contract(table, areas=areas), mapped, engine=engine, received_on=received_on)
            against = None if births is None else AgainstBirths(found.contract, mapped, births=births, engine=engine)
            writer = None
            try:
                for batch in found.batches():
                    accepted = batch.accepted if against is None else against.possible(batch.accepted)
                    writer = writer or pq.ParquetWriter(part, accepted.schema)
                    writer.write_table(accepted)
                    held.write(batch.held)
                    reading = found.report.reading
                    progressed(reading.bytes_read / max(reading.bytes_in_all, 1))
            finally:
                if writer is not None:
                    writer.close()
            report = found.report
            if against is not None and against.checks:
                with open_file() as once_more:
                    for rows in against.held(once_more):
                        held.write(rows)
                report = against.told(report)
    except InputError as error:
        return Outcome(refusal=named(error, file_name))
    store.write_examples(examples(report), batch_id=batch_id)
    return Outcome(read=report.rows, accepted=report.accepted, held=report.held, report=as_data(report))


def named(error: InputError, file_name: str) -> str:
    """The error in words that name the file as its sender does, not as the store does."""
    message = str(error)
    return f"{file_name}{message.removeprefix('file')}" if message.startswith("file") else message


def as_data(report: CheckReport) -> dict[str, Any]:
    """The report as the batch keeps it: counts by rule, how the file was read. It holds no value of any row."""
    reading = report.reading
    return {
        "by_rule": [
            {
                "field": tally.column or tally.field,
                "wrong": tally.wrong,
                "what_to_do": tally.what_to_do,
                "severity": tally.severity,
                "count": tally.rows,
            }
            for tally in report.tallies
        ],
        "reading": [
            {"key": key, "value": value}
            for key, value in (
                ("Kind of file", reading.form),
                ("Encoding", reading.encoding),
                ("Delimiter", {"\t": "tab"}.get(reading.delimiter or "", reading.delimiter)),
                ("File in the archive", reading.member),
                ("Sheet", reading.sheet),
                ("Blank rows left out", str(reading.blank) if reading.blank else None),
            )
            if value
        ],
    }


def examples(report: CheckReport) -> list[dict[str, Any]]:
    """The first rows held by each rule: line, field, value, what to do."""
    return [
        {
            "line": line,
            "field": tally.column or tally.field,
            "value": (value or "")[:80],
            "what_to_do": tally.what_to_do,
        }
        for tally in report.tallies
        if tally.severity == "held"
        for line, value in tally.examples
    ]
