"""One Ibis expression that judges a table of text: each row typed, with a number whose bits are the rules it breaks.

It runs on DuckDB and on Spark with equal results. `validation` runs it over a whole table, `checking` over a file batch
by batch. The rules' words are in `rules`, the reading of text in `parsing`, its steps in `conversion`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.tables import conversion, parsing
from iom_analytics.tables.contract import Column, Table
from iom_analytics.tables.engines import Engine
from iom_analytics.tables.layouts import Layout
from iom_analytics.tables.rules import RULES, Severity

# 1 January 1900 and earlier days stand for "not known" in many systems, and nobody alive has an event before it.
EARLIEST = date(1900, 1, 2)
BITS = 63
# Letters, digits and hyphens with a digit among them, as digests, numbers and UUIDs are, and names are not.
PSEUDONYM = r"^[0-9A-Za-z-]{0,63}[0-9][0-9A-Za-z-]{0,63}$"

Failure = tuple[str, Any, Mapping[str, object]]  # the rule, the condition, the words that fill the rule's text


@dataclass(frozen=True)
class Check:
    """One rule on one field (`column` in the file), in words; `bit` is its place in a row's number."""

    bit: int
    field: str
    column: str
    rule: str
    severity: Severity
    wrong: str
    what_to_do: str


@dataclass(frozen=True)
class Judgement:
    """The expression that judges a table, and the checks its bits stand for.

    `rows`: one row per row: `line`, the contract's columns typed (null where the file has none), `sent_<column>` for
    those the file fills, `key_digest` and `row_digest`, and `broken`, the sum of 2**bit over the checks it fails.
    """

    rows: IbisTable
    checks: list[Check]

    @property
    def held_bits(self) -> int:
        """The bits of the checks that hold a row."""
        return sum(1 << check.bit for check in self.checks if check.severity == "held")


def judge(
    rows: IbisTable,
    contract: Table,
    layout: Layout,
    *,
    engine: Engine,
    received_on: date,
    line: str = "line",
    serial_dates: bool = False,
) -> Judgement:
    """The judgement of a table of text whose columns are the file's, with the number of each row in `line`.

    `received_on` is the day the file came: no past event lies after it. `serial_dates` reads a spreadsheet's day
    numbers as dates, which only a spreadsheet may hold.
    """
    columns = conversion.mapped_columns(contract, layout)
    typed = conversion.converted(rows, contract, layout, engine=engine, line=line, serial_dates=serial_dates)
    found = [
        (column, failure)
        for column in columns
        for failure in failures(typed, column, layout, received_on, serial_dates=serial_dates)
        # Nobody is scored by what happens in a place.
        if failure[0] != "offence_not_exact" or {"person_key", "source_id"} & set(contract.column_names)
    ]
    names = {column.name for column in columns}
    for earlier, later in contract.in_order:
        if {earlier, later} <= names:
            failure = ("out_of_order", typed[earlier] > typed[later], {"earlier": earlier, "later": later})
            found.append((contract.column(earlier), failure))
    for part, whole in contract.part_of:
        if {part, whole} <= names:
            failure = ("more_than_whole", typed[part] > typed[whole], {"part": part, "whole": whole})
            found.append((contract.column(part), failure))
    for several in contract.any_of:
        there = [name for name in several if name in names]
        nothing = ibis.and_(*(typed[f"text_{name}"].isnull() for name in there))
        found.append((contract.column(there[0]), ("none_of", nothing, {"several": " or ".join(several)})))
    assert len(found) <= BITS, f"{contract.name} has more checks than a row's number has bits"
    checks = [
        in_words(bit, column, rule, words, layout, received_on) for bit, (column, (rule, _, words)) in enumerate(found)
    ]
    failed = typed.mutate(**{f"failed_{bit}": condition for bit, (_, (_, condition, _)) in enumerate(found)})
    missing = [column for column in contract.columns if column.name not in names]
    judged = failed.select(
        "line",
        *[column.name for column in columns],
        *[f"sent_{column.name}" for column in columns],
        "row_digest",
        **{column.name: ibis.null(contract.ibis_schema()[column.name]) for column in missing},
        key_digest=conversion.key_digest(failed, contract.key) if contract.key else failed.row_digest,
        broken=number_of(failed, len(found)),
    )
    return Judgement(judged, checks)


