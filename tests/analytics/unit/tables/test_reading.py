"""A file a partner sent, opened: either its rows with their lines, or a message that says what to do."""

import codecs
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from iom_analytics import tables
from iom_analytics.errors import InputError
from iom_analytics.tables.reading import Batch

TEXT = "id,family name,born\nX1,O'Brien,1990-01-31\nX2,Zoë,1985-12-01\n"
ROWS = [("X1", "O'Brien", "1990-01-31"), ("X2", "Zoë", "1985-12-01")]


def read(path: Path, **options: Any) -> tuple[tables.ReadReport, list[Batch]]:
    with tables.open_extract(path, **options) as extract:
        batches = list(extract.batches())
        return extract.report, batches


def rows(batches: list[Batch]) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for batch in batches for row in batch.rows.to_pylist()]


def lines(batches: list[Batch]) -> list[int]:
    return [line for batch in batches for line in batch.lines.to_pylist()]


def broken(batches: list[Batch]) -> list[tuple[int, str]]:
    return [(row.line, row.rule) for batch in batches for row in batch.broken]


def sent(tmp_path: Path, content: str | bytes, name: str = "sent.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("windows-1252"), "windows-1252"),
    ],
)
def test_the_encoding_is_found_and_stated(tmp_path: Path, content: bytes, encoding: str) -> None:
    report, batches = read(sent(tmp_path, content))
    assert rows(batches) == ROWS
    assert report.encoding == encoding
    assert report.columns == ("id", "family name", "born")


def test_an_encoding_past_the_first_block_is_still_found(tmp_path: Path) -> None:
    plain = "X,Smith,1990-01-01\n" * 100_000
    report, batches = read(sent(tmp_path, ("id,name,born\n" + plain + "X,Zoë,1990-01-01\n").encode("windows-1252")))
    assert report.encoding == "windows-1252"
    assert rows(batches)[-1] == ("X", "Zoë", "1990-01-01")


