"""How this system uses data: a page for everybody who is signed in, from what the documents are made from."""

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iom.access.roles import ALL
from iom.access.scope import act_in
from iom.audit.models import Event
from iom.common.errors import NotAllowed
from iom.common.registries import privacy_declarations
from iom.config import pages
from iom.sharing.choices.data_use import Point
from iom.sharing.models import DataUseAnswer
from iom.sharing.operations import data_use as operations
from iom.sharing.presenters import data_use
from iom.sharing.queries import data_use as queries
from iom_analytics.cohorts import FACTORS
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.sharing import seen_on

SignIn = Callable[[Worker], Client]
PAGE = "/how-data-is-used"


@pytest.mark.parametrize("role", ALL, ids=lambda role: role.slug)
def test_every_role_is_led_to_it_from_every_page(role, place: Place, as_user: SignIn) -> None:
    client = as_user(make_worker(place, role.slug, agency="Police", roles=[role.slug]))
    assert f'href="{PAGE}">How this system uses data' in client.get("/").text
    assert client.get(PAGE).status_code == 200


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    client = Client()
    assert client.get(PAGE).headers["Location"] == f"/accounts/login/?next={PAGE}"
    assert PAGE not in client.get("/accounts/login/").text


def test_the_page_says_what_the_documents_say(bob: Worker, as_user: SignIn) -> None:
    page = unescape(as_user(bob).get(PAGE).text)
    shown, fields = 0, {part for cell in page.split("<") for part in cell.rpartition(">")[2].split(", ")}
    for make in data_use.PAGE:
        record = make()
        assert f'id="{record.name}"' in page
        assert f'href="#{record.name}"' in page
        for table in record.tables:
            assert table.heading in page
            for row in table.rows:
                assert not record.is_grouped or row[0] in fields
                for cell in row:
                    # As text alone: what it points at is a link on the page.
                    for piece in data_use.pointed(cell, lambda _name, words: words):
                        assert piece in page
                        shown += 1
    assert shown > sum(len(declared.fields) for declared in privacy_declarations)
    for role in ALL:
        assert role.display_name in page
    assert "[[" not in page


def test_fields_that_are_treated_alike_are_one_row() -> None:
    rows = [("id", "system", "keep"), ("name", "personal", "remove"), ("at", "system", "keep")]
    assert data_use.together(rows) == [("id, at", "system", "keep"), ("name", "personal", "remove")]


def test_it_reads_no_record(place: Place, as_user: SignIn, bob: Worker) -> None:
    client = as_user(bob)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    read = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert [sql for sql in read if '"people_' in sql or '"cohorts_' in sql] == []
    assert len(read) <= 12


@pytest.mark.parametrize("name", ["record-of-processing", "algorithmic-transparency", "retention", "data-dictionary"])
def test_the_document_is_made_from_the_same_record(name: str) -> None:
    make = next(make for make in data_use.PAGE if make().name == name)
    written = pages.PAGES[f"{name}.md"]()
    assert written.startswith(f"# {make().title}\n")
    assert written == (Path("docs/reference") / f"{name}.md").read_text(encoding="utf-8")
    for table in make().tables:
        for row in table.rows:
            assert pages.of_table(pages.linked(cell) for cell in row) in written


def test_a_text_points_at_other_records() -> None:
    def bracketed(name: str, words: str) -> str:
        return f"<{name}: {words}>"

    assert data_use.pointed("No pointer", bracketed) == ["No pointer"]
    assert data_use.pointed("See [[a|one]] and [[b-c|two]]", bracketed) == ["See ", "<a: one>", " and ", "<b-c: two>"]


def test_what_the_transparency_record_says_of_ethnicity_is_so() -> None:
    assert not [name for name, factor in FACTORS.items() if "ethnic" in f"{name} {factor.meaning}".lower()]


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Police", roles=["information-governance"])


def test_the_partnership_fills_in_what_the_program_cannot_know(
    irene: Worker, bob: Worker, as_user: SignIn, place: Place
) -> None:
    client = as_user(irene)
    assert client.get(PAGE).text.count("For the partnership to fill in.") > len(Point)
    form = dict.fromkeys(Point, "") | {"email": "iom@westmarch.example", "hosting": "In Westmarch; no transfers"}
    assert client.post(f"{PAGE}/fill-in", form).status_code == 302
    page = as_user(bob).get(PAGE).text
    assert "iom@westmarch.example" in page
    assert "Of hosting: In Westmarch; no transfers" in page
    sent = as_user(bob).get(f"{PAGE}/algorithmic-transparency.json")
    assert ["Contact email", "iom@westmarch.example"] in sent.json()["sections"][0]["rows"]
    assert "[[" not in sent.text
    # Said again it is not kept again; said anew the earlier answer stays.
    as_user(irene).post(f"{PAGE}/fill-in", form)
    as_user(irene).post(f"{PAGE}/fill-in", form | {"hosting": "In Wales"})
    with act_in(irene.scope):
        assert list(DataUseAnswer.objects.filter(point="hosting").order_by("pk").values_list("text", flat=True)) == [
            "In Westmarch; no transfers",
            "In Wales",
        ]
        assert DataUseAnswer.objects.count() == 3
    with act_in(place.system()):
        fields = [each.fields for each in Event.objects.filter(action="sharing.answer_data_use").order_by("pk")]
    assert fields == [["email", "hosting"], ["hosting"]]


def test_what_somebody_else_wrote_meanwhile_stays(irene: Worker, as_user: SignIn) -> None:
    client = as_user(irene)
    form = dict.fromkeys(Point, "") | seen_on(client.get(f"{PAGE}/fill-in").text)
    with act_in(irene.scope):
        operations.answer(texts={Point.TEAM: "IOM hub"}, by=irene.scope, at=AT)
    assert client.post(f"{PAGE}/fill-in", form | {"owner": "The chair"}).status_code == 302
    with act_in(irene.scope):
        found = {point: each.text for point, each in queries.answers(scope=irene.scope).items()}
    assert found == {Point.TEAM: "IOM hub", Point.OWNER: "The chair"}
    assert client.post(f"{PAGE}/fill-in", form | {"seen": "x"}).status_code == 400


def test_it_is_only_added_to_and_is_its_partnerships(
    irene: Worker, bob: Worker, elsewhere: Place, as_user: SignIn
) -> None:
    assert as_user(bob).get(f"{PAGE}/fill-in").status_code == 403
    with act_in(irene.scope):
        operations.answer(texts={Point.TEAM: "IOM hub"}, by=irene.scope, at=AT)
        for spoil in (lambda: DataUseAnswer.objects.update(text="x"), DataUseAnswer.objects.all().delete):
            with pytest.raises(ProgrammingError), transaction.atomic():
                spoil()
    with act_in(bob.scope), pytest.raises(NotAllowed):
        operations.answer(texts={Point.TEAM: "Mine"}, by=bob.scope, at=AT)
    far = make_worker(elsewhere, "far", agency=next(iter(elsewhere.agencies)), roles=["information-governance"])
    assert "IOM hub" not in as_user(far).get(PAGE).text
    with act_in(far.scope):
        assert DataUseAnswer.objects.all().count() == 0
