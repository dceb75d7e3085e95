"""Days at liberty in follow-up: the Ministry does not take time inside out of it, and schemes that recall people do."""

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import typed
from iom_analytics.history import complete, days_between
from iom_analytics.measures.contracts import CUSTODY, TIME_AT_LIBERTY
from iom_analytics.measures.definition import Definition, load_definition

DAYS_IN_A_YEAR = 365.25


def time_at_liberty(
    reoffending: IbisTable, custody_spells: IbisTable, *, definition: Definition | None = None
) -> IbisTable:
    """The rows of `proven_reoffending` with the columns of `TIME_AT_LIBERTY`.

    Spells are half-open, an empty end is still inside, and days that spells share count once. Time at liberty ends with
    a death or deportation, which the Ministry's own measure does not look at. Who has no day at liberty has no rate:
    it is empty. Reoffences committed inside are counted, so who has few days at liberty may have a very high rate.
    """
    rules = definition or load_definition()
    rows = reoffending.mutate(exposed_to=end_of_exposure(reoffending, rules))
    starts = rows.select("person_id", "start_date", "exposed_to").distinct()
    inside = days_inside(starts, complete(custody_spells, CUSTODY))
    rows = rows.left_join(inside, ["person_id", "start_date", "exposed_to"], rname="inside_{name}")
    exposed = ibis.greatest(days_between(rows.start_date, rows.exposed_to), 0)
    rows = rows.mutate(days_in_custody=rows.days_in_custody.fill_null(0), exposed=exposed)
    rows = rows.mutate(days_at_liberty=rows.exposed - rows.days_in_custody)
    given = rows.is_mature.fill_null(True)
    rate = rows.reoffences * DAYS_IN_A_YEAR / rows.days_at_liberty.nullif(0)
    return rows.mutate(
        days_in_custody=given.ifelse(rows.days_in_custody, ibis.null("int64")),
        days_at_liberty=given.ifelse(rows.days_at_liberty, ibis.null("int64")),
        reoffences_per_year_at_liberty=typed(rate, "float64"),
    ).select(*reoffending.columns, *TIME_AT_LIBERTY.column_names)


def end_of_exposure(rows: IbisTable, rules: Definition) -> ibis.Value:
    """The end of follow-up, or the death or deportation before it."""
    if not {"exit_date", "exit_reason"} <= set(rows.columns):
        return rows.follow_up_end
    ends = rows.exit_reason.strip().lower().isin(rules.exits_that_end_exposure) & rows.exit_date.notnull()
    until = ibis.greatest(ibis.least(rows.exit_date, rows.follow_up_end), rows.start_date)
    return ends.fill_null(False).ifelse(until, rows.follow_up_end)


def days_inside(starts: IbisTable, spells: IbisTable) -> IbisTable:
    """One row per start with a spell in its time: `days_in_custody`, those that two spells share counted once."""
    spells = spells.rename(spell_person="person_id", spell_start="start_date", spell_end="end_date")
    rows = starts.inner_join(
        spells,
        [
            starts.person_id == spells.spell_person,
            spells.spell_start < starts.exposed_to,
            spells.spell_end.isnull() | (spells.spell_end > starts.start_date),
        ],
    )
    rows = rows.mutate(
        since=ibis.greatest(rows.spell_start, rows.start_date),
        until=ibis.least(rows.spell_end.fill_null(rows.exposed_to), rows.exposed_to),
    )
    keys = ["person_id", "start_date", "exposed_to"]
    # The furthest end of the spells before this one: what it covers already is not counted again.
    before = ibis.window(group_by=keys, order_by=["since", "until"], preceding=(None, 1))
    rows = rows.mutate(covered_until=rows.until.max().over(before))
    new_from = ibis.greatest(rows.since, rows.covered_until.fill_null(rows.since))
    days = ibis.greatest(days_between(new_from, rows.until), 0)
    return rows.group_by(*keys).aggregate(days_in_custody=typed(days.sum(), "int64"))