def test_two_files_pasted_together_are_read_as_utf8_and_the_faulty_rows_set_aside(tmp_path: Path) -> None:
    content = "id,name\nX1,Zoë\nX2,Renée\n".encode() + "X3,Jörg\n".encode("windows-1252")
    report, batches = read(sent(tmp_path, content))
    assert report.encoding == "utf-8"
    assert rows(batches) == [("X1", "Zoë"), ("X2", "Renée")]
    assert broken(batches) == [(4, "damaged_text")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_stated(tmp_path: Path, delimiter: str) -> None:
    report, batches = read(sent(tmp_path, TEXT.replace(",", delimiter)))
    assert report.delimiter == delimiter
    assert rows(batches) == ROWS


def test_commas_inside_values_do_not_hide_a_semicolon(tmp_path: Path) -> None:
    text = "id;name;place\n1;Smith, John;Leeds, York\n2;Jones, Ann;Hull, York\n"
    report, batches = read(sent(tmp_path, text))
    assert report.delimiter == ";"
    assert rows(batches)[0] == ("1", "Smith, John", "Leeds, York")


def test_a_line_that_names_the_delimiter_is_obeyed(tmp_path: Path) -> None:
    report, batches = read(sent(tmp_path, "sep=;\nid;a,b\n1;2,3\n"))
    assert report.delimiter == ";"
    assert (rows(batches), lines(batches)) == ([("1", "2,3")], [3])


def test_a_row_has_the_line_on_which_it_starts(tmp_path: Path) -> None:
    text = 'id,note\n1,plain\n\n2,"two\nlines, and ""quotes"""\n3,\n,\n4,last'
    report, batches = read(sent(tmp_path, text))
    assert rows(batches) == [("1", "plain"), ("2", 'two\nlines, and "quotes"'), ("3", ""), ("4", "last")]
    assert lines(batches) == [2, 4, 6, 8]
    assert (report.rows, report.blank) == (4, 2)


def test_old_line_ends_are_read(tmp_path: Path) -> None:
    _, batches = read(sent(tmp_path, TEXT.replace("\n", "\r")))
    assert rows(batches) == ROWS
    _, batches = read(sent(tmp_path, TEXT.replace("\n", "\r\n")))
    assert (rows(batches), lines(batches)) == (ROWS, [2, 3])


def test_rows_that_do_not_fit_the_header_are_set_aside_whole(tmp_path: Path) -> None:
    _, batches = read(sent(tmp_path, "id,name\n1,a\n2\n3,b,c,d\n4,e\n(4 rows affected)\n"))
    assert rows(batches) == [("1", "a"), ("4", "e")]
    assert [(row.line, row.fields, row.rule) for batch in batches for row in batch.broken] == [
        (3, ("2",), "too_few_fields"),
        (4, ("3", "b", "c", "d"), "too_many_fields"),
        (6, ("(4 rows affected)",), "too_few_fields"),
    ]


def test_a_quotation_mark_that_is_never_closed_takes_its_own_line_alone(tmp_path: Path) -> None:
    good = "".join(f"{number},fine\n" for number in range(3, 5000))
    _, batches = read(sent(tmp_path, 'id,name\n1,a\n2,"open\n' + good + '5000,"quoted, well"\n'))
    assert broken(batches) == [(3, "bad_quotes")]
    assert len(rows(batches)) == 4999
    assert rows(batches)[-1] == ("5000", "quoted, well")


def test_a_line_longer_than_any_record_is_set_aside_without_being_held_in_memory(tmp_path: Path) -> None:
    limits = tables.Limits(block=1 << 16, record=1 << 16)
    long = "x" * 1_000_000
    _, batches = read(sent(tmp_path, f"id,name\n1,a\n2,{long}\n3,b\n"), limits=limits)
    assert rows(batches) == [("1", "a"), ("3", "b")]
    assert lines(batches) == [2, 4]
    assert broken(batches) == [(3, "too_long")]


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_where_the_blocks_fall_changes_nothing(tmp_path: Path, block: int) -> None:
    text = 'id,name\n1,"a\n\nb"\n2,"c ""d"""\n\n3,é\n4,too,many\n5,"open\n6,f\n'
    path = sent(tmp_path, text)
    _, whole = read(path)
    _, pieces = read(path, limits=tables.Limits(block=block))
    assert (rows(pieces), lines(pieces), broken(pieces)) == (rows(whole), lines(whole), broken(whole))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \r\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (b"id,name\n", "has a header and no rows"),
        (b"id,name\n\n,\n", "has a header and no rows"),
        (b"id:name\n1:a\n", "only one column.*comma, semicolon, tab or pipe"),
        (b"id,name,ID\n1,a,2\n", "two columns called 'ID'"),
        (b"1,1990-01-01\n2,1991-01-01\n", "has no header"),
        (b"a," * 501 + b"b\n1\n", "502 columns; at most 500"),
        (b'id,"name\n1,a\n', "the header cannot be read"),
        (b"x" * 2_000_000, "no line ends"),
        (b"%PDF-1.7 id,name\n", "is a PDF"),
        (b"\x1f\x8b\x08\x00aaaa", "is a gzip file"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (bytes(range(256)) * 40, "is not a text file"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32"),
        (b"<html><table>", "web page"),
        (b'[{"id": 1}]', "is JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Office file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "needs a password",
        ),
        (b"PAR1aaaaaaaaPAR1", "cannot be opened as Parquet"),
        (b"PK\x03\x04aaaaaaaa", "cannot be unpacked"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=f"(?s)sent.csv.*{message}") as refused:
        read(sent(tmp_path, content))
    assert len(str(refused.value)) < 400


def test_a_file_goes_by_the_name_its_sender_gave_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^custody april\.csv is empty"):
        read(sent(tmp_path, ""), name="custody april.csv")
    assert read(sent(tmp_path, TEXT), name="custody april.csv")[0].file == "custody april.csv"


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'rot13' is not an encoding that is read"):
        read(sent(tmp_path, TEXT), encoding="rot13")


def test_a_header_further_down_is_found_where_it_is_said_to_be(tmp_path: Path) -> None:
    _, batches = read(sent(tmp_path, "Custody report\n\n" + TEXT), header_line=3)
    assert (rows(batches), lines(batches)) == (ROWS, [4, 5])


def zipped(tmp_path: Path, **members: bytes) -> Path:
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_one_table_in_a_zip_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"out/people.csv": TEXT.encode(), "__MACOSX/people.csv": b"x", "out/.DS_Store": b"x"})
    report, batches = read(path)
    assert rows(batches) == ROWS
    assert report.member == "out/people.csv"


def test_several_files_in_a_zip_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds 2 files"):
        read(zipped(tmp_path, **{"a.csv": b"x", "b.csv": b"y"}))


def test_a_zip_in_a_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="packed itself"):
        read(zipped(tmp_path, **{"a.zip": b"x"}))


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"a.csv": b"id,name\n" + b"0,0\n" * 20_000_000})
    assert path.stat().st_size < 200_000
    with pytest.raises(InputError, match="unfolds to more than 250 times its size"):
        read(path)


def test_a_zip_bomb_that_lies_about_its_size_is_refused_while_it_unfolds(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"a.csv": b"id,name\n" + b"0,0\n" * 20_000_000})
    size = (8 + 4 * 20_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (30_000).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"unfolds to more than|damaged"):
        read(path)


def test_a_packed_file_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"a.csv": TEXT.encode()})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag of encryption in the local header, and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="needs a password"):
        read(path)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"a.csv": TEXT.encode() * 1000})
    content = bytearray(path.read_bytes())
    content[60:80] = b"\x00" * 20
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged"):
        read(path)


