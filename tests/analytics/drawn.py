"""Tables drawn as text, so that a test shows the rows it is about."""

from datetime import date
from typing import Any

import pyarrow as pa

from iom_analytics.tables import Table

ARROW_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "yes_no": pa.bool_(),
}


def drawn(table: Table, drawing: str) -> pa.Table:
    """The rows of a drawing as an Arrow table with the contract's types; '-' is an empty value.

    The first line names columns of the contract, each further line is a row; two or more spaces part the values.
    """
    header, *lines = [line.strip() for line in drawing.strip().splitlines() if line.strip()]
    names = parts(header)
    rows = [parts(line) for line in lines]
    assert all(len(row) == len(names) for row in rows), f"a row of {table.name} has too many or too few values"
    types = [table.column(name).type if name != "row_id" else "text" for name in names]
    columns = [
        pa.array([value_of(row[place], type_) for row in rows], ARROW_TYPES[type_]) for place, type_ in enumerate(types)
    ]
    return pa.table(dict(zip(names, columns, strict=True)))


def parts(line: str) -> list[str]:
    return [part.strip() for part in line.split("  ") if part.strip()]


def value_of(text: str, type_: str) -> Any:
    if text == "-":
        return None
    readers = {"date": date.fromisoformat, "integer": int, "number": float, "yes_no": "yes".__eq__}
    return readers.get(type_, str)(text)
