"""The board's figures: worked out from what came in, kept by day, and shown without a small number."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pytest
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts.models import Scheme
from iom.outcomes import evaluation, extract, tasks
from iom.outcomes.evaluation.board import half_year, reached
from iom.outcomes.models import BoardFigures
from iom.partnerships.models import Area
from iom.people.models import Person
from iom_analytics.engine import open_engine
from tests.factories.outcomes import area, make_board, make_past
from tests.factories.partnerships import AT, Place, Worker, make_worker

AsUser = Callable[[Worker], Client]


def test_where_nothing_has_come_in_the_page_says_so(past: Scheme, analyst: Worker, as_user: AsUser) -> None:
    tasks.board(partnership_id=analyst.scope.partnership_id, agency_id=analyst.scope.agency_id)
    page = as_user(analyst).get(reverse("outcomes")).content.decode()
    assert "No survey has come in." in page or "No counts of victims have come in." in page
    assert "Proven offences of the last 12 months" not in page or "By people in the cohort now" in page
    with act_in(analyst.scope):
        figures = BoardFigures.objects.get()
    assert figures.manifest["inputs"]


def test_a_day_has_one_set_of_figures(past: Scheme, analyst: Worker) -> None:
    for _ in range(2):  # a job that runs again takes the place of what it had stored
        tasks.board(partnership_id=analyst.scope.partnership_id, agency_id=analyst.scope.agency_id)
    with act_in(analyst.scope):
        assert BoardFigures.objects.count() == 1


def test_the_board_reads_its_aims_and_the_chart_of_its_table(place: Place, as_user: AsUser) -> None:
    member = make_worker(place, "bryn", agency="Council", roles=["board-member"])
    with act_in(place.system()):
        figures = make_board(place)
    client = as_user(member)
    page = client.get(reverse("outcomes")).content.decode()
    assert "No change can be told from chance" in page
    assert "-20% (-38 to +2)" in page
    chart = client.get(reverse("outcomes-crime-chart", args=[figures.pk, 640]))
    assert chart["Content-Type"] == "image/svg+xml"
    assert chart.content.startswith(b"<svg")
    assert client.get(reverse("outcomes-crime-chart", args=[figures.pk, 641])).status_code == 404


def test_areas_stand_by_name_with_a_chart_and_no_ranking(place: Place, as_user: AsUser) -> None:
    member = make_worker(place, "bryn", agency="Council", roles=["board-member"])
    small = dict.fromkeys(area("Cove")) | {"area": "Cove"}
    with act_in(place.system()):
        figures = make_board(place, areas=[area("Ash"), area("Beck", "above 95%"), small, area("Dale")])
    client = as_user(member)
    page = client.get(reverse("outcomes")).content.decode()
    table = page[page.index("Proven reoffending of those who were managed, by area") :]
    assert [table.index(name) for name in ("Ash", "Beck", "Cove", "Dale")] == sorted(
        table.index(name) for name in ("Ash", "Beck", "Cove", "Dale")
    )
    assert "must not be ranked" in page
    assert "Outside the limits: Beck. That is a reason to look, and says nothing of why." in page
    assert "Too few to show" in table
    assert "39% (30 to 49)" in table
    assert "1.08" in table
    chart = client.get(reverse("outcomes-areas-chart", args=[figures.pk, 640]))
    assert (chart["Content-Type"], chart.content[:4]) == ("image/svg+xml", b"<svg")
    assert b"Cove" not in chart.content
    assert client.get(reverse("outcomes-areas-chart", args=[figures.pk, 641])).status_code == 404


def test_without_areas_a_sentence_says_why(past: Scheme, analyst: Worker, as_user: AsUser) -> None:
    tasks.board(partnership_id=analyst.scope.partnership_id, agency_id=analyst.scope.agency_id)
    client = as_user(analyst)
    page = client.get(reverse("outcomes")).content.decode()
    assert "Fewer than 100 people who were managed have an area and a final outcome" in page
    with act_in(analyst.scope):
        figures = BoardFigures.objects.get()
    assert client.get(reverse("outcomes-areas-chart", args=[figures.pk, 640])).status_code == 404


def test_figures_of_areas_come_from_the_record(place: Place, scheme: Scheme, manager: Worker, analyst: Worker) -> None:
    names = ["Ash", "Beck", "Cove", "Dale", "Esk", "Fell"]
    with act_in(place.system()):
        places = [Area.objects.create(partnership=place.partnership, name=f"North {name}") for name in names]
        people = make_past(place, scheme, manager, people=240, members=200)
        for number, person in enumerate(people):
            Person.objects.filter(pk=person.pk).update(area=places[0 if number < 8 else number % 5 + 1])
    tasks.board(partnership_id=analyst.scope.partnership_id, agency_id=analyst.scope.agency_id)
    with act_in(analyst.scope):
        rows = BoardFigures.objects.get().figures["areas"]
    assert [row["area"] for row in rows] == [f"North {name}" for name in names]
    assert rows[0]["people"] is None  # eight people at most
    known = [row for row in rows if row["people"] is not None]
    assert known
    for row in known:
        assert row["people"] % 5 == row["observed"] % 5 == 0
        assert min(row["observed"], row["people"] - row["observed"]) >= 5  # of ten or more of each, to the nearest five
        assert row["ratio"] == pytest.approx(row["observed"] / row["expected"], rel=0.2)
        assert row["percent"] == pytest.approx(100 * row["observed"] / row["people"], rel=0.2)


def test_areas_move_by_whole_half_years(place: Place, scheme: Scheme, manager: Worker, tmp_path: Path) -> None:
    with act_in(place.system()):
        found = Area.objects.create(partnership=place.partnership, name="North Ash")
        make_past(place, scheme, manager, people=240, members=200)  # the last outcome is final in December 2025
        Person.objects.update(area=found)
        files = extract.board(folder=tmp_path, scope=place.system())
    before, after = (
        evaluation.board(files=files, on=day, at=AT).figures["areas"] for day in (date(2025, 12, 5), date(2026, 2, 5))
    )
    assert before.startswith("Fewer than 100 people who were managed have an area and a final outcome")
    assert after == "1 areas have 10 people or more; a funnel needs 5."


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 6, 30), date(2026, 1, 1)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
    ],
)
def test_a_half_year_begins_in_january_or_july(day: date, last: date) -> None:
    assert half_year(day) == last


def rows_of(rows: list[dict[str, object]], **types: pa.DataType) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


@pytest.mark.parametrize(
    ("last_crime", "last_victims", "until"),
    [
        (None, None, date(2026, 11, 1)),
        (date(2026, 11, 3), date(2026, 10, 1), date(2026, 11, 1)),
        (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 1)),
        (date(2026, 10, 31), date(2026, 8, 1), date(2026, 9, 1)),
        (date(2026, 10, 31), date(2025, 1, 1), date(2026, 8, 1)),
    ],
)
def test_the_year_ends_where_the_record_does(last_crime: date | None, last_victims: date | None, until: date) -> None:
    crimes = [{"crime_ref": "1", "from_time": datetime.combine(last_crime, time())}] if last_crime else []
    counts = [{"area": "Ash", "month": last_victims, "crime_type": "Burglary", "victims": 3}] if last_victims else []
    with open_engine("duckdb") as engine:
        tables = {
            "recorded_crimes": engine.from_arrow(
                rows_of(crimes, crime_ref=pa.string(), from_time=pa.timestamp("us")), "crimes"
            ),
            "victims": engine.from_arrow(
                rows_of(counts, area=pa.string(), month=pa.date32(), crime_type=pa.string(), victims=pa.int64()),
                "victims",
            ),
        }
        assert reached(engine, tables, on=date(2026, 11, 5)) == until


def test_a_partner_worker_sees_no_outcomes(place: Place, bob: Worker, as_user: AsUser) -> None:
    assert as_user(bob).get(reverse("outcomes")).status_code == 403
