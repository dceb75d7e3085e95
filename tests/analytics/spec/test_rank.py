"""Who is eligible under a scheme, with how many points and in which order, by drawn example, on both engines."""

from datetime import date
from typing import Any

import pytest

from iom_analytics import cohorts
from iom_analytics.engine import Engine
from iom_analytics.history import Records
from iom_analytics.tables import ARRESTS, INTELLIGENCE_COUNTS, PERSONS, SANCTIONS, Column, Table
from tests.analytics.drawn import drawn

ON = date(2026, 4, 1)
SCORES = Table(
    "scores",
    "Scores of one date",
    (
        Column("person_key", "text", "The person"),
        Column("predictor", "text", "Its name"),
        Column("percent", "number", "Per cent"),
        Column("band", "text", "Band"),
        Column("provisional", "yes_no", "Whether an answer could change it"),
    ),
)
TABLES = {
    "persons": drawn(
        PERSONS,
        """
        person_key  sex  date_of_birth  area
        adam        M    1990-05-05     Arden
        bill        M    1990-05-05     Arden
        cath        F    1999-12-31     Arden
        davy        M    2008-10-01     Arden
        ella        F    2008-10-02     Arden
        finn        M    1980-01-01     Arden
        """,
    ),
    "sanctions": drawn(
        SANCTIONS,
        """
        row_id  person_key  sanction_date  sanction_type  offence_code  disposal
        s1      adam        2025-10-01     conviction     02803         custody
        s2      adam        2025-11-01     conviction     02803         community order
        s3      bill        2025-11-01     conviction     02803         custody
        s4      bill        2025-12-01     conviction     02803         community order
        s5      cath        2026-03-01     conviction     04600         fine
        s6      davy        2026-03-01     conviction     03401         community order
        s7      ella        2026-03-01     conviction     03401         community order
        s8      finn        2020-01-01     conviction     03401         custody
        s9      adam        2026-04-02     conviction     00100         custody
        """,
    ),
    "arrests": drawn(
        ARRESTS,
        """
        person_key  arrest_date  offence_code
        cath        2026-03-20   04600
        cath        2026-03-21   04600
        """,
    ),
    "scores": drawn(
        SCORES,
        """
        person_key  predictor  percent  band       provisional
        adam        ogrs3      80       high       no
        adam        arp        60       medium     no
        bill        ogrs3      40       low        no
        cath        ogrs3      90       very high  yes
        davy        ogrs3      76       high       no
        ella        ogrs3      76       high       no
        """,
    ),
}
SCHEME = cohorts.read_scheme(
    """
    id: example
    version: "1"
    name: An example
    purpose: To test.
    source: Made up for this test.
    effective_from: 2026-01-01
    capacity: {people: 2, local placeholder: true}
    criteria:
      - {id: adult, name: Adult, factor: age, at_least: 17.5, near: 0.1, local placeholder: true}
      - {id: score, name: Likely to reoffend, factor: score, predictors: [arp, ogrs3], at_least: 50, near: 10,
         local placeholder: true}
    components:
      - id: burglary
        name: Burglary in six months
        factor: offences
        groups: [burglary_domestic, robbery]
        months: 6
        weight: 1.5
        bands: [{at_least: 1, points: 10}, {at_least: 2, points: 30}]
        local placeholder: true
      - id: arrests
        name: Arrests in a month
        factor: arrests
        months: 1
        bands: [{at_least: 2, points: 5}]
        local placeholder: true
      - id: band
        name: Band
        factor: score_band
        predictors: [arp, ogrs3]
        bands: [{is: [medium], points: 1}, {is: [high, very high], points: 2}]
        local placeholder: true
    thresholds:
      - {id: some, name: Some, at_least: 5, local placeholder: true}
      - {id: much, name: Much, at_least: 17, local placeholder: true}
    """
)


def ranking_of(engine: Engine, **leave: None) -> cohorts.Ranking:
    tables = {name: engine.from_arrow(table, name) for name, table in TABLES.items() if name not in leave}
    return cohorts.rank(engine, Records(**tables), scheme=SCHEME, on=ON)


def test_everyone_has_points_reasons_and_the_rows_behind_them(engine: Engine) -> None:
    ranking = ranking_of(engine)
    rows = {row["person_key"]: row for row in ranking.ranked.to_pyarrow().to_pylist()}
    # Davy is 17 and a half on the day. Adam's offence of 1 October is six months ago to the day: out of the window.
    order = sorted((row["rank"], key) for key, row in rows.items() if row["eligible"])
    assert order == [(1, "davy"), (2, "adam"), (3, "cath")]
    assert {key: row["points"] for key, row in rows.items()} == {
        "adam": 16,
        "bill": 45,
        "cath": 7,
        "davy": 17,
        "ella": 17,
        "finn": 0,
    }
    assert [rows[key]["within_capacity"] for key in ("davy", "adam", "cath")] == [True, True, False]
    assert [rows[key]["threshold"] for key in ("davy", "adam", "cath", "finn")] == ["much", "some", "some", None]
    # Bill misses by 10 of 10; Ella by a day; Finn has no score, which is not the same as a low one.
    assert [rows[key]["near_miss"] for key in ("bill", "ella", "finn", "adam")] == [True, True, True, False]
    assert rows["bill"]["reasons"] == "Likely to reoffend: not at least 50 per cent, but near"
    assert rows["finn"]["reasons"] == "Likely to reoffend: not known"
    assert (rows["finn"]["not_known"], rows["adam"]["not_known"]) == (2, 0)
    assert all(rows[key]["rank"] is None for key in ("bill", "ella", "finn"))

    parts = {(row["person_key"], row["factor"]): row for row in cohorts.working(ranking).to_pyarrow().to_pylist()}
    assert len(parts) == 6 * 5
    burglary = parts["adam", "burglary"]
    assert (burglary["value"], burglary["points"], burglary["source_rows"]) == (1, 15, ["sanctions:s2"])
    assert parts["bill", "burglary"]["source_rows"] == ["sanctions:s3", "sanctions:s4"]
    arrests = parts["cath", "arrests"]
    assert (arrests["value"], arrests["points"]) == (2, 5)
    assert arrests["source_rows"] == ["arrests:2026-03-20/04600", "arrests:2026-03-21/04600"]
    assert (parts["adam", "score"]["value"], parts["adam", "band"]["text"]) == (60, "medium")
    near = parts["bill", "score"]
    assert (near["met"], near["near_miss"], near["off_by"]) == (False, True, 10)
    assert parts["finn", "arrests"]["source_rows"] == []


