"""Journey 1: sign in, and Today; for each role, on a phone, and without JavaScript."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from iom.config.demo import PASSWORD
from tests.web.functional.conftest import (
    EMAILS,
    PHONE,
    axe,
    give_code,
    look,
    set_up_second_factor,
    sign_in,
    turn_off_second_factor,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEES = {
    "coordinator": {"Today", "People", "Cohort", "Imports", "Outcomes", "Admin"},
    "partner-worker": {"Today", "People", "Cohort"},
    "board-member": {"Today", "Outcomes"},
    "administrator": {"Today", "Admin"},
}


@pytest.mark.parametrize("role", SEES)
def test_each_role_signs_in_and_sees_only_what_it_may_use(role: str, signed_in: Callable[..., Page]) -> None:
    page = signed_in(role)
    navigation = page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts()
    assert set(navigation) == SEES[role]
    assert axe(page) == []
    if role == "coordinator":
        look(page, "today")


def test_a_wrong_password_says_so_and_nothing_more(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    sign_in(page, "coordinator", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    assert axe(page) == []


def test_the_app_gives_the_code_that_the_next_sign_in_asks_for(
    signed_in: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    before = signed_in("manager")
    secret = set_up_second_factor(before)
    page = open_page()
    page.goto("/")
    sign_in(page, "manager")
    give_code(page, next_code(page, secret))
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    turn_off_second_factor(before)


def next_code(page: Page, secret: str) -> str:
    """What the app shows in its next 30 seconds: the one before was used to set it up, and none is taken twice."""
    page.wait_for_timeout(1000 * (31 - time.time() % 30))
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.mark.parametrize("script", [True, False])
def test_the_organisations_account_signs_in_whom_an_administrator_added(
    open_page: Callable[..., Page], script: bool
) -> None:
    for _first_time_or_again in range(2):
        page = open_page(script=script)
        through_single_sign_on(page, EMAILS["manager"])
        expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
        expect(page.get_by_text("Martin Ellis").first).to_be_visible()


@pytest.mark.parametrize("email", ["stranger@elsewhere.example", EMAILS["practitioner"]], ids=["unknown", "unverified"])
def test_the_organisations_account_alone_opens_nothing(open_page: Callable[..., Page], email: str) -> None:
    page = open_page()
    through_single_sign_on(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("You were not signed in")
    assert axe(page) == []
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def through_single_sign_on(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_role("button", name="Continue with Force network").click()
    page.get_by_role("link", name=email).click()


def test_it_works_on_a_phone_without_a_script(signed_in: Callable[..., Page]) -> None:
    page = signed_in("coordinator", size=PHONE, script=False)
    page.get_by_role("link", name="People").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_keyboard_alone_signs_in(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "login":
            break
    page.keyboard.type(EMAILS["coordinator"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
