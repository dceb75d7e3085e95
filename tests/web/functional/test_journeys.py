"""The main journeys from end to end, each by mouse, by keyboard alone, and without a script.

Each way works through rows of the demonstration that the ways before have left.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from iom.config.demo import PASSWORD
from iom.config.demonstration import COUNCIL, POLICE
from tests.web.functional.conftest import EMAILS, axe, look, turn_off_second_factor, turn_on_second_factor
from tests.web.functional.hands import Hands, Way

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AtWork = Callable[[str], Hands]

EXTRACT = """Nominal Ref,Forenames,Surname,DOB,Gender,PNC
{0}1,Jordan,Ashdown,12/03/1985,M,
{0}2,Robin,Marshfield,29/02/1992,F,
{0}3,Alex,Pryce,12/03/85,M,
"""


@pytest.fixture(params=[*Way])
def way(request: pytest.FixtureRequest) -> Way:
    return Way(request.param)


@pytest.fixture
def at_work(signed_in: Callable[..., Page], way: Way) -> AtWork:
    """Somebody of a role who has signed in and works in the way."""
    return lambda role: Hands(signed_in(role, script=way != Way.NO_SCRIPT), way)


def test_password_and_second_factor_lead_to_today(
    open_page: Callable[..., Page], signed_in: Callable[..., Page], way: Way
) -> None:
    role = "administrator"
    before = signed_in(role)
    code = turn_on_second_factor(before)
    page = open_page(script=way != Way.NO_SCRIPT)
    hands = Hands(page, way)
    page.goto("/")
    hands.fill("Email address", EMAILS[role])
    hands.fill("Password", PASSWORD)
    hands.press("Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")  # a password alone opens nothing
    hands.fill("Code", "000000")
    hands.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    hands.fill("Code", code)
    hands.press("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    turn_off_second_factor(before)


def test_an_extract_is_uploaded_mapped_checked_and_accepted(at_work: AtWork, way: Way, tmp_path: Path) -> None:
    hands = at_work("coordinator")
    page, source = hands.page, f"counter-{way.name.lower().replace('_', '-')}"
    path = tmp_path / f"{source}.csv"
    path.write_text(EXTRACT.format(source))
    hands.press("Imports")
    hands.press("Feeds")
    hands.press("Add a feed")
    hands.fill("Name of the feed", f"Front {source}")
    hands.fill("System it comes from", source)
    hands.choose("Who each partner says a person is", of="What each row is")
    hands.choose("All partners", of="Who may see its rows")
    hands.press("Add the feed")
    hands.choose(f"Front {source}", of="Which extract is it?")
    hands.attach("The file", path)
    hands.press("Upload and check")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which column holds what?")
    hands.select("Family name", "Surname")
    assert axe_or_none(hands) == []
    hands.press("Save and check the file")
    hands.wait_for(page.get_by_role("button", name="Accept 2 rows"))
    expect(page.get_by_text("The year has two digits")).to_be_visible()
    with page.expect_download() as download:
        hands.press("Download the 1 row")
    held = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert held.splitlines()[1].startswith("4,")
    hands.press("Accept 2 rows")
    hands.wait_for(page.get_by_text("2 new, 0 changed"))


def test_a_match_is_compared_and_decided_with_a_reason(at_work: AtWork) -> None:
    hands = at_work("coordinator")
    page = hands.page
    hands.press("People")
    hands.press("Possible matches")
    hands.press("Compare")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these the same person?")
    first = page.url
    if hands.way == Way.MOUSE:
        look(page, "match-review")
    hands.open("How the weight was worked out")
    hands.choose("Different people")
    hands.press("Save and go to the next")
    expect(page.get_by_role("alert")).to_contain_text("Enter reason")
    hands.fill("Reason", "Both were seen at the same time.")
    hands.press("Save and go to the next")
    expect(page.get_by_text("The two records will stay with different people.")).to_be_visible()
    page.goto(first)
    expect(page.locator(".govuk-inset-text")).to_contain_text("Both were seen at the same time.")
    hands.press("Undo this decision")
    hands.fill("Reason", "It was another day.")
    hands.press("Undo the decision")
    expect(page.get_by_text("The decision was undone.")).to_be_visible()
    page.goto(first)
    expect(page.get_by_role("button", name="Save and go to the next")).to_be_visible()


def test_a_decision_on_a_match_survives_linking_again(signed_in: Callable[..., Page]) -> None:
    hands = Hands(signed_in("coordinator"), Way.MOUSE)
    page = hands.page
    hands.press("Possible matches")
    hands.press("Compare")
    match = page.url
    hands.choose("Different people")
    hands.fill("Reason", "Two brothers: both were in the office.")
    hands.press("Save and go to the next")
    page.goto("/people/matches/")
    again = page.get_by_role("button", name="Link the records again")
    again.wait_for(timeout=120_000)  # what another test took in may be linked just now
    before = page.get_by_text("Last linked").inner_text()
    page.wait_for_timeout(1000 * (61 - time.time() % 60))  # the page tells minutes: the next run's must be another
    again.click()
    expect(page.get_by_role("progressbar").or_(page.get_by_text("Waiting to start")).first).to_be_visible()
    again.wait_for(timeout=120_000)
    assert page.get_by_text("Last linked").inner_text() != before
    page.goto(match)
    expect(page.locator(".govuk-inset-text")).to_contain_text("Two brothers: both were in the office.")
    expect(page.get_by_role("button", name="Save and go to the next")).to_have_count(0)


def test_from_the_ranked_list_into_the_cohort_and_out_and_back(at_work: AtWork) -> None:
    coordinator = at_work("coordinator")
    page = coordinator.page
    choose_a_candidate(coordinator)
    nominate(coordinator)
    nomination = page.url

    council = at_work("partner-worker")
    council.page.goto(nomination)
    give_return(council)

    chair = at_work("panel-chair")
    chair.page.goto(nomination)
    select_for_the_cohort(chair)
    record_told(chair)
    chair.press("See the membership")
    expect(chair.page.get_by_role("heading", level=1)).to_have_text("Membership of the cohort")
    member = chair.page.url

    page.goto(member)
    de_select(coordinator)
    coordinator.press("Nominate again")
    coordinator.fill("Why now", "Arrested twice last week.")
    coordinator.choose("Not under supervision", of="Supervision")
    coordinator.choose("Public task (UK GDPR Article 6(1)(e))", of="Lawful basis")
    coordinator.press("Nominate")
    expect(page.get_by_text("Nominated again. The panel decides.")).to_be_visible()
    expect(page.get_by_text("Re-selection of a former member")).to_be_visible()

    chair.page.goto(page.url)
    chair.press("Record the panel's decision")
    chair.choose(POLICE, of="Agencies that were there")
    say_select(chair, "Back in town, and offending again.")
    say_what_a_selection_needs(chair)
    chair.press("See the membership")
    assert chair.page.url != member
    expect(chair.page.get_by_role("heading", level=1)).to_have_text("Membership of the cohort")
    expect(chair.page.locator(".iom-person")).to_contain_text("Red")


def choose_a_candidate(hands: Hands) -> None:
    """Filters the list, looks at the line and the near misses, and opens one person's points."""
    page = hands.page
    hands.press("Cohort")
    hands.press("Candidates")
    expect(page.get_by_text("It selects nobody: the panel decides.")).to_be_visible()
    hands.press("Near misses")
    expect(page.get_by_role("columnheader", name="Criteria not met")).to_be_visible()
    hands.press("Eligible")
    hands.select("In custody", "No")
    hands.select("Capacity line", "Above it")
    hands.press("Apply filters")
    expect(page.get_by_role("link", name="Remove this filter: No")).to_be_visible()
    rows = page.locator("main tbody tr", has=page.get_by_text("Above the line"))
    expect(rows.first).to_contain_text("In the community")
    hands.press(rows.first.get_by_role("link").inner_text(), within=rows.first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Risk and scores")
    expect(page.get_by_role("row", name="Total").first).to_be_visible()
    hands.open("Criteria of the scheme, one by one")
    expect(page.get_by_role("columnheader", name="Criterion").first).to_be_visible()
    sources = page.locator(".iom-sources__list").first
    if page.locator("details.iom-sources").count():
        hands.open("rows")
    expect(sources).to_be_visible()
    if hands.way == Way.MOUSE:
        look(page, "risk-and-scores")


def nominate(hands: Hands) -> None:
    hands.press("Nominate")
    expect(hands.page.get_by_label("Neighbourhood crime: fixed, flex and free")).to_be_checked()
    hands.fill("Why now", "Three burglaries since June.")
    hands.choose("On licence or an order", of="Supervision")
    hands.fill("Index offence", "Burglary of a dwelling")
    hands.choose("MARAC", of="Other arrangements")
    hands.choose("Law enforcement purpose (Data Protection Act 2018, Part 3)", of="Lawful basis")
    hands.fill_date("Returns wanted by", timezone.localdate() + timedelta(days=7))
    hands.press("Nominate")
    expect(hands.page.get_by_text("The agencies you chose have been asked")).to_be_visible()


def give_return(hands: Hands) -> None:
    hands.press("Give our return")
    hands.choose("Yes, known to us")
    hands.fill("What the panel should know", "Tenant since 2024.")
    hands.choose("Supports selection")
    hands.choose("All partners", of="Who may read this return?")
    hands.press("Give the return")
    expect(hands.page.get_by_role("row", name=COUNCIL)).to_contain_text("Tenant since 2024.")


def select_for_the_cohort(hands: Hands) -> None:
    """First without all that a selection needs: what was typed stays, and what is missing is named."""
    page = hands.page
    hands.press("Record the panel's decision")
    hands.choose(POLICE, of="Agencies that were there")
    hands.choose(COUNCIL, of="Agencies that were there")
    say_select(hands, "Highest harm in the district.")
    hands.press("Record the decision")
    expect(page.get_by_role("alert")).to_contain_text("Select a rating")
    expect(page.get_by_label("Reasons")).to_have_value("Highest harm in the district.")
    assert axe_or_none(hands) == []
    hands.fill("Dissent", "Housing would rather wait.")
    say_what_a_selection_needs(hands)
    decision = page.get_by_role("region", name="Panel of")
    for said in ("Highest harm", "Housing would rather wait.", "Released on Friday.", "Fixed", "Red", "Priya Nair"):
        expect(decision).to_contain_text(said)


def say_select(hands: Hands, reasons: str) -> None:
    hands.choose("Select", of="What did the panel decide?")
    hands.choose("Fixed", of="Cohort type")
    hands.fill("Reasons", reasons)


def say_what_a_selection_needs(hands: Hands) -> None:
    hands.choose("Red", of="Rating")
    hands.select("Lead professional", "Priya Nair")
    hands.fill_date("Next review", timezone.localdate() + timedelta(days=28))
    hands.fill("Why the panel did not wait for the outstanding returns", "Released on Friday.")
    hands.press("Record the decision")
    expect(hands.page.get_by_text("Selected. The person is now in the cohort.")).to_be_visible()


def record_told(hands: Hands) -> None:
    hands.press("Record how the person was told")
    hands.choose("Yes", of="Has the person been told?")
    hands.fill_date("When", timezone.localdate())
    hands.choose("In person", of="How")
    hands.fill("Who told them and what was said, or why they will not be told", "Priya Nair, at the office.")
    hands.press("Save")
    expect(hands.page.get_by_role("region", name="Panel of")).to_contain_text("in person. Priya Nair, at the office.")


def de_select(hands: Hands) -> None:
    page = hands.page
    hands.press("De-select")
    hands.choose("Sustained reduction in offending")
    hands.fill("Explain the reason", "Nothing in ten months.")
    hands.fill("Which agencies agreed, and which did not", "All agreed.")
    hands.fill("Exit plan", "Housing support goes on until May.")
    hands.fill("How and when the person was told, or why not", "In person, today.")
    hands.press("Continue")
    expect(page.get_by_role("heading", name="De-select this person from the cohort?")).to_be_visible()
    hands.press("De-select")
    expect(page.get_by_text("De-selected. The record and the exit plan are kept.")).to_be_visible()
    expect(page.get_by_role("region", name="De-selected on")).to_contain_text("Housing support goes on until May.")


def axe_or_none(hands: Hands) -> list[str]:
    """axe is a script: it cannot look where none runs."""
    return [] if hands.way == Way.NO_SCRIPT else axe(hands.page)


OUTCOMES = {
    Way.MOUSE: (12, "Decline", "Declined."),
    Way.KEYBOARD: (
        13,
        "Redirect to another scheme",
        "Redirected. A nomination under the other scheme has been opened.",
    ),
    Way.NO_SCRIPT: (14, "Defer", "Deferred."),
}


def test_the_panel_declines_redirects_or_defers(at_work: AtWork, way: Way) -> None:
    number, outcome, done = OUTCOMES[way]
    hands = at_work("panel-chair")
    hands.page.goto(f"/cohort/nominations/{number}")
    hands.press("Record the panel's decision")
    hands.choose(POLICE, of="Agencies that were there")
    hands.choose(outcome, of="What did the panel decide?")
    if outcome == "Defer":
        hands.fill_date("Look at it again on", timezone.localdate() + timedelta(days=21))
    if outcome.startswith("Redirect"):
        hands.choose("Domestic abuse: recency, frequency, gravity", of="Which scheme?")
    hands.fill("Reasons", "Managed by another arrangement.")
    hands.press("Record the decision")
    expect(hands.page.get_by_text(done)).to_be_visible()
    expect(hands.page.get_by_role("region", name="Panel of")).to_contain_text("Managed by another arrangement.")


def test_any_partner_finds_somebody_by_name_in_any_order_and_refers_them(
    at_work: AtWork, signed_in: Callable[..., Page]
) -> None:
    """A partner who sees neither candidates nor scores."""
    candidates = signed_in("coordinator")
    candidates.goto("/cohort/candidates/?scheme=domestic-abuse&list=near-miss")
    free = candidates.locator("main tbody tr", has_not_text="In the cohort").filter(has_not_text="Nominated")
    name = free.first.get_by_role("link").inner_text()
    hands = at_work("partner-worker")
    page = hands.page
    hands.fill("Search for a person", " ".join(reversed(name.split())))
    hands.press("Search")
    hands.press(name, within=page.locator("main table"))
    hands.press("Cohort", within=page.get_by_role("navigation", name="About this person"))
    hands.press("Nominate")
    hands.choose("Neighbourhood crime: fixed, flex and free", of="Scheme")
    hands.fill("Why now", "Evicted; in debt to dealers.")
    hands.choose("Not known", of="Supervision")
    hands.choose("Public task (UK GDPR Article 6(1)(e))", of="Lawful basis")
    hands.press("Nominate")
    expect(page.get_by_text("The agencies you chose have been asked")).to_be_visible()
    expect(page.get_by_text("Referral by a partner")).to_be_visible()


def test_a_scheme_version_is_proposed_by_one_and_put_in_force_by_another(at_work: AtWork) -> None:
    analyst = at_work("analyst")
    page = analyst.page
    analyst.press("Cohort")
    analyst.press("Schemes")
    analyst.press("Drug interventions")
    analyst.press("Write a new version")
    analyst.fill("What changes, and why", "Looked at again after a year.")
    analyst.press("Save the draft")
    analyst.press("Propose")
    expect(page.get_by_text("Proposed. Its fairness and whom it would change are being worked out.")).to_be_visible()
    analyst.wait_for(page.get_by_role("heading", name="Fairness"))
    expect(page.get_by_text("would come above the capacity line")).to_be_visible()
    expect(page.get_by_text("Somebody other than who proposed it puts a version in force")).to_be_visible()
    expect(page.get_by_role("link", name="Put in force")).to_have_count(0)

    manager = at_work("manager")
    manager.page.goto(page.url)
    manager.press("Put in force")
    manager.fill("Why it goes live", "Agreed by the delivery group.")
    manager.press("Continue")
    expect(manager.page.get_by_role("alert")).to_contain_text("There is a problem")
    manager.choose("I have read the fairness check and whom it would change")
    manager.press("Continue", within=manager.page.locator("main form"))
    expect(manager.page.get_by_text("Nobody joins or leaves the cohort by it")).to_be_visible()
    assert axe_or_none(manager) == []
    manager.press("Put in force")
    expect(manager.page.get_by_text("In force. Rank again to see the list it makes.")).to_be_visible()
    expect(manager.page.get_by_text("Agreed by the delivery group.")).to_be_visible()


def test_today_leads_to_what_waits(at_work: AtWork) -> None:
    hands = at_work("panel-chair")
    page = hands.page
    waiting = page.get_by_role("region", name="What needs your attention").get_by_role("listitem")
    late = ["Overdue" in text for text in waiting.all_inner_texts()]
    assert any(late)
    assert not all(late)
    assert late == sorted(late, reverse=True)  # what is overdue comes first
    about = page.get_by_role("link", name=re.compile("Nomination of .*, ready for the panel")).first.inner_text()
    hands.press(about)
    expect(page.get_by_role("table", name="Agency returns")).to_be_visible()
    expect(page.locator(".iom-person")).to_contain_text(
        about.removeprefix("Nomination of ").removesuffix(", ready for the panel")
    )


def test_a_person_is_found_from_today_by_their_date_of_birth(at_work: AtWork) -> None:
    hands = at_work("coordinator")
    page = hands.page
    page.goto("/cohort/members/1")
    name = page.locator(".iom-person__name").inner_text()
    born = page.locator(".iom-person__fact dd").first.inner_text().partition(" (")[0]
    for typed in (born, f"{datetime.strptime(born, '%d %B %Y'):%d/%m/%Y}"):  # noqa: DTZ007 - a date alone
        page.goto("/")
        hands.fill("Name, date of birth, identifier or postcode", typed)
        hands.press("Search", within=page.locator("main"))
        hands.press(name, within=page.locator("main table"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
