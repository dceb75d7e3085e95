"""Every page of the list of addresses, with an example of each thing it may be about, in a real browser.

A new address must be given its examples here, or the first test fails.
"""

import re
from collections.abc import Callable

import pytest
from django.urls import get_resolver
from playwright.sync_api import Page

from iom.access.permissions import Permission
from iom.access.roles import BY_SLUG
from iom.config.demonstration import SIGN_INS
from tests.repository.test_apps import LIBRARIES, SYSTEMS, patterns
from tests.web.functional.conftest import DESKTOP, PHONE, axe, look

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What stands for each part of an address: a thing of the demonstration.
EXAMPLES = {
    "slug": "neighbourhood-crime",
    "number": "1",
    "study_id": "2",  # whose comparison is to be looked at
    "release_id": "1",
    "figures_id": "1",
    "evidence_id": "1",
    "chart": "balance",
    "width": "640",
    "kind": "csv",
    "batch_id": "2",  # of the police; the first is of the council
    "membership_id": "1",
    "nomination_id": "11",
    "intelligence_id": "1",
    "decision_id": "1",
    "run_id": "1",
    "hold_id": "1",
    "list_id": "1",
    "agreement_id": "2",  # a draft
    "agency_id": "1",
    "assessment_id": "2",  # a draft
    "document_id": "1",
    "limit_id": "1",
    "token_id": "1",
    "equality_id": "1",
    "draw_id": "2",  # whose list is open
    "watch_id": "1",
}
# What some pages need instead.
INSTEAD = {"outcomes-money": {"study_id": "1"}, "outcomes-costs": {"study_id": "1"}}  # that has its answer
# Not pages: a sign of life and of leaving, a part of a page, and the ends of journeys that the demonstration lacks.
NO_PAGE = {
    "health",
    "leave",
    "keep-alive",
    "imports-batch-progress",
    "people-link-progress",
    "draft",
    "discard-draft",
    "people-undo",
    "people-merge",
    "sharing-certificate",
    "agreements-document",  # a file
    "sharing-transparency",  # a file
    # Looked at in test_rights.py, which makes a request; the leaflet is a file.
    "sharing-right",
    "sharing-right-identity",
    "sharing-right-prepare",
    "sharing-right-send-back",
    "sharing-right-decide",
    "sharing-right-withdraw",
    "sharing-right-letter",
    "sharing-right-pause",
    "sharing-right-resume",
    "sharing-right-extend",
    "sharing-restriction-lift",
    "sharing-rights-leaflet",
    "sharing-right-told",  # looked at in test_rights.py of the integration tests, by the agency that was told
    # Looked at in test_subject_access.py, which makes a request.
    "sharing-subject-access-new",
    "sharing-subject-access-request",
    "sharing-subject-access-identity",
    "sharing-subject-access-pause",
    "sharing-subject-access-resume",
    "sharing-subject-access-extend",
    "sharing-subject-access-gather",
    "sharing-subject-access-prepare",
    "sharing-subject-access-send-back",
    "sharing-subject-access-release",
    "sharing-subject-access-refuse",
    "sharing-subject-access-close",
    "sharing-subject-access-answer",
    "sharing-subject-access-letter",
    "sharing-subject-access-item",
    "sharing-subject-access-give-all",
    # Looked at in test_ask_another_agency.py, by the agencies and roles that they are for.
    "sharing-request",
    "sharing-request-withdraw",
    "sharing-request-take",
    "sharing-request-clarify",
    "sharing-request-refuse",
    "sharing-given",
    "sharing-take-back",
    "sharing-emergency-own",
    "sharing-package",
    "sharing-package-fill",
    "sharing-package-drop",
    "sharing-package-approve",
    "sharing-package-send-back",
    "sharing-emergency-review",
    "sharing-request-items",
    "sharing-request-item",
    "sharing-request-send",
    "sharing-request-reply",
    "sharing-package-take",
    # Looked at in test_data_lab.py of the integration tests, which makes one: the demonstration asks for none.
    "outcomes-data-lab",
    "outcomes-decide-data-lab",
    "outcomes-take-data-lab",
    # Looked at in test_board.py and test_watches.py of the integration tests: here are too few areas and people.
    "outcomes-areas-chart",
    "outcomes-watch-chart",
    "sharing-packages-certificate",
}
# Who looks at a page: the first of these that may.
LOOKERS = ("coordinator", "panel-chair", "analyst", "information-governance", "administrator")
# A list as a file is there only for who sees the list.
ALSO_NEEDS = {"imports-export": Permission.IMPORT_VIEW}
# Lists that show nothing until something is asked of them.
QUERIES = {"people-search": "?q=an"}
# The pages whose screenshots the documents show.
SHOWN = {"cohorts-candidates": "candidates", "imports-batch": "check-report", "cohorts-decide": "panel-decision"}
# The example is not in the state that these ask for, which has a page of its own.
PAST = {
    "imports-columns", "cohorts-activate", "cohorts-reselect", "agreements-review-assessment", "outcomes-who",
    "outcomes-comparison", "outcomes-measures", "outcomes-check", "outcomes-ask-release", "cohorts-make-draw",
}  # fmt: skip


