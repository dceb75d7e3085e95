"""What guards the door: guesses are counted, a code is taken once, sessions are new and end, and it is recorded."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.conf import settings as in_force
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from iom.access.scope import act_in, unrestricted
from iom.audit.models import Event
from iom.config import tasks
from tests.factories.partnerships import Place, Worker

AsUser = Callable[[Worker], Client]
PASSWORD = "A long and plain password"


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and good for nothing else
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice(alice: Worker) -> Worker:
    """Alice, with a password."""
    alice.user.set_password(PASSWORD)
    alice.user.save()
    return alice


def sign_in(worker: Worker, password: str = PASSWORD, client: Client | None = None, **headers: str) -> Any:
    answers = {"login": worker.user.email, "password": password}
    return (client or Client()).post(reverse("account_login"), answers, headers=headers)


def recorded(place: Place, *actions: str) -> list[str]:
    """What the audit record says about signing in, of this partnership and of nobody's."""
    found = []
    for partnership_id in (place.partnership.pk, 0):
        with act_in(unrestricted(partnership_id=partnership_id, agency_id=0, because="a test")):
            found += Event.objects.filter(action__in=actions).order_by("pk").values_list("action", flat=True)
    return found


# --- guesses


def test_after_five_wrong_passwords_the_right_one_waits_too(alice: Worker) -> None:
    for _ in range(5):
        assert "There is a problem" in sign_in(alice, "wrong").text
    assert sign_in(alice).status_code != 302
    assert "Too many" in sign_in(alice).text


def test_who_guesses_shuts_out_their_own_address_and_no_other(alice: Worker, bob: Worker, settings: Settings) -> None:
    """Behind the proxy everybody comes from its address; who they are is what it added at the end."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    bob.user.set_password(PASSWORD)
    bob.user.save()
    for number in range(12):
        # What the guesser writes in front changes nothing.
        answers = {"login": f"nobody{number}@example.org", "password": "guessed"}
        Client().post(reverse("account_login"), answers, headers={"X-Forwarded-For": f"10.0.0.{number}, 198.51.100.7"})
    assert sign_in(bob, **{"X-Forwarded-For": "198.51.100.7"}).status_code != 302
    assert sign_in(alice, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 302


def in_production(code: str, tmp_path: Path, **more: str) -> str:
    """What a process with the settings of production says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENIOM_")}
    environment |= {"OPENIOM_SECRET_KEY": "a test", "DJANGO_SETTINGS_MODULE": "iom.config.settings"}
    environment |= {"OPENIOM_STORE": str(tmp_path), **more}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_all_processes_count_together(tmp_path: Path) -> None:
    count = "from django.core.cache import cache; print(cache.add('a code', 'used', timeout=60))"
    assert [in_production(count, tmp_path) for _ in range(2)] == ["True", "False"]


@pytest.mark.parametrize(("behind", "proxies"), [("yes", "1"), ("no", "0")])
def test_a_proxy_is_believed_only_where_there_is_one(behind: str, proxies: str, tmp_path: Path) -> None:
    code = "from django.conf import settings; print(getattr(settings, 'ALLAUTH_TRUSTED_PROXY_COUNT', 0))"
    assert in_production(code, tmp_path, OPENIOM_BEHIND_PROXY=behind) == proxies


# --- passwords and codes


@pytest.mark.parametrize("typed", [PASSWORD.lower(), PASSWORD.upper(), PASSWORD[:-1], f" {PASSWORD}", f"{PASSWORD} "])
def test_a_password_is_taken_exactly_as_it_was_set(typed: str, alice: Worker) -> None:
    assert sign_in(alice, typed).status_code == 200
    assert sign_in(alice).status_code == 302


def test_a_long_password_counts_to_its_end(alice: Worker) -> None:
    long = "x y" * 60
    alice.user.set_password(long)
    alice.user.save()
    assert sign_in(alice, long[:-1] + "z").status_code == 200
    assert sign_in(alice, long).status_code == 302


def test_password_fields_hide_what_is_typed_and_leave_password_managers_alone(alice: Worker, as_user: AsUser) -> None:
    pages = [
        Client().get(reverse("account_login")).text,
        as_user(alice).get(reverse("account_change_password")).text,
    ]
    for page in pages:
        fields = [tag for tag in page.split("<input")[1:] if 'name="password' in tag or 'name="oldpassword' in tag]
        assert fields
        for field in fields:
            tag = field.split(">")[0]
            assert 'type="password"' in tag
            assert 'autocomplete="off"' not in tag
        assert "onpaste" not in page


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_a_code_and_a_recovery_code_are_taken_once(alice: Worker) -> None:
    secret = generate_totp_secret()
    app, codes = TOTP.activate(alice.user, secret), RecoveryCodes.activate(alice.user)
    code = code_for(secret)
    assert [app.validate_code(code) for _ in range(2)] == [True, False]
    first = codes.get_unused_codes()[0]
    assert [codes.validate_code(first) for _ in range(2)] == [True, False]