def workbook(path: Path, sheets: dict[str, list[list[Any]]], **options: Any) -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy", **options})
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def test_a_workbook_is_read_as_a_person_would_have_typed_it(tmp_path: Path) -> None:
    cells = [
        ["id", "born", "seen", "n", "score", "code"],
        [1, date(1990, 1, 31), datetime.fromisoformat("2024-02-29T13:45"), 12, 0.5, "00123"],
        [],
        ["X2", "", "", 45352, True, "=1+1"],
    ]
    path = workbook(tmp_path / "sent.csv", {"Sheet1": cells}, strings_to_formulas=False)
    report, batches = read(path)
    assert report.form == "spreadsheet"
    assert report.serial_dates
    assert rows(batches) == [
        ("1", "1990-01-31", "2024-02-29 13:45:00", "12", "0.5", "00123"),
        ("X2", "", "", "45352", "true", "=1+1"),
    ]
    assert lines(batches) == [2, 4]


def test_a_workbook_that_counts_from_1904_has_no_day_numbers(tmp_path: Path) -> None:
    report, _ = read(workbook(tmp_path / "a.xlsx", {"A": [["id", "n"], ["a", 1]]}, date_1904=True))
    assert not report.serial_dates


def test_the_only_sheet_with_rows_is_taken_and_of_several_one_must_be_named(tmp_path: Path) -> None:
    cells = [["id", "n"], ["a", 1]]
    report, _ = read(workbook(tmp_path / "a.xlsx", {"Empty": [], "People": cells}))
    assert report.sheet == "People"
    two = workbook(tmp_path / "b.xlsx", {"A": cells, "B": cells})
    with pytest.raises(InputError, match=r"2 sheets with rows: A, B\. Say which"):
        read(two)
    assert read(two, sheet="B")[0].sheet == "B"
    with pytest.raises(InputError, match="no sheet 'C'"):
        read(two, sheet="C")


def test_cells_beyond_the_header_set_the_row_aside(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [["id", "n"], ["a", 1, "more"], ["b", 2]]})
    _, batches = read(path)
    assert rows(batches) == [("b", "2")]
    assert broken(batches) == [(2, "too_many_fields")]


def test_a_workbook_that_unfolds_too_far_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [["id", "n"], *([["a", 1]] * 5000)]})
    with pytest.raises(InputError, match="unfolds to more than 0 MB"):
        read(path, limits=tables.Limits(spreadsheet=100_000))


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/workbook.xml", "<a")
    with pytest.raises(InputError, match=r"a.xlsx is damaged"):
        read(path)


def test_an_office_document_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a spreadsheet"):
        read(zipped(tmp_path, **{"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}))


def opendocument(path: Path, cells: list[list[str]], *, encrypted: bool = False) -> Path:
    table = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in cells
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="People">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mark = "<manifest:encryption-data/>" if encrypted else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest>{mark}</manifest:manifest>")
        archive.writestr("content.xml", content)
    return path


def test_an_opendocument_sheet_is_read(tmp_path: Path) -> None:
    report, batches = read(opendocument(tmp_path / "a.ods", [["id", "name"], ["1", "Zoë"]]))
    assert report.form == "OpenDocument spreadsheet"
    assert (rows(batches), lines(batches)) == ([("1", "Zoë")], [2])
    with pytest.raises(InputError, match="needs a password"):
        read(opendocument(tmp_path / "b.ods", [["id"]], encrypted=True))


def test_parquet_is_read_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": ["a", "b"],
            "born": [date(1990, 1, 31), None],
            "seen": pa.array([datetime.fromisoformat("2024-02-29T13:45"), None], pa.timestamp("us")),
            "n": [12.0, 0.5],
            "flag": [True, None],
            "kind": pa.array(["x", "x"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "sent.csv")
    report, batches = read(tmp_path / "sent.csv")
    assert report.form == "Parquet"
    assert rows(batches) == [
        ("a", "1990-01-31", "2024-02-29 13:45:00", "12", "true", "x"),
        ("b", "", "", "0.5", "", "x"),
    ]
    assert lines(batches) == [1, 2]


def test_parquet_with_nested_columns_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"], "many": [[1, 2]]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="column 'many' holds no plain values"):
        read(tmp_path / "a.parquet")


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"id": [str(n) for n in range(10_000)], "n": list(range(10_000))}), buffer)
    content = bytearray(buffer.getvalue())
    content[100:5000] = b"\xff" * 4900
    with pytest.raises(InputError, match="damaged"):
        read(sent(tmp_path, bytes(content)))


def test_a_file_of_any_size_takes_constant_memory(tmp_path: Path) -> None:
    """Every batch holds at most one block of the file."""
    row = "X1,Smith,1990-01-01\n"
    path = sent(tmp_path, "id,name,born\n" + row * 200_000)
    _, batches = read(path, limits=tables.Limits(block=1 << 16))
    assert sum(len(batch.lines) for batch in batches) == 200_000
    assert max(batch.rows.nbytes for batch in batches) < 4 * (1 << 16)
