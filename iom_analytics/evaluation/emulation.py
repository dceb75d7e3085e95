"""Sequential trial emulation: who starts in a month, against who could have started then and did not.

A comparison of people ever treated with people never treated gives the treated all the time they had to stay eligible
until treatment began (immortal time), and so an effect where there is none. Here each month is a trial of its own:
those who started in it, against those eligible in it who had not started by its end. Both clocks start in that month,
on the same days. A person may be compared in several months, and be treated in a later one: errors must be clustered by
person.

Sources: Hernan and Robins 2016, Am. J. Epidemiol. 183, 758-764 (the emulation of a target trial, and eligibility, start
of treatment and start of follow-up at one time); Hernan, Alonso, Logan and others 2008, Epidemiology 19, 766-779 (a
trial for each month); Zhou, Rahme, Abrahamowicz and Pilote 2005, Am. J. Epidemiol. 162, 1016-1023 (giving those not
treated the days on which the treated began).
"""

from collections.abc import Callable
from typing import TypeAlias

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.errors import InputError
from iom_analytics.history import complete, month_of
from iom_analytics.tables import Column, Table

PERSON_KEY = Column("person_key", "text", "The person's pseudonym", required=True, filled=True)

ELIGIBILITY = Table(
    "eligibility",
    "One row per person and spell in which they met the criteria: its start is in, its end is out.",
    (
        PERSON_KEY,
        Column("eligible_from", "date", "First day eligible", required=True, filled=True),
        Column("eligible_to", "date", "First day no longer eligible; empty while it lasts", required=True),
        Column(
            "treated_on",
            "date",
            "Day on which treatment began; empty where it never did",
            required=True,
            trap="A person's first counts, in whichever row it stands: who has been treated is never compared again",
        ),
    ),
)

TRIALS = Table(
    "trials",
    "One row per person and month in which they started, or could have and did not.",
    (
        PERSON_KEY,
        Column("trial_month", "date", "First day of the month", filled=True),
        Column("treated", "yes_no", "Whether they started in it", filled=True),
        Column("start_date", "date", "Day from which they are followed", filled=True),
        Column("censored_on", "date", "Day on which one who was compared started after all, to be followed up to it"),
    ),
)

Covariates: TypeAlias = IbisTable | Callable[[IbisTable], IbisTable]


def trials(
    eligibility: IbisTable, *, excluded_before_months: int = 0, covariates: Covariates | None = None
) -> IbisTable:
    """One row per person and trial: columns in `TRIALS`, then the covariates.

        month           |------ trial month ------|
        treated            start on 9th                      eligible on that day
        compared           start on 9th                      eligible on that day, not treated before the month's end
        compared                 start on 17th               likewise: the days of the treated are given out in turn

    A trial is held in each month in which anybody started while eligible. Of those eligible in it and not treated by
    its end, in the order of their keys, each is given the next of the days on which the treated started, and the first
    again after the last; who is not eligible on that day is not in that trial. In another month they are looked at
    anew.

    Who was treated is in no comparison from that month on. In the months before they are, up to `censored_on`. With
    `excluded_before_months` they are also left out in so many months before their own, as where treatment was already
    being prepared; that looks into the future, so keep it short. Who was treated on a day on which they were not
    eligible is in no trial as treated: see `treated_while_not_eligible`.

    `covariates` is a table with one row for each `person_key` and `trial_month`, as known before that month (who has no
    row has empty values), or a function from the rows (`person_key`, `trial_month`, `start_date`) to such a table.
    Raises InputError where a column is missing, or a person has two rows of covariates for a month.
    """
    if excluded_before_months < 0:
        raise InputError("Months before treatment cannot be under 0.")
    spells = complete(eligibility, ELIGIBILITY)
    people = spells.group_by("person_key").aggregate(treated_on=spells.treated_on.min())
    treated = treated_of(people, spells)
    rows = treated.union(compared(people, spells, treated, excluded_before_months), distinct=False)
    return rows if covariates is None else with_covariates(rows, covariates)


