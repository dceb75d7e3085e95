"""From nomination to a decision: who may, what each outcome does, and what two chairs at once come to."""

import pytest

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import MembershipState, NominationState, Origin, Outcome
from iom.cohorts.models import CohortMembership, Nomination, Scheme
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.people.models import Person
from tests.factories.cohorts import LATER, make_scheme, nominate, selection
from tests.factories.partnerships import AT, Place, Worker


@pytest.fixture
def nomination(person: Person, scheme: Scheme, bob: Worker) -> Nomination:
    with act_in(bob.scope):
        return nominate(person, scheme, bob.scope)


def test_selection_puts_the_person_in_the_cohort(nomination: Nomination, chair: Worker, manager: Worker) -> None:
    with act_in(chair.scope):
        cohorts.decide(nomination=nomination, verdict=selection(manager), by=chair.scope, at=AT)
        membership = CohortMembership.objects.get()
        nomination.refresh_from_db()
        events = list(Event.objects.filter(person_id=nomination.person_id).values_list("action", "actor_id"))
    assert nomination.state == NominationState.SELECTED
    assert (membership.state, membership.rag, membership.cohort_type) == (MembershipState.ACTIVE, "red", "fixed")
    assert (membership.review_on, membership.lead.user) == (LATER, manager.user)
    assert ("cohorts.select", chair.user.pk) in events


def test_a_partner_worker_cannot_decide(nomination: Nomination, bob: Worker, manager: Worker) -> None:
    with act_in(bob.scope), pytest.raises(NotAllowed):
        cohorts.decide(nomination=nomination, verdict=selection(manager), by=bob.scope, at=AT)


def test_the_second_decision_is_refused(nomination: Nomination, chair: Worker, manager: Worker) -> None:
    with act_in(chair.scope):
        verdict = selection(manager, outcome=Outcome.DECLINE, reasons="Managed by MAPPA already")
        cohorts.decide(nomination=nomination, verdict=verdict, by=chair.scope, at=AT)
        with pytest.raises(WrongState):
            cohorts.decide(nomination=nomination, verdict=selection(manager), by=chair.scope, at=AT)
        assert not CohortMembership.objects.exists()


def test_redirecting_opens_a_nomination_under_the_other_scheme(
    nomination: Nomination, chair: Worker, manager: Worker, place: Place
) -> None:
    with act_in(place.system()):
        other = make_scheme(place, "domestic-abuse", "Domestic abuse")
    with act_in(chair.scope):
        verdict = selection(manager, outcome=Outcome.REDIRECT, to_scheme=other)
        cohorts.decide(nomination=nomination, verdict=verdict, by=chair.scope, at=AT)
        opened = Nomination.objects.get(redirected_from=nomination)
    assert (opened.scheme_id, opened.state, opened.origin) == (other.pk, NominationState.OPEN, Origin.REDIRECTED)


def test_deciding_before_the_returns_are_in_needs_a_reason(
    person: Person, scheme: Scheme, bob: Worker, chair: Worker, manager: Worker, place: Place
) -> None:
    with act_in(bob.scope):
        nomination = nominate(person, scheme, bob.scope, asked=[place.agencies["Treatment"].pk])
    with act_in(chair.scope):
        with pytest.raises(InvalidInput) as refused:
            cohorts.decide(nomination=nomination, verdict=selection(manager), by=chair.scope, at=AT)
        assert set(refused.value.fields) == {"without_returns"}
        verdict = selection(manager, without_returns="Released on Friday; treatment has no contact")
        cohorts.decide(nomination=nomination, verdict=verdict, by=chair.scope, at=AT)
        assert CohortMembership.objects.get().nomination == nomination
