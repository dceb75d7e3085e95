"""The partnership's people and history as the library's bundle, from the files that `iom.people.extract` writes."""

from dataclasses import fields
from pathlib import Path

from iom.access.scope import Scope
from iom.people import extract
from iom_analytics.engine import Engine
from iom_analytics.history import Records

ABOUT_PEOPLE = {field.name for field in fields(Records)}


def snapshot(folder: Path, *, scope: Scope) -> dict[str, Path]:
    """The tables as Parquet files in `folder`, by name; in the caller's transaction, as far as `scope` may see."""
    return extract.snapshot(folder=folder, scope=scope)


def places(folder: Path, *, scope: Scope) -> dict[str, Path]:
    """The tables about places as Parquet files in `folder`, by name; as `snapshot` else."""
    return extract.places(folder=folder, scope=scope)


def records(engine: Engine, files: dict[str, Path]) -> Records:
    """The files as the library's bundle."""
    return Records(**{name: engine.read(path) for name, path in files.items() if name in ABOUT_PEOPLE})
