"""Today, its words in Welsh, and what a page does whoever asks."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from iom.access.scope import act_in
from iom.common import registries
from iom.common.registries import Attention
from iom.home import presenters
from iom.people.linkage import Pair
from iom.people.queries import matches
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import link_people, make_record

SignIn = Callable[[Worker], Client]


def test_today_shows_what_each_role_may_use(place: Place, alice: Worker, as_user: SignIn) -> None:
    board = make_worker(place, "bryn", agency="Council", roles=["board-member"])
    assert "Upload an extract" in as_user(alice).get("/").content.decode()
    page = as_user(board).get("/").content.decode()
    assert "Upload an extract" not in page
    assert "Search for a person" not in page


def test_who_decides_matches_is_told_how_many_wait(
    place: Place, alice: Worker, bob: Worker, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with act_in(place.system()):
        pairs = [(make_record(place), make_record(place, agency="Probation")) for _ in range(2)]
    clusters = {f"k{record.pk}": [record] for pair in pairs for record in pair}
    link_people(place, clusters, *(Pair(left.pk, right.pk, 5.0, 0.9) for left, right in pairs))
    assert "2 possible matches to decide" in as_user(alice).get("/").text
    assert "to decide" not in as_user(bob).get("/").text
    monkeypatch.setattr(matches, "MOST_COUNTED", 1)
    assert "More than 1 possible matches to decide" in as_user(alice).get("/").text


def test_today_says_how_many_more_there_are(
    place: Place, alice: Worker, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [Attention(text=f"Review {day}", url="/", on=date(2026, 1, 1), overdue=True) for day in range(42)]
    monkeypatch.setattr(registries, "list_attention", lambda **_: waiting)
    page = as_user(alice).get("/").text
    assert page.count("Review ") == presenters.SHOWN
    assert "And 12 more. Deal with these first." in page


def test_the_frame_is_in_welsh_where_asked(alice: Worker, as_user: SignIn) -> None:
    client = as_user(alice)
    client.post("/language/setlang/", {"language": "cy", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="cy"' in page
    assert "Heddiw" in page


def test_today_asks_the_database_no_more_than_it_must(
    alice: Worker, as_user: SignIn, django_assert_max_num_queries
) -> None:
    client = as_user(alice)
    client.get("/")
    with django_assert_max_num_queries(45):
        client.get("/")


def test_pages_are_kept_out_of_every_cache_and_say_their_policy(alice: Worker, as_user: SignIn) -> None:
    response = as_user(alice).get("/")
    assert response.headers["Cache-Control"] == "no-store"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"


def test_a_user_cannot_act_for_an_agency_that_is_not_theirs(
    place: Place, alice: Worker, bob: Worker, as_user: SignIn
) -> None:
    client = as_user(alice)
    client.post("/membership", {"membership": bob.user.memberships.get().pk})
    assert "Police" in client.get("/account").content.decode()
    assert client.get("/imports/").status_code == 200


def test_health_answers_to_anybody(db: None) -> None:
    assert Client().get("/health").json() == {"status": "UP"}
