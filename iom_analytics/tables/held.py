"""Held rows on their way back to the sender: as they were sent, with the reason and what to do.

A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection); when the mended
file comes back the apostrophe is taken off again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from iom_analytics.provenance import whole_file
from iom_analytics.tables.reading.extract import HELD_COLUMNS

MORE_FIELDS = "more_fields"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # tells a spreadsheet that the file is UTF-8


def neutralised(text: pa.Array) -> pa.Array:
    """The text safe to open in a spreadsheet: nothing starts a formula."""
    return pc.replace_substring_regex(text, r"^('*[=+\-@\t\r\n])", r"'\1")


def restored(text: pa.Array) -> pa.Array:
    """The text as it was before `neutralised`."""
    return pc.replace_substring_regex(text, r"^'('*[=+\-@\t\r\n])", r"\1")


def held_schema(columns: tuple[str, ...]) -> pa.Schema:
    """Line, reason, what to do, the file's columns as sent, and the fields beyond its last column."""
    names = [name for name in columns if name not in (*HELD_COLUMNS, MORE_FIELDS)]
    return pa.schema(
        [("line", pa.int64()), *((name, pa.string()) for name in (*HELD_COLUMNS[1:], *names, MORE_FIELDS))]
    )


class HeldWriter:
    """Writes held rows to an open CSV file."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.schema = held_schema(columns)
        self.stream = path.open("wb")
        self.stream.write(BYTE_ORDER_MARK)
        self.csv = pa_csv.CSVWriter(self.stream, self.schema)

    def write(self, held: pa.Table) -> None:
        safe = [column if pa.types.is_integer(column.type) else neutralised(column) for column in held.columns]
        self.csv.write_table(pa.table(safe, schema=self.schema))

    def close(self) -> None:
        self.csv.close()
        self.stream.close()


@contextmanager
def held_file(path: Path, columns: tuple[str, ...]) -> Iterator[HeldWriter]:
    """A CSV file of held rows, UTF-8 with a byte-order mark. It appears whole when the block ends, or not at all."""
    with whole_file(path) as part:
        writer = HeldWriter(part, columns)
        try:
            yield writer
        finally:
            writer.close()
