"""Partners' tables under the person keys that linkage gave."""

from typing import Any

import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics import linkage
from iom_analytics.engine import Engine
from iom_analytics.tables import ARRESTS, PERSONS, by_source
from tests.analytics.drawn import drawn

CLUSTERS = {
    "source": ["police", "police", "prison", "probation", "treatment"],
    "source_id": ["1", "2", "1", "1", "1"],
    "person_key": ["anna", "anna", "anna", "ben", "nobody said anything"],
}


def test_events_carry_the_person_key_and_those_of_unknown_records_are_left_out(engine: Engine) -> None:
    clusters = engine.from_arrow(pa.table(CLUSTERS), "clusters")
    with_offence = """
        source   source_id  arrest_date  offence_code
        police   1          2026-01-01   02803
        police   2          2026-01-02   02803
        police   9          2026-01-03   02803
    """
    without = """
        source     source_id  arrest_date
        probation  1          2026-01-04
    """
    sent = [engine.from_arrow(drawn(by_source(ARRESTS), drawing), "sent") for drawing in (with_offence, without)]
    keyed = linkage.keyed(ARRESTS, sent, clusters)
    assert keyed.columns == ARRESTS.column_names
    rows = sorted((row["person_key"], row["arrest_date"].day, row["offence_code"]) for row in rows_of(keyed))
    assert rows == [("anna", 1, "02803"), ("anna", 2, "02803"), ("ben", 4, None)]


def test_a_person_is_what_most_of_the_records_say(engine: Engine) -> None:
    clusters = engine.from_arrow(pa.table(CLUSTERS), "clusters")
    drawing = """
        source     source_id  sex  date_of_birth  ethnicity   area
        police     1          F    1990-02-03     Not stated  Barset
        police     2          F    1990-03-02     Not stated  Arden
        prison     1          M    1990-03-02     White       -
        probation  1          M    -              Not stated  Arden
    """
    sent = engine.from_arrow(drawn(by_source(PERSONS), drawing), "sent")
    persons = linkage.persons(linkage.keyed(PERSONS, [sent], clusters), clusters)
    assert persons.columns == PERSONS.column_names
    assert sorted(tuple(str(value) for value in row.values()) for row in rows_of(persons)) == [
        ("anna", "F", "1990-03-02", "White", "Arden"),
        ("ben", "M", "None", "Not stated", "Arden"),
        ("nobody said anything", "None", "None", "None", "None"),
    ]


def rows_of(table: IbisTable) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
