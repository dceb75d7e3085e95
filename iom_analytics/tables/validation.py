"""Is every row what its contract says? A whole table at once: the accepted rows, typed, and every problem.

Works inside the engine, so a region's table on Spark is checked where it lies. A partner's file is better checked as a
stream, in constant memory: `checking`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.tables import judging
from iom_analytics.tables.contract import Table
from iom_analytics.tables.engines import Engine
from iom_analytics.tables.judging import Check
from iom_analytics.tables.layouts import Layout
from iom_analytics.tables.rules import RULES

# `field` is the contract's column, `column` the file's.
PROBLEMS = pa.schema(
    {
        "line": pa.int64(),
        "field": pa.string(),
        "column": pa.string(),
        "value": pa.string(),
        "rule": pa.string(),
        "severity": pa.string(),
        "wrong": pa.string(),
        "what_to_do": pa.string(),
    }
)


@dataclass(frozen=True)
class Validated:
    """`accepted`: line and the contract's columns, typed. `problems`: as in `PROBLEMS`, warnings included."""

    accepted: IbisTable
    problems: IbisTable


def validate(
    rows: IbisTable,
    contract: Table,
    layout: Layout,
    *,
    engine: Engine,
    received_on: date,
    line: str = "line",
    serial_dates: bool = False,
) -> Validated:
    """The rows of a text table that keep the contract, typed, and the problems of those that do not.

    `rows` has the file's columns as text and the row's number in `line`. Of rows that share a key the first good one is
    accepted. Raises InputError where the layout does not fit the columns.
    """
    layout.check(contract, [name for name in rows.columns if name != line])
    judgement = judging.judge(
        rows, contract, layout, engine=engine, received_on=received_on, line=line, serial_dates=serial_dates
    )
    judged = engine.cache(judgement.rows, "judged")
    held = ibis.literal(judgement.held_bits, "int64")
    good = judged.filter((judged.broken & held) == 0)
    same = ibis.window(group_by="key_digest", order_by="line")
    good = good.mutate(first_line=good.line.min().over(same), first_row=good.row_digest.first().over(same))
    again = good.filter(good.line > good.first_line)
    accepted = good.filter(good.line == good.first_line) if contract.key else good
    problems = broken_rules(judged, judgement.checks, engine).union(repeats(again, contract))
    return Validated(accepted.select("line", *contract.column_names), problems)


def broken_rules(judged: IbisTable, checks: list[Check], engine: Engine) -> IbisTable:
    """One row for each check a row fails."""
    words = pa.table(
        {
            "bit": pa.array([1 << check.bit for check in checks], pa.int64()),
            "field": [check.field for check in checks],
            "column": [check.column for check in checks],
            "rule": [check.rule for check in checks],
            "severity": [check.severity for check in checks],
            "wrong": [check.wrong for check in checks],
            "what_to_do": [check.what_to_do for check in checks],
        }
    )
    failed = judged.filter(judged.broken != 0).cross_join(engine.from_arrow(words, "checks"))
    failed = failed.filter((failed.broken & failed.bit) != 0)
    fields = sorted({check.field for check in checks})
    value = ibis.cases(*[(failed.field == name, failed[f"sent_{name}"]) for name in fields], else_=ibis.null("string"))
    return failed.select("line", *words.column_names[1:], value=value).select(PROBLEMS.names)


def repeats(again: IbisTable, contract: Table) -> IbisTable:
    """One row for each row that repeats an earlier one, in whole or in its key."""
    key = ", ".join(contract.key)
    whole = again.row_digest == again.first_row

    def words(part: str) -> Any:
        if not contract.key:
            return ibis.literal(getattr(RULES["repeated_row"], part))
        return ibis.ifelse(
            whole,
            getattr(RULES["duplicate_row"], part).format(key=key),
            getattr(RULES["duplicate_key"], part).format(key=key),
        )

    return again.select(
        "line",
        field=ibis.literal(key),
        column=ibis.literal(""),
        value=ibis.literal("line ").concat(again.first_line.cast("string")),
        rule=words("code"),
        severity=words("severity"),
        wrong=words("wrong"),
        what_to_do=words("todo"),
    )
