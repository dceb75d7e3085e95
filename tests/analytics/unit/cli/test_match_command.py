"""`iom-analytics match` and `effect`: what they write, and what they say of what is not as it should be."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics.cli import app
from iom_analytics.errors import InputError

METHODS = {
    "nearest": ["--caliper", "0.2", "--link", "logit", "--exact", "sex", "--ratio", "2"],
    "radius": ["--caliper", "0.2"],
    "subclass": [],
    "entropy": [],
    "overlap": ["--model", "penalised"],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    chance = np.random.default_rng(5)
    age = chance.normal(30, 6, 600)
    treated = chance.random(600) < 1 / (1 + np.exp(2.5 - age / 20))
    table = {
        "id": [f"u{number}" for number in range(600)],
        "treated": treated.astype(int),
        "age": age,
        "sex": chance.choice(["F", "M"], 600),
        "reoffended": (chance.random(600) < np.where(treated, 0.35, 0.6)).astype(int),
        "area": chance.integers(0, 30, 600),
    }
    pa_csv.write_csv(pa.table(table), tmp_path / "people.csv")
    return tmp_path / "people.csv"


def run(*arguments: str | Path) -> str:
    asked = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, asked, catch_exceptions=False, standalone_mode=False).output


def match(data: Path, *more: str) -> str:
    columns = ["--treatment", "treated", "--covariates", "age,sex", "--unit", "id"]
    return run("match", data, *columns, "--out", data.parent / "out", *more)


def effect(data: Path, *more: str | Path, outcome: str = "reoffended") -> str:
    return run("effect", data.parent / "out", "--outcome", outcome, "--out", data.parent / "result.json", *more)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_from_a_match_to_an_effect(data: Path, method: str) -> None:
    said = match(data, "--method", method, *METHODS[method])
    assert "treated are compared with" in said
    matched = pq.read_table(data.parent / "out" / "matched.parquet")
    assert {"unit", "treated", "weight", "propensity"} <= set(matched.column_names)
    assert matched.num_rows == 600
    with (data.parent / "out" / "balance.csv").open() as stream:
        assert [row["covariate"] for row in csv.DictReader(stream)] == ["distance", "age", "sex=M"]
    manifest = json.loads((data.parent / "out" / "manifest.json").read_text())
    assert manifest["parameters"]["method"] == method
    assert "Among people like these, reoffended was lower" in effect(data, "--cluster", "area", "--areas")
    row = json.loads((data.parent / "result.json").read_text())
    assert row["difference_lower"] < row["difference_means"] < row["difference_upper"] < 0
    assert row["significant"]
    assert row["verdict"] == {"word": "works", "reason": ""}
    assert row["doubly_robust"]["estimate"] == pytest.approx(row["difference_means"], abs=0.1)


def test_a_wish_turns_the_verdict_round(data: Path) -> None:
    match(data)
    effect(data, "--higher-is-better")
    assert json.loads((data.parent / "result.json").read_text())["verdict"]["word"] == "made it worse"


def test_no_effect_without_balance(data: Path) -> None:
    match(data)
    (data.parent / "out" / "balance.csv").unlink()
    with pytest.raises(InputError, match="it was not shown that the two groups are alike"):
        effect(data)


def test_no_effect_of_changed_or_missing_data(data: Path) -> None:
    match(data)
    with pytest.raises(InputError, match="no column happy"):
        effect(data, outcome="happy")
    with pytest.raises(InputError, match="must be a number"):
        effect(data, outcome="sex")
    with pytest.raises(InputError, match="no column household"):
        effect(data, "--cluster", "household")
    moved = data.rename(data.parent / "moved.csv")
    with pytest.raises(InputError, match="Say with --data where it is now"):
        effect(data)
    assert effect(data, "--data", moved)
    moved.write_text(moved.read_text().replace("u0", "v0", 1))
    with pytest.raises(InputError, match="is not what it was when it was matched"):
        effect(data, "--data", moved)
    (data.parent / "out" / "matched.parquet").unlink()
    with pytest.raises(InputError, match=r"has no matched\.parquet"):
        effect(data)


def test_what_match_cannot_do(data: Path) -> None:
    with pytest.raises(InputError, match="--method is one of"):
        match(data, "--method", "magic")
    with pytest.raises(InputError, match="There is no file"):
        match(data.parent / "nothing.csv")
    (data.parent / "broken.csv").write_text("a,b\n1\n")
    with pytest.raises(InputError, match="cannot be read"):
        match(data.parent / "broken.csv")
