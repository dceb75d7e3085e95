"""The contracts feeds may keep: the library's, as a partner sends them."""

from typing import Any

from iom.common.errors import InvalidInput
from iom_analytics import tables as library
from iom_analytics.errors import AnalyticsError
from iom_analytics.tables.contract import Table, by_source
from iom_analytics.tables.identities import IDENTITIES
from iom_analytics.tables.layouts import Layout, suggest_mapping

# What an agency sends about each person: who they are, with what the library keeps apart in `persons`.
RECORDS = Table(
    "records",
    IDENTITIES.meaning,
    (*IDENTITIES.columns, library.PERSONS.column("ethnicity"), library.PERSONS.column("area")),
    key=IDENTITIES.key,
)
CONTRACTS = {table.name: table for table in (RECORDS, *(by_source(event) for event in library.EVENTS))}


def contract(table: str) -> Table:
    """The contract of this name. Raises `InvalidInput` where there is none."""
    if table not in CONTRACTS:
        raise InvalidInput("There is no such kind of extract.", {"table": "Choose what each row is"})
    return CONTRACTS[table]


def tables() -> list[tuple[str, str]]:
    """Name and meaning of every contract a feed may keep."""
    return [(table.name, table.meaning) for table in CONTRACTS.values()]


def columns(*, table: str) -> list[dict[str, Any]]:
    """What the mapping page asks for: every column of the contract but `source`, which the feed gives."""
    return [
        {
            "name": column.name,
            "meaning": column.meaning,
            "required": column.required,
            "hint": ". ".join(part for part in (column.trap, f"In {column.unit}" if column.unit else None) if part),
        }
        for column in contract(table).columns
        if column.name != "source"
    ]


def suggest(*, header: list[str], table: str, layout: dict[str, Any] | None) -> dict[str, str]:
    """Contract column -> file column: as it was mapped before, else as the names suggest."""
    before = {
        name: sent if isinstance(sent, str) else sent[0]
        for name, sent in (layout or {}).get("columns", {}).items()
        if (sent if isinstance(sent, str) else sent[0]) in header
    }
    return before or suggest_mapping(header, contract(table))


def check_layout(layout: dict[str, Any], *, table: str) -> None:
    """Raises `InvalidInput` where a layout does not hold together, or does not fill what the contract needs."""
    try:
        parsed = Layout.from_dict(layout)
        parsed.check(contract(table), [name for sent in parsed.columns.values() for name in sent])
    except AnalyticsError as error:
        raise InvalidInput(str(error)) from error
    if parsed.table != table:
        raise InvalidInput("This layout is for another kind of extract.")
