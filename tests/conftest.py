"""What every test shares: where the real data is, the two engines, and no skipping in CI."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from iom_analytics.engine import Engine, open_engine

SHARED = Path(__file__).parents[2] / "shared" / "data"
IN_CI = os.environ.get("CI") == "true"


def cannot_run(reason: str) -> None:
    """Skips the test where this machine cannot run it; in CI, which can, fails it instead."""
    if IN_CI:
        pytest.fail(f"CI must not skip: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and oracles that stands beside a developer's checkout."""
    if not SHARED.exists():
        cannot_run("the real data (../shared/data) is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    with open_engine("duckdb", threads=2) as engine:
        yield engine


@pytest.fixture(scope="session")
def spark_engine() -> Iterator[Engine]:
    if shutil.which("java") is None:
        cannot_run("Spark needs Java 17")
    with open_engine("spark", threads=2) as engine:
        yield engine


@pytest.fixture(
    params=[
        pytest.param("duckdb"),
        pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow]),
    ]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn: a test that takes this runs on both, and must find the same."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found
