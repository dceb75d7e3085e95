"""Whether it works: a question settled, its comparison looked at, the answer read, a report let go by two people.

By mouse, by keyboard and without a script; axe on each page where there is one.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.functional import test_subject_access
from tests.web.functional.conftest import look
from tests.web.functional.hands import Hands, Way

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("way", [*Way])
def test_balance_comes_before_effect_and_two_people_let_a_report_go(signed_in: Callable[..., Page], way: Way) -> None:
    def sound(page: Page) -> None:
        if way != Way.NO_SCRIPT:  # axe is a script
            test_subject_access.sound(page)

    page = signed_in("analyst", script=way != Way.NO_SCRIPT)
    hands = Hands(page, way)
    title = f"Did it help those who joined? By {way}"
    page.goto("/outcomes/")
    hands.press("Ask a question", within=page.locator("main"))
    hands.fill("What is asked", title)
    hands.choose("Every scheme")
    months = page.get_by_label("Joined from").locator("option").all_inner_texts()
    hands.select("Joined from", months[24])
    hands.select("Joined up to", months[0])
    sound(page)
    hands.press("Continue")
    hands.choose("With everybody, weighted so that averages are the same")
    sound(page)
    hands.press("Continue")
    hands.choose("Whether they reoffended within a year", of="What decides the question?")
    hands.choose("How many proven reoffences within a year", of="What else is looked at?")
    sound(page)
    hands.press("Continue")
    expect(page.locator("main")).to_contain_text("people joined in these months")
    hands.fill("What will be decided on the answer?", "Whether to go on as we do")
    sound(page)
    hands.press("Settle it, and make the comparison")

    accept = page.get_by_role("button", name="Accept the comparison")
    hands.wait_for(page.get_by_role("link", name="See what came of it").or_(accept).first)
    if not accept.is_visible():
        hands.press("See what came of it")
    expect(page.locator("main")).to_contain_text("No outcome has been read.")
    expect(page.locator("main")).not_to_contain_text("Of 100 typical people")
    sound(page)
    if way == Way.MOUSE:
        look(page, "comparison")
    hands.press("Accept the comparison")
    hands.fill("Why is this comparison good enough?", "Alike in all that is known")
    sound(page)
    hands.press("Accept, and find out what followed")
    brief = page.get_by_role("heading", name="In brief")
    hands.wait_for(page.get_by_role("link", name="See what came of it").or_(brief).first)
    if not brief.is_visible():
        hands.press("See what came of it")
    expect(brief).to_be_visible()
    expect(page.locator("main")).to_contain_text("What can be said, and what cannot")
    sound(page)
    if way == Way.MOUSE:
        look(page, "answer")

    hands.press("Ask for its release")
    hands.fill("Who is to have it, and what for?", "The board's annual report")
    hands.press("Ask for release")
    page.wait_for_url("**/outcomes/releases/*")
    address = page.url.partition("#")[0]  # the skip link's end of it
    assert page.request.get(f"{address}/report.pdf").status == 404

    page = signed_in("information-governance", script=way != Way.NO_SCRIPT)
    reader = Hands(page, way)
    page.goto(address)
    sound(page)
    reader.choose("Yes, release it")
    reader.press("Decide")
    expect(page.get_by_role("link", name="PDF")).to_be_visible()
    assert page.request.get(f"{address}/report.pdf").body().startswith(b"%PDF")
    sound(page)
