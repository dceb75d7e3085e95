"""An engine reads and writes the same rows whichever it is."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from iom_analytics import engine as engines
from iom_analytics.engine import Engine
from iom_analytics.errors import EngineError, InputError
from iom_analytics.provenance import whole_file

ROWS = pa.table({"person_key": ["a", "b"], "born": [date(1990, 2, 28), None], "sanctions": [3, 0]})


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_what_is_written_is_read_back(engine: Engine, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"rows{suffix}"
    engine.write(engine.from_arrow(ROWS, "rows").order_by("person_key"), path)
    back = engine.read(path).order_by("person_key").to_pyarrow()
    assert back["person_key"].to_pylist() == ["a", "b"]
    assert back["born"].to_pylist() == [date(1990, 2, 28), None]
    assert back["sanctions"].to_pylist() == [3, 0]


def test_as_text_reads_every_column_as_text(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code,n\n00100,1\n")
    table = engine.read(tmp_path / "codes.csv", as_text=True)
    assert table.to_pyarrow().to_pylist() == [{"code": "00100", "n": "1"}]


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(EngineError, match="Choose duckdb or spark"), engines.open_engine("oracle"):
        pass


def test_an_unknown_suffix_is_refused(duckdb_engine: Engine) -> None:
    with pytest.raises(InputError, match=r"must end in \.csv or \.parquet"):
        duckdb_engine.read(Path("people.xls"))


def half_write(path: Path) -> None:
    with whole_file(path) as part:
        part.write_text("half")
        raise RuntimeError


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        half_write(tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []
