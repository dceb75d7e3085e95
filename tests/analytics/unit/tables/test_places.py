"""Recorded crime, victims and survey waves: what is read from each known layout, and what is held."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom_analytics import reference, tables
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.tables.judging import PSEUDONYM
from iom_analytics.tables.known import ELECTRONIC_MONITORING_TYPES

RECEIVED = date(2026, 5, 1)
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)
POLICE_UK, MONITORING = (tables.KNOWN_LAYOUTS[name] for name in ("police-uk", "electronic-monitoring"))


def checked(
    engine: Engine, path: Path, text: str, contract: tables.Table, layout: tables.Layout
) -> tuple[list[dict[str, Any]], list[tuple[int, str, str]]]:
    """The rows accepted, without what is empty, and line, field and rule of every problem."""
    path.write_text(text, encoding="utf-8")
    with tables.open_extract(path, columns=layout.header) as extract:
        check = tables.check_file(extract, contract, layout, engine=engine, received_on=RECEIVED)
        rows: list[dict[str, Any]] = []
        problems: list[tuple[int, str, str]] = []
        for batch in check.batches():
            rows += [{k: v for k, v in row.items() if v is not None} for row in batch.accepted.to_pylist()]
            problems += [(each["line"], each["field"], each["rule"]) for each in batch.problems.to_pylist()]
    return rows, problems


def by_name(contract: tables.Table, header: str) -> tables.Layout:
    return tables.Layout(contract.name, {name: (name,) for name in header.strip().split(",")})


def test_a_file_of_police_uk_gives_a_category_and_a_whole_month(duckdb_engine: Engine, tmp_path: Path) -> None:
    text = STREET + (
        "ab1,2024-02,Westmarch,Westmarch,-2.5,51.4,On or near A4,E01,Harrowmere Vale 012A,Burglary,,\n"
        "ab2,2026-04,Westmarch,Westmarch,,,No Location,,,Violence and sexual offences,,\n"
    )
    rows, problems = checked(duckdb_engine, tmp_path / "street.csv", text, tables.RECORDED_CRIMES, POLICE_UK)
    assert problems == []
    assert rows == [
        {
            "line": 2, "crime_ref": "ab1", "crime_type": "Burglary", "area": "Harrowmere Vale", "force": "Westmarch",
            "from_time": datetime(2024, 2, 1), "to_time": datetime(2024, 2, 29, 23, 59, 59),  # noqa: DTZ001
            "latitude": 51.4, "longitude": -2.5,
        },
        {
            "line": 3, "crime_ref": "ab2", "crime_type": "Violence and sexual offences", "force": "Westmarch",
            "from_time": datetime(2026, 4, 1), "to_time": datetime(2026, 4, 30, 23, 59, 59),  # noqa: DTZ001
        },
    ]  # fmt: skip


def test_incidents_without_a_reference_and_months_that_are_none_are_held(duckdb_engine: Engine, tmp_path: Path) -> None:
    text = STREET + (
        ",2026-02,Westmarch,Westmarch,-2.5,51.4,On or near A4,E01,Harrowmere 012A,Anti-social behaviour,,\n"
        "ab1,2026-13,Westmarch,Westmarch,,,No Location,,,Burglary,,\n"
        "ab2,2026-03,Westmarch,Westmarch,,,No Location,,,Burglary,,\n"
        "ab2,2026-03,Westmarch,Westmarch,,,No Location,,,Drugs,,\n"
    )
    rows, problems = checked(duckdb_engine, tmp_path / "street.csv", text, tables.RECORDED_CRIMES, POLICE_UK)
    assert [row["crime_ref"] for row in rows] == ["ab2"]
    assert problems == [
        (2, "crime_ref", "missing"),
        (2, "crime_type", "unknown_code"),
        (3, "from_time", "date_not_in_calendar"),
        (3, "to_time", "date_not_in_calendar"),
        (5, "crime_ref", "duplicate_key"),
    ]


LINE = "Bedfordshire,{code},In words,BFD1,40/{number}/25,20250125082000,20250125090000,508910,222123,,,,PJ Test\n"


@pytest.mark.parametrize("header", ["", ",".join(MONITORING.header or ()) + "\n"])
def test_the_electronic_monitoring_file_is_read_with_and_without_a_line_of_names(
    duckdb_engine: Engine, tmp_path: Path, header: str
) -> None:
    text = header + "".join(
        LINE.format(code=code, number=number) for number, code in enumerate(ELECTRONIC_MONITORING_TYPES)
    )
    rows, problems = checked(duckdb_engine, tmp_path / "em.csv", text, tables.RECORDED_CRIMES, MONITORING)
    assert problems == []
    found = [(row.get("offence_group"), row["crime_type"]) for row in rows]
    assert found == list(ELECTRONIC_MONITORING_TYPES.values())
    assert rows[0]["from_time"] == datetime(2025, 1, 25, 8, 20)  # noqa: DTZ001
    assert "PJ Test" not in str(rows), "free text may name people"


def test_a_file_of_another_width_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "em.csv").write_text("a,b,c\n1,2,3\n")
    with (
        pytest.raises(InputError, match="has 3 columns where 13 are expected"),
        tables.open_extract(tmp_path / "em.csv", columns=MONITORING.header),
    ):
        pass


def test_a_group_of_offences_falls_under_its_category() -> None:
    table = reference.offence_groups()
    groups = dict(zip(table["offence_group"].to_pylist(), table["police_uk_category"].to_pylist(), strict=True))
    for group, category in ELECTRONIC_MONITORING_TYPES.values():
        assert group is None or groups[group] == category


def test_known_files_are_told_by_their_first_line() -> None:
    assert tables.recognised(STREET.strip().split(","), table="recorded_crimes") is POLICE_UK
    assert tables.recognised(LINE.format(code="RB", number=1).split(","), table="recorded_crimes") is MONITORING
    assert tables.recognised(LINE.format(code="XX", number=1).split(","), table="recorded_crimes") is None
    assert tables.recognised(STREET.strip().split(","), table="victims") is None


def test_a_file_whose_first_row_says_one_moment_twice_is_known_too(tmp_path: Path) -> None:
    row = LINE.format(code="RB", number=1).replace("20250125090000", "20250125082000")
    for name, text, expected in (
        ("em.csv", row + row, MONITORING),
        ("named.csv", ",".join(MONITORING.header or ()) + "\n" + row, MONITORING),
        ("street.csv", STREET + ",".join("x" * 12) + "\n", POLICE_UK),
        ("other.csv", "a,b\n1,2\n", None),
        ("empty.csv", "", None),
        ("binary.csv", "\x00\x01" * 50, None),
    ):
        (tmp_path / name).write_text(text)
        assert tables.recognised_file(tmp_path / name, table="recorded_crimes") is expected, name


def test_known_layouts_are_kept_as_data() -> None:
    for layout in tables.KNOWN_LAYOUTS.values():
        assert tables.Layout.from_dict(layout.as_dict()) == layout


def test_one_of_code_group_and_type_is_needed_and_a_name_is_not_taken(duckdb_engine: Engine, tmp_path: Path) -> None:
    header = "crime_ref,offence_code,crime_type,from_time,victim_pseudonym\n"
    text = header + (
        "1,02801,,2026-01-02 10:00,John Smith\n"
        "2,,,2026-01-02 10:00,\n"
        "3,,violent-crime,2026-01-02 10:00,Smith\n"
        "4,3401,,2026-01-02 10:00,550e8400-e29b-41d4-a716-446655440000\n"
        "5,,Drugs,2026-01-02 10:00,\n"
    )
    contract = tables.RECORDED_CRIMES
    rows, problems = checked(duckdb_engine, tmp_path / "c.csv", text, contract, by_name(contract, header))
    assert [row["crime_ref"] for row in rows] == ["4", "5"]
    assert problems == [
        (2, "victim_pseudonym", "not_a_pseudonym"),
        (3, "offence_code", "none_of"),
        (4, "victim_pseudonym", "not_a_pseudonym"),
        (5, "offence_code", "offence_zero_restored"),
    ], "no warning about scores: nobody is scored by what happens in a place"


def test_a_layout_that_fills_no_type_at_all_does_not_fit() -> None:
    layout = by_name(tables.RECORDED_CRIMES, "crime_ref,from_time")
    with pytest.raises(InputError, match="nothing fills any of 'crime_type', 'offence_code', 'offence_group'"):
        layout.check(tables.RECORDED_CRIMES, ["crime_ref", "from_time"])


def test_an_area_that_is_none_of_those_given_is_held(duckdb_engine: Engine, tmp_path: Path) -> None:
    header = "crime_ref,crime_type,area,from_time\n"
    text = header + "1,Drugs,HARROWMERE,2026-01-02\n2,Drugs,Elsewhere 001B,2026-01-02\n3,Drugs,,2026-01-02\n"
    contract = tables.in_areas(tables.RECORDED_CRIMES, ["Harrowmere", "Ironhaven"])
    rows, problems = checked(duckdb_engine, tmp_path / "c.csv", text, contract, by_name(contract, header))
    assert [row.get("area") for row in rows] == ["Harrowmere", None], "as the partnership writes it; empty is kept"
    assert problems == [(3, "area", "unknown_code")]


def test_victims_are_counts_and_repeat_victims_are_among_them(duckdb_engine: Engine, tmp_path: Path) -> None:
    header = "area,month,crime_type,victims,repeat_victims\n"
    text = header + (
        "Harrowmere,2026-02,Burglary,12,3\nHarrowmere,2026-03-01,Burglary,3,4\nHarrowmere,2026-01,Drugs,-1,\n"
        "Ironhaven,2026-02,Burglary,5,\nIronhaven,2026-02,Burglary,6,\n"
    )
    rows, problems = checked(duckdb_engine, tmp_path / "v.csv", text, tables.VICTIMS, by_name(tables.VICTIMS, header))
    assert [(row["area"], row["month"], row["victims"]) for row in rows] == [
        ("Harrowmere", date(2026, 2, 1), 12),
        ("Ironhaven", date(2026, 2, 1), 5),
    ]
    assert problems == [
        (3, "repeat_victims", "more_than_whole"),
        (4, "victims", "below_least"),
        (6, "area, month, crime_type", "duplicate_key"),
    ]


def test_a_wave_has_an_estimate_and_its_effective_sample(duckdb_engine: Engine, tmp_path: Path) -> None:
    header = "wave,wave_start,wave_end,area,question,percent,effective_sample\n"
    text = header + (
        "2026 Q1,2026-01-01,2026-03-31,,Police do a good job,61.5,412.7\n"
        "2026 Q1,2026-03-31,2026-01-01,North,Police do a good job,61.5,412.7\n"
        "2026 Q1,2026-01-01,2026-03-31,South,Police do a good job,101,0.5\n"
    )
    contract = tables.CONFIDENCE
    rows, problems = checked(duckdb_engine, tmp_path / "w.csv", text, contract, by_name(contract, header))
    assert [(row["percent"], row["effective_sample"]) for row in rows] == [(61.5, 412.7)]
    assert problems == [
        (3, "wave_start", "out_of_order"),
        (4, "percent", "above_most"),
        (4, "effective_sample", "below_least"),
    ]


@given(st.text(min_size=1, max_size=40))
def test_no_pseudonym_has_a_blank_or_is_letters_alone(text: str) -> None:
    if re.search(PSEUDONYM, text):
        assert not any(letter.isspace() for letter in text.rstrip("\n"))
        assert any(letter in "0123456789" for letter in text)


@given(st.uuids(), st.integers(min_value=0, max_value=10**12))
def test_digests_and_numbers_are_pseudonyms(unique: Any, number: int) -> None:
    for text in (str(unique), unique.hex + "0", str(number), f"V{number}"):
        assert re.search(PSEUDONYM, text)
