"""What somebody typed when their session ended is there once they have signed in again, second factor and all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.functional.conftest import DESKTOP, PHONE, axe, give_code, sign_in, turn_on_second_factor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORM = "/cohort/members/1/rating"
TYPED = 'Back in town since Friday;\nhis mother says: "it starts again" <tonight>'


def type_a_rating(page: Page, rating: str) -> None:
    page.goto(FORM)
    page.get_by_label(rating).check()
    page.get_by_label("Rationale").fill(TYPED)


def go_on_and_save(page: Page, rating: str) -> None:
    """From the page that shows what was kept, through its form, to a page that says it is saved."""
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out before this was saved")
    expect(page.get_by_text('"it starts again" <tonight>')).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    expect(page.get_by_label(rating)).to_be_checked()
    expect(page.get_by_label("Rationale")).to_have_value(TYPED)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rating has been changed.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("unfinished form")).to_have_count(0)


def test_when_the_time_is_up_the_page_sends_what_was_typed(signed_in: Callable[..., Page]) -> None:
    page = signed_in("practitioner")
    code = turn_on_second_factor(page)
    page.clock.install()
    type_a_rating(page, "Green")
    page.clock.fast_forward(3_590_000)
    expect(page.get_by_text("What you typed in this form is kept for you for 7 days, but no file.")).to_be_visible()
    page.context.set_offline(True)  # a laptop that wakes up: a form sent now would be lost
    page.clock.fast_forward(15_000)
    expect(page.get_by_role("dialog").get_by_role("strong")).to_have_text("0 seconds")
    page.context.set_offline(False)
    page.clock.fast_forward(2_000)
    page.wait_for_url("**/accounts/login/?next=/drafts/*")
    sign_in(page, "practitioner")
    give_code(page, code)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert axe(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    go_on_and_save(page, "Green")


def test_without_a_script_the_form_sent_too_late_is_kept(signed_in: Callable[..., Page]) -> None:
    role = "police-offender-manager"
    page = signed_in(role, script=False)
    code = turn_on_second_factor(page)
    type_a_rating(page, "Amber")
    page.context.clear_cookies(name="openiom")  # the session's; the form's own token stays, as when the session ends
    page.get_by_role("button", name="Save").click()
    page.goto("/")
    sign_in(page, role)
    give_code(page, code)
    page.get_by_role("link", name="You have an unfinished form").click()
    go_on_and_save(page, "Amber")
