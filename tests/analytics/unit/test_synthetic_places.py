"""What happens in the made-up area's places agrees with its people, with itself, and with the files that tell of it."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from iom_analytics.engine import Engine
from iom_analytics.synthetic import Area, write_area
from iom_analytics.synthetic.places import Places, group_of, type_of
from iom_analytics.synthetic.writing_places import PLACE_FILES, PlaceFile
from iom_analytics.tables import PLACES, Layout, by_source, check_file, open_extract

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
AREA = Area(people=600, seed=11, as_of=AS_OF)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("synthetic") / "area"
    write_area(AREA, path)
    return path


@pytest.mark.parametrize("file", PLACE_FILES, ids=lambda file: file.table)
def test_every_row_is_taken_as_it_was_made(file: PlaceFile, folder: Path, duckdb_engine: Engine) -> None:
    layout = Layout.from_dict(yaml.safe_load((folder / "layouts" / f"{file.source}_{file.table}.yaml").read_text()))
    contract = next(by_source(table) for table in PLACES if table.name == file.table)
    with open_extract(folder / "extracts" / file.file) as extract:
        checked = list(check_file(extract, contract, layout, engine=duckdb_engine, received_on=AS_OF).batches())
    assert [row for batch in checked for row in batch.problems.to_pylist()] == []
    taken = pa.concat_tables([batch.accepted for batch in checked])
    columns = list(file.columns)
    assert rows_of(taken, columns) == rows_of(made()[file.table], columns)


def made() -> dict[str, pa.Table]:
    places = Places(AREA)
    crimes = pa.concat_tables([places.crimes(part) for part in AREA.parts()])
    return {"recorded_crimes": crimes, "victims": places.victims(), "confidence": places.confidence()}


def rows_of(table: pa.Table, columns: list[str]) -> "Counter[tuple[Any, ...]]":
    return Counter(tuple(row.values()) for row in table.select(columns).to_pylist())


def test_every_proven_offence_of_the_last_years_is_a_recorded_crime(folder: Path) -> None:
    crimes = pq.read_table(folder / "truth" / "recorded_crimes.parquet").to_pylist()
    sanctions = pq.read_table(folder / "truth" / "sanctions.parquet").to_pylist()
    since = AS_OF - timedelta(days=3 * 365)
    proven = Counter(
        (row["offence_code"], row["offence_date"]) for row in sanctions if (row["offence_date"] or date.min) >= since
    )
    recorded = Counter((row["offence_code"], row["from_time"].date()) for row in crimes)
    assert len(proven) > 100
    assert not proven - recorded
    assert sum(recorded.values()) > 2 * sum(proven.values()), "most crime has no known offender"
    assert max(row["to_time"].date() for row in crimes) <= AS_OF
    assert len({row["crime_ref"] for row in crimes}) == len(crimes)


def test_victims_are_counted_from_the_crimes(folder: Path) -> None:
    """The slow, obvious twin: who suffered in a month, and looked up one by one whether they had in the year before."""
    crimes = pq.read_table(folder / "truth" / "recorded_crimes.parquet").to_pylist()
    suffered: dict[tuple[str, str, str], list[date]] = {}
    for row in crimes:
        if row["victim_pseudonym"]:
            kind = type_of()[group_of()[row["offence_code"]]]
            suffered.setdefault((row["area"], kind, row["victim_pseudonym"]), []).append(row["from_time"].date())
    people: Counter[tuple[str, date, str]] = Counter()
    again: Counter[tuple[str, date, str]] = Counter()
    for (area, kind, _), days in suffered.items():
        days.sort()
        for month in {day.replace(day=1) for day in days}:
            cell = (area, month, kind)
            people[cell] += 1
            again[cell] += any(
                day.replace(day=1) == month and any(0 <= (day - other).days <= 365 for other in days[:at])
                for at, day in enumerate(days)
            )
    found = made()["victims"].to_pylist()
    assert {(row["area"], row["month"], row["crime_type"]): row["victims"] for row in found} == dict(people)
    assert {(row["area"], row["month"], row["crime_type"]): row["repeat_victims"] for row in found} == {
        cell: again[cell] for cell in people
    }


def test_waves_are_quarters_that_have_ended_and_the_same_seed_gives_them_again() -> None:
    waves = made()["confidence"]
    assert waves.equals(made()["confidence"])
    ends = sorted(set(waves["wave_end"].to_pylist()))
    assert len(ends) == 8
    assert ends[-1] == date(2026, 6, 30), "the quarter of the extracts is not over"
    assert None in waves["area"].to_pylist(), "the whole area is asked too"
