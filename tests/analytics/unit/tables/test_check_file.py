"""A partner's file, checked: what is accepted, what is held and why, and what comes back to the sender."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from iom_analytics import tables
from iom_analytics.engine import Engine, open_engine
from iom_analytics.errors import InputError
from iom_analytics.tables.identities import IDENTITIES

SANCTIONS = tables.by_source(tables.SANCTIONS)
RECEIVED_ON = date(2026, 4, 1)
LAYOUT = tables.Layout(
    "sanctions",
    {
        "source_id": ("Nominal",),
        "sanction_date": ("Convicted",),
        "sanction_type": ("Outcome",),
        "offence_code": ("HO Code",),
        "offence_date": ("Committed",),
        "custody_days": ("Days",),
        "release_date": ("Released",),
    },
    {"source": "police"},
)
HEADER = "Nominal,Convicted,Outcome,HO Code,Committed,Days,Released\n"
IDENTITY_HEADER = ",".join(IDENTITIES.column_names) + "\n"
IDENTITY_LAYOUT = tables.Layout("identities", {name: (name,) for name in IDENTITIES.column_names})

Found = tuple[tables.CheckReport, list[tables.Checked]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("duckdb", threads=2) as opened:
        yield opened


def check(
    engine: Engine,
    path: Path,
    text: str | bytes,
    contract: tables.Table = SANCTIONS,
    layout: tables.Layout = LAYOUT,
    limits: tables.Limits | None = None,
) -> Found:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with tables.open_extract(path, limits=limits) as extract:
        checking = tables.check_file(extract, contract, layout, engine=engine, received_on=RECEIVED_ON)
        batches = list(checking.batches())
        return checking.report, batches


def problems(found: Found) -> list[tuple[int, str, str | None, str]]:
    rows = [row for batch in found[1] for row in batch.problems.to_pylist()]
    return [(row["line"], row["field"], row["value"], row["rule"]) for row in rows]


def held_lines(found: Found) -> list[int]:
    return [line for batch in found[1] for line in batch.held["line"].to_pylist()]


# Each row stands alone in the file below, between two good ones.
BAD_SANCTIONS = [
    ("X1,29/02/2023,caution,02801,,,", "sanction_date", "29/02/2023", "date_not_in_calendar"),
    ("X1,31/04/2023,caution,02801,,,", "sanction_date", "31/04/2023", "date_not_in_calendar"),
    ("X1,01/03/24,caution,02801,,,", "sanction_date", "01/03/24", "date_two_digit_year"),
    ("X1,1-Mar-24,caution,02801,,,", "sanction_date", "1-Mar-24", "date_two_digit_year"),
    ("X1,45352,caution,02801,,,", "sanction_date", "45352", "date_serial"),
    ("X1,soon,caution,02801,,,", "sanction_date", "soon", "date_unreadable"),
    ("X1,2024-03-01T10:00:00Z,caution,02801,,,", "sanction_date", "2024-03-01T10:00:00Z", "date_unreadable"),
    ("X1,02/04/2026,caution,02801,,,", "sanction_date", "02/04/2026", "date_in_future"),
    ("X1,01/01/1900,caution,02801,,,", "sanction_date", "01/01/1900", "date_too_early"),
    ("X1,,caution,02801,,,", "sanction_date", "", "missing"),
    ("X1,NULL,caution,02801,,,", "sanction_date", "NULL", "missing"),
    ("X1,01/03/2024,acquitted,02801,,,", "sanction_type", "acquitted", "unknown_code"),
    ("X1,01/03/2024,caution,99999,,,", "offence_code", "99999", "unknown_offence"),
    ("X1,01/03/2024,caution,02801,02/03/2024,,", "offence_date", "02/03/2024", "out_of_order"),
    ("X1,01/03/2024,caution,02801,,,29/02/2024", "sanction_date", "01/03/2024", "out_of_order"),
    ("X1,01/03/2024,caution,02801,,six,", "custody_days", "six", "not_a_whole_number"),
    ("X1,01/03/2024,caution,02801,,1.5,", "custody_days", "1.5", "not_a_whole_number"),
    ("X1,01/03/2024,caution,02801,,-1,", "custody_days", "-1", "below_least"),
    ("X1,01/03/2024,caution,02801,,40000,", "custody_days", "40000", "above_most"),
    ("=cmd|' /c calc'!A1,01/03/2024,caution,02801,,,", "source_id", "=cmd|' /c calc'!A1", "formula"),
    ("@SUM(1),01/03/2024,caution,02801,,,", "source_id", "@SUM(1)", "formula"),
    ("#REF!,01/03/2024,caution,02801,,,", "source_id", "#REF!", "spreadsheet_error"),
    ("X1,01/03/2024,caution", "", "3 of 7 fields", "too_few_fields"),
    ("X1,01/03/2024,caution,02801,,,,,", "", "9 of 7 fields", "too_many_fields"),
    ('X1,"01/03/2024,caution,02801,,,', "", None, "bad_quotes"),
    ("X1\x00,01/03/2024,caution,02801,,,", "", None, "damaged_text"),
]


def test_each_bad_row_is_held_with_its_line_field_value_and_rule(engine: Engine, tmp_path: Path) -> None:
    good = "G{},01/03/2024,caution,02801,,,\n"
    text = HEADER + "".join(good.format(n) + row[0] + "\n" for n, row in enumerate(BAD_SANCTIONS)) + good.format("last")
    found = check(engine, tmp_path / "sent.csv", text)
    assert problems(found) == [(3 + 2 * place, *row[1:]) for place, row in enumerate(BAD_SANCTIONS)]
    assert held_lines(found) == [3 + 2 * place for place in range(len(BAD_SANCTIONS))]
    assert (found[0].accepted, found[0].held) == (len(BAD_SANCTIONS) + 1, len(BAD_SANCTIONS))
    assert all(row["what_to_do"] and row["wrong"] for batch in found[1] for row in batch.problems.to_pylist())


BAD_IDENTITIES = [
    ("date_of_birth", "02/04/2016", "age_under"),
    ("date_of_birth", "01/04/1915", "age_over"),
    ("date_of_birth", "02/04/2026", "date_in_future"),
    ("sex", "both", "unknown_code"),
    ("given_names", "=1+1", "formula"),
]
GOOD_IDENTITIES = [
    ("date_of_birth", "01/04/2016", ""),
    ("date_of_birth", "02/04/1915", ""),
    ("date_of_birth", "29/02/2000", ""),
    ("sex", "FEMALE", ""),
    ("sex", "Not known", ""),
    ("family_name", "Null", ""),
    ("postcode", "sw1a1aa", ""),
    ("pnc_id", "01/1Q", ""),
    ("pnc_id", "n/a", ""),
    ("crn", "X12345", "odd_shape"),
    ("cro", "265416-21G", "odd_shape"),
    ("prison_number", "A12345A", "odd_shape"),
    ("postcode", "nowhere", "odd_shape"),
    ("pnc_id", "2001-1Q", "odd_shape"),
]


def test_who_a_person_is_has_its_own_rules(engine: Engine, tmp_path: Path) -> None:
    text = IDENTITY_HEADER
    expected = []
    for number, (field, value, rule) in enumerate([*BAD_IDENTITIES, *GOOD_IDENTITIES]):
        row = {"source": "probation", "source_id": f"N{number}", field: value}
        text += ",".join(row.get(name, "") for name in IDENTITIES.column_names) + "\n"
        expected += [(number + 2, field, value, rule)] if rule else []
    found = check(engine, tmp_path / "sent.csv", text, IDENTITIES, IDENTITY_LAYOUT)
    assert problems(found) == expected
    assert held_lines(found) == [2, 3, 4, 5, 6]
    assert found[0].warned == 5


def test_every_problem_of_a_row_is_told(engine: Engine, tmp_path: Path) -> None:
    found = check(engine, tmp_path / "sent.csv", HEADER + ",01/03/24,acquitted,99999,x,y,z\n")
    assert [field for _, field, _, _ in problems(found)] == list(LAYOUT.columns)
    reason = found[1][0].held["reason"].to_pylist()[0]
    assert reason.startswith("Nominal: There is no value. Convicted: The year has two digits")


def test_accepted_rows_are_typed(engine: Engine, tmp_path: Path) -> None:
    text = HEADER + '="0012",1 March 2024,CONV,28/1,2024-02-29,"1,200",31/12/9999\n'
    (batch,) = check(engine, tmp_path / "sent.csv", text)[1]
    row = batch.accepted.to_pylist()[0]
    assert row["line"] == 2
    assert (row["source"], row["source_id"]) == ("police", "0012")
    assert (row["sanction_date"], row["offence_date"]) == (date(2024, 3, 1), date(2024, 2, 29))
    assert (row["sanction_type"], row["offence_code"], row["custody_days"]) == ("conviction", "02801", 1200)
    assert row["release_date"] is None
    assert row["court"] is None
    assert batch.accepted.column_names == ["line", *SANCTIONS.column_names]
    assert batch.accepted.schema.field("release_date").type == pa.date32()


def test_a_warning_keeps_the_row(engine: Engine, tmp_path: Path) -> None:
    rows = "X1,01/03/2024,caution,2801,,,\nX2,01/03/2024,caution,08800,,,\n"
    found = check(engine, tmp_path / "sent.csv", HEADER + rows)
    assert problems(found) == [
        (2, "offence_code", "2801", "offence_zero_restored"),
        (3, "offence_code", "08800", "offence_not_exact"),
    ]
    assert (found[0].accepted, found[0].held, found[0].warned) == (2, 0, 2)
    assert [tally.rows for tally in found[0].tallies] == [1, 1]
    assert {tally.column for tally in found[0].tallies} == {"HO Code"}


def test_day_numbers_are_dates_in_a_spreadsheet_only(engine: Engine, tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "sent.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.strip().split(","))
    sheet.write_row(1, 0, ["X1", 45352, "caution", 2801, "", 30, ""])
    book.close()
    with tables.open_extract(tmp_path / "sent.xlsx") as extract:
        checking = tables.check_file(extract, SANCTIONS, LAYOUT, engine=engine, received_on=RECEIVED_ON)
        (batch,) = checking.batches()
    row = batch.accepted.to_pylist()[0]
    assert (row["sanction_date"], row["offence_code"]) == (date(2024, 3, 1), "02801")


def test_months_first_where_the_layout_says_so(engine: Engine, tmp_path: Path) -> None:
    layout = tables.Layout.from_dict({**LAYOUT.as_dict(), "date_order": "mdy"})
    text = HEADER + "X1,12/25/2024,caution,02801,3/4/2024,,\nX1,25/12/2024,caution,02801,,,\n"
    found = check(engine, tmp_path / "sent.csv", text, SANCTIONS, layout)
    row = found[1][0].accepted.to_pylist()[0]
    assert (row["sanction_date"], row["offence_date"]) == (date(2024, 12, 25), date(2024, 3, 4))
    assert problems(found) == [(3, "sanction_date", "25/12/2024", "date_not_in_calendar")]


@pytest.mark.parametrize("limits", [tables.Limits(), tables.Limits(block=90)])
def test_of_rows_with_one_key_the_first_good_one_is_taken(
    engine: Engine, tmp_path: Path, limits: tables.Limits
) -> None:
    """Wherever the batches fall: a held row takes no key, and a repeat names the line it repeats."""
    names = ["police,1,=1+1", "police,1,Ann", "police,2,Bob", "police,1,Ann", "police,1,Anne", "police,2,Bob"]
    layout = tables.Layout("identities", {name: (name,) for name in IDENTITIES.column_names[:3]})
    text = "source,source_id,given_names\n" + "\n".join(names) + "\n"
    found = check(engine, tmp_path / "sent.csv", text, IDENTITIES, layout, limits)
    assert problems(found) == [
        (2, "given_names", "=1+1", "formula"),
        (5, "source, source_id", "line 3", "duplicate_row"),
        (6, "source, source_id", "line 3", "duplicate_key"),
        (7, "source, source_id", "line 4", "duplicate_row"),
    ]
    assert [line for batch in found[1] for line in batch.accepted["line"].to_pylist()] == [3, 4]
    assert held_lines(found) == [2, 5, 6, 7]
    assert (
        found[1][-1].held["reason"].to_pylist()[-1]
        == "source, source_id: The same row stands earlier in the file (line 4)"
    )


@pytest.mark.parametrize("limits", [tables.Limits(), tables.Limits(block=70)])
def test_a_sanction_that_repeats_is_kept_with_a_warning(engine: Engine, tmp_path: Path, limits: tables.Limits) -> None:
    row = "X1,01/03/2024,caution,02801,,,\n"
    found = check(engine, tmp_path / "sent.csv", HEADER + row + row.replace("X1", "X2") + row + row, limits=limits)
    assert problems(found) == [(4, "", "line 2", "repeated_row"), (5, "", "line 2", "repeated_row")]
    assert (found[0].accepted, found[0].held, found[0].warned) == (4, 0, 2)


def test_a_layout_that_does_not_fit_names_everything(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column 'HO Code'.*it has 'Nominal'"):
        check(engine, tmp_path / "sent.csv", HEADER.replace("HO Code", "Code") + "X1,01/03/2024,caution,02801,,,\n")


def test_column_names_may_be_anything(engine: Engine, tmp_path: Path) -> None:
    layout = tables.Layout(
        "identities", {"source_id": ('a "b"; DROP TABLE x',), "given_names": ("select", "line"), "source": ("c0",)}
    )
    text = '"a ""b""; DROP TABLE x",select,line,c0\n1,Ann,Mary,police\n'
    found = check(engine, tmp_path / "sent.csv", text, IDENTITIES, layout)
    row = found[1][0].accepted.to_pylist()[0]
    assert (row["source_id"], row["given_names"], row["source"]) == ("1", "Ann Mary", "police")


def test_held_rows_come_back_as_sent_and_can_be_mended(engine: Engine, tmp_path: Path) -> None:
    text = HEADER + '"=1+1, ""x""",01/03/2024,caution,02801,,,\nX2,01/03/2024,caution\nX3,,caution,02801,,,,more,-1\n'
    found = check(engine, tmp_path / "sent.csv", text)
    with tables.held_file(tmp_path / "held.csv", tuple(HEADER.strip().split(","))) as held:
        for batch in found[1]:
            held.write(batch.held)
    written = (tmp_path / "held.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert b'"\'=1+1, ""x"""' in written
    assert b'"more | -1"' in written
    again = check(engine, tmp_path / "sent.csv", written)
    assert again[0].reading.mended
    assert problems(again)[0] == (2, "source_id", '=1+1, "x"', "formula")
    mended = written.decode("utf-8-sig").replace('\'=1+1, ""x""', "X1")
    assert check(engine, tmp_path / "sent.csv", mended)[0].accepted == 1


def test_a_file_of_held_rows_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), tables.held_file(tmp_path / "held.csv", ("a", "b")):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
