"""Whatever bytes a partner sends: rows, or a message; and the quick way to cut records agrees with the plain one."""

import csv
import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from iom_analytics import tables
from iom_analytics.errors import InputError
from iom_analytics.tables.reading.records import Cutter

FEW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
pytestmark = pytest.mark.slow
STARTS = [
    b"",
    b"id,name\n",
    b"PK\x03\x04",
    b"PAR1",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xd0\xcf\x11\xe0",
    b'"',
]


def read_all(path: Path, limits: tables.Limits | None = None) -> list[tuple[int, tuple[str, ...]]]:
    with tables.open_extract(path, limits=limits) as extract:
        found = []
        for batch in extract.batches():
            found += zip(batch.lines.to_pylist(), (tuple(row.values()) for row in batch.rows.to_pylist()), strict=True)
        return found


def is_read_or_refused(path: Path, limits: tables.Limits | None = None) -> bool:
    """Anything else that is raised fails the test; a refusal names the file."""
    try:
        read_all(path, limits)
    except InputError as refused:
        return path.name in str(refused)
    return True


@FEW
@given(start=st.sampled_from(STARTS), content=st.binary(max_size=400), block=st.integers(1, 500))
def test_any_bytes_are_read_or_refused(tmp_path: Path, start: bytes, content: bytes, block: int) -> None:
    path = tmp_path / "sent.csv"
    path.write_bytes(start + content)
    assert is_read_or_refused(path, tables.Limits(block=block, record=300, record_lines=5))


@FEW
@given(
    name=st.sampled_from(["a.csv", "xl/workbook.xml", "content.xml", "[Content_Types].xml"]),
    content=st.binary(max_size=200),
    place=st.integers(0, 400),
    byte=st.integers(0, 255),
)
def test_any_damaged_archive_is_read_or_refused(
    tmp_path: Path, name: str, content: bytes, place: int, byte: int
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "x")
        archive.writestr(name, b"id,name\n" + content)
    raw = bytearray(buffer.getvalue())
    raw[place % len(raw)] = byte
    path = tmp_path / "sent.zip"
    path.write_bytes(bytes(raw))
    assert is_read_or_refused(path)


# Letters that matter to the cutting of records, and a few that do not.
TEXT = st.text(alphabet='ab,"\n\r é\t\x00\ufffd', max_size=60)


@settings(max_examples=600, deadline=None)
@given(text=TEXT, last=st.booleans(), width=st.integers(2, 3), record_lines=st.integers(2, 6))
@example(text='a,"b\n', last=False, width=2, record_lines=3)
@example(text='a,"b\nc,d\ne,"",f\n', last=True, width=2, record_lines=6)
@example(text='a,b\r\n"c\r\nd",e\r\n', last=True, width=2, record_lines=6)
def test_the_quick_way_of_cutting_agrees_with_the_plain_one(
    text: str, last: bool, width: int, record_lines: int
) -> None:
    limits = tables.Limits(record_lines=record_lines)
    cutter = Cutter(width, ",", limits)
    quick = cutter.in_bulk(text.encode(), 2, last=last)
    if quick is not None:
        plain = cutter.one_by_one(text.encode(), 2, last=last)
        assert quick.batch.rows.to_pydict() == plain.batch.rows.to_pydict()
        assert quick.batch.lines == plain.batch.lines
        assert plain.batch.broken == ()
        assert (min(quick.used, len(text.encode())), quick.blank) == (plain.used, plain.blank)
        assert last or quick.lines == plain.lines


@settings(max_examples=300, deadline=None)
@given(text=TEXT, cuts=st.lists(st.integers(0, 60), max_size=5))
def test_no_line_is_lost_wherever_the_blocks_fall(text: str, cuts: list[int]) -> None:
    """Cut in pieces, the text gives the rows it gives in one."""
    cutter = Cutter(2, ",", tables.Limits())
    raw = text.encode()
    whole = cutter.one_by_one(raw, 2, last=True)
    rows, lines, broken, line, rest = [], [], [], 2, b""
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    pieces = [raw[start:end] for start, end in pairwise(edges)]
    for number, piece in enumerate(pieces):
        cut = cutter.cut(rest + piece, line, last=number == len(pieces) - 1)
        rest, line = (rest + piece)[cut.used :], line + cut.lines
        rows += cut.batch.rows.to_pylist()
        lines += cut.batch.lines.to_pylist()
        broken += cut.batch.broken
    assert rows == whole.batch.rows.to_pylist()
    assert lines == whole.batch.lines.to_pylist()
    assert tuple(broken) == whole.batch.broken


VALUE = st.text(
    alphabet=st.characters(codec="windows-1252", exclude_categories=["Cc"]) | st.sampled_from('",;|\t\n'), max_size=12
)


@FEW
@given(
    rows=st.lists(st.tuples(VALUE, VALUE, VALUE).filter(any), min_size=1, max_size=20),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    block=st.sampled_from([40, 1 << 20]),
)
def test_what_was_written_is_read(
    tmp_path: Path,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    encoding: str,
    end: str,
    quoting: int,
    block: int,
) -> None:
    path = tmp_path / "sent.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerow(["an id", "the name", "a note"])
        writer.writerows(rows)
    declared = "windows-1252" if encoding == "windows-1252" else None
    with tables.open_extract(
        path, encoding=declared, delimiter=delimiter, limits=tables.Limits(block=block)
    ) as extract:
        found = [tuple(row.values()) for batch in extract.batches() for row in batch.rows.to_pylist()]
        assert found == rows
        assert extract.report.encoding == (encoding if declared else extract.report.encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
@FEW
@given(names=st.lists(st.text(alphabet="aéïöüßñ ", min_size=1, max_size=8).filter(str.strip), min_size=3, max_size=30))
def test_names_with_accents_tell_the_encoding(tmp_path: Path, encoding: str, names: list[str]) -> None:
    """Found without being told, where accents stand alone as they do in names."""
    path = tmp_path / "sent.csv"
    path.write_bytes(
        "".join(f"{number},{name}\n" for number, name in [("id", "name"), *enumerate(names)]).encode(encoding)
    )
    assert [row[1] for _, row in read_all(path)] == names
