"""Packed files: opened only as far as they are safe. A zip bomb is refused before it is unpacked."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from iom_analytics.errors import InputError
from iom_analytics.tables.reading.extract import Limits

# What the standard library raises on a packed file that is damaged or uses a method it does not have.
BAD_ARCHIVE = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError,
               ValueError, OverflowError, zlib.error, lzma.LZMAError)  # fmt: skip


@contextmanager
def opened(path: Path, file: str) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except BAD_ARCHIVE as error:
        raise InputError(f"{file} is damaged: it cannot be unpacked. Send it again.") from error
    with archive:
        yield archive


def check_size(archive: zipfile.ZipFile, file: str, *, most: int, ratio: int) -> None:
    """Raises InputError where the archive says it unfolds too far, and where it does so without saying."""
    members = archive.infolist()
    refuse_bomb(file, sum(m.file_size for m in members), sum(m.compress_size for m in members), most=most, ratio=ratio)
    for member in members:
        with unpacked(archive, member, file, most=most, ratio=ratio) as stream:
            while stream.read(1 << 20):
                pass


def refuse_bomb(file: str, size: int, packed: int, *, most: int, ratio: int) -> None:
    if size > most:
        raise InputError(
            f"{file} unfolds to more than {most / (1 << 20):,.0f} MB, which is not taken. "
            "Send the table as CSV, or in parts."
        )
    # Anything compresses well when it is small: a bomb is large as well.
    if size > 10 << 20 and size > ratio * max(packed, 1):
        raise InputError(
            f"{file} unfolds to more than {ratio} times its size, which no real table does. It is refused."
        )


class Counted:
    """A stream that refuses to unfold further than allowed, whatever the archive says of itself."""

    def __init__(self, stream: IO[bytes], file: str, *, packed: int, most: int, ratio: int) -> None:
        self.stream, self.file, self.packed, self.most, self.ratio = stream, file, packed, most, ratio
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        try:
            block = self.stream.read(size)
        except BAD_ARCHIVE as error:
            raise InputError(f"{self.file} is damaged: it cannot be unpacked to the end. Send it again.") from error
        self.taken += len(block)
        refuse_bomb(self.file, self.taken, self.packed, most=self.most, ratio=self.ratio)
        return block


@contextmanager
def unpacked(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, *, most: int, ratio: int
) -> Iterator[Counted]:
    """One file of the archive, as a stream that is held to the limits while it is read."""
    if member.flag_bits & 1:
        raise InputError(f"{file} needs a password to open. Send it without one, by a secure route.")
    try:
        stream = archive.open(member)
    except BAD_ARCHIVE as error:
        raise InputError(f"{file} is damaged: it cannot be unpacked. Send it again.") from error
    with stream:
        yield Counted(stream, file, packed=member.compress_size, most=most, ratio=ratio)


def only_member(archive: zipfile.ZipFile, file: str, limits: Limits) -> zipfile.ZipInfo:
    """The one table in the archive. Raises InputError where there is none, several, or one that unfolds too far."""
    members = [
        member
        for member in archive.infolist()
        if member.filename[-1:] not in ("", "/")
        and not member.filename.startswith("__MACOSX/")
        and "/." not in f"/{member.filename}"
    ]
    if len(members) != 1:
        raise InputError(f"{file} holds {len(members)} files. Send one table in each .zip.")
    member = members[0]
    if PurePosixPath(member.filename).suffix.lower() in (".zip", ".gz", ".7z", ".rar", ".xlsx", ".ods", ".parquet"):
        raise InputError(f"{file} holds a file that is packed itself. Send that one, or a CSV in the .zip.")
    refuse_bomb(file, member.file_size, member.compress_size, most=limits.unpacked, ratio=limits.ratio)
    return member
