"""Recorded crime, victims and confidence by drawn example, on both engines."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics import measures
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import monthly_counts, recorded_crimes

UNTIL = date(2026, 4, 1)
NOW, BEFORE = datetime(2025, 6, 30, 23, 59), datetime(2025, 3, 31, 23, 59)  # noqa: DTZ001


def crimes(*rows: tuple[int, str | None, datetime, dict[str, str]]) -> pa.Table:
    """So many crimes in each area, at a time, of a kind."""
    fields = ("offence_code", "offence_group", "crime_type")
    found = [
        {"crime_ref": f"{at}-{number}", "area": area, "from_time": when, **dict.fromkeys(fields), **kind}
        for at, (times, area, when, kind) in enumerate(rows)
        for number in range(times)
    ]
    schema = [("crime_ref", pa.string()), ("area", pa.string()), ("from_time", pa.timestamp("us")),
              *((name, pa.string()) for name in fields)]  # fmt: skip
    return pa.Table.from_pylist(found, schema=pa.schema(schema))


def spread(*years: tuple[int, str, date, dict[str, str]]) -> list[tuple[int, str | None, datetime, dict[str, str]]]:
    """So many crimes of each area in each of the twelve months from a day."""
    return [
        (times, area, datetime(since.year + (since.month + turn - 1) // 12, (since.month + turn - 1) % 12 + 1, 9), kind)  # noqa: DTZ001
        for times, area, since, kind in years
        for turn in range(12)
    ]


def by_place(table: pa.Table) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["area"], row["crime_type"]): row for row in table.to_pylist()}


def test_a_crime_is_known_upwards_from_the_finest_that_was_sent(engine: Engine) -> None:
    table = crimes(
        (1, "North", NOW, {"offence_code": "03401", "crime_type": "Drugs"}),
        (1, "North", NOW, {"offence_group": "shoplifting"}),
        (1, None, NOW, {"crime_type": "Burglary"}),
        (1, "North", NOW, {"offence_code": "99999", "crime_type": "Drugs"}),
    )
    found = {
        row["crime_ref"]: row for row in recorded_crimes(engine, engine.from_arrow(table, "c")).to_pyarrow().to_pylist()
    }
    told = [found[f"{at}-0"] for at in range(4)]
    assert [(row["offence_group"], row["crime_type"], row["area"]) for row in told] == [
        ("robbery", "Robbery", "North"),
        ("shoplifting", "Shoplifting", "North"),
        (None, "Burglary", "Not known"),
        (None, "Drugs", "North"),
    ]
    assert [(row["harm_low"], row["harm_high"]) for row in told] == [
        (365, 365),
        (1, 1),
        (190.70, 252.52),
        (3.25, 3.96),
    ], "a code has its own harm, a category the range between forces"
    assert {row["month"] for row in told} == {date(2025, 6, 1)}


def test_monthly_counts_are_what_an_area_profile_takes(engine: Engine) -> None:
    table = crimes((2, "North", NOW, {"crime_type": "Drugs"}), (1, "North", BEFORE, {"crime_type": "Drugs"}))
    found = monthly_counts(engine, engine.from_arrow(table, "c")).order_by("month").to_pyarrow().to_pylist()
    assert found == [
        {"area": "North", "month": date(2025, 3, 1), "crime_type": "Drugs", "crimes": 1},
        {"area": "North", "month": date(2025, 6, 1), "crime_type": "Drugs", "crimes": 2},
    ]


def test_a_profile_counts_twelve_months_and_hides_what_is_small(engine: Engine) -> None:
    table = crimes(
        (40, "North", NOW, {"crime_type": "Shoplifting"}),
        (60, "North", NOW, {"offence_group": "robbery"}),
        (50, "North", BEFORE, {"crime_type": "Shoplifting"}),
        (30, "South", NOW, {"crime_type": "Shoplifting"}),
        (4, "South", NOW, {"offence_group": "robbery"}),
        (1, "South", datetime(2026, 4, 1), {"crime_type": "Shoplifting"}),  # noqa: DTZ001
    )
    found = by_place(measures.crime_profile(engine, engine.from_arrow(table, "c"), until=UNTIL))
    assert (found["All", "All"]["crimes"], found["North", "All"]["crimes"]) == (134, 100)
    small = found["South", "Robbery"]
    assert (small["crimes"], small["harm_low"], small["suppressed"]) == (None, None, True)
    hidden = {cell for cell, row in found.items() if row["suppressed"]}
    assert len(hidden) >= 4, "one cell alone could be worked out"
    shown = found["North", "All"]
    inside = [row for cell, row in found.items() if cell[0] == "North" and cell[1] != "All" and not row["suppressed"]]
    assert shown["harm_low"] == sum(row["harm_low"] for row in inside), "harm never gives away what is hidden"


SINCE, EARLIER = date(2025, 4, 1), date(2024, 4, 1)


def test_a_trend_says_so_where_it_can_be_told(engine: Engine) -> None:
    table = crimes(
        *spread(
            (10, "North", SINCE, {"crime_type": "Shoplifting"}),
            (5, "North", EARLIER, {"crime_type": "Shoplifting"}),
            (5, "South", SINCE, {"crime_type": "Drugs"}),
            (5, "South", EARLIER, {"crime_type": "Drugs"}),
            (2, "East", SINCE, {"crime_type": "Drugs"}),
            (2, "East", EARLIER, {"crime_type": "Drugs"}),
        ),
        (21, "West", datetime(2026, 3, 9), {"crime_type": "Drugs"}),  # noqa: DTZ001
        (1, "West", datetime(2024, 4, 5), {"crime_type": "Robbery"}),  # noqa: DTZ001
    )
    found = by_place(measures.crime_trend(engine, engine.from_arrow(table, "c"), until=UNTIL))
    assert {cell: row["says"] for cell, row in found.items() if cell[0] != "All"} == {
        ("East", "All"): "too few to say",
        ("North", "All"): "more",
        ("South", "All"): "no change can be told",
        ("West", "All"): "too few to say",
    }, "one hidden alone could be worked out, so the next smallest goes with it"
    north = found["North", "All"]
    assert north["ratio"] == pytest.approx(2.0)
    assert north["ratio_low"] < 2 < north["ratio_high"]
    west = found["West", "All"]
    assert (west["crimes_before"], west["ratio"]) == (None, None)


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        (date(2024, 6, 1), date(2026, 3, 1), "June 2024 to March 2026"),
        (date(2024, 4, 1), date(2026, 2, 1), "April 2024 to February 2026"),
    ],
)
def test_two_years_are_not_compared_where_one_is_not_whole(
    duckdb_engine: Engine, first: date, last: date, held: str
) -> None:
    rows = [row for row in two_years("North") if first <= row[2].date() < date(last.year, last.month, 28)]
    table = duckdb_engine.from_arrow(crimes(*rows), "c")
    said = f"from April 2024 on to March 2026: the table of recorded crime holds of them only {held}"
    with pytest.raises(InputError, match=said):
        measures.crime_trend(duckdb_engine, table, until=UNTIL)
    with pytest.raises(InputError, match=said.replace("recorded crime", "victims")):
        measures.victims(victims_of(duckdb_engine, rows), until=UNTIL)
    with pytest.raises(InputError, match="first of a month"):
        measures.crime_profile(duckdb_engine, table, until=date(2026, 4, 2))


def two_years(area: str, times: int = 9) -> list[tuple[int, str | None, datetime, dict[str, str]]]:
    """So many crimes in each of the 24 months compared."""
    kind = {"crime_type": "Drugs"}
    return spread((times, area, EARLIER, kind), (times, area, SINCE, kind))


def victims_of(engine: Engine, rows: list[tuple[int, str | None, datetime, dict[str, str]]]) -> Any:
    """As many victims as crimes."""
    found = [
        {"area": area, "month": day.date().replace(day=1), "crime_type": "Drugs", "victims": times, "repeat_victims": 0}
        for times, area, day, _kind in rows
    ]
    return engine.from_arrow(pa.Table.from_pylist(found), "v")


@pytest.mark.parametrize("month", [1, -1], ids=["begins late", "ends early"])
def test_an_area_that_is_missing_at_an_end_is_not_compared_nor_is_the_whole(engine: Engine, month: int) -> None:
    """Nothing changes anywhere. Without the check the short area has fewer, or more, and so has the whole."""
    short = two_years("South", 40)
    rows = [*two_years("North", 40), *(short[8:] if month == 1 else short[:-8])]
    for found in (
        by_place(measures.crime_trend(engine, engine.from_arrow(crimes(*rows), "c"), until=UNTIL)),
        by_place(measures.victims(victims_of(engine, rows), until=UNTIL)),
    ):
        said = {cell: (row["says"], row["ratio"]) for cell, row in found.items()}
        assert said.pop(("North", "All")) == ("no change can be told", pytest.approx(1))
        assert set(said.values()) == {("record does not reach", None)}


def test_a_quiet_area_is_not_taken_for_a_missing_one(duckdb_engine: Engine) -> None:
    rows = [*two_years("North", 40), *two_years("South", 1)[:-1]]  # one of 23 is expected in the month it is silent
    found = by_place(measures.crime_trend(duckdb_engine, duckdb_engine.from_arrow(crimes(*rows), "c"), until=UNTIL))
    assert {row["says"] for row in found.values()} == {"no change can be told"}


def test_months_roll_over_a_year_once_a_year_is_there(engine: Engine) -> None:
    rows = [(10 + month, "North", datetime(2025, month, 9), {"crime_type": "Drugs"}) for month in range(1, 13)]  # noqa: DTZ001
    rows += [(3, "North", datetime(2026, 1, 9), {"crime_type": "Drugs"})]  # noqa: DTZ001
    found = measures.crime_by_month(engine, engine.from_arrow(crimes(*rows), "c"), until=date(2026, 2, 1), months=3)
    north = [(row["month"], row["crimes"], row["rolling"]) for row in found.to_pylist() if row["area"] == "North"]
    assert north == [
        (date(2025, 11, 1), 21, None),
        (date(2025, 12, 1), 22, 198),
        (date(2026, 1, 1), None, 190),
    ]
    later = measures.crime_by_month(engine, engine.from_arrow(crimes(*rows), "c"), until=date(2026, 3, 1), months=2)
    rolling = [(row["month"], row["rolling"]) for row in later.to_pylist() if row["area"] == "North"]
    assert rolling == [(date(2026, 1, 1), 190), (date(2026, 2, 1), None)], "nothing has come in of February yet"


def share(engine: Engine, *people: tuple[str, str, int, int]) -> dict[str, dict[str, Any]]:
    """The share in scope by area. People as (area, "in scope" or "others", how many, offences of each); each has one
    more that is too old to count."""
    every = [(area, who, each) for area, who, number, each in people for _ in range(number)]
    keys = [f"p{place}" for place in range(len(every))]
    persons = pa.table(
        {
            "person_key": keys, "sex": ["M"] * len(keys),
            "date_of_birth": pa.array([date(1990, 1, 1)] * len(keys)), "ethnicity": pa.nulls(len(keys), pa.string()),
            "area": [area for area, _who, _each in every],
        }
    )  # fmt: skip
    times = [(key, day) for key, (_area, _who, each) in zip(keys, every, strict=True) for day in [5] * each + [0]]
    sanctions = pa.table(
        {
            "person_key": [key for key, _day in times],
            "sanction_date": pa.array([date(2026, 1, day) if day else date(2024, 1, 5) for _key, day in times]),
            "sanction_type": ["conviction"] * len(times),
            "offence_code": ["04600"] * len(times),
            "offence_date": pa.array([date(2025, 12, 5) if day else date(2023, 12, 5) for _key, day in times]),
        }
    )
    members = [key for key, (_area, who, _each) in zip(keys, every, strict=True) if who == "in scope"]
    scope = engine.from_arrow(pa.table({"person_key": pa.array(members, pa.string())}), "scope")
    tables = [engine.from_arrow(each, name) for each, name in ((sanctions, "s"), (persons, "p"))]
    return {row["area"]: row for row in measures.share_in_scope(engine, *tables, scope, on=UNTIL).to_pylist()}


NORTH_AND_WEST = (
    ("North", "in scope", 12, 3), ("North", "others", 20, 2), ("West", "in scope", 15, 1), ("West", "others", 30, 1),
)  # fmt: skip


def test_the_share_in_scope_is_of_proven_offences(engine: Engine) -> None:
    found = share(engine, *NORTH_AND_WEST)
    assert found["North"] == {"area": "North", "offences": 76, "in_scope": 36, "percent": 47.0}
    assert found["West"] == {"area": "West", "offences": 45, "in_scope": 15, "percent": 33.0}
    assert found["All"] == {"area": "All", "offences": 121, "in_scope": 51, "percent": 42.1}
    nobody = share(engine, ("North", "others", 30, 2))
    assert nobody["North"] == {"area": "North", "offences": 60, "in_scope": None, "percent": None}


def can_be_found(found: dict[str, dict[str, Any]], area: str, who: str) -> bool:
    """Whether what is shown adds up to the offences of one side of an area."""
    cells = [(each, side) for each in found if each != "All" for side in ("in scope", "others")]
    shown = [
        [float(row["area"] in ("All", cell[0]) and (name == "offences" or cell[1] == "in scope")) for cell in cells]
        for row in found.values()
        for name in ("offences", "in_scope")
        if row[name] is not None
    ]
    asked = [float(cell == (area, who)) for cell in cells]
    return bool(np.linalg.matrix_rank([*shown, asked]) == np.linalg.matrix_rank(shown or [[0.0] * len(cells)]))


@pytest.mark.parametrize("of_others", [20, 1])
@pytest.mark.parametrize(("alone", "other"), [("in scope", "others"), ("others", "in scope")])
def test_many_offences_of_few_people_are_not_shown_and_cannot_be_found(
    engine: Engine, alone: str, other: str, of_others: int
) -> None:
    found = share(engine, *NORTH_AND_WEST, ("South", alone, 1, 14), ("South", other, of_others, 3))
    assert found["South"]["percent"] is None
    assert not can_be_found(found, "South", alone)
    assert found["West"]["offences"] == 45


ENDS = (date(2024, 4, 1), date(2026, 3, 1))


def test_victims_are_counted_again_only_where_everybody_counts_them(engine: Engine) -> None:
    def table(again: int | None) -> Any:
        rows = [
            ("North", date(2025, 6, 1), "Burglary", 80, 20),
            ("North", date(2025, 7, 1), "Drugs", 40, again),
            ("South", date(2025, 6, 1), "Burglary", 6, 1),
            ("South", date(2025, 7, 1), "Drugs", 60, 15),
            ("East", date(2025, 7, 1), "Drugs", 20, 10),
            ("East", date(2024, 7, 1), "Burglary", 20, 10),
            ("South", date(2024, 7, 1), "Burglary", 5, 1),
            ("North", date(2024, 7, 1), "Burglary", 300, 30),
            # A month without a victim is there all the same: nobody is missing.
            *((area, month, "Drugs", 0, 0) for area in ("North", "South", "East") for month in ENDS),
        ]
        names = ("area", "month", "crime_type", "victims", "repeat_victims")
        return engine.from_arrow(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]), "v")

    found = by_place(measures.victims(table(12), until=UNTIL))
    north = found["North", "All"]
    assert (north["victimisations"], north["repeated"], north["repeated_percent"]) == (120, 32, 26.7)
    assert north["low"] < 120 < north["high"]
    assert north["says"] == "fewer"
    assert found["South", "All"]["says"] == "too few to say"
    found = by_place(measures.victims(table(None), until=UNTIL))
    assert {row["repeated"] for row in found.values()} == {None}


WAVES = [
    ("2025 Q1", date(2025, 1, 1), date(2025, 3, 31), None, "Good job", 50.0, 400.0),
    ("2025 Q2", date(2025, 4, 1), date(2025, 6, 30), None, "Good job", 62.0, 400.0),
    ("2025 Q3", date(2025, 7, 1), date(2025, 9, 30), None, "Good job", 60.0, 400.0),
    ("Summer", date(2025, 9, 1), date(2025, 10, 30), None, "Good job", 40.0, 400.0),
    ("2025 Q4", date(2025, 11, 1), date(2025, 12, 31), None, "Good job", 30.0, 9.5),
    ("2026 Q1", date(2026, 1, 1), date(2026, 3, 31), None, "Good job", 30.0, 300.0),
    ("2026 Q1", date(2026, 1, 1), date(2026, 3, 31), "North", "Good job", 30.0, 300.0),
]


def test_a_change_of_confidence_is_told_only_where_its_interval_leaves_out_nought(engine: Engine) -> None:
    names = ("wave", "wave_start", "wave_end", "area", "question", "percent", "effective_sample")
    rows = [dict(zip(names, row, strict=True)) for row in reversed(WAVES)]
    found = measures.confidence(engine.from_arrow(pa.Table.from_pylist(rows), "w")).to_pylist()
    assert [(row["area"], row["wave"], row["says"]) for row in found] == [
        ("All", "2025 Q1", "first wave"),
        ("All", "2025 Q2", "rose"),
        ("All", "2025 Q3", "no change can be told"),
        ("All", "Summer", "waves overlap"),
        ("All", "2025 Q4", "too few to say"),
        ("All", "2026 Q1", "too few to say"),
        ("North", "2026 Q1", "first wave"),
    ]
    rose = found[1]
    assert rose["change"] == pytest.approx(12.0)
    assert 0 < rose["change_low"] < 12 < rose["change_high"]
    assert found[4]["percent"] is None
