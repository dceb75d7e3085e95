"""From nomination to a decision: who may, what each outcome does, and what two chairs at once come to."""

import pytest

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import MembershipState, NominationState, Origin, Outcome
from iom.cohorts.models import CohortMembership, Nomination, Scheme
from iom.cohorts.operations import Referral
from iom.common.erasure import REMOVED
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.people.models import Person
from tests.factories.cohorts import LATER, make_scheme, nominate, selection
from tests.factories.partnerships import AT, Place, Worker, make_worker


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


def test_a_reason_that_reads_as_erased_is_no_reason(person: Person, scheme: Scheme, bob: Worker) -> None:
    """It would be taken for one that was emptied: never due, and never erased."""
    with act_in(bob.scope), pytest.raises(InvalidInput) as refused:
        cohorts.nominate(
            person=person, scheme=scheme, referral=Referral(f" {REMOVED} "), origin=Origin.REFERRAL, asked=[],
            by=bob.scope, at=AT,
        )  # fmt: skip
    assert "reason" in refused.value.fields


def test_a_nomination_that_may_not_be_seen_refuses_another_and_tells_nothing_of_itself(
    person: Person, scheme: Scheme, alice: Worker, bob: Worker, chair: Worker, manager: Worker, place: Place
) -> None:
    """The database knows of it, and the reader does not: nominated, redirected or re-selected, all say the same."""
    with act_in(place.system()):
        other = make_scheme(place, "domestic-abuse", "Domestic abuse")
    with act_in(alice.scope):
        audience = [place.agencies["Police"].pk, place.agencies["Prison"].pk]
        for each in (scheme, other):
            cohorts.nominate(
                person=person, scheme=each, referral=Referral("Arrested"), origin=Origin.REFERRAL, asked=[],
                audience_agencies=audience, by=alice.scope, at=AT,
            )  # fmt: skip
    with act_in(bob.scope), pytest.raises(WrongState) as refused:
        nominate(person, scheme, bob.scope)
    assert "cannot be made now" in str(refused.value)
    assert "nominated" not in str(refused.value)
    third = make_worker(place, "ulla", agency="Probation", roles=["coordinator", "panel-chair"])
    with act_in(place.system()):
        open_to_all = make_scheme(place, "women", "Women")
    with act_in(third.scope):
        nomination = nominate(person, open_to_all, third.scope)
        verdict = selection(manager, outcome=Outcome.REDIRECT, to_scheme=other)
        with pytest.raises(WrongState, match="cannot be made now"):
            cohorts.decide(nomination=nomination, verdict=verdict, by=third.scope, at=AT)
        member = become_a_former_member(nomination, manager, third)
    with act_in(place.system()):
        Nomination.objects.filter(scheme=other).update(scheme=member.scheme)
    with act_in(third.scope), pytest.raises(WrongState, match="cannot be made now"):
        cohorts.reselect(membership=member, referral=Referral("Arrested again"), asked=[], by=third.scope, at=AT)


def become_a_former_member(nomination: Nomination, lead: Worker, chair: Worker) -> CohortMembership:
    """Selected, and de-selected the same day."""
    cohorts.decide(nomination=nomination, verdict=selection(lead), by=chair.scope, at=AT)
    member = CohortMembership.objects.get(nomination=nomination)
    cohorts.deselect(
        membership=member, end_reason="no-offending", explanation="A year without arrest", agreed_by="All",
        exit_plan="Treatment goes on", told="By his offender manager", by=chair.scope, at=AT,
    )  # fmt: skip
    return member


def test_a_former_member_is_nominated_again_before_whom_the_membership_was_before(
    person: Person, scheme: Scheme, alice: Worker, bob: Worker, chair: Worker, manager: Worker, place: Place
) -> None:
    audience = [place.agencies["Police"].pk, place.agencies["Probation"].pk]
    ulla = make_worker(place, "ulla", agency="Probation", roles=["coordinator", "panel-chair"])
    with act_in(alice.scope):
        nomination = cohorts.nominate(
            person=person, scheme=scheme, referral=Referral("Arrested"), origin=Origin.REFERRAL, asked=[],
            audience_agencies=audience, by=alice.scope, at=AT,
        )  # fmt: skip
    with act_in(ulla.scope):
        member = become_a_former_member(nomination, manager, ulla)
        again = cohorts.reselect(membership=member, referral=Referral("Again"), asked=[], by=ulla.scope, at=AT)
    assert (again.audience, again.audience_agencies) == ("listed", sorted(audience))
    with act_in(alice.scope):
        assert Nomination.objects.filter(pk=again.pk).exists(), "whose membership it was sees it"
    with act_in(bob.scope):
        assert not Nomination.objects.filter(pk=again.pk).exists()


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
