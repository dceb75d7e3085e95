"""Every file the synthetic agencies send, read back through its own layout: only what was damaged is held."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from iom_analytics.engine import Engine
from iom_analytics.synthetic import Area, Feed, Part, feeds, write_area
from iom_analytics.synthetic.feeds import CONTRACTS
from iom_analytics.tables import Layout, Table, check_file, open_extract

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
AREA = Area(people=1_500, seed=11, as_of=AS_OF)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("synthetic") / "area"
    write_area(AREA, path)
    return path


@pytest.fixture(scope="module")
def part() -> Part:
    return next(AREA.parts())


def read(folder: Path, feed: Feed, contract: Table, engine: Engine) -> tuple[pa.Table, list[dict[str, Any]]]:
    """What an import takes from the file (accepted rows), and the problems for which it holds rows."""
    name = feed.name if contract.name == feed.table else f"{feed.name}_{contract.name}"
    layout = Layout.from_dict(yaml.safe_load((folder / "layouts" / f"{name}.yaml").read_text()))
    path = folder / "extracts" / feed.file
    with open_extract(path, encoding=layout.encoding, delimiter=layout.delimiter) as extract:
        checked = list(check_file(extract, contract, layout, engine=engine, received_on=AS_OF).batches())
    problems = pa.concat_tables([batch.problems for batch in checked]).to_pylist()
    held = [problem for problem in problems if problem["severity"] == "held"]
    return pa.concat_tables([batch.accepted for batch in checked]), held


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.name)
def test_what_an_import_takes_is_what_was_sent_but_for_the_damaged_rows(
    feed: Feed, folder: Path, part: Part, duckdb_engine: Engine
) -> None:
    accepted, held = read(folder, feed, CONTRACTS[feed.table], duckdb_engine)
    faults = [row for row in pq.read_table(folder / "truth" / "faults.parquet").to_pylist() if row["feed"] == feed.name]
    assert {problem["line"] for problem in held} == {fault["line"] for fault in faults}
    found = {(problem["line"], problem["rule"], problem["column"]) for problem in held}
    assert {(fault["line"], fault["rule"], fault["field"]) for fault in faults} <= found
    sent = part.sent[feed.table]
    sent = sent.filter(pc.equal(sent["source"], feed.source))
    assert accepted.num_rows == sent.num_rows - len(faults)
    # Not one value is changed on the way through the agency's own layout.
    columns = [name for name in CONTRACTS[feed.table].column_names if name in ("source", *feed.columns)]
    expected = {tuple(row.values()) for row in sent.select(columns).to_pylist()}
    taken = {tuple(row.values()) for row in accepted.select(columns).to_pylist()}
    assert taken <= (expected if feed.name != "police_nominals" else in_capitals(expected, columns))


def in_capitals(rows: set[tuple[Any, ...]], columns: list[str]) -> set[tuple[Any, ...]]:
    """The rows with the names in capitals, as the police write them."""
    names = ("given_names", "family_name", "aliases")
    return {
        tuple(
            value.upper() if name in names and isinstance(value, str) else value
            for name, value in zip(columns, row, strict=True)
        )
        for row in rows
    }


def test_a_file_of_people_also_fills_the_persons_table(folder: Path, duckdb_engine: Engine) -> None:
    police = next(feed for feed in feeds() if feed.name == "police_nominals")
    accepted, _ = read(folder, police, CONTRACTS["persons"], duckdb_engine)
    assert set(accepted["ethnicity"].to_pylist()) >= {"White", "Black", "Asian", "Mixed", "Other"}
    assert None not in accepted["area"].to_pylist()


def test_each_table_of_events_is_sent_by_one_agency() -> None:
    senders = {feed.table: feed.source for feed in feeds() if feed.table != "identities"}
    assert len([feed for feed in feeds() if feed.table != "identities"]) == len(senders) == 7
    assert {feed.source for feed in feeds() if feed.table == "identities"} == set(senders.values())


def test_a_layout_survives_being_saved() -> None:
    for feed in feeds():
        for layout in feed.layouts().values():
            assert Layout.from_dict(layout.as_dict()) == layout


def test_faults_are_about_as_many_as_stated(folder: Path, part: Part) -> None:
    rows = sum(table.num_rows for table in part.sent.values())
    faults = pq.read_table(folder / "truth" / "faults.parquet").num_rows
    assert 0.002 < faults / rows < 0.004
