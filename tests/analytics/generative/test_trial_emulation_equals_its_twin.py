"""Trials as the engine finds them are those that anybody would write down month by month; and no time is immortal."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iom_analytics.engine import Engine
from iom_analytics.evaluation import effect, emulation
from tests.analytics.alternatives import Row, months_after

DAYS = st.one_of(
    st.sampled_from([date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31), date(2024, 4, 1)]),
    st.dates(date(2024, 1, 1), date(2024, 6, 30)),
)
SPELL = st.fixed_dictionaries(
    {
        "person_key": st.sampled_from("abcdefgh"),
        "eligible_from": DAYS,
        "eligible_to": st.one_of(st.none(), DAYS),
        "treated_on": st.one_of(st.none(), DAYS),
    }
)
SCHEMA = pa.schema(
    {"person_key": pa.string(), **dict.fromkeys(("eligible_from", "eligible_to", "treated_on"), pa.date32())}
)


def trials_of(spells: list[Row], excluded_before_months: int) -> list[tuple[Any, ...]]:
    """Every trial, by going through the months and asking of each person, day by day, whether they are eligible."""
    people = sorted({row["person_key"] for row in spells})
    first = {
        key: min((row["treated_on"] for row in spells if row["person_key"] == key and row["treated_on"]), default=None)
        for key in people
    }

    def is_eligible(key: str, day: date) -> bool:
        return any(
            row["person_key"] == key
            and row["eligible_from"] <= day
            and (row["eligible_to"] is None or day < row["eligible_to"])
            for row in spells
        )

    found: list[tuple[Any, ...]] = []
    for month in (date(2024, number, 1) for number in range(1, 7)):
        end = months_after(month, 1)
        started = sorted(
            (on, key) for key, on in first.items() if on is not None and month <= on < end and is_eligible(key, on)
        )
        found += [(key, month, True, on, None) for on, key in started]
        if not started:
            continue
        free_to = months_after(end, excluded_before_months)
        others = [
            key for key in people if touches(spells, key, month, end) and (first[key] is None or first[key] >= free_to)
        ]
        for place, key in enumerate(others):
            on = started[place % len(started)][0]
            if is_eligible(key, on):
                found.append((key, month, False, on, first[key]))
    return sorted(found, key=str)


def touches(spells: list[Row], key: str, month: date, end: date) -> bool:
    return any(
        row["person_key"] == key
        and row["eligible_from"] < end
        and (row["eligible_to"] is None or row["eligible_to"] > month)
        for row in spells
    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spells=st.lists(SPELL, min_size=1, max_size=14), excluded=st.integers(0, 2))
def test_every_trial(duckdb_engine: Engine, spells: list[Row], excluded: int) -> None:
    table = duckdb_engine.from_arrow(pa.Table.from_pylist(spells, SCHEMA), "eligibility")
    rows = emulation.trials(table, excluded_before_months=excluded).to_pyarrow().to_pylist()
    assert sorted((tuple(row.values()) for row in rows), key=str) == trials_of(spells, excluded)


YEAR, BEGIN = 365, date(2020, 1, 1)


@pytest.mark.slow
def test_time_until_treatment_is_no_benefit_of_it(duckdb_engine: Engine) -> None:
    """Treatment does nothing here; it comes by chance to who has not reoffended yet, since who has is inside.

    Compared from the first day on, ever treated against never, it seems to prevent reoffending: to be treated at all
    one had to stay clear until then. Trial by trial there is no difference.
    """
    chance = np.random.default_rng(20)
    people = 6000
    since = chance.integers(0, 365, people)
    clear = since + chance.exponential(500, people).astype(int) + 1  # day of the reoffence
    offered = since + chance.exponential(700, people).astype(int)
    treated = (offered < clear) & (offered < 730)

    ever = (clear - since < YEAR).astype(float)
    naive = effect.between(
        effect.sample(ever[treated], np.ones(treated.sum())), effect.sample(ever[~treated], np.ones((~treated).sum()))
    )
    assert naive.upper is not None
    assert naive.upper < -0.15, "fifteen points of nothing"

    def days(values: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
        return pa.array(
            [BEGIN + timedelta(days=int(value)) for value in values], pa.date32(), mask=None if mask is None else ~mask
        )

    keys = [f"{number:05d}" for number in chance.permutation(people)]
    eligibility = pa.table(
        {
            "person_key": keys,
            "eligible_from": days(since),
            "eligible_to": days(clear),
            "treated_on": days(offered, treated),
        }
    )
    rows = emulation.trials(duckdb_engine.from_arrow(eligibility, "eligibility")).to_pyarrow()
    place = {key: number for number, key in enumerate(keys)}
    who = np.array([place[key] for key in rows["person_key"].to_pylist()])
    start = np.array([(day - BEGIN).days for day in rows["start_date"].to_pylist()])
    arm = np.array(rows["treated"].to_pylist())
    assert arm.sum() == treated.sum()
    assert (start < clear[who]).all(), "everybody is eligible when their clock starts"

    # Within a year, or before the comparison's own treatment: since that comes by chance it takes nobody in particular
    # out, and here nothing changes when it comes, so that the follow-up may simply go on.
    outcome = (clear[who] - start < YEAR).astype(float)
    found = effect.difference(outcome, arm, np.ones(len(who)), cluster=who)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < 0 < found.upper
    assert abs(found.estimate) < 0.02
