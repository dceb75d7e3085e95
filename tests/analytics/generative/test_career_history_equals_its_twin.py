"""The career history that the engine counts is the one that a person would count, row by row, on any records."""

import math
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iom_analytics import history
from iom_analytics.engine import Engine
from iom_analytics.tables import DISPOSALS, SANCTION_TYPES
from tests.analytics.alternatives import Row, career_of

ON = date(2024, 2, 29)
KEYS = tuple(f"p{number}" for number in range(12))
# Days that matter: round leap days, year ends and the date itself; and any day.
DAYS = st.one_of(
    st.sampled_from(
        [ON + timedelta(days=number) for number in (-731, -730, -367, -366, -365, -1, 0, 1)]
        + [date(2023, 2, 28), date(2023, 3, 1), date(2020, 2, 29), date(2023, 12, 31)]
    ),
    st.dates(date(2019, 1, 1), date(2024, 12, 31)),
)
BIRTHS = st.one_of(
    st.none(), st.sampled_from([date(2004, 2, 29), date(2003, 2, 28), date(2006, 3, 1), date(1996, 2, 29)]),
    st.dates(date(1980, 1, 1), date(2008, 1, 1)),
)  # fmt: skip
CODES = st.sampled_from(["00101", "02803", "03401", "04600", "10501", "80301", "09230", "00801", "77777"])
SANCTION = st.fixed_dictionaries(
    {
        "person_key": st.sampled_from(KEYS),
        "sanction_date": DAYS,
        "sanction_type": st.sampled_from(SANCTION_TYPES),
        "offence_code": CODES,
        "disposal": st.one_of(st.none(), st.sampled_from(DISPOSALS)),
        "custody_days": st.one_of(st.none(), st.integers(0, 40_000)),
    }
)
SPELL = st.fixed_dictionaries(
    {
        "person_key": st.sampled_from(KEYS),
        "start_date": DAYS,
        "end_date": st.one_of(st.none(), DAYS),
    }
).filter(lambda row: row["end_date"] is None or row["end_date"] >= row["start_date"])
SANCTION_SCHEMA = pa.schema(
    {
        "person_key": pa.string(),
        "sanction_date": pa.date32(),
        "sanction_type": pa.string(),
        "offence_code": pa.string(),
        "disposal": pa.string(),
        "custody_days": pa.int64(),
    }
)
SPELL_SCHEMA = pa.schema({"person_key": pa.string(), "start_date": pa.date32(), "end_date": pa.date32()})
PERSON_SCHEMA = pa.schema({"person_key": pa.string(), "date_of_birth": pa.date32()})


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-9)
    return bool(found == expected)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    births=st.lists(BIRTHS, min_size=len(KEYS), max_size=len(KEYS)),
    sanctions=st.lists(SANCTION, max_size=150),
    spells=st.lists(SPELL, max_size=30),
    on=st.sampled_from([ON, date(2023, 2, 28), date(2024, 1, 31)]),
)
def test_every_feature_is_what_a_person_would_count(
    duckdb_engine: Engine, births: list[date | None], sanctions: list[Row], spells: list[Row], on: date
) -> None:
    people = [{"person_key": key, "date_of_birth": born} for key, born in zip(KEYS, births, strict=True)]
    found = history.career_history(
        duckdb_engine,
        persons=duckdb_engine.from_arrow(pa.Table.from_pylist(people, PERSON_SCHEMA), "persons"),
        sanctions=duckdb_engine.from_arrow(pa.Table.from_pylist(sanctions, SANCTION_SCHEMA), "sanctions"),
        custody_spells=duckdb_engine.from_arrow(pa.Table.from_pylist(spells, SPELL_SCHEMA), "spells"),
        on=on,
    )
    rows = {row["person_key"]: row for row in found.to_pyarrow().to_pylist()}
    assert len(rows) == len(KEYS)
    for person in people:
        expected = career_of(person, sanctions, spells, on)
        row = rows[person["person_key"]]
        assert set(row) == set(expected)
        wrong = {name: (row[name], expected[name]) for name in row if not same(row[name], expected[name])}
        assert not wrong, f"found, expected: {wrong}"
