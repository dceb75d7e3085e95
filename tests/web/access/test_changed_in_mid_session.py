"""A user who changes agency, or leaves, while pages of theirs are open: what they had open does nothing any more.

What a changed role or a switched-off account does is in `test_sessions.py`; drafts are in `home/test_drafts.py`.
"""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.agreements.choices.limits import AccessFinding, Emergency
from iom.agreements.models import EmergencyAccess
from iom.agreements.operations import limits
from iom.agreements.queries.limits import limited
from iom.audit.models import Event
from iom.home.models import Draft
from iom.imports.models import Feed
from iom.partnerships import operations as partnerships
from iom.partnerships.models import Membership
from iom.people.models import Person
from tests.factories.partnerships import INSTALLING, Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]
NEW_FEED = "/imports/feeds/new"
TYPED = {"name": "Custody", "source": "police-custody", "table": "records"}


@pytest.fixture
def second(place: Place, alice: Worker) -> Membership:
    """Alice acts for the council as well, beside the police, whom she acts for unless she says otherwise."""
    return partnerships.give_access(
        user=alice.user, agency=place.agencies["Council"], roles=["coordinator"], by=INSTALLING, at=timezone.now()
    )


def tokens(page: str) -> dict[str, str]:
    """The hidden fields that every form of a page carries."""
    found = re.findall(r'<input type="hidden" name="(made-for|csrfmiddlewaretoken)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def leave(place: Place, worker: Worker, agency: str = "Police") -> None:
    partnerships.end_access(
        membership=Membership.objects.get(user=worker.user, agency=place.agencies[agency]),
        reason="Left",
        by=place.system(),
        at=timezone.now(),
    )


def feeds(place: Place) -> int:
    with act_in(place.system()):
        return Feed.objects.count()


def test_a_page_opened_for_one_agency_does_nothing_for_another_chosen_in_a_tab_beside_it(
    place: Place, alice: Worker, second: Membership, as_user: AsUser
) -> None:
    client = as_user(alice)
    made = tokens(client.get(NEW_FEED).text)
    client.post("/membership", {"membership": second.pk})
    answer = client.post(NEW_FEED, {**TYPED, **made})
    assert answer.status_code == 302
    assert feeds(place) == 0
    page = client.get(answer.headers["Location"]).text
    assert "You now act for another agency. Nothing was done." in page
    assert "To go on with this, act for Police again" in html.unescape(page)
    with act_in(place.system()):
        assert dict(Draft.objects.get().pairs) == TYPED
    # Its own pages work, and choosing the first agency again works from one of them.
    assert client.post(NEW_FEED, {**TYPED, **tokens(client.get(NEW_FEED).text)}).status_code == 302
    assert feeds(place) == 1
    first = Membership.objects.get(user=alice.user, agency=place.agencies["Police"])
    chosen = {"membership": first.pk, **tokens(client.get("/account").text)}
    client.post("/membership", {"membership": first.pk})
    client.post("/membership", {**chosen, "membership": second.pk})
    assert "Council" in client.get("/account").text


def test_a_button_pressed_on_such_a_page_leads_back_to_it(
    place: Place, alice: Worker, second: Membership, as_user: AsUser
) -> None:
    client = as_user(alice)
    made = tokens(client.get(NEW_FEED).text)
    client.post("/membership", {"membership": second.pk})
    answer = client.post(NEW_FEED, made)
    assert answer.headers["Location"] == NEW_FEED, "nothing was typed that could be kept"
    with act_in(place.system()):
        assert not Draft.objects.exists()


def test_a_page_of_an_agency_one_has_left_does_nothing_for_the_other(
    place: Place, alice: Worker, second: Membership, as_user: AsUser
) -> None:
    """Her access to the police ends; the council is all she has, and no form of the police's is done for it."""
    client = as_user(alice)
    made = tokens(client.get(NEW_FEED).text)
    leave(place, alice)
    answer = client.post(NEW_FEED, {**TYPED, **made})
    assert answer.status_code == 409
    assert "opened while you acted for another agency" in answer.text
    assert feeds(place) == 0
    with act_in(place.system()):
        assert not Draft.objects.exists(), "what was typed was the police's, and she is no longer theirs"


def test_who_leaves_altogether_sends_an_open_form_in_vain(place: Place, alice: Worker, as_user: AsUser) -> None:
    client = as_user(alice)
    made = tokens(client.get(NEW_FEED).text)
    leave(place, alice)
    assert client.post(NEW_FEED, {**TYPED, **made}).status_code == 403
    assert feeds(place) == 0


@pytest.mark.parametrize("changed", [lambda mark: mark[:-2] + "AA", lambda mark: "nonsense", lambda mark: ""])
def test_a_tampered_mark_is_as_none(
    place: Place, alice: Worker, second: Membership, as_user: AsUser, changed: Callable[[str], str]
) -> None:
    """Whoever takes the mark out of their own form acts as who they are now, under every check; it lends nothing."""
    client = as_user(alice)
    made = tokens(client.get(NEW_FEED).text)
    client.post("/membership", {"membership": second.pk})
    client.post(NEW_FEED, {**TYPED, **made, "made-for": changed(made["made-for"])})
    with act_in(place.system()):
        assert list(Feed.objects.values_list("agency__name", flat=True)) in ([], ["Council"])


@pytest.fixture
def opened(place: Place) -> tuple[Worker, EmergencyAccess]:
    """A practitioner of probation, who opened a treatment record in an emergency a moment ago."""
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    with act_in(place.system()):
        person = make_person(place, agency="Treatment", audience="own")
    with act_in(peter.scope):
        access = limits.open_emergency(
            person_id=person.pk,
            emergency=Emergency.LIFE,
            reason="He is at the counter and says that he will hurt somebody.",
            hours=8,
            told_agencies=[place.agencies["Treatment"].pk],
            by=peter.scope,
            at=timezone.now(),
        )
    return peter, access


def address_of(access: EmergencyAccess, place: Place) -> str:
    with act_in(place.system()):
        return reverse("people-person", args=[Person.objects.get(pk=access.person_id).public_id])


@pytest.mark.parametrize("goes_to", ["Council", None])
def test_an_emergency_access_stays_behind_with_the_agency(
    place: Place, opened: tuple[Worker, EmergencyAccess], goes_to: str | None, as_user: AsUser
) -> None:
    peter, access = opened
    client, address = as_user(peter), address_of(access, place)
    assert client.get(address).status_code == 200
    if goes_to:
        partnerships.give_access(
            user=peter.user, agency=place.agencies[goes_to], roles=["practitioner"], by=INSTALLING, at=timezone.now()
        )
    leave(place, peter, "Probation")
    assert client.get(address).status_code == (404 if goes_to else 403)
    assert client.get(reverse("sharing-emergency-own", args=[access.pk])).status_code in {403, 404}
    # It is reviewed all the same, by whoever is still there.
    manager = make_worker(place, "mary", agency="Probation", roles=["manager"])
    with act_in(manager.scope):
        found = limits.review_emergency(
            access=access, finding=AccessFinding.JUSTIFIED, note="Asked.", by=manager.scope, at=timezone.now()
        )
    assert found.finding == AccessFinding.JUSTIFIED


def test_two_agencies_of_one_user_do_not_share_an_emergency_access(
    place: Place, opened: tuple[Worker, EmergencyAccess], as_user: AsUser
) -> None:
    peter, access = opened
    other = partnerships.give_access(
        user=peter.user, agency=place.agencies["Council"], roles=["practitioner"], by=INSTALLING, at=timezone.now()
    )
    client, address = as_user(peter), address_of(access, place)
    client.post("/membership", {"membership": other.pk})
    assert client.get(address).status_code == 404
    assert limited(peter.scope, at=timezone.now()).people_opened == [access.person_id]


def test_a_token_is_its_agencys_and_not_of_who_made_it(place: Place, as_user: AsUser) -> None:
    """It goes on when they leave, for a system rests on it; who is left sees that its maker is gone, and revokes it."""
    ada, bea = (make_worker(place, name, agency="Police", roles=["administrator"]) for name in ("ada", "bea"))
    with act_in(ada.scope):
        made, secret = partnerships.make_token(
            system="The SAR service", agency=place.agencies["Police"], scopes=["subject-access"],
            expires_on=timezone.localdate(), by=ada.scope, at=timezone.now(),
        )  # fmt: skip
    call = {"headers": {"Authorization": f"Bearer {secret}"}}
    client, theirs = as_user(bea), as_user(ada)
    assert "whose access has ended" not in client.get(reverse("partnerships-tokens")).text
    leave(place, ada)
    assert theirs.get(reverse("partnerships-tokens")).status_code == 403
    assert Client().get("/api/v1/subject-access-request?crn=X123456", **call).status_code == 204
    assert "Made by Ada, whose access has ended" in client.get(reverse("partnerships-tokens")).text
    with act_in(bea.scope):
        partnerships.revoke_token(token=made, by=bea.scope, at=timezone.now())
    assert Client().get("/api/v1/subject-access-request?crn=X123456", **call).status_code == 401
    with act_in(place.system()):
        assert Event.objects.filter(action="api.called").count() == 1
