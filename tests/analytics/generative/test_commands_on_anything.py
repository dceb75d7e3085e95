"""`reoffending`, `match` and `effect` on any files: an answer or a clear error, and no file that is half there."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from iom_analytics.cli import app
from iom_analytics.errors import AnalyticsError

DATES = st.sampled_from(["2020-01-15", "2020-02-29", "2021-01-14", "2019-12-31", "", "soon", "2020-13-01"])
DAYS = st.one_of(DATES, st.dates().map(str))
CELL = st.one_of(
    st.sampled_from(["", "0", "1", "yes", "no", "NaN", "inf", "-1", "1e400", "F", '"', "a,b", "\x00"]),
    st.text(max_size=5),
    st.floats(allow_nan=False).map(str),
)
CODES = st.sampled_from(["03401", "99700", "77777", "3401", ""])
SANCTIONS = st.sampled_from(["conviction", "Caution ", "recall", "", "pnd"])
EVENT = st.tuples(st.sampled_from("abc"), DAYS, DAYS, SANCTIONS, CODES)
START = st.tuples(st.sampled_from("abc"), DAYS, st.sampled_from(["custody", "", "caution"]), DAYS, CELL)
EVENT_HEADER = ("person_id", "offence_date", "sanction_date", "sanction_type", "offence_code")
START_HEADER = ("person_id", "start_date", "start_type", "exit_date", "expected_percent")
HEADER = st.lists(st.sampled_from(["t", "x", "y", "g", "id", "x"]), min_size=1, max_size=5)


def lines(header: tuple[str, ...] | list[str], rows: list[tuple[str, ...]]) -> bytes:
    return "\n".join(",".join(row) for row in (header, *rows)).encode("utf-8", "replace")


def broken(good: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Files as they should be, and cut off, or with bytes that are not text, or nothing at all."""
    cut = st.tuples(good, st.integers(0, 200)).map(lambda both: both[0][: both[1]])
    return st.one_of(good, good, cut, st.binary(max_size=60))


def run(*arguments: str | Path) -> bool:
    """Whether the command answered; an error that is shown to people is none of the program's own."""
    try:
        app([str(argument) for argument in arguments], standalone_mode=False)
    except AnalyticsError as error:
        event("refused")
        return not str(error).strip()  # an error without a word counts as an answer, and fails for want of its files
    event("answered")
    return True


def left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


EVENT_FILES = broken(st.lists(EVENT, max_size=12).map(lambda rows: lines(EVENT_HEADER, rows)))
START_FILES = broken(st.lists(START, max_size=6).map(lambda rows: lines(START_HEADER, rows)))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    events=EVENT_FILES,
    index=START_FILES,
    suffix=st.sampled_from(["csv", "csv", "parquet"]),
    more=st.lists(st.sampled_from(["--summary", "--one-entry", "--known-to=2022-01-01"]), unique=True),
)
def test_reoffending_of_any_files(events: bytes, index: bytes, suffix: str, more: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"events.{suffix}").write_bytes(events)
        (folder / "index.csv").write_bytes(index)
        given_files = left(folder)
        out = folder / "out" / "found.parquet"
        answered = run("reoffending", folder / f"events.{suffix}", "--index", folder / "index.csv", "--out", out, *more)
        written = left(folder) - given_files
        assert written == ({"out/found.parquet", "out/found.parquet.manifest.json"} if answered else set())
        if answered:
            assert pq.read_table(out).num_rows > 0
            json.loads((folder / "out" / "found.parquet.manifest.json").read_text())


@st.composite
def pools(draw: st.DrawFn) -> bytes:
    """Tables with enough treated and others, of which some columns may be anything."""
    number = draw(st.integers(0, 60))
    plain = st.one_of(st.integers(0, 3).map(str), st.floats(-9, 9).map(str))
    column = st.one_of(st.just(plain), st.just(plain), st.just(CELL), st.just(st.sampled_from(["F", "M", "X"])))
    kinds = {name: draw(column) for name in ("x", "y", "g")}
    rows = [
        (str(place), "1" if place % 3 == 0 else "0", *(draw(kind) for kind in kinds.values()))
        for place in range(number)
    ]
    return lines(("id", "t", "x", "y", "g"), rows)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    data=broken(st.one_of(pools(), st.tuples(HEADER, st.lists(st.tuples(CELL, CELL))).map(lambda t: lines(*t)))),
    suffix=st.sampled_from(["csv", "csv", "parquet"]),
    method=st.sampled_from(["nearest", "radius", "subclass", "entropy", "overlap"]),
    model=st.sampled_from(["logistic", "penalised"]),
    more=st.lists(st.sampled_from(["--caliper=0.2", "--replace", "--exact=g", "--unit=id"]), unique=True),
)
@example(data=b"", suffix="csv", method="nearest", model="logistic", more=[])
@example(data=b"\x80\n1\n", suffix="csv", method="nearest", model="logistic", more=[])
@example(data=b"t,x\n", suffix="csv", method="nearest", model="logistic", more=[])
def test_match_and_effect_of_any_file(data: bytes, suffix: str, method: str, model: str, more: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / f"people.{suffix}"
        file.write_bytes(data)
        asked = ["--treatment", "t", "--covariates", "x,g", "--method", method, "--model", model, *more]
        if "--exact=g" in more:
            asked = [part.replace("x,g", "x") for part in asked]
        if not run("match", file, *asked, "--out", folder / "out"):
            assert left(folder) == {file.name}
            return
        written = {"out/balance.csv", "out/matched.parquet", "out/manifest.json"}
        assert left(folder) == {file.name, *written}
        answered = run("effect", folder / "out", "--outcome", "y", "--out", folder / "result.json")
        assert left(folder) == {file.name, *written, *(["result.json"] if answered else [])}
        if answered:
            # A number that is none would be no JSON.
            json.loads((folder / "result.json").read_text(), parse_constant=lambda text: pytest.fail(text))


@pytest.mark.slow
def test_a_command_killed_in_mid_write_leaves_no_file_of_the_name(tmp_path: Path) -> None:
    rows = [(f"p{place}", "2020-05-01", "2020-06-01", "conviction", "03401") for place in range(50)]
    (tmp_path / "events.csv").write_bytes(lines(EVENT_HEADER, rows))
    (tmp_path / "index.csv").write_bytes(
        lines(START_HEADER, [(row[0], "2020-01-15", "custody", "", "") for row in rows])
    )
    # It stops once the rows are written beside their place, and before they take their name.
    code = """
import sys, time
from pathlib import Path
take = Path.replace
def slow(self, target):
    print("writing", flush=True)
    time.sleep(600)
    return take(self, target)
Path.replace = slow
from iom_analytics.cli import app
app(sys.argv[1:])
"""
    out = tmp_path / "out" / "found.parquet"
    asked = ["reoffending", str(tmp_path / "events.csv"), "--index", str(tmp_path / "index.csv"), "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-c", code, *asked], stdout=subprocess.PIPE, env=os.environ, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGKILL)
    assert not out.exists()
    assert not out.with_name("found.parquet.manifest.json").exists(), "nor does anything vouch for it"
    # What it left is of another name, and in nobody's way.
    app(asked, standalone_mode=False)
    assert pq.read_table(out).num_rows == 50
