"""`iom-analytics link` from a terminal: its column map, its three files, and its last line where truth is known."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics import linkage
from iom_analytics.cli import app
from iom_analytics.errors import AnalyticsError

POLICE = """ref,christian,sname,birthday,home,who
1,John,Smith,1984-02-09,M1 1AE,p1
2,James,Adeyemi,1991-06-01,LS1 4AP,p2
3,Daniel,Adeyemi,1991-06-01,LS1 4AP,p3
"""
PRISON = """ref,christian,sname,birthday,home,who
7,Jon,Smith,1984-02-09,M1 1AE,p1
8,Danny,Adeyemi,1991-06-01,LS1 4AP,p3
"""
COLUMNS = """source_id: ref
given_names: christian
family_name: sname
date_of_birth: birthday
also_compare: [home]
"""
QUALITY = r"^precision (0\.\d{4}|1\.0000) recall (0\.\d{4}|1\.0000) F1 (0\.\d{4}|1\.0000)$"


def link(*arguments: object) -> str:
    found = CliRunner().invoke(app, ["link", *map(str, arguments)], catch_exceptions=False, standalone_mode=False)
    return found.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("police.csv", POLICE), ("prison.csv", PRISON), ("map.yaml", COLUMNS)):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_it_links_files_by_a_column_map_and_measures_itself(
    folder: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(f"{engine}_engine")  # where this machine has it
    out = folder / "linked"
    files = (folder / "police.csv", folder / "prison.csv")
    said = link(*files, "--columns", folder / "map.yaml", "--truth", "who", "--out", out, "--engine", engine)
    assert "Also compared: home" in said
    assert re.match(QUALITY, said.splitlines()[-1])
    assert pq.read_table(out / "clusters.parquet").column_names == ["source", "source_id", "person_key"]
    clusters = {
        (row["source"], row["source_id"]): row["person_key"]
        for row in pq.read_table(out / "clusters.parquet").to_pylist()
    }
    assert len(clusters) == 5
    assert clusters["police", "1"] == clusters["prison", "7"]
    assert clusters["police", "2"] != clusters["police", "3"]
    links = pq.read_table(out / "links.parquet")
    ids = {"source_l", "source_id_l", "source_r", "source_id_r"}
    assert ids | {"match_weight", "match_probability", "agreements"} <= set(links.column_names)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["parameters"]["join"] == linkage.JOIN
    assert manifest["results"]["quality"] == said.splitlines()[-1]
    assert set(manifest["inputs"]) == {"police.csv", "prison.csv", "map.yaml"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (COLUMNS.replace("sname", "nobody"), "has no column 'nobody'"),
        (COLUMNS.replace("family_name", "surname"), "'surname' is not one of"),
        (COLUMNS.replace("[home]", "home"), "also_compare must be a list"),
        (": [", "cannot be read as YAML"),
    ],
)
def test_a_column_map_that_does_not_fit_is_refused_and_nothing_is_written(
    folder: Path, columns: str, message: str
) -> None:
    (folder / "map.yaml").write_text(columns)
    with pytest.raises(AnalyticsError, match=message):
        link(folder / "police.csv", "--columns", folder / "map.yaml", "--out", folder / "linked")
    assert not (folder / "linked").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "truth", "at_least"),
    [(["fake_1000.csv"], "cluster", 0.93), (["febrl4a.csv", "febrl4b.csv"], "rec_id", 0.998)],
)
def test_it_finds_the_people_of_published_sets_at_the_one_shipped_threshold(
    shared: Path, tmp_path: Path, files: list[str], truth: str, at_least: float
) -> None:
    said = link(*(shared / "linkage" / file for file in files), "--truth", truth, "--out", tmp_path)
    assert float(said.split()[-1]) >= at_least
