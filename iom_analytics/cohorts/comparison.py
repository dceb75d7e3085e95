"""What if: two versions of a scheme on the same people and date, and who enters and leaves the list."""

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.cohorts.ranking import Ranking
from iom_analytics.errors import InputError


def what_if(before: Ranking, after: Ranking) -> IbisTable:
    """One row per person who is within capacity under either: how that changes.

    `person_key`, `change` (enters, leaves, stays), and `rank`, `points`, `strand` and `eligible` under each
    (`rank_before`, `rank_after` ...), with the criteria that `after` finds not met (`reasons_after`).
    Raises InputError where the two were not ranked on the same date.
    """
    if before.on != after.on:
        raise InputError(f"The rankings are of different dates, {before.on} and {after.on}: nothing to compare.")
    columns = ("rank", "points", "strand", "eligible", "within_capacity")
    old = before.ranked.select("person_key", **{f"{name}_before": before.ranked[name] for name in columns})
    new = after.ranked.select("person_key", **{f"{name}_after": after.ranked[name] for name in (*columns, "reasons")})
    both = old.inner_join(new, "person_key")
    both = both.filter(both.within_capacity_before | both.within_capacity_after)
    change = ibis.cases(
        (both.within_capacity_before & both.within_capacity_after, "stays"),
        (both.within_capacity_after, "enters"),
        else_="leaves",
    )
    return both.mutate(change=change).drop("within_capacity_before", "within_capacity_after")


def changes(comparison: IbisTable) -> pa.Table:
    """`change` and how many `people`, always all three: enters, leaves, stays."""
    counted = comparison.group_by("change").aggregate(people=comparison.count()).to_pyarrow().to_pylist()
    found = {row["change"]: row["people"] for row in counted}
    names = ["enters", "leaves", "stays"]
    return pa.table({"change": names, "people": pa.array([found.get(name, 0) for name in names], pa.int64())})
