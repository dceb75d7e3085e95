"""Which encoding a text file is in, decided from the whole file in one pass, and the file as UTF-8.

The rule, the same every time: a byte-order mark decides; else UTF-16 where every other byte is empty; else UTF-8 where
all of it is valid; else Windows-1252, unless most of what is not plain ASCII is valid UTF-8 (two files pasted together:
the faulty rows are then held). Bytes that are no character become U+FFFD, which marks the row as damaged.
"""

import codecs
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from iom_analytics.errors import InputError

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1", "iso-8859-15")
BLOCK = 1 << 20
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\x0c") + b"\x7f"
LOST = "\ufffd".encode()
NOT_CONTROLS = bytes(code for code in range(256) if code not in CONTROLS)


class Stream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


Opener = Callable[[], AbstractContextManager[Stream]]


@dataclass(frozen=True)
class Survey:
    """What one pass over the file found. `clean`: valid UTF-8 without control characters: no row need be looked at."""

    encoding: str
    clean: bool
    only_returns: bool
    size: int


def survey(opener: Opener, *, file: str, encoding: str | None) -> Survey:
    """Reads the file once. Raises InputError where it is not text, or the encoding asked for is not one we read."""
    if encoding is not None and encoding.lower() not in ENCODINGS:
        raise InputError(f"'{encoding}' is not an encoding that is read. Choose one of {', '.join(ENCODINGS)}.")
    with opener() as stream:
        first = stream.read(BLOCK)
        found = encoding.lower() if encoding else by_mark(first, file) or by_empty_bytes(first)
        refuse_binary(first, file, wide=bool(found and found.startswith("utf-16")))
        strict = codecs.getincrementaldecoder("utf-8")("strict")
        loose = codecs.getincrementaldecoder("utf-8")("replace")
        valid, controls, size, newlines, returns = True, 0, 0, 0, 0
        faults = accents = 0
        block = first
        while block:
            size += len(block)
            controls += len(block.translate(None, NOT_CONTROLS)) + block.count(LOST)
            newlines += block.count(b"\n")
            returns += block.count(b"\r")
            if valid:
                try:
                    strict.decode(block)
                except UnicodeDecodeError:
                    valid = False
            if found is None:
                text = loose.decode(block)
                fault = text.count("\ufffd")
                faults += fault
                accents += len(text) - len(text.encode("ascii", "ignore")) - fault
            block = stream.read(BLOCK)
    if valid:
        try:
            strict.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
    if found is None:
        found = "utf-8" if valid or accents >= max(faults, 1) else "windows-1252"
    clean = found in ("utf-8", "utf-8-sig") and valid and controls == 0
    return Survey(found, clean, only_returns=newlines == 0 and returns > 0, size=size)


def by_mark(start: bytes, file: str) -> str | None:
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InputError(f"{file} is in UTF-32, which is not read. Export it as UTF-8.")
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def by_empty_bytes(start: bytes) -> str | None:
    """UTF-16 without a mark: Latin text has nearly every second byte empty, and hardly any of the others."""
    sample = start[: 1 << 16]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def refuse_binary(start: bytes, file: str, *, wide: bool) -> None:
    if wide:
        return
    controls = len(start.translate(None, NOT_CONTROLS))
    if controls > len(start) / 50:  # pictures and programs have some ten in a hundred; a damaged table far fewer
        raise InputError(f"{file} is not a text file, whatever its name. Send CSV, XLSX, ODS or Parquet.")


def as_utf8(stream: Stream, found: Survey, *, block: int) -> Iterator[bytes]:
    """The file as UTF-8 without its byte-order mark, in blocks. A carriage return ends a line if nothing else does."""
    mark = found.encoding == "utf-8-sig"
    decoder = None if found.clean else codecs.getincrementaldecoder(found.encoding)("replace")
    while True:
        raw = stream.read(block)
        if decoder is None:
            text = raw.removeprefix(codecs.BOM_UTF8) if mark else raw
            mark = False
        else:
            text = decoder.decode(raw, not raw).encode("utf-8", "replace")
        if found.only_returns:
            text = text.replace(b"\r", b"\n")
        if text:
            yield text
        if not raw:
            return
