"""Results that appear whole or not at all, and the run manifest: what went in, with which parameters and code."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import uuid4


@dataclass(frozen=True)
class Manifest:
    """One run. `inputs` maps a file's name (its path where two have one name) to its SHA-256; `versions` names the code
    that ran.
    """

    task: str
    at: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    results: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=2, sort_keys=True, default=str) + "\n", encoding="utf-8")


def manifest(
    *,
    task: str,
    at: datetime,
    parameters: Mapping[str, Any],
    inputs: list[Path],
    results: Mapping[str, Any] | None = None,
    definitions: Mapping[str, str] | None = None,
) -> Manifest:
    """The manifest of a run over `inputs`. `definitions` names the versions of models, schemes and coefficients."""
    names = [path.name for path in inputs]
    versions = {name: version(name) for name in ("openiom", "ibis-framework", "duckdb", "splink")}
    return Manifest(
        task=task,
        at=at.isoformat(timespec="seconds"),
        parameters=parameters,
        inputs={path.name if names.count(path.name) == 1 else str(path): sha256(path) for path in inputs},
        versions={**versions, **(definitions or {})},
        results=results or {},
    )


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # a checkout that was never installed
        return "unknown"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, or of a folder's files in name order, as hexadecimal."""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the name `path` only when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.{uuid4().hex}{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
