"""Small-number suppression and rounding: the only way out for a published count.

Counts under the threshold never appear in anything that leaves the partnership. A table with totals can give away a
hidden count by subtraction, so more cells are hidden until nobody can work out, from what is shown, that a hidden small
count is smaller than the threshold says. Threshold 10 after the Justice Data Lab and the UK Longitudinal Linkage
Collaboration's output rules (both: no count under 10, with secondary suppression).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import numpy as np
import pyarrow as pa

from iom_analytics.errors import InputError

__all__ = ["SMALL", "TOTAL", "percent", "rounded", "suppress", "suppress_steps", "with_totals"]

SMALL = 10
TOTAL = "All"
EXACT = 1e-6  # of a count: what a solver may leave

Cell = tuple[str, ...]
Counts = dict[Cell, int]
Possible = dict[Cell, float]


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
    # For each small count a table that looks the same and in which it is not small: with one it is safe.
    twins: dict[Cell, Possible] = {}
    # One cell more at a time, until every small count is safe. It ends: at worst everything is hidden.
    while (gap := first_gap(counts, lines, hidden, small, threshold, twins)) is not None:
        hidden.add(gap)
    # What was hidden early may not be needed in the end: show again whatever can be, totals and large counts first.
    for cell in sorted(hidden - small, key=lambda cell: (-cell.count(TOTAL), -counts[cell], cell)):
        # A twin goes on looking the same only if it has the count that would be shown; what it lacks was shown then.
        own = counts[cell]
        still = {each: twin for each, twin in twins.items() if abs(twin.get(cell, own) - own) < EXACT}
        if first_gap(counts, lines, hidden - {cell}, small, threshold, still) is None:
            hidden.remove(cell)
            twins = still
    shown = write_counts(counts, count=count, by=by)
    is_hidden = pa.array([cell in hidden for cell in counts], pa.bool_())
    values = pa.array([None if cell in hidden else number for cell, number in counts.items()], pa.int64())
    return shown.set_column(len(by), count, values).append_column("suppressed", is_hidden)


def suppress_steps(
    groups: Mapping[str, Sequence[int]], of: Sequence[int], *, threshold: int = SMALL
) -> dict[str, tuple[int | None, ...]]:
    """How many of each group took each of some steps, and of all groups together ('All'), as may be published.

    `groups` has for each group how many there are, then how many took each step; `of` says for each step of which of
    the counts before it (0: of everybody in the group) these are a part. Who did not take a step is guarded like who
    did. None where a count may not be shown. Raises InputError where more took a step than there were.
    """
    everyone = {**groups, TOTAL: [sum(counts[step] for counts in groups.values()) for step in range(len(of) + 1)]}
    by = ["group", *(f"step {step}" for step in range(1, len(of) + 1))]
    path: list[dict[int, str]] = [{}]
    cells: dict[Cell, int] = {}

    def cell(group: str, taken: Mapping[int, str]) -> Cell:
        return (group, *(taken.get(step, TOTAL) for step in range(1, len(of) + 1)))

    for step, parent in enumerate(of, start=1):
        path.append({**path[parent], step: "yes"})
    for group, counts in everyone.items():
        cells[cell(group, {})] = counts[0]
        for step, parent in enumerate(of, start=1):
            if counts[step] > counts[parent]:
                raise InputError(f"In {group} more took step {step} than there were to take it.")
            cells[cell(group, path[step])] = counts[step]
            cells[cell(group, {**path[parent], step: "no"})] = counts[parent] - counts[step]
    safe = suppress(write_counts(cells, count="people", by=by), count="people", by=by, threshold=threshold)
    shown = {tuple(row[name] for name in by): row["people"] for row in safe.to_pylist()}
    return {group: tuple(shown[cell(group, taken)] for taken in path) for group in everyone}


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
    counts: Counts,
    lines: list[Line],
    hidden: set[Cell],
    small: frozenset[Cell],
    threshold: int,
    twins: dict[Cell, Possible],
) -> Cell | None:
    """A cell to hide next, because without it a small count could be bounded below the threshold; None if all is safe.

    Of the cells in a line with a hidden one: the smallest, so that the least is lost, and a total only where all else
    is hidden. `twins` has what was found before, which hiding more cannot undo; what is found here is added.
    """
    # One table shows many cells safe at once; what is left is looked for one by one.
    while (waiting := small - twins.keys()) and (
        found := twins_where_not_small(waiting, counts, lines, hidden, threshold)
    ):
        twins |= found
    for cell in sorted(small - twins.keys()):
        if found := twins_where_not_small({cell}, counts, lines, hidden, threshold):
            twins |= found
            continue
        near = {other for line in lines if hidden & set(line.cells) for other in line.cells} - hidden
        if near:
            return min(near, key=lambda other: (other.count(TOTAL), counts[other], other))
    return None


def twins_where_not_small(
    wanted: Collection[Cell], counts: Counts, lines: list[Line], hidden: set[Cell], threshold: int
) -> dict[Cell, Possible]:
    """Hidden values that add up to what is shown, none negative, for each of the `wanted` cells that reaches the
    threshold among them: the sum of all is made as great as it can be, so that of one alone they say for certain."""
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
    goal = np.zeros(len(unknown))
    goal[[place[cell] for cell in wanted]] = -1
    # More than the threshold is not needed, and so bounded there is always a greatest.
    bounds = [(0, threshold if name in wanted else None) for name in unknown]
    equations = {"A_eq": np.array(rows), "b_eq": np.array(knowns)} if rows else {}
    found = linprog(goal, bounds=bounds, method="highs", **equations)
    # The true counts are a solution, so there is one.
    assert found.status == 0, f"a table of counts has no solution: {found.message}"
    twin = dict(zip(unknown, found.x.tolist(), strict=True))
    return {cell: twin for cell in wanted if twin[cell] >= threshold - EXACT}


def rounded(count: float, *, base: int = 5) -> int:
    """The count to the nearest multiple of `base`; halves go up, and of what is under nought down."""
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
