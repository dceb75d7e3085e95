"""What was typed outlives the session: kept for its user alone, shown at the next sign-in, put back into its form."""

import html
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from iom.access.scope import NOBODY, act_in
from iom.audit.models import Event
from iom.home import drafts, operations
from iom.home.models import Draft
from iom.home.tasks import remove_old_drafts
from iom.partnerships import operations as partnerships
from iom.people.choices import ReviewStatus
from iom.people.linkage import Pair
from iom.people.models import LinkRun, PossibleMatch
from tests.factories.partnerships import AT, INSTALLING, Place, Worker, make_worker
from tests.factories.people import link_people, make_record

PASSWORD = "made-up people only"
TYPED = {"verdict": "same", "reason": 'Same tattoo,\r\nand the same "mother" <Jo>'}


@pytest.fixture(autouse=True)
def password_alone(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and good for nothing else


@pytest.fixture
def match(place: Place) -> PossibleMatch:
    """Two records that may be one person, waiting for Alice's decision."""
    with act_in(place.system()):
        left, right = make_record(place), make_record(place, agency="Probation")
    link_people(place, {"k1": [left], "k2": [right]}, Pair(left.pk, right.pk, 5.0, 0.9))
    with act_in(place.system()):
        return PossibleMatch.objects.get()


class Visitor:
    """A browser with cookies and CSRF protection, in which somebody signs in with a password."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def signs_in(self, worker: Worker, next_address: str = "/") -> str:
        """Where the sign-in leads."""
        worker.user.set_password(PASSWORD)
        worker.user.save()
        page = self.client.get("/accounts/login/").text
        answers = {"login": worker.user.email, "password": PASSWORD, "next": next_address}
        token = tokens(page)["csrfmiddlewaretoken"]
        return self.client.post("/accounts/login/", {**answers, "csrfmiddlewaretoken": token}).headers["Location"]

    def session_ends(self) -> None:
        """As the server ends it: the browser knows nothing of it, and its cookies stay."""
        self.client.session.flush()

    def sends(self, address: str, fields: dict[str, Any]) -> Any:
        return self.client.post(address, fields)


@pytest.fixture
def visitor(db: None) -> Visitor:
    return Visitor()


def tokens(page: str, address: str | None = None) -> dict[str, str]:
    """The hidden fields of a page's form that goes to `address`, or of all its forms."""
    if address is not None:
        start = page.index(f'action="{html.escape(address)}"')
        page = page[start : page.index("</form>", start)]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "next"}


def kept(worker: Worker) -> list[Draft]:
    with act_in(worker.scope):
        return list(Draft.objects.order_by("kept_at"))


def address_of(match: PossibleMatch) -> str:
    return f"/people/matches/{match.pk}"


def send_too_late(visitor: Visitor, worker: Worker, match: PossibleMatch) -> Draft:
    """Somebody signs in, types a decision, and sends it when the session has ended."""
    visitor.signs_in(worker)
    page = visitor.client.get(address_of(match)).text
    visitor.session_ends()
    answer = visitor.sends(address_of(match), {**tokens(page), **TYPED})
    draft = kept(worker)[-1]
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next=/drafts/{draft.pk}")
    return draft