def expected(name: str) -> int:
    return 409 if name in PAST else 200


def pages() -> list[tuple[str, str, str | None]]:
    """Name, address with its parts in braces, and permission, of every address of this product."""
    return [
        (pattern.name, "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path), pattern.callback.permission)
        for path, pattern in patterns(get_resolver().url_patterns)
        if not (LIBRARIES.match(path) or SYSTEMS.match(path)) and pattern.name not in NO_PAGE
    ]


def may(role: str, permission: str | None) -> bool:
    return permission is None or permission in BY_SLUG[role].permissions


def looker(permission: str | None) -> str:
    return next(role for role in LOOKERS if may(role, permission))


def examples(page: Page, role: str) -> dict[str, str]:
    """What stands for each part of an address; a person and a match among them for who may look for one."""
    if may(role, Permission.RETENTION_REVIEW):
        page.goto("/admin/retention/")
        page.locator("#reviews a").first.click()
        review_id = page.url.rpartition("/")[2]
        address = page.get_by_role("link", name="Place a legal hold").get_attribute("href")
        found = {**EXAMPLES, "review_id": review_id, "public_id": str(address).rpartition("/")[2]}
        page.goto("/audit/")
        found["event_id"] = first_of_table(page)
        page.goto("/audit/looks/")
        page.get_by_role("button", name="Draw").click()  # there is the look at that review, at least
        found["look_id"] = first_of_table(page)
        return found
    if not may(role, Permission.PERSON_SEARCH):
        return EXAMPLES
    page.goto("/people/?q=an")
    address = page.locator("main table tbody a").first.get_attribute("href")
    found = {**EXAMPLES, "public_id": str(address).rstrip("/").rpartition("/")[2]}
    if may(role, Permission.MATCH_REVIEW):
        page.goto("/people/matches/")
        address = page.get_by_role("link", name="Compare").first.get_attribute("href")
        found["match_id"] = str(address).rpartition("/")[2]
    return found


def address_of(name: str, template: str, given: dict[str, str]) -> str:
    return template.format(**{**given, **INSTEAD.get(name, {})})


def first_of_table(page: Page) -> str:
    """The number in the address of the first row of a list."""
    return str(page.locator("main table tbody a").first.get_attribute("href")).rpartition("/")[2]


def test_every_page_can_be_looked_at_by_somebody() -> None:
    assert {looker(permission) for _name, _address, permission in pages()} == set(LOOKERS)


@pytest.mark.parametrize("role", LOOKERS)
def test_a_page_is_sound_on_a_desk_and_on_a_phone(role: str, signed_in: Callable[..., Page]) -> None:
    """axe finds nothing, nothing runs off the side, and the browser has no complaint, content security included."""
    page = signed_in(role)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    given, wrong = examples(page, role), []
    for name, template, permission in pages():
        if looker(permission) != role or "{kind}" in template or template.endswith((".csv", ".svg")):
            continue
        address = address_of(name, template, given) + QUERIES.get(name, "")
        if page.request.get(address).status == 405:
            continue
        for size in (DESKTOP, PHONE):
            complaints.clear()
            page.set_viewport_size(size)  # type: ignore[arg-type]
            response = page.goto(address)
            assert response is not None
            if response.status != expected(name):
                wrong.append(f"{address}: {response.status}")
            if name in SHOWN and size == DESKTOP:
                look(page, SHOWN[name])
            wrong += axe(page)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{address} is wider than {size['width']} pixels")
            # The browser notes every answer that is no success; what that was is judged above.
            wrong += [f"{address}: {said}" for said in complaints if f"status of {response.status}" not in said]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [each.role for each in SIGN_INS])
def test_every_role_gets_its_pages_of_the_same_things(role: str, signed_in: Callable[..., Page]) -> None:
    page = signed_in(role)
    given, wrong = examples(page, role), []
    for name, template, permission in pages():
        if may(role, permission) and may(role, ALSO_NEEDS.get(name)):
            address = address_of(name, template, given)
            status = page.request.get(address).status
            if status not in (expected(name), 405):  # 405: it takes no GET
                wrong.append(f"{address} as {role}: {status}")
    assert not wrong, "\n".join(wrong)
