"""The drop folders: where a partner's system leaves files for a feed, and where each file goes from there.

    ROOT/FEED/custody.csv                  left by the sender
    ROOT/FEED/taking/CLAIM/custody.csv     being taken up
    ROOT/FEED/taken/CLAIM/custody.csv      there is a batch of it
    ROOT/FEED/not-taken/CLAIM/custody.csv  there is none; a text beside it says why

Every step is one rename, so whoever is killed leaves each file whole in one of these places. A sender may write in FEED
alone: folders are opened once and links never followed, so nothing it plants there leads anywhere else.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from errno import EPERM
from pathlib import Path

from django.conf import settings

from iom.common.errors import InvalidInput

QUIET = 60  # seconds for which a file was left alone, after which it counts as whole
UNFINISHED = (".part", ".partial", ".filepart", ".tmp")  # how senders call a file that they rename when it is whole
TAKING, TAKEN, NOT_TAKEN = PLACES = ("taking", "taken", "not-taken")
WHY = "WHY NOT TAKEN.txt"
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Changing(Exception):
    """The file was written to while it was read: it was not whole after all."""


@dataclass(frozen=True)
class Claimed:
    """One thing that was left in a drop folder, set aside under a claim that nothing else ever has."""

    claim: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.claim}/{self.name}"


class Dropped:
    """A claimed file as an upload. Raises `Changing` at its end where it changed while it was read."""

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = os.fsencode(name).decode("utf-8", "replace")
        self.descriptor = descriptor
        self.before = os.fstat(descriptor)
        self.size = self.before.st_size

    def chunks(self) -> Iterator[bytes]:
        left = self.size
        while block := os.read(self.descriptor, 1 << 20):
            left -= len(block)
            if left < 0:  # do not fill the disk with what may never end
                raise Changing
            yield block
        if os.fstat(self.descriptor).st_ctime_ns != self.before.st_ctime_ns:
            raise Changing


class DropFolder:
    """The open drop folder of one feed: `top` and the three places within, as directory descriptors."""

    def __init__(self, top: int, places: dict[str, int]) -> None:
        self.top = top
        self.places = places

    def claim_whole(self, *, at: datetime) -> list[OSError]:
        """Sets aside whatever was left alone long enough by its time of change, which no sender can set.

        Returns why some could not be set aside: a folder that its sender has closed to others stays where it is.
        """
        problems: list[OSError] = []
        for name in sorted(os.listdir(self.top)):
            if name in PLACES or name.startswith(".") or name.lower().endswith(UNFINISHED):
                continue
            with suppress(FileNotFoundError):  # its sender has taken it back
                changed = os.stat(name, dir_fd=self.top, follow_symlinks=False).st_ctime
                if changed <= at.timestamp() - QUIET:
                    claim = f"{at:%Y-%m-%d}-{secrets.token_hex(4)}"
                    os.mkdir(claim, 0o750, dir_fd=self.places[TAKING])
                    try:
                        os.rename(name, f"{claim}/{name}", src_dir_fd=self.top, dst_dir_fd=self.places[TAKING])
                    except PermissionError as error:
                        problems.append(error)
        return problems

    def claimed(self) -> Iterator[Claimed]:
        """Everything set aside and not dealt with yet, by this look or by one that was cut short."""
        taking = self.places[TAKING]
        for claim in sorted(os.listdir(taking)):
            descriptor = os.open(claim, FOLDER, dir_fd=taking)
            names = sorted(os.listdir(descriptor), key=lambda name: name == WHY)
            os.close(descriptor)
            if names:
                yield Claimed(claim, names[0])
            else:
                os.rmdir(claim, dir_fd=taking)

    @contextmanager
    def reading(self, claimed: Claimed) -> Iterator[Dropped]:
        """The claimed file. Raises `InvalidInput` where it is no file of the sender's own, or may not be read."""
        taking = self.places[TAKING]
        if not stat.S_ISREG(os.stat(claimed.path, dir_fd=taking, follow_symlinks=False).st_mode):
            raise InvalidInput("Only files are taken. This is a link or a folder: send the file itself.")
        try:
            descriptor = os.open(claimed.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=taking)
        except PermissionError as error:
            raise InvalidInput("The file may not be read. Give OpenIOM the right to read it.") from error
        try:
            yield Dropped(claimed.name, descriptor)
        finally:
            os.close(descriptor)

    def put(self, claimed: Claimed, *, place: str, why: str = "") -> None:
        """Moves a claim, its text first, to where it stays."""
        taking = self.places[TAKING]
        if why and claimed.name != WHY:
            written = os.open(
                f"{claimed.claim}/{WHY}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640, dir_fd=taking
            )
            with os.fdopen(written, "w", encoding="utf-8") as text:
                text.write(why + "\n")
        os.rename(claimed.claim, claimed.claim, src_dir_fd=taking, dst_dir_fd=self.places[place])


def drop_path(drop_name: str) -> Path | None:
    """Where a feed's files may be left; None where drop folders are not switched on."""
    return Path(settings.DROP_FOLDER) / drop_name if settings.DROP_FOLDER else None


@contextmanager
def open_drop_folder(drop_name: str) -> Iterator[DropFolder]:
    """Opens a feed's drop folder, made if need be. Raises `OSError` where it or a place in it is not a real folder."""
    path = drop_path(drop_name)
    assert path is not None, "drop folders are switched on"
    path.mkdir(mode=0o770, parents=True, exist_ok=True)
    top = os.open(path, FOLDER)
    places: dict[str, int] = {}
    try:
        for place in PLACES:
            with suppress(FileExistsError):
                os.mkdir(place, 0o700 if place == TAKING else 0o750, dir_fd=top)
            places[place] = os.open(place, FOLDER, dir_fd=top)
            if os.fstat(places[place]).st_uid != os.geteuid():
                raise PermissionError(EPERM, f"{place} was not made by OpenIOM: remove it")
        yield DropFolder(top, places)
    finally:
        for descriptor in (top, *places.values()):
            os.close(descriptor)
