"""A person's career as it was known on a date, by drawn example, on both engines."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from iom_analytics import history
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.tables import CUSTODY_SPELLS, PERSONS, SANCTIONS
from tests.analytics.drawn import drawn

PEOPLE = drawn(
    PERSONS,
    """
    person_key  sex  date_of_birth  ethnicity  area
    alan        M    1990-02-28     White      Arden
    beth        F    2000-02-29     Black      Arden
    carl        M    -              White      Arden
    dean        M    2004-06-01     White      Arden
    """,
)
SENTENCED = drawn(
    SANCTIONS,
    """
    person_key  sanction_date  sanction_type  offence_code  disposal         custody_days  release_date
    alan        2020-01-01     conviction     04600         fine             -             -
    alan        2020-01-01     conviction     02803         custody          100           2020-02-20
    alan        2024-01-05     conviction     03401         community order  -             -
    alan        2024-03-01     conviction     00100         custody          9000          -
    beth        2023-06-01     caution        10501         caution          -             -
    carl        2023-02-28     conviction     77777         fine             -             -
    dean        2018-07-01     warning        04600         other            -             -
    dean        2019-07-01     caution        04600         caution          -             -
    dean        2020-07-01     conviction     04600         fine             -             -
    dean        2021-07-01     conviction     04600         fine             -             -
    """,
)
SPELLS = drawn(
    CUSTODY_SPELLS,
    """
    person_key  start_date  end_date
    alan        2020-01-01  2020-02-20
    alan        2024-01-05  2024-02-01
    alan        2024-01-20  -
    beth        2022-06-01  2023-03-11
    beth        2024-03-05  -
    """,
)
ON = date(2024, 2, 29)


def rows(found: Any) -> dict[str, dict[str, Any]]:
    return {row["person_key"]: row for row in found.order_by("person_key", "on").to_pyarrow().to_pylist()}


def of(engine: Engine, *, on: Any = ON, persons: pa.Table = PEOPLE, **tables: pa.Table) -> Any:
    tables = {"sanctions": SENTENCED, **tables}
    loaded = {name: engine.from_arrow(table, name) for name, table in tables.items()}
    return history.career_history(engine, persons=engine.from_arrow(persons, "persons"), on=on, **loaded)


def test_a_career_as_it_was_known_on_the_date(engine: Engine) -> None:
    found = of(engine, custody_spells=SPELLS)
    assert found.columns == history.CAREER_HISTORY.column_names
    people = rows(found)
    assert list(people) == ["alan", "beth", "carl", "dean"], "everyone comes back, once"

    alan = people["alan"]
    # Two offences on one day are one occasion; the murder of 1 March was not known on 29 February.
    assert (alan["sanctions"], alan["convictions"], alan["offences"], alan["violent_sanctions"]) == (2, 2, 3, 1)
    assert (alan["age"], alan["age_months"], alan["age_at_first_sanction"]) == (34, 408, 29)
    assert (alan["first_sanction_date"], alan["last_sanction_date"]) == (date(2020, 1, 1), date(2024, 1, 5))
    assert (alan["date_of_conviction"], alan["offence_code"], alan["offence_group"]) == (
        date(2024, 1, 5),
        "03401",
        "robbery",
    )
    assert alan["career_years"] == 4
    assert alan["copas_rate"] == pytest.approx(-1.945910149)  # ln(2 / 14)
    assert (alan["sanctions_12m"], alan["offences_12m_robbery"], alan["offences_12m_shoplifting"]) == (1, 1, 0)
    assert (alan["harm"], alan["harm_12m"]) == (1 + 273.5 + 365, 365)
    # Inside from 5 January, by two spells that overlap: 55 of 366 days, counted once.
    assert alan["in_custody"] is True
    assert (alan["days_at_liberty_12m"], alan["days_at_liberty_24m"]) == (366 - 55, 731 - 55)
    assert (alan["last_release_date"], alan["follow_up_start"], alan["offence_free_months"]) == (
        date(2024, 2, 1),
        ON,
        0,
    )

    # Cautions alone make a career, but no conviction to score.
    beth = people["beth"]
    assert (beth["sanctions"], beth["convictions"], beth["violent_sanctions"]) == (1, 0, 1)
    assert (beth["date_of_conviction"], beth["offence_code"], beth["follow_up_start"]) == (None, None, None)
    assert (beth["age"], beth["age_at_first_sanction"]) == (24, 23)
    # Released on 11 March 2023: 11 of the last 366 days inside, and not in custody until 5 March.
    assert (beth["in_custody"], beth["last_release_date"]) == (False, date(2023, 3, 11))
    assert beth["days_at_liberty_12m"] == 366 - 11
    assert (beth["months_since_last_sanction"], beth["offence_free_months"]) == (8, 8)

    # What is not known is empty, and not nought.
    carl = people["carl"]
    assert (carl["age"], carl["career_years"], carl["copas_rate"], carl["prolific"]) == (None, None, None, None)
    # The unknown code still counts as a sanction; a sanction of 28 February 2023 is not in the last 12 months.
    assert (carl["sanctions"], carl["offence_code"], carl["offence_group"]) == (1, "77777", None)
    assert (carl["sanctions_12m"], carl["unweighed_12m"], carl["harm"]) == (0, 0, 0)


def test_without_a_custody_feed_or_release_dates_nothing_is_known_of_custody(duckdb_engine: Engine) -> None:
    unknown = rows(of(duckdb_engine, sanctions=SENTENCED.drop_columns(["release_date"])))["alan"]
    assert (unknown["in_custody"], unknown["days_at_liberty_12m"]) == (None, None)


def test_each_person_at_dates_of_their_own(engine: Engine) -> None:
    dates = pa.table(
        {
            "person_key": ["alan", "alan", "dean", "dean", "nobody"],
            "on": [date(2020, 1, 1), date(2024, 1, 5), date(2021, 6, 30), date(2021, 7, 1), ON],
        }
    )
    found = of(engine, on=engine.from_arrow(dates, "dates")).order_by("person_key", "on").to_pyarrow().to_pylist()
    first, second, before, after = found
    assert (first["sanctions"], first["offence_code"], first["in_custody"]) == (1, "02803", True)
    assert first["follow_up_start"] == date(2020, 1, 1)
    assert (second["sanctions"], second["in_custody"], second["follow_up_start"]) == (2, False, date(2024, 1, 5))
    # Prolific as a juvenile: the fourth sanction, at 17, makes it so.
    assert (before["age"], before["sanctions"], before["prolific"]) == (17, 3, False)
    assert (after["age"], after["sanctions"], after["prolific"]) == (17, 4, True)


def test_a_missing_column_is_named(duckdb_engine: Engine) -> None:
    with pytest.raises(InputError, match="sanctions lacks offence_code"):
        of(duckdb_engine, sanctions=SENTENCED.drop_columns(["offence_code"]))
