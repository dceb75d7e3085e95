"""Somebody whose records may not be used is neither nominated nor selected, until that is lifted."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import Outcome
from iom.cohorts.models import CohortMembership, Nomination, Scheme
from iom.cohorts.operations import Referral
from iom.common.errors import WrongState
from iom.people.models import Person, Restriction
from iom.people.operations import restrictions
from tests.factories.cohorts import LATER, make_scheme, nominate, selection
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]


def restrict(person: Person, by: Worker) -> Restriction:
    with act_in(by.scope):
        return restrictions.restrict(person=person, reason="They say that it is wrong", by=by.scope, at=AT)


def lift(restriction: Restriction, by: Worker) -> None:
    told_on = date(2026, 11, 20)
    with act_in(by.scope):
        restrictions.lift(restriction=restriction, reason="Checked", told_on=told_on, by=by.scope, at=AT)


def test_nobody_who_sees_the_restriction_nominates_until_it_is_lifted(
    person: Person, scheme: Scheme, alice: Worker, bob: Worker, as_user: AsUser
) -> None:
    held = restrict(person, alice)
    page = reverse("cohorts-nominate", args=[person.public_id])
    for worker in (alice, bob):
        with act_in(worker.scope), pytest.raises(WrongState, match="kept and not used"):
            nominate(person, scheme, worker.scope)
        shown = as_user(worker).get(page)
        assert (shown.status_code, "cannot be nominated or selected" in shown.text) == (409, True)
    tab = reverse("cohorts-person", args=[person.public_id])
    assert f'href="{page}' not in as_user(bob).get(tab).text
    lift(held, alice)
    assert f'href="{page}' in as_user(bob).get(tab).text
    assert as_user(bob).get(page).status_code == 200
    with act_in(bob.scope):
        assert nominate(person, scheme, bob.scope).person == person


def test_the_panel_declines_or_defers_and_selects_once_it_is_lifted(
    place: Place, person: Person, scheme: Scheme, alice: Worker, chair: Worker, manager: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        other = make_scheme(place, "domestic-abuse", "Domestic abuse")
    with act_in(alice.scope):
        nomination = nominate(person, scheme, alice.scope)
    held = restrict(person, alice)
    page = reverse("cohorts-decide", args=[nomination.pk])
    shown = as_user(chair).get(page).text
    assert "The panel cannot select the person" in shown
    assert 'value="decline"' in shown
    assert 'value="select"' not in shown
    with act_in(chair.scope):
        for verdict in (selection(manager), selection(manager, outcome=Outcome.REDIRECT, to_scheme=other)):
            with pytest.raises(WrongState, match="kept and not used"):
                cohorts.decide(nomination=nomination, verdict=verdict, by=chair.scope, at=AT)
        later = selection(manager, outcome=Outcome.DEFER, deferred_until=LATER)
        cohorts.decide(nomination=nomination, verdict=later, by=chair.scope, at=AT)
        assert not CohortMembership.objects.exists()
        assert Nomination.objects.count() == 1
    lift(held, alice)
    assert 'value="select"' in as_user(chair).get(page).text
    with act_in(chair.scope):
        cohorts.decide(nomination=nomination, verdict=selection(manager), by=chair.scope, at=AT)
        assert CohortMembership.objects.get().person == person


def test_a_former_member_is_not_brought_back(
    person: Person, scheme: Scheme, alice: Worker, chair: Worker, manager: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        nomination = nominate(person, scheme, alice.scope)
    with act_in(chair.scope):
        cohorts.decide(nomination=nomination, verdict=selection(manager), by=chair.scope, at=AT)
        member = CohortMembership.objects.get()
    restrict(person, alice)
    ended = {
        "end_reason": "moved-area",
        "explanation": "Settled",
        "agreed_by": "All",
        "exit_plan": "None",
        "told": "Yes",
    }
    with act_in(alice.scope):
        cohorts.deselect(membership=member, **ended, by=alice.scope, at=AT)
        member.refresh_from_db()
        with pytest.raises(WrongState, match="kept and not used"):
            cohorts.reselect(membership=member, referral=Referral("Arrested"), asked=[], by=alice.scope, at=AT)
    assert as_user(alice).get(reverse("cohorts-reselect", args=[member.pk])).status_code == 409


def test_what_an_agency_keeps_to_itself_stops_that_agency_alone_and_tells_nobody(
    place: Place, scheme: Scheme, alice: Worker
) -> None:
    theo = make_worker(place, "theo", agency="Treatment", roles=["manager"])
    with act_in(place.system()):
        found = make_person(place)
        kept = make_person(place, agency="Treatment", audience="own").source_records.get()
        type(kept).objects.filter(pk=kept.pk).update(person=found)
    restrict(found, theo)
    with act_in(theo.scope), pytest.raises(WrongState):
        nominate(found, scheme, theo.scope)
    with act_in(alice.scope):
        nominate(found, scheme, alice.scope)
