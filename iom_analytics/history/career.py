"""The career history itself: counted in one pass over the sanctions, then put beside the person.

Sources: sanctions, ages and the Copas rate as OGRS3 counts them (Ministry of Justice, hmpps-arns-risk-actuarial-api at
52792f49, June 2026); prolific after the Ministry of Justice's definition (10-17: 4 or more sanctions; 18-20: 8 or more;
21 and over: 16 or more, at least 8 of them at 21 or over); harm after the Cambridge Crime Harm Index (`reference`).
"""

from datetime import date

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.history.custody import WINDOWS, custody_at, on_value, sentenced_spells
from iom_analytics.history.dates import birthday, completed_months, completed_years, days_between, months_before
from iom_analytics.history.features import CAREER_HISTORY, OFFENCE_GROUPS
from iom_analytics.history.occasions import (
    known_offences,
    offence_table,
    person_and_date,
    principal_code,
    sanction_occasions,
)
from iom_analytics.history.records import complete
from iom_analytics.tables import PERSONS

RECENT_MONTHS = 12
ADULT_AGE = 21
PROLIFIC_JUVENILE, PROLIFIC_YOUNG_ADULT, PROLIFIC_ADULT, PROLIFIC_SINCE_21 = 4, 8, 16, 8


def career_history(
    engine: Engine,
    *,
    persons: IbisTable,
    sanctions: IbisTable,
    on: date | IbisTable,
    custody_spells: IbisTable | None = None,
) -> IbisTable:
    """One row per person and date: the career as it was known `on` that date (columns in `CAREER_HISTORY`).

    `on` is one date for everyone in `persons`, or a table of `person_key, on` (a person may have several dates; only
    people in `persons` come back). People without a sanction have zeros and empty dates. The last 12 months are the
    days after the same day a year before, up to and including `on`. Where there are no `custody_spells`, custody is
    taken from the custodial sentences that have a release date. Raises InputError where a required column is missing.
    """
    people = complete(persons, PERSONS).select("person_key", "date_of_birth")
    if isinstance(on, date):
        people = people.mutate(on=ibis.date(on))
    else:
        people = people.inner_join(on.select("person_key", "on").distinct(), "person_key")
    offences = known_offences(engine, sanctions, on=on)
    born = complete(persons, PERSONS).select("person_key", from_21=birthday(persons.date_of_birth, ADULT_AGE))
    occasions = sanction_occasions(offences.inner_join(born, "person_key"))
    history = beside(people, careers(occasions, on=on))
    history = beside(history, recent_offences(offences, on=on))
    history = with_custody(history, sanctions=sanctions, custody_spells=custody_spells, on=on)
    group = offence_table(engine).select(code="offence_code", offence_group="offence_group")
    history = history.left_join(group, history.offence_code == group.code).drop("code")
    return features(history)


def beside(history: IbisTable, part: IbisTable) -> IbisTable:
    """The history with the columns of `part`, empty for people (and dates) that `part` does not have."""
    keys = person_and_date(part)
    joined = history.left_join(part, keys, rname="part_{name}")
    return joined.drop(*(f"part_{key}" for key in keys))


def with_custody(
    history: IbisTable, *, sanctions: IbisTable, custody_spells: IbisTable | None, on: date | IbisTable
) -> IbisTable:
    """The history with the columns of `custody_at`; empty where neither spells nor release dates tell of custody."""
    if custody_spells is None and "release_date" not in sanctions.columns:
        days = {f"custody_days_{months}m": ibis.null("int64") for months in WINDOWS}
        return history.mutate(in_custody=ibis.null("boolean"), last_release_date=ibis.null("date"), **days)
    spells = sentenced_spells(sanctions) if custody_spells is None else custody_spells
    history = beside(history, custody_at(spells, on=on))
    days = {f"custody_days_{months}m": history[f"custody_days_{months}m"].fill_null(0) for months in WINDOWS}
    return history.mutate(in_custody=history.in_custody.fill_null(False), **days)


