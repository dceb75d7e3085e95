"""The whole way in and out on our own pages: password, second factor, recovery codes, a forgotten password."""

import html
import re
import time

import pytest
from allauth.core.context import request_context
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows.login import complete_login
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings

from iom.govuk.sign_in import sign_in_providers
from tests.factories.partnerships import Place, Worker, make_worker

PASSWORD = "eight hungry otters"
NEW_PASSWORD = "nine sleepy herons"
SINGLE_SIGN_ON = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "single-sign-on",
                "name": "Force network",
                "client_id": "x",
                "secret": "x",
                "settings": {"server_url": "https://sign-on.example.org"},
            }
        ]
    }
}


@pytest.fixture(autouse=True)
def as_at_work(settings: Settings) -> None:
    """The second factor asked for, passwords hashed quickly, and no limit on tries (allauth tests its own)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = True
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def sam(place: Place) -> Worker:
    """An administrator with a password and, as yet, no second factor."""
    worker = make_worker(place, "sam", agency="Police", roles=["administrator"])
    worker.user.set_password(PASSWORD)
    worker.user.save()
    return worker


class Visitor:
    """Somebody at a browser: remembers the page in front of them."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.page = ""
        self.address = ""

    def opens(self, name: str, *args: str) -> str:
        return self._now_at(self.client.get(reverse(name, args=args), follow=True))

    def opens_address(self, address: str) -> str:
        return self._now_at(self.client.get(address, follow=True))

    def sends(self, address: str, **answers: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)
        assert token, "the page has no form that may be sent"
        data = {**answers, "csrfmiddlewaretoken": token.group(1)}
        return self._now_at(self.client.post(address, data, follow=True))

    def signs_in(self, worker: Worker, password: str) -> str:
        self.opens("account_login")
        return self.sends(reverse("account_login"), login=worker.user.email, password=password)

    def confirms(self, **answers: str) -> str:
        """Proves again who they are, where the page in front asks for it."""
        wanted = re.search(r'name="next" value="([^"]+)"', self.page)
        return self.sends(self.address, next=wanted.group(1) if wanted else "", **answers)

    def _now_at(self, response: object) -> str:
        content = getattr(response, "content", b"")
        assert isinstance(content, bytes)
        request = getattr(response, "request", {})
        self.address = request.get("PATH_INFO", "") + "?" + request.get("QUERY_STRING", "")
        self.page = html.unescape(content.decode())
        found = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", self.page, re.DOTALL)
        assert found, f"a page without a heading: {response}"
        return found.group(1)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def set_up_app(visitor: Visitor) -> list[str]:
    """Sets the authenticator app up, straight after signing in; returns the recovery codes."""
    assert visitor.confirms(password=PASSWORD) == "Set up an authenticator app"
    secret = re.search(r"iom-code--long\">(\w+)<", visitor.page)
    assert secret
    code = format_hotp_value(hotp_value(secret.group(1), int(time.time()) // 30))
    assert visitor.sends(reverse("mfa_activate_totp"), code=code) == "Your recovery codes"
    return re.findall(r'<li class="iom-code">(\w+)</li>', visitor.page)


def test_the_first_sign_in_sets_up_the_second_factor(visitor: Visitor, sam: Worker) -> None:
    assert visitor.signs_in(sam, "wrong") == "Sign in"
    assert "There is a problem" in visitor.page
    assert "Error: Sign in" in visitor.page
    assert visitor.signs_in(sam, PASSWORD) == "Confirm that it is you"
    assert len(set_up_app(visitor)) == 10
    visitor.opens("mfa_index")
    assert "10 left" in visitor.page


def test_a_wrong_code_does_not_turn_the_app_on(visitor: Visitor, sam: Worker) -> None:
    visitor.signs_in(sam, PASSWORD)
    visitor.confirms(password=PASSWORD)
    assert "<svg" in visitor.page
    assert "<?xml" not in visitor.page
    assert visitor.sends(reverse("mfa_activate_totp"), code="nonsense") == "Set up an authenticator app"
    assert "There is a problem" in visitor.page
    assert visitor.opens("today") == "Set up an authenticator app"


def test_the_next_sign_in_asks_for_a_code(visitor: Visitor, sam: Worker) -> None:
    visitor.signs_in(sam, PASSWORD)
    codes = set_up_app(visitor)
    assert visitor.opens("account_logout") == "Do you want to sign out?"
    visitor.sends(reverse("account_logout"))
    assert visitor.signs_in(sam, PASSWORD) == "Enter your code"
    assert visitor.sends(reverse("mfa_authenticate"), code="nonsense") == "Enter your code"
    assert "There is a problem" in visitor.page
    assert visitor.sends(reverse("mfa_authenticate"), code=codes[0]) == "Today"
    visitor.opens("mfa_index")
    assert "9 left" in visitor.page


def test_looking_after_ones_own_sign_in(visitor: Visitor, sam: Worker) -> None:
    visitor.signs_in(sam, PASSWORD)
    set_up_app(visitor)
    assert visitor.opens("mfa_generate_recovery_codes") == "Make new recovery codes?"
    assert "The 10 codes you have left will stop working." in visitor.page
    assert visitor.sends(reverse("mfa_generate_recovery_codes")) == "Your recovery codes"
    assert visitor.opens("mfa_deactivate_totp") == "Turn off the authenticator app?"
    assert visitor.opens("account_change_password") == "Change your password"
    address = reverse("account_change_password")
    answers = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": "another"}
    assert visitor.sends(address, **answers) == "Change your password"
    assert 'href="#id_password2"' in visitor.page
    visitor.sends(address, **{**answers, "password2": NEW_PASSWORD})
    sam.user.refresh_from_db()
    assert sam.user.check_password(NEW_PASSWORD)


def test_what_changes_the_protection_of_an_account_is_confirmed_first(visitor: Visitor, sam: Worker) -> None:
    visitor.signs_in(sam, PASSWORD)
    codes = set_up_app(visitor)
    visitor.sends(reverse("account_logout"))
    visitor.signs_in(sam, PASSWORD)
    visitor.sends(reverse("mfa_authenticate"), code=codes[0])
    assert visitor.opens("mfa_deactivate_totp") == "Confirm that it is you"
    assert "Forgot your password" not in visitor.page, (
        "a link in the hint of the field has no ring when it has the focus"
    )
    assert visitor.confirms(password="wrong") == "Confirm that it is you"
    assert "There is a problem" in visitor.page
    other_way = re.search(r'Other ways.*?href="([^"]+)"', visitor.page, re.DOTALL)
    assert other_way
    assert visitor.opens_address(other_way.group(1)) == "Confirm that it is you"
    assert visitor.confirms(code=codes[1]) == "Turn off the authenticator app?"
    visitor.sends(reverse("mfa_deactivate_totp"))
    assert visitor.opens("today") != "Today"


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(visitor: Visitor, sam: Worker) -> None:
    assert visitor.opens("account_reset_password") == "Reset your password"
    assert visitor.sends(reverse("account_reset_password"), email=sam.user.email) == "Check your email"
    link = re.search(r"http://\S+?(/accounts/\S+)", str(mail.outbox[0].body))
    assert link
    assert visitor.opens_address(link.group(1)) == "Set a new password"
    action = re.search(r'<form method="post" action="([^"]+)"', visitor.page)
    assert action
    answers = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert visitor.sends(action.group(1), **{**answers, "password2": "another"}) == "Set a new password"
    assert "There is a problem" in visitor.page
    assert visitor.sends(action.group(1), **answers) == "Your password is changed"
    assert visitor.opens_address(link.group(1)) == "This link cannot be used"


def test_asking_for_a_link_does_not_tell_who_has_an_account(visitor: Visitor, sam: Worker) -> None:
    visitor.opens("account_reset_password")
    assert visitor.sends(reverse("account_reset_password"), email="nobody@example.org") == "Check your email"


def comes_by_single_sign_on(visitor: Visitor, email: str) -> None:
    """What follows once the organisation has said, to this visitor's browser, who it is."""
    request = RequestFactory().get("/")
    request.session, request.user = visitor.client.session, AnonymousUser()
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    app = get_adapter().get_app(request, "single-sign-on")
    said = {"userinfo": {"sub": email, "email": email, "email_verified": True}}
    with request_context(request):
        complete_login(request, app.get_provider(request).sociallogin_from_response(request, said))
    request.session.save()
    visitor.client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key


def test_single_sign_on_brings_its_own_second_factor(visitor: Visitor, sam: Worker, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON
    comes_by_single_sign_on(visitor, sam.user.email)
    assert visitor.opens("today") == "Today"


def test_a_strangers_single_sign_on_does_not_stand_in_for_the_second_factor_of_who_signs_in_after(
    visitor: Visitor, sam: Worker, settings: Settings
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON
    comes_by_single_sign_on(visitor, "stranger@elsewhere.example")
    assert visitor.signs_in(sam, PASSWORD) == "Confirm that it is you"
    assert visitor.opens("today") == "Confirm that it is you"


def test_nobody_registers_here(visitor: Visitor, db: None) -> None:
    assert visitor.opens("account_signup") == "You were not signed in"


def test_a_switched_off_account_says_whom_to_ask(visitor: Visitor, db: None) -> None:
    assert visitor.opens("account_inactive") == "This account is switched off"


def test_single_sign_on_is_offered_where_it_is_set_up(visitor: Visitor, settings: Settings, db: None) -> None:
    visitor.opens("account_login")
    assert "Force network" not in visitor.page
    settings.SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON
    visitor.opens_address(reverse("account_login") + "?next=/account")
    assert "Continue with Force network" in visitor.page
    found = sign_in_providers(RequestFactory().get("/", {"next": "/account"}))
    assert [provider.name for provider in found] == ["Force network"]
    assert "next=%2Faccount" in found[0].href


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("socialaccount_login_cancelled", "You did not sign in"),
        ("socialaccount_login_error", "We could not sign you in"),
        ("account_email_verification_sent", "Confirm your email address"),
    ],
)
def test_the_ends_of_a_way_in_have_their_pages(visitor: Visitor, name: str, heading: str, db: None) -> None:
    assert visitor.opens(name) == heading


def test_a_form_without_its_token_is_refused_with_a_page(sam: Worker) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "This page had been open too long" in response.content.decode()


def test_no_page_of_a_stranger_is_cut_by_the_content_policy(visitor: Visitor, db: None) -> None:
    response = Client().get(reverse("account_login"))
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)", response.content.decode())


def named_pages() -> list[str]:
    """Every address below /accounts/ that takes no argument."""
    found = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "accounts/":
            waiting = list(pattern.url_patterns)
            while waiting:
                each = waiting.pop()
                if isinstance(each, URLResolver):
                    waiting += each.url_patterns
                elif each.name and not each.pattern.converters and not each.pattern.regex.groups:
                    found.append(each.name)
    return sorted(found)


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_of_the_library_is_shown_as_it_comes(sam: Worker, signed_in: bool) -> None:
    client = Client()
    if signed_in:
        client.force_login(sam.user)
    names = named_pages()
    assert {"account_login", "account_email", "mfa_index", "socialaccount_connections"} <= set(names)
    foreign = []
    for name in names:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue  # a part of another address
        response = client.get(address, follow=True)
        html_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code == 200 and html_page and b'class="govuk-template"' not in response.content:
            foreign.append(name)
    assert foreign == []


def test_who_is_signed_in_gets_a_page_for_what_is_not_there(sam: Worker) -> None:
    client = Client()
    client.force_login(sam.user)
    response = client.get(reverse("mfa_view_recovery_codes"))
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert sam.user.name in response.content.decode()
