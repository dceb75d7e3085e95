"""The contracts feeds may keep: the library's, as a partner sends them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from iom.common.errors import InvalidInput
from iom_analytics import tables as library
from iom_analytics.errors import AnalyticsError
from iom_analytics.tables.contract import Table, by_source, in_areas, without
from iom_analytics.tables.identities import IDENTITIES
from iom_analytics.tables.layouts import Layout, suggest_mapping

# What an agency sends about each person: who they are, with what the library keeps apart in `persons`.
RECORDS = Table(
    "records",
    IDENTITIES.meaning,
    (*IDENTITIES.columns, library.PERSONS.column("ethnicity"), library.PERSONS.column("area")),
    key=IDENTITIES.key,
)
# Where exactly a crime happened is not asked for: nothing here is worked out by it.
PLACES = {
    table.name: by_source(table)
    for table in (
        without(library.RECORDED_CRIMES, "easting", "northing", "latitude", "longitude"),
        library.VICTIMS,
        library.CONFIDENCE,
    )
}
CONTRACTS = {table.name: table for table in (RECORDS, *(by_source(event) for event in library.EVENTS))} | PLACES


def contract(table: str, *, areas: Iterable[str] = ()) -> Table:
    """The contract of this name; `areas`, where there are any, are those its rows may be of.

    Raises `InvalidInput` where there is no such contract.
    """
    if table not in CONTRACTS:
        raise InvalidInput("There is no such kind of extract.", {"table": "Choose what each row is"})
    return in_areas(CONTRACTS[table], areas) if is_about_places(table) else CONTRACTS[table]


def is_about_places(table: str) -> bool:
    """Whether its rows are about places, and hang on nobody's record."""
    return table in PLACES


def known_layout(path: Path, *, table: str, source: str) -> dict[str, Any] | None:
    """The layout of a file that many send in one form; None where it is no such file."""
    found = library.recognised_file(path, table=table)
    if found is None:
        return None
    return {**library.narrowed(found, contract(table).column_names).as_dict(), "constants": {"source": source}}


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
            "may_share": shared_by(contract(table), column.name),
            "hint": ". ".join(part for part in (column.trap, f"In {column.unit}" if column.unit else None) if part),
        }
        for column in contract(table).columns
        if column.name != "source"
    ]


def shared_by(table: Table, name: str) -> str:
    """The column that one of the file may fill as well: a month says when it began and when it ended. Else empty."""
    pairs = [pair for pair in table.in_order if name in pair and all(table.column(one).month for one in pair)]
    return next((one for pair in pairs for one in pair if one != name), "")


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
