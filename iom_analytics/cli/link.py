"""`iom-analytics link`: which records of which files are one person."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from iom_analytics import linkage
from iom_analytics.engine import open_engine
from iom_analytics.errors import InputError
from iom_analytics.provenance import manifest, whole_file


def link(
    records: Annotated[
        list[Path], typer.Argument(help="CSV or Parquet files; one is deduplicated, several are linked too")
    ],
    out: Annotated[Path, typer.Option(help="The folder to write to")],
    columns: Annotated[Path | None, typer.Option(help="A column map (YAML): contract_column: file_column")] = None,
    truth: Annotated[str | None, typer.Option(help="The column that says who a record truly is")] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="What people decided: source_l, source_id_l, source_r, source_id_r, verdict")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(help="clusters.parquet of an earlier run, whose keys are kept")
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark")] = "duckdb",
) -> None:
    """Link records: clusters.parquet, links.parquet, model.json and manifest.json in the folder OUT."""
    at = datetime.now(UTC)  # noqa: TID251 (an entry point)
    console = Console(stderr=True)
    column_map = linkage.read_column_map(columns) if columns else None
    for path in (decisions, previous):
        if path is not None and not path.exists():
            raise InputError(f"There is no file {path}.")
    with open_engine(engine) as opened:
        found = linkage.read_records(opened, records, column_map=column_map, truth=truth)
        linked = linkage.link(
            opened,
            found.table,
            this_year=at.year,
            also_compare=found.also_compare,
            decisions=opened.read(decisions, as_text=True) if decisions else None,
            previous=opened.read(previous) if previous else None,
            progress=lambda step: console.print(f"[dim]{step} ...[/dim]"),
        )
        opened.write(linked.clusters.order_by("source", "source_id"), out / "clusters.parquet")
        opened.write(linked.links.order_by("source_l", "source_id_l", "source_r", "source_id_r"), out / "links.parquet")
        measured = linkage.quality(linked.clusters, found.table) if truth else None
        set_aside = linked.set_aside.to_pyarrow().to_pylist()
    with whole_file(out / "model.json") as part:
        part.write_text(json.dumps(linked.model.as_json(), indent=2) + "\n", encoding="utf-8")
    results = {
        "records": linked.records,
        "people": linked.people,
        "pairs compared": linked.compared,
        "decisions set aside": set_aside,
        **({"quality": str(measured)} if measured else {}),
    }
    manifest(
        task="link",
        at=at,
        parameters={
            "engine": engine,
            "join": linkage.JOIN,
            "review": linkage.REVIEW,
            "break": linkage.BREAK,
            "columns": found.recognised,
            "also_compare": found.also_compare,
        },
        inputs=[*records, *(path for path in (columns, decisions, previous) if path)],
        results=results,
        definitions={"linkage model": linked.model.version},
    ).write(out / "manifest.json")
    for name, recognised in found.recognised.items():
        typer.echo(f"{name}: read {', '.join(f'{theirs} as {ours}' for ours, theirs in recognised.items())}")
    if found.also_compare:
        typer.echo(f"Also compared: {', '.join(found.also_compare)}")
    typer.echo(f"{linked.records:,} records are {linked.people:,} people.")
    for one in set_aside:
        typer.echo(
            f"Set aside, as a later decision contradicts it: {one['source_id_l']} and {one['source_id_r']} "
            f"{one['verdict']}"
        )
    if measured:
        typer.echo(str(measured))
