"""From the ranked list to the cohort and out of it again, as people with different roles click through it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts import scoring
from iom.cohorts.choices import MembershipState, NominationState
from iom.cohorts.models import AgencyReturn, CohortMembership, Nomination, PanelDecision, Scheme
from iom.partnerships.models import Membership
from iom.people.models import Person
from tests.factories.cohorts import make_member, make_run, make_scheme, nominate
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]


def date_parts(name: str, days: int) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=days)
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


@pytest.fixture
def listed(person: Person, scheme: Scheme, place: Place) -> Person:
    with act_in(place.system()):
        make_run(scheme, [person])
    return person


def test_from_the_list_into_the_cohort_and_out(
    listed: Person, scheme: Scheme, place: Place, alice: Worker, bob: Worker, chair: Worker, manager: Worker,
    as_user: AsUser,
) -> None:  # fmt: skip
    coordinator, council, panel = as_user(alice), as_user(bob), as_user(chair)

    page = coordinator.get(reverse("cohorts-candidates"))
    assert listed.name in page.text
    assert coordinator.get(reverse("cohorts-scores", args=[listed.public_id])).status_code == 200

    sent = coordinator.post(
        reverse("cohorts-nominate", args=[listed.public_id]) + "?from=candidates",
        {
            "scheme": scheme.pk,
            "reason": "Three burglaries since June",
            "supervision": "statutory",
            "lawful_basis": "law-enforcement",
            "asked": [place.agencies["Council"].pk],
            **date_parts("returns_due_on", 7),
        },
    )
    with act_in(alice.scope):
        nomination = Nomination.objects.get()
    assert sent.url == reverse("cohorts-nomination", args=[nomination.pk])
    assert "Not answered" in coordinator.get(sent.url).text

    given = council.post(
        reverse("cohorts-return", args=[nomination.pk]),
        {"known": "yes", "summary": "Tenant since 2024", "view": "support", "audience": "partners"},
    )
    assert given.url == reverse("cohorts-nomination", args=[nomination.pk])
    assert "Tenant since 2024" in panel.get(given.url).text

    with act_in(chair.scope):
        lead = Membership.objects.get(user=manager.user)
    decided = panel.post(
        reverse("cohorts-decide", args=[nomination.pk]),
        {
            "outcome": "select",
            "present": [place.agencies["Council"].pk, place.agencies["Police"].pk],
            "cohort_type": "fixed",
            "rag": "red",
            "lead": lead.pk,
            "reasons": "Highest harm in the district",
            "dissent": "Housing would rather wait",
            **date_parts("met_on", 0),
            **date_parts("review_on", 28),
        },
    )
    assert decided.status_code == 302, decided.text
    with act_in(chair.scope):
        member = CohortMembership.objects.get()
        decision = PanelDecision.objects.get()
    shown = panel.get(decided.url).text
    assert "Housing would rather wait" in shown

    told = panel.post(
        reverse("cohorts-told", args=[decision.pk]),
        {"told": "yes", "told_how": "in-person", "told_note": "By Dana", **date_parts("told_on", 0)},
    )
    assert told.status_code == 302, told.text
    assert listed.name in coordinator.get(reverse("cohort")).text

    changed = as_user(manager).post(
        reverse("cohorts-change-rag", args=[member.pk]), {"rag": "amber", "rationale": "Keeps appointments now"}
    )
    assert changed.status_code == 302, changed.text
    history = coordinator.get(reverse("cohorts-member", args=[member.pk])).text
    assert "Keeps appointments now" in history

    out = {
        "end_reason": "sustained-reduction",
        "explanation": "Nothing in ten months",
        "agreed_by": "All",
        "exit_plan": "Housing support goes on until May",
        "told": "In person, today",
    }
    address = reverse("cohorts-deselect", args=[member.pk])
    lacking = coordinator.post(address, {"told": "In person, today"}).text
    for each in ("Select a reason", "Explain the reason", "Say which agencies agreed", "Enter the exit plan"):
        assert each in lacking
    asked = coordinator.post(address, out)
    assert "De-select this person from the cohort?" in asked.text
    with act_in(alice.scope):
        assert CohortMembership.objects.get().state == MembershipState.ACTIVE, "nothing happens before it is confirmed"
    assert coordinator.post(address, {**out, "confirmed": "yes"}).status_code == 302
    with act_in(alice.scope):
        assert CohortMembership.objects.get().state == MembershipState.DESELECTED

    again = coordinator.post(
        reverse("cohorts-reselect", args=[member.pk]),
        {
            "scheme": scheme.pk,
            "reason": "Arrested twice last week",
            "supervision": "non-statutory",
            "lawful_basis": "law-enforcement",
            "asked": [place.agencies["Council"].pk],
        },
    )
    assert again.status_code == 302, again.text
    with act_in(alice.scope):
        assert Nomination.objects.get(previous_membership=member).state == NominationState.OPEN
        actions = set(Event.objects.filter(person_id=listed.pk).values_list("action", flat=True))
    assert {"cohorts.nominate", "cohorts.give_return", "cohorts.select", "cohorts.record_told", "cohorts.change_rag",
            "cohorts.deselect", "cohorts.reselect", "view.scores", "view.nomination"} <= actions  # fmt: skip


def test_any_partner_refers_somebody_from_the_persons_own_pages(
    person: Person, scheme: Scheme, place: Place, bob: Worker, as_user: AsUser,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:  # fmt: skip
    """A partner worker sees neither candidates nor scores: the way leads through the person's tab."""
    council = as_user(bob)
    tab, form = (reverse(name, args=[person.public_id]) for name in ("cohorts-person", "cohorts-nominate"))
    assert f'href="{tab}"' in council.get(reverse("people-person", args=[person.public_id])).text
    with django_assert_max_num_queries(27):
        page = council.get(tab).text
    assert f'href="{form}"' in page
    referral = {"scheme": scheme.pk, "reason": "Evicted; in debt to dealers", "supervision": "unknown",
                "lawful_basis": "public-task", "asked": [place.agencies["Police"].pk]}  # fmt: skip
    assert council.post(form, {**referral, **date_parts("returns_due_on", 7)}).status_code == 302
    with act_in(bob.scope):
        nomination = Nomination.objects.get()
    assert (nomination.origin, nomination.owner_agency_id) == ("referral", place.agencies["Council"].pk)
    page = council.get(tab).text
    assert reverse("cohorts-nomination", args=[nomination.pk]) in page
    assert f'href="{form}"' not in page, "one nomination at a time"


