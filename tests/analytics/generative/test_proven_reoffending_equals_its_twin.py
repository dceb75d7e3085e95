"""Proven reoffending as the engine counts it is what a person would count, start by start, on any events."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iom_analytics import measures
from iom_analytics.engine import Engine
from tests.analytics.alternatives import Row, days_at_liberty_of, proven_reoffending_of

KEYS = ("a", "b", "c")
EDGES = [
    date(2020, 2, 29),
    date(2021, 2, 28),
    date(2021, 8, 29),
    date(2019, 8, 31),
    date(2020, 8, 31),
    date(2021, 3, 1),
]
DAYS = st.one_of(st.sampled_from(EDGES), st.dates(date(2019, 6, 1), date(2022, 6, 1)))
START = st.fixed_dictionaries(
    {"person_id": st.sampled_from(KEYS), "start_date": DAYS, "start_type": st.just("custody")}
)
EVENT = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from((*KEYS, "nobody")),
        "offence_date": st.one_of(st.none(), DAYS),
        "sanction_date": DAYS,
        "sanction_type": st.sampled_from(["conviction", "caution", "warning", "recall"]),
        "offence_code": st.sampled_from(["03401", "77777", "99700"]),
        "offence_ref": st.one_of(st.none(), st.sampled_from(["r1", "r2"])),
    }
)
SPELL = st.builds(
    lambda person, start, days: {
        "person_id": person,
        "start_date": start,
        "end_date": None if days is None else start + timedelta(days=days),
    },
    st.sampled_from(KEYS),
    DAYS,
    st.one_of(st.none(), st.integers(0, 200)),
)
TEXT, DAY = pa.string(), pa.date32()
START_SCHEMA = pa.schema({"person_id": TEXT, "start_date": DAY, "start_type": TEXT})
EVENT_SCHEMA = pa.schema(
    {"person_id": TEXT, "offence_date": DAY, "sanction_date": DAY, "sanction_type": TEXT, "offence_code": TEXT,
     "offence_ref": TEXT}
)  # fmt: skip
SPELL_SCHEMA = pa.schema({"person_id": TEXT, "start_date": DAY, "end_date": DAY})


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    starts=st.lists(START, min_size=1, max_size=8),
    events=st.lists(EVENT, max_size=60),
    spells=st.lists(SPELL, max_size=8),
)
def test_every_start_is_followed_as_a_person_would(
    duckdb_engine: Engine, starts: list[Row], events: list[Row], spells: list[Row]
) -> None:
    def table(rows: list[Row], schema: pa.Schema) -> Any:
        return duckdb_engine.from_arrow(pa.Table.from_pylist(rows, schema), "rows")

    found = measures.proven_reoffending(
        duckdb_engine, index=table(starts, START_SCHEMA), events=table(events, EVENT_SCHEMA)
    )
    rows = measures.time_at_liberty(found, table(spells, SPELL_SCHEMA)).to_pyarrow().to_pylist()
    assert len(rows) == len(starts)
    for row in rows:
        expected = proven_reoffending_of(row, events)
        assert {name: row[name] for name in expected} == expected
        assert row["days_at_liberty"] == days_at_liberty_of(row, spells)
