"""Reads a file for a command: every column its contract's type, or a message that says what is wrong and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.tables import EVENTS, NO, PERSONS, YES, Column, Table

PEOPLE_TABLES: dict[str, Table] = {table.name: table for table in (PERSONS, *EVENTS)}

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?$"
EXPECTED = {
    "date": "a date like 2026-04-01",
    "integer": "a whole number",
    "number": "a number",
    "yes_no": "yes or no",
    "text": "text",
}


def read_day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} must be a date like 2026-04-01, not '{text}'.") from error


def read_table(
    engine: Engine, path: Path, contract: Table, *, also_called: Mapping[str, str] | None = None
) -> IbisTable:
    """The file's rows with the contract's types, kept in the engine; columns outside the contract but `row_id` go.

    `also_called` maps another name of a column to the contract's, for files that do not have that.

    Raises InputError where the file is missing or unreadable, lacks a required column, has a value that is not what
    the contract says, leaves a required one empty, or repeats the key. Nothing is dropped silently.
    """
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    try:
        text = engine.read(path, as_text=True)
        for theirs, ours in (also_called or {}).items():
            if theirs in text.columns and ours not in text.columns:
                text = text.rename({ours: theirs})
        return checked(engine, text, path, contract)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path.name} cannot be read as {path.suffix or 'a table'}: {reason}") from error


def checked(engine: Engine, text: IbisTable, path: Path, contract: Table) -> IbisTable:
    required = [column.name for column in contract.columns if column.required]
    missing = [name for name in required if name not in text.columns]
    if missing:
        raise InputError(
            f"{path.name} lacks the column {missing[0]} of the table {contract.name}. "
            f"It has {', '.join(text.columns)}; {contract.name} needs {', '.join(required)}."
        )
    columns = [column for column in contract.columns if column.name in text.columns]
    written = {column.name: text[column.name].strip().nullif("") for column in columns}
    also = {"row_id": text.row_id} if "row_id" in text.columns else {}
    rows = text.select(**{f"written_{name}": value for name, value in written.items()}, **also)
    rows = engine.cache(rows.mutate(**{column.name: typed(rows, column) for column in columns}), contract.name)
    raise_for_wrong(rows, [rule for column in columns for rule in rules(rows, column)], path)
    key = [name for name in contract.key if name in text.columns]  # an optional column that is not there says nothing
    if key and rows.count().execute() != rows.select(*key).distinct().count().execute():
        raise InputError(f"{path.name} has two rows with the same {' and '.join(key)}; each must be there once.")
    return rows.select(*(column.name for column in columns), *also)


def typed(rows: IbisTable, column: Column) -> ibis.Value:
    value: StringValue = rows[f"written_{column.name}"]
    if column.type == "date":
        return ibis.ifelse(value.re_search(DATE), value.left(10), ibis.null("string")).try_cast("date")
    if column.type == "yes_no":
        said = value.lower()
        return ibis.cases((said.isin(YES), True), (said.isin(NO), False), else_=ibis.null("boolean"))
    if column.type == "text":
        return value
    number = value.try_cast("float64")
    return number if column.type == "number" else ibis.ifelse(number == number.floor(), number, None).cast("int64")


@dataclass(frozen=True)
class Rule:
    """What must not be in a column, and what to say where it is."""

    column: str
    is_broken: BooleanValue
    what: str
    rule: str


def rules(rows: IbisTable, column: Column) -> list[Rule]:
    written, value = rows[f"written_{column.name}"], rows[column.name]
    found = [Rule(column.name, written.notnull() & value.isnull(), "is wrong", f"it must be {EXPECTED[column.type]}")]
    if column.filled:
        found.append(Rule(column.name, written.isnull(), "is empty", "every row needs it"))
    if column.codes:
        found.append(
            Rule(column.name, value.notin(column.codes), "is wrong", f"it must be one of {', '.join(column.codes)}")
        )
    if column.name == "offence_code":
        digits = "a Home Office offence code has five digits (a spreadsheet may have dropped the first nought)"
        found.append(Rule(column.name, ~value.re_search("^[0-9]{5}$"), "is wrong", digits))
    if column.at_least is not None:
        found.append(Rule(column.name, value < column.at_least, "is wrong", f"it must be at least {column.at_least}"))
    if column.at_most is not None:
        found.append(Rule(column.name, value > column.at_most, "is wrong", f"it must be at most {column.at_most}"))
    return found


def raise_for_wrong(rows: IbisTable, all_rules: list[Rule], path: Path) -> None:
    """An InputError for the first rule that any row breaks; all are counted in one pass."""
    counts = rows.aggregate(**{f"r{place}": rows.count(where=rule.is_broken) for place, rule in enumerate(all_rules)})
    found: dict[str, Any] = counts.to_pyarrow().to_pylist()[0]
    for place, rule in enumerate(all_rules):
        count = found[f"r{place}"]
        if not count:
            continue
        written = f"written_{rule.column}"
        example = rows.filter(rule.is_broken).select(written).limit(1).to_pyarrow().to_pylist()[0][written]
        seen = "" if example is None else f", for instance '{example}'"
        plural = "row" if count == 1 else "rows"
        raise InputError(f"{path.name}: {rule.column} {rule.what} on {count:,} {plural}{seen}; {rule.rule}.")