def treated_while_not_eligible(eligibility: IbisTable) -> IbisTable:
    """One row per person who was treated on a day on which they were not eligible: `person_key`, `treated_on`.

    They are in no trial as treated. Many of them say that the criteria written down are not those that were used.
    """
    spells = complete(eligibility, ELIGIBILITY)
    people = spells.group_by("person_key").aggregate(treated_on=spells.treated_on.min())
    started = people.filter(people.treated_on.notnull())
    return started.anti_join(treated_of(people, spells), "person_key")


def treated_of(people: IbisTable, spells: IbisTable) -> IbisTable:
    """The people treated while eligible, as rows of `TRIALS`."""
    started = people.filter(people.treated_on.notnull()).select("person_key", start_date=people.treated_on)
    rows = eligible_on_start(started, spells)
    return rows.select(
        "person_key",
        trial_month=month_of(rows.start_date),
        treated=ibis.literal(True),
        start_date=rows.start_date,
        censored_on=ibis.null("date"),
    )


def compared(people: IbisTable, spells: IbisTable, treated: IbisTable, excluded_before_months: int) -> IbisTable:
    """The people eligible and not treated in each month with treated people, as rows of `TRIALS`."""
    in_month = ibis.window(group_by="trial_month", order_by=[treated.start_date, treated.person_key])
    days = treated.select("trial_month", "start_date", turn=ibis.row_number().over(in_month))
    months = treated.group_by("trial_month").aggregate(starts=treated.count())
    months = months.mutate(month_end=(months.trial_month + ibis.interval(months=1)).cast("date"))
    months = months.mutate(free_to=(months.month_end + ibis.interval(months=excluded_before_months)).cast("date"))
    pool = spells.select("person_key", "eligible_from", "eligible_to").join(
        months,
        [
            spells.eligible_from < months.month_end,
            spells.eligible_to.isnull() | (spells.eligible_to > months.trial_month),
        ],
    )
    pool = pool.select("person_key", "trial_month", "starts", "free_to").distinct()
    pool = pool.inner_join(people, "person_key")
    pool = pool.filter(pool.treated_on.isnull() | (pool.treated_on >= pool.free_to))
    by_key = ibis.window(group_by="trial_month", order_by="person_key")
    pool = pool.mutate(turn=ibis.row_number().over(by_key) % pool.starts)
    rows = pool.inner_join(days, ["trial_month", "turn"])
    rows = rows.select("person_key", "trial_month", "start_date", "treated_on")
    rows = eligible_on_start(rows, spells)
    return rows.select(
        "person_key",
        "trial_month",
        treated=ibis.literal(False),
        start_date=rows.start_date,
        censored_on=rows.treated_on,
    )


def eligible_on_start(rows: IbisTable, spells: IbisTable) -> IbisTable:
    """The rows whose person is eligible on their start date."""
    spells = spells.select(spell_person="person_key", eligible_from="eligible_from", eligible_to="eligible_to")
    return rows.semi_join(
        spells,
        [
            rows.person_key == spells.spell_person,
            spells.eligible_from <= rows.start_date,
            spells.eligible_to.isnull() | (spells.eligible_to > rows.start_date),
        ],
    )


def with_covariates(rows: IbisTable, covariates: Covariates) -> IbisTable:
    keys = ["person_key", "trial_month"]
    table = covariates(rows.select(*keys, "start_date")) if callable(covariates) else covariates
    if missing := [name for name in keys if name not in table.columns]:
        raise InputError(f"The covariates lack {' and '.join(missing)}: they are of a person in a month.")
    if clash := sorted(set(table.columns) & {"treated", "censored_on"}):
        raise InputError(f"The covariates have columns that a trial has: {', '.join(clash)}. Rename them.")
    known = table.drop(*({"start_date"} & set(table.columns)))
    twice = known.group_by(keys).aggregate(times=known.count())
    if number := twice.filter(twice.times > 1).count().to_pyarrow().as_py():
        raise InputError(f"The covariates have more than one row for a person and month, {number:,} times.")
    found = rows.left_join(known, keys, rname="known_{name}")
    return found.select(*rows.columns, *[name for name in known.columns if name not in keys])
