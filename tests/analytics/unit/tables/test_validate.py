"""A whole table checked inside an engine: DuckDB and Spark find the same, and the same as the stream."""

from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from iom_analytics import tables
from iom_analytics.engine import Engine
from iom_analytics.tables import parsing
from iom_analytics.tables.identities import IDENTITIES

RECEIVED_ON = date(2026, 4, 1)

# A date as it may be sent, and the day it is (None: held), read day first and month first.
DATES = [
    ("2024-02-29", "2024-02-29", "2024-02-29"),
    ("2023-02-29", None, None),
    ("01/03/2024", "2024-03-01", "2024-01-03"),
    ("1/3/2024", "2024-03-01", "2024-01-03"),
    ("1.3.2024", "2024-03-01", "2024-01-03"),
    ("1-3-2024", "2024-03-01", "2024-01-03"),
    ("25/12/2024", "2024-12-25", None),
    ("12/25/2024", None, "2024-12-25"),
    ("2024/3/1", "2024-03-01", "2024-03-01"),
    ("20240301", "2024-03-01", "2024-03-01"),
    ("20240301235959", "2024-03-01", "2024-03-01"),
    ("01032024", None, None),
    ("01-Mar-2024", "2024-03-01", "2024-03-01"),
    ("1 march 2024", "2024-03-01", "2024-03-01"),
    ("31SEP2024", None, None),
    ("30 Sept 2024", "2024-09-30", "2024-09-30"),
    ("1st January 2024", "2024-01-01", "2024-01-01"),
    ("01-Mrz-2024", None, None),
    ("2024-03-01 23:59:59.999", "2024-03-01", "2024-03-01"),
    ("2024-03-01T00:00", "2024-03-01", "2024-03-01"),
    ("2024-03-01T00:00:00Z", None, None),
    ("2024-03-01T00:00:00+01:00", None, None),
    ("01/03/2024 9:05", "2024-03-01", "2024-01-03"),
    ("01/03/24", None, None),
    ("24-03-01", None, None),
    ("010324", None, None),
    ("45352", None, None),
    ("0000-00-00", None, None),
    ("1000-01-01", "1000-01-01", "1000-01-01"),
    ("9999-99-99", None, None),
    ("2024-13-01", None, None),
    ("2024-3", None, None),
    ("2024", None, None),
    ("today", None, None),
    ("infinity", None, None),
    ("2024-03-01x", None, None),
    ("x2024-03-01", None, None),
    (" 2024-03-01 ", "2024-03-01", "2024-03-01"),
    ('="2024-03-01"', "2024-03-01", "2024-03-01"),
    ("", None, None),
]
NUMBERS = [
    ("12", 12, 12.0),
    ("-3", -3, -3.0),
    ("+7", 7, 7.0),
    ("1,200", 1200, None),
    ("1,20", None, None),
    ("12.0", 12, 12.0),
    ("12.5", None, 12.5),
    (".5", None, 0.5),
    ("1e3", None, 1000.0),
    ("nan", None, None),
    ("inf", None, None),
    ("0x10", None, None),
    ("999999999999999", 999999999999999, 999999999999999.0),
    ("1000000000000000", None, 1e15),
    ("1 2", None, None),
    ("", None, None),
]


def test_both_engines_read_text_alike(engine: Engine) -> None:
    """Dates in both orders, whole numbers and numbers, in one table so that Spark starts few jobs."""
    texts = [row[0] for row in DATES] + [row[0] for row in NUMBERS]
    table = engine.from_arrow(pa.table({"n": range(len(texts)), "sent": texts}), "texts")
    table = table.mutate(trimmed=parsing.trimmed(table.sent))
    table = table.mutate(text=parsing.unwrapped(table.trimmed))
    table = table.mutate(form=parsing.date_form(table.text))
    iso = {
        order: parsing.date_iso(table.text, table.form, order=order, serial=False).try_cast("date")
        for order in ("dmy", "mdy")
    }
    iso["serial"] = parsing.date_iso(table.text, table.form, order="dmy", serial=True).try_cast("date")
    table = table.mutate(
        **iso,
        whole=parsing.whole_number(table.text),
        number=parsing.number(table.text),
        clock=parsing.time_of_day(table.text, table.form),
    )
    found = table.order_by("n").to_pyarrow().to_pylist()
    dates, numbers = found[: len(DATES)], found[len(DATES) :]
    for row, (sent, dmy, mdy) in zip(dates, DATES, strict=True):
        assert [row[order] and row[order].isoformat() for order in ("dmy", "mdy")] == [dmy, mdy], sent
    for row, (sent, whole, number) in zip(numbers, NUMBERS, strict=True):
        assert [row["whole"], row["number"]] == [whole, number], sent
    by_text = {row["sent"]: row for row in dates}
    assert by_text["45352"]["serial"] == date(2024, 3, 1)
    assert by_text["20240301235959"]["clock"] == "23:59:59"
    assert by_text["01/03/2024 9:05"]["clock"] == "9:05"


