"""The careers of the synthetic area against published figures, each within the tolerance stated here.

The measure is the Ministry of Justice's: a proven reoffence is an offence committed within twelve months of release,
sentence or caution and proven within eighteen. Headlines are those of `outcomes/moj_headline_rates.csv`.
"""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from iom_analytics.synthetic import Part, make_area

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
PEOPLE = 40_000
QUARTERS = 8  # cohorts of three months, the last of them complete eighteen months before the extracts

COHORT = """
with occasion as (
  select person_key, sanction_date, any_value(disposal) as disposal, max(custody_days) as custody_days,
    coalesce(max(release_date), sanction_date) as start_date, count(*) as offences
  from sanctions group by 1, 2
), entered as (
  select o.*, p.sex, p.date_of_birth, row_number() over (
      partition by person_key, date_diff('month', start_date, date '2025-03-31') // 3 order by start_date) as place
  from occasion o join persons p using (person_key)
  where start_date > date '2025-03-31' - to_months(3 * $quarters) and start_date <= date '2025-03-31'
)
select e.sex, e.disposal, e.custody_days, date_diff('day', date_of_birth, start_date) / 365.25 as age,
  (select count(*) from sanctions s where s.person_key = e.person_key and s.offence_date > e.start_date
     and s.offence_date < e.start_date + interval 12 months and s.sanction_date <= e.start_date + interval 18 months
  ) as reoffences,
  (select coalesce(sum(o.offences), 0) from occasion o
   where o.person_key = e.person_key and o.sanction_date < e.sanction_date) as previous
from entered e where place = 1
"""


@pytest.fixture(scope="module")
def part() -> Part:
    return next(make_area(people=PEOPLE, seed=2026, as_of=AS_OF).parts())


@pytest.fixture(scope="module")
def cohort(part: Part) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("persons", "sanctions", "arrests"):
        connection.register(name, part.truth[name])
    connection.execute(f"create table cohort as {COHORT}", {"quarters": QUARTERS})
    return connection


@pytest.fixture(scope="module")
def headlines(shared: Path) -> list[dict[str, str]]:
    with (shared / "outcomes" / "moj_headline_rates.csv").open() as file:
        return list(csv.DictReader(file))


def value(cohort: duckdb.DuckDBPyConnection, sql: str) -> float:
    [(found,)] = cohort.execute(sql).fetchall()
    return float(found)


def rate(cohort: duckdb.DuckDBPyConnection, where: str = "true") -> float:
    return value(cohort, f"select 100 * avg((reoffences > 0)::int) from cohort where {where}")


def headline(headlines: list[dict[str, str]], period: str, name: str) -> float:
    """The published rate of a period: of all, or of one of the groups named beside it."""
    row = next(row for row in headlines if row["cohort_period"] == period and row["group"] == "all")
    if name == "all":
        return float(row["proven_reoffending_rate_pct"])
    figures = dict(each.strip().rsplit(" ", 1) for each in row["other_figures"].split(","))
    return float(figures[name])


@pytest.mark.parametrize(
    ("name", "where", "tolerance"),
    [
        ("all", "true", 1.5),
        ("adult", "age >= 18", 1.5),
        ("juvenile", "age < 18", 4),
        ("custody+court orders", "age >= 18 and disposal in ('custody', 'suspended sentence', 'community order')", 4),
        ("custody <12m", "age >= 18 and disposal = 'custody' and custody_days < 365", 6),
        ("custody <=6m", "age >= 18 and disposal = 'custody' and custody_days <= 182", 8),
    ],
)
def test_proven_reoffending_is_as_published_for_april_to_june_2023(
    cohort: duckdb.DuckDBPyConnection, headlines: list[dict[str, str]], name: str, where: str, tolerance: float
) -> None:
    assert rate(cohort, where) == pytest.approx(headline(headlines, "2023-04..2023-06", name), abs=tolerance)


def test_a_long_record_goes_with_reoffending_as_published(cohort: duckdb.DuckDBPyConnection) -> None:
    # July 2011 to June 2012: 47 % of people with 11 or more previous offences, 10.5 % of those with none.
    assert rate(cohort, "previous >= 11") == pytest.approx(47, abs=7)
    assert rate(cohort, "previous = 0") == pytest.approx(10.5, abs=2)


def test_people_with_long_records_commit_more_than_half_of_the_reoffences(cohort: duckdb.DuckDBPyConnection) -> None:
    # July 2010 to June 2011: 56.5 % by people with 11 or more previous offences.
    found = value(cohort, "select 100 * sum(reoffences) filter (previous >= 11) / sum(reoffences) from cohort")
    assert found == pytest.approx(56.5, abs=8)


def test_reoffences_for_each_who_reoffends_lie_between_the_published_years(
    cohort: duckdb.DuckDBPyConnection,
) -> None:
    # 2.79 in 2009, 3.1 in 2013/14, 3.99 for men and 4.33 for women in 2017/18.
    assert 2.79 <= value(cohort, "select avg(reoffences) from cohort where reoffences > 0") <= 4.33


def test_women_are_fewer_and_reoffend_less(cohort: duckdb.DuckDBPyConnection) -> None:
    men, women = rate(cohort, "sex = 'M'"), rate(cohort, "sex = 'F'")
    assert 4 <= men - women <= 15
    assert 0.14 <= value(cohort, "select avg((sex = 'F')::int) from cohort") <= 0.22


def test_the_most_active_tenth_commit_a_large_part_of_the_offences(
    cohort: duckdb.DuckDBPyConnection,
) -> None:
    # The prolific offender strategy of 2004: a tenth of a million active people commit half of all crime. Proven
    # offences are spread more evenly than all crime, since everyone who counts here has one at least.
    sql = """
        with committed as (
            select person_key, count(*) as offences from sanctions
            where offence_date > date '2024-03-31' and offence_date <= date '2025-03-31' group by 1
        ), ranked as (
            select offences, row_number() over (order by offences desc) / count(*) over () as place from committed
        )
        select 100 * sum(offences) filter (place <= 0.1) / sum(offences) from ranked
    """
    assert 30 <= value(cohort, sql) <= 50


def test_ethnic_groups_differ_in_police_attention_and_not_in_reoffending(
    part: Part, cohort: duckdb.DuckDBPyConnection
) -> None:
    # What the area is made to show: arrests follow the police as much as the person.
    rows = cohort.execute("""
        with counted as (
            select ethnicity, (select count(*) from arrests a where a.person_key = p.person_key) as arrests,
                (select count(distinct sanction_date) from sanctions s where s.person_key = p.person_key
                    and sanction_date > date '2020-09-30') as sanctions
            from persons p
        ) select ethnicity, avg(arrests), avg(sanctions) from counted group by 1
    """).fetchall()
    by_group = {group: (arrests, sanctions) for group, arrests, sanctions in rows}
    assert by_group["Black"][0] / by_group["White"][0] > 1.12
    assert by_group["Black"][1] / by_group["White"][1] == pytest.approx(1, abs=0.12)