def test_what_was_typed_is_kept_put_back_into_its_form_and_saved(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    draft = send_too_late(visitor, alice, match)
    assert dict(draft.pairs) == TYPED
    assert visitor.signs_in(alice, f"/drafts/{draft.pk}") == f"/drafts/{draft.pk}"
    page = visitor.client.get(f"/drafts/{draft.pk}").text
    assert "You were signed out before this was saved" in page
    assert "and the same &#34;mother&#34; &lt;Jo&gt;" in page
    assert "Verdict" not in page, "a choice was sent as a code: it is shown by its form"

    again = visitor.sends(address_of(match), tokens(page, address_of(match)))
    assert "It is not saved yet" in again.text
    assert 'value="same" checked' in again.text
    assert "and the same &#34;mother&#34; &lt;Jo&gt;</textarea>" in again.text
    assert "There is a problem" not in again.text
    with act_in(alice.scope):
        assert PossibleMatch.objects.get().status == ReviewStatus.OPEN, "nothing is decided by looking at it"
    assert kept(alice) == [draft]

    saved = visitor.sends(address_of(match), {**tokens(again.text), **TYPED})
    assert saved.headers["Location"] == "/people/matches/"
    assert kept(alice) == []
    with act_in(alice.scope):
        assert PossibleMatch.objects.get().status != ReviewStatus.OPEN
        events = {event.action: event for event in Event.objects.filter(action__startswith="home.")}
    assert set(events) == {"home.keep_draft", "home.open_draft", "home.finish_draft"}
    assert events["home.keep_draft"].detail["user"] == alice.user.pk
    assert "tattoo" not in str([vars(event) for event in events.values()])


def test_a_mistake_in_what_was_kept_keeps_it_until_it_is_mended(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    draft = send_too_late(visitor, alice, match)
    visitor.signs_in(alice)
    page = visitor.client.get(f"/drafts/{draft.pk}").text
    again = visitor.sends(address_of(match), tokens(page, address_of(match))).text
    wrong = visitor.sends(address_of(match), {**tokens(again), "verdict": "same", "reason": ""})
    assert "There is a problem" in wrong.text
    assert kept(alice) == [draft]
    visitor.sends(address_of(match), {**tokens(wrong.text), **TYPED})
    assert kept(alice) == []


def test_a_session_that_ends_again_keeps_one_draft_and_not_two(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    draft = send_too_late(visitor, alice, match)
    visitor.signs_in(alice)
    page = visitor.client.get(f"/drafts/{draft.pk}").text
    again = visitor.sends(address_of(match), tokens(page, address_of(match))).text
    visitor.session_ends()
    visitor.sends(address_of(match), {**tokens(again), "verdict": "same", "reason": "Same tattoo and limp"})
    (newer,) = kept(alice)
    assert dict(newer.pairs)["reason"] == "Same tattoo and limp"


def test_nobody_else_sees_it(visitor: Visitor, alice: Worker, bob: Worker, match: PossibleMatch) -> None:
    draft = send_too_late(visitor, alice, match)
    assert visitor.signs_in(bob, f"/drafts/{draft.pk}") == f"/drafts/{draft.pk}"
    page = visitor.client.get(f"/drafts/{draft.pk}")
    assert page.status_code == 404
    assert "tattoo" not in page.text
    refused = visitor.sends(f"/drafts/{draft.pk}/discard", tokens(page.text))
    assert refused.status_code == 404
    assert "unfinished" not in visitor.client.get("/").text
    assert kept(alice) == [draft]


def test_row_level_security_alone_keeps_it_from_others(
    visitor: Visitor, place: Place, alice: Worker, bob: Worker, charlie: Worker, match: PossibleMatch
) -> None:
    send_too_late(visitor, alice, match)
    colleague = make_worker(place, "anna", agency="Police", roles=["coordinator"])
    for scope in (bob.scope, charlie.scope, colleague.scope, NOBODY, place.system("Council")):
        with act_in(scope):
            assert not Draft.objects.exists()
    assert len(kept(alice)) == 1


def test_who_has_left_the_agency_no_longer_sees_what_they_typed_for_it(
    visitor: Visitor, place: Place, alice: Worker, match: PossibleMatch
) -> None:
    draft = send_too_late(visitor, alice, match)
    partnerships.give_access(
        user=alice.user, agency=place.agencies["Council"], roles=["partner-worker"], by=INSTALLING, at=AT
    )
    alice.user.memberships.filter(agency=place.agencies["Police"]).update(ended_at=timezone.now())
    visitor.signs_in(alice)
    assert visitor.client.get(f"/drafts/{draft.pk}").status_code == 404


def test_it_is_put_back_for_the_agency_it_was_typed_for(
    visitor: Visitor, place: Place, alice: Worker, match: PossibleMatch
) -> None:
    """After the next sign-in somebody with two agencies acts for the first of them, whatever they acted for before."""
    draft = send_too_late(visitor, alice, match)
    second = partnerships.give_access(
        user=alice.user, agency=place.agencies["Council"], roles=["partner-worker"], by=INSTALLING, at=AT
    )
    second.started_at = AT - timedelta(days=1)
    second.save()
    visitor.signs_in(alice)
    page = visitor.client.get(f"/drafts/{draft.pk}").text
    sent = {**tokens(visitor.client.get("/").text), **TYPED, "kept-draft": str(draft.pk)}
    assert visitor.sends(address_of(match), sent).headers["Location"] == f"/drafts/{draft.pk}", "from another tab"
    assert "You are now acting for another agency" in page
    assert f'action="{address_of(match)}"' not in page
    form = {**tokens(page, "/membership"), "next": f"/drafts/{draft.pk}"}
    assert visitor.sends("/membership", form).headers["Location"] == f"/drafts/{draft.pk}"
    assert f'action="{address_of(match)}"' in visitor.client.get(f"/drafts/{draft.pk}").text
    assert visitor.sends("/membership", {**form, "next": "https://example.org/"}).headers["Location"] == "/"


def test_discarding_removes_it(visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    draft = send_too_late(visitor, alice, match)
    visitor.signs_in(alice)
    page = visitor.client.get(f"/drafts/{draft.pk}").text
    gone = visitor.sends(f"/drafts/{draft.pk}/discard", tokens(page, f"/drafts/{draft.pk}/discard"))
    assert gone.headers["Location"] == "/"
    assert kept(alice) == []
    with act_in(alice.scope):
        assert Event.objects.filter(action="home.discard_draft", actor_id=alice.user.pk).count() == 1


def test_its_page_asks_the_database_no_more_than_it_must(
    visitor: Visitor, alice: Worker, match: PossibleMatch, django_assert_max_num_queries: Any
) -> None:
    draft = send_too_late(visitor, alice, match)
    visitor.signs_in(alice)
    visitor.client.get("/")
    with django_assert_max_num_queries(21):
        visitor.client.get(f"/drafts/{draft.pk}")


def test_today_says_so(visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    draft = send_too_late(visitor, alice, match)
    visitor.signs_in(alice)
    today = visitor.client.get("/").text
    assert "You have an unfinished form from" in today
    assert f"/drafts/{draft.pk}" in today


@pytest.mark.parametrize(
    ("age", "is_good"), [(timedelta(days=4, minutes=-1), True), (timedelta(days=4, minutes=1), False)]
)
def test_a_mark_is_good_for_a_long_weekend(
    age: timedelta,
    is_good: bool,
    visitor: Visitor,
    alice: Worker,
    match: PossibleMatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor.signs_in(alice)
    then = signing.b62_encode(int(time.time() - age.total_seconds()))
    with monkeypatch.context() as earlier:
        earlier.setattr(signing.TimestampSigner, "timestamp", lambda self: then)
        page = visitor.client.get(address_of(match)).text
    visitor.session_ends()
    answer = visitor.sends(address_of(match), {**tokens(page), **TYPED})
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert bool(kept(alice)) == is_good


def change_user(mark: str) -> str:
    """The same mark, made out to somebody else, under the old signature."""
    _value, rest = mark.split(":", 1)
    other = signing.dumps([999, 1, 1, "/"], key="not the key", salt=drafts.SALT)
    return f"{other.split(':', 1)[0]}:{rest}"


FORGED: dict[str, Callable[[str], str]] = {
    "none": lambda mark: "",
    "changed": change_user,
    "another key": lambda mark: signing.dumps([1, 1, 1, "/"], key="not the key", salt=drafts.SALT),
    "another purpose": lambda mark: signing.dumps([1, 1, 1, "/"], salt="password reset"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_without_a_mark_of_ours_nothing_is_kept(
    forge: Callable[[str], str], visitor: Visitor, place: Place, alice: Worker, match: PossibleMatch
) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    visitor.session_ends()
    answer = visitor.sends(address_of(match), {**page, "made-for": forge(page["made-for"]), **TYPED})
    assert answer.headers["Location"] == f"/accounts/login/?next={address_of(match)}"
    with act_in(place.system()):
        assert not Draft.objects.exists()


def test_without_a_csrf_token_nothing_is_kept(visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    visitor.session_ends()
    answer = visitor.sends(address_of(match), {"made-for": page["made-for"], **TYPED})
    assert answer.status_code == 403
    assert kept(alice) == []


def test_only_the_newest_few_are_kept(visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    visitor.session_ends()
    for number in range(operations.MOST + 2):
        visitor.sends(address_of(match), {**page, "verdict": "same", "reason": f"number {number}"})
    assert [dict(draft.pairs)["reason"] for draft in kept(alice)] == [
        f"number {number}" for number in range(2, operations.MOST + 2)
    ]
    with act_in(alice.scope):
        assert Event.objects.filter(action="home.crowd_out_draft").count() == 2


def test_what_is_too_long_is_not_kept_and_says_so(visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    visitor.session_ends()
    answer = visitor.sends(address_of(match), {**page, "reason": "x" * (drafts.LONGEST + 1)})
    assert answer.headers["Location"] == f"/accounts/login/?next={address_of(match)}"
    assert "too long to keep" in visitor.client.get(answer.headers["Location"]).text
    assert kept(alice) == []


def test_where_nothing_was_typed_the_next_sign_in_leads_to_the_page(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    """A button is pressed: nobody should find it pressed an hour later, nor an address that takes only what is sent.

    What was searched for names people, and does not go into an address that everybody near the screen can read.
    """
    visitor.signs_in(alice)
    page = tokens(visitor.client.get("/people/matches/?status=open").text, "/people/matches/link")
    visitor.session_ends()
    answer = visitor.sends("/people/matches/link", page)
    assert answer.headers["Location"] == "/accounts/login/?next=/people/matches/"
    assert kept(alice) == []


def test_files_and_passwords_are_left_out_and_the_page_says_which_file(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get("/imports/upload").text)
    visitor.session_ends()
    file = SimpleUploadedFile("custody.csv", b"Nominal Ref\n1001\n")
    visitor.sends("/imports/upload", {**page, "feed": "7", "password": PASSWORD, "file": file})
    (draft,) = kept(alice)
    assert draft.pairs == [["feed", "7"]]
    visitor.signs_in(alice)
    assert "A file cannot be kept. Choose it again: custody.csv" in visitor.client.get(f"/drafts/{draft.pk}").text


def test_what_no_database_keeps_is_left_out_of_names_too(visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    sent = {**page, "goes-to": address_of(match), "rea\x00son": "Se\x00en", "left-out": "photo\x00.png"}
    assert visitor.sends("/leave", sent).status_code == 302
    (draft,) = kept(alice)
    assert (draft.pairs, draft.files) == ([["reason", "Seen"]], ["photo.png"])


def test_leaving_keeps_what_was_typed_and_ends_the_session(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    """What the script sends when the time is over, and for "Leave now"."""
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    sent = {**page, "goes-to": address_of(match)}
    answer = visitor.sends("/leave", {**sent, **TYPED, "left-out": "photo.png"})
    (draft,) = kept(alice)
    assert answer.headers["Location"] == f"/accounts/login/?next=/drafts/{draft.pk}"
    assert (draft.path, dict(draft.pairs), draft.files) == (address_of(match), TYPED, ["photo.png"])
    assert visitor.client.get("/").status_code == 302, "signed out"
    after = visitor.sends("/leave", sent)
    assert after.headers["Location"] == f"/accounts/login/?next={address_of(match)}"


@pytest.mark.parametrize(
    "to",
    ["", "https://example.org/", "//example.org/people/matches/1", "/\\example.org", "people/matches/1", "/no/such",
     "/accounts/password/change/", "/language/setlang/", "/hidden", "/membership", "/" + "x" * 600],
)  # fmt: skip
def test_only_a_page_of_ours_is_kept(to: str, visitor: Visitor, alice: Worker, match: PossibleMatch) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    answer = visitor.sends("/leave", {**page, **TYPED, "goes-to": to})
    assert answer.headers["Location"] == f"/accounts/login/?next={address_of(match)}"
    assert kept(alice) == []


def test_signing_in_again_in_another_window_loses_nothing(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    visitor.session_ends()
    visitor.signs_in(alice)  # which changes the CSRF token
    answer = visitor.sends(address_of(match), {**page, **TYPED})
    (draft,) = kept(alice)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/drafts/{draft.pk}")
    assert dict(draft.pairs) == TYPED
    with act_in(alice.scope):
        assert PossibleMatch.objects.get().status == ReviewStatus.OPEN, "the old token does not count"


def test_what_grew_too_long_to_keep_leaves_the_older_draft(
    visitor: Visitor, alice: Worker, match: PossibleMatch
) -> None:
    draft = send_too_late(visitor, alice, match)
    visitor.signs_in(alice)
    again = visitor.sends(address_of(match), tokens(visitor.client.get(f"/drafts/{draft.pk}").text, address_of(match)))
    visitor.session_ends()
    visitor.signs_in(alice)
    longer = {"verdict": "same", "reason": "x" * (drafts.LONGEST + 1)}
    answer = visitor.sends(address_of(match), {**tokens(again.text), **longer})
    assert answer.headers["Location"] == address_of(match)
    assert kept(alice) == [draft]


def test_a_form_of_who_was_here_before_or_of_another_site_is_refused(
    visitor: Visitor, alice: Worker, bob: Worker, match: PossibleMatch
) -> None:
    visitor.signs_in(alice)
    page = tokens(visitor.client.get(address_of(match)).text)
    visitor.session_ends()
    visitor.signs_in(bob)
    assert visitor.sends(address_of(match), {**page, **TYPED}).status_code == 403
    visitor.session_ends()
    visitor.signs_in(alice)
    other = visitor.client.post(address_of(match), {**page, **TYPED}, headers={"Origin": "https://example.org"})
    assert other.status_code == 403
    assert kept(alice) == []


def test_a_button_is_not_pressed_by_showing_it_again(visitor: Visitor, alice: Worker) -> None:
    """Whoever came upon an open page may have made the draft up: going on with it does nothing."""
    visitor.signs_in(alice)
    page = tokens(visitor.client.get("/people/matches/").text, "/people/matches/link")
    answer = visitor.sends("/people/matches/link", {**page, "shown-again": "yes"})
    assert answer.status_code == 409
    assert "banner--success" not in answer.text, "what was undone is not said to be done"
    with act_in(alice.scope):
        assert not LinkRun.objects.filter(finished_at__isnull=True).exists()
    assert visitor.sends("/people/matches/link", page).status_code == 302


def test_after_seven_days_it_is_removed(visitor: Visitor, place: Place, alice: Worker, match: PossibleMatch) -> None:
    draft = send_too_late(visitor, alice, match)
    for days, left in ((6, 1), (8, 0)):
        with act_in(alice.scope):
            Draft.objects.filter(pk=draft.pk).update(kept_at=timezone.now() - timedelta(days=days))
        remove_old_drafts(0)
        assert len(kept(alice)) == left
    with act_in(place.system()):
        assert Event.objects.filter(action="home.remove_old_draft", actor_id=0).count() == 1
