"""`iom-analytics score` from a terminal: all six predictors, both editions, CSV and Parquet, both engines."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics.cli import app
from iom_analytics.errors import AnalyticsError

ALL = "ogrs3,ogrs4g,ogrs4v,arp,vrp,svrp"
PEOPLE = """person_id,sex,date_of_birth,date_of_conviction,follow_up_start,assessment_date,age_at_first_sanction,\
sanctions,violent_sanctions,offence_code,suitability_of_accommodation
sound,M,1990-02-28,2024-03-01,2024-06-01,2025-06-01,15,12,2,02801,SOME_PROBLEMS
young,F,2008-12-01,2025-03-01,2025-06-01,2025-06-01,12,3,0,00100,
wrong,M,1990-02-28,2024-03-01,2024-06-01,2025-06-01,50,12,2,99999,
"""
FIRST_COLUMNS = [
    "person_id",
    "predictor",
    "version",
    "kind",
    "horizon_months",
    "probability",
    "percent",
    "band",
    "provisional",
    "errors",
]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def score(people: Path, out: Path, *more: str, predictors: str = ALL) -> list[dict[str, Any]]:
    arguments = ["score", str(people), "--predictors", predictors, "--out", str(out), *more]
    CliRunner().invoke(app, arguments, catch_exceptions=False, standalone_mode=False)
    # Offence codes and errors are text in a CSV file; only the numbers are compared here.
    table = pq.read_table(out) if out.suffix == ".parquet" else pa_csv.read_csv(out)
    assert table.column_names[: len(FIRST_COLUMNS)] == FIRST_COLUMNS
    rows: list[dict[str, Any]] = table.to_pylist()
    return sorted(rows, key=lambda row: (row["person_id"], row["predictor"], row["horizon_months"]))


@pytest.mark.slow
def test_everybody_has_every_predictor_and_a_reason_where_there_is_no_score(people: Path, tmp_path: Path) -> None:
    rows = score(people, tmp_path / "scores.parquet")
    horizons = {"ogrs3": [12, 24], "ogrs4g": [12, 24], "ogrs4v": [12, 24], "arp": [24], "vrp": [24], "svrp": [24]}
    for person in ("sound", "young", "wrong"):
        found: dict[str, list[int]] = {}
        for row in rows:
            if row["person_id"] == person:
                found.setdefault(row["predictor"], []).append(row["horizon_months"])
        assert found == horizons
    of = {(row["person_id"], row["predictor"]): row for row in rows if row["horizon_months"] == 24}
    # By hand: 2.1217 - 1.326 + 0.46306 + 1.25112 ln(12 / 29) - 0.1239 = 0.031, which is 51 per cent.
    scored = of["sound", "ogrs3"]
    assert (scored["percent"], scored["band"], scored["kind"]) == (51, "MEDIUM", "static")
    assert of["sound", "arp"]["provisional"] is True
    assert "AGE_AT_START_OF_FOLLOWUP_UNDER_18" in of["young", "ogrs3"]["errors"]
    assert of["young", "ogrs3"]["percent"] is not None
    assert of["wrong", "ogrs3"]["percent"] is None
    assert "OFFENCE_CODE_MAPPING_NOT_FOUND" in of["wrong", "ogrs3"]["errors"]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_csv_and_parquet_and_both_engines_give_the_same(
    people: Path, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(f"{engine}_engine")  # where this machine has it
    expected = score(people, tmp_path / "scores.parquet")
    typed = tmp_path / "people.parquet"
    text = pa_csv.ConvertOptions(column_types={"offence_code": pa.string()})
    pq.write_table(pa_csv.read_csv(people, convert_options=text), typed)
    for path, out in ((typed, "again.parquet"), (people, "again.csv")):
        for row, again in zip(expected, score(path, tmp_path / out, "--engine", engine), strict=True):
            assert again["probability"] == pytest.approx(row["probability"], abs=1e-12)
            assert (again["percent"], again["band"] or None) == (row["percent"], row["band"])


@pytest.mark.slow
def test_the_edition_of_nine_decimals_is_another_version_of_ogrs3(people: Path, tmp_path: Path) -> None:
    usual = score(people, tmp_path / "usual.parquet", predictors="ogrs3")[0]
    fine = score(people, tmp_path / "fine.parquet", "--coefficients", "9dp", predictors="ogrs3")[0]
    assert (usual["person_id"], fine["person_id"]) == ("sound", "sound")
    assert usual["version"] != fine["version"]
    assert usual["probability"] != fine["probability"]
    assert fine["probability"] == pytest.approx(usual["probability"], abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--coefficients", "8dp"], "--coefficients is service or 9dp"),
        (["--predictors", ","], "--predictors names none"),
        (["--predictors", "ogrs5"], "ogrs5"),
        (["--out", "scores.xlsx"], r"must end in \.csv or \.parquet"),
        (["--engine", "oracle"], "Choose duckdb or spark"),
    ],
)
def test_what_cannot_be_done_is_refused(people: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        score(people, tmp_path / "scores.csv", *arguments)
    assert list(tmp_path.iterdir()) == [people]


@pytest.mark.parametrize("text", ["", PEOPLE.replace("sanctions,", "offences,", 1)])
def test_a_file_that_cannot_be_scored_is_refused(people: Path, tmp_path: Path, text: str) -> None:
    people.write_text(text)
    with pytest.raises(AnalyticsError, match="lacks these columns"):
        score(people, tmp_path / "scores.csv")
    assert list(tmp_path.iterdir()) == [people]
