"""From arrays to Arrow columns: days to dates, "" to nothing."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.synthetic.chance import Flags, Ints, Texts
from iom_analytics.tables import Table

NO_DAY = int(np.iinfo(np.int64).min)
ARROW_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "yes_no": pa.bool_(),
}


def texts(values: Texts) -> Any:
    """Text, empty where it is ""."""
    column = pa.array(values, pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def dates(days: Ints) -> Any:
    """Dates, empty where the day is NO_DAY."""
    missing = days == NO_DAY
    return pa.array(np.where(missing, 0, days).astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def coded(codes: tuple[str, ...], index: Ints) -> Any:
    """The code at each index, empty where it is negative."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.maximum(index, 0).astype(np.int32), mask=index < 0), pa.array(list(codes), pa.string())
    ).cast(pa.string())


def numbers(values: Ints, missing: Flags | None = None) -> Any:
    return pa.array(values, pa.int64(), mask=missing)


def as_contract(contract: Table, columns: dict[str, Any]) -> pa.Table:
    """The columns as an Arrow table of the contract: in its order and types, absent columns empty."""
    rows = len(next(iter(columns.values())))
    assert set(columns) <= set(contract.column_names), (
        f"{set(columns) - set(contract.column_names)} not in the contract"
    )
    arrays = {
        column.name: columns[column.name].cast(ARROW_TYPES[column.type])
        if column.name in columns
        else pa.nulls(rows, ARROW_TYPES[column.type])
        for column in contract.columns
    }
    return pa.table(arrays)
