"""Arrests and recorded crime after a start: secondary measures, which move with how closely people are watched.

Neither says that anybody did anything. People on a scheme are seen more, so more of what they do is detected, and a
scheme that works may show a rise. They are never a primary measure; every row carries the flag, and `WORDS` belongs
beside every figure.
"""

from datetime import date, timedelta
from typing import Literal

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.measures.contracts import COUNTED
from iom_analytics.measures.definition import Definition, load_definition
from iom_analytics.measures.reoffending import NUMBER, start_rows

What = Literal["arrests", "recorded crime"]
DATES = {"arrests": "arrest_date", "recorded crime": "offence_date"}
WORDS = (
    "This counts what police saw or recorded, not what was proven. People who are watched more are arrested and "
    "recorded more, so it can rise because a scheme does its work. Read it only beside proven reoffending."
)


def counted_after(
    engine: Engine,
    *,
    index: IbisTable,
    happened: IbisTable,
    what: What,
    known_to: date | None = None,
    definition: Definition | None = None,
) -> IbisTable:
    """One row per row of the index, with the columns of `COUNTED` after its own.

    `happened` has `person_id` and `arrest_date` for arrests, `offence_date` for recorded crime; a repeated row counts
    once. Follow-up is half-open, from the start to before the same day 12 months on, and the count is empty unless
    `known_to` is its last day or later; where that is None nobody vouches for the count, and it is given. Raises
    InputError where a column is missing.
    """
    rules = definition or load_definition()
    day = DATES[what]
    if missing := [name for name in ("person_id", day) if name not in happened.columns]:
        raise InputError(f"The table of {what} lacks {', '.join(missing)}. It has {', '.join(happened.columns)}.")
    rows = start_rows(engine, index, rules, known_to, columns=COUNTED.column_names)
    starts = rows.select(NUMBER, "person_id", "start_date", "follow_up_end")
    happened = happened.distinct().select(who="person_id", day=day)
    near = starts.inner_join(
        happened,
        [starts.person_id == happened.who, happened.day >= starts.start_date, happened.day < starts.follow_up_end],
    )
    counts = near.group_by(NUMBER).aggregate(found=near.count())
    rows = rows.left_join(counts, [NUMBER], rname="counts_{name}")
    # Nothing has to be proven, so what counts is the end of follow-up alone.
    over = ibis.literal(True) if known_to is None else rows.follow_up_end <= ibis.date(known_to + timedelta(days=1))
    return rows.select(
        *index.columns,
        counted_what=ibis.literal(what),
        counted=over.ifelse(rows.found.fill_null(0).cast("int64"), ibis.null("int64")),
        is_surveillance_sensitive=ibis.literal(True),
    )
