"""Spreadsheets and Parquet files as the same stream of text rows."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import python_calamine as calamine

from iom_analytics.errors import InputError
from iom_analytics.tables.reading import archives
from iom_analytics.tables.reading.extract import (
    HELD_COLUMNS,
    Batch,
    BrokenRow,
    Extract,
    Limits,
    ReadReport,
    checked_header,
)
from iom_analytics.tables.reading.records import damaged, without_blank

ROWS = 50_000


def open_spreadsheet(
    path: Path, file: str, form: str, *, sheet: str | None, header_line: int, limits: Limits
) -> Extract:
    """One sheet of a workbook: the one named, else the only one that holds anything."""
    try:
        book = calamine.load_workbook(str(path))
    except calamine.PasswordError as error:
        raise InputError(f"{file} needs a password to open. Send it without one, by a secure route.") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"{file} is damaged: it cannot be opened as a spreadsheet. Send it again.") from error
    name = chosen_sheet(book, sheet, file)
    rows = sheet_rows(book, name, file)
    first = next(islice(rows, header_line - 1, None), None)
    if first is None:
        raise InputError(f"{file}: sheet '{name}' is empty, or has no row {header_line} for its header.")
    width = max((place for place, cell in enumerate(first, 1) if cell != ""), default=0)
    names = [as_text(cell) for cell in first[:width]]
    if width < 2:
        raise InputError(f"{file}: sheet '{name}' has {width} columns in row {header_line}. Is it the header?")
    columns = checked_header(names, file=file, limits=limits)
    report = ReadReport(
        file,
        "spreadsheet" if form == "xlsx" else "OpenDocument spreadsheet",
        columns,
        sheet=name,
        serial_dates=form == "xlsx" and not counts_from_1904(path, file),
        mended=columns[: len(HELD_COLUMNS)] == HELD_COLUMNS,
        bytes_in_all=path.stat().st_size,
    )
    extract = Extract(report, ())
    extract.source = sheet_batches(extract, rows, header_line + 1)
    return extract


def chosen_sheet(book: Any, sheet: str | None, file: str) -> str:
    names: list[str] = list(book.sheet_names)
    if sheet is not None:
        if sheet not in names:
            raise InputError(f"{file} has no sheet '{sheet}'. It has: {', '.join(names)}.")
        return sheet
    if len(names) == 1:
        return names[0]
    filled = [name for name in names if next(sheet_rows(book, name, file), None) is not None]
    if len(filled) != 1:
        raise InputError(f"{file} has {len(filled)} sheets with rows: {', '.join(filled)}. Say which one to read.")
    return filled[0]


def sheet_rows(book: Any, name: str, file: str) -> Iterator[list[Any]]:
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.height == 0:
            return
        skipped = sheet.start[0] if sheet.start else 0
        left = sheet.start[1] if sheet.start else 0
        for _ in range(skipped):
            yield []
        for row in sheet.iter_rows():
            yield [""] * left + row
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"{file} is damaged: sheet '{name}' cannot be read. Send it again.") from error


def counts_from_1904(path: Path, file: str) -> bool:
    """Whether the workbook's day numbers start in 1904, so that a bare number cannot be read as a day."""
    with archives.opened(path, file) as archive:
        try:
            with archive.open("xl/workbook.xml") as book:
                start = book.read(1 << 16)
        except (KeyError, *archives.BAD_ARCHIVE):
            return False
    return b'date1904="1"' in start or b'date1904="true"' in start


def as_text(cell: Any) -> str:
    """A cell as a person would have typed it: a date in ISO form, a whole number without a point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)


def sheet_batches(extract: Extract, rows: Iterator[list[Any]], line: int) -> Iterator[Batch]:
    width = len(extract.columns)
    names = [str(place) for place in range(width)]
    blank = 0
    while several := list(islice(rows, ROWS)):
        texts, lines, broken = [], [], []
        for row in several:
            text = [as_text(cell) for cell in row]
            more = text[width:]
            if not any(text):
                blank += 1
            elif any(more):
                broken.append(BrokenRow(line, tuple(text), "too_many_fields"))
            else:
                texts.append(text[:width] + [""] * (width - len(text)))
                lines.append(line)
            line += 1
        columns = list(zip(*texts, strict=True)) if texts else [()] * width
        table = pa.table([pa.array(column, pa.string()) for column in columns], names=names)
        extract.note(blank=blank)
        if lines or broken:
            yield without_damaged(Batch(table, pa.array(lines, pa.int64()), tuple(broken)))


def without_damaged(batch: Batch) -> Batch:
    """The batch with its rows that hold characters which are not text set aside."""
    bad = damaged(batch.rows)
    if not bad.true_count:
        return batch
    good = pc.invert(bad)
    set_aside = [
        BrokenRow(line, tuple(row.values()), "damaged_text")
        for line, row in zip(batch.lines.filter(bad).to_pylist(), batch.rows.filter(bad).to_pylist(), strict=True)
    ]
    return Batch(batch.rows.filter(good), batch.lines.filter(good), (*batch.broken, *set_aside))


@contextmanager
def open_parquet(path: Path, file: str, *, limits: Limits) -> Iterator[Extract]:
    """A Parquet file; the line of a row is its place, the first being 1."""
    try:
        parquet = pq.ParquetFile(path)
        schema = parquet.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{file} is damaged: it cannot be opened as Parquet. Send it again.") from error
    with parquet:
        if parquet.metadata.num_rows > limits.rows:
            raise InputError(f"{file} has more than {limits.rows:,} rows. Send it in parts.")
        for column in schema:
            if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
                raise InputError(f"{file}: column '{column.name}' holds no plain values. Leave it out.")
        columns = checked_header(list(schema.names), file=file, limits=limits)
        report = ReadReport(file, "Parquet", columns, bytes_in_all=path.stat().st_size)
        extract = Extract(report, ())
        extract.source = parquet_batches(extract, parquet, file)
        yield extract


def parquet_batches(extract: Extract, file: Any, name: str) -> Iterator[Batch]:
    names = [str(place) for place in range(len(extract.columns))]
    line, blank = 1, 0
    try:
        for batch in file.iter_batches(batch_size=ROWS):
            texts = [pc.cast(plain_text(column), pa.string()).fill_null("") for column in batch.columns]
            rows = pa.table(texts, names=names)
            lines = pa.array(range(line, line + batch.num_rows), pa.int64())
            line += batch.num_rows
            rows, lines, empty = without_blank(rows, lines)
            blank += empty
            extract.note(blank=blank)
            if len(lines):
                yield without_damaged(Batch(rows, lines))
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{name} is damaged: it cannot be read to the end. Send it again.") from error


def plain_text(column: pa.Array) -> pa.Array:
    """The column ready to become text: categories as their words, numbers that are whole without a point."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    if pa.types.is_timestamp(column.type) and column.type.tz is None:
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    return column
