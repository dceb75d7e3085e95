"""Who enters and leaves under another scheme, and what a place suffers from beside what a scheme weighs."""

from datetime import date

import pytest

from iom_analytics import cohorts
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import Records
from iom_analytics.tables import PERSONS, SANCTIONS, Column, Table
from tests.analytics.drawn import drawn

ON = date(2026, 4, 1)
RECORDED = Table(
    "recorded_crime",
    "Recorded crime by area, month and type",
    (
        Column("area", "text", "Area"),
        Column("month", "date", "First day of the month"),
        Column("crime_type", "text", "police.uk category"),
        Column("crimes", "integer", "How many"),
    ),
)
PEOPLE = drawn(
    PERSONS,
    """
    person_key  sex  date_of_birth  area
    adam        M    1990-05-05     Arden
    bill        M    1990-05-05     Arden
    cath        F    1999-12-31     Barset
    dora        F    1999-12-31     -
    """,
)
SENTENCED = drawn(
    SANCTIONS,
    """
    person_key  sanction_date  sanction_type  offence_code
    adam        2025-12-01     conviction     02803
    adam        2025-12-01     conviction     02803
    bill        2026-01-01     conviction     04600
    bill        2026-02-01     conviction     04600
    bill        2026-03-01     conviction     04600
    cath        2026-03-01     conviction     03401
    cath        2024-03-01     conviction     03401
    """,
)
CRIMES = drawn(
    RECORDED,
    """
    area     month       crime_type   crimes
    Arden    2026-03-01  Burglary     30
    Arden    2026-02-01  Shoplifting  10
    Arden    2025-04-01  Burglary     99
    Camford  2026-03-01  Robbery      7
    """,
)


def scheme(version: str, groups: str, *, places: int) -> cohorts.Scheme:
    return cohorts.read_scheme(
        f"""
        id: example
        version: "{version}"
        name: An example
        purpose: To test.
        source: Made up for this test.
        effective_from: 2026-01-01
        capacity: {{people: {places}, local placeholder: true}}
        criteria: [{{id: any, name: Sanctioned, factor: sanctions_total, at_least: 1, source: Test}}]
        components:
          - id: offences
            name: Offences
            factor: offences
            groups: [{groups}]
            months: 12
            bands: [{{at_least: 1, points: 10}}, {{at_least: 3, points: 20}}]
            weight: 2
            source: Test
        """
    )


def test_two_versions_and_the_place_they_are_for(engine: Engine) -> None:
    records = Records(persons=engine.from_arrow(PEOPLE, "persons"), sanctions=engine.from_arrow(SENTENCED, "sanctions"))
    first = cohorts.rank(engine, records, scheme=scheme("1", "burglary_domestic", places=1), on=ON)
    second = cohorts.rank(engine, records, scheme=scheme("2", "shoplifting, burglary_domestic", places=2), on=ON)
    compared = cohorts.what_if(first, second)
    found = {row["person_key"]: row for row in compared.to_pyarrow().to_pylist()}
    assert {key: row["change"] for key, row in found.items()} == {"adam": "stays", "bill": "enters"}
    bill = found["bill"]
    assert (bill["points_before"], bill["points_after"], bill["rank_after"]) == (0, 40, 1)
    back = cohorts.what_if(second, first)
    assert cohorts.changes(back).to_pydict() == {"change": ["enters", "leaves", "stays"], "people": [0, 1, 1]}

    profile = cohorts.area_profile(
        engine,
        records,
        on=ON,
        scheme=second.scheme,
        recorded_crime=engine.from_arrow(CRIMES, "recorded"),
    )
    places = {(row["area"], row["crime_type"]): row for row in profile.to_pyarrow().to_pylist()}
    burglary, shoplifting = places["Arden", "Burglary"], places["Arden", "Shoplifting"]
    assert (burglary["people"], burglary["offences"], burglary["harm"]) == (1, 2, 547)
    assert (burglary["share_of_offences"], burglary["share_of_harm"]) == (40.0, 99.5)
    # Burglaries of April 2025 began a year ago to the day, and are out.
    assert (burglary["recorded_crimes"], burglary["share_of_recorded"]) == (30, 75.0)
    assert (burglary["most_points"], burglary["share_of_points"]) == (40, 50.0)
    assert (shoplifting["offences"], shoplifting["recorded_crimes"]) == (3, 10)
    robbery = places["Camford", "Robbery"]
    assert (robbery["offences"], robbery["share_of_offences"], robbery["recorded_crimes"]) == (0, None, 7)
    assert places["Barset", "Robbery"]["people"] == 1
    assert places["Not known", "Robbery"]["offences"] == 0
    assert len(places) == 4 * 13


def test_rankings_of_different_dates_are_not_compared(duckdb_engine: Engine) -> None:
    records = Records(
        persons=duckdb_engine.from_arrow(PEOPLE, "persons"), sanctions=duckdb_engine.from_arrow(SENTENCED, "sanctions")
    )
    plan = scheme("1", "robbery", places=1)
    rankings = [cohorts.rank(duckdb_engine, records, scheme=plan, on=day) for day in (ON, date(2026, 4, 2))]
    with pytest.raises(InputError, match="different dates"):
        cohorts.what_if(*rankings)


def test_a_profile_without_recorded_crime_or_scheme_leaves_them_empty(duckdb_engine: Engine) -> None:
    records = Records(
        persons=duckdb_engine.from_arrow(PEOPLE, "persons"), sanctions=duckdb_engine.from_arrow(SENTENCED, "sanctions")
    )
    rows = cohorts.area_profile(duckdb_engine, records, on=ON).to_pyarrow().to_pylist()
    assert {(row["recorded_crimes"], row["most_points"]) for row in rows} == {(None, None)}
    with pytest.raises(InputError, match="lacks month, crime_type, crimes"):
        cohorts.area_profile(duckdb_engine, records, on=ON, recorded_crime=records.persons)
