"""A partner's file checked as it streams past, in constant memory: accepted rows, problems and held rows, by batch."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.tables import judging
from iom_analytics.tables.contract import Table
from iom_analytics.tables.engines import Engine
from iom_analytics.tables.held import MORE_FIELDS, held_schema, restored
from iom_analytics.tables.judging import Check, Judgement
from iom_analytics.tables.layouts import Layout
from iom_analytics.tables.reading.extract import HELD_COLUMNS, Batch, BrokenRow, Extract
from iom_analytics.tables.reading.records import has_damage
from iom_analytics.tables.repeats import Again, Seen
from iom_analytics.tables.reports import CheckReport
from iom_analytics.tables.rules import RULES
from iom_analytics.tables.validation import PROBLEMS

SCAN = 16_384  # rows in one Arrow batch of a scan, so that both cores have some to take


@dataclass(frozen=True)
class Checked:
    """One batch. `accepted`: line and the contract's columns, typed. `problems`: as in `PROBLEMS`, warnings included.
    `held`: as in `held_schema`, the rows as they were sent."""

    accepted: pa.Table
    problems: pa.Table
    held: pa.Table


@dataclass
class FileCheck:
    """A file being checked. `batches` reads it once; `report` is up to date after each batch."""

    extract: Extract
    contract: Table
    layout: Layout
    engine: Engine
    received_on: date
    report: CheckReport = field(init=False)

    def __post_init__(self) -> None:
        self.layout.check(self.contract, self.extract.columns)
        self.report = CheckReport(self.contract.name, self.received_on, self.extract.report)

    def batches(self) -> Iterator[Checked]:
        """Every batch of the file, checked. Raises InputError where the file proves unreadable."""
        columns = self.extract.columns
        mended = self.extract.report.mended
        ours = (*HELD_COLUMNS, MORE_FIELDS) if mended else ()
        places = [place for place in range(len(columns)) if columns[place] not in ours]
        judge = _Judge(self, tuple(columns[place] for place in places))
        for batch in self.extract.batches():
            kept = [batch.rows.column(place) for place in places]
            texts = [restored(text) if mended else text for text in kept]
            checked = judge.checked(replace(batch, rows=pa.table(texts, names=judge.names)))
            self.report = self.report.after(self.extract.report, checked.accepted, checked.problems, checked.held)
            yield checked


class _Judge:
    """The judging query made ready, and what it has seen so far."""

    def __init__(self, check: FileCheck, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.contract = check.contract
        self.layout = check.layout
        # Inside the query the file's columns go by their place: their names are the sender's, and may be anything.
        self.names = [f"c{place}" for place in range(len(columns))]
        by_place = dict(zip(columns, self.names, strict=True))
        layout = replace(
            check.layout,
            columns={name: tuple(by_place[one] for one in sent) for name, sent in check.layout.columns.items()},
        )
        found: list[Judgement] = []

        def query(rows: Any) -> Any:
            judgement = judging.judge(
                rows,
                check.contract,
                layout,
                engine=check.engine,
                received_on=check.received_on,
                serial_dates=check.extract.report.serial_dates,
            )
            found.append(judgement)
            return judgement.rows.select("line", *check.contract.column_names, "broken", "row_digest", "key_digest")

        schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in self.names)])
        self.run = check.engine.prepared(schema, query)
        if not found:  # an engine that plans when it runs has not asked yet
            query(check.engine.from_arrow(schema.empty_table(), "rows"))
        self.checks = [replace(one, column=check.layout.column_of(one.field)) for one in found[0].checks]
        self.held_bits = found[0].held_bits
        self.seen = Seen(check.engine, check.contract)

    def checked(self, batch: Batch) -> Checked:
        rows = pa.table([batch.lines, *batch.rows.columns], names=["line", *self.names])
        judged = in_order(self.run(pa.Table.from_batches(rows.combine_chunks().to_batches(SCAN), rows.schema)))
        broken = judged["broken"].to_numpy()
        good = (broken & self.held_bits) == 0
        again = self.seen.again(judged, good)
        fine = good.copy()
        if self.contract.key:
            fine[again.places] = False
        accepted = judged if fine.all() else judged.filter(pa.array(fine))
        problems = pa.concat_tables(
            [self.rule_problems(batch, broken), self.repeat_problems(batch, again), self.unreadable(batch.broken)]
        )
        return Checked(
            accepted.select(["line", *self.contract.column_names]),
            in_order(problems),
            in_order(self.held(batch, broken, good, again)),
        )

    def rule_problems(self, batch: Batch, broken: np.ndarray) -> pa.Table:
        """One row for each check a row of the batch fails."""
        found = [PROBLEMS.empty_table()]
        for check in self.checks:
            failing = (broken >> check.bit) & 1 == 1
            if failing.any():
                mask = pa.array(failing)
                found.append(problem_rows(check, batch.lines.filter(mask), self.sent_values(check, batch, mask)))
        return pa.concat_tables(found)

    def sent_values(self, check: Check, batch: Batch, mask: pa.Array) -> pa.Array:
        sent = self.layout.columns.get(check.field)
        if sent is None:
            return pa.array([self.layout.constants[check.field]] * mask.true_count, pa.string())
        texts = [batch.rows.column(self.columns.index(name)).filter(mask).combine_chunks() for name in sent]
        return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, " ")

    def repeat_problems(self, batch: Batch, again: Again) -> pa.Table:
        found = [PROBLEMS.empty_table()]
        for check, which in ((self.repeat_check(same=True), again.same), (self.repeat_check(same=False), ~again.same)):
            if which.any():
                first = pc.binary_join_element_wise("line", pa.array(again.first_lines[which]).cast(pa.string()), " ")
                found.append(problem_rows(check, batch.lines.take(pa.array(again.places[which])), first))
        return pa.concat_tables(found)

    def repeat_check(self, *, same: bool) -> Check:
        key = ", ".join(self.contract.key)
        rule = RULES["duplicate_row" if same else "duplicate_key"] if key else RULES["repeated_row"]
        return Check(0, key, "", rule.code, rule.severity, rule.wrong.format(key=key), rule.todo.format(key=key))

    def unreadable(self, rows: tuple[BrokenRow, ...]) -> pa.Table:
        """The problems of rows that could not be cut into the header's columns."""
        found = []
        for row in rows:
            rule = RULES[row.rule]
            check = Check(0, "", self.damaged_columns(row), rule.code, rule.severity, rule.wrong, rule.todo)
            counted = rule.code in ("too_few_fields", "too_many_fields")
            value = f"{len(row.fields)} of {len(self.columns)} fields" if counted else None
            found.append(problem_rows(check, pa.array([row.line]), pa.array([value], pa.string())))
        return pa.concat_tables([PROBLEMS.empty_table(), *found])

    def damaged_columns(self, row: BrokenRow) -> str:
        if row.rule != "damaged_text":
            return ""
        return ", ".join(name for name, text in zip(self.columns, row.fields, strict=False) if has_damage(text))

    def held(self, batch: Batch, broken: np.ndarray, good: np.ndarray, again: Again) -> pa.Table:
        """The rows that are held, as they were sent, each with its reasons and what to do."""
        schema = held_schema(self.columns)
        parts = [schema.empty_table()]
        if not good.all():
            kinds, which = np.unique(broken[~good] & self.held_bits, return_inverse=True)
            words = [reasons([check for check in self.checks if bits >> check.bit & 1]) for bits in kinds.tolist()]
            texts = [pa.array([pair[part] for pair in words], pa.string()).take(pa.array(which)) for part in (0, 1)]
            parts.append(self.held_rows(batch, pa.array(np.flatnonzero(~good)), texts, schema))
        if self.contract.key and len(again.places):
            words = [reasons([self.repeat_check(same=same)]) for same in again.same.tolist()]
            first = again.first_lines.tolist()
            texts = [
                pa.array([f"{wrong} (line {line})" for (wrong, _), line in zip(words, first, strict=True)]),
                pa.array([todo for _, todo in words]),
            ]
            parts.append(self.held_rows(batch, pa.array(again.places), texts, schema))
        if batch.broken:
            parts.append(self.held_broken(batch.broken, schema))
        return pa.concat_tables(parts)

    def held_rows(self, batch: Batch, places: pa.Array, texts: list[pa.Array], schema: pa.Schema) -> pa.Table:
        rows = [column.combine_chunks().take(places) for column in batch.rows.columns]
        more = pa.repeat(pa.scalar(""), len(places))
        return pa.table([batch.lines.take(places), *texts, *rows, more], schema=schema)

    def held_broken(self, rows: tuple[BrokenRow, ...], schema: pa.Schema) -> pa.Table:
        width = len(self.columns)
        found = []
        for row in rows:
            rule, column = RULES[row.rule], self.damaged_columns(row)
            wrong = f"{column}: {rule.wrong}" if column else rule.wrong
            fields = (row.fields + ("",) * width)[:width]
            found.append((row.line, wrong, rule.todo, *fields, " | ".join(row.fields[width:])))
        return pa.table(
            [pa.array(column, kind) for column, kind in zip(zip(*found, strict=True), schema.types, strict=True)],
            schema=schema,
        )


