"""A text file as a stream of rows: its encoding, its delimiter and its header found, then cut block by block."""

import csv
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from iom_analytics.errors import InputError
from iom_analytics.tables.reading import archives, encodings
from iom_analytics.tables.reading.encodings import Opener, Stream
from iom_analytics.tables.reading.extract import (
    HELD_COLUMNS,
    Batch,
    BrokenRow,
    Extract,
    Limits,
    ReadReport,
    checked_header,
)
from iom_analytics.tables.reading.records import KEPT_OF_LONG, Cutter

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE = 1 << 16  # bytes
SAMPLE_RECORDS = 50


@contextmanager
def open_delimited(
    path: Path,
    file: str,
    *,
    zipped: bool,
    encoding: str | None,
    delimiter: str | None,
    header_line: int,
    limits: Limits,
    names: tuple[str, ...] | None = None,
) -> Iterator[Extract]:
    """The text file, or the one in the .zip. Raises InputError where it is not a table of text."""
    if zipped:
        with archives.opened(path, file) as archive:
            member = archives.only_member(archive, file, limits)

            def opener() -> AbstractContextManager[Stream]:
                most, ratio = limits.unpacked, limits.ratio
                return archives.unpacked(archive, member, file, most=most, ratio=ratio)

            with from_text(
                file, opener, encoding, delimiter, header_line, limits, member=member.filename, given=names
            ) as extract:
                yield extract
    else:
        with from_text(file, lambda: path.open("rb"), encoding, delimiter, header_line, limits, given=names) as extract:
            yield extract


@contextmanager
def from_text(
    file: str,
    opener: Opener,
    encoding: str | None,
    delimiter: str | None,
    header_line: int,
    limits: Limits,
    member: str | None = None,
    given: tuple[str, ...] | None = None,
) -> Iterator[Extract]:
    found = encodings.survey(opener, file=file, encoding=encoding)
    with opener() as stream:
        blocks = encodings.as_utf8(stream, found, block=limits.block)
        start, line = first_lines(blocks, file, header_line, limits)
        start, line, said = delimiter_line(start, line)
        delimiter = delimiter or said or find_delimiter(start, file)
        names, header_bytes, header_lines = header(start, delimiter, file)
        if len(names) == 1:
            cut_at = DELIMITERS.get(delimiter, delimiter)
            raise InputError(
                f"{file} has only one column, '{names[0][:80]}', when cut at each {cut_at}. "
                "Separate the columns with a comma, semicolon, tab or pipe, or name the delimiter."
            )
        if given is not None and not is_header(names, given):
            if len(names) != len(given):
                raise InputError(
                    f"{file} has {len(names)} columns where {len(given)} are expected: {', '.join(given)}. "
                    "Check that it is the kind of file the feed is for."
                )
            names, header_bytes, header_lines = list(given), 0, 0
        columns = checked_header(names, file=file, limits=limits)
        report = ReadReport(
            file,
            "delimited text",
            columns,
            encoding=found.encoding,
            delimiter=delimiter,
            member=member,
            mended=columns[: len(HELD_COLUMNS)] == HELD_COLUMNS,
            bytes_in_all=found.size,
        )
        extract = Extract(report, ())
        cutter = Cutter(len(columns), delimiter, limits, clean=found.clean)
        extract.source = cut_all(extract, cutter, start[header_bytes:], blocks, line + header_lines)
        yield extract


def first_lines(blocks: Iterator[bytes], file: str, header_line: int, limits: Limits) -> tuple[bytes, int]:
    """The start of the text from the header's line on, and that line's number."""
    start = b""
    while len(start) < SAMPLE and (block := next(blocks, None)) is not None:
        start += block
    for _ in range(header_line - 1):
        _, found, start = start.partition(b"\n")
        if not found:
            raise InputError(f"{file} has no line {header_line}, where its header should be.")
    end = start.find(b"\n")
    if end > limits.record or (end < 0 and len(start) > limits.record):
        raise InputError(f"{file} has no line ends, or a first line over {limits.record:,} bytes. Is it a table?")
    return start, header_line


