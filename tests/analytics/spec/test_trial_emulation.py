"""Sequential trial emulation by drawn example, on both engines."""

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.evaluation import emulation
from tests.analytics.drawn import drawn

ELIGIBILITY = drawn(
    emulation.ELIGIBILITY,
    """
    person_key   eligible_from  eligible_to  treated_on
    alpha        2024-01-01     -            2024-03-09
    bravo        2024-02-01     2024-06-01   2024-03-17
    charlie      2024-01-01     -            -
    delta        2024-01-01     2024-03-17   -
    echo         2024-01-01     -            2024-05-05
    foxtrot      2024-03-10     -            -
    golf         2024-01-01     2024-03-01   2024-03-20
    hotel        2024-01-01     -            2024-03-31
    india        2024-01-01     2024-02-01   -
    india        2024-05-02     -            -
    juliet       2024-01-01     2024-03-09   2024-04-30
    kilo         2024-01-01     2024-03-10   -
    """,
)


def of(engine: Engine, table: pa.Table = ELIGIBILITY, **options: Any) -> list[tuple[Any, ...]]:
    found = emulation.trials(engine.from_arrow(table, "eligibility"), **options)
    rows = found.order_by("trial_month", ibis.desc("treated"), "person_key").to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in rows]


MARCH, MAY = date(2024, 3, 1), date(2024, 5, 1)


def test_each_month_is_a_trial(engine: Engine) -> None:
    on = {9: date(2024, 3, 9), 17: date(2024, 3, 17), 31: date(2024, 3, 31)}
    assert of(engine) == [
        ("alpha", MARCH, True, on[9], None),
        ("bravo", MARCH, True, on[17], None),
        ("hotel", MARCH, True, on[31], None),
        # Eligible in March and not treated by its end, in turn: charlie 9th, delta 17th, echo 31st, foxtrot 9th,
        # juliet 17th, kilo 31st. Delta's, juliet's and kilo's spells have ended by then; foxtrot's has not begun.
        # Golf, treated in March while not eligible, is on neither side; india was not eligible.
        ("charlie", MARCH, False, on[9], None),
        ("echo", MARCH, False, on[31], date(2024, 5, 5)),
        ("echo", MAY, True, date(2024, 5, 5), None),
        # Who was treated before is not compared; april has no trial, since juliet was not eligible when treated.
        ("charlie", MAY, False, date(2024, 5, 5), None),
        ("foxtrot", MAY, False, date(2024, 5, 5), None),
        ("india", MAY, False, date(2024, 5, 5), None),
    ]


def test_people_soon_to_be_treated_can_be_left_out(engine: Engine) -> None:
    # In March echo is two months before treatment: April and May.
    march = [[row[0] for row in of(engine, excluded_before_months=months) if row[1] == MARCH] for months in (1, 2)]
    assert ["echo" in people for people in march] == [True, False]


def test_treated_while_not_eligible(engine: Engine) -> None:
    found = emulation.treated_while_not_eligible(engine.from_arrow(ELIGIBILITY, "eligibility"))
    assert found.order_by("person_key").to_pyarrow().to_pylist() == [
        {"person_key": "golf", "treated_on": date(2024, 3, 20)},
        {"person_key": "juliet", "treated_on": date(2024, 4, 30)},
    ]


def test_covariates_by_person_and_month(engine: Engine) -> None:
    known = pa.table(
        {
            "person_key": ["charlie", "charlie", "alpha"],
            "trial_month": pa.array([MARCH, MAY, MARCH], pa.date32()),
            "sanctions": [3, 4, 7],
        }
    )
    table = engine.from_arrow(known, "known")
    assert {(row[0], row[1]): row[5] for row in of(engine, covariates=table) if row[5] is not None} == {
        ("charlie", MARCH): 3,
        ("charlie", MAY): 4,
        ("alpha", MARCH): 7,
    }
    worked_out = of(engine, covariates=lambda rows: rows.mutate(day=rows.start_date.day()))
    assert all(row[5] == row[3].day for row in worked_out)
    assert len(worked_out) == 9

    twice = engine.from_arrow(pa.concat_tables([known, known.slice(0, 1)]), "twice")
    for covariates, why in ((twice, "1 times"), (table.drop("trial_month"), "lack trial_month")):
        with pytest.raises(InputError, match=why):
            of(engine, covariates=covariates)
    with pytest.raises(InputError, match="that a trial has: treated"):
        of(engine, covariates=table.rename(treated="sanctions"))


def test_a_table_without_a_column_and_months_under_nought(duckdb_engine: Engine) -> None:
    with pytest.raises(InputError, match="lacks treated_on"):
        of(duckdb_engine, ELIGIBILITY.drop(["treated_on"]))
    with pytest.raises(InputError, match="under 0"):
        of(duckdb_engine, excluded_before_months=-1)
