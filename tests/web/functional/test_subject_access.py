"""Journey 10 by keyboard: gather, mark what is restricted or of others, have it checked, export. axe on every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.functional.conftest import DESKTOP, PHONE, axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def press(target: Locator, key: str = "Enter") -> None:
    """Without the mouse: what can have no focus cannot be pressed."""
    target.focus()
    expect(target).to_be_focused()
    target.press(key)


def sound(page: Page) -> None:
    """axe finds nothing and nothing runs off the side, on a desk and on a phone."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert axe(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def decide(page: Page, treatment: str, *, exempt: bool = False) -> None:
    press(page.get_by_label(treatment, exact=True), "Space")
    if exempt:
        page.get_by_label("Exemption").focus()
        page.keyboard.press("ArrowDown")
    for label in ("Reason", "Who at the agency"):
        box = page.get_by_role("textbox", name=label)
        if box.count():
            box.focus()
            page.keyboard.type("Looked at, and asked about")
    sound(page)
    press(page.get_by_role("button", name="Save the decision"))
    page.get_by_text("The decision has been saved.").wait_for()


def test_a_request_is_answered_by_two_people_with_the_keyboard(signed_in: Callable[..., Page]) -> None:
    page = signed_in("information-governance")
    press(page.get_by_role("link", name="Admin"))
    press(page.get_by_role("link", name="Subject access"))
    sound(page)
    press(page.get_by_role("button", name="Record a request").or_(page.get_by_role("link", name="Record a request")))
    page.get_by_label("Name, date of birth or a number").focus()
    page.keyboard.type("an")
    page.keyboard.press("Enter")
    page.get_by_role("table").wait_for()
    sound(page)
    press(page.locator("main table a").first)
    for part, text in (("Day", "1"), ("Month", "11"), ("Year", "2025")):
        page.get_by_label(part, exact=True).focus()
        page.keyboard.type(text)
    press(page.get_by_label("Email"), "Space")
    page.get_by_label("What was asked for").focus()
    page.keyboard.type("Everything that is held about me")
    press(page.get_by_label("Identity documents were seen"), "Space")
    sound(page)
    press(page.get_by_role("button", name="Record the request"))
    press(page.get_by_role("button", name="Gather what is held"))
    page.get_by_text("items have been gathered").wait_for()
    sound(page)
    address = page.url
    for way in ("Wait for the person", "Take more time", "End without an answer"):
        press(page.get_by_role("link", name=way))
        page.get_by_role("link", name="Cancel").wait_for()
        sound(page)
        page.goto(address)
    withheld = 0
    while page.get_by_text("Not decided").count():
        restricted = page.locator("tr", has_text="Not decided").filter(has_text="Restricted")
        if restricted.count():
            press(restricted.first.get_by_role("link", name="Decide"))
            decide(page, "Withhold", exempt=True)
            withheld += 1
        elif page.get_by_role("link", name="Give all").count():
            press(page.get_by_role("link", name="Give all").first)
            page.get_by_role("button", name="Give them").wait_for()
            if page.get_by_label("Who at the agency").count():
                page.get_by_label("Who at the agency").focus()
                page.keyboard.type("Their lead agrees")
            sound(page)
            press(page.get_by_role("button", name="Give them"))
            page.get_by_text("will be given").wait_for()
        else:
            press(page.locator("tr", has_text="Not decided").first.get_by_role("link", name="Decide"))
            decide(page, "Give")
    press(page.get_by_role("button", name="Hand to a second person"))
    page.get_by_text("waits for a second person").wait_for()
    assert page.get_by_text("Check done").count() == 0

    checker = signed_in("manager")  # of the same agency
    press(checker.get_by_role("link", name="is to be checked"))
    sound(checker)
    press(checker.get_by_role("button", name="Check done").or_(checker.get_by_role("link", name="Check done")))
    expect(checker.get_by_text("withheld")).to_contain_text(str(withheld))
    sound(checker)
    press(checker.get_by_role("button", name="Release it"))
    checker.get_by_text("Released. The files of the answer are being made.").wait_for()
    for _ in range(60):
        if checker.get_by_role("link", name="Download as PDF").count():
            break
        checker.wait_for_timeout(500)
        checker.reload()
    sound(checker)
    answer = checker.request.get(f"{address}/answer.json").json()
    assert all(part["items"] or part["left_out"] for part in answer["parts"])
    assert not [item for part in answer["parts"] for item in part["items"] if item["title"] == "Intelligence"]
    assert checker.request.get(f"{address}/answer.pdf").body().startswith(b"%PDF")


def test_a_refusal_is_checked_by_a_second_person(signed_in: Callable[..., Page]) -> None:
    page = signed_in("information-governance")
    page.goto("/subject-access/find?q=an")
    press(page.locator("main table a").first)
    for part, text in (("Day", "2"), ("Month", "11"), ("Year", "2025")):
        page.get_by_label(part, exact=True).fill(text)
    page.get_by_label("Post").check()
    page.get_by_label("What was asked for").fill("Everything, again")
    page.get_by_label("Identity documents were seen").check()
    press(page.get_by_role("button", name="Record the request"))
    press(page.get_by_role("link", name="End without an answer"))
    press(page.get_by_label("Refused, once a second person agrees"), "Space")
    page.get_by_role("textbox", name="Reason").fill("You asked for the same last week, and nothing is new.")
    sound(page)
    press(page.get_by_role("button", name="Save and continue"))
    page.get_by_text("The refusal waits for a second person").wait_for()
    assert page.get_by_text("Check done").count() == 0
    address = page.url

    checker = signed_in("manager")
    press(checker.get_by_role("link", name="The refusal of subject access request"))
    sound(checker)
    assert checker.url == address
    press(checker.get_by_role("button", name="Check done").or_(checker.get_by_role("link", name="Check done")))
    sound(checker)
    press(checker.get_by_role("button", name="Refuse it"))
    checker.get_by_text("Refused. Send the letter to the person.").wait_for()
    sound(checker)
