"""`iom-analytics validate`: is a partner's file what its contract says? Row by row, in constant memory."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.parquet as pq
import typer
import yaml
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table as Grid

from iom_analytics import tables
from iom_analytics.cli.inputs import read_day
from iom_analytics.engine import open_engine
from iom_analytics.errors import DefinitionError, InputError
from iom_analytics.provenance import whole_file
from iom_analytics.tables.contract import IBIS_TYPES
from iom_analytics.tables.identities import IDENTITIES

CONTRACTS = {table.name: table for table in (IDENTITIES, tables.PERSONS, *tables.EVENTS, *tables.PLACES)}
ARROW_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
}
MEMORY_GB = 0.5  # what the engine may hold before it goes to disk

Text = str | None
File = Path | None


def validate(
    file: Annotated[Path, typer.Argument(help="CSV, a .zip of one CSV, XLSX, ODS or Parquet")],
    table: Annotated[str, typer.Option(help=f"The contract: {', '.join(CONTRACTS)}")],
    columns: Annotated[File, typer.Option(help="YAML: contract_column: file_column")] = None,
    layout: Annotated[
        str | None,
        typer.Option(
            help=f"A whole layout (YAML or JSON), in place of --columns; or one of {', '.join(tables.KNOWN_LAYOUTS)}"
        ),
    ] = None,
    source: Annotated[Text, typer.Option(help="The source of every row, if the file has no such column")] = None,
    received_on: Annotated[Text, typer.Option(help="The day the file came, YYYY-MM-DD; else today")] = None,
    date_order: Annotated[Text, typer.Option(help="dmy (the default), or mdy where the month comes first")] = None,
    encoding: Annotated[Text, typer.Option(help="If it should not be found out")] = None,
    delimiter: Annotated[Text, typer.Option(help="If it should not be found out")] = None,
    sheet: Annotated[Text, typer.Option(help="The sheet of a workbook that has several")] = None,
    header_line: Annotated[int | None, typer.Option(help="The line with the columns' names", min=1)] = None,
    held: Annotated[File, typer.Option(help="Write the held rows here (CSV): line, reason, what to do")] = None,
    out: Annotated[File, typer.Option(help="Write the accepted rows here (Parquet)")] = None,
) -> None:
    """Check a partner's file. Exit code 0: every row accepted; 1: rows are held; 2: the file cannot be read."""
    if not file.is_file():
        raise InputError(f"There is no file {file}.")
    if table not in CONTRACTS:
        raise InputError(f"There is no table '{table}'. Choose one of {', '.join(CONTRACTS)}.")
    today = datetime.now(UTC).date()  # noqa: TID251 (an entry point)
    day = today if received_on is None else read_day(received_on, "--received-on")
    given = {"date_order": date_order, "encoding": encoding, "delimiter": delimiter, "sheet": sheet,
             "header_line": header_line, "constants": {"source": source} if source else None}  # fmt: skip
    used = read_layout(layout, table, {name: value for name, value in given.items() if value is not None})
    console = Console(highlight=False)
    with ExitStack() as stack:
        extract = stack.enter_context(
            tables.open_extract(
                file,
                encoding=used.encoding,
                delimiter=used.delimiter,
                header_line=used.header_line,
                sheet=used.sheet,
                columns=used.header,
            )
        )
        contract = CONTRACTS[table]
        if layout is None:
            used = replace(used, columns=read_columns(columns, contract, extract.columns, used))
        if contract.column_names[0] == "person_key" and "person_key" not in used.columns:
            contract = tables.by_source(contract)  # as partners send it; linkage gives the person key
        elif contract in tables.PLACES and "source" in {*used.columns, *used.constants}:
            contract = tables.by_source(contract)
        engine = stack.enter_context(open_engine("duckdb", memory_gb=MEMORY_GB))
        check = tables.check_file(extract, contract, used, engine=engine, received_on=day)
        held_rows = stack.enter_context(tables.held_file(held, extract.columns)) if held else None
        accepted = stack.enter_context(parquet_file(out, contract)) if out else None
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(f"Checking {file.name}", total=extract.report.bytes_in_all or None)
            for batch in check.batches():
                if held_rows and batch.held.num_rows:
                    held_rows.write(batch.held)
                if accepted:
                    accepted.write_table(batch.accepted.cast(accepted.schema))
                progress.update(task, completed=extract.report.bytes_read)
    show(console, check.report, used, guessed=layout is None and columns is None)
    if check.report.held:
        if held:
            console.print(f"The held rows are in {escape(str(held))}.", soft_wrap=True)
        raise typer.Exit(1)


