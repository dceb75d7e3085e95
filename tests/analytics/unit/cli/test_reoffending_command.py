"""`iom-analytics reoffending`: what it writes, and what it says of files that are not what they should be."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics.cli import app
from iom_analytics.errors import InputError

EVENTS = """person_id,offence_date,sanction_date,sanction_type,offence_code,disposal
a,2020-05-01,2020-06-01,conviction,03401,custody
a,2020-05-01,2020-06-01,conviction,03401,custody
b,2020-05-01,2020-06-01,PND,10501,
b,,2020-06-01,caution,04600,
"""
INDEX = """person_id,start_date,start_type,expected_percent
a,2020-01-15,custody,40
a,2020-02-15,caution,40
b,2020-02-15,court order,20
"""
SPELLS = "person_id,start_date,end_date\na,2020-06-01,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "index.csv").write_text(INDEX)
    (tmp_path / "spells.csv").write_text(SPELLS)
    return tmp_path


def run(folder: Path, *more: str, out: str = "out.parquet") -> str:
    files = [str(folder / "events.csv"), "--index", str(folder / "index.csv"), "--out", str(folder / out)]
    return CliRunner().invoke(app, ["reoffending", *files, *more], catch_exceptions=False, standalone_mode=False).output


def test_it_writes_a_row_for_each_start_and_the_manifest(folder: Path) -> None:
    said = run(folder, "--custody-spells", str(folder / "spells.csv"), "--known-to", "2022-01-01")
    assert "3 starts of 2 people, 2 with a proven reoffence; 0 starts are not mature" in said
    assert "1 events have no offence date" in said
    assert "prove nothing, not counted: pnd (1)" in said
    rows = pq.read_table(folder / "out.parquet").to_pylist()
    assert [(row["person_id"], row["reoffences"], row["custodial_reoffences"]) for row in rows] == [
        ("a", 1, 1),
        ("a", 1, 1),
        ("b", 0, 0),
    ]
    assert rows[0]["days_at_liberty"] == 138
    manifest = json.loads((folder / "out.parquet.manifest.json").read_text())
    assert set(manifest["inputs"]) == {"events.csv", "index.csv", "spells.csv"}
    assert manifest["versions"]["proven-reoffending"] == "2026.1"
    assert manifest["parameters"]["known_to"] == "2022-01-01"
    assert "Offences that are not recordable" in manifest["results"]["not_confirmed"]


def test_it_writes_the_summary_of_people_who_enter_once(folder: Path) -> None:
    run(folder, "--summary", "--one-entry", "--known-to", "2022-01-01", out="summary.csv")
    year, first = pa_csv.read_csv(folder / "summary.csv").to_pylist()
    assert (first["period"], first["starts"], first["people"], first["rate_percent"]) == ("2020 Q1", 2, 2, 50)
    assert (first["mean_expected_percent"], year["kind"]) == (30, "sum of quarters")
    results = json.loads((folder / "summary.csv.manifest.json").read_text())["results"]
    assert results["starts_left_out_by_one_entry"] == 1


def test_tables_keyed_by_the_library_do_too(folder: Path) -> None:
    (folder / "events.csv").write_text(EVENTS.replace("person_id", "person_key"))
    run(folder, "--known-to", "2022-01-01")
    assert pq.read_table(folder / "out.parquet")["reoffences"].to_pylist() == [1, 1, 0]


def test_events_that_cannot_be_and_disposals_not_known_are_said(folder: Path) -> None:
    header = EVENTS.splitlines()[0]
    (folder / "events.csv").write_text(
        f"{header}\na,2020-07-01,2020-06-01,conviction,03401,custody\nb,2020-05-01,2020-06-01,conviction,03401,Stocks\n"
    )
    said = run(folder, "--known-to", "2022-01-01")
    assert "1 events were dealt with before they were committed and are not counted" in said
    assert "Disposals that are not known, so that custody is left empty for them: stocks (1)" in said
    rows = pq.read_table(folder / "out.parquet").to_pylist()
    assert [row["reoffences"] for row in rows] == [0, 0, 1]
    results = json.loads((folder / "out.parquet.manifest.json").read_text())["results"]
    assert (results["events_proven_before_committed"], results["disposals_not_known"]) == (1, {"stocks": 1})


def test_a_figure_is_withheld_until_it_can_be_final(folder: Path) -> None:
    said = run(folder)
    assert "taken to be complete to 2020-06-01, the last day on which one was dealt with" in said
    assert "0 with a proven reoffence; 3 starts are not mature and have no figure" in said
    figures = ("reoffended", "reoffences", "first_reoffence_date", "custodial_reoffences", "custody_for_reoffence")
    rows = pq.read_table(folder / "out.parquet").to_pylist()
    assert {(row["is_mature"], *(row[name] for name in figures)) for row in rows} == {(False, *[None] * 5)}
    run(folder, "--summary", "--custody-spells", str(folder / "spells.csv"), out="summary.parquet")
    withheld = ("reoffenders", "reoffences", "rate_percent", "custody_percent", "adjusted_percent", "days_at_liberty")
    rows = pq.read_table(folder / "summary.parquet").to_pylist()
    assert {(row["is_mature"], *(row[name] for name in withheld)) for row in rows} == {(False, *[None] * 6)}
    assert (
        json.loads((folder / "out.parquet.manifest.json").read_text())["results"]["taken_as_known_to"] == "2020-06-01"
    )


def test_a_start_of_this_month_is_never_followed_to_its_end(folder: Path) -> None:
    """Not even where events are dated in a time to come."""
    today = datetime.now(UTC).date()  # noqa: TID251 (what the command takes as today)
    (folder / "index.csv").write_text(f"person_id,start_date,start_type\na,{today},custody\n")
    (folder / "events.csv").write_text(EVENTS.replace("2020-06-01,caution", "2099-06-01,caution"))
    assert f"complete to {today}" in run(folder)
    assert pq.read_table(folder / "out.parquet")["reoffended"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("file", "text", "more", "message"),
    [
        ("index.csv", INDEX.replace("start_type", "kind"), [], "index.csv lacks the column start_type"),
        ("events.csv", EVENTS.replace("offence_date", "committed"), [], "events.csv lacks the column offence_date"),
        (
            "index.csv",
            INDEX.replace(",caution,", ",banana,"),
            [],
            "'banana'; it must be one of custody, court order, caut",
        ),
        ("index.csv", INDEX.replace("2020-01-15", "15 Jan"), [], "start_date is wrong on 1 row, for instance '15 Jan'"),
        ("index.csv", INDEX.splitlines()[0] + "\n", [], "index.csv has no rows"),
        ("index.csv", INDEX, ["--known-to", "soon"], "--known-to must be a date"),
        ("index.csv", INDEX, ["--known-to", "2999-01-01"], "2999-01-01 is yet to come"),
        ("events.csv", EVENTS.splitlines()[0] + "\n", [], "events.csv has no rows, .*: give --known-to"),
        ("index.csv", INDEX, ["--window", "year"], "--window is 'index' or 'quarter'"),
    ],
)
def test_it_says_what_is_wrong(folder: Path, file: str, text: str, more: list[str], message: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(InputError, match=message):
        run(folder, *more)
    assert not (folder / "out.parquet").exists()
