"""Proven reoffending by drawn example, on both engines: the traps of the Ministry's definition one by one."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iom_analytics import measures
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from tests.analytics.drawn import ARROW_TYPES, drawn

INDEX = drawn(
    measures.INDEX,
    """
    person_id    start_date  start_type   exit_date   exit_reason
    month11      2020-01-15  custody      -           -
    late-proof   2020-01-15  custody      -           -
    month12      2020-01-15  custody      -           -
    last-day     2020-01-15  custody      -           -
    pseudo       2020-01-15  custody      -           -
    same-day     2020-01-15  caution      -           -
    release-day  2020-01-15  custody      -           -
    leap         2020-02-29  court order  -           -
    month-end    2019-08-31  custody      -           -
    twice        2020-01-15  custody      -           -
    sent-anew    2020-01-15  custody      -           -
    recalled     2020-01-15  custody      -           -
    unknown      2020-01-15  custody      -           -
    undated      2020-01-15  custody      -           -
    dead         2020-01-15  custody      2020-03-01  death
    again        2020-01-15  custody      -           -
    again        2020-06-15  caution      -           -
    """,
)
EVENTS = drawn(
    measures.EVENTS,
    """
    person_id    offence_date  sanction_date  sanction_type     offence_code  offence_ref  disposal
    month11      2020-12-10    2021-06-10     court conviction  03401         -            custody
    late-proof   2020-12-10    2021-07-16     conviction        03401         -            fine
    month12      2021-01-15    2021-02-01     conviction        03401         -            fine
    last-day     2021-01-14    2021-07-15     conviction        03401         -            fine
    pseudo       2020-01-14    2020-03-01     conviction        03401         -            fine
    same-day     2020-01-15    2020-01-15     caution           10501         -            -
    release-day  2020-01-15    2020-01-20     caution           10501         -            -
    leap         2021-02-27    2021-08-29     conviction        03401         -            fine
    leap         2021-02-28    2021-03-29     conviction        03401         -            fine
    month-end    2020-08-30    2021-02-28     conviction        03401         -            fine
    month-end    2020-08-30    2021-03-01     conviction        04600         -            fine
    twice        2020-05-05    2020-06-06     conviction        03401         -            fine
    twice        2020-05-05    2020-06-06     conviction        03401         -            custody
    sent-anew    2020-05-05    2020-06-06     conviction        03401         r1           fine
    sent-anew    2020-05-05    2020-09-06     conviction        03401         r1           custody
    recalled     2020-05-05    2020-05-06     recall            99700         -            -
    recalled     2020-05-05    2020-05-06     PND               10501         -            -
    recalled     2020-05-05    2020-05-06     conviction        19566         -            fine
    unknown      2020-05-05    2020-05-06     warning           77777         -            -
    undated      -             2020-05-06     conviction        03401         -            -
    dead         2020-02-01    2020-02-20     conviction        80301         -            fine
    again        2020-07-01    2020-08-01     conviction        03401         -            fine
    again        2020-03-01    2020-08-01     conviction        03401         -            fine
    nobody       2020-07-01    2020-08-01     conviction        03401         -            fine
    """,
)


def of(engine: Engine, *, index: pa.Table = INDEX, events: pa.Table = EVENTS, **more: Any) -> list[dict[str, Any]]:
    found = measures.proven_reoffending(
        engine, index=engine.from_arrow(index, "index"), events=engine.from_arrow(events, "events"), **more
    )
    rows: list[dict[str, Any]] = found.order_by("person_id", "start_date").to_pyarrow().to_pylist()
    return rows


def test_each_trap_of_the_definition(engine: Engine) -> None:
    found = of(engine, known_to=date(2021, 12, 31))
    assert len(found) == INDEX.num_rows, "one row for each start given"
    counts = {row["person_id"]: row["reoffences"] for row in found if row["person_id"] != "again"}
    assert counts == {
        "month11": 1,  # committed in month 11, convicted in month 17
        "late-proof": 0,  # convicted a day after month 18
        "month12": 0,  # committed on the same day a year later: not in the half-open follow-up
        "last-day": 1,  # the last day of follow-up, proven on the last day of waiting
        "pseudo": 0,  # committed before release, convicted after
        "same-day": 0,  # the index offence itself
        "release-day": 1,  # the day of release is followed already
        "leap": 1,  # from 29 February to 28 February, that day out; proof to 29 August
        "month-end": 1,  # from 31 August, proof to 28 February
        "twice": 1,  # a repeated row
        "sent-anew": 1,  # one offence by its number
        "recalled": 0,  # a recall, a penalty notice and a breach of licence
        "unknown": 1,  # a code that is in no list counts, without a tier
        "undated": 0,
        "dead": 1,  # stays in the denominator
    }
    first, second = (row for row in found if row["person_id"] == "again")
    assert (first["reoffences"], first["first_reoffence_date"], first["days_to_first_reoffence"]) == (
        2,
        date(2020, 3, 1),
        46,
    )
    assert (second["reoffences"], second["days_to_first_reoffence"]) == (1, 16)

    rows = {row["person_id"]: row for row in found}
    assert (rows["leap"]["follow_up_end"], rows["leap"]["proof_end"]) == (date(2021, 2, 28), date(2021, 8, 29))
    assert (rows["month-end"]["follow_up_end"], rows["month-end"]["proof_end"]) == (
        date(2020, 8, 31),
        date(2021, 2, 28),
    )
    assert [name for name, row in rows.items() if row["exited_in_follow_up"]] == ["dead"]
    assert (rows["unknown"]["reoffences_without_tier"], rows["dead"]["reoffences_tier_3"]) == (1, 1)
    assert rows["month11"]["reoffences_tier_1"] == 1, "robbery is indictable only"
    assert [rows["unknown"][f"reoffences_tier_{tier}"] for tier in (1, 2, 3)] == [None] * 3, "of no known tier"
    custody = {name for name, row in rows.items() if row["custody_for_reoffence"]}
    assert custody == {"month11", "twice", "sent-anew"}


def test_a_start_is_mature_when_events_are_complete_to_its_last_day_of_proof(engine: Engine) -> None:
    index = INDEX.slice(0, 1)
    before, on, unsaid = (
        of(engine, index=index, known_to=day)[0] for day in (date(2021, 7, 14), date(2021, 7, 15), None)
    )
    assert (before["is_mature"], before["reoffended"], before["reoffences"]) == (False, None, None)
    assert (before["first_reoffence_date"], before["custody_for_reoffence"]) == (None, None)
    assert (on["is_mature"], on["reoffended"]) == (True, True)
    assert (unsaid["is_mature"], unsaid["reoffended"]) == (None, True)


def test_custody_is_read_as_sentences_are_written(engine: Engine) -> None:
    events = drawn(
        measures.EVENTS,
        """
        person_id    offence_date  sanction_date  sanction_type  offence_code  disposal            custody_days
        month11      2020-05-01    2020-06-01     conviction     03401         Custody             -
        late-proof   2020-05-01    2020-06-01     conviction     03401         Immediate custody   -
        month12      2020-05-01    2020-06-01     conviction     03401         Imprisonment        -
        last-day     2020-05-01    2020-06-01     conviction     03401         suspended_sentence  90
        pseudo       2020-05-01    2020-06-01     conviction     03401         Community-Order     -
        same-day     2020-05-01    2020-06-01     conviction     03401         stocks              -
        release-day  2020-05-01    2020-06-01     conviction     03401         stocks              90
        leap         2020-05-01    2020-06-01     conviction     03401         -                   -
        month-end    2020-05-01    2020-06-01     caution        03401         -                   -
        twice        2020-05-01    2020-06-01     conviction     03401         custody             -
        twice        2020-05-02    2020-06-01     conviction     03401         stocks              -
        dead         2020-05-02    2020-05-01     conviction     03401         custody             -
        """,
    )
    found = {row["person_id"]: row for row in of(engine, events=events)}
    assert {name: (row["custodial_reoffences"], row["custody_for_reoffence"]) for name, row in found.items()} == {
        **dict.fromkeys(("month11", "late-proof", "month12", "release-day"), (1, True)),
        **dict.fromkeys(("last-day", "pseudo", "month-end"), (0, False)),  # a suspended sentence is not served
        **dict.fromkeys(("same-day", "leap"), (None, None)),
        "twice": (None, True),  # once at least
        **dict.fromkeys(("sent-anew", "recalled", "unknown", "undated", "dead", "again"), (0, False)),
    }
    assert found["dead"]["reoffences"] == 0, "it was proven before it was committed"
    days = events.drop_columns(["disposal"])
    found = {row["person_id"]: row for row in of(engine, events=days)}
    custody = {name for name, row in found.items() if row["custody_for_reoffence"]}
    assert custody == {"last-day", "release-day"}
    assert found["month11"]["custody_for_reoffence"] is False, "alone, a length is given where there is a sentence"


def test_a_summary_says_nothing_of_custody_where_it_is_not_known_of_somebody(engine: Engine) -> None:
    events = drawn(
        measures.EVENTS,
        """
        person_id    offence_date  sanction_date  sanction_type  offence_code  disposal
        month11      2020-05-01    2020-06-01     conviction     03401         custody
        late-proof   2020-05-01    2020-06-01     conviction     03401         stocks
        leap         2020-05-01    2020-06-01     conviction     03401         fine
        """,
    )

    def custody(index: pa.Table) -> tuple[Any, ...]:
        found = measures.proven_reoffending(
            engine, index=engine.from_arrow(index, "i"), events=engine.from_arrow(events, "e")
        )
        rows = measures.summary(found).filter(lambda row: row.kind == "quarter").to_pyarrow().to_pylist()
        return tuple((row["custody_percent"], row["custodial_reoffences"], row["rate_percent"]) for row in rows)

    assert custody(INDEX.slice(0, 1)) == ((100, 1, 100),)
    assert custody(INDEX.slice(0, 2)) == ((None, None, 100),)


def test_a_person_enters_once(engine: Engine) -> None:
    index = drawn(
        measures.INDEX,
        """
        person_id  start_date  start_type
        a          2020-01-15  caution
        a          2020-01-15  custody
        a          2020-02-01  custody
        a          2020-04-01  caution
        b          2020-03-01  caution
        c          2020-03-01  zebra
        c          2020-03-01  court order
        d          2020-03-01  court order
        d          2020-03-01  custody
        """,
    )
    table = engine.from_arrow(index, "index")
    once = measures.one_entry(table).order_by("person_id").to_pyarrow().to_pylist()
    assert [(row["person_id"], row["start_date"].month, row["start_type"]) for row in once] == [
        ("a", 1, "custody"),
        ("b", 3, "caution"),
        ("c", 3, "court order"),
        ("d", 3, "custody"),
    ]
    quarters = measures.one_entry(table, window="quarter").order_by("person_id", "start_date").to_pyarrow().to_pylist()
    assert [(row["person_id"], row["start_date"].month) for row in quarters] == [
        ("a", 1),
        ("a", 4),
        ("b", 3),
        ("c", 3),
        ("d", 3),
    ]


def test_time_at_liberty(engine: Engine) -> None:
    spells = drawn(
        measures.CUSTODY,
        """
        person_id  start_date  end_date
        month11    2019-01-01  2020-01-25
        month11    2020-02-01  2020-03-01
        month11    2020-02-15  2020-03-11
        month11    2020-12-31  -
        last-day   2019-01-01  -
        dead       2020-02-10  2020-02-20
        """,
    )
    index, events = engine.from_arrow(INDEX, "index"), engine.from_arrow(EVENTS, "events")
    found = measures.proven_reoffending(engine, index=index, events=events)
    rows = {
        row["person_id"]: row
        for row in measures.time_at_liberty(found, engine.from_arrow(spells, "spells")).to_pyarrow().to_pylist()
    }
    month11 = rows["month11"]
    assert (month11["days_in_custody"], month11["days_at_liberty"]) == (10 + 39 + 15, 366 - 64)
    assert month11["reoffences_per_year_at_liberty"] == pytest.approx(365.25 / 302)
    assert (rows["last-day"]["days_at_liberty"], rows["last-day"]["reoffences_per_year_at_liberty"]) == (0, None)
    assert rows["dead"]["days_at_liberty"] == 46 - 10, "time at liberty ends with a death"
    assert rows["pseudo"]["days_at_liberty"] == 366


def test_the_summary_by_quarter_and_by_year_as_a_sum_of_quarters(engine: Engine) -> None:
    index = drawn(
        measures.INDEX,
        """
        person_id  start_date  start_type  expected_percent
        a          2020-01-15  custody     40
        b          2020-02-15  custody     60
        a          2020-04-15  caution     30
        c          2021-01-15  caution     50
        """,
    )
    events = drawn(
        measures.EVENTS,
        """
        person_id  offence_date  sanction_date  sanction_type  offence_code
        a          2020-05-01    2020-06-01     conviction     03401
        a          2020-05-02    2020-06-01     conviction     04600
        """,
    )
    found = measures.proven_reoffending(
        engine, index=engine.from_arrow(index, "i"), events=engine.from_arrow(events, "e"), known_to=date(2021, 12, 31)
    )
    rows = {
        row["period"]: row
        for row in measures.summary(found, base_percent=45.0, year_start_month=1).to_pyarrow().to_pylist()
    }
    assert list(rows) == ["2020 Q1", "2020", "2020 Q2", "2021 Q1", "2021"]
    first, year, late = rows["2020 Q1"], rows["2020"], rows["2021 Q1"]
    assert (first["people"], first["starts"], first["reoffenders"], first["reoffences"]) == (2, 2, 1, 2)
    assert (first["rate_percent"], first["reoffences_per_start"], first["reoffences_per_reoffender"]) == (50, 1, 2)
    assert (first["mean_expected_percent"], first["adjusted_percent"]) == (50, 45)
    assert (year["kind"], year["quarters"], year["starts"], year["people"]) == ("sum of quarters", 2, 3, None)
    assert (year["reoffenders"], year["reoffences"], year["custody_percent"]) == (2, 4, None)
    # As the Ministry publishes it, a year begins in April.
    years = measures.summary(found).filter(lambda row: row.kind == "sum of quarters").to_pyarrow().to_pylist()
    assert [(row["period"], row["period_start"], row["starts"], row["rate_percent"]) for row in years] == [
        ("2019/20", date(2019, 4, 1), 2, 50),
        ("2020/21", date(2020, 4, 1), 2, None),
    ]
    assert (late["is_mature"], late["starts"], late["rate_percent"], late["adjusted_percent"]) == (False, 1, None, None)


def test_what_is_written_has_the_types_of_its_contract(engine: Engine, tmp_path: Path) -> None:
    spells = drawn(measures.CUSTODY, "person_id  start_date  end_date\ndead  2020-02-10  2020-02-20")
    found = measures.proven_reoffending(
        engine, index=engine.from_arrow(INDEX, "i"), events=engine.from_arrow(EVENTS, "e"), known_to=date(2021, 12, 31)
    )
    found = engine.cache(measures.time_at_liberty(found, engine.from_arrow(spells, "s")), "found")
    rows = (*measures.PROVEN_REOFFENDING.columns, *measures.TIME_AT_LIBERTY.columns)
    for table, columns in ((found, rows), (measures.summary(found), measures.SUMMARY.columns)):
        engine.write(table, tmp_path / "out.parquet")
        written = pq.read_schema(tmp_path / "out.parquet")
        types = {column.name: ARROW_TYPES[column.type] for column in columns}
        assert {name: written.field(name).type for name in types} == types
    engine.write(measures.summary(found), tmp_path / "summary.csv")
    first = (tmp_path / "summary.csv").read_text().splitlines()[1].replace('"', "").split(",")
    assert first[:3] == ["sum of quarters", "2019/20", "2019-04-01"]


def test_the_events_own_tier_goes_before_the_codes(engine: Engine) -> None:
    events = drawn(
        measures.EVENTS,
        """
        person_id  offence_date  sanction_date  sanction_type  offence_code  severity_tier
        month11    2020-05-01    2020-06-01     conviction     03401         2
        month11    2020-05-02    2020-06-01     conviction     10501         -
        month12    2020-05-01    2020-06-01     conviction     77777         -
        """,
    )
    index = INDEX.slice(0, 3)
    rows = {row["person_id"]: row for row in of(engine, index=index, events=events)}
    first, third = rows["month11"], rows["month12"]
    assert [first[f"reoffences_tier_{tier}"] for tier in (1, 2, 3)] == [0, 1, 1]
    assert (third["reoffences_tier_2"], third["reoffences_without_tier"]) == (None, 1)


def test_nobody_starts_after_their_death(duckdb_engine: Engine) -> None:
    index = drawn(
        measures.INDEX,
        """
        person_id  start_date  start_type  exit_date   exit_reason
        a          2020-01-15  custody     2020-01-14  death
        b          2020-01-15  custody     2020-01-15  death
        """,
    )
    with pytest.raises(InputError, match="1 start has an exit_date before the start_date"):
        of(duckdb_engine, index=index)


def test_a_missing_column_is_named(duckdb_engine: Engine) -> None:
    with pytest.raises(InputError, match="events lacks offence_date"):
        of(duckdb_engine, events=EVENTS.drop_columns(["offence_date"]))
    with pytest.raises(InputError, match="columns reoffences, which are measures"):
        of(duckdb_engine, index=INDEX.append_column("reoffences", INDEX["person_id"]))