def careers(occasions: IbisTable, *, on: date | IbisTable) -> IbisTable:
    """One row per sanctioned person (and date): the whole career, and the last 12 months, by sanction occasion."""
    is_recent = occasions.sanction_date > months_before(on_value(occasions, on), RECENT_MONTHS)
    found = occasions.group_by(*person_and_date(occasions)).aggregate(
        sanctions=occasions.count(),
        violent_sanctions=occasions.count(where=occasions.violent),
        sanctions_since_21=occasions.count(where=occasions.sanction_date >= occasions.from_21),
        convictions=occasions.count(where=occasions.convicted),
        offences=occasions.offences.sum(),
        first_sanction_date=occasions.sanction_date.min(),
        last_sanction_date=occasions.sanction_date.max(),
        date_of_conviction=occasions.sanction_date.max(where=occasions.convicted),
        principal=occasions.principal.max(),
        sanctions_12m=occasions.count(where=is_recent),
        violent_sanctions_12m=occasions.count(where=is_recent & occasions.violent),
        harm=occasions.harm_days.sum(),
        harm_12m=occasions.harm_days.sum(where=is_recent),
    )
    return found.mutate(offence_code=principal_code(found.principal)).drop("principal")


def recent_offences(offences: IbisTable, *, on: date | IbisTable) -> IbisTable:
    """One row per person (and date) sanctioned in the last 12 months: offences by group, and those without harm."""
    recent = offences.filter(offences.sanction_date > months_before(on_value(offences, on), RECENT_MONTHS))
    groups = {f"offences_12m_{group}": recent.count(where=recent.offence_group == group) for group in OFFENCE_GROUPS}
    return recent.group_by(*person_and_date(recent)).aggregate(
        unweighed_12m=recent.count(where=recent.harm_days.isnull()), **groups
    )


def features(history: IbisTable) -> IbisTable:
    """The columns of `CAREER_HISTORY`, derived from the person beside their counted career."""
    counts = [
        column.name
        for column in CAREER_HISTORY.columns
        if column.name in history.columns and (column.filled or column.name == "unweighed_12m")
    ]
    history = history.mutate(
        **{name: history[name].fill_null(0) for name in counts if name not in ("person_key", "on")}
    )
    history = history.mutate(
        age=completed_years(history.date_of_birth, history.on),
        age_months=completed_months(history.date_of_birth, history.on),
        age_at_first_sanction=completed_years(history.date_of_birth, history.first_sanction_date),
        age_at_last_sanction=completed_years(history.date_of_birth, history.last_sanction_date),
        months_since_last_sanction=completed_months(history.last_sanction_date, history.on),
        **{
            f"days_at_liberty_{months}m": days_between(months_before(history.on, months), history.on)
            - history[f"custody_days_{months}m"]
            for months in WINDOWS
        },
    )
    history = history.mutate(career_years=history.age_at_last_sanction - history.age_at_first_sanction)
    released = history.last_release_date
    history = history.mutate(
        copas_rate=(history.sanctions / (10 + history.career_years)).ln(),
        follow_up_start=ibis.cases(
            (history.date_of_conviction.isnull(), ibis.null("date")),
            (history.in_custody, history.on),
            (released > history.date_of_conviction, released),
            else_=history.date_of_conviction,
        ),
        offence_free_months=ibis.cases(
            (history.last_sanction_date.isnull(), ibis.null("int64")),
            (history.in_custody, ibis.literal(0, "int64")),
            (released > history.last_sanction_date, completed_months(released, history.on)),
            else_=history.months_since_last_sanction,
        ),
        prolific=is_prolific(history),
    )
    types = CAREER_HISTORY.ibis_schema()
    return history.select(**{name: history[name].cast(type_) for name, type_ in types.items()})


def is_prolific(history: IbisTable) -> BooleanValue:
    """The Ministry of Justice's definition, by age on the date and sanction occasions by then."""
    return ibis.cases(
        (history.age.isnull(), ibis.null("boolean")),
        (history.age < 18, history.sanctions >= PROLIFIC_JUVENILE),
        (history.age < 21, history.sanctions >= PROLIFIC_YOUNG_ADULT),
        else_=(history.sanctions >= PROLIFIC_ADULT) & (history.sanctions_since_21.fill_null(0) >= PROLIFIC_SINCE_21),
    )
