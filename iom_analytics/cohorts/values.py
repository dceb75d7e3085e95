"""Every factor a scheme uses, for every person: one row per person, one pass over each feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import ibis
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.cohorts.factors import Feed
from iom_analytics.cohorts.scheme import Use
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import (
    Records,
    complete,
    completed_months,
    known_offences,
    months_before,
)
from iom_analytics.history.occasions import offence_table
from iom_analytics.tables import ARRESTS, ASSESSMENTS, DRUG_TESTS, INTELLIGENCE_COUNTS, PERSONS, REGISTERS
from iom_analytics.tables.events import SUSPECTED_FALSE, WITH_CONDITIONS

SCORE_COLUMNS = {
    "person_key": "string",
    "predictor": "string",
    "percent": "float64",
    "band": "string",
    "provisional": "boolean",
}
# The column of each feed that a window of months is counted by.
DAYS: dict[Feed, str] = {
    "sanctions": "sanction_date",
    "arrests": "arrest_date",
    "drug_tests": "test_date",
    "intelligence_counts": "month",
}
# What names a row of a feed that has no row_id of its own.
NAMED_BY: dict[Feed | str, tuple[str, ...]] = {
    "sanctions": ("sanction_date", "offence_code"),
    "arrests": ("arrest_date", "offence_code"),
    "drug_tests": ("test_date", "occasion", "result"),
    "assessments": ("assessment_date", "instrument", "item"),
    "registers": ("register", "start_date"),
    "intelligence_counts": ("month", "crime_type", "source_evaluation", "information_assessment", "handling_code"),
    "scores": ("predictor",),
    "persons": ("person_key",),
    "custody_spells": ("start_date",),
}


@dataclass(frozen=True)
class Feeds:
    """The feeds as factors read them: only rows known by the date, with offence groups and harm beside them.

    `of(feed)` is None where the partnership has no such feed. The history has one row per person.
    """

    engine: Engine
    records: Records
    history: IbisTable
    on: date

    def of(self, feed: Feed, uses: Sequence[Use] = ()) -> IbisTable | None:
        if feed == "history":
            return self.history
        if feed == "persons":
            return complete(self.records.persons, PERSONS)
        if feed == "sanctions":
            return known_offences(self.engine, self.records.sanctions, on=self.on)
        table: IbisTable | None = getattr(self.records, feed)
        if table is None:
            return None
        if feed == "assessments":
            return self.assessments(table, uses)
        return PREPARE[feed](self, table)

    def arrests(self, table: IbisTable) -> IbisTable:
        rows = complete(table, ARRESTS)
        rows = rows.filter(rows.arrest_date <= self.on)
        offences = offence_table(self.engine).select("offence_code", "offence_group", "harm_days")
        rows = rows.left_join(offences, "offence_code", rname="known_{name}").drop("known_offence_code")
        return rows.mutate(months_ago=completed_months(rows.arrest_date, ibis.date(self.on)))

    def drug_tests(self, table: IbisTable) -> IbisTable:
        rows = complete(table, DRUG_TESTS)
        return rows.filter(rows.test_date <= self.on)

    def assessments(self, table: IbisTable, uses: Sequence[Use]) -> IbisTable:
        """Only the sections asked for, and of each the latest answer; of two on one day, the higher."""
        rows = complete(table, ASSESSMENTS)
        wanted = ibis.or_(*(counts(rows, use, self.on) for use in uses))
        rows = rows.filter((rows.assessment_date <= self.on) & wanted)
        latest_first = ibis.window(
            group_by=[rows.person_key, rows.instrument, rows["item"]],
            order_by=[rows.assessment_date.desc(), rows.score.desc(nulls_first=False), rows.band.desc()],
        )
        rows = rows.mutate(place=ibis.row_number().over(latest_first))
        return rows.filter(rows.place == 0).drop("place")

    def registers(self, table: IbisTable) -> IbisTable:
        rows = complete(table, REGISTERS)
        return rows.filter((rows.start_date <= self.on) & (rows.end_date.isnull() | (rows.end_date > self.on)))

    def intelligence_counts(self, table: IbisTable) -> IbisTable:
        """The months that had begun by the date; the month of the date itself counts as far as it has gone.

        Not what is suspected to be false, nor what may be shared only with conditions: every partner sees a rank.
        """
        rows = complete(table, INTELLIGENCE_COUNTS)
        is_false = rows.information_assessment.isin(SUSPECTED_FALSE).fill_null(False)
        is_bound = rows.handling_code.isin(WITH_CONDITIONS).fill_null(False)
        return rows.filter((rows.month <= self.on) & ~is_false & ~is_bound)

    def scores(self, table: IbisTable) -> IbisTable:
        missing = [name for name in SCORE_COLUMNS if name not in table.columns]
        if missing:
            raise InputError(f"The table scores lacks {', '.join(missing)}. It has {', '.join(table.columns)}.")
        sent_row = table.sent_row if "sent_row" in table.columns else ibis.null("string")
        return table.select(
            sent_row=sent_row, **{name: table[name].cast(type_) for name, type_ in SCORE_COLUMNS.items()}
        )


PREPARE = {
    "arrests": Feeds.arrests,
    "drug_tests": Feeds.drug_tests,
    "registers": Feeds.registers,
    "intelligence_counts": Feeds.intelligence_counts,
    "scores": Feeds.scores,
}


def row_name(rows: IbisTable, feed: str) -> StringValue:
    """What names a row: its table, and its own id or else what it says, parted by slashes: 'sanctions:17'.

    A score that an agency sent is named by the assessment it came in.
    """
    said = [rows[column].cast("string").fill_null("") for column in NAMED_BY[feed]]
    text = reduce(lambda left, right: left + "/" + right, said)
    name = ibis.literal(f"{feed}:") + (rows.row_id.fill_null(text) if "row_id" in rows.columns else text)
    return rows.sent_row.fill_null(name) if feed == "scores" else name


def counts(rows: IbisTable, use: Use, on: date) -> BooleanValue:
    """Whether a row of its feed counts towards the factor: of its kind, and within its months."""
    factor, arguments = use.factor, use.given
    wanted = ibis.literal(True) if factor.rows is None else factor.rows(rows, arguments)
    if "months" in arguments:
        wanted &= rows[DAYS[factor.feed]] > months_before(on, arguments["months"])
    return wanted


def within_reach(rows: IbisTable, uses: Sequence[Use], on: date) -> IbisTable:
    """The rows that any of the factors could count: those of the longest window, where all have one."""
    windows = [use.given["months"] for use in uses if "months" in use.given]
    if len(windows) < len(uses):
        return rows
    return rows.filter(rows[DAYS[uses[0].factor.feed]] > months_before(on, max(windows)))


def column_name(uses: Sequence[Use], use: Use) -> str:
    """The column that holds the factor's value: f0 for the first factor of the scheme."""
    return f"f{list(uses).index(use)}"


