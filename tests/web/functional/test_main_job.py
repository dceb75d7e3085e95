"""Journeys 2 to 5: an extract in, a match decided, candidates explained, a nomination; axe on every page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.functional.conftest import DESKTOP, PHONE, axe, look

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXTRACT = """Nominal Ref,Forenames,Surname,DOB,Gender,PNC
T9001,Jordan,Ashdown,12/03/1985,M,
T9002,Robin,Marshfield,29/02/1992,F,
T9003,Alex,Pryce,12/03/85,M,
"""
PAGES = {
    "coordinator": (
        "/",
        "/account",
        "/people/?q=a",
        "/people/matches/",
        "/imports/",
        "/imports/1",
        "/imports/upload",
        "/imports/feeds",
        "/imports/feeds/new",
        "/cohort/",
        "/cohort/candidates/",
        "/cohort/nominations/",
        "/cohort/schemes/",
        "/cohort/schemes/neighbourhood-crime",
        "/cohort/schemes/neighbourhood-crime/1",
        "/cohort/nominations/1",
        "/cohort/members/1",
    ),
    "panel-chair": ("/cohort/nominations/11", "/cohort/nominations/11/decide"),
    "analyst": ("/cohort/schemes/neighbourhood-crime/write",),
}

# The pages whose screenshots the documents show.
SHOWN = {
    "/cohort/candidates/": "candidates",
    "/imports/1": "check-report",
    "/cohort/nominations/11/decide": "panel-decision",
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("role", PAGES)
def test_axe_finds_nothing_and_nothing_runs_off_the_side(
    role: str, size: dict[str, int], signed_in: Callable[..., Page]
) -> None:
    page = signed_in(role, size=size)
    wrong = []
    for address in PAGES[role]:
        response = page.goto(address)
        assert response is not None
        assert response.ok, address
        wrong += axe(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(f"{address} is wider than the window")
        if size is DESKTOP and address in SHOWN:
            look(page, SHOWN[address])
    assert wrong == []


def test_an_extract_is_uploaded_mapped_checked_and_accepted(signed_in: Callable[..., Page], tmp_path: Path) -> None:
    page = signed_in("coordinator")
    page.goto("/imports/feeds/new")
    page.get_by_label("Name of the feed").fill("Front counter")
    page.get_by_label("System it comes from").fill("police-counter")
    page.get_by_label("Who each partner says a person is", exact=False).check()
    page.get_by_role("button", name="Add the feed").click()
    path = tmp_path / "counter.csv"
    path.write_text(EXTRACT)
    page.get_by_label("Front counter").check()
    page.get_by_label("The file").set_input_files(path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which column holds what?")
    assert axe(page) == []
    page.get_by_role("button", name="Save and check the file").click()
    accept = page.get_by_role("button", name="Accept 2 rows")
    accept.wait_for(timeout=120_000)  # the worker checks it, and the page keeps up by itself
    expect(page.get_by_text("The year has two digits")).to_be_visible()
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the 1 rows held", exact=False).click()
    held = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert held.splitlines()[1].startswith("4,")
    accept.click()
    page.get_by_text("2 new, 0 changed").wait_for(timeout=120_000)


def test_a_person_is_found_by_name_in_any_order_and_by_date_of_birth(signed_in: Callable[..., Page]) -> None:
    page = signed_in("coordinator")
    page.goto("/cohort/")
    link = page.locator("main table tbody a").first
    name = link.inner_text()
    page.get_by_label("Search for a person").fill(" ".join(reversed(name.split())))
    page.get_by_role("button", name="Search").first.click()
    expect(page.locator("main").get_by_text(name, exact=False).first).to_be_visible()


def test_a_match_is_decided_with_a_reason(signed_in: Callable[..., Page]) -> None:
    page = signed_in("coordinator")
    page.goto("/people/matches/")
    page.get_by_role("link", name="Compare", exact=False).first.click()
    expect(page.locator("main table").first).to_be_visible()
    assert axe(page) == []
    look(page, "match-review")
    page.get_by_label("Different people", exact=False).check()
    page.get_by_label("reason", exact=False).first.fill("Both were seen at the same time.")
    page.locator("main form").get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_candidate_is_explained_and_nominated(signed_in: Callable[..., Page]) -> None:
    page = signed_in("coordinator")
    page.goto("/cohort/candidates/")
    expect(page.get_by_text("It selects nobody", exact=False)).to_be_visible()
    row = page.locator("main tbody tr", has_not_text="cohort").filter(has_not_text="Nominated").first
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Risk and scores")).to_be_visible()
    assert axe(page) == []
    look(page, "risk-and-scores")
    page.get_by_role("link", name="Nominate").or_(page.get_by_role("button", name="Nominate")).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert axe(page) == []
