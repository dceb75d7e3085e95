"""Who counts as a case of those who joined, what the score gave them, and whether they reoffended."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from iom_analytics.engine import Engine, open_engine
from iom_analytics.evaluation import cohort_study, managed
from iom_analytics.history import Records

KNOWN_TO = date(2026, 6, 1)
JOINED = date(2024, 2, 10)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("duckdb") as opened:
        yield opened


def known(engine: Engine, again: dict[str, tuple[date, date]], *, born: dict[str, date] | None = None) -> Records:
    """Everybody was convicted in June 2023; `again` has the offence and conviction of who reoffended."""
    keys = ["anna", "bob", "cleo", "dan", "eve"]
    first = [(key, date(2023, 5, 1), date(2023, 6, 1)) for key in keys]
    events = [*first, *((key, *days) for key, days in again.items())]
    return Records(
        persons=engine.from_arrow(
            pa.table(
                {
                    "person_key": keys,
                    "sex": ["M"] * 5,
                    "date_of_birth": pa.array([(born or {}).get(k, date(1990, 5, 5)) for k in keys], pa.date32()),
                    "area": ["Beck", "Ash", None, "Ash", "Beck"],
                }
            ),
            "persons",
        ),
        sanctions=engine.from_arrow(
            pa.table(
                {
                    "person_key": [key for key, _offence, _day in events],
                    "offence_date": pa.array([offence for _key, offence, _day in events], pa.date32()),
                    "sanction_date": pa.array([day for _key, _offence, day in events], pa.date32()),
                    "sanction_type": ["conviction"] * len(events),
                    "offence_code": ["02803"] * len(events),
                    "disposal": ["community-order"] * len(events),
                }
            ),
            "sanctions",
        ),
        custody_spells=engine.from_arrow(
            pa.table(
                {
                    "person_key": ["dan"],
                    "start_date": pa.array([date(2024, 1, 2)], pa.date32()),
                    "end_date": pa.array([date(2024, 3, 1)], pa.date32()),
                }
            ),
            "custody_spells",
        ),
    )


def times(engine: Engine, *rows: tuple[str, date, bool]) -> Any:
    names = ("person_key", "started_on", "ended_on", "asked_of")
    columns = [[row[0] for row in rows], [row[1] for row in rows], [None] * len(rows), [row[2] for row in rows]]
    types = (pa.string(), pa.date32(), pa.date32(), pa.bool_())
    return engine.from_arrow(
        pa.table([pa.array(each, kind) for each, kind in zip(columns, types, strict=True)], names=names), "entries"
    )


def test_a_case_is_a_first_joining_with_a_score_at_liberty(engine: Engine) -> None:
    records = known(engine, {"anna": (date(2024, 5, 1), date(2025, 1, 1))}, born={"eve": date(2010, 1, 1)})
    entries = times(
        engine,
        ("anna", JOINED, True),
        ("bob", JOINED - timedelta(days=40), True),
        ("bob", JOINED + timedelta(days=40), True),  # again: not a case of its own
        ("cleo", JOINED - timedelta(days=90), False),
        ("cleo", JOINED, True),  # another scheme's first
        ("dan", JOINED, True),  # inside when the month began
        ("eve", JOINED, True),  # a child
    )
    found = managed.managed(engine, records, entries, known_to=KNOWN_TO).to_pylist()
    assert [(row["person_key"], row["area"], row["reoffended"]) for row in found] == [
        ("bob", "Ash", False),
        ("anna", "Beck", True),
    ]
    assert found[1]["final_on"] == date(2025, 8, 10)
    # The score is the one that a cohort's comparison has for that month.
    month = engine.from_arrow(pa.table({"month": pa.array([date(2024, 2, 1)], pa.date32())}), "months")
    scores = cohort_study.as_known(engine, records, month).to_pyarrow().to_pylist()
    anna = next(row for row in scores if row["person_key"] == "anna")
    assert found[1]["probability"] == pytest.approx(anna["expected_percent"] / 100)


def test_only_outcomes_that_are_final_count(engine: Engine) -> None:
    records = known(engine, {})
    entries = times(engine, ("anna", JOINED, True))
    for day, number in ((date(2025, 8, 9), 0), (date(2025, 8, 10), 1)):
        assert managed.managed(engine, records, entries, known_to=day).num_rows == number


def test_who_never_joined_had_joined_nothing_by_the_end_of_the_month(engine: Engine) -> None:
    records = known(engine, {"cleo": (date(2024, 12, 1), date(2025, 3, 1))})
    entries = times(engine, ("anna", date(2024, 2, 29), False), ("bob", date(2024, 3, 1), True))
    found = managed.never_joined(engine, records, entries, month=date(2024, 2, 1), known_to=KNOWN_TO).to_pylist()
    assert [(row["person_key"], row["reoffended"]) for row in found] == [("bob", False), ("cleo", True), ("eve", False)]
    assert {row["final_on"] for row in found} == {date(2025, 8, 1)}
