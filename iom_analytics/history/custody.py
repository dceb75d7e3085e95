"""Custody at a date: who is inside, since when, and how many days of the last months were spent there."""

from datetime import date

import ibis
from ibis.expr.types import DateValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.history.dates import as_date, days_between, months_before
from iom_analytics.history.occasions import person_and_date
from iom_analytics.history.records import complete
from iom_analytics.tables import CUSTODY_SPELLS, SANCTIONS

WINDOWS = (12, 24)


def custody_at(spells: IbisTable, *, on: date | IbisTable) -> IbisTable:
    """One row per person (and date) with a spell that began by `on`.

    `in_custody`, `last_release_date` (the last one by `on`), `custody_days_12m` and `custody_days_24m`: days inside in
    the 12 and 24 months before `on`. Spells are half-open; days that two spells share count once.

        on - 24m                      on - 12m                          on
           |        [---------)          |      [-----)                  |
           |             [------)        |         [------------)        |    two overlapping pairs
           |        <----------->        |      <--------------->        |    counted once each
    """
    known = complete(spells, CUSTODY_SPELLS).select("person_key", "start_date", "end_date")
    if not isinstance(on, date):
        known = known.inner_join(on.select("person_key", "on").distinct(), "person_key")
    at = on_date(known, on)
    known = known.filter(known.start_date <= at)
    at = on_date(known, on)
    known = known.mutate(until=ibis.least(known.end_date.fill_null(at), at))
    keys = person_and_date(known)
    # The furthest end of the spells before this one: what it covers already is not counted again.
    before = ibis.window(group_by=keys, order_by=["start_date", "until"], preceding=(None, 1))
    known = known.mutate(covered_until=known.until.max().over(before))
    at = on_date(known, on)
    new_from = ibis.greatest(known.start_date, known.covered_until.fill_null(known.start_date))
    days = {
        f"custody_days_{months}m": ibis.greatest(
            days_between(ibis.greatest(new_from, months_before(on_value(known, on), months)), known.until), 0
        )
        .sum()
        .cast("int64")
        for months in WINDOWS
    }
    is_inside = known.end_date.isnull() | (known.end_date > at)
    return known.group_by(*keys).aggregate(
        in_custody=is_inside.any(), last_release_date=known.end_date.max(where=known.end_date <= at), **days
    )


def sentenced_spells(sanctions: IbisTable) -> IbisTable:
    """Custody as the sanctions tell it, for who has no custody feed: from the sentence to its release date.

    A custodial sentence without a release date says nothing about where the person is, and is left out.
    """
    rows = complete(sanctions, SANCTIONS)
    rows = rows.filter((rows.disposal == "custody") & rows.release_date.notnull())
    return rows.select("person_key", start_date=rows.sanction_date, end_date=rows.release_date)


def on_value(table: IbisTable, on: date | IbisTable) -> date | DateValue:
    """The date of each row: the one date of all, or the column `on`."""
    return on if isinstance(on, date) else table.on


def on_date(table: IbisTable, on: date | IbisTable) -> DateValue:
    """The same, as an expression."""
    return as_date(on_value(table, on))