def test_a_decision_that_is_not_whole_says_what_is_missing(
    person: Person, scheme: Scheme, chair: Worker, as_user: AsUser
) -> None:
    with act_in(chair.scope):
        nomination = nominate(person, scheme, chair.scope)
    page = as_user(chair).post(
        reverse("cohorts-decide", args=[nomination.pk]), {"outcome": "select", **date_parts("met_on", 0)}
    )
    assert page.status_code == 200
    for message in ("Select a lead professional", "Select a rating", "Enter the panel&#39;s reasons", "Error: "):
        assert message in page.text
    with act_in(chair.scope):
        assert not PanelDecision.objects.exists()


def test_a_return_kept_to_its_agency_is_seen_as_given_and_no_more(
    person: Person, scheme: Scheme, alice: Worker, bob: Worker, place: Place, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        nomination = nominate(person, scheme, alice.scope, asked=[place.agencies["Council"].pk])
    as_user(bob).post(
        reverse("cohorts-return", args=[nomination.pk]),
        {"known": "yes", "summary": "In treatment", "view": "oppose", "audience": "own"},
    )
    page = as_user(alice).get(reverse("cohorts-nomination", args=[nomination.pk])).text
    assert "The agency has not shared its answer with yours" in page
    assert "In treatment" not in page
    assert "In treatment" in as_user(bob).get(reverse("cohorts-nomination", args=[nomination.pk])).text
    with act_in(alice.scope):
        assert not AgencyReturn.objects.exists(), "row-level security alone must keep it"


def test_another_partnership_sees_nothing(
    listed: Person, scheme: Scheme, alice: Worker, chair: Worker, manager: Worker, charlie: Worker, as_user: AsUser
) -> None:
    with act_in(chair.scope):
        member = make_member(listed, scheme, lead=manager, nominated_by=alice.scope, by=chair.scope)
    stranger = as_user(charlie)
    for address in (
        reverse("cohorts-scores", args=[listed.public_id]),
        reverse("cohorts-nominate", args=[listed.public_id]),
        reverse("cohorts-nomination", args=[member.nomination_id]),
        reverse("cohorts-member", args=[member.pk]),
        reverse("cohorts-scheme", args=[scheme.slug]),
        reverse("cohorts-version", args=[scheme.slug, 1]),
    ):
        assert stranger.get(address).status_code == 404, address
    for name in ("cohort", "cohorts-candidates", "cohorts-nominations"):
        assert listed.name not in stranger.get(reverse(name)).text


def test_the_lists_are_the_same_as_files(
    listed: Person, scheme: Scheme, alice: Worker, chair: Worker, manager: Worker, place: Place, as_user: AsUser
) -> None:
    with act_in(place.system()):
        Person.objects.filter(pk=listed.pk).update(family_name="=2+2", given_names="")
        listed.refresh_from_db()
    with act_in(chair.scope):
        make_member(listed, scheme, lead=manager, nominated_by=alice.scope, by=chair.scope)
    client = as_user(alice)
    for name in ("cohorts-members-export", "cohorts-candidates-export", "cohorts-nominations-export"):
        found = client.get(reverse(name, args=["csv"]) + "?show=all")
        assert found.status_code == 200
        assert "'=2+2" in found.content.decode("utf-8-sig"), name
        assert client.get(reverse(name, args=["xlsx"])).content.startswith(b"PK")
        assert as_user(chair).get(reverse(name, args=["csv"])).status_code == 403, "a panel chair may not export"


def test_the_scheme_pages_say_what_the_scheme_says(place: Place, alice: Worker, as_user: AsUser) -> None:
    analyst = make_worker(place, "ana", agency="Police", roles=["analyst"])
    with act_in(analyst.scope):
        for text in scoring.shipped().values():
            cohorts.adopt(text=text, by=analyst.scope, at=AT)
    client = as_user(analyst)
    listing = client.get(reverse("cohorts-schemes"))
    assert "Neighbourhood crime" in listing.text
    for slug in scoring.shipped():
        page = client.get(reverse("cohorts-version", args=[slug, 1]))
        assert page.status_code == 200
        assert "Local placeholder" in page.text


def test_candidates_open_on_the_scheme_with_most_members_and_its_list_nominates_for_it(
    listed: Person, scheme: Scheme, place: Place, alice: Worker, chair: Worker, manager: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        women, member = make_scheme(place, "women", "Women"), make_person(place)
        make_run(women, [listed])
    client = as_user(alice)
    address = reverse("cohorts-candidates")
    assert f'<p class="govuk-body-l">{scheme.name}</p>' in client.get(address).text  # neither has members: by name
    with act_in(chair.scope):
        make_member(member, women, lead=manager, nominated_by=alice.scope, by=chair.scope)
    assert '<p class="govuk-body-l">Women</p>' in client.get(address).text
    nominate_address = reverse("cohorts-nominate", args=[listed.public_id])
    for slug, chosen in (("women", [str(women.pk)]), ("neighbourhood-crime", [str(scheme.pk)]), ("none", [])):
        page = client.get(nominate_address, {"scheme": slug}).text
        assert re.findall(r'<input[^>]*name="scheme"[^>]*value="(\d+)"[^>]* checked', page) == chosen, slug
