"""Feeds about places: recorded crime, victims and survey waves come in, change when sent again, and go to analysis."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iom.access.scope import act_in
from iom.imports import adapters
from iom.imports import operations as imports
from iom.imports.forms import MappingForm
from iom.imports.models import Batch, Feed
from iom.people import extract
from iom.people.models import ConfidenceEstimate, RecordedCrime, VictimCount
from iom.people.queries import places
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.web.integration.imports.conftest import a_file, again, check, take_in

pytestmark = pytest.mark.slow

STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)
MONITORING = "Westmarch,{code},In words,WMP1,40/{number}/25,20250725082000,20250725082000,508910,222123,,,,Jo Smith\n"
CRIMES = "ref,code,area,from,victim\n"
CRIMES_LAYOUT = {
    "table": "recorded_crimes",
    "columns": {"crime_ref": "ref", "offence_code": "code", "area": "area", "from_time": "from",
                "victim_pseudonym": "victim"},
    "constants": {"source": "police-crime"},
}  # fmt: skip


def a_feed(place: Place, worker: Worker, table: str, *, layout: Any = None, agency: str = "Police") -> Feed:
    with act_in(worker.scope):
        feed = imports.add_feed(
            agency=place.agencies[agency], name=f"{agency} {table}", source=f"{agency.lower()}-crime", table=table,
            by=worker.scope, at=AT,
        )  # fmt: skip
        return feed if layout is None else imports.save_layout(feed=feed, layout=layout, by=worker.scope, at=AT)


def bring(content: str, feed: Feed, worker: Worker) -> Batch:
    with act_in(worker.scope):
        batch = imports.upload(feed=feed, upload=a_file(content), by=worker.scope, at=AT)
        assert batch.layout is not None
    check(batch)
    with act_in(worker.scope):
        imports.accept(batch_id=batch.pk, by=worker.scope, at=AT)
    take_in(batch)
    return again(batch, worker)


def by_default(table: str, *columns: str) -> dict[str, Any]:
    return {
        "table": table,
        "columns": dict(zip(columns, columns, strict=True)),
        "constants": {"source": "police-crime"},
    }


def test_a_monthly_file_of_police_uk_needs_no_mapping(place: Place, alice: Worker, tmp_path: Path) -> None:
    text = STREET + (
        "ab1,2026-07,Westmarch,Westmarch,-2.5,51.4,On or near A4,E01,North 012A,Burglary,,\n"
        "ab2,2026-07,Westmarch,Westmarch,-2.5,51.4,On or near A4,E01,Elsewhere 001A,Drugs,,\n"
        "ab3,2026-07,Westmarch,Westmarch,,,No Location,,,Drugs,,\n"
        ",2026-07,Westmarch,Westmarch,-2.5,51.4,On or near A4,E01,North 012A,Anti-social behaviour,,\n"
    )
    feed = a_feed(place, alice, "recorded_crimes")
    batch = bring(text, feed, alice)
    assert (batch.new_rows, batch.held_rows) == (2, 2)
    told = {(each["field"], each["what_to_do"]) for each in batch.report["by_rule"]}
    assert ("LSOA name", "Send one of: North, South; or map it in the feed's layout") in told
    with act_in(alice.scope):
        rows = {row.crime_ref: row for row in RecordedCrime.objects.visible_to(alice.scope)}
        files = extract.places(folder=tmp_path, scope=alice.scope)
    assert {ref: (row.area, row.crime_type, row.offence_code) for ref, row in rows.items()} == {
        "ab1": ("North", "Burglary", ""),
        "ab3": ("", "Drugs", ""),
    }
    assert rows["ab1"].marking == "official-sensitive"
    told_to_library = {row["crime_ref"]: row for row in pq.read_table(files["recorded_crimes"]).to_pylist()}
    assert told_to_library["ab1"]["from_time"] == datetime(2026, 7, 1), "as a clock there showed, in summer too"  # noqa: DTZ001
    assert told_to_library["ab1"]["to_time"] == datetime(2026, 7, 31, 23, 59, 59)  # noqa: DTZ001
    assert told_to_library["ab3"]["area"] is None
    assert pq.read_table(files["victims"]).num_rows == 0
    with act_in(alice.scope):
        held = places.held(scope=alice.scope)
    assert held["recorded_crimes"] == places.Held(2, 1, date(2026, 7, 1), date(2026, 7, 1))
    assert held["victims"] == places.Held(0, 0, None, None)


@pytest.mark.parametrize(
    ("last", "on", "until"),
    [
        (date(2026, 7, 31), date(2026, 9, 15), date(2026, 8, 1)),
        (date(2026, 9, 3), date(2026, 9, 15), date(2026, 9, 1)),
        (date(2025, 12, 1), date(2026, 9, 15), date(2026, 1, 1)),
        (None, date(2026, 9, 15), None),
    ],
)
def test_only_whole_months_are_looked_at(last: date | None, on: date, until: date | None) -> None:
    assert places.Held(1, 1, last, last).until(on) == until


def test_an_electronic_monitoring_file_leaves_its_free_text_and_positions_behind(place: Place, alice: Worker) -> None:
    feed = a_feed(place, alice, "recorded_crimes")
    text = "".join(MONITORING.format(code=code, number=number) for number, code in enumerate(("RB", "AB", "BIAD")))
    assert bring(text, feed, alice).new_rows == 3
    with act_in(alice.scope):
        found = RecordedCrime.objects.order_by("crime_ref").values_list("offence_group", "crime_type")
        assert list(found) == [("robbery", "Robbery"), ("", "Burglary"), ("burglary_domestic", "Burglary")]
        with connection.cursor() as cursor:
            cursor.execute("select row_to_json(c)::text from people_recordedcrime c")
            kept = " ".join(row for (row,) in cursor.fetchall())
    assert "Smith" not in kept
    assert "508910" not in kept


def test_a_crime_that_comes_again_is_changed_and_the_same_row_twice_is_one(place: Place, alice: Worker) -> None:
    feed = a_feed(place, alice, "recorded_crimes", layout=CRIMES_LAYOUT)
    first = bring(CRIMES + "1,02801,North,2026-07-01 10:00,v1\n2,03401,South,2026-07-02,\n", feed, alice)
    assert (first.new_rows, first.changed_rows) == (2, 0)
    second = bring(CRIMES + "1,02802,South,2026-07-01 10:00,v1\n2,03401,South,2026-07-02,\n", feed, alice)
    assert (second.new_rows, second.changed_rows) == (0, 1)
    with act_in(alice.scope):
        assert list(RecordedCrime.objects.order_by("crime_ref").values_list("crime_ref", "offence_code", "area")) == [
            ("1", "02802", "South"),
            ("2", "03401", "South"),
        ]


def test_counts_of_victims_and_survey_waves_come_in(place: Place, alice: Worker, tmp_path: Path) -> None:
    columns = ("area", "month", "crime_type", "victims", "repeat_victims")
    feed = a_feed(place, alice, "victims", layout=by_default("victims", *columns))
    bring(",".join(columns) + "\nNorth,2026-07,Burglary,12,2\nNorth,2026-08,Burglary,9,\n", feed, alice)
    changed = bring(",".join(columns) + "\nNorth,2026-07,Burglary,13,2\n", feed, alice)
    assert (changed.new_rows, changed.changed_rows) == (0, 1)
    columns = ("wave", "wave_start", "wave_end", "area", "question", "percent", "effective_sample")
    feed = a_feed(place, alice, "confidence", layout=by_default("confidence", *columns))
    bring(",".join(columns) + "\n2026 Q1,2026-01-01,2026-03-31,,Do a good job,61.5,412.5\n", feed, alice)
    with act_in(alice.scope):
        found = VictimCount.objects.order_by("month").values_list("area", "victims", "repeat_victims")
        assert list(found) == [("North", 13, 2), ("North", 9, None)]
        assert ConfidenceEstimate.objects.get().percent == 61.5
        files = extract.places(folder=tmp_path, scope=alice.scope)
    (wave,) = pq.read_table(files["confidence"]).to_pylist()
    assert (wave["area"], wave["effective_sample"], wave["sample"]) == (None, 412.5, None)
    months = {row["month"] for row in pq.read_table(files["victims"]).to_pylist()}
    assert months == {date(2026, 7, 1), date(2026, 8, 1)}


def test_what_an_agency_keeps_to_itself_and_another_partnership_are_not_seen(
    place: Place, alice: Worker, bob: Worker, charlie: Worker
) -> None:
    feed = a_feed(place, alice, "recorded_crimes", layout=CRIMES_LAYOUT)
    with act_in(alice.scope):
        Feed.objects.filter(pk=feed.pk).update(audience="own")
    bring(CRIMES + "1,02801,North,2026-07-01 10:00,v1\n", feed, alice)
    for worker, expected in ((alice, 1), (bob, 0), (charlie, 0)):
        with act_in(worker.scope):
            assert RecordedCrime.objects.visible_to(worker.scope).count() == expected
            assert RecordedCrime.objects.count() == expected, "row-level security alone must show the same"


def test_two_agencies_send_the_same_reference_as_crimes_of_their_own(place: Place, alice: Worker) -> None:
    council = make_worker(place, "cora", agency="Council", roles=["coordinator"])
    layout = {**CRIMES_LAYOUT, "constants": {"source": "council-crime"}}
    bring(CRIMES + "1,02801,North,2026-07-01,\n", a_feed(place, alice, "recorded_crimes", layout=CRIMES_LAYOUT), alice)
    feed = a_feed(place, council, "recorded_crimes", layout=layout, agency="Council")
    assert bring(CRIMES + "1,03401,South,2026-07-01,\n", feed, council).new_rows == 1


def test_nobody_is_linked_again_because_of_a_place(place: Place, alice: Worker) -> None:
    feed = a_feed(place, alice, "recorded_crimes", layout=CRIMES_LAYOUT)
    with CaptureQueriesContext(connection) as queries:
        bring(CRIMES + "1,02801,North,2026-07-01,\n", feed, alice)
    assert not any("people.link" in each["sql"] for each in queries)


def test_one_column_of_the_file_may_say_when_a_crime_began_and_ended() -> None:
    columns = adapters.columns(table="recorded_crimes")
    assert not {"easting", "latitude", "source"} & {column["name"] for column in columns}
    answers = {"column_crime_ref": "ID", "column_crime_type": "Type", "column_from_time": "Month", "date_order": "dmy"}
    for also, fits in (("column_to_time", True), ("column_area", False)):
        form = MappingForm({**answers, also: "Month"}, header=["ID", "Type", "Month"], columns=columns, suggested={})
        assert form.is_valid() == fits
