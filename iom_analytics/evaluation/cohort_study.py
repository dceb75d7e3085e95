"""The people of a cohort's comparison: who joined in each month, beside who could have joined then and did not.

Each month is a small trial of its own (`emulation`): both sides are taken as they were known on the day before it, and
their clocks start in it, so that nobody is counted as managed for time that had to pass before they could be. Who joins
in a later month stays where they were: to take them out would pick the comparison by what came after. Nothing here
reads an outcome but `outcomes`, which is asked for last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table as IbisTable

from iom_analytics import measures, scoring
from iom_analytics.cohorts.scores import FROM_HISTORY
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.evaluation import emulation
from iom_analytics.history import Records, career_history, complete, month_of
from iom_analytics.tables import PERSONS, Column, Table

ADULT = 18
RECENT_MONTHS = 24
PREDICTOR = "ogrs4g"

ENTRIES = Table(
    "entries",
    "One row per time in any cohort of the partnership.",
    (
        Column("person_key", "text", "The person", required=True, filled=True),
        Column("started_on", "date", "Day of joining", required=True, filled=True),
        Column("ended_on", "date", "Day of leaving; empty while in", required=True),
        Column("asked_of", "yes_no", "Whether the question is about this time", required=True, filled=True),
        Column("may_be_used", "yes_no", "Whether a question of every scheme would be about it; empty is yes"),
        Column("scheme", "text", "The scheme's name"),
        Column("cohort_type", "text", "How they came within the scheme, in words"),
        Column("statutory", "text", "Whether on licence or an order when nominated, in words"),
        Column("lead_agency", "text", "The agency that leads, as the record has it now"),
        Column(
            "exit_date",
            "date",
            "Day the person died or left the country, where that ended this time",
            trap="Known of nobody who never joined a cohort",
        ),
        Column("exit_reason", "text", "Why: death, deportation"),
    ),
)
# Of those who joined alone, as they joined: what `moderators` looks at beside what both sides have.
AT_JOINING = ("scheme", "cohort_type", "statutory", "lead_agency")
# A death or a deportation, which ends a person's time at liberty. A design from before it was kept has neither.
EXIT = ("exit_date", "exit_reason")
# What was known of both sides before the month, in the order in which the balance is shown.
COVARIATES: Mapping[str, str] = {
    "age": "Age",
    "sex": "Sex",
    "expected_percent": "Likely to reoffend within a year (OGRS4/G), per cent",
    "sanctions": "Sanctions",
    "sanctions_12m": "Sanctions in the last 12 months",
    "violent_sanctions": "Violent sanctions",
    "months_since_last_sanction": "Months since the last sanction",
    "age_at_first_sanction": "Age at the first sanction",
    "offences_12m": "Offences in the last 12 months",
    "harm_12m": "Crime harm of the last 12 months, days",
    "days_at_liberty_12m": "Days at liberty in the last 12 months",
}


KEYS = ("unit", "person_key", "month", "start_date", "treated")


@dataclass(frozen=True)
class Population:
    """The people compared. `rows`: `unit` (person and month), `person_key`, `month`, `start_date`, `treated`, `EXIT`,
    `COVARIATES`, `area` (of residence, as held now) and `AT_JOINING`, which is empty for who did not join.

    `everybody` has the first seven of them for every adult at liberty, convicted lately or not, once: in the month of
    joining, or else in the middle one. It is what a fall from before to after is held against: a pool without those who
    were quiet would make the fall that comes by itself look small. `joined` are the times in the cohort that the
    question asks of, of each person the first; `left_out` says of how many of them there is no row,
    by reason in words, so that the two add up.
    """

    rows: pa.Table
    everybody: pa.Table
    joined: int
    left_out: dict[str, int]


def population(
    engine: Engine, records: Records, entries: IbisTable, *, first: date, last: date, recent_months: int = RECENT_MONTHS
) -> Population:
    """Who joined in the months from that of `first` to that of `last`, and each month's comparison (`emulation`).

    Could have joined: adults at liberty who were ever convicted, with a sanction in the `recent_months` before, as
    known on the day before the month, and in no cohort by its end. Who is inside cannot reoffend yet, so their clock
    would start late; who was in a cohort before, in any, is compared with nobody (so no start comes after an exit, of
    which a time in a cohort tells). `entries` are in `ENTRIES`. Raises InputError where the months are the wrong way
    round or nobody joined in them.
    """
    if last < first:
        raise InputError("The last month is before the first.")
    entries = engine.cache(complete(entries, ENTRIES), "entries")
    months = engine.from_arrow(pa.table({"month": pa.array(months_between(first, last), pa.date32())}), "months")
    joined = entries.filter(entries.asked_of).mutate(month=month_of(entries.started_on))
    joined = joined.semi_join(months, "month")
    # A person once, by their first joining in these months.
    joined = joined.group_by("person_key").aggregate(started_on=joined.started_on.min())
    joined = joined.mutate(month=month_of(joined.started_on))
    number = int(joined.count().execute())
    if not number:
        raise InputError("Nobody joined the cohort in these months.")
    begun = engine.cache(firsts(entries), "firsts")
    known = as_known(engine, records, months).left_join(begun, "person_key", rname="of_{name}").drop("of_person_key")
    known = known.left_join(exits(entries), "person_key", rname="of_{name}").drop("of_person_key")
    known = engine.cache(known, "known")
    free = known.filter(is_adult(known) & ~known.in_custody)
    # Who first joined by another scheme could join this one until then, and is on neither side from that month on.
    asked = free.first_asked.fill_null(True)
    was_free = asked | (free.month < month_of(free.first_joined))
    could = free.filter(was_free & is_recent(free, recent_months) & free.expected_percent.notnull())
    could = engine.cache(could, "could")
    spells = could.select(
        "person_key",
        eligible_from="month",
        eligible_to=(could.month + ibis.interval(months=1)).cast("date"),
        treated_on=could.first_asked.fill_null(False).ifelse(could.first_joined, ibis.null("date")),
    )
    rows = emulation.trials(
        spells, covariates=could.select("person_key", *EXIT, *COVARIATES, "area", trial_month="month")
    )
    rows = rows.rename(month="trial_month")
    joining = at_joining(entries, begun)
    rows = rows.left_join(joining, (rows.person_key == joining.who) & rows.treated)
    rows = engine.cache(rows, "trials")
    rows = rows.mutate(unit=rows.person_key + " " + rows.month.cast("string"))
    return Population(
        rows.select(*KEYS, *EXIT, *COVARIATES, "area", *AT_JOINING).order_by("unit").to_pyarrow(),
        once(free, middle=date.fromordinal((first.toordinal() + last.toordinal()) // 2).replace(day=1)),
        number,
        why_left_out(joined, known, recent_months),
    )


def firsts(entries: IbisTable) -> IbisTable:
    """When each person first joined any cohort, and whether the question is about that: one row per person."""
    when = entries.group_by("person_key").aggregate(first_joined=entries.started_on.min())
    rows = entries.inner_join(when, "person_key")
    rows = rows.filter(rows.started_on == rows.first_joined)
    return rows.group_by("person_key", "first_joined").aggregate(first_asked=rows.asked_of.max())


def exits(entries: IbisTable) -> IbisTable:
    """Who died or left the country, and when: `person_key` and `EXIT`, one row per person.

    Only a time in a cohort that ended so tells of it. Who joined again afterwards had not gone: the record contradicts
    itself, and no exit is taken from it.
    """
    last = entries.group_by("person_key").aggregate(last_joined=entries.started_on.max())
    rows = entries.filter(entries.exit_date.notnull()).inner_join(last, "person_key")
    rows = rows.filter(rows.exit_date >= rows.last_joined)
    return rows.group_by("person_key").aggregate(
        exit_date=rows.exit_date.min(), exit_reason=rows.exit_reason.argmin(rows.exit_date)
    )


def at_joining(entries: IbisTable, begun: IbisTable) -> IbisTable:
    """What was known when each person (`who`) joined: `AT_JOINING`, one row per person."""
    first = begun.select(who="person_key", on="first_joined")
    asked = entries.filter(entries.asked_of)
    rows = asked.inner_join(first, (asked.person_key == first.who) & (asked.started_on == first.on))
    return rows.group_by("who").aggregate(**{name: rows[name].max() for name in AT_JOINING})


def once(free: IbisTable, *, middle: date) -> pa.Table:
    """Everybody's month of joining, or else the middle one where they had joined nothing by then: `KEYS` and `EXIT`."""
    joins = (month_of(free.first_joined) == free.month) & free.first_asked
    own = free.filter(joins).mutate(treated=ibis.literal(True), start_date=free.first_joined)
    others = free.filter(
        (free.month == ibis.date(middle)) & (free.first_joined.isnull() | (free.first_joined > middle))
    )
    others = others.anti_join(own, "person_key").mutate(treated=ibis.literal(False), start_date=others.month)
    columns = ("person_key", "month", "start_date", "treated", *EXIT)
    both = own.select(*columns).union(others.select(*columns))
    both = both.mutate(unit=both.person_key + " " + both.month.cast("string"))
    return both.select(*KEYS, *EXIT).order_by("unit").to_pyarrow()


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def as_known(engine: Engine, records: Records, months: IbisTable) -> IbisTable:
    """Everybody's career on the day before each month, with their score then: one row per person and month."""
    people = complete(records.persons, PERSONS).select("person_key", "sex", "date_of_birth", "area")
    on = people.select("person_key").cross_join(months)
    on = on.select("person_key", on=(on.month - ibis.interval(days=1)).cast("date"))
    history = career_history(
        engine, persons=records.persons, sanctions=records.sanctions, custody_spells=records.custody_spells, on=on
    )
    history = engine.cache(history, "careers")
    groups = [name for name in history.columns if name.startswith("offences_12m_")]
    history = history.mutate(
        offences_12m=sum((history[name] for name in groups), ibis.literal(0)),
        month=(history.on + ibis.interval(days=1)).cast("date"),
    )
    inputs = history.filter(history.date_of_conviction.notnull()).inner_join(people, "person_key", rname="of_{name}")
    inputs = inputs.select(
        *FROM_HISTORY,
        sex="sex",
        date_of_birth="date_of_birth",
        assessment_date="on",
        person_id=inputs.person_key + " " + inputs.month.cast("string"),
    )
    scores = scoring.score_people(engine.cache(inputs, "inputs"), [PREDICTOR], engine=engine, static_only=True)
    scores = scores.filter((scores.horizon_months == 12) & scores.percent.notnull())
    scores = scores.select(scored="person_id", expected_percent=scores.percent.cast("float64"))
    history = history.mutate(row=history.person_key + " " + history.month.cast("string"))
    history = history.left_join(scores, history.row == scores.scored).drop("row", "scored")
    sexes = people.select("person_key", "area", sex=people.sex.fill_null("not known"))
    history = history.inner_join(sexes, "person_key", rname="of_{name}")
    return history.mutate(in_custody=history.in_custody.fill_null(False)).select(
        "person_key", "month", "in_custody", "area", *COVARIATES
    )