def delimiter_line(start: bytes, line: int) -> tuple[bytes, int, str | None]:
    """The text after a line like `sep=;`, which spreadsheets read, and the delimiter it names."""
    first, _, rest = start.partition(b"\n")
    first = first.strip().strip(b'"')
    if first.lower().startswith(b"sep=") and len(first) == 5:
        return rest, line + 1, chr(first[4])
    return start, line, None


def find_delimiter(start: bytes, file: str) -> str:
    """The delimiter that cuts the header into most columns and at least half of the first rows into as many.

    Where two do equally well, the first of comma, semicolon, tab and pipe.
    """
    sample = start[:SAMPLE].decode("utf-8", "replace").splitlines(keepends=True)
    best, most = ",", 1
    for delimiter in DELIMITERS:
        widths = []
        reader = csv.reader(iter(sample), delimiter=delimiter)
        try:
            for record in reader:
                if record:
                    widths.append(len(record))
                if len(widths) > SAMPLE_RECORDS:
                    break
        except csv.Error:
            pass  # a sample is cut off anywhere: what was read so far will do
        if not widths:
            continue
        alike = sum(width == widths[0] for width in widths[1:])
        if widths[0] > most and (len(widths) == 1 or alike * 2 >= len(widths) - 1):
            best, most = delimiter, widths[0]
    return best


def header(start: bytes, delimiter: str, file: str) -> tuple[list[str], int, int]:
    """The header's names, and how many bytes and lines it takes."""
    pieces = start[: 1 << 20].split(b"\n")
    lines = (piece.decode("utf-8", "replace") + "\n" for piece in pieces)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        names = next(reader)
    except (csv.Error, StopIteration) as error:
        raise InputError(f"{file}: the header cannot be read ({error}). Check its quotation marks.") from error
    taken = min(sum(len(piece) + 1 for piece in pieces[: reader.line_num]), len(start))
    if any("\ufffd" in name or "\x00" in name for name in names):
        raise InputError(f"{file}: the header holds characters that are not text. Export the file again as UTF-8.")
    return names, taken, reader.line_num


def is_header(names: list[str], given: tuple[str, ...]) -> bool:
    """Whether the first line of a file that should have no names holds them all the same."""
    tidy = tuple(" ".join(name.split()).lower() for name in names)
    return tidy == tuple(name.lower() for name in given) or tidy[: len(HELD_COLUMNS)] == HELD_COLUMNS


def cut_all(extract: Extract, cutter: Cutter, start: bytes, blocks: Iterator[bytes], line: int) -> Iterator[Batch]:
    """Every row after the header, a batch for each block."""
    read = 0
    blank = 0
    text = start
    skipping = False  # inside a line that is too long to be a record
    more = True
    while more:
        block = next(blocks, None)
        more = block is not None
        if skipping:
            _, ended, text = text.partition(b"\n")
            skipping, line = not ended, line + bool(ended)
        if text and not skipping:
            read += len(text)
            if more and len(text) > cutter.limits.record and b"\n" not in text:
                yield over_long(text, line, cutter)
                skipping, text = True, b""
            else:
                cut = cutter.cut(text, line, last=not more)
                blank += cut.blank
                line, text = line + cut.lines, text[cut.used :]
                extract.note(blank=blank, bytes_read=read)
                if len(cut.batch.lines) or cut.batch.broken:
                    yield cut.batch
        text = text + block if block is not None else text


def over_long(text: bytes, line: int, cutter: Cutter) -> Batch:
    """The start of a line that is too long, set aside."""
    start = text[:KEPT_OF_LONG].decode("utf-8", "replace")
    nothing = cutter.one_by_one(b"", line, last=True).batch
    return Batch(nothing.rows, nothing.lines, (BrokenRow(line, (start,), "too_long"),))
