"""Which score counts where there are several, by drawn example, on both engines."""

from datetime import date

from iom_analytics import cohorts, scoring
from iom_analytics.engine import Engine
from iom_analytics.history import Records, career_history
from iom_analytics.tables import ASSESSMENTS, PERSONS, SANCTIONS
from tests.analytics.drawn import drawn

ON = date(2026, 4, 1)
PEOPLE = drawn(
    PERSONS,
    """
    person_key  sex  date_of_birth
    alone       M    1990-05-05
    sent        M    1990-05-05
    stale       M    1990-05-05
    caution     F    1999-12-31
    nobody      F    1999-12-31
    """,
)
SENTENCED = drawn(
    SANCTIONS,
    """
    person_key  sanction_date  sanction_type  offence_code
    alone       2025-10-01     conviction     02803
    sent        2025-10-01     conviction     02803
    stale       2025-10-01     conviction     02803
    caution     2025-10-01     caution        04600
    """,
)
ASSESSED = drawn(
    ASSESSMENTS,
    """
    person_key  assessment_date  instrument  item              score  band       kind
    sent        2025-06-01       ARP         two_year_percent  40     low        dynamic
    sent        2025-12-01       ARP         two_year_percent  91     very high  dynamic
    sent        2026-01-01       ARP         two_year_percent  12     low        static
    sent        2026-04-02       ARP         two_year_percent  13     low        dynamic
    stale       2025-04-01       ARP         two_year_percent  92     very high  dynamic
    caution     2026-01-01       ARP         two_year_percent  60     medium     dynamic
    alone       2026-01-01       OASys       drugs             5      -          -
    """,
)


def test_a_dynamic_score_sent_in_the_last_year_counts_before_a_static_one_worked_out_here(engine: Engine) -> None:
    records = Records(
        persons=engine.from_arrow(PEOPLE, "persons"),
        sanctions=engine.from_arrow(SENTENCED, "sanctions"),
        assessments=engine.from_arrow(ASSESSED, "assessments"),
    )
    history = career_history(engine, persons=records.persons, sanctions=records.sanctions, on=ON)
    found = cohorts.scores_for(engine, records, predictors=["arp", "ogrs3"], on=ON, history=history)
    scores = {(row["person_key"], row["predictor"]): row for row in found.to_pyarrow().to_pylist()}
    assert sorted(scores) == sorted(
        [(key, name) for key in ("alone", "sent", "stale") for name in ("arp", "ogrs3")] + [("caution", "arp")]
    )
    # The record alone, by the row twin: born 1990-05-05, first and only conviction on 1 October 2025 at 35.
    person = {
        "sex": "M", "date_of_birth": "1990-05-05", "date_of_conviction": "2025-10-01", "follow_up_start": "2025-10-01",
        "assessment_date": "2026-04-01", "age_at_first_sanction": "35", "sanctions": "1", "violent_sanctions": "0",
        "offence_code": "02803",
    }  # fmt: skip
    by_record = {name: scoring.score_person(scoring.read(person), name) for name in ("arp", "ogrs3")}
    for key in ("alone", "stale"):
        for name, score in by_record.items():
            row = scores[key, name]
            assert (row["percent"], row["kind"]) == (score.outcomes[-1].percent, "static")
            assert row["band"] == str(score.band).lower().replace("_", " ")
    assert (scores["sent", "arp"]["percent"], scores["sent", "arp"]["kind"]) == (91, "dynamic")
    assert scores["sent", "ogrs3"]["kind"] == "static"
    # A static ARP lacks every answer: it says whether they could change its band.
    assert scores["alone", "arp"]["provisional"] == by_record["arp"].provisional
    assert scores["sent", "arp"]["provisional"] is False
    assert scores["caution", "arp"]["percent"] == 60


def test_answers_in_the_assessments_make_the_score_dynamic(duckdb_engine: Engine) -> None:
    questions = [each.name for each in scoring.DYNAMIC if each.name != "previous_convictions"]
    answers = "\n".join(
        f"alone  {day}  OASys  {name}  {score}  -  -"
        for name in questions
        for day, score in (("2025-11-01", 1), ("2026-01-01", 0))
    )
    assessed = drawn(ASSESSMENTS, f"person_key  assessment_date  instrument  item  score  band  kind\n{answers}")
    engine = duckdb_engine
    records = Records(
        persons=engine.from_arrow(PEOPLE, "persons"),
        sanctions=engine.from_arrow(SENTENCED, "sanctions"),
        assessments=engine.from_arrow(assessed, "assessments"),
    )
    history = career_history(engine, persons=records.persons, sanctions=records.sanctions, on=ON)
    found = cohorts.scores_for(engine, records, predictors=["arp"], on=ON, history=history)
    scores = {row["person_key"]: row for row in found.to_pyarrow().to_pylist()}
    assert (scores["alone"]["kind"], scores["alone"]["provisional"]) == ("dynamic", False)
    assert scores["sent"]["kind"] == "static"
    assert scores["alone"]["percent"] < scores["sent"]["percent"], "the latest answers are all without problems"
    assert cohorts.predictors_of(cohorts.load_scheme("neighbourhood-crime"), cohorts.load_scheme("women")) == (
        "arp",
        "ogrs3",
    )
