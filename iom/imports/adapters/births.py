"""What a file of events cannot show by itself: that something happened before the person was born, or too young.

The births are those that the feed's own system has told us. A person it has not told us of yet is not missed here.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.tables import check_against_persons
from iom_analytics.tables.checking import reasons
from iom_analytics.tables.contract import Table
from iom_analytics.tables.held import held_schema, restored
from iom_analytics.tables.judging import Check
from iom_analytics.tables.layouts import Layout
from iom_analytics.tables.reading import Extract
from iom_analytics.tables.reports import CheckReport, Tally, with_problems
from iom_analytics.tables.validation import PROBLEMS


class AgainstBirths:
    """The check of accepted rows against `births` (`source_id`, `date_of_birth`).

    Of each row that fails it keeps two numbers, the line and which checks, so that memory stays small.
    """

    def __init__(self, contract: Table, layout: Layout, *, births: pa.Table, engine: Engine) -> None:
        self.contract = contract
        self.layout = layout
        self.engine = engine
        source = pa.repeat(pa.scalar(layout.constants["source"]), births.num_rows)
        self.persons = engine.from_arrow(births.append_column("source", source), "births")
        self.run: Callable[[pa.Table], pa.Table] | None = None
        self.checks: list[Check] = []
        self.tallies: tuple[Tally, ...] = ()
        self.lines = self.broken = np.array([], np.int64)

    def possible(self, accepted: pa.Table) -> pa.Table:
        """Those of some accepted rows that can be true."""
        self.run = self.run or self.engine.prepared(accepted.schema, self.query)
        found = self.run(accepted).cast(PROBLEMS).sort_by("line")
        columns = [self.layout.column_of(field) for field in found["field"].to_pylist()]
        found = found.set_column(2, "column", pa.array(columns, pa.string()))
        self.tallies = with_problems(self.tallies, found)
        lines = accepted["line"].to_numpy()
        broken = np.zeros(len(lines), np.int64)
        for kind in found.group_by(PROBLEMS.names[1:3] + PROBLEMS.names[4:]).aggregate([("line", "list")]).to_pylist():
            failing = np.isin(lines, kind.pop("line_list"))
            broken |= failing.astype(np.int64) << self.bit_of(Check(0, **kind))
        bad = broken > 0
        self.lines = np.concatenate([self.lines, lines[bad]])
        self.broken = np.concatenate([self.broken, broken[bad]])
        return accepted.filter(pa.array(~bad))

    def query(self, rows: IbisTable) -> IbisTable:
        found = check_against_persons(rows, self.persons, self.contract)
        return found.filter(found.rule != "no_such_person")

    def bit_of(self, check: Check) -> int:
        if check not in self.checks:
            self.checks.append(check)
        return self.checks.index(check)

    def held(self, extract: Extract) -> Iterator[pa.Table]:
        """The rows that failed as they were sent, from a second reading of the file: as in `held_schema`."""
        schema = held_schema(extract.columns)
        places = [extract.columns.index(name) for name in schema.names[3:-1]]
        for batch in extract.batches():
            mask = np.isin(batch.lines.to_numpy(), self.lines)
            if not mask.any():
                continue
            lines = batch.lines.filter(pa.array(mask))
            kinds, which = np.unique(self.broken[np.searchsorted(self.lines, lines.to_numpy())], return_inverse=True)
            words = [reasons([check for bit, check in enumerate(self.checks) if kind >> bit & 1]) for kind in kinds]
            why = [pa.array([pair[part] for pair in words], pa.string()).take(pa.array(which)) for part in (0, 1)]
            sent = [batch.rows.column(place).filter(pa.array(mask)) for place in places]
            texts = [restored(text) if extract.report.mended else text for text in sent]
            yield pa.table([lines, *why, *texts, pa.repeat(pa.scalar(""), len(lines))], schema=schema)

    def told(self, report: CheckReport) -> CheckReport:
        """The report with these rows held as well."""
        rows = len(self.lines)
        return replace(
            report,
            accepted=report.accepted - rows,
            held=report.held + rows,
            tallies=tuple(sorted((*report.tallies, *self.tallies), key=lambda tally: (tally.severity, -tally.rows))),
        )
