"""What must hold of any synthetic career: nobody offends in a cell, and the law of the day is kept."""

from datetime import date

import duckdb
import pytest

from iom_analytics.reference import offence_codes
from iom_analytics.synthetic import Part, make_area
from iom_analytics.synthetic.offences import offences

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def part() -> Part:
    return next(make_area(people=8_000, seed=3, as_of=AS_OF).parts())


@pytest.fixture(scope="module")
def truth(part: Part) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, table in part.truth.items():
        connection.register(name, table)
    return connection


def count(truth: duckdb.DuckDBPyConnection, sql: str) -> int:
    [(found,)] = truth.execute(f"select count(*) from {sql}").fetchall()
    return int(found)


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("sanctions", "offence_date"),
        ("arrests", "arrest_date"),
        ("drug_tests", "test_date"),
    ],
)
def test_nobody_is_inside_and_outside_at_once(truth: duckdb.DuckDBPyConnection, table: str, day: str) -> None:
    assert count(truth, "custody_spells") > 2_000
    inside = f"{table} e join custody_spells c using (person_key) where e.{day} > c.start_date and e.{day} < c.end_date"
    assert count(truth, inside) == 0


def test_stays_in_custody_do_not_overlap(truth: duckdb.DuckDBPyConnection) -> None:
    overlap = """custody_spells a join custody_spells b using (person_key)
        where a.start_date < b.start_date and coalesce(a.end_date, date '2999-12-31') > b.start_date"""
    assert count(truth, overlap) == 0
    assert count(truth, "custody_spells where end_date <= start_date") == 0


def test_a_custodial_sentence_is_a_stay_in_custody_until_its_release(truth: duckdb.DuckDBPyConnection) -> None:
    sentences = """(select distinct person_key, sanction_date, release_date from sanctions
        where disposal = 'custody' and release_date > sanction_date)"""
    kept = f"""{sentences} s join custody_spells c on c.person_key = s.person_key and c.kind = 'sentence'
        and c.start_date = s.sanction_date and c.end_date = s.release_date"""
    assert count(truth, sentences) > 1_000
    assert count(truth, kept) == count(truth, sentences)


def test_days_are_in_order_and_nobody_is_too_young(truth: duckdb.DuckDBPyConnection) -> None:
    assert count(truth, "sanctions where offence_date > sanction_date or sanction_date > date '2026-09-30'") == 0
    for table, day in (("sanctions", "offence_date"), ("arrests", "arrest_date")):
        young = f"{table} e join persons p using (person_key) where e.{day} < p.date_of_birth + interval 10 years"
        assert count(truth, young) == 0, table


@pytest.mark.parametrize(
    "against_the_law",
    [
        "sanction_type in ('reprimand', 'warning') and (age >= 18 or sanction_date >= date '2013-04-08')",
        "sanction_type = 'caution' and age < 18 and sanction_date < date '2013-04-08'",
        "disposal = 'suspended sentence' and (age < 18 or sanction_date < date '2005-04-04' or custody_days > 730)",
        "disposal = 'conditional caution' and sanction_date < date '2004-07-03'",
        "disposal = 'custody' and age < 12",
        "disposal in ('caution', 'conditional caution') <> (sanction_type in ('caution', 'reprimand', 'warning'))",
        "disposal not in ('custody', 'suspended sentence') and custody_days is not null",
        "disposal <> 'custody' and release_date is not null",
        "offence_code = '00873' and offence_date < date '2018-11-13'",
        "offence_code = '00877' and offence_date < date '2022-06-07'",
    ],
)
def test_no_sanction_is_against_the_law_of_its_day(truth: duckdb.DuckDBPyConnection, against_the_law: str) -> None:
    table = """(select s.*, date_diff('year', date_of_birth, sanction_date)
            - (strftime(sanction_date, '%m%d') < strftime(date_of_birth, '%m%d'))::int as age
        from sanctions s join persons p using (person_key))"""
    assert count(truth, f"{table} where {against_the_law}") == 0


def test_short_sentences_bring_a_recall_only_since_they_have_a_licence(truth: duckdb.DuckDBPyConnection) -> None:
    recalls = """custody_spells r where kind = 'recall' and start_date < date '2015-02-01' and not exists (
        select 1 from sanctions s
        where s.person_key = r.person_key and s.custody_days >= 365 and s.sanction_date < r.start_date)"""
    assert count(truth, "custody_spells where kind = 'recall'") > 100
    assert count(truth, recalls) == 0


def test_every_offence_is_a_home_office_offence_that_a_score_can_use(truth: duckdb.DuckDBPyConnection) -> None:
    known = {row["offence_code"]: row["actuarial_category"] for row in offence_codes().to_pylist()}
    used = {*offences().code, *offences().before} - {""}
    assert used <= set(known)
    assert not {code for code in used if known[code] in (None, "", "UNKNOWN")}


def test_people_who_were_only_ever_arrested_have_no_sanction(truth: duckdb.DuckDBPyConnection) -> None:
    never = "persons p where not exists (select 1 from sanctions s where s.person_key = p.person_key)"
    assert 0.05 * 8_000 < count(truth, never) < 0.11 * 8_000
    assert count(truth, f"{never} and not exists (select 1 from arrests a where a.person_key = p.person_key)") == 0


def test_a_review_looks_like_the_assessment_before_it(truth: duckdb.DuckDBPyConnection) -> None:
    [(alike,)] = truth.execute("""
        with drugs as (select person_key, assessment_date, score from assessments where item = 'drugs')
        select corr(a.score, b.score) from drugs a join drugs b using (person_key)
        where a.assessment_date < b.assessment_date
    """).fetchall()
    assert alike > 0.6


def test_scores_that_agencies_send_say_something_about_what_follows(truth: duckdb.DuckDBPyConnection) -> None:
    # The chance that someone who was sanctioned again within two years had the higher score: about that of OGRS3.
    [(auc,)] = truth.execute("""
        with scored as (
            select a.person_key, a.score, exists (
                select 1 from sanctions s where s.person_key = a.person_key and s.offence_date > a.assessment_date
                    and s.offence_date < a.assessment_date + interval 2 years) as again
            from assessments a where instrument = 'OGRS3' and assessment_date < date '2024-03-31'
        ), ranked as (
            select again, rank() over (order by score) + (count(*) over (partition by score) - 1) / 2 as place
            from scored
        )
        select (sum(place) filter (again) - count(*) filter (again) * (count(*) filter (again) + 1) / 2)
            / (count(*) filter (again) * count(*) filter (not again)) from ranked
    """).fetchall()
    assert 0.7 < auc < 0.88
