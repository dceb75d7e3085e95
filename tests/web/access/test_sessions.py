"""Sessions and forms that were tampered with, and users who change or leave while signed in."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.partnerships import operations as partnerships
from iom.partnerships.models import Membership
from tests.factories.partnerships import AT, INSTALLING, Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]


@pytest.mark.parametrize("change", [lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"), lambda key: "x" * 32])
def test_a_tampered_session_cookie_is_nobodys(change: Callable[[str], str], alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    assert client.get("/").status_code == 200
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    client.cookies[settings.SESSION_COOKIE_NAME] = change(cookie.value)
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


def test_a_session_that_was_signed_out_cannot_be_used_again(alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_changing_agency_leads_nowhere_else(to: str, alice: Worker, as_user: AsUser) -> None:
    answer = as_user(alice).post("/membership", {"membership": "1", "next": to})
    assert answer.headers["Location"] == "/"


def test_changing_agency_leads_back_to_a_page_of_ours(alice: Worker, as_user: AsUser) -> None:
    answer = as_user(alice).post("/membership", {"membership": "1", "next": "/people/?q=a"})
    assert answer.headers["Location"] == "/people/?q=a"


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/"])
def test_signing_in_leads_nowhere_else(to: str, alice: Worker) -> None:
    alice.user.set_password("a long and plain password")
    alice.user.save()
    answer = Client().post(
        f"/accounts/login/?next={to}", {"login": alice.user.email, "password": "a long and plain password", "next": to}
    )
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("chosen", ["nonsense", "", "-1", "1e9", "\u0663"])
def test_a_tampered_choice_of_agency_gives_nothing(
    chosen: str, alice: Worker, charlie: Worker, as_user: AsUser
) -> None:
    client = as_user(alice)
    assert client.post("/membership", {"membership": chosen}).status_code == 302
    assert "Westmarch" in client.get("/account").text


def test_somebody_elses_membership_cannot_be_chosen(alice: Worker, charlie: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    theirs = Membership.objects.get(user=charlie.user)
    client.post("/membership", {"membership": theirs.pk})
    page = client.get("/account").text
    assert "Westmarch" in page
    assert "Eastmere" not in page


def test_fields_that_a_form_does_not_have_change_nothing(place: Place, alice: Worker, as_user: AsUser) -> None:
    """Nobody adds a feed to another agency or partnership by adding its id to the form."""
    council = place.agencies["Council"].pk
    extra = {
        "agency": council,
        "agency_id": council,
        "partnership": 999,
        "id": 1,
        "layout": "{}",
        "audience": "own",
        "drop_name": "x",
    }
    client = as_user(alice)
    answer = client.post(
        "/imports/feeds/new", {"name": "Custody", "source": "police-custody", "table": "records", **extra}
    )
    assert answer.status_code == 302
    from iom.imports.models import Feed

    with act_in(alice.scope):
        feed = Feed.objects.get()
    assert (feed.agency_id, feed.partnership_id) == (alice.scope.agency_id, alice.scope.partnership_id)
    assert feed.layout is None
    assert feed.drop_name != "x"


def test_a_form_without_its_token_does_nothing(alice: Worker) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    session = client.session
    session["account_authentication_methods_user"] = str(alice.user.pk)
    session["account_authentication_methods"] = [{"method": "socialaccount"}]
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    answer = client.post("/imports/feeds/new", {"name": "Custody", "source": "s", "table": "records"})
    assert answer.status_code == 403
    with act_in(alice.scope):
        assert not Event.objects.filter(action="imports.add_feed").exists()


def test_who_changes_agency_in_mid_session_sees_by_the_new_one(place: Place, alice: Worker, as_user: AsUser) -> None:
    with act_in(place.system()):
        closed = make_person(place, audience="own")
    client = as_user(alice)
    assert client.get(f"/people/{closed.public_id}").status_code == 200
    Membership.objects.filter(user=alice.user).update(ended_at="2026-11-24T10:00:00Z")
    partnerships.give_access(
        user=alice.user, agency=place.agencies["Council"], roles=["coordinator"], by=INSTALLING, at=AT
    )
    assert client.get(f"/people/{closed.public_id}").status_code == 404


def test_who_loses_a_role_in_mid_session_loses_its_pages(alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    assert client.get("/people/matches/").status_code == 200
    Membership.objects.filter(user=alice.user).update(roles=["board-member"])
    assert client.get("/people/matches/").status_code == 403


def test_who_leaves_in_mid_session_is_refused_at_the_next_request(place: Place, alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    assert client.get("/people/").status_code == 200
    administrator = make_worker(place, "ada", agency="Police", roles=["administrator"])
    with act_in(administrator.scope):
        for _ in range(2):
            partnerships.end_access(
                membership=Membership.objects.get(user=alice.user), reason="Left", by=administrator.scope, at=AT
            )
    with act_in(place.system()):
        assert Event.objects.filter(action="partnerships.end_access").count() == 1, "the second time nothing was done"
    assert client.get("/people/").status_code == 403


def test_a_user_switched_off_in_mid_session_is_signed_out(alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    type(alice.user).objects.filter(pk=alice.user.pk).update(is_active=False)
    assert client.get("/people/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("correct horse battery staple", True),
        ("alllowercaseletters", True),
        ("x" * 30 + "y z" * 11 + "1", True),
        ("short words", False),
        ("Police-OpenIOM-2026", False),
        ("Probation Police 1", False),
        ("Northam IOM police horses and carts", True),
        ("q1w2e3r4t5y6", False),
        ("1qaz2wsx3edc", False),
        ("alice@example.org", False),
    ],
)
def test_passwords_are_long_and_uncommon_and_of_any_kind(password: str, is_taken: bool, alice: Worker) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password, alice.user)
    except ValidationError:
        assert not is_taken
    else:
        assert is_taken
