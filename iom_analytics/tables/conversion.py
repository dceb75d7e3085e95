"""Rows of text into typed rows, step by step: each step adds columns that the next one reads.

The steps stand in selects of their own, so that no expression is written out, planned or worked out twice. For each
contract column there are: `sent_` (as sent), `text_` (cleaned), and under its own name the typed value, null where the
text cannot be read. Then what the rules need: `start_` (free text that starts oddly), `key_` (codes as compared),
`form_` and `iso_` (dates), `inexact_` (offence codes).
"""

from collections.abc import Callable, Mapping
from typing import Any

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics import reference
from iom_analytics.tables import parsing
from iom_analytics.tables.contract import Column, Table
from iom_analytics.tables.engines import Engine
from iom_analytics.tables.layouts import Layout


def mapped_columns(contract: Table, layout: Layout) -> list[Column]:
    """The contract's columns that the layout fills, in the contract's order."""
    return [column for column in contract.columns if column.name in {*layout.columns, *layout.constants}]


def converted(
    rows: IbisTable, contract: Table, layout: Layout, *, engine: Engine, line: str, serial_dates: bool
) -> IbisTable:
    """The rows with every column described above, `line`, and `row_digest` (equal where all of a row is)."""
    columns = mapped_columns(contract, layout)
    table = rows.select(
        **{"line": rows[line].cast("int64")},
        **{f"sent_{column.name}": as_sent(rows, column, layout) for column in columns},
        row_digest=row_digest(rows, contract, [name for name in rows.columns if name != line]),
    )
    table = cleaned(table, columns)
    table = read_ahead(table, columns, layout, serial_dates=serial_dates)
    for column in columns:
        if column.offence:
            table = with_offence(table, column.name, engine)
    return table.mutate(**{column.name: typed_value(table, column, layout) for column in columns})


def as_sent(rows: IbisTable, column: Column, layout: Layout) -> Any:
    if column.name in layout.constants:
        return ibis.literal(layout.constants[column.name])
    first, *others = layout.columns[column.name]
    if not others:
        return rows[first]
    between = "; " if column.name == "aliases" else " "
    return ibis.literal(between).join([rows[name].strip().nullif("") for name in (first, *others)])


def cleaned(table: IbisTable, columns: list[Column]) -> IbisTable:
    table = added(table, "trimmed", columns, lambda column: parsing.trimmed(table[f"sent_{column.name}"]))
    table = added(table, "text", columns, lambda column: parsing.unwrapped(table[f"trimmed_{column.name}"]))
    shortened = [column for column in columns if column.ending]
    table = added(
        table,
        "text",
        shortened,
        lambda column: table[f"text_{column.name}"].re_replace(f"{column.ending}$", "").nullif(""),
    )
    # A person may well be called Null; in a date or a code the word means that nothing is known.
    marked = [column for column in columns if column.type != "text" or column.codes or column.shape]
    table = added(table, "text", marked, lambda column: parsing.without_markers(table[f"text_{column.name}"]))
    # The last day of the calendar is how many systems write "still open".
    open_ended = [column for column in columns if column.may_be_future]
    return added(table, "text", open_ended, lambda column: parsing.without_last_day(table[f"text_{column.name}"]))


def read_ahead(table: IbisTable, columns: list[Column], layout: Layout, *, serial_dates: bool) -> IbisTable:
    """What both the values and the rules are read from."""
    free = [column for column in columns if column.type == "text" and not column.codes and not column.offence]
    table = added(table, "start", free, lambda column: parsing.odd_start(table[f"text_{column.name}"]))
    coded = [column for column in columns if column.codes]
    table = added(table, "key", coded, lambda column: parsing.code_key(table[f"text_{column.name}"]))
    dated = [column for column in columns if column.type in ("date", "time")]

    def form(column: Column) -> Any:
        text = table[f"text_{column.name}"]
        found = parsing.date_form(text)
        if column.month is None:
            return found
        return ibis.ifelse(text.re_search(parsing.ONLY_MONTH), ibis.literal(parsing.WHOLE_MONTH, "int8"), found)

    def iso(column: Column) -> Any:
        text, form = table[f"text_{column.name}"], table[f"form_{column.name}"]
        found = parsing.date_iso(text, form, order=layout.date_order, serial=serial_dates)
        if column.month is None:
            return found
        return ibis.ifelse(form == parsing.WHOLE_MONTH, parsing.month_end(text, which=column.month), found)

    table = added(table, "form", dated, form)
    return added(table, "iso", dated, iso)


def added(table: IbisTable, prefix: str, columns: list[Column], value: Callable[[Column], Any]) -> IbisTable:
    """The table with a column `<prefix>_<name>` for each of the contract's columns given."""
    return table.mutate(**{f"{prefix}_{column.name}": value(column) for column in columns}) if columns else table


def with_offence(table: IbisTable, name: str, engine: Engine) -> IbisTable:
    """The table with `known_<name>` (null where it is no Home Office code) and `inexact_<name>`."""
    codes = reference.offence_codes().select(["offence_code", "ogrs3_error"])
    known = engine.from_arrow(codes, "offence_codes").select(
        **{f"known_{name}": ibis._.offence_code, f"inexact_{name}": ibis._.ogrs3_error}
    )
    table = table.mutate(**{f"digits_{name}": parsing.offence_digits(table[f"text_{name}"])})
    return table.left_join(known, table[f"digits_{name}"] == known[f"known_{name}"])


def typed_value(table: IbisTable, column: Column, layout: Layout) -> Any:
    text = table[f"text_{column.name}"]
    if column.offence:
        return table[f"known_{column.name}"]
    if column.codes:
        return parsing.code(table[f"key_{column.name}"], spellings(column, layout))
    if column.type == "date":
        return table[f"iso_{column.name}"].try_cast("date")
    if column.type == "time":
        form = table[f"form_{column.name}"]
        clock = parsing.time_of_day(text, form)
        if column.month == "last":
            clock = ibis.ifelse(form == parsing.WHOLE_MONTH, ibis.literal("23:59:59"), clock)
        return table[f"iso_{column.name}"].concat(" ", clock).try_cast("timestamp")
    read: Mapping[str, Callable[[Any], Any]] = {
        "integer": parsing.whole_number,
        "number": parsing.number,
        "yes_no": parsing.yes_no,
    }
    return read[column.type](text) if column.type in read else text


def spellings(column: Column, layout: Layout) -> dict[str, str | None]:
    """Every way to write the column's codes, the contract's and the sender's."""
    return parsing.code_spellings(column.codes or (), column.synonyms, layout.synonyms.get(column.name, {}))


def row_digest(rows: IbisTable, contract: Table, names: list[str]) -> Any:
    """Where there is a key, enough to say in words whether the whole row repeats; else what tells that it does."""
    values = joined([rows[name] for name in names])
    return values.hash() if contract.key else values.hexdigest("md5")


def key_digest(table: IbisTable, names: tuple[str, ...]) -> Any:
    """32 hexadecimal digits that are equal where the key is."""
    return joined([table[name].cast("string").fill_null("") for name in names]).hexdigest("md5")


def joined(values: list[Any]) -> Any:
    """The texts as one; an unprintable character stands between them, so that 'a', 'b' is not 'ab', ''."""
    return ibis.literal("\x1f").join(values)
