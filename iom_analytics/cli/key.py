"""`iom-analytics key`: partners' tables under the person keys that linkage gave, ready for `rank`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from ibis.expr.types import Table as IbisTable

from iom_analytics import linkage
from iom_analytics.cli.inputs import PEOPLE_TABLES, read_table
from iom_analytics.engine import open_engine
from iom_analytics.provenance import manifest
from iom_analytics.tables import Column, Table, by_source

CLUSTERS = Table(
    "clusters",
    "One row per source record: whose it is. What `iom-analytics link` writes.",
    (
        Column("source", "text", "The partner system", required=True, filled=True),
        Column("source_id", "text", "The record's number in it", required=True, filled=True),
        Column("person_key", "text", "The person", required=True, filled=True),
    ),
    key=("source", "source_id"),
)
Feeds = Annotated[list[Path], typer.Option(help="CSV or Parquet file; may be given more than once")]


def key(
    clusters: Annotated[Path, typer.Option(help="clusters.parquet of `iom-analytics link`")],
    persons: Feeds,
    out: Annotated[Path, typer.Option(help="The folder to write to")],
    sanctions: Feeds = [],  # noqa: B006 (typer copies it)
    arrests: Feeds = [],  # noqa: B006
    custody_spells: Feeds = [],  # noqa: B006
    drug_tests: Feeds = [],  # noqa: B006
    assessments: Feeds = [],  # noqa: B006
    registers: Feeds = [],  # noqa: B006
    intelligence_counts: Feeds = [],  # noqa: B006
    engine: Annotated[str, typer.Option(help="duckdb or spark")] = "duckdb",
) -> None:
    """Put partners' tables under the person keys that `link` gave.

    Each file has `source` and `source_id` and the columns of its table, as `iom-analytics validate --out` writes it.
    OUT gets persons.parquet (a row for everybody in the clusters; each column as most of the person's records have it),
    a Parquet file for each other table given, keyed by person_key, and manifest.json.
    """
    paths = {
        "persons": persons,
        "sanctions": sanctions,
        "arrests": arrests,
        "custody_spells": custody_spells,
        "drug_tests": drug_tests,
        "assessments": assessments,
        "registers": registers,
        "intelligence_counts": intelligence_counts,
    }
    given = {name: files for name, files in paths.items() if files}
    written, left_out = {}, {}
    with open_engine(engine) as opened:
        whose = read_table(opened, clusters, CLUSTERS)
        sent = {
            name: [read_table(opened, path, by_source(PEOPLE_TABLES[name])) for path in files]
            for name, files in given.items()
        }
        for name, tables in sent.items():
            rows = opened.cache(linkage.keyed(PEOPLE_TABLES[name], tables, whose), name)
            left_out[name] = sum(count(table) for table in tables) - count(rows)
            if name == "persons":
                rows = opened.cache(linkage.persons(rows, whose), name)
            written[name] = count(rows)
            opened.write(rows.order_by("person_key"), out / f"{name}.parquet")
    manifest(
        task="key",
        at=datetime.now(UTC),  # noqa: TID251 (an entry point)
        parameters={"engine": engine},
        inputs=[clusters, *(path for files in given.values() for path in files)],
        results={"rows": written, "left_out": left_out},
    ).write(out / "manifest.json")
    for name, rows_written in written.items():
        typer.echo(f"{name}: {rows_written:,} {'row' if rows_written == 1 else 'rows'}.")
        if lost := left_out[name]:
            typer.echo(f"{name}: left out {lost:,} {'row' if lost == 1 else 'rows'} of records not in {clusters.name}.")


def count(table: IbisTable) -> int:
    return int(table.count().to_pyarrow().as_py())