def is_adult(rows: IbisTable) -> ibis.Value:
    return (rows.age >= ADULT).fill_null(False)


def is_recent(rows: IbisTable, months: int) -> ibis.Value:
    return (rows.months_since_last_sanction < months).fill_null(False)


def why_left_out(joined: IbisTable, known: IbisTable, recent_months: int) -> dict[str, int]:
    """How many who joined are not compared, each for the first reason that holds."""
    rows = joined.left_join(known, ["person_key", "month"], rname="known_{name}")
    reason = ibis.cases(
        (rows.known_person_key.isnull(), "no record of them is open to analysis"),
        (rows.started_on > rows.first_joined, "in a cohort before"),
        (~is_adult(rows), f"under {ADULT}, or of unknown age"),
        (rows.in_custody, "in custody when the month began"),
        (~is_recent(rows, recent_months), f"no sanction in the {recent_months} months before"),
        (rows.expected_percent.isnull(), "never convicted, so there is no score"),
        else_="",
    )
    rows = rows.mutate(reason=reason)
    counts = rows.group_by("reason").aggregate(people=rows.count()).order_by("reason")
    return {row["reason"]: int(row["people"]) for row in counts.to_pyarrow().to_pylist() if row["reason"]}


def outcomes(
    engine: Engine, records: Records, rows: pa.Table, *, known_to: date, years_before: Sequence[int] = (0,)
) -> list[pa.Table]:
    """What followed for each row of a population, by `unit`: that, `PROVEN_REOFFENDING` and `TIME_AT_LIBERTY`.

    One table for each of `years_before`: the follow-up begins so many years before, so that what went before is counted
    in the same way. Events are complete to `known_to`. Measures are empty where a start is not mature by then.

    `rows` may have `EXIT`: who died or left the country stays among those counted, flagged (`exited_in_follow_up`), and
    their time at liberty ends that day. The record says so only of people who were in a cohort, so on the other side
    few are known: shares and counts, which leave nobody out, treat both sides alike, and a rate per year at liberty is
    if anything too high for those who joined.
    """
    kind = pa.array(["cohort"] * rows.num_rows, pa.string())
    gone = {name: rows[name] for name in EXIT if name in rows.column_names}
    own = pa.table({"person_id": rows["person_key"], "unit": rows["unit"], "start_type": kind, **gone})
    starts = rows["start_date"].to_pylist()
    index = pa.concat_tables(
        own.append_column(
            "start_date", pa.array([years_earlier(day, years) for day in starts], pa.date32())
        ).append_column("years_before", pa.array([years] * rows.num_rows, pa.int64()))
        for years in years_before
    )  # in one: it takes hardly longer to follow people from several days than from one
    events = records.sanctions.rename(person_id="person_key")
    found = measures.proven_reoffending(
        engine, index=engine.from_arrow(index, "index"), events=events, known_to=known_to
    )
    if records.custody_spells is not None:
        spells = records.custody_spells.rename(person_id="person_key")
        found = measures.time_at_liberty(engine.cache(found, "reoffending"), spells)
    table = found.order_by("years_before", "unit").to_pyarrow()
    return [table.filter(pc.equal(table["years_before"], years)).drop_columns("years_before") for years in years_before]


def years_earlier(day: date, years: int) -> date:
    """The same day so many years before; the 28th of February where it was a leap day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
