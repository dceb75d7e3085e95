"""The check report of a file: how it was read, how many rows were accepted and held, and why."""

from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.tables.reading import ReadReport

EXAMPLES = 3


@dataclass(frozen=True)
class Tally:
    """How often one rule was broken in one field (`column` in the file), and the first lines where, with the value."""

    field: str
    column: str
    rule: str
    severity: str
    wrong: str
    what_to_do: str
    rows: int
    examples: tuple[tuple[int, str | None], ...]


@dataclass(frozen=True)
class CheckReport:
    """The check report, up to the last batch read. `warned` counts accepted rows with a warning.

    `tallies` has the problems that hold rows first, the most frequent of each kind first.
    """

    table: str
    received_on: date
    reading: ReadReport
    accepted: int = 0
    held: int = 0
    warned: int = 0
    tallies: tuple[Tally, ...] = ()

    @property
    def rows(self) -> int:
        return self.accepted + self.held

    def after(self, reading: ReadReport, accepted: pa.Table, problems: pa.Table, held: pa.Table) -> "CheckReport":
        """The report with one more batch in it."""
        lines = accepted["line"].combine_chunks()
        warned = problems.filter(pc.equal(problems["severity"], "warning"))["line"].combine_chunks()
        return replace(
            self,
            reading=reading,
            accepted=self.accepted + len(lines),
            held=self.held + held.num_rows,
            warned=self.warned + (pc.is_in(lines, value_set=warned).true_count if len(warned) else 0),
            tallies=with_problems(self.tallies, problems) if problems.num_rows else self.tallies,
        )


def with_problems(tallies: tuple[Tally, ...], problems: pa.Table) -> tuple[Tally, ...]:
    """The tallies with one batch's problems, in the order of their lines, added."""
    words = ["field", "column", "rule", "severity", "wrong", "what_to_do"]
    by_rule = {(tally.field, tally.column, tally.rule): tally for tally in tallies}
    for group in problems.group_by(words, use_threads=False).aggregate([("line", "count")]).to_pylist():
        name = (group["field"], group["column"], group["rule"])
        known = by_rule.get(name) or Tally(**{word: group[word] for word in words}, rows=0, examples=())
        examples = known.examples
        if len(examples) < EXAMPLES:
            these = pc.and_(
                pc.and_(pc.equal(problems["field"], name[0]), pc.equal(problems["column"], name[1])),
                pc.equal(problems["rule"], name[2]),
            )
            first = problems.filter(these).slice(0, EXAMPLES - len(examples)).to_pylist()
            examples += tuple((row["line"], row["value"]) for row in first)
        by_rule[name] = replace(known, rows=known.rows + group["line_count"], examples=examples)
    return tuple(sorted(by_rule.values(), key=lambda tally: (tally.severity, -tally.rows, tally.field, tally.rule)))
