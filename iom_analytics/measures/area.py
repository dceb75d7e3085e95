"""What a place suffers, and how it changes: recorded crime and its harm by type and area, the trend, and the share of
proven offences committed by the people of a cohort.

Recorded crime is what is reported and written down, so it moves with reporting, with recording and with how closely
people are watched. It describes a place. It is never by itself what a scheme has done. Everything here has passed
`disclosure`: counts under 10, offences of fewer than 10 people, and what would give them away are empty.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.disclosure import SMALL, TOTAL, percent, suppress, with_totals
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import complete, known_offences, months_before, recorded_crimes
from iom_analytics.measures import intervals
from iom_analytics.tables import PERSONS

PLACE = ("area", "crime_type")
MORE, FEWER, NO_CHANGE, TOO_FEW = "more", "fewer", "no change can be told", "too few to say"
DOES_NOT_REACH = "record does not reach"
# An area without a crime for so long that this many were to be expected is silent by chance once in twenty times.
SILENT = 3
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """The 12 months that end before `until` (the first of a month), and the 12 before those."""

    until: date

    def __post_init__(self) -> None:
        if self.until.day != 1:
            raise InputError(f"Recorded crime is counted in whole months: give the first of a month, not {self.until}.")

    @property
    def start(self) -> date:
        return self.until.replace(year=self.until.year - 1)

    @property
    def before(self) -> date:
        return self.until.replace(year=self.until.year - 2)

    @property
    def days(self) -> int:
        return (self.until - self.start).days

    @property
    def days_before(self) -> int:
        return (self.start - self.before).days


def crime_profile(engine: Engine, crimes: IbisTable, *, until: date) -> pa.Table:
    """One row per area and type of crime, with the totals called 'All': the 12 months before `until`.

    `area`, `crime_type`, `crimes`, `percent` of the area's crimes, `harm_low` and `harm_high` in days, `suppressed`.
    What may not be shown is empty. Harm counts the crimes in cells that are shown and that the index weighs: a total
    leaves out what is hidden, which could else be worked out from its weight. `crimes` keeps the contract
    RECORDED_CRIMES. Raises InputError where `until` is not the first of a month or a required column is missing.
    """
    window = Window(until)
    rows = between(recorded_crimes(engine, crimes), window.start, window.until)
    counted = rows.group_by(*PLACE).aggregate(
        crimes=rows.count(), low=rows.harm_low.sum().fill_null(0.0), high=rows.harm_high.sum().fill_null(0.0)
    )
    cells = counted.to_pyarrow()
    shown = published(cells.select([*PLACE, "crimes"]), count="crimes", by=PLACE)
    harm = {(row["area"], row["crime_type"]): (row["low"], row["high"]) for row in cells.to_pylist()}
    safe = {cell: days for cell, days in harm.items() if shown[cell] is not None}
    found = []
    for cell, number in shown.items():
        inside = [days for inner, days in safe.items() if is_inside(inner, cell)]
        row = dict(zip(PLACE, cell, strict=True)) | {
            "crimes": number,
            "percent": percent(number, shown[cell[0], TOTAL]) if cell[1] != TOTAL else None,
            "harm_low": None if number is None else float(sum(low for low, _ in inside)),
            "harm_high": None if number is None else float(sum(high for _, high in inside)),
            "suppressed": number is None,
        }
        found.append(row)
    return pa.Table.from_pylist(found, schema=PROFILE)


PROFILE = pa.schema(
    [
        ("area", pa.string()),
        ("crime_type", pa.string()),
        ("crimes", pa.int64()),
        ("percent", pa.float64()),
        ("harm_low", pa.float64()),
        ("harm_high", pa.float64()),
        ("suppressed", pa.bool_()),
    ]
)


def crime_trend(engine: Engine, crimes: IbisTable, *, until: date) -> pa.Table:
    """One row per area (type 'All'), per type of crime (area 'All') and of the whole: 12 months beside the 12 before.

    `area`, `crime_type`, `crimes`, `crimes_before`, `ratio` of the daily rates with its 95% interval (`ratio_low`,
    `ratio_high`), and what that `says`: 'more', 'fewer', 'no change can be told', 'too few to say' where either count
    is under 10 or may not be shown, or 'record does not reach' where an area, or one that belongs to the whole, begins
    late or ends early (`unreached`). A change is no effect of anything. Raises InputError as `crime_profile` does, and
    where no area reaches over the 24 months.
    """
    window = Window(until)
    rows = recorded_crimes(engine, crimes)
    unsaid = unreached(rows.select("area", "month", number=1), window, table="recorded crime")
    now = counted(between(rows, window.start, window.until))
    before = counted(between(rows, window.before, window.start))
    shown_now, shown_before = (margins(each, {*now, *before}) for each in (now, before))
    found = [
        dict(zip(PLACE, cell, strict=True))
        | {"crimes": shown_now.get(cell), "crimes_before": shown_before.get(cell)}
        | compared(shown_now.get(cell), shown_before.get(cell), window, reaches=cell[0] not in unsaid)
        for cell in sorted({*shown_now, *shown_before})
    ]
    return pa.Table.from_pylist(found, schema=TREND)


TREND = pa.schema(
    [
        ("area", pa.string()),
        ("crime_type", pa.string()),
        ("crimes", pa.int64()),
        ("crimes_before", pa.int64()),
        ("ratio", pa.float64()),
        ("ratio_low", pa.float64()),
        ("ratio_high", pa.float64()),
        ("says", pa.string()),
    ]
)


def crime_by_month(engine: Engine, crimes: IbisTable, *, until: date, months: int = 24) -> pa.Table:
    """One row per area ('All' for the whole) and month of the `months` before `until`.

    `area`, `month`, `crimes`, and `rolling`: the crimes of the 12 months that end with it, empty where the table does
    not reach back so far or ends before. Counts under 10 are empty, and with them whatever would give them away
    between areas.
    """
    Window(until)
    rows = recorded_crimes(engine, crimes)
    first, last = (end.to_pyarrow().as_py() for end in (rows.month.min(), rows.month.max()))
    per_month = {
        (row["area"], row["month"]): row["crimes"]
        for row in rows.group_by("area", "month").aggregate(crimes=rows.count()).to_pyarrow().to_pylist()
    }
    areas = sorted({area for area, _ in per_month})
    found = []
    for turn in range(months, 0, -1):
        month = months_back(until, turn)
        year = [months_back(until, turn + back) for back in range(12)]
        here = {area: per_month.get((area, month), 0) for area in areas}
        sums = {area: sum(per_month.get((area, each), 0) for each in year) for area in areas}
        shown, rolling = (
            published(pa.table({"area": list(each), "crimes": list(each.values())}), count="crimes", by=("area",))
            for each in (here, sums)
        )
        whole_year = first is not None and first <= year[-1] and month <= last
        for cell, number in shown.items():
            found.append(
                {
                    "area": cell[0],
                    "month": month,
                    "crimes": number,
                    "rolling": rolling[cell] if whole_year else None,
                }
            )
    found.sort(key=lambda row: (row["area"], row["month"]))
    return pa.Table.from_pylist(found, schema=BY_MONTH)


BY_MONTH = pa.schema([("area", pa.string()), ("month", pa.date32()), ("crimes", pa.int64()), ("rolling", pa.int64())])


def share_in_scope(
    engine: Engine, sanctions: IbisTable, persons: IbisTable, in_scope: IbisTable, *, on: date, months: int = 12
) -> pa.Table:
    """One row per area where people live ('All' for the whole): proven offences, and whose they are.

    `area`, `offences` sanctioned in the `months` to `on`, `in_scope` of them by the people in scope (a table with
    `person_key`: members, candidates, whoever is asked about), and `percent`. A figure is empty where fewer than 10
    people are behind it, or behind what it would give away beside the others: one person can have many offences. It is
    a share of what was detected and proven, not of crime: most crime has no known offender, and who is watched is
    caught more often.
    """
    homes = complete(persons, PERSONS).select("person_key", area=ibis._.area.fill_null("Not known"))
    offences = known_offences(engine, sanctions, on=on)
    offences = offences.filter(offences.sanction_date > months_before(on, months)).inner_join(homes, "person_key")
    people = in_scope.select("person_key").distinct().mutate(chosen=True)
    offences = offences.left_join(people, "person_key")
    who = ibis.ifelse(offences.chosen.fill_null(False), "in scope", "others")
    counts = (
        offences.mutate(who=who)
        .group_by("area", "who")
        .aggregate(offences=lambda t: t.count(), people=lambda t: t.person_key.nunique())
        .to_pyarrow()
    )
    if not counts.num_rows:
        return SHARE.empty_table()
    both = {(area, who): (0, 0) for area in counts["area"].to_pylist() for who in ("in scope", "others")}
    both |= {(row["area"], row["who"]): (row["offences"], row["people"]) for row in counts.to_pylist()}
    table = pa.table(
        {
            "area": [cell[0] for cell in both],
            "who": [cell[1] for cell in both],
            "offences": [each[0] for each in both.values()],
            "people": [each[1] for each in both.values()],
        }
    )
    by = ("area", "who")
    # A person lives in one area and is in scope or not, so people add up as offences do, and what hides a small number
    # of them hides their offences: whatever can be worked out from the rest is of ten people or more.
    safe = published(table, count="people", by=by)
    totals = with_totals(table, count="offences", by=by).to_pylist()
    offences_of = {(row["area"], row["who"]): row["offences"] for row in totals}
    shown = {cell: number if safe[cell] is not None else None for cell, number in offences_of.items()}
    areas = list(dict.fromkeys(cell[0] for cell in shown))
    rows = [
        {
            "area": area,
            "offences": shown[area, TOTAL],
            "in_scope": shown[area, "in scope"],
            "percent": percent(shown[area, "in scope"], shown[area, TOTAL]),
        }
        for area in areas
    ]
    return pa.Table.from_pylist(rows, schema=SHARE)


SHARE = pa.schema(
    [("area", pa.string()), ("offences", pa.int64()), ("in_scope", pa.int64()), ("percent", pa.float64())]
)


def between(rows: IbisTable, start: date, end: date) -> IbisTable:
    return rows.filter((rows.month >= ibis.date(start)) & (rows.month < ibis.date(end)))


def unreached(rows: IbisTable, window: Window, *, table: str) -> set[str]:
    """The areas whose record does not cover the window whole, and 'All' where one of them has 10 or more.

    `rows` have `area`, `month` and `number`. An area begins late, or ends early, where it is silent for so long at that
    end that 3 or more were to be expected by its own mean: a quiet area is not taken for a missing one. A month that is
    there in part counts as there. Raises InputError, saying what the table holds, where no area has the first or the
    last month of the window.
    """
    inside = between(rows, window.before, window.until)
    areas = inside.group_by("area").aggregate(
        number=inside.number.sum(), first=inside.month.min(), last=inside.month.max()
    )
    found = areas.to_pyarrow().to_pylist()
    first, last = (end((row[name] for row in found), default=None) for end, name in ((min, "first"), (max, "last")))
    final = months_back(window.until, 1)
    if first is None or last is None or first > window.before or last < final:
        held = "nothing of them" if first is None else f"of them only {first:%B %Y} to {last:%B %Y}"
        years = f"from {window.before:%B %Y} on to {final:%B %Y}"
        raise InputError(f"Two years are compared, {years}: the table of {table} holds {held}.")
    gone = {row["area"]: row["number"] for row in found if is_silent(row, window.before, final)}
    return {*gone, *({TOTAL} if any(number >= SMALL for number in gone.values()) else ())}


def is_silent(area: dict[str, Any], first: date, final: date) -> bool:
    """Whether an area is missing at either end for longer than chance would have it."""
    longest = max(months_apart(first, area["first"]), months_apart(area["last"], final))
    return bool(area["number"] * longest >= SILENT * (months_apart(first, final) + 1))


def counted(rows: IbisTable) -> dict[Cell, int]:
    found = rows.group_by(*PLACE).aggregate(crimes=rows.count()).to_pyarrow().to_pylist()
    return {(row["area"], row["crime_type"]): row["crimes"] for row in found}


def margins(counts: dict[Cell, int], places: set[Cell]) -> dict[Cell, int | None]:
    """The totals of each area, of each type of crime and of the whole, None where they may not be shown.

    Two tables with one whole. Where that is hidden in the first, the second is left out: its parts would add up to it.
    """
    found: dict[Cell, int | None] = {}
    for at, name in enumerate(PLACE):
        levels = sorted({cell[at] for cell in places})
        sums = [sum(number for cell, number in counts.items() if cell[at] == level) for level in levels]
        table = pa.table({name: pa.array(levels, pa.string()), "crimes": pa.array(sums, pa.int64())})
        if at and found[TOTAL, TOTAL] is None:
            break
        for (level,), number in published(table, count="crimes", by=(name,)).items():
            found.setdefault((level, TOTAL) if at == 0 else (TOTAL, level), number)
    return found


def published(table: pa.Table, *, count: str, by: tuple[str, ...]) -> dict[Cell, int | None]:
    """The counts with their totals, by cell, None where they may not be shown."""
    rows = suppress(with_totals(table, count=count, by=by), count=count, by=by).to_pylist()
    return {tuple(row[name] for name in by): row[count] for row in rows}


def is_inside(cell: Cell, total: Cell) -> bool:
    return all(want in (TOTAL, has) for want, has in zip(total, cell, strict=True))


def compared(now: int | None, before: int | None, window: Window, *, reaches: bool) -> dict[str, object]:
    """The ratio of two daily rates with its interval, and what it says; empty where either count is small or hidden, or
    the record does not reach over both years.
    """
    if not reaches or now is None or before is None or min(now, before) < SMALL:
        why = TOO_FEW if reaches else DOES_NOT_REACH
        return {"ratio": None, "ratio_low": None, "ratio_high": None, "says": why}
    low, high = intervals.of_ratio(now, before, now_days=window.days, before_days=window.days_before)
    ratio = now / window.days / (before / window.days_before)
    says = MORE if low > 1 else FEWER if high < 1 else NO_CHANGE
    return {"ratio": ratio, "ratio_low": low, "ratio_high": high, "says": says}


def months_back(day: date, months: int) -> date:
    """The first of the month so many before that of `day`."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def months_apart(first: date, last: date) -> int:
    """Whole months from one first of a month to another."""
    return (last.year - first.year) * 12 + last.month - first.month