def test_a_code_is_good_for_its_thirty_seconds(alice: Worker) -> None:
    secret = generate_totp_secret()
    app = TOTP.activate(alice.user, secret)
    before, now = (str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 - ago))) for ago in (2, 0))
    assert before == now or not app.validate_code(before)


def test_a_copy_of_the_database_makes_no_codes(alice: Worker, settings: Settings) -> None:
    secret = generate_totp_secret()
    app, codes = TOTP.activate(alice.user, secret), RecoveryCodes.activate(alice.user)
    kept = f"{app.instance.data}{codes.instance.data}"
    assert secret not in kept
    assert not any(code in kept for code in codes.get_unused_codes())
    assert all(len(code) >= 8 for code in codes.get_unused_codes())
    settings.SECRET_KEY = "of another service"
    with pytest.raises(InvalidToken):
        codes.generate_codes()


def test_ones_address_is_changed_only_after_saying_again_who_one_is(alice: Worker) -> None:
    """A link for a new password goes to that address."""
    client = Client()
    sign_in(alice, client=client)
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": record["at"] - 3600} for record in records]
    session.save()
    answer = client.post(reverse("account_email"), {"action_add": "", "email": "other@example.org"})
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@example.org"
    assert not alice.user.emailaddress_set.filter(email="other@example.org").exists()


def test_a_password_set_anew_by_a_link_does_not_stand_in_for_the_second_factor(alice: Worker) -> None:
    TOTP.activate(alice.user, generate_totp_secret())
    client = Client()
    client.post(reverse("account_reset_password"), {"email": alice.user.email})
    link = next(word for word in str(mail.outbox[0].body).split() if "/password/reset/key/" in word)
    page = client.get(link, follow=True)
    new = {"password1": "Another long and plain one", "password2": "Another long and plain one"}
    client.post(page.redirect_chain[-1][0], new)
    assert client.get("/").status_code == 302, "nobody is signed in by it"
    asked = sign_in(alice, new["password1"], client)
    assert asked.headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


# --- sessions


def test_signing_in_makes_a_new_session(alice: Worker) -> None:
    client = Client()
    client.get(reverse("account_login"))
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies[in_force.SESSION_COOKIE_NAME] = planted.session_key
    assert sign_in(alice, client=client).status_code == 302
    key = client.cookies[in_force.SESSION_COOKIE_NAME].value
    assert key != planted.session_key
    assert len(key) == 32, "of 36 letters and digits: 165 bits"
    stranger = Client()
    stranger.cookies[in_force.SESSION_COOKIE_NAME] = planted.session_key
    assert stranger.get("/").headers["Location"].startswith("/accounts/login/")


def test_a_changed_password_ends_every_other_session(alice: Worker) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(alice, client=client)
        assert client.get("/").status_code == 200
    new = {
        "oldpassword": PASSWORD,
        "password1": "Another long and plain one",
        "password2": "Another long and plain one",
    }
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("ago", "goes_on"), [(12 * 3600 - 60, True), (12 * 3600 + 60, False)])
def test_a_session_ends_after_twelve_hours_however_busy(ago: int, goes_on: bool, alice: Worker) -> None:
    client = Client()
    sign_in(alice, client=client)
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": record["at"] - ago} for record in records]
    session.save()
    assert (client.get("/").status_code == 200) == goes_on


