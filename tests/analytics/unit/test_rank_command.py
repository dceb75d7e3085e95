"""`iom-analytics rank`: what it writes, and what it says of files that are not what they should be."""

import json
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics.cli import app
from iom_analytics.errors import AnalyticsError

PERSONS = """person_key,sex,date_of_birth,ethnicity,area
a,M,1990-05-05,White,Arden
b,F,1999-12-31,Black,Arden
c,M,2001-02-28,,Barset
"""
SANCTIONS = """person_key,sanction_date,sanction_type,offence_code,disposal
a,2025-11-01,conviction,02803,custody
a,2025-12-01,conviction,03401,community order
b,2026-01-01,conviction,04600,fine
z,2026-01-01,conviction,04600,fine
"""
ARRESTS = """person_key,arrest_date,offence_code,domestic_abuse
a,2026-03-01,02803,no
a,2026-03-02,02803,Yes
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "persons.csv").write_text(PERSONS)
    (tmp_path / "sanctions.csv").write_text(SANCTIONS)
    (tmp_path / "arrests.csv").write_text(ARRESTS)
    return tmp_path


def run(folder: Path, *more: str, scheme: str = "neighbourhood-crime", on: str = "2026-04-01") -> str:
    files = ["--persons", str(folder / "persons.csv"), "--sanctions", str(folder / "sanctions.csv")]
    arguments = ["rank", *files, "--on", on, "--scheme", scheme, "--out", str(folder / "out"), *more]
    return CliRunner().invoke(app, arguments, catch_exceptions=False, standalone_mode=False).output


def test_it_writes_the_ranking_the_working_the_fairness_and_the_manifest(folder: Path) -> None:
    said = run(folder, "--arrests", str(folder / "arrests.csv"), "--against", "prolific-and-priority")
    assert "of 3 people are eligible" in said
    assert "for want of a table: drug_tests, intelligence_counts." in said
    ranked = {row["person_key"]: row for row in pq.read_table(folder / "out" / "ranked.parquet").to_pylist()}
    assert {"person_key", "rank", "points", "eligible", "near_miss"} <= set(ranked["a"])
    assert (ranked["a"]["rank"], ranked["a"]["eligible"], ranked["b"]["eligible"]) == (1, True, False)
    working = pq.read_table(folder / "out" / "working.parquet").to_pylist()
    assert {"person_key", "factor", "value", "points", "source_rows"} <= set(working[0])
    parts = {(row["person_key"], row["factor"]): row for row in working}
    assert parts["a", "neighbourhood-arrests"]["source_rows"] == [
        "arrests:2026-03-01/02803",
        "arrests:2026-03-02/02803",
    ]
    # The score was worked out from the record, since no agency sent one.
    assert parts["a", "reoffending-score"]["source_rows"] == ["scores:arp", "scores:ogrs3"]
    assert 0 < parts["a", "reoffending-score"]["value"] < 100
    assert "characteristic" in pa_csv.read_csv(folder / "out" / "fairness.csv").column_names
    assert set(pq.read_table(folder / "out" / "what_if.parquet")["change"].to_pylist()) <= {"enters", "leaves", "stays"}
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    assert manifest["task"] == "rank"
    assert manifest["parameters"]["scheme"] == "neighbourhood-crime 2021.1"
    assert set(manifest["inputs"]) == {"persons.csv", "sanctions.csv", "arrests.csv"}
    assert manifest["results"]["people"] == 3
    assert manifest["results"]["rows_about_people_not_in_persons"] == {"sanctions": 1}
    assert "capacity" in manifest["results"]["local_placeholders"]


def test_the_working_can_be_left_to_the_candidates(folder: Path) -> None:
    run(folder, "--working", "candidates")
    found = set(pq.read_table(folder / "out" / "working.parquet")["person_key"].to_pylist())
    ranked = pq.read_table(folder / "out" / "ranked.parquet").to_pylist()
    assert found == {row["person_key"] for row in ranked if row["eligible"] or row["near_miss"]}


def test_it_says_when_the_scheme_was_not_in_force(folder: Path) -> None:
    assert "is not in force on 2020-01-01" in run(folder, on="2020-01-01")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("sanctions.csv", SANCTIONS.replace("offence_code", "code"), r"lacks the column offence_code of the table"),
        ("sanctions.csv", SANCTIONS.replace("02803", "2803"), r"'2803'; a Home Office offence code has five digits"),
        ("sanctions.csv", SANCTIONS.replace("2025-11-01", "01/11/2025"), r"sanction_date is wrong on 1 row"),
        (
            "sanctions.csv",
            SANCTIONS.replace("2025-11-01", "2025-02-30"),
            r"for instance '2025-02-30'; it must be a date",
        ),
        ("sanctions.csv", SANCTIONS.replace("2025-11-01", ""), r"sanction_date is empty on 1 row; every row needs it"),
        ("sanctions.csv", SANCTIONS.replace("conviction", "guilty"), r"is wrong on 4 rows, for instance 'guilty'"),
        ("persons.csv", PERSONS.replace("b,F", "a,F"), r"two rows with the same person_key"),
        ("persons.csv", PERSONS.replace(",F,", ",Female,"), r"sex is wrong .* it must be one of"),
        ("persons.csv", "", r"persons\.csv"),
        ("persons.csv", "PK\x03\x04\x00\x00\x08\x00binary\x00\x01", r"persons\.csv"),
        ("arrests.csv", ARRESTS.replace("Yes", "perhaps"), r"domestic_abuse is wrong .* it must be yes or no"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_and_nothing_is_written(
    folder: Path, file: str, text: str, message: str
) -> None:
    (folder / file).write_text(text)
    with pytest.raises(AnalyticsError, match=message):
        run(folder, "--arrests", str(folder / "arrests.csv"))
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--on", "soon"], "--on must be a date"),
        (["--scheme", "nothing.yaml"], "no scheme file"),
        (["--working", "nobody"], "everyone' or 'candidates"),
        (["--arrests", "nowhere.csv"], "There is no file nowhere"),
        (["--engine", "oracle"], "Choose duckdb or spark"),
    ],
)
def test_an_option_that_cannot_be_is_refused(folder: Path, more: list[str], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        run(folder, *more)
