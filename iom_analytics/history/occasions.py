"""Sanctions as offences with their group and harm, and as occasions: what a career is counted from."""

from datetime import date

import ibis
import pyarrow as pa
from ibis.expr.types import IntegerValue
from ibis.expr.types import Table as IbisTable

from iom_analytics import reference
from iom_analytics.engine import Engine
from iom_analytics.history.records import complete
from iom_analytics.tables import DISPOSALS, SANCTIONS

# Where the parts of a principal-offence key lie, from the last: the code inverted, harm, custody days, disposal, day.
CODE, HARM, CUSTODY, DISPOSAL = 2**17, 2**5, 2**15, 2**3
EPOCH = date(1900, 1, 1)


def offence_table(engine: Engine) -> IbisTable:
    """The offence codes in the engine, with `harm_rank`: 0 for no harm, higher for more."""
    offences = reference.offences()
    days = sorted({value for value in offences["harm_days"].to_pylist() if value is not None})
    ranks = [0 if value is None else 1 + days.index(value) for value in offences["harm_days"].to_pylist()]
    assert max(ranks) < HARM, "more levels of harm than a principal-offence key has room for"
    columns = offences.select(["offence_code", "offence_group", "violent", "harm_days"])
    return engine.from_arrow(columns.append_column("harm_rank", pa.array(ranks, pa.int64())), "offences")


def known_offences(engine: Engine, sanctions: IbisTable, *, on: date | IbisTable) -> IbisTable:
    """One row per offence sanctioned by `on`, with its `offence_group`, `violent` flag and `harm_days`.

    `on` is one date for all, or a table of `person_key, on`; the rows then carry `on`. An offence code that is not in
    the list counts as a sanction, in the group 'other', not violent and without harm.
    """
    rows = complete(sanctions, SANCTIONS)
    if isinstance(on, date):
        rows = rows.filter(rows.sanction_date <= ibis.date(on))
    else:
        rows = rows.inner_join(on.select("person_key", "on").distinct(), "person_key")
        rows = rows.filter(rows.sanction_date <= rows.on)
    offences = offence_table(engine)
    rows = rows.left_join(offences, rows.offence_code == offences.offence_code, rname="known_{name}")
    return rows.drop("known_offence_code").mutate(
        offence_group=rows.offence_group.fill_null("other"),
        violent=rows.violent.fill_null(False),
        harm_rank=rows.harm_rank.fill_null(0),
    )


def principal_key(offences: IbisTable) -> IntegerValue:
    """A number that is greatest for the principal offence of a person's latest occasion, and holds its code.

    The principal offence of an occasion is the one with the heaviest disposal; then the longest custodial sentence;
    then the most harm; then the lowest code, so that the answer is always the same. The day leads, so that the greatest
    number of all a person's offences is that of the last occasion. Integers compare faster than sorting rows.
    """
    day = offences.sanction_date.delta(ibis.date(EPOCH), unit="day").cast("int64")
    heaviest_first = {disposal: len(DISPOSALS) - 1 - place for place, disposal in enumerate(DISPOSALS)}
    disposal = offences.disposal.cases(*heaviest_first.items(), else_=0).cast("int64")
    custody = ibis.least(ibis.greatest(offences.custody_days.fill_null(0), 0), CUSTODY - 1).cast("int64")
    code = (CODE - 1 - offences.offence_code.try_cast("int64").fill_null(CODE - 1)).cast("int64")
    key = (((day * DISPOSAL + disposal) * CUSTODY + custody) * HARM + offences.harm_rank) * CODE + code
    return key.cast("int64")


def principal_code(key: IntegerValue) -> ibis.Value:
    """The five-digit code a principal-offence key holds; empty where the code was not a number."""
    code = (CODE - 1 - key % CODE).cast("int64")
    return ibis.ifelse(code < 100_000, code.cast("string").lpad(5, "0"), ibis.null("string"))


def sanction_occasions(offences: IbisTable) -> IbisTable:
    """One row per person (and `on`) and sanction date.

    `offences`, whether any was `violent` and whether any was a conviction (`convicted`), the sum of `harm_days`, the
    `principal` key of the convictions, and the person's 21st birthday (`from_21`).
    """
    is_conviction = offences.sanction_type == "conviction"
    return offences.group_by(*person_and_date(offences), "sanction_date").aggregate(
        offences=offences.count(),
        violent=offences.violent.any(),
        convicted=is_conviction.any(),
        harm_days=offences.harm_days.sum().fill_null(0.0),
        from_21=offences.from_21.max(),
        principal=principal_key(offences).max(where=is_conviction),
    )


def person_and_date(table: IbisTable) -> list[str]:
    """The columns that make a history's row: the person, and the date where each person has their own."""
    return ["person_key", "on"] if "on" in table.columns else ["person_key"]
