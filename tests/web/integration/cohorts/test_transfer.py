"""A nomination handed to another agency: who answers for it changes, who sees it does not."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.agreements import operations as agreements
from iom.agreements.models import SharingAgreement
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts.models import CohortMembership, MembershipChange, Nomination, PanelDecision, ReturnRequest, Scheme
from iom.common.errors import InvalidInput, NotAllowed
from iom.people.models import Person
from iom.sharing.models import Disclosure
from tests.factories.agreements import drafter
from tests.factories.cohorts import make_member, nominate
from tests.factories.partnerships import AT, Place, Worker, make_worker


def owners(place: Place) -> set[tuple[str, str]]:
    """The owners and the laws of all rows of nominations and what came of them."""
    with act_in(place.system()):
        return {
            pair
            for model in (Nomination, ReturnRequest, PanelDecision, CohortMembership, MembershipChange)
            for pair in model.objects.values_list("owner_agency__name", "regime")
        }


def test_all_that_came_of_it_goes_with_it_and_who_handed_it_over_still_sees_it(
    place: Place, person: Person, scheme: Scheme, chair: Worker, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        member = make_member(person, scheme, lead=chair, nominated_by=alice.scope, by=place.system())
    assert owners(place) == {("Police", "law-enforcement")}
    client = as_user(alice)
    page = reverse("cohorts-nomination", args=[member.nomination_id])
    assert "Hand it to another agency" in client.get(page).text
    council = place.agencies["Council"]
    sent = {"agency": str(council.pk), "reason": "The council leads the work from May"}
    assert client.post(reverse("cohorts-transfer", args=[member.nomination_id]), sent).status_code == 302
    assert owners(place) == {("Council", "uk-gdpr")}
    read = client.get(page).text
    assert "Owner: Council. UK GDPR." in read
    assert "Hand it to another agency" not in read, "it is no longer theirs"
    told = "Police handed a nomination over to your agency"
    carl = make_worker(place, "carl", agency="Council", roles=["coordinator"])
    assert told in as_user(carl).get(reverse("today")).text
    assert told not in client.get(reverse("today")).text
    with act_in(alice.scope):
        agreement = SharingAgreement.objects.get()
        event = Event.objects.get(action="cohorts.transfer")
        assert (event.kind, event.detail) == (
            "disclosure", {"from": place.agencies["Police"].pk, "to": council.pk, "agreement": agreement.pk},
        )  # fmt: skip
        logged = Disclosure.objects.get()
        assert (logged.kind, logged.to_agency_id, logged.purpose) == ("transfer", council.pk, sent["reason"])
        assert (logged.agreement_id, logged.gateway) == (agreement.pk, "crime-and-disorder-s115")
        with pytest.raises(NotAllowed):
            cohorts.transfer(
                nomination=member.nomination, agency=place.agencies["Police"], reason="Back", by=alice.scope, at=AT
            )


def test_it_is_handed_over_under_an_agreement_in_force_alone(
    place: Place, person: Person, scheme: Scheme, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        nomination = nominate(person, scheme, alice.scope)
        agreement, by = SharingAgreement.objects.get(), drafter(place.agencies["Police"])
        agreements.withdraw(agreement=agreement, reason="A party left", by=by, at=AT)
    sent = {"agency": str(place.agencies["Council"].pk), "reason": "The council leads the work"}
    refused = as_user(alice).post(reverse("cohorts-transfer", args=[nomination.pk]), sent)
    assert "No sharing agreement in force lets Police share" in refused.text
    assert owners(place) == {("Police", "law-enforcement")}


def test_only_to_an_agency_that_sees_it_and_who_hands_it_over_stays_listed(
    place: Place, person: Person, scheme: Scheme, alice: Worker
) -> None:
    police, probation, council = (place.agencies[name] for name in ("Police", "Probation", "Council"))
    with act_in(alice.scope):
        nomination = nominate(person, scheme, alice.scope)
        Nomination.objects.filter(pk=nomination.pk).update(audience="listed", audience_agencies=[probation.pk])
        for agency in (police, council):
            with pytest.raises(InvalidInput):
                cohorts.transfer(nomination=nomination, agency=agency, reason="Why", by=alice.scope, at=AT)
        cohorts.transfer(nomination=nomination, agency=probation, reason="They supervise", by=alice.scope, at=AT)
        nomination.refresh_from_db()
        assert nomination.owner_agency_id == probation.pk
        assert nomination.audience_agencies == sorted([police.pk, probation.pk])
    carl = make_worker(place, "carl", agency="Council", roles=["coordinator"])
    with act_in(carl.scope):
        assert not Nomination.objects.exists()
