"""Folders for what is read of the record while it is worked on.

They lie in the store and not in the system's own place for such: a killed worker cannot remove what it has read, which
is people, and here it is found and removed.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings


def place() -> Path:
    return Path(settings.STORE) / "scratch"


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder that is the worker's alone, and is gone with all that is in it at the end of the block."""
    place().mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{prefix}-", dir=place()) as name:
        yield Path(name)


def sweep(*, before: datetime) -> None:
    """Removes what killed workers left. Nothing is put into a folder any more that was last written to before then."""
    for path in place().glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                shutil.rmtree(path, ignore_errors=True)
