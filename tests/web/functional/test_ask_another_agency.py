"""Journey 8 by keyboard: ask another agency, its answer with what is cut, the reading, the log. axe on every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.web.functional.conftest import look
from tests.web.functional.test_subject_access import press, sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def write(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label).focus()  # a field that may be empty says so after its name
    page.keyboard.type(text)


def test_one_agency_asks_and_another_answers_with_the_keyboard(signed_in: Callable[..., Page]) -> None:
    page = signed_in("police-offender-manager")
    page.goto("/people/?q=an")
    press(page.locator("main table tbody a").first)
    press(page.get_by_role("link", name="Sharing", exact=True))
    sound(page)
    press(
        page.get_by_role("button", name="Ask another agency").or_(page.get_by_role("link", name="Ask another agency"))
    )
    sound(page)
    look(page, "ask-another-agency")
    press(page.get_by_role("button", name="Send the request"))
    page.get_by_role("alert").get_by_role("heading", name="There is a problem").wait_for()
    press(page.get_by_label("Westmarch Council"), "Space")
    write(page, "What do you need it for?", "To plan the release in May")
    page.get_by_label("Which power in law do you rest on?").focus()
    page.keyboard.press("ArrowDown")
    press(page.get_by_label("Answers to a partner's request"), "Space")
    write(page, "Your question", "Has he a tenancy?")
    write(page, "Why is it necessary, and why would less not do?", "The licence names an address.")
    press(page.get_by_label("Urgent"), "Space")
    press(page.get_by_role("button", name="Send the request"))
    page.get_by_text("Westmarch Council has been asked.").wait_for()
    sound(page)
    address = page.url

    page = signed_in("partner-worker")
    press(page.get_by_role("link", name="Westmarch Police asks your agency for information").last)
    page.goto(address)
    sound(page)
    press(
        page.get_by_role("button", name="Answer", exact=True).or_(page.get_by_role("link", name="Answer", exact=True))
    )
    press(page.get_by_role("button", name="Find what we hold"))
    page.get_by_text("Tick what you give").wait_for()
    sound(page)
    press(page.get_by_role("button", name="Go on to the answer"))
    page.get_by_role("heading", name="Write the answer").wait_for()
    sound(page)
    write(page, "Your answer", "He has an offer of a flat. [[His sister signed for it.]]")
    press(page.get_by_label("None of these"), "Space")
    press(page.get_by_label("No", exact=True), "Space")
    write(page, "Why something is left out", "Speaks of somebody else")
    press(page.get_by_label("30"), "Space")
    press(page.get_by_role("button", name="Look at it before it is sent"))
    page.get_by_role("heading", name="Share this with Westmarch Police?").wait_for()
    assert "sister" not in page.locator("main").inner_text()
    sound(page)
    look(page, "share-with-another-agency")
    press(page.get_by_role("button", name="Share it"))
    page.get_by_text("Sent to Westmarch Police.").wait_for()
    page.get_by_text("Not opened yet.").wait_for()
    sound(page)

    page = signed_in("police-offender-manager")
    page.goto(address)
    press(page.get_by_role("button", name="Read it").or_(page.get_by_role("link", name="Read it")))
    page.get_by_text("He has an offer of a flat.").wait_for()
    assert "sister" not in page.content()
    sound(page)

    looked_at = {
        "manager": (
            "/disclosures/",
            "/packages/",
            "/packages/1",
            "/requests/2",
            "/requests/2/refuse",
            "/requests/2/clarify",
        ),
        "information-governance": (
            "/packages/1/approve",
            "/admin/emergency-access/2",
            "/admin/limited-access/1/confirm",
        ),
        "coordinator": ("/emergency/1",),
    }
    for role, addresses in looked_at.items():
        page = signed_in(role)
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            sound(page)
