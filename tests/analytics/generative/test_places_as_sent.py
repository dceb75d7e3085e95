"""Whatever is sent as recorded crime, what is accepted keeps the contract; and a month is its first and last moment."""

import csv
from calendar import monthrange
from datetime import date, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iom_analytics import tables
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError

COLUMNS = (
    "crime_ref",
    "offence_code",
    "offence_group",
    "crime_type",
    "area",
    "from_time",
    "to_time",
    "victim_pseudonym",
)
LAYOUT = tables.Layout("recorded_crimes", {name: (name,) for name in COLUMNS})
TODAY = date(2026, 5, 1)

cell = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=12),
    st.sampled_from(
        [
            "", "1", "2", "02801", "28/1", "3401", "robbery", "Burglary",
            "violent-crime", "Anti-social behaviour",
            "AB",
            "North", "North 012A", "2026-01", "2026-13", "2024-02", "2026-01-31 10:00", "01/02/2026", "20260101101500",
            "John Smith", "Smith", "V1", "a1b2c3",
        ]
    ),
)  # fmt: skip
rows = st.lists(st.tuples(*(cell for _ in COLUMNS)), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_what_is_accepted_keeps_the_contract(
    duckdb_engine: Engine, tmp_path: Path, sent: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "crimes.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *sent])
    try:
        with tables.open_extract(path, encoding="utf-8", delimiter=",") as extract:
            check = tables.check_file(extract, tables.RECORDED_CRIMES, LAYOUT, engine=duckdb_engine, received_on=TODAY)
            batches = list(check.batches())
    except InputError:
        return  # every row was blank, or the characters are not those of a text file
    found = [row for batch in batches for row in batch.accepted.to_pylist()]
    held = sum(batch.held.num_rows for batch in batches)
    assert len(found) + held + check.report.reading.blank == len(sent)
    for row in found:
        assert row["crime_ref"]
        assert row["from_time"] is not None
        assert row["from_time"].date() <= TODAY
        assert row["to_time"] is None or row["from_time"] <= row["to_time"]
        assert row["offence_group"] in (None, *tables.OFFENCE_GROUPS)
        assert row["crime_type"] in (None, *tables.CRIME_TYPES)
        assert any(row[name] for name in ("offence_code", "offence_group", "crime_type"))
        pseudonym = row["victim_pseudonym"]
        assert pseudonym is None or (" " not in pseudonym and any(letter.isdigit() for letter in pseudonym))
    assert len({row["crime_ref"] for row in found}) == len(found)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1990, 2025), st.integers(1, 12)), min_size=1, max_size=40))
def test_a_month_is_its_first_and_its_last_moment(
    duckdb_engine: Engine, tmp_path: Path, months: list[tuple[int, int]]
) -> None:
    path = tmp_path / "crimes.csv"
    written = [f"{number},Drugs,{year}-{month:02d}" for number, (year, month) in enumerate(months)]
    path.write_text("\n".join(["ref,type,month", *written]) + "\n")
    layout = tables.Layout(
        "recorded_crimes",
        {"crime_ref": ("ref",), "crime_type": ("type",), "from_time": ("month",), "to_time": ("month",)},
    )
    with tables.open_extract(path) as extract:
        check = tables.check_file(extract, tables.RECORDED_CRIMES, layout, engine=duckdb_engine, received_on=TODAY)
        found = [row for batch in check.batches() for row in batch.accepted.to_pylist()]
    assert [(row["from_time"], row["to_time"]) for row in found] == [
        (datetime(year, month, 1), datetime(year, month, monthrange(year, month)[1], 23, 59, 59))  # noqa: DTZ001
        for year, month in months
    ]
