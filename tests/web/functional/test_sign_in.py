"""Journey 1: sign in, and Today; for each role, on a phone, and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from iom.config.demo import PASSWORD
from tests.web.functional.conftest import EMAILS, PHONE, axe, look

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEES = {
    "coordinator": {"Today", "People", "Cohort", "Imports"},
    "partner-worker": {"Today", "People", "Cohort"},
    "board-member": {"Today"},
    "administrator": {"Today"},
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
    page.get_by_label("Email").fill(EMAILS["coordinator"])
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    assert axe(page) == []


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
