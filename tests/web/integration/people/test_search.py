"""Finding people by what somebody types."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people.linkage import full_forms
from iom.people.models import Person, SearchTerm
from iom.people.queries import search
from iom.people.rules.search import read
from tests.factories.partnerships import Place, Worker
from tests.factories.people import link_people, make_record

pytestmark = pytest.mark.slow
ON = date(2026, 11, 23)


@pytest.fixture
def people(place: Place) -> dict[str, Person]:
    with act_in(place.system()):
        records = {
            "stephen": make_record(
                place,
                given_names="Stephen John",
                family_name="O'Brien-Smith",
                date_of_birth=date(1985, 3, 12),
                pnc_id="1979/0163001B",
                postcode="WS1 2AB",
            ),
            "smith": make_record(place, given_names="Ann", family_name="Smith", date_of_birth=date(1985, 12, 3)),
            "zoe": make_record(
                place, given_names="Zoë", family_name="Łoś", aliases="Zoe Loss; Zee Ashdown", prison_number="A1234BC"
            ),
            "hidden": make_record(
                place, agency="Treatment", audience="own", given_names="Hidden", family_name="Smith", crn="X765432"
            ),
            "known": make_record(place, given_names="Kay", family_name="Smithson"),
        }
        alias = make_record(place, agency="Treatment", audience="own", given_names="Secret", family_name="Alias")
    clusters = {name: [record] for name, record in records.items()}
    clusters["known"].append(alias)
    return link_people(place, clusters)


QUERIES = [
    # what is typed, who is found, best first
    ("obrien", ["stephen"]),
    ("smith stephen", ["stephen"]),
    ("SMITH", ["stephen", "smith", "known"]),
    ("smyth", ["stephen", "smith"]),
    ("Smtih", ["stephen", "smith"]),
    ("steven smith", ["stephen"]),
    ("steve smith", ["stephen"]),
    ("smi", ["stephen", "smith", "known"]),
    ("zoe los", ["zoe"]),
    ("ashdown", ["zoe"]),
    ("12/3/1985", ["stephen", "smith"]),
    ("12.03.85 smith", ["stephen", "smith"]),
    ("3 December 1985", ["smith", "stephen"]),
    ("1985-03-12", ["stephen", "smith"]),
    ("12031985 obrien", ["stephen"]),
    ("1979/0163001B", ["stephen"]),
    ("79/163001b", ["stephen"]),
    ("79163001B", ["stephen"]),
    ("19790163001B", ["stephen"]),
    ("a1234bc", ["zoe"]),
    ("ws1 2ab", ["stephen"]),
    ("WS12AB john", ["stephen"]),
    ("smith ws1 2ab 12/3/1985 stephen", ["stephen"]),
    ("smith ann ws1 2ab", []),
    ("secret", []),
    ("x765432", []),
    ("hidden", []),
    ("'; drop table people_person; --", []),
    ("%", []),
    ("31/02/1985", []),
]


@pytest.mark.parametrize(("typed", "expected"), QUERIES)
def test_a_practitioner_finds(people: dict[str, Person], alice: Worker, typed: str, expected: list[str]) -> None:
    names = {person.pk: name for name, person in people.items()}
    with act_in(alice.scope):
        found = search.find(scope=alice.scope, query=read(typed, on=ON, forms_of=full_forms))
    assert [names[person.pk] for person in found.people] == expected


def test_each_agency_finds_by_its_own_records(people: dict[str, Person], tracy: Worker, charlie: Worker) -> None:
    for worker, typed, expected in ((tracy, "secret", "known"), (tracy, "x765432", "hidden"), (charlie, "smith", None)):
        with act_in(worker.scope):
            found = search.find(scope=worker.scope, query=read(typed, on=ON, forms_of=full_forms))
        assert [person.pk for person in found.people] == ([people[expected].pk] if expected else [])


def test_row_level_security_alone_hides_the_terms(people: dict[str, Person], alice: Worker, charlie: Worker) -> None:
    with act_in(alice.scope):
        assert not SearchTerm.objects.filter(term__in=("SECRET", "X765432", "HIDDEN")).exists()
        assert SearchTerm.objects.filter(term="SMITH").count() == 2
    with act_in(charlie.scope):
        assert not SearchTerm.objects.exists()


def test_more_people_than_help_are_cut_and_said_so(
    place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_FOUND", 3)
    with act_in(place.system()):
        records = [make_record(place, family_name="Poole") for _ in range(4)]
    link_people(place, {f"k{record.pk}": [record] for record in records})
    with act_in(alice.scope):
        found = search.find(scope=alice.scope, query=read("poole", on=ON, forms_of=full_forms))
    assert (len(found.people), found.has_more) == (3, True)


def test_the_page_finds_records_the_search_and_opens_the_person(
    people: dict[str, Person], alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(alice)
    page = client.get("/people/", {"q": "smith 12/3/1985"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Stephen John O&#39;Brien-Smith" in text
    assert "1979/0163001B" in text
    with act_in(alice.scope):
        event = Event.objects.get(action="people.search")
    assert event.detail == {"people": sorted([people["stephen"].pk, people["smith"].pk])}
    opened = client.get(f"/people/{people['stephen'].public_id}")
    assert opened.status_code == 200
    with act_in(alice.scope):
        assert Event.objects.filter(action="view.people.overview", person_id=people["stephen"].pk).count() == 1


def test_without_a_search_everybody_is_listed_by_name_page_by_page(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from iom.people.queries import people as queries

    monkeypatch.setattr(queries.page_by_name, "__kwdefaults__", {"after": None, "size": 2})
    with act_in(place.system()):
        records = [make_record(place, family_name=name) for name in ("Vane", "Ash", "Poole", "Ash", "Zed")]
    link_people(place, {f"k{record.pk}": [record] for record in records})
    client, seen, address = as_user(alice), [], "/people/"
    while address:
        text = client.get(address).content.decode()
        seen += [
            word for word in text.replace("<", " ").replace(">", " ").split() if word in {"Vane", "Ash", "Poole", "Zed"}
        ]
        rest = text.partition('href="?after=')[2]
        address = f"/people/?after={rest.split(chr(34))[0]}" if rest else ""
    assert seen == ["Ash", "Ash", "Poole", "Vane", "Zed"]