def test_leaving_clears_what_the_browser_might_keep_and_every_page_offers_it(alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    for address in ("/", "/people/", "/account", "/no-such-page"):
        assert f'action="{reverse("account_logout")}"' in client.get(address).text
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"storage"'
    assert Client().post(reverse("leave")).headers["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.get("/").headers


def test_what_a_page_has_to_say_is_in_no_cookie(alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    client.post(reverse("home-postcode"), {"postcode": "SW1A 1AA"})
    assert set(client.cookies) <= {
        in_force.SESSION_COOKIE_NAME, in_force.CSRF_COOKIE_NAME, in_force.LANGUAGE_COOKIE_NAME,
    }  # fmt: skip
    assert "Kept." in client.get("/account").text


def test_single_sign_on_begins_when_somebody_presses_its_button(db: None, settings: Settings) -> None:
    """A link from elsewhere makes no session: it shows a page that asks."""
    app = {
        "provider_id": "force", "name": "Force network", "client_id": "x", "secret": "x",
        "settings": {"server_url": "https://sign-on.example.org"},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    answer = Client().get("/accounts/oidc/force/login/")
    assert (answer.status_code, "Force network" in answer.text) == (200, True)


def test_an_answer_of_single_sign_on_that_nobody_here_began_opens_nothing(db: None, settings: Settings) -> None:
    app = {
        "provider_id": "force", "name": "Force network", "client_id": "x", "secret": "x",
        "settings": {"server_url": "https://sign-on.example.org"},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    client = Client()
    answer = client.get("/accounts/oidc/force/login/callback/?code=stolen&state=made-up")
    assert answer.status_code in {200, 302, 401, 403}
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


# --- the record


def test_coming_in_failing_and_going_are_recorded(place: Place, alice: Worker) -> None:
    client = Client()
    sign_in(alice, "wrong", client)
    sign_in(alice, client=client)
    client.post(reverse("account_logout"))
    actions = ("sign-in", "sign-in-failed", "sign-out")
    assert sorted(recorded(place, *actions)) == sorted(actions)


def test_a_wrong_code_and_a_changed_password_are_recorded(place: Place, alice: Worker) -> None:
    TOTP.activate(alice.user, secret := generate_totp_secret())
    client = Client()
    sign_in(alice, client=client)
    client.post(reverse("mfa_authenticate"), {"code": "nonsense"})
    assert recorded(place, "sign-in-code-failed", "sign-in") == ["sign-in-code-failed"]
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    new = {
        "oldpassword": PASSWORD,
        "password1": "Another long and plain one",
        "password2": "Another long and plain one",
    }
    client.post(reverse("account_change_password"), new)
    assert recorded(place, "sign-in", "set-password") == ["sign-in", "set-password"]


def test_what_a_role_does_not_allow_is_recorded_when_it_is_tried(place: Place, bob: Worker, as_user: AsUser) -> None:
    assert as_user(bob).get(reverse("sharing-audit") + "?q=Somebody").status_code == 403
    with act_in(place.system()):
        event = Event.objects.get(action="access.refused")
    assert (event.actor_id, event.subject_id, event.detail) == (bob.user.pk, "sharing-audit", {"method": "GET"})
    assert "Somebody" not in json.dumps([event.subject_id, event.reason, event.detail])


def test_a_user_sees_where_they_are_signed_in_and_ends_the_others(place: Place, alice: Worker) -> None:
    desk, lost = Client(), Client()
    for client, browser in ((desk, "Desk"), (lost, "Lost <b>laptop</b>")):
        sign_in(alice, client=client, **{"user-agent": browser})
    page = desk.get("/accounts/sessions/")
    assert page.status_code == 200
    assert "Desk" in page.text
    assert "Lost &lt;b&gt;laptop&lt;/b&gt;" in page.text
    assert desk.post("/accounts/sessions/").status_code == 302
    assert lost.get("/").status_code == 302
    assert desk.get("/").status_code == 200
    assert recorded(place, "end-sessions") == ["end-sessions"]


def test_a_second_factor_that_changes_ends_the_other_sessions(
    place: Place, alice: Worker, django_capture_on_commit_callbacks: Any
) -> None:
    desk, other = Client(), Client()
    for client in (desk, other):
        sign_in(alice, client=client)
    desk.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    desk.get(reverse("mfa_activate_totp"))
    secret = desk.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    assert other.get("/").status_code == 302
    assert desk.get("/").status_code == 200
    assert recorded(place, "end-sessions") == ["end-sessions"]


def test_more_pages_in_a_minute_than_somebody_reads_are_refused_and_told_once(
    place: Place, alice: Worker, bob: Worker, as_user: AsUser, settings: Settings
) -> None:
    settings.PAGES_A_MINUTE = 3
    client = as_user(alice)
    answers = [client.get("/") for _number in range(6)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    assert answers[-1].status_code == 429
    assert "Wait for a minute" in answers[-1].text
    assert recorded(place, "access.too_fast") == ["access.too_fast"]
    with act_in(alice.scope):
        assert Event.objects.get(action="access.too_fast").subject_id == "today"
    assert as_user(bob).get("/").status_code == 200


def test_what_is_kept_of_a_session_goes_when_it_is_over(alice: Worker, bob: Worker) -> None:
    client = Client()
    sign_in(alice, client=client)
    tasks.forget_sessions(0)
    assert UserSession.objects.count() == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    tasks.forget_sessions(0)
    assert (UserSession.objects.count(), Session.objects.count()) == (0, 0)
