"""One row per person for a whole force: it says what the rows per predictor say."""

from datetime import date

import pyarrow as pa

from iom_analytics.engine import Engine
from iom_analytics.scoring import score_force, score_people

PARTS = ("probability", "percent")
SAID_ONCE = ("band", "kind", "provisional", "errors")


def test_side_by_side_is_the_same_as_row_by_row(engine: Engine) -> None:
    people = pa.table(
        {
            "person_id": ["sound", "no code", "young", "unknown sex"],
            "sex": ["M", "F", "M", "X"],
            "date_of_birth": [date(1990, 2, 28), date(1985, 1, 1), date(2009, 6, 1), date(1970, 5, 5)],
            "date_of_conviction": [date(2024, 3, 1)] * 4,
            "follow_up_start": [date(2024, 6, 1)] * 4,
            "assessment_date": [date(2025, 6, 1)] * 4,
            "age_at_first_sanction": [15, 20, 12, 30],
            "sanctions": [12, 1, 3, 2],
            "offence_code": ["02700", None, "02700", "02700"],
        }
    )
    table = engine.from_arrow(people, "people")
    names = ["ogrs3", "arp"]
    wide = {row["person_id"]: row for row in score_force(table, names, engine=engine).to_pyarrow().to_pylist()}
    rows = score_people(table, names, engine=engine).to_pyarrow().to_pylist()
    assert len(rows) == 12
    assert wide["sound"]["ogrs3_percent_24"] is not None
    assert wide["no code"]["ogrs3_percent_24"] is None
    for row in rows:
        beside = wide[row["person_id"]]
        for part in PARTS:
            assert beside[f"{row['predictor']}_{part}_{row['horizon_months']}"] == row[part]
        for part in SAID_ONCE:
            assert beside[f"{row['predictor']}_{part}"] == row[part]
