"""The working behind every point and every criterion, down to the source rows."""

from collections.abc import Sequence
from typing import Literal

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.cohorts.ranking import Judge, Ranking
from iom_analytics.cohorts.scheme import Component, Criterion, Use
from iom_analytics.cohorts.values import Feeds, column_name, counts, row_name
from iom_analytics.history import complete
from iom_analytics.tables import CUSTODY_SPELLS


def working(ranking: Ranking, *, people: Literal["everyone", "candidates"] = "everyone") -> IbisTable:
    """One row per person and part of the scheme: the value, the points or the decision, and the source rows.

    `person_key`, `part` (criterion or component), `factor` (its id; a strand's criterion is `strand/criterion`),
    `name`, `value` (a number; 1 and 0 for yes and no) or `text` (a name), `points` (of a component), `met`, `near_miss`
    and `reason` (of a criterion), `off_by` (how far a number is from meeting it) and `source_rows`: the rows counted,
    as 'sanctions:2026-03-01/02803', or 'sanctions:17' where the table has a `row_id`. Candidates are the eligible and
    the near misses.
    """
    scheme, values = ranking.scheme, ranking.values
    if people == "candidates":
        values = values.filter(values.eligible | values.near_miss)
    uses = scheme.uses
    judge = Judge(scheme, uses, ranking.missing_feeds)
    criteria = [(criterion.id, criterion) for criterion in scheme.criteria]
    criteria += [(f"{strand.id}/{part.id}", part) for strand in scheme.strands for part in strand.criteria]
    parts = [decision(values, judge, name, criterion) for name, criterion in criteria]
    parts += [points(values, judge, component) for component in scheme.components]
    rows = source_rows(ranking.feeds, uses, values.select("person_key"))
    whole = union(parts).left_join(rows, ["person_key", "used"], rname="rows_{name}")
    none = ibis.literal([], "array<string>")
    whole = whole.mutate(source_rows=whole.source_rows.fill_null(none))
    return whole.drop("used", "rows_person_key", "rows_used")


def decision(values: IbisTable, judge: Judge, name: str, criterion: Criterion) -> IbisTable:
    met = judge.is_met(values, criterion)
    return values.select(
        "person_key",
        part=ibis.literal("criterion"),
        factor=ibis.literal(name),
        name=ibis.literal(criterion.name),
        **shown(values, judge, criterion.use),
        points=ibis.null("float64"),
        met=met,
        near_miss=judge.is_near(values, criterion) & ~met,
        off_by=ibis.ifelse(met, ibis.null("float64"), judge.off_by(values, criterion)),
        reason=judge.reason(values, criterion),
        used=ibis.literal(column_name(judge.uses, criterion.use)),
    )


def points(values: IbisTable, judge: Judge, component: Component) -> IbisTable:
    return values.select(
        "person_key",
        part=ibis.literal("component"),
        factor=ibis.literal(component.id),
        name=ibis.literal(component.name),
        **shown(values, judge, component.use),
        points=judge.points(values, component).cast("float64"),
        met=ibis.null("boolean"),
        near_miss=ibis.null("boolean"),
        off_by=ibis.null("float64"),
        reason=ibis.ifelse(judge.is_not_known(values, component.use), "not known", ibis.null("string")),
        used=ibis.literal(column_name(judge.uses, component.use)),
    )


def shown(values: IbisTable, judge: Judge, use: Use) -> dict[str, ibis.Value]:
    """The value as a number or as a name, whichever it is."""
    value = judge.value(values, use)
    if use.factor.kind == "name":
        return {"value": ibis.null("float64"), "text": value}
    number = value.cast("int8").cast("float64") if use.factor.kind == "yes_no" else value.cast("float64")
    return {"value": number, "text": ibis.null("string")}


def source_rows(feeds: Feeds, uses: Sequence[Use], people: IbisTable) -> IbisTable:
    """One row per person and factor: `person_key`, `used` (the factor's column) and its `source_rows`, in order."""
    found = []
    for use in uses:
        rows, feed = evidence(feeds, use)
        if rows is not None:
            used = ibis.literal(column_name(uses, use))
            found.append(rows.select("person_key", used=used, row=row_name(rows, feed)))
    rows = union(found).semi_join(people, "person_key")
    rows = rows.group_by("person_key", "used").aggregate(source_rows=rows.row.collect())
    return rows.mutate(source_rows=rows.source_rows.sort())


def evidence(feeds: Feeds, use: Use) -> tuple[IbisTable | None, str]:
    """The rows a factor's value was made from, and the table they are in; None where there is no such feed."""
    factor = use.factor
    if factor.feed not in ("history", "persons"):
        rows = feeds.of(factor.feed, [use])
        return (None if rows is None else rows.filter(counts(rows, use, feeds.on))), factor.feed
    if factor.feed == "persons" or factor.name in ("age",):
        return feeds.of("persons"), "persons"
    if factor.name in ("in_custody", "days_at_liberty_12m") and feeds.records.custody_spells is not None:
        spells = complete(feeds.records.custody_spells, CUSTODY_SPELLS)
        return spells.filter(spells.start_date <= feeds.on), "custody_spells"
    rows = feeds.of("sanctions")
    assert rows is not None, "there is always a table of sanctions"
    days = feeds.history.select("person_key", "first_sanction_date", "last_sanction_date", "date_of_conviction")
    rows = rows.inner_join(days, "person_key")
    return rows.filter(of_career(rows, factor.name)), "sanctions"


def of_career(rows: IbisTable, factor: str) -> BooleanValue:
    """The sanctions a feature of the career history comes from."""
    which = {
        "violent_sanctions_total": rows.violent,
        "age_at_first_sanction": rows.sanction_date == rows.first_sanction_date,
        "months_since_last_sanction": rows.sanction_date == rows.last_sanction_date,
        "offence_free_months": rows.sanction_date == rows.last_sanction_date,
        "index_offence_group": (rows.sanction_date == rows.date_of_conviction) & (rows.sanction_type == "conviction"),
    }
    return which.get(factor, ibis.literal(True))


def union(tables: Sequence[IbisTable]) -> IbisTable:
    """The rows of all tables, one after the other."""
    first, *others = tables
    return ibis.union(first, *others, distinct=False) if others else first
