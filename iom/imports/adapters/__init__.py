"""The bridge to `iom_analytics.tables`: which contract a feed keeps, how files are read and checked, where they lie."""

from iom.imports.adapters.checking import check, header
from iom.imports.adapters.contracts import RECORDS, check_layout, columns, contract, suggest, tables
from iom.imports.adapters.store import (
    OnDisk,
    accepted_rows,
    discard,
    forget,
    has_held_rows,
    keep,
    move_to_batch,
    open_held_rows,
    read_examples,
    read_progress,
    write_progress,
)

__all__ = [
    "RECORDS",
    "OnDisk",
    "accepted_rows",
    "check",
    "check_layout",
    "columns",
    "contract",
    "discard",
    "forget",
    "has_held_rows",
    "header",
    "keep",
    "move_to_batch",
    "open_held_rows",
    "read_examples",
    "read_progress",
    "suggest",
    "tables",
    "write_progress",
]
