"""Those who joined, each with the chance of reoffending that a score gave as they joined, and whether they did.

One at a time, as their outcomes become final: what `watching` and `areas` are made of. Of each person the first joining
counts, as in `cohort_study`, and the score is that of the day before the month of joining. Who joined in custody or had
no score is not among them: nobody could say what was to be expected.
"""

from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table as IbisTable
from scipy.special import logit

from iom_analytics import measures
from iom_analytics.disclosure import SMALL
from iom_analytics.engine import Engine
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.cohort_study import (
    ENTRIES,
    RECENT_MONTHS,
    as_known,
    firsts,
    is_adult,
    is_recent,
)
from iom_analytics.evaluation.expected import MINIMUM_REFERENCE, fitted_line
from iom_analytics.history import Records, complete, month_of

SURE = 0.001  # a score is taken to be no surer than this, one way or the other
CASES = ("person_key", "started_on", "final_on", "area", "probability", "reoffended")


def managed(engine: Engine, records: Records, entries: IbisTable, *, known_to: date) -> pa.Table:
    """A row for each whose outcome is final by `known_to`: `CASES`, in the order in which outcomes became final.

    `probability` is the score's own, fitted to nobody here. `entries` are in `cohort_study.ENTRIES`; of whom they are
    `asked_of` counts, if that was their first time in any cohort.
    """
    begun = engine.cache(firsts(complete(entries, ENTRIES)), "begun")
    joined = begun.filter(begun.first_asked).select("person_key", started_on="first_joined")
    joined = engine.cache(joined.mutate(month=month_of(joined.started_on)), "joined")
    # Of them alone: everybody in each month of joining would be many rows for nothing.
    own = replace(records, persons=engine.cache(records.persons.semi_join(joined, "person_key"), "own"))
    known = as_known(engine, own, joined.select("month").distinct())
    known = known.inner_join(joined, ["person_key", "month"], rname="of_{name}")
    return followed(engine, records, known.filter(countable(known)), known_to=known_to)


def never_joined(engine: Engine, records: Records, entries: IbisTable, *, month: date, known_to: date) -> pa.Table:
    """Who could have joined in a month and had joined nothing by its end, followed from its first day: `CASES`.

    Adults at liberty with a sanction in the two years before, as in a cohort's comparison. Who joins later stays.
    """
    begun = firsts(complete(entries, ENTRIES)).select(who="person_key", first_joined="first_joined")
    known = as_known(engine, records, engine.from_arrow(pa.table({"month": pa.array([month], pa.date32())}), "month"))
    known = known.left_join(begun, known.person_key == begun.who)
    is_free = known.first_joined.isnull() | (month_of(known.first_joined) > known.month)
    known = known.filter(is_free & countable(known) & is_recent(known, RECENT_MONTHS))
    return followed(engine, records, known.mutate(started_on=known.month), known_to=known_to)


def countable(known: IbisTable) -> ibis.Value:
    return is_adult(known) & ~known.in_custody & known.expected_percent.notnull()


def followed(engine: Engine, records: Records, known: IbisTable, *, known_to: date) -> pa.Table:
    """What followed for each, where it is final."""
    score = (known.expected_percent / 100).clip(SURE, 1 - SURE)
    index = known.select(
        "area",
        person_id="person_key",
        start_date="started_on",
        start_type=ibis.literal("cohort"),
        probability=score.cast("float64"),
    )
    found = measures.proven_reoffending(
        engine,
        index=engine.cache(index, "followed"),
        events=records.sanctions.rename(person_id="person_key"),
        known_to=known_to,
    )
    found = found.filter(found.is_mature)
    rows = found.select(
        "area", "probability", "reoffended", person_key="person_id", started_on="start_date", final_on="proof_end"
    )
    return rows.select(*CASES).order_by("final_on", "person_key").to_pyarrow()


def is_enough(did: Numbers) -> bool:
    """Whether a score can be fitted to so many people, of whom these reoffended."""
    return len(did) >= MINIMUM_REFERENCE and min(did.sum(), len(did) - did.sum()) >= SMALL


def line_of(did: Numbers, score: Numbers) -> tuple[float, float]:
    """The line on log odds that fits a score to people: for `expected.shifted`."""
    return fitted_line(logit(score), np.ones(len(did)), did)


def numbers(rows: pa.Table) -> tuple[Numbers, Numbers]:
    """Whether each reoffended, as 0 or 1, and the score's chance that they would."""
    did = rows["reoffended"].to_numpy(zero_copy_only=False).astype(np.float64)
    return did, rows["probability"].to_numpy().astype(np.float64)
