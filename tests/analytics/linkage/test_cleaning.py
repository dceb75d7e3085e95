"""Cleaning, case by case: the YAML tables beside this file, each case with a sentence for its name, on both engines."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from iom_analytics.engine import Engine
from iom_analytics.linkage.prepare import prepare
from iom_analytics.linkage.records import CONTRACT, Kind

FURTHER: dict[str, Kind] = {"town": "text", "mail": "email", "number": "number"}
CASES: list[dict[str, Any]] = [
    case
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for case in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
]


def text(value: Any) -> str | None:
    """What the YAML says, every value as it is written there: `null` is none, `true` is true."""
    return None if value in (None, "null", "None") else str(value)


cleaned_by: dict[str, list[dict[str, Any]]] = {}


def cleaned(engine: Engine) -> list[dict[str, Any]]:
    """All cases cleaned in one go, once for each engine."""
    if engine.name not in cleaned_by:
        columns = [name for name in (*CONTRACT, *FURTHER) if name not in ("source", "source_id")]
        rows = pa.table(
            {
                "source": ["cases"] * len(CASES),
                "source_id": [f"{number:04d}" for number in range(len(CASES))],
                **{name: pa.array([text(case["in"].get(name)) for case in CASES], pa.string()) for name in columns},
            }
        )
        table = prepare(engine, engine.from_arrow(rows, "cases"), FURTHER, this_year=2026)
        cleaned_by[engine.name] = table.order_by("record").to_pyarrow().to_pylist()
    return cleaned_by[engine.name]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["id"] for case in CASES])
def test_a_record_is_cleaned_so_that(number: int, engine: Engine) -> None:
    expected = {name: text(value) for name, value in CASES[number]["out"].items()}
    found = cleaned(engine)[number]
    written = {name: str(found[name]).lower() if name == "given_known" else found[name] for name in expected}
    assert written == expected
