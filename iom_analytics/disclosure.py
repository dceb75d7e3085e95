"""Small-number suppression and rounding: the only way out for a published count.

Counts under the threshold never appear in anything that leaves the partnership. A table with totals can give away a
hidden count by subtraction, so more cells are hidden until nobody can work out, from what is shown, that a hidden small
count is smaller than the threshold says. Threshold 10 after the Justice Data Lab and the UK Longitudinal Linkage
Collaboration's output rules (both: no count under 10, with secondary suppression).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import numpy as np
import pyarrow as pa

from iom_analytics.errors import InputError

__all__ = ["SMALL", "TOTAL", "percent", "rounded", "suppress", "with_totals"]

SMALL = 10
TOTAL = "All"

Cell = tuple[str, ...]
Counts = dict[Cell, int]


def with_totals(table: pa.Table, *, count: str, by: Sequence[str]) -> pa.Table:
    """The rows of a table of counts, every combination filled (0 where there is none), and the totals called 'All'.

    Returns the columns `by` (text) and `count`, in the order of the cells.
    """
    given = read_counts(table, count=count, by=by)
    levels = [sorted({cell[place] for cell in given}) for place in range(len(by))]
    counts: Counts = {}
    for cell in product(*([*level, TOTAL] for level in levels)):
        inside = [key for key in given if all(want in (TOTAL, has) for want, has in zip(cell, key, strict=True))]
        counts[cell] = sum(given[key] for key in inside)
    return write_counts(counts, count=count, by=by)


def suppress(table: pa.Table, *, count: str, by: Sequence[str], threshold: int = SMALL) -> pa.Table:
    """The table as it may be published: small counts empty, and with them whatever would give them away.

    One row per cell: the columns `by` (text; the value 'All' is a total over that column), `count`, empty where hidden,
    and `suppressed`. Small and secondary cells look the same. Raises InputError where totals do not add up, a cell is
    there twice, or a count is negative or missing.
    """
    counts = read_counts(table, count=count, by=by)
    lines = lines_of(counts)
    hidden = {cell for cell, number in counts.items() if number < threshold}
    small = frozenset(hidden)
    # One cell more at a time, until every small count is safe. It ends: at worst everything is hidden.
    while (gap := first_gap(counts, lines, hidden, small, threshold)) is not None:
        hidden.add(gap)
    # What was hidden early may not be needed in the end: show again whatever can be, totals and large counts first.
    for cell in sorted(hidden - small, key=lambda cell: (-cell.count(TOTAL), -counts[cell], cell)):
        if first_gap(counts, lines, hidden - {cell}, small, threshold) is None:
            hidden.remove(cell)
    shown = write_counts(counts, count=count, by=by)
    is_hidden = pa.array([cell in hidden for cell in counts], pa.bool_())
    values = pa.array([None if cell in hidden else number for cell, number in counts.items()], pa.int64())
    return shown.set_column(len(by), count, values).append_column("suppressed", is_hidden)


@dataclass(frozen=True)
class Line:
    """A total and the cells that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.total, *self.parts)


def lines_of(counts: Counts) -> list[Line]:
    """Every total of the table with its parts: over each column, with the other columns held."""
    lines = []
    for cell in counts:
        for place, value in enumerate(cell):
            if value != TOTAL:
                continue
            parts = tuple(
                other
                for other in counts
                if other[place] != TOTAL and other[:place] + other[place + 1 :] == cell[:place] + cell[place + 1 :]
            )
            if not parts:
                continue
            if sum(counts[part] for part in parts) != counts[cell]:
                raise InputError(
                    f"The total of {' / '.join(cell)} is {counts[cell]}, but its parts do not add up to it."
                )
            lines.append(Line(cell, parts))
    return lines


def first_gap(
    counts: Counts, lines: list[Line], hidden: set[Cell], small: frozenset[Cell], threshold: int
) -> Cell | None:
    """A cell to hide next, because without it a small count could be bounded below the threshold; None if all is safe.

    Of the cells in a line with a hidden one: the smallest, so that the least is lost, and a total only where all else
    is hidden.
    """
    for cell in sorted(small):
        if greatest_possible(cell, counts, lines, hidden) >= threshold:
            continue
        near = {other for line in lines if hidden & set(line.cells) for other in line.cells} - hidden
        if near:
            return min(near, key=lambda other: (other.count(TOTAL), counts[other], other))
    return None


def greatest_possible(cell: Cell, counts: Counts, lines: list[Line], hidden: set[Cell]) -> float:
    """The largest value a hidden cell can have, as far as the cells shown tell: counts are not negative and add up."""
    from scipy.optimize import linprog  # takes a second to import, which commands without it should not

    unknown = sorted(hidden)
    place = {name: number for number, name in enumerate(unknown)}
    rows, knowns = [], []
    for line in lines:
        if not hidden & set(line.cells):
            continue
        row = np.zeros(len(unknown))
        known = 0
        for sign, name in ((-1, line.total), *((1, part) for part in line.parts)):
            if name in place:
                row[place[name]] += sign
            else:
                known -= sign * counts[name]
        rows.append(row)
        knowns.append(known)
    if not rows:
        return np.inf
    goal = np.zeros(len(unknown))
    goal[place[cell]] = -1
    found = linprog(goal, A_eq=np.array(rows), b_eq=np.array(knowns), bounds=(0, None), method="highs")
    # The true counts are a solution, so there is one; status 3 says that nothing bounds the cell.
    assert found.status in (0, 3), f"a table of counts has no solution: {found.message}"
    return np.inf if found.status == 3 else float(-found.fun) + 1e-6


def rounded(count: int, *, base: int = 5) -> int:
    """The count to the nearest multiple of `base`; halves go up."""
    return base * int((Decimal(count) / base).quantize(Decimal(1), ROUND_HALF_UP))


def percent(count: int | None, of: int | None, *, threshold: int = SMALL) -> float | None:
    """The percentage as it may be published; None where either count, or what is left of the whole, may not be.

    Whole per cents where there are fewer than 100 to be a percentage of, so that it does not give the count away.
    """
    if count is None or of is None or count < threshold or of - count < threshold:
        return None
    places = Decimal(1) if of < 100 else Decimal("0.1")
    return float((Decimal(count) * 100 / Decimal(of)).quantize(places, ROUND_HALF_UP))


def read_counts(table: pa.Table, *, count: str, by: Sequence[str]) -> Counts:
    """The cells of a table of counts. Raises InputError where one is there twice, negative, missing or broken."""
    counts: Counts = {}
    for row in table.select([*by, count]).to_pylist():
        cell = tuple(str(row[name]) for name in by)
        number = row[count]
        if cell in counts:
            raise InputError(f"The cell {' / '.join(cell)} is in the table twice.")
        if number is None or number < 0 or number != int(number):
            raise InputError(f"The count of {' / '.join(cell)} is {number}; it must be a whole number, 0 or more.")
        counts[cell] = int(number)
    return counts


def write_counts(counts: Counts, *, count: str, by: Sequence[str]) -> pa.Table:
    columns = {name: pa.array([cell[place] for cell in counts], pa.string()) for place, name in enumerate(by)}
    return pa.table({**columns, count: pa.array(list(counts.values()), pa.int64())})
