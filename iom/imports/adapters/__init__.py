"""The bridge to `iom_analytics.tables`: which contract a feed keeps, how files are read and checked, where they lie."""

from iom.imports.adapters.checking import check, header
from iom.imports.adapters.contracts import RECORDS, check_layout, columns, contract, suggest, tables
from iom.imports.adapters.drop import NOT_TAKEN, TAKEN, Changing, Claimed, DropFolder, drop_path, open_drop_folder
from iom.imports.adapters.store import (
    OnDisk,
    accepted_rows,
    discard,
    forget,
    has_held_rows,
    keep,
    list_old,
    move_to_batch,
    open_held_rows,
    read_examples,
    read_progress,
    remove,
    sweep,
    write_progress,
)

__all__ = [
    "NOT_TAKEN",
    "RECORDS",
    "TAKEN",
    "Changing",
    "Claimed",
    "DropFolder",
    "OnDisk",
    "accepted_rows",
    "check",
    "check_layout",
    "columns",
    "contract",
    "discard",
    "drop_path",
    "forget",
    "has_held_rows",
    "header",
    "keep",
    "list_old",
    "move_to_batch",
    "open_drop_folder",
    "open_held_rows",
    "read_examples",
    "read_progress",
    "remove",
    "suggest",
    "sweep",
    "tables",
    "write_progress",
]
