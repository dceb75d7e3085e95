"""Where the files of a batch lie until it ends: outside what is served, readable by the product alone."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from iom.common.errors import NotVisible

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Kept:
    """An uploaded file, kept under a name of ours until its batch has an id."""

    path: Path
    size: int
    sha256: str


class OnDisk:
    """A file that lies on this machine already, as an upload."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.size = path.stat().st_size

    def chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                yield block


def folder(batch_id: int) -> Path:
    return Path(settings.STORE) / "imports" / str(batch_id)


def file(batch_id: int) -> Path:
    """The file as it was sent. It has no suffix: what it is is told from its content."""
    return folder(batch_id) / "file"


def accepted(batch_id: int) -> Path:
    return folder(batch_id) / "accepted.parquet"


def held(batch_id: int) -> Path:
    return folder(batch_id) / "held.csv"


def keep(upload: Any) -> Kept:
    """Writes an upload to the store, chunk by chunk; nothing stays of one that breaks off."""
    incoming = Path(settings.STORE) / "imports" / "incoming"
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = incoming / uuid4().hex
    digest = hashlib.sha256()
    size = 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            for chunk in upload.chunks():
                stream.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Kept(path, size, digest.hexdigest())


def move_to_batch(kept: Kept, *, batch_id: int) -> None:
    folder(batch_id).mkdir(mode=0o700, parents=True, exist_ok=True)
    kept.path.replace(file(batch_id))


def sweep(*, before: datetime) -> None:
    """Removes what a process that was killed in the middle of an upload left behind."""
    for path in (Path(settings.STORE) / "imports" / "incoming").glob("*"):
        with suppress(FileNotFoundError):  # its batch has an id by now
            if path.stat().st_mtime < before.timestamp():
                path.unlink()


def forget(kept: Kept) -> None:
    kept.path.unlink(missing_ok=True)


def discard(*, batch_id: int) -> None:
    """Removes what is no longer needed: all but the rows held, which the sender may still fetch."""
    for path in folder(batch_id).glob("*"):
        if path != held(batch_id):
            path.unlink(missing_ok=True)


def remove(*, batch_id: int) -> None:
    """Removes everything of a batch."""
    shutil.rmtree(folder(batch_id), ignore_errors=True)


def list_old(*, before: datetime) -> set[int]:
    """The numbers of the batches whose folders nothing has been put in since then."""
    paths = (path for path in (Path(settings.STORE) / "imports").glob("*") if path.name.isdecimal())
    return {int(path.name) for path in paths if path.stat().st_mtime < before.timestamp()}


def accepted_rows(*, batch_id: int) -> Iterator[pa.RecordBatch]:
    """The rows that passed, typed, as they were read; `source` and the line number left out."""
    with pq.ParquetFile(accepted(batch_id)) as parquet:
        wanted = [name for name in parquet.schema_arrow.names if name not in ("line", "source")]
        yield from parquet.iter_batches(batch_size=ROWS_AT_ONCE, columns=wanted)


def has_held_rows(*, batch_id: int) -> bool:
    return held(batch_id).exists()


def open_held_rows(*, batch_id: int) -> BinaryIO:
    """The file of rows held. Raises `NotVisible` where there is none."""
    try:
        return held(batch_id).open("rb")
    except FileNotFoundError as error:
        raise NotVisible from error


def write_examples(examples: list[dict[str, Any]], *, batch_id: int) -> None:
    """Keeps the first rows held, with their values, where only their own agency is shown them."""
    (folder(batch_id) / "examples.json").write_text(json.dumps(examples), encoding="utf-8")


def read_examples(*, batch_id: int) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads((folder(batch_id) / "examples.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return found


def write_progress(*, batch_id: int, share: float) -> None:
    (folder(batch_id) / "progress").write_text(f"{share:.4f}")


def read_progress(*, batch_id: int) -> float:
    try:
        return float((folder(batch_id) / "progress").read_text() or 0)
    except FileNotFoundError:
        return 0.0