def read_yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DefinitionError(path.name, f"cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise DefinitionError(path.name, "must map names to values")
    return found


def read_layout(layout: str | None, table: str, given: dict[str, Any]) -> tables.Layout:
    """The layout named or in the file, if there is one, with what the options say."""
    if layout in tables.KNOWN_LAYOUTS:
        saved, name = tables.KNOWN_LAYOUTS[layout].as_dict(), layout
    else:
        path = Path(layout) if layout else None
        saved, name = (read_yaml(path), path.name) if path else ({"columns": {}}, "options")
    found = tables.Layout.from_dict({"table": table, **saved, **given}, name=name)
    if found.table != table:
        raise DefinitionError(name, f"is a layout of '{found.table}', not of '{table}'")
    return found


def read_columns(
    path: Path | None, contract: tables.Table, header: tuple[str, ...], layout: tables.Layout
) -> dict[str, tuple[str, ...]]:
    """The column map of the file given; where none is, the columns recognised by their names."""
    if path:
        return tables.column_map({k: v for k, v in read_yaml(path).items() if k != "also_compare"}, name=path.name)
    found = tables.suggest_mapping(header, contract)
    if contract.column_names[0] == "person_key" and "person_key" not in found:
        found = tables.suggest_mapping(header, tables.by_source(contract))
    return tables.column_map({name: sent for name, sent in found.items() if name not in layout.constants})


@contextmanager
def parquet_file(path: Path, contract: tables.Table) -> Iterator[pq.ParquetWriter]:
    schema = pa.schema([("line", pa.int64()), *((c.name, ARROW_TYPES[IBIS_TYPES[c.type]]) for c in contract.columns)])
    with whole_file(path) as part, pq.ParquetWriter(part, schema) as writer:
        yield writer


def show(console: Console, report: tables.CheckReport, layout: tables.Layout, *, guessed: bool) -> None:
    """Prints the check report: how the file was read, which column is which, and the problems, most frequent first."""
    reading = report.reading
    how = [reading.form, reading.encoding, reading.member, reading.sheet]
    if reading.delimiter:
        how.append({",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}.get(reading.delimiter, reading.delimiter))
    console.print(
        f"[bold]{escape(reading.file)}[/] read as {escape(', '.join(one for one in how if one))}", soft_wrap=True
    )
    if guessed:
        pairs = (f"{name} from {escape(repr(' + '.join(sent)))}" for name, sent in layout.columns.items())
        console.print(f"Columns recognised by name: {', '.join(pairs)}", soft_wrap=True)
        unused = sorted(set(reading.columns) - {one for sent in layout.columns.values() for one in sent})
        if unused:
            console.print(f"Columns not used: {escape(', '.join(unused))}", soft_wrap=True)
    console.print(
        f"{report.rows:,} rows of {report.table}: [bold]{report.accepted:,} accepted[/] ({report.warned:,} with a "
        f"warning), [bold]{report.held:,} held[/]; {reading.blank:,} blank rows left out",
        soft_wrap=True,
    )
    if not report.tallies:
        return
    grid = Grid("Rows", "Held?", "Column", "What is wrong", "What to do", "For instance")
    for tally in report.tallies:
        examples = ", ".join(f"line {line}: {value}" if value else f"line {line}" for line, value in tally.examples)
        grid.add_row(
            f"{tally.rows:,}",
            "held" if tally.severity == "held" else "accepted",
            *(escape(text) for text in (tally.column or tally.field, tally.wrong, tally.what_to_do, examples)),
        )
    console.print(grid)
