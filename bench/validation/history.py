"""Career histories and rates on real criminal histories (Broward County, Florida; de-identified, relative days)."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bench.figures import Figure
from iom_analytics.cohorts.fairness import Group, compared, published
from iom_analytics.engine import Engine, open_engine
from iom_analytics.history import career_history

TITLE = "Career histories on real records: two-year recidivism in Broward County"

# Days in the file count from each person's screening; this is the day they are put on. Two years on is 730 days.
SCREENED = date(2014, 1, 1)
TWO_YEARS = timedelta(days=730)
OTHER_OFFENCE = "99900"
SPELLS = (
    ("c_jail_in_rel_days", "c_jail_out_rel_days"),
    ("r_jail_in_rel_days", "r_jail_out_rel_days"),
    ("in_custody_rel_days", "out_custody_rel_days"),
)

Row = dict[str, Any]


def figures(shared: Path) -> list[Figure]:
    """The published filter and rates first; then what the library counts from the same people's dated records."""
    with (shared / "outcomes" / "compas_two_years_deid.csv").open() as stream:
        people = [row for row in csv.DictReader(stream) if is_in_the_published_filter(row)]
    work = "Broward County, 2013 and 2014, by the file's own flag"
    rates = two_year_rates(people)
    found = [
        expected(work, "people after the published filter", rates["All"]["base"], 6_172),
        expected(work, "recidivism within two years, per cent",
                 round(100 * rates["All"]["chosen"] / rates["All"]["base"], 3), 45.512),
        expected(work, "African-American: people, of whom again",
                 f"{rates['African-American']['base']:,}, {rates['African-American']['chosen']:,}", "3,175, 1,661"),
        expected(work, "Caucasian: people, of whom again",
                 f"{rates['Caucasian']['base']:,}, {rates['Caucasian']['chosen']:,}", "2,103, 822"),
    ]  # fmt: skip
    with open_engine("duckdb", threads=2) as engine:
        found += histories(engine, people)
    return found


def two_year_rates(people: list[Row]) -> dict[str, Row]:
    """The rate of each group as the library publishes rates: small groups suppressed."""
    groups = []
    for race in sorted({row["race"] for row in people}):
        of_race = [row for row in people if row["race"] == race]
        again = sum(row["two_year_recid"] == "1" for row in of_race)
        groups.append(Group(race, len(of_race), again, 0))
    return {row["group"]: row for row in compared(published(groups), "Caucasian", "eligible")}


def is_in_the_published_filter(row: Row) -> bool:
    """ProPublica's filter: charged within 30 days of the screening, known outcome, no ordinary traffic offence."""
    days = row["days_b_screening_arrest"]
    return (
        days != ""
        and -30 <= float(days) <= 30
        and row["is_recid"] != "-1"
        and row["c_charge_degree"] != "O"
        and row["score_text"] != "N/A"
    )


def histories(engine: Engine, people: list[Row]) -> list[Figure]:
    """What the library counts from each person's earlier cases, the case in hand, the next one and the days in jail."""
    tables = {
        "persons": pa.table(
            {
                "person_key": [row["row_id"] for row in people],
                "date_of_birth": [SCREENED.replace(year=SCREENED.year - int(row["age"])) for row in people],
            }
        ),
        "sanctions": pa.Table.from_pylist([sanction for row in people for sanction in sanctions(row)]),
        "custody_spells": pa.Table.from_pylist([spell for row in people for spell in spells(row)]),
    }
    loaded = {name: engine.from_arrow(table, name) for name, table in tables.items()}

    def totals(on: date) -> dict[str, Any]:
        history = career_history(engine, on=on, **loaded)
        sums = history.aggregate(
            people=history.count(),
            sanctions=history.sanctions.sum(),
            days_at_liberty_24m=history.days_at_liberty_24m.sum(),
            copas=history.copas_rate.mean(),
            next_case=history.count(where=history.last_sanction_date > SCREENED),
        )
        row: dict[str, Any] = sums.to_pyarrow().to_pylist()[0]
        return row

    at_screening, later = totals(SCREENED), totals(SCREENED + TWO_YEARS)
    earlier = sum(int(row["priors_count"]) for row in people)
    # With a birthday on the day of the screening, a career of so many months before it is so many whole years.
    rates = [int(row["priors_count"]) + 1 for row in people]
    copas = np.mean([np.log(n / (10 + -(-(n - 1) // 12))) for n in rates])
    dated = sum(0 < number(row["r_offense_date_rel_days"]) <= 730 for row in people)
    work = "the same people's careers"
    return [
        expected(work, "people with a history", at_screening["people"], len(people)),
        expected(work, "sanctions known at the screening (the case in hand and all before it)",
                 at_screening["sanctions"], earlier + len(people)),
        expected(work, "mean Copas rate at the screening", round(at_screening["copas"], 9), round(float(copas), 9)),
        expected(work, "people with a new case within 730 days, by date", later["next_case"], dated),
        expected(work, "days at liberty in the two years after the screening", f"{later['days_at_liberty_24m']:,}",
                 f"{sum(days_free(row) for row in people):,}"),
    ]  # fmt: skip


def sanctions(row: Row) -> Iterator[dict[str, Any]]:
    """The earlier cases, one a month before the screening since only their number is known; this one; the next one."""
    months = [SCREENED.year * 12 + SCREENED.month - 1 - back for back in range(int(row["priors_count"]) + 1)]
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    if row["r_offense_date_rel_days"] and number(row["r_offense_date_rel_days"]) > 0:
        days.append(SCREENED + timedelta(days=number(row["r_offense_date_rel_days"])))
    for day in days:
        yield {
            "person_key": row["row_id"],
            "sanction_date": day,
            "sanction_type": "conviction",
            "offence_code": OTHER_OFFENCE,
        }


def spells(row: Row) -> Iterator[dict[str, Any]]:
    """The stays in jail that the file knows of; some are in it twice, and some overlap."""
    for start, end in SPELLS:
        if row[start] and row[end] and number(row[start]) <= number(row[end]):
            first, last = (SCREENED + timedelta(days=number(row[name])) for name in (start, end))
            yield {"person_key": row["row_id"], "start_date": first, "end_date": last}


def days_free(row: Row) -> int:
    """The days out of jail of the 730 from the screening on, day by day."""
    inside = np.zeros(730, dtype=bool)
    for start, end in SPELLS:
        if row[start] and row[end]:
            inside[max(number(row[start]), 0) : max(number(row[end]), 0)] = True
    return int(730 - inside.sum())


def number(text: str) -> int:
    return int(float(text)) if text else 0


def expected(work: str, measure: str, value: Any, bar: Any) -> Figure:
    shown = [f"{each:,}" if isinstance(each, int) else str(each) for each in (value, bar)]
    return Figure(work, measure, shown[0], shown[1], shown[0] == shown[1])
