"""Rows that no import should accept: damaged on purpose, a known share of every file, each noted in the truth."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.synthetic.feeds import Feed
from iom_analytics.synthetic.settings import settings

# What is written instead, for faults that do not depend on what stood there.
INSTEAD = {
    "missing": None,
    "formula": '=HYPERLINK("http://example.org","Open")',
    "unknown_offence": "29999",
    "unknown_code": "ZZ",
    "not_yes_or_no": "Perhaps",
    "not_a_number": "n.k.",
    "not_a_whole_number": "1.5",
    "below_least": "-1",
}
FAULTS_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("line", pa.int64()),  # in the file; the header is line 1
        ("source", pa.string()),
        ("source_id", pa.string()),  # of the row before it was damaged
        ("column", pa.string()),  # of the contract
        ("field", pa.string()),  # of the file
        ("value", pa.string()),
        ("rule", pa.string()),  # that holds the row
    ]
)


@dataclass(frozen=True)
class Fault:
    """One way a row of a table is damaged: the rule that finds it, the contract's column, the file's."""

    rule: str
    column: str
    field: str


def faults_of(feed: Feed) -> list[Fault]:
    found = []
    for rule, column in settings()["faults"]["tables"].get(feed.table, []):
        field = feed.columns.get(column)
        if isinstance(field, str):
            found.append(Fault(rule, column, field))
    return found


def damage(
    rng: np.random.Generator, feed: Feed, table: pa.Table, text: dict[str, Any], first_line: int
) -> tuple[dict[str, Any], pa.Table]:
    """The file's columns with some rows damaged, and a row of the truth for each of them.

    `table` holds the contract's rows that `text` was written from; `first_line` is the line of the first of them.
    """
    kinds = faults_of(feed)
    rows = np.flatnonzero(rng.random(table.num_rows) < settings()["faults"]["share"])
    noted: list[tuple[str, int, int, Fault, str | None]] = []
    for turn, fault in enumerate(kinds):
        mine = rows[turn :: len(kinds)]
        written = text[fault.field].take(pa.array(mine)).to_pylist()
        held = table[fault.column].take(pa.array(mine)).to_pylist()
        # A column may be empty on a row: only what is there can be damaged.
        changed = {
            int(row): damaged(fault, feed, was, value)
            for row, was, value in zip(mine, written, held, strict=True)
            if was is not None
        }
        noted.extend((feed.name, first_line + row, row, fault, value) for row, value in changed.items())
        mask = np.zeros(table.num_rows, dtype=np.bool_)
        mask[list(changed)] = True
        instead = pa.array(list(changed.values()), pa.string())
        text = {**text, fault.field: pc.replace_with_mask(text[fault.field], pa.array(mask), instead)}
    noted.sort(key=lambda each: each[1])
    at = pa.array([row for _, _, row, _, _ in noted], pa.int64())
    return text, pa.table(
        {
            "feed": pa.array([name for name, *_ in noted], pa.string()),
            "line": pa.array([line for _, line, *_ in noted], pa.int64()),
            "source": table["source"].take(at),
            "source_id": table["source_id"].take(at),
            "column": pa.array([fault.column for *_, fault, _ in noted], pa.string()),
            "field": pa.array([fault.field for *_, fault, _ in noted], pa.string()),
            "value": pa.array([value for *_, value in noted], pa.string()),
            "rule": pa.array([fault.rule for *_, fault, _ in noted], pa.string()),
        },
        schema=FAULTS_SCHEMA,
    )


def damaged(fault: Fault, feed: Feed, written: str, value: Any) -> str | None:
    """What stands in the field instead of what was `written`."""
    if fault.rule in INSTEAD:
        return INSTEAD[fault.rule]
    assert isinstance(value, date), f"{fault.rule} is about dates"
    if fault.rule == "date_two_digit_year":
        return value.strftime(feed.dates.replace("%Y", "%y"))
    if fault.rule == "date_not_in_calendar":
        day = value.replace(day=28, month=2).strftime(feed.dates)
        return day.replace("28", "31", 1) if feed.dates[:2] == "%d" else day[:-2] + "31"
    if fault.rule == "date_in_future":
        return value.replace(year=value.year + 60, day=min(value.day, 28)).strftime(feed.dates)
    assert fault.rule == "age_over", f"nothing makes the fault {fault.rule} from {written}"
    return value.replace(year=1903, day=min(value.day, 28)).strftime(feed.dates)
