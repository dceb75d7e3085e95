"""Taking the list of people and the queue of possible matches as a file: who may, what is in it, and its record."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people.choices import Conflict
from iom.people.linkage import Pair
from iom.people.models import Person, SourceRecord
from iom.people.queries import people as queries
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import link_people, make_record

pytestmark = pytest.mark.slow


@pytest.fixture
def people(place: Place) -> dict[str, Person]:
    with act_in(place.system()):
        records: dict[str, SourceRecord] = {
            "ann": make_record(place, given_names="Ann", family_name="Poole", sex="F", pnc_id="1979/0163001B"),
            "formula": make_record(place, given_names="=1+1", family_name="Poole", aliases="@SUM(A1)"),
            "vane": make_record(place, agency="Probation", given_names="Kit", family_name="Vane"),
            "hidden": make_record(place, agency="Treatment", audience="own", given_names="Secret", family_name="Poole"),
        }
    pairs = [
        Pair(records["ann"].pk, records["vane"].pk, 5.0, 0.9, conflicts=(Conflict.PNC_IDS,)),
        Pair(records["formula"].pk, records["vane"].pk, 2.0, 0.8),
        Pair(records["ann"].pk, records["hidden"].pk, 4.0, 0.9),
    ]
    return link_people(place, {name: [record] for name, record in records.items()}, *pairs)


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))


def test_the_list_of_people_as_it_is_filtered_without_what_one_may_not_see(
    people: dict[str, Person], alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(alice)
    everybody = read_csv(client.get("/people/export.csv").content)
    assert [row["Name"] for row in everybody] == ["'=1+1 Poole", "Ann Poole", "Kit Vane"]
    assert everybody[0]["Also known as"] == "'@SUM(A1)", "a spreadsheet runs nothing"
    assert (everybody[1]["PNC"], everybody[1]["Sex"]) == ("1979/0163001B", "Female")
    found = read_csv(client.get("/people/export.csv", {"q": "poole", "sex": "F"}).content)
    assert [row["Name"] for row in found] == ["Ann Poole"]
    with act_in(alice.scope):
        events = list(Event.objects.filter(action="export.people").order_by("pk"))
    shown = [people[name].pk for name in ("ann", "formula", "vane")]
    assert events[0].detail == {"rows": 3, "kind": "csv", "people": sorted(shown)}
    assert events[1].detail["people"] == [people["ann"].pk]


def test_a_file_that_names_people_is_marked_in_its_name_and_on_its_printed_pages(
    people: dict[str, Person], alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    answer = as_user(alice).get("/people/export.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="people-OFFICIAL-SENSITIVE.xlsx"'
    with ZipFile(BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "OFFICIAL-SENSITIVE" in book.read("docProps/core.xml").decode()
    assert "<oddHeader>&amp;COFFICIAL-SENSITIVE</oddHeader>" in sheet
    nobody = as_user(alice).get("/people/export.csv", {"q": "zzzz"})
    assert nobody["Content-Disposition"] == 'attachment; filename="people-OFFICIAL.csv"'


def test_a_spreadsheet_holds_the_same(
    people: dict[str, Person], alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    body = as_user(alice).get("/people/export.xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Name", "'=1+1 Poole", "Ann Poole", "Kit Vane"]


def test_a_file_stops_where_the_page_says(
    people: dict[str, Person], alice: Worker, as_user: Callable[[Worker], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from iom.people.views import search

    assert queries.MOST_EXPORTED == 5000
    client = as_user(alice)
    assert "A file holds at most 5,000 people" in client.get("/people/").content.decode()
    monkeypatch.setattr(search, "MOST_EXPORTED", 2)
    assert len(read_csv(client.get("/people/export.csv").content)) == 2


def test_the_queue_as_it_is_filtered(
    people: dict[str, Person], alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(alice)
    rows = read_csv(client.get("/people/matches/export.csv").content)
    assert [(row["First record: name"], row["Weight"]) for row in rows] == [
        ("Ann Poole", "5.0"),
        ("'=1+1 Poole", "2.0"),
    ]
    assert rows[0]["Warnings"] == "Different PNC IDs"
    warned = read_csv(client.get("/people/matches/export.csv", {"warning": "pnc_ids"}).content)
    assert [row["Second record: name"] for row in warned] == ["Kit Vane"]
    with act_in(alice.scope):
        event = Event.objects.filter(action="export.possible-matches").latest("pk")
    assert event.detail == {"rows": 1, "kind": "csv", "people": sorted([people["ann"].pk, people["vane"].pk])}


def test_only_who_may_see_a_list_and_export_takes_it(
    people: dict[str, Person],
    place: Place,
    bob: Worker,
    tracy: Worker,
    charlie: Worker,
    as_user: Callable[[Worker], Client],
) -> None:
    manager = make_worker(place, "mel", agency="Council", roles=["manager"])
    for worker, listed, queue in ((bob, 403, 403), (manager, 200, 403), (tracy, 200, 200)):
        client = as_user(worker)
        assert client.get("/people/export.csv").status_code == listed
        assert client.get("/people/matches/export.csv").status_code == queue
    assert "Secret Poole" in as_user(tracy).get("/people/export.csv").content.decode()
    assert read_csv(as_user(charlie).get("/people/export.csv").content) == []
    assert "Download as CSV" not in as_user(bob).get("/people/").content.decode()
    assert as_user(tracy).get("/people/export.pdf").status_code == 404


def test_an_export_makes_a_bounded_number_of_queries(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client], django_assert_max_num_queries: Callable
) -> None:
    with act_in(place.system()):
        records = [make_record(place) for _ in range(60)]
    pairs = [Pair(one.pk, records[0].pk, 5.0, 0.9) for one in records[1:]]
    link_people(place, {f"k{record.pk}": [record] for record in records}, *pairs)
    client = as_user(alice)
    for address in ("/people/export.csv", "/people/export.csv?q=jordan", "/people/matches/export.csv"):
        with django_assert_max_num_queries(21):
            assert len(read_csv(client.get(address).content)) >= 59
