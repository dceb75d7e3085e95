"""The rule that a person enters a cohort once."""

from typing import Literal

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.history import complete, quarter_of
from iom_analytics.measures.contracts import INDEX, START_TYPES


def one_entry(index: IbisTable, *, window: Literal["index", "quarter"] = "index") -> IbisTable:
    """One row per person: their first start in the window, the index's columns unchanged.

    The window is the whole `index` as given, or each three-month cohort in it, as in the Ministry's published series (a
    person then has a row in each quarter they started in). Of starts on one day custody is taken before a court order,
    that before a caution, and any of them before another type. Source: a person enters a cohort once, at the first
    start in its window (Ministry of Justice's guide, from memory: not confirmed).
    """
    complete(index, INDEX)  # raises where a column is missing
    quarter = quarter_of(index.start_date)
    rows = index.mutate(window_start=quarter if window == "quarter" else ibis.date("1900-01-01"))
    weight = rows.start_type.cases(*((name, place) for place, name in enumerate(START_TYPES)), else_=len(START_TYPES))
    others = [
        rows[name].asc()
        for name in ("start_type", "exit_date", "exit_reason", "expected_percent")
        if name in rows.columns
    ]
    first = ibis.window(group_by=["person_id", "window_start"], order_by=[rows.start_date, weight, *others])
    rows = rows.mutate(place=ibis.row_number().over(first))
    return rows.filter(rows.place == 0).drop("place", "window_start")
