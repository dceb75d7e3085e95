"""Drafting a sharing agreement, putting it in force by a second person, and ending it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from iom.access.scope import Scope, act_in
from iom.agreements import operations as agreements
from iom.agreements import queries
from iom.agreements.models import AgreementParty, PartyCondition, SharingAgreement
from iom.agreements.operations import PartyDetails
from iom.audit.models import Event
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from tests.factories.agreements import make_agreement, make_draft_agreement
from tests.factories.partnerships import AT, Place, Worker, make_worker

ON = AT.date()


@pytest.fixture
def irene(place: Place) -> Scope:
    return make_worker(place, "irene", agency="Probation", roles=["information-governance"]).scope


@pytest.fixture
def martin(place: Place) -> Scope:
    return make_worker(place, "martin", agency="Probation", roles=["manager"]).scope


def draft(place: Place, **fields: object) -> SharingAgreement:
    return make_draft_agreement(list(place.agencies.values()), at=AT, **fields)


def references(scope: Scope, on: date = ON) -> set[str]:
    return {each.reference for each in queries.list_in_force(scope=scope, on=on)}


def test_an_agreement_holds_once_a_second_person_puts_it_in_force(place: Place, irene: Scope, martin: Scope) -> None:
    with act_in(irene):
        agreement = draft(place, reference="ISA 2")
        agreements.set_party(
            agreement=agreement, agency=place.agencies["Police"],
            details=PartyDetails(["arrests"], True, signed_by="Chief constable", signed_on=ON), by=irene, at=AT,
        )  # fmt: skip
        assert "ISA 2" not in references(irene)
        with pytest.raises(NotAllowed, match="you drafted"):
            agreements.put_in_force(agreement=agreement, seen=AT.isoformat(), by=irene, at=AT)
        with pytest.raises(NotAllowed, match="role"):
            agreements.put_in_force(
                agreement=agreement, seen=AT.isoformat(), by=replace(martin, permissions=frozenset()), at=AT
            )
    with act_in(martin):
        agreements.put_in_force(agreement=agreement, seen=AT.isoformat(), by=martin, at=AT)
        assert "ISA 2" in references(martin)
        (terms,) = [each for each in queries.list_in_force(scope=martin, on=ON) if each.reference == "ISA 2"]
        assert terms.party(place.agencies["Police"].pk).gives == {"arrests"}
        done = Event.objects.filter(subject_type="agreements.SharingAgreement", subject_id=agreement.pk)
        assert list(done.order_by("-pk").values_list("action", "actor_id")[:2]) == [
            ("agreements.put_in_force", martin.user_id),
            ("agreements.set_party", irene.user_id),
        ]


def test_what_was_changed_since_the_second_person_read_it_is_not_put_in_force(
    place: Place, irene: Scope, martin: Scope
) -> None:
    with act_in(irene):
        agreement = make_draft_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
        party = agreement.parties.get(agency=place.agencies["Treatment"])
    later = AT + timedelta(minutes=5)
    with act_in(irene):
        agreements.remove_party(party=party, by=irene, at=later)
    with act_in(martin):
        with pytest.raises(WrongState, match="changed after you opened the page"):
            agreements.put_in_force(agreement=agreement, seen=AT.isoformat(), by=martin, at=later)
        agreements.put_in_force(agreement=agreement, seen=later.isoformat(), by=martin, at=later)


def test_what_is_in_force_stands_as_it_was_signed(place: Place, irene: Scope) -> None:
    with act_in(irene):
        agreement = make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
        party = agreement.parties.first()
        for attempt in (
            lambda: agreements.remove_party(party=party, by=irene, at=AT),
            lambda: agreements.set_party(
                agreement=agreement, agency=party.agency, details=PartyDetails([], True), by=irene, at=AT
            ),
            lambda: agreements.put_in_force(agreement=agreement, seen=AT.isoformat(), by=irene, at=AT),
        ):
            with pytest.raises(WrongState):
                attempt()
        assert AgreementParty.objects.filter(agreement=agreement).count() == len(place.agencies)


def test_it_ends_by_its_date_though_no_job_has_run(place: Place, irene: Scope) -> None:
    last = ON + timedelta(days=30)
    with act_in(irene):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", end_date=last, review_on=last)
        assert "ISA 2" in references(irene, last - timedelta(days=1))
        assert "ISA 2" not in references(irene, last)


def test_withdrawn_with_a_reason_it_holds_no_more(place: Place, irene: Scope) -> None:
    with act_in(irene):
        agreement = make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
        with pytest.raises(InvalidInput):
            agreements.withdraw(agreement=agreement, reason="", by=irene, at=AT)
        agreements.withdraw(agreement=agreement, reason="Replaced", by=irene, at=AT)
        assert "ISA 2" not in references(irene)
        with pytest.raises(WrongState):  # the second of two people
            agreements.withdraw(agreement=agreement, reason="Replaced", by=irene, at=AT)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (PartyDetails([], False), "gives"),
        (PartyDetails(["gossip"], True), "gives"),
        (PartyDetails([], True, audience="listed"), "audience"),
        (PartyDetails([], True, signed_by="Chief"), "signed_by"),
        (PartyDetails([], True, signed_by="Chief", signed_on=ON + timedelta(days=1)), "signed_on"),
        # A condition that the police, under Part 3, cannot rely on.
        (PartyDetails([], True, conditions={"health": "uk-gdpr-9-2-h"}), "condition_health"),
        (PartyDetails([], True, conditions={"shoe-size": "schedule-8-statutory"}), "condition_shoe-size"),
    ],
)
def test_a_party_that_does_not_hold_together_is_refused(
    place: Place, irene: Scope, details: PartyDetails, field: str
) -> None:
    with act_in(irene):
        agreement = draft(place, reference="ISA 2")
        with pytest.raises(InvalidInput) as raised:
            agreements.set_party(agreement=agreement, agency=place.agencies["Police"], details=details, by=irene, at=AT)
        assert field in raised.value.fields


def test_a_reference_is_of_one_agreement(place: Place, irene: Scope) -> None:
    with act_in(irene):
        draft(place, reference="ISA 2")
        with pytest.raises(InvalidInput, match="reference"):
            draft(place, reference="ISA 2")


def test_nobody_elsewhere_sees_or_touches_it(place: Place, irene: Scope, charlie: Worker) -> None:
    with act_in(irene):
        agreement = draft(place, reference="ISA 2")
    elsewhere = replace(charlie.scope, permissions=irene.permissions)
    with act_in(elsewhere):
        assert not AgreementParty.objects.filter(agreement_id=agreement.pk).exists()
        assert not PartyCondition.objects.filter(party__agreement_id=agreement.pk).exists()
        assert not SharingAgreement.objects.filter(pk=agreement.pk).exists()
        with pytest.raises(NotVisible):
            queries.get_agreement(agreement_id=agreement.pk, scope=elsewhere)
        with pytest.raises(NotVisible):
            agreements.withdraw(agreement=agreement, reason="Mine", by=elsewhere, at=AT)
    with act_in(irene), pytest.raises(NotVisible):  # nor is an agency of elsewhere made a party
        agreements.set_party(
            agreement=agreement, agency=charlie.user.memberships.get().agency, details=PartyDetails([], True),
            by=irene, at=AT,
        )  # fmt: skip


def test_the_table_itself_wants_two_people(place: Place, irene: Scope) -> None:
    with act_in(irene):
        agreement = draft(place, reference="ISA 2")
        with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
            SharingAgreement.objects.filter(pk=agreement.pk).update(
                state="in-force", put_in_force_by=agreement.drafted_by, put_in_force_at=AT
            )