def factor_values(feeds: Feeds, uses: Sequence[Use]) -> IbisTable:
    """One row per person: `person_key`, the history's columns that ties are broken by, and a column per factor.

    A value is empty where it is not known, and where the person never had what it counts from; a count is 0 where there
    is a feed and the person is not in it.
    """
    history = feeds.history
    values = history.select("person_key", "harm_12m", "last_sanction_date", **of_one_row(history, uses, "history"))
    people_columns = of_one_row(people := complete(feeds.records.persons, PERSONS), uses, "persons")
    if people_columns:
        values = beside(values, people.select("person_key", **people_columns))
    for feed in dict.fromkeys(use.factor.feed for use in uses):
        of_feed = [use for use in uses if use.factor.feed == feed]
        if feed in ("history", "persons"):
            continue
        rows = feeds.of(feed, of_feed)
        if rows is None:
            empty = {column_name(uses, use): ibis.null(TYPES[use.factor.kind]) for use in of_feed}
            values = values.mutate(**empty)
            continue
        rows = within_reach(rows, of_feed, feeds.on)
        measured = {
            column_name(uses, use): use.factor.measure(rows, counts(rows, use, feeds.on), use.given) for use in of_feed
        }
        values = beside(values, rows.group_by("person_key").aggregate(**measured))
        none = {
            column_name(uses, use): values[column_name(uses, use)].fill_null(
                False if use.factor.kind == "yes_no" else 0
            )
            for use in of_feed
            if use.factor.absent == "none"
        }
        values = values.mutate(**none)
    types = {column_name(uses, use): TYPES[use.factor.kind] for use in uses}
    return values.mutate(**{name: values[name].cast(type_) for name, type_ in types.items()})


TYPES = {"number": "float64", "name": "string", "yes_no": "boolean"}


def of_one_row(table: IbisTable, uses: Sequence[Use], feed: Feed) -> dict[str, ibis.Value]:
    """The factors that are columns of a table with one row per person."""
    everyone = ibis.literal(True)
    return {
        column_name(uses, use): use.factor.measure(table, everyone, use.given)
        for use in uses
        if use.factor.feed == feed
    }


def beside(values: IbisTable, part: IbisTable) -> IbisTable:
    """The values with the columns of `part`, empty for people it does not have."""
    return values.left_join(part, "person_key", rname="part_{name}").drop("part_person_key")