def test_a_feed_that_is_not_there_is_not_known_and_not_nought(duckdb_engine: Engine) -> None:
    ranking = ranking_of(duckdb_engine, arrests=None, scores=None)
    assert ranking.missing_feeds == ("arrests", "scores")
    rows: list[dict[str, Any]] = ranking.ranked.to_pyarrow().to_pylist()
    assert {row["not_known"] for row in rows} == {3}
    assert not any(row["eligible"] for row in rows)
    working = cohorts.working(ranking).to_pyarrow().to_pylist()
    assert {(row["value"], row["reason"]) for row in working if row["factor"] == "arrests"} == {(None, "not known")}


def test_equal_points_fall_to_harm_then_the_later_sanction_then_the_key(duckdb_engine: Engine) -> None:
    persons = drawn(
        PERSONS,
        """
        person_key  date_of_birth
        p1          1990-01-01
        p2          1990-01-01
        p3          1990-01-01
        p4          1990-01-01
        """,
    )
    sanctions = drawn(
        SANCTIONS,
        """
        person_key  sanction_date  sanction_type  offence_code
        p1          2026-02-01     conviction     04600
        p2          2026-02-01     conviction     04600
        p3          2026-02-02     conviction     04600
        p4          2026-01-01     conviction     03401
        """,
    )
    scheme = cohorts.read_scheme(
        """
        {id: tie, version: "1", name: Tie, purpose: Test, source: Test, effective_from: 2026-01-01,
         capacity: {people: 1, source: Test},
         components: [{id: n, name: N, factor: sanctions, months: 12, bands: [{at_least: 1, points: 1}], source: Test}]}
        """
    )
    engine = duckdb_engine
    records = Records(
        persons=engine.from_arrow(persons, "persons"), sanctions=engine.from_arrow(sanctions, "sanctions")
    )
    ranked = cohorts.rank(engine, records, scheme=scheme, on=ON).ranked.order_by("rank").to_pyarrow()
    assert ranked["person_key"].to_pylist() == ["p4", "p3", "p1", "p2"]
    assert ranked["within_capacity"].to_pylist() == [True, False, False, False]


@pytest.mark.parametrize("name", cohorts.shipped_schemes())
def test_every_shipped_scheme_ranks_from_sanctions_alone(duckdb_engine: Engine, name: str) -> None:
    tables = {key: duckdb_engine.from_arrow(TABLES[key], key) for key in ("persons", "sanctions")}
    ranking = cohorts.rank(duckdb_engine, Records(**tables), scheme=cohorts.load_scheme(name), on=ON)
    assert ranking.ranked.count().execute() == 6
    people = cohorts.working(ranking).group_by("person_key").aggregate(points=lambda rows: rows.points.sum())
    summed = {row["person_key"]: row["points"] for row in people.to_pyarrow().to_pylist()}
    assert summed == {row["person_key"]: row["points"] for row in ranking.ranked.to_pyarrow().to_pylist()}


def test_intelligence_suspected_false_or_with_conditions_is_not_ranked_on(engine: Engine) -> None:
    counts = drawn(
        INTELLIGENCE_COUNTS,
        """
        row_id  person_key  month       reports  source_evaluation  information_assessment  handling_code
        i1      adam        2026-03-01  1        2                  B                       P
        i2      adam        2026-03-01  2        2                  E                       P
        i3      adam        2026-03-01  4        2                  B                       C
        i4      adam        2026-03-01  8        -                  -                       -
        i5      bill        2026-03-01  1        B                  5                       1
        i6      bill        2026-03-01  2        B                  2                       5
        i7      bill        2026-03-01  4        B                  2                       4
        i8      bill        2026-03-01  8        B                  2                       1
        """,
    )
    scheme = cohorts.read_scheme(
        """
        {id: intelligence, version: "1", name: I, purpose: Test, source: Test, effective_from: 2026-01-01,
         capacity: {people: 1, source: Test},
         components: [{id: n, name: N, factor: intelligence_reports, months: 3, bands: [{at_least: 1, points: 1}],
                       source: Test}]}
        """
    )
    records = Records(
        persons=engine.from_arrow(TABLES["persons"], "persons"),
        sanctions=engine.from_arrow(TABLES["sanctions"], "sanctions"),
        intelligence_counts=engine.from_arrow(counts, "intelligence_counts"),
    )
    working = cohorts.working(cohorts.rank(engine, records, scheme=scheme, on=ON)).to_pyarrow().to_pylist()
    found = {row["person_key"]: (row["value"], row["source_rows"]) for row in working if row["factor"] == "n"}
    assert found["adam"] == (9, ["intelligence_counts:i1", "intelligence_counts:i4"])
    assert found["bill"] == (8, ["intelligence_counts:i8"])