SANCTIONS = """
police,X1,01/03/2024,Conviction,02801,29/02/2024,immediate custody,"1,200",31/12/9999,Leeds
police,X1,01/03/2024,Conviction,02801,29/02/2024,immediate custody,"1,200",31/12/9999,Leeds
police,X2,01/03/24,CONV,2801,,fine,,,
police,X3,29/02/2023,acquitted,99999,x,nothing,many,soon,=1+1
police,,01/03/2027,caution,08800,02/03/2027,NULL,-1,,#REF!
probation,X4,1 Mar 2024,YOUTH_CAUTION,28/1,02/03/2024,,99999,01/01/2024,"@x"
 probation ,"=""0012"" ",45352,caution,028.01,,,,,
police,X5,01/03/2024,caution,,01/01/1900,,,,
"""
IDENTITY_ROWS = """
police,1,=1+1,Ann,,01/04/2016,f,sw1a1aa,01/1Q,,,
police,1,Ann,Smith,,02/04/2016,F,,,,,
police,1,Ann,Smith,,01/04/2016,Female,,,,,
police,1,Ann,Smith,,01/04/2016,Female,,,,,
police,1,Anne,Smith,,01/04/2016,1,,,,,
police,2,Bob,Null,,01/04/1915,unknown,nowhere,N/A,bad,bad,bad
police,3,Bob,Null,,02/04/1915,both,,,,,
"""


def found_by(
    engine: Engine, rows: str, header: str, contract: tables.Table, folder: Path
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    columns = header.split(",")
    layout = tables.Layout(contract.name, {name: (name,) for name in columns})
    path = folder / "sent.csv"
    path.write_text(header + rows)
    with tables.open_extract(path) as extract:
        (batch,) = extract.batches()
    text = pa.table([batch.lines, *batch.rows.columns], names=["line", *columns])
    whole = tables.validate(engine.from_arrow(text, "text"), contract, layout, engine=engine, received_on=RECEIVED_ON)
    order = ["line", "field", "rule"]
    return (
        whole.accepted.order_by("line").to_pyarrow().to_pylist(),
        whole.problems.order_by(order).to_pyarrow().to_pylist(),
    )


def streamed(
    rows: str, header: str, contract: tables.Table, folder: Path, engine: Engine
) -> tuple[list[object], list[object]]:
    columns = header.split(",")
    layout = tables.Layout(contract.name, {name: (name,) for name in columns})
    path = folder / "sent.csv"
    path.write_text(header + rows)
    with tables.open_extract(path) as extract:
        batches = list(tables.check_file(extract, contract, layout, engine=engine, received_on=RECEIVED_ON).batches())
    problems = [row for batch in batches for row in batch.problems.to_pylist()]
    accepted = [row for batch in batches for row in batch.accepted.to_pylist()]
    return accepted, sorted(problems, key=lambda row: (row["line"], row["field"], row["rule"]))


@pytest.mark.parametrize(
    ("rows", "contract"),
    [
        pytest.param(SANCTIONS, tables.by_source(tables.SANCTIONS), id="sanctions"),
        pytest.param(IDENTITY_ROWS, IDENTITIES, id="identities"),
    ],
)
def test_a_table_and_a_stream_are_judged_alike(
    engine: Engine,
    duckdb_engine: Engine,
    tmp_path: Path,
    rows: str,
    contract: tables.Table,
) -> None:
    header = ",".join(contract.column_names)
    accepted, problems = found_by(engine, rows, header, contract, tmp_path)
    expected = streamed(rows, header, contract, tmp_path, duckdb_engine)
    assert accepted == expected[0]
    assert problems == expected[1]
    assert len(problems) >= 9


def test_events_are_checked_against_their_people(engine: Engine) -> None:
    people = pa.table(
        {
            "person_key": ["a", "b", "c", "d"],
            "date_of_birth": [date(2000, 2, 29), date(1900, 5, 1), None, date(1990, 1, 1)],
        }
    )
    days = [
        ("a", date(1999, 12, 31), None, "before_birth sanction_date"),
        ("a", date(2010, 2, 28), None, "too_young sanction_date"),
        ("a", date(2010, 3, 1), date(2000, 2, 28), "before_birth offence_date"),
        ("a", date(2010, 3, 1), None, None),
        ("b", date(2011, 5, 1), None, "too_old sanction_date"),
        ("b", date(2011, 4, 30), None, None),
        ("c", date(1901, 1, 1), None, None),
        ("z", date(2020, 1, 1), None, "no_such_person person_key"),
    ]
    columns = {
        "line": list(range(len(days))),
        "person_key": [day[0] for day in days],
        "sanction_date": [day[1] for day in days],
        "offence_date": pa.array([day[2] for day in days], pa.date32()),
        "release_date": pa.nulls(len(days), pa.date32()),
    }
    problems = tables.check_against_persons(
        engine.from_arrow(pa.table(columns), "events"), engine.from_arrow(people, "people"), tables.SANCTIONS
    )
    found = {row["line"]: f"{row['rule']} {row['field']}" for row in problems.to_pyarrow().to_pylist()}
    assert found == {line: day[3] for line, day in enumerate(days) if day[3]}


def test_an_engine_runs_a_prepared_query_on_one_table_after_another(engine: Engine) -> None:
    schema = pa.schema({"a": pa.int64()})
    seen, remember = engine.growing(schema, "seen")
    run = engine.prepared(schema, lambda batch: batch.anti_join(seen, "a").mutate(twice=ibis._.a * 2).order_by("a"))
    assert run(pa.table({"a": [1, 2]}))["twice"].to_pylist() == [2, 4]
    remember(pa.table({"a": [2, 3]}))
    assert run(pa.table({"a": [1, 2]}))["twice"].to_pylist() == [2]
    remember(pa.table({"a": [1]}))
    assert run(pa.table({"a": [1, 2, 4]}))["twice"].to_pylist() == [8]