def number_of(failed: IbisTable, count: int) -> Any:
    """The sum of 2**bit over the `failed_<bit>` columns that are true."""
    any_failed, number = ibis.literal(False), ibis.literal(0, "int64")
    for bit in range(count):
        any_failed = any_failed | failed[f"failed_{bit}"]
        number = number + ibis.ifelse(failed[f"failed_{bit}"], ibis.literal(1 << bit, "int64"), 0)
    return ibis.ifelse(any_failed, number, 0)  # most rows are whole, and are spared the sum


def in_words(
    bit: int, column: Column, rule_name: str, words: Mapping[str, object], layout: Layout, received_on: date
) -> Check:
    rule = RULES[rule_name]
    known = {
        "received_on": received_on.isoformat(),
        "earliest": EARLIEST.isoformat(),
        "form": parsing.WRITTEN[layout.date_order],
        "unit": column.unit or "as in the contract",
        "codes": ", ".join(column.codes or ()),
        "like": column.shape.like if column.shape else "",
        "at_least": column.at_least,
        "at_most": column.at_most,
        **words,
    }
    wrong, todo = rule.wrong.format(**known), rule.todo.format(**known)
    return Check(bit, column.name, layout.column_of(column.name), rule.code, rule.severity, wrong, todo)


def failures(
    table: IbisTable, column: Column, layout: Layout, received_on: date, *, serial_dates: bool
) -> Iterator[Failure]:
    """The rules one column can break."""
    name = column.name
    text, value = table[f"text_{name}"], table[name]
    unread = text.notnull() & value.isnull()
    if column.filled:
        yield "missing", text.isnull(), {}
    if column.type in ("date", "time"):
        yield from date_failures(table, column, received_on, serial_dates=serial_dates)
    elif column.codes:
        codes = conversion.spellings(column, layout)
        yield "unknown_code", parsing.is_no_code(table[f"key_{name}"], value, codes), {}
    elif column.offence:
        yield "unknown_offence", unread, {}
        yield "offence_zero_restored", value.notnull() & text.re_search("^[0-9]{4}$"), {}
        yield "offence_not_exact", table[f"inexact_{name}"].notnull(), {}
    elif column.type == "yes_no":
        yield "not_yes_or_no", unread, {}
    elif column.type in ("integer", "number"):
        yield "not_a_whole_number" if column.type == "integer" else "not_a_number", unread, {}
        if column.at_least is not None:
            yield "below_least", value < column.at_least, {}
        if column.at_most is not None:
            yield "above_most", value > column.at_most, {}
    else:
        yield "formula", table[f"start_{name}"] == parsing.FORMULA, {}
        yield "spreadsheet_error", table[f"start_{name}"] == parsing.SPREADSHEET_ERROR, {}
        if column.pseudonym:
            yield "not_a_pseudonym", ~text.re_search(PSEUDONYM), {}
        if column.shape:
            yield "odd_shape", ~text.re_search(f"(?i){column.shape.pattern}"), {}


def date_failures(table: IbisTable, column: Column, received_on: date, *, serial_dates: bool) -> Iterator[Failure]:
    form, value = table[f"form_{column.name}"], table[column.name]
    day = value.cast("date")
    yield "date_two_digit_year", form == parsing.TWO_DIGIT_YEAR, {}
    if not serial_dates:
        yield "date_serial", form == parsing.SERIAL, {}
    yield "date_not_in_calendar", table[f"iso_{column.name}"].notnull() & value.isnull(), {}
    yield "date_unreadable" if column.type == "date" else "time_unreadable", form == parsing.UNREADABLE, {}
    yield "date_too_early", day < EARLIEST, {}
    if not column.may_be_future:
        yield "date_in_future", day > received_on, {}
    if column.ages:
        youngest, oldest = column.ages
        too_young = (day > years_before(received_on, youngest)) & (day <= received_on)
        yield "age_under", too_young, {"at_least": youngest}
        yield "age_over", (day <= years_before(received_on, oldest + 1)) & (day >= EARLIEST), {"at_most": oldest}


def years_before(day: date, years: int) -> date:
    """The last day of birth of a person who is that old on `day`; who is born on 29 February ages on 1 March else."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February in a year that has none
        return date(day.year - years, 2, 28)
