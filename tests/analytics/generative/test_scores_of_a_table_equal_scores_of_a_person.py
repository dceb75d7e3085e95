"""The two forms of every score agree: `score_person` for one row at a time, `score_people` for the table."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iom_analytics.engine import Engine
from iom_analytics.scoring import DYNAMIC, INPUTS, PREDICTORS, STATIC, read, score_people, score_person
from iom_analytics.scoring.facts import offences
from iom_analytics.scoring.inputs import NO_PREVIOUS_CONVICTIONS, PREVIOUS_CONVICTIONS, Input

COLUMNS = ("person_id", *INPUTS)
CODES = [code for code, offence in offences().items() if offence.actuarial_category]
NO_WEIGHT = ["00000", "08800", "11100", "14100", "95000", "99999", "100", "0010A", "123456", "", "٠٠١٠٠"]
RUBBISH = ["", " ", "?", "MAYBE", "31/12/1990", "2021-02-29", "0000-01-01", "1e3", "12.0", "99999999999", "-1", "ß"]

dates = st.dates(date(1930, 1, 1), date(2030, 12, 31)).map(str)
leap_days = st.sampled_from(["1992-02-29", "2000-02-29", "2023-02-28", "2023-03-01", "2024-02-29", "2024-11-30"])
counts = st.one_of(st.integers(1, 60), st.integers(-3, 1200)).map(str)


def words(each: Input) -> st.SearchStrategy[str]:
    """What a column may hold, good and bad."""
    match each.kind:
        case "sex":
            good = st.sampled_from(["M", "F", "m", " F "])
        case "date":
            good = dates | leap_days | st.just("2021-05-05 00:00:00")
        case "count":
            good = counts
        case "code":
            return st.sampled_from(CODES) | st.sampled_from(NO_WEIGHT)
        case "answer":
            good = st.sampled_from([*each.words, *(word.lower() for word in each.words)])
        case "convictions":
            several = st.lists(st.sampled_from(PREVIOUS_CONVICTIONS), min_size=1, max_size=4)
            good = several.map(" ; ".join) | st.sampled_from([NO_PREVIOUS_CONVICTIONS, "ARSON;", "arson"])
    return good


def cells(each: Input, *, rarely: int) -> st.SearchStrategy[str]:
    return st.integers(0, rarely).flatmap(lambda roll: words(each) if roll else st.sampled_from(RUBBISH))


def plausible(draw: st.DrawFn) -> dict[str, str]:
    """A record whose dates follow each other, so that most scores can be calculated."""
    born = draw(st.dates(date(1935, 1, 1), date(2005, 12, 31)))
    convicted = born.toordinal() + draw(st.integers(11 * 366, 80 * 365))
    followed_up = convicted + draw(st.integers(-60, 3000))
    sanctions = draw(st.integers(1, 4) | st.integers(1, 999))
    return {
        "sex": draw(st.sampled_from("MF")),
        "date_of_birth": str(born),
        "date_of_conviction": str(date.fromordinal(convicted)),
        "follow_up_start": str(date.fromordinal(followed_up)) if draw(st.integers(0, 9)) else "",
        "assessment_date": str(date.fromordinal(followed_up + draw(st.integers(-500, 2000)))),
        "age_at_first_sanction": str(draw(st.integers(10, 11 + (convicted - born.toordinal()) // 366))),
        "sanctions": str(sanctions),
        "violent_sanctions": str(draw(st.integers(0, min(sanctions, 3)) | st.integers(0, sanctions))),
        "offence_code": draw(st.sampled_from(CODES)),
    }


@st.composite
def people(draw: st.DrawFn) -> dict[str, str]:
    is_plausible = draw(st.integers(0, 4))
    record = plausible(draw) if is_plausible else {each.name: draw(cells(each, rarely=6)) for each in STATIC}
    rarely = draw(st.sampled_from([0, 3, 40, 400]))
    answers = {each.name: draw(cells(each, rarely=rarely)) if rarely else "" for each in DYNAMIC}
    return record | answers


def as_arrow(rows: list[dict[str, str]]) -> pa.Table:
    columns = {name: [row[name] for row in rows] for name in INPUTS}
    return pa.table({"person_id": [str(number) for number in range(len(rows))], **columns})


def by_key(rows: list[dict[str, Any]]) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(row["person_id"], row["predictor"], row["horizon_months"]): row for row in rows}


def one_at_a_time(rows: list[dict[str, str]], **options: Any) -> dict[tuple[str, str, int], dict[str, Any]]:
    """What the table should hold, from the form for one person."""
    found = []
    for number, row in enumerate(rows):
        inputs = read(row)
        for name, predictor in PREDICTORS.items():
            score = score_person(inputs, name, **options)
            outcomes = {outcome.horizon_months: outcome for outcome in score.outcomes}
            for months in predictor.horizons:
                outcome = outcomes.get(months)
                found.append(
                    {
                        "person_id": str(number),
                        "predictor": name,
                        "version": score.version,
                        "kind": score.kind,
                        "horizon_months": months,
                        "probability": outcome and pytest.approx(outcome.probability, rel=1e-12, abs=1e-15),
                        "percent": outcome and outcome.percent,
                        "band": score.band,
                        "provisional": score.provisional,
                        "errors": ";".join(error.code for error in score.errors),
                        "missing": ";".join(score.missing),
                    }
                )
    return by_key(found)


class Twin:
    """The form for a table, planned once over a table whose rows each example replaces."""

    def __init__(self, engine: Engine) -> None:
        self.duckdb = engine.connection.con
        self.duckdb.execute(f"create table twin ({', '.join(f'{name} varchar' for name in COLUMNS)})")
        scores = score_people(engine.connection.table("twin"), list(PREDICTORS), engine=engine)
        self.duckdb.execute(f"prepare twin_scores as {engine.connection.compile(scores)}")
        self.columns = scores.columns

    def scores(self, rows: list[dict[str, str]]) -> dict[tuple[str, str, int], dict[str, Any]]:
        self.duckdb.execute("delete from twin")
        self.duckdb.register("given", as_arrow(rows))
        self.duckdb.execute("insert into twin select * from given")
        found = self.duckdb.execute("execute twin_scores").fetchall()
        return by_key([dict(zip(self.columns, row, strict=True)) for row in found])


@pytest.fixture(scope="module")
def twin(duckdb_engine: Engine) -> Twin:
    return Twin(duckdb_engine)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(people(), min_size=1, max_size=25))
def test_both_forms_agree_on_every_column(twin: Twin, rows: list[dict[str, str]]) -> None:
    expected = one_at_a_time(rows)
    found = twin.scores(rows)
    assert found.keys() == expected.keys()
    for key, row in found.items():
        assert row == expected[key], {name: value for name, value in rows[int(key[0])].items() if value}
