"""Harm, arrests and drug tests by drawn example."""

from datetime import date

import pyarrow as pa
import pytest

from iom_analytics import measures
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.measures.drug_tests import DRUG_TESTS
from tests.analytics.drawn import drawn

INDEX = drawn(
    measures.INDEX,
    """
    person_id  start_date  start_type
    a          2020-01-15  custody
    b          2020-01-15  caution
    c          2020-01-15  caution
    c          2021-01-15  caution
    """,
)
EVENTS = drawn(
    measures.EVENTS,
    """
    person_id  offence_date  sanction_date  sanction_type  offence_code  proactive
    a          2020-05-01    2020-06-01     conviction     03401         no
    a          2020-05-01    2020-06-01     conviction     03401         no
    a          2020-05-02    2020-06-01     conviction     80301         -
    b          2020-05-01    2020-06-01     conviction     09250         yes
    b          2020-05-01    2020-06-01     conviction     04600         -
    c          2021-02-01    2021-03-01     conviction     00101         -
    """,
)
ARRESTS = """
person_id,arrest_date,offence_code
a,2020-01-14,03401
a,2020-01-15,03401
a,2021-01-14,03401
a,2021-01-14,03401
a,2021-01-15,03401
"""


def test_harm_of_what_followed_each_start(engine: Engine) -> None:
    index, events = engine.from_arrow(INDEX, "index"), engine.from_arrow(EVENTS, "events")
    found = measures.harm(engine, index=index, events=events, known_to=date(2021, 12, 31))
    rows = found.order_by("person_id", "start_date").to_pyarrow().to_pylist()
    assert [(row["harm_days"], row["unweighed_reoffences"], row["proactive_reoffences"]) for row in rows] == [
        (365, 1, 0),  # a robbery, written down twice, and drink driving, which the index does not weigh
        (1, 0, 1),  # a theft from a shop; what a search found is left out
        (0, 0, 0),
        (None, None, None),  # too early to say
    ]
    own = measures.Weights("ours", "1", "a test", is_confirmed=False, days={"80301": 2.5})
    rows = measures.harm(engine, index=index, events=events, weights=own).order_by("person_id").to_pyarrow().to_pylist()
    assert (rows[0]["harm_days"], rows[0]["unweighed_reoffences"]) == (2.5, 1)


def test_arrests_are_counted_and_flagged(engine: Engine) -> None:
    lines = [line.split(",") for line in ARRESTS.split()]
    rows = [dict(zip(lines[0], [who, date.fromisoformat(day), code], strict=True)) for who, day, code in lines[1:]]
    arrests = engine.from_arrow(pa.Table.from_pylist(rows), "arrests")
    index = engine.from_arrow(INDEX, "index")
    found = measures.counted_after(engine, index=index, happened=arrests, what="arrests", known_to=date(2021, 1, 14))
    counted = found.order_by("person_id", "start_date").to_pyarrow().to_pylist()
    # The day of the start is in, the same day a year later is out, and a repeated row counts once.
    assert [row["counted"] for row in counted] == [2, 0, 0, None]
    assert {row["is_surveillance_sensitive"] for row in counted} == {True}
    with pytest.raises(InputError, match="recorded crime lacks offence_date"):
        measures.counted_after(engine, index=index, happened=arrests, what="recorded crime")


def test_positive_tests_by_occasion(engine: Engine) -> None:
    tests = drawn(
        DRUG_TESTS,
        """
        person_key  test_date   occasion  result
        a           2020-01-15  arrest    positive
        a           2020-02-15  arrest    negative
        b           2020-01-15  arrest    positive
        c           2020-01-15  arrest    refused
        c           2020-01-16  licence   disputed
        """,
    )
    rows = measures.positive_share(engine.from_arrow(tests, "tests")).to_pyarrow().to_pylist()
    arrest, licence = rows
    assert (arrest["tests"], arrest["people"], arrest["refused"]) == (4, 3, 1)
    assert arrest["positive_percent"] == pytest.approx(200 / 3)
    assert (licence["positive_percent"], licence["is_selective"]) == (None, True)