def in_order(table: pa.Table) -> pa.Table:
    """The table by line; several threads may have handed over its rows in another order."""
    lines = table["line"].to_numpy()
    return table if (np.diff(lines) >= 0).all() else table.take(pa.array(np.argsort(lines, kind="stable")))


def problem_rows(check: Check, lines: pa.Array, values: pa.Array) -> pa.Table:
    words = (check.rule, check.severity, check.wrong, check.what_to_do)
    texts = [pa.repeat(pa.scalar(text, pa.string()), len(lines)) for text in (check.field, check.column, *words)]
    return pa.table([lines, texts[0], texts[1], values, *texts[2:]], schema=PROBLEMS)


def reasons(checks: list[Check]) -> tuple[str, str]:
    """What is wrong and what to do, for one row that fails these checks."""
    wrong = [f"{check.column or check.field}: {check.wrong}" if check.field else check.wrong for check in checks]
    todo = dict.fromkeys(check.what_to_do for check in checks)
    return ". ".join(wrong), ". ".join(todo)


def check_file(extract: Extract, contract: Table, layout: Layout, *, engine: Engine, received_on: date) -> FileCheck:
    """The check of an open file against a contract. Raises InputError where the layout does not fit the file's header.

    `received_on` is the day the file came. Read `batches()` to the end; then `report` is the whole file's.
    """
    return FileCheck(extract, contract, layout, engine, received_on)
