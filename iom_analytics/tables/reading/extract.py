"""What a file looks like once it is open: its columns, its batches of rows and the report of how it was read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from iom_analytics.errors import InputError

# The three columns our own file of held rows starts with, so that it can be mended and sent again.
HELD_COLUMNS = ("line", "reason", "what_to_do")


@dataclass(frozen=True)
class Limits:
    """How much of a file is taken. Sizes are in bytes; `ratio` bounds how far a packed file may unfold."""

    columns: int = 500
    column_name: int = 200
    record: int = 1 << 20
    record_lines: int = 1_000
    unpacked: int = 20 << 30
    ratio: int = 250
    spreadsheet: int = 256 << 20
    rows: int = 100_000_000
    block: int = 8 << 20


@dataclass(frozen=True)
class ReadReport:
    """How the file was read. `rows` counts those handed over so far, broken ones included; `blank` those left out."""

    file: str
    form: str
    columns: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    member: str | None = None
    sheet: str | None = None
    serial_dates: bool = False
    mended: bool = False
    rows: int = 0
    blank: int = 0
    bytes_read: int = 0
    bytes_in_all: int = 0


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not be cut into the header's columns: its fields as far as they could be told apart."""

    line: int
    fields: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Batch:
    """Some rows: a column of text for each of the file's, in its order, and the line in the file where each starts."""

    rows: pa.Table
    lines: pa.Array
    broken: tuple[BrokenRow, ...] = ()


@dataclass
class Extract:
    """An open file. `batches` reads it once, from the start to the end; `report` is up to date after each batch."""

    report: ReadReport
    source: Iterable[Batch] = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.report.columns

    def batches(self) -> Iterator[Batch]:
        """The rows in the file's order. Raises InputError where the file proves unreadable, or holds no row at all."""
        for batch in self.source:
            self.note(rows=self.report.rows + len(batch.lines) + len(batch.broken))
            yield batch
        if self.report.rows == 0:
            raise InputError(f"{self.report.file} has a header and no rows. Send the file with its rows.")

    def note(self, **seen: Any) -> None:
        self.report = replace(self.report, **seen)


def checked_header(names: list[str], *, file: str, limits: Limits) -> tuple[str, ...]:
    """The column names, tidied; a column without one is called by its place. Raises InputError on a bad header."""
    if len(names) > limits.columns:
        raise InputError(
            f"{file} has {len(names)} columns; at most {limits.columns} are read. Send only the columns needed."
        )
    tidy = tuple(" ".join(name.split()) or f"column {place}" for place, name in enumerate(names, 1))
    long = [place for place, name in enumerate(tidy, 1) if len(name) > limits.column_name]
    if long:
        raise InputError(f"{file}: the name of column {long[0]} is too long. Is the first row the header?")
    seen: dict[str, str] = {}
    for name in tidy:
        if name.lower() in seen:
            raise InputError(f"{file} has two columns called '{name}'. Give each column a name of its own.")
        seen[name.lower()] = name
    if all(looks_like_data(name) for name in names):
        raise InputError(f"{file} has no header: its first row holds values. Put the columns' names in the first row.")
    return tidy


def looks_like_data(name: str) -> bool:
    """Whether a header cell is empty, a number or a date."""
    return not any(letter.isalpha() for letter in name)
