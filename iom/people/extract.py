"""Where the person index becomes the library's tables, keyed by `person_key`: no name, address or identifier leaves.

`persons` is the only table of the product that gives the library a date of birth.
"""

from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from iom.access.scope import Scope
from iom.people.models import (
    Arrest,
    Assessment,
    CustodySpell,
    DrugTest,
    IntelligenceCount,
    Registration,
    Sanction,
)
from iom.people.queries.copying import Columns, batches
from iom_analytics.reference import offence_codes
from iom_analytics.tables import EVENTS, PERSONS, Table

ARROW = {"text": pa.string(), "date": pa.date32(), "integer": pa.int64(), "number": pa.float64(), "yes_no": pa.bool_()}
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
PEOPLE = (
    "select p.person_key, nullif(p.sex, '') as sex, p.date_of_birth, nullif(p.ethnicity, '') as ethnicity,"
    " a.name as area from people_person p left join partnerships_area a on a.id = p.area_id"
    " where p.partnership_id = {partnership} and p.merged_into_id is null"
)


def snapshot(*, folder: Path, scope: Scope) -> dict[str, Path]:
    """The partnership's `persons` and event tables as Parquet files in `folder`, by the library's table name.

    Each has the columns of its contract; event tables have `row_id` besides, so that a score's working can be followed
    back to the row. Only rows that linkage has given a person. Runs in the caller's transaction: what the acting scope
    may see, as it is at that moment. Memory does not grow with the number of rows.
    """
    partnership = int(scope.partnership_id)
    files = {"persons": write(PEOPLE.format(partnership=partnership), columns_of(PERSONS), folder / "persons.parquet")}
    for table in EVENTS:
        path = folder / f"{table.name}.parquet"
        files[table.name] = write(events(table, partnership), columns_of(table) | {"row_id": pa.string()}, path)
    return files


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
        f" where e.partnership_id = {partnership_id} and p.merged_into_id is null"
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
