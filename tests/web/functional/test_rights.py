"""Somebody asks that their data be kept and not used: two people answer it. axe on each page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.web.functional.test_subject_access import sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_request_is_decided_by_a_second_person(signed_in: Callable[..., Page]) -> None:
    page = signed_in("information-governance")
    page.goto("/rights/")
    sound(page)
    page.get_by_role("button", name="Record a request").or_(page.get_by_role("link", name="Record a request")).click()
    page.get_by_label("Name, date of birth or a number").fill("an")
    page.get_by_role("button", name="Find").click()
    page.locator("main table a").first.click()
    page.get_by_label("Keep data and not use it").check()
    page.get_by_label("What they say").fill("It is not right.")
    for part, text in (("Day", "1"), ("Month", "11"), ("Year", "2025")):
        page.get_by_label(part, exact=True).fill(text)
    page.get_by_label("Email").check()
    page.get_by_label("Identity documents were seen").check()
    sound(page)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_text("The request has been recorded.").wait_for()
    sound(page)
    address = page.url
    page.get_by_role("link", name="Take more time").click()
    sound(page)
    page.goto(address)
    page.get_by_role("link", name="Wait for the person").click()
    page.get_by_label("The person was asked what they mean").check()
    sound(page)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_text("the clock runs on").wait_for()
    sound(page)
    page.get_by_role("button", name="Record that it came").click()
    page.get_by_text("the clock ran on").wait_for()
    page.get_by_role("button", name="Propose an answer").or_(page.get_by_role("link", name="Propose an answer")).click()
    page.get_by_label("Granted", exact=True).check()
    page.get_by_label("Reasons").fill("Whether it is right is not known yet.")
    page.get_by_label("What was put right").fill("Use is stopped.")
    sound(page)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_text("The answer waits for a second person").wait_for()
    page = signed_in("manager")
    page.goto(f"{address}/decide")
    sound(page)
    page.get_by_role("button", name="Decide it").click()
    page.get_by_text("Decided. Send the letter").wait_for()
    page.get_by_role("link", name="Back to the person").click()
    page.get_by_text("Restricted: records of").first.wait_for()
    sound(page)
    tab = page.url
    page.goto(tab.replace("/rights", "/nominate"))
    page.get_by_text("the person cannot be nominated or selected").wait_for()
    sound(page)
    page.goto(tab)
    page.get_by_role("link", name="Lift the restriction").click()
    sound(page)
