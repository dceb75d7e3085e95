"""The main job from a terminal: synthetic, validate, link, key and rank, each on what the one before wrote."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from iom_analytics.cli import app
from iom_analytics.errors import AnalyticsError
from iom_analytics.tables import EVENTS, PLACES

ON = "2026-09-30"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1), result.output  # 1: the extracts have faults, so some rows are held
    return result.output


def options(files: Mapping[str, Sequence[Path]]) -> list[object]:
    return [part for table, paths in files.items() for path in paths for part in (f"--{table.replace('_', '-')}", path)]


def rows_of(path: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.slow
def test_agencies_extracts_become_the_ranking_that_the_truth_gives(tmp_path: Path) -> None:
    area, keyed = tmp_path / "area", tmp_path / "keyed"
    run("synthetic", "--people", 150, "--seed", 1, "--as-of", ON, "--out", area)
    accepted: dict[str, list[Path]] = {}
    for layout in sorted((area / "layouts").iterdir()):
        text = layout.read_text()
        extract = area / text.splitlines()[0].removeprefix("# Reads ")
        table, out = yaml.safe_load(text)["table"], tmp_path / f"{layout.stem}.parquet"
        run("validate", extract, "--table", table, "--layout", layout, "--received-on", ON, "--out", out)
        accepted.setdefault(table, []).append(out)
    for table in PLACES:
        assert rows_of(*accepted.pop(table.name)), "what happens in a place needs no key"
    assert set(accepted) == {"identities", "persons", *(table.name for table in EVENTS)}

    run("link", *accepted.pop("identities"), "--out", tmp_path / "linked")
    clusters = tmp_path / "linked" / "clusters.parquet"
    run("key", "--clusters", clusters, *options(accepted), "--out", keyed)
    ranked_by = ["--on", ON, "--scheme", "neighbourhood-crime"]
    run("rank", *options({table: [keyed / f"{table}.parquet"] for table in accepted}), *ranked_by, "--out", tmp_path)

    true_key = {
        (row["source"], row["source_id"]): row["person_key"] for row in rows_of(area / "truth" / "identities.parquet")
    }
    truly = {row["person_key"]: true_key[row["source"], row["source_id"]] for row in rows_of(clusters)}
    ranked = rows_of(tmp_path / "ranked.parquet")
    assert {row["person_key"] for row in ranked} == set(truly)
    found = {truly[row["person_key"]] for row in ranked if row["eligible"]}
    truth = {table: [area / "truth" / f"{table}.parquet"] for table in accepted}
    run("rank", *options(truth), *ranked_by, "--out", tmp_path / "true")
    expected = {row["person_key"] for row in rows_of(tmp_path / "true" / "ranked.parquet") if row["eligible"]}
    assert found == expected
    assert found

    first = next(row["person_key"] for row in ranked if row["rank"] == 1)
    behind = [row for row in rows_of(tmp_path / "working.parquet") if row["person_key"] == first and row["points"]]
    assert behind
    assert all(row["source_rows"] for row in behind)


CLUSTERS = "source,source_id,person_key\npolice,1,anna\npolice,2,anna\n"
PERSONS = "source,source_id,sex,date_of_birth\npolice,1,F,1990-02-03\npolice,2,F,1990-02-03\n"
COUNTS = "source,source_id,month,reports\npolice,1,2026-08-01,2\npolice,2,2026-08-01,3\npolice,3,2026-08-01,1\n"
SANCTIONS = "person_key,sanction_date,sanction_type,offence_code\nanna,2026-01-01,conviction,02803\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"clusters": CLUSTERS, "persons": PERSONS, "counts": COUNTS, "sanctions": SANCTIONS}
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def key(folder: Path) -> str:
    files = options({"persons": [folder / "persons.csv"], "intelligence_counts": [folder / "counts.csv"]})
    return run("key", "--clusters", folder / "clusters.csv", *files, "--out", folder / "keyed")


def test_a_person_with_two_records_in_a_system_has_the_rows_of_both_and_can_be_ranked(folder: Path) -> None:
    said = key(folder)
    assert "persons: 1 row." in said
    assert "intelligence_counts: left out 1 row of records not in clusters.csv." in said
    keyed = folder / "keyed" / "intelligence_counts.parquet"
    assert [(row["person_key"], row["reports"]) for row in rows_of(keyed)] == [("anna", 2), ("anna", 3)]
    files = {"persons": [folder / "keyed" / "persons.parquet"], "intelligence_counts": [keyed]}
    files["sanctions"] = [folder / "sanctions.csv"]
    run("rank", *options(files), "--on", ON, "--scheme", "neighbourhood-crime", "--out", folder / "ranked")
    working = {row["factor"]: row["value"] for row in rows_of(folder / "ranked" / "working.parquet")}
    assert 5 in working.values()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("clusters.csv", CLUSTERS + "police,1,ben\n", "two rows with the same source and source_id"),
        ("clusters.csv", CLUSTERS.replace("anna", ""), "person_key is empty on 2 rows"),
        ("persons.csv", PERSONS.replace("source_id", "id"), "lacks the column source_id"),
        ("counts.csv", COUNTS.replace(",3\n", ",many\n"), "reports is wrong on 1 row"),
    ],
)
def test_a_file_that_cannot_be_keyed_is_refused_and_nothing_is_written(
    folder: Path, file: str, text: str, message: str
) -> None:
    (folder / file).write_text(text)
    with pytest.raises(AnalyticsError, match=message):
        key(folder)
    assert not (folder / "keyed").exists()
