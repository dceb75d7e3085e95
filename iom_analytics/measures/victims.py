"""How many people suffer crime, and how many suffer it again. Counts only; nobody here has a name or a number.

A count of a month says how many people suffered that month. Summed over months it counts whoever suffered in two of
them twice, so it is called `victimisations`, and no share of the public can be made from it.
"""

from datetime import date

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.disclosure import TOTAL, percent
from iom_analytics.history import complete, month_of
from iom_analytics.measures import intervals
from iom_analytics.measures.area import PLACE, Cell, Window, compared, margins, published, unreached
from iom_analytics.tables import VICTIMS

AGAIN, ONCE = "again", "once"
COLUMNS = pa.schema(
    [
        ("area", pa.string()),
        ("crime_type", pa.string()),
        ("victimisations", pa.int64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("repeated", pa.int64()),
        ("repeated_percent", pa.float64()),
        ("repeated_low", pa.float64()),
        ("repeated_high", pa.float64()),
        ("victimisations_before", pa.int64()),
        ("ratio", pa.float64()),
        ("ratio_low", pa.float64()),
        ("ratio_high", pa.float64()),
        ("says", pa.string()),
    ]
)


def victims(victim_counts: IbisTable, *, until: date) -> pa.Table:
    """One row per area (type 'All'), per type of crime (area 'All') and of the whole: the 12 months before `until`.

    `victimisations` with the 95% interval of a Poisson count; `repeated` of them by people who had suffered such a
    crime in the year before, with the share in per cent and its Wilson interval (empty where somebody does not
    count repeats);
    `victimisations_before` of the 12 months before, the `ratio` of the daily rates with its interval, and what that
    `says`, as in `crime_trend`. Counts under 10, and whatever would give them away, are empty. `victim_counts` keeps
    the contract VICTIMS. Raises InputError where `until` is not the first of a month, a required column is missing, or
    no area reaches over the 24 months.
    """
    window = Window(until)
    rows = complete(victim_counts, VICTIMS)
    rows = rows.mutate(month=month_of(rows.month))
    now, before = (
        summed(rows, start, end) for start, end in ((window.start, window.until), (window.before, window.start))
    )
    places = {*now, *before}
    if not places:
        return COLUMNS.empty_table()
    unsaid = unreached(rows.select("area", "month", number="victims"), window, table="victims")
    shown, shown_before = (
        margins({cell: people for cell, (people, _) in each.items()}, places) for each in (now, before)
    )
    again = repeats(now, places)
    found = []
    for cell in sorted({*shown, *shown_before}):
        people = shown.get(cell)
        row: dict[str, object] = dict(zip(PLACE, cell, strict=True)) | dict.fromkeys(COLUMNS.names[2:])
        row |= {"victimisations": people, "victimisations_before": shown_before.get(cell)}
        row |= compared(people, shown_before.get(cell), window, reaches=cell[0] not in unsaid)
        if people is not None:
            row["low"], row["high"] = intervals.of_count(people)
            row |= repeated(again.get(cell), people)
        found.append(row)
    return pa.Table.from_pylist(found, schema=COLUMNS)


def repeated(again: int | None, people: int) -> dict[str, object]:
    share = percent(again, people)
    if again is None or share is None:
        return {}
    low, high = intervals.of_share(again / people, people)
    return {"repeated": again, "repeated_percent": share, "repeated_low": 100 * low, "repeated_high": 100 * high}


def repeats(now: dict[Cell, tuple[int, int | None]], places: set[Cell]) -> dict[Cell, int | None]:
    """Who suffered again: of each area, and of each type of crime, as far as it may be shown; of no area and type.

    Each is published beside who did not, so that neither gives the other away. Where the whole is hidden in the first
    table, the second is left out: its parts would add up to it.
    """
    if any(again is None for _, again in now.values()):
        return {}
    parts = {AGAIN: {cell: again or 0 for cell, (_, again) in now.items()}}
    parts[ONCE] = {cell: people - parts[AGAIN][cell] for cell, (people, _) in now.items()}
    found: dict[Cell, int | None] = {}
    for place, name in enumerate(PLACE):
        levels = sorted({cell[place] for cell in places})
        table = pa.table(
            {
                name: [level for _ in parts for level in levels],
                "again": [kind for kind in parts for _ in levels],
                "crimes": [
                    sum(number for cell, number in counts.items() if cell[place] == level)
                    for counts in parts.values()
                    for level in levels
                ],
            }
        )
        shown = published(table, count="crimes", by=(name, "again"))
        if place and found[TOTAL, TOTAL] is None:
            break
        for level in (*levels, TOTAL):
            found[(level, TOTAL) if place == 0 else (TOTAL, level)] = shown[level, AGAIN]
    return found


def summed(rows: IbisTable, start: date, end: date) -> dict[Cell, tuple[int, int | None]]:
    """By area and type: people of all months, and of them those again; None where a month does not count them."""
    inside = rows.filter((rows.month >= ibis.date(start)) & (rows.month < ibis.date(end)))
    found = inside.group_by(*PLACE).aggregate(
        people=inside.victims.sum(),
        again=inside.repeat_victims.sum(),
        without=inside.repeat_victims.isnull().sum(),
    )
    return {
        (row["area"], row["crime_type"]): (row["people"], None if row["without"] else row["again"])
        for row in found.to_pyarrow().to_pylist()
    }
