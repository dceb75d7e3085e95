"""Sharing agreements: drafted by one person, put in force by another, withdrawn with a reason."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import queries, rules
from iom.agreements.choices import AgreementState, Audience, Category, Marking, RecordKind
from iom.agreements.models import AgreementParty, PartyCondition, SharingAgreement
from iom.agreements.operations.marking import locked
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotVisible
from iom.common.seen import check_is_as_seen
from iom.partnerships.models import Agency


@dataclass(frozen=True)
class Details:
    """What an agreement says besides its parties. `end_date` is the first day it no longer holds."""

    reference: str
    title: str
    purposes: str
    gateways: list[str]
    retention: str
    start_date: date
    end_date: date | None
    review_on: date
    security: str = ""
    quality: str = ""
    complaints: str = ""
    rights: str = ""


@dataclass(frozen=True)
class PartyDetails:
    """What one agency does under an agreement; `conditions` maps a special category to a gateway's slug."""

    gives: list[str]
    receives: bool
    marking: str = Marking.OFFICIAL_SENSITIVE
    audience: str = Audience.PARTNERS
    conditions: Mapping[str, str] | None = None
    signed_by: str = ""
    signed_on: date | None = None


@transaction.atomic
def draft(*, details: Details, by: Scope, at: datetime) -> SharingAgreement:
    """A new agreement of the partnership, kept by the actor's agency. It lets nobody share until it is in force."""
    by.check(Permission.AGREEMENT_MANAGE)
    _check_details(details, by=by)
    agreement = SharingAgreement.objects.create(
        partnership_id=by.partnership_id,
        owner_id=by.agency_id,
        drafted_by=by.user_id,
        drafted_at=at,
        **asdict(details),
    )
    _record(agreement, "agreements.draft", by=by, at=at)
    return agreement


@transaction.atomic
def change(*, agreement: SharingAgreement, details: Details, by: Scope, at: datetime) -> SharingAgreement:
    """Says a draft anew. Who changes it has drafted it: somebody else then puts it in force."""
    by.check(Permission.AGREEMENT_MANAGE)
    agreement = locked(row=agreement, by=by)
    rules.check_can_change(state=agreement.state)
    _check_details(details, by=by, but=agreement)
    for name, value in asdict(details).items():
        setattr(agreement, name, value)
    _drafted(agreement, "agreements.change", by=by, at=at)
    return agreement


@transaction.atomic
def set_party(
    *, agreement: SharingAgreement, agency: Agency, details: PartyDetails, by: Scope, at: datetime
) -> AgreementParty:
    """Adds an agency to a draft, or says anew what it gives and receives."""
    by.check(Permission.AGREEMENT_MANAGE)
    agreement = locked(row=agreement, by=by)
    rules.check_can_change(state=agreement.state)
    if agency.partnership_id != agreement.partnership_id:
        raise NotVisible()
    conditions = {category: slug for category, slug in (details.conditions or {}).items() if slug}
    _check_party(details, conditions, agency=agency, on=timezone.localdate(at))
    party, _ = AgreementParty.objects.update_or_create(
        agreement=agreement,
        agency=agency,
        defaults={
            "partnership_id": agreement.partnership_id,
            "gives": sorted(details.gives),
            "receives": details.receives,
            "marking": details.marking,
            "audience": details.audience,
            "signed_by": details.signed_by,
            "signed_on": details.signed_on,
        },
    )
    PartyCondition.objects.filter(party=party).delete()
    PartyCondition.objects.bulk_create(
        PartyCondition(partnership_id=agreement.partnership_id, party=party, category=category, condition=slug)
        for category, slug in sorted(conditions.items())
    )
    _drafted(agreement, "agreements.set_party", by=by, at=at, detail={"agency": agency.pk})
    return party


@transaction.atomic
def remove_party(*, party: AgreementParty, by: Scope, at: datetime) -> None:
    """Takes an agency out of a draft."""
    by.check(Permission.AGREEMENT_MANAGE)
    agreement = locked(row=party.agreement, by=by)
    rules.check_can_change(state=agreement.state)
    AgreementParty.objects.visible_to(by).filter(pk=party.pk).delete()
    _drafted(agreement, "agreements.remove_party", by=by, at=at, detail={"agency": party.agency_id})


@transaction.atomic
def put_in_force(*, agreement: SharingAgreement, seen: str, by: Scope, at: datetime) -> SharingAgreement:
    """Lets the parties share as the agreement says, from its first day on. Somebody other than its drafter does.

    `seen`: when the draft that they read was made. Raises `WrongState` where it was changed since.
    """
    by.check(Permission.AGREEMENT_APPROVE)
    agreement = locked(row=agreement, by=by)
    rules.check_can_put_in_force(
        terms=queries.terms_of(agreement),
        unsigned=queries.count_unsigned(agreement),
        is_second_person=agreement.drafted_by != by.user_id,
        on=timezone.localdate(at),
    )
    check_is_as_seen(made_at=agreement.drafted_at, seen=seen)
    agreement.state = AgreementState.IN_FORCE
    agreement.put_in_force_by, agreement.put_in_force_at = by.user_id, at
    agreement.save()
    is_assessed = queries.is_assessed(agreement=agreement, scope=by)
    _record(agreement, "agreements.put_in_force", by=by, at=at, detail={"is_assessed": is_assessed})
    return agreement


@transaction.atomic
def withdraw(*, agreement: SharingAgreement, reason: str, by: Scope, at: datetime) -> SharingAgreement:
    """Ends an agreement now. What was shared stays where it is; nothing more is shared under it."""
    by.check(Permission.AGREEMENT_MANAGE)
    agreement = locked(row=agreement, by=by)
    state = rules.state_on(state=agreement.state, end_date=agreement.end_date, on=timezone.localdate(at))
    rules.check_can_withdraw(state=state, reason=reason)
    agreement.state = AgreementState.WITHDRAWN
    agreement.withdrawn_by, agreement.withdrawn_at, agreement.withdraw_reason = by.user_id, at, reason
    agreement.save()
    _record(agreement, "agreements.withdraw", by=by, at=at)
    return agreement


@transaction.atomic
def review(*, agreement: SharingAgreement, next_on: date, by: Scope, at: datetime) -> SharingAgreement:
    """Records that an agreement was reviewed and goes on as it was signed, until its next review."""
    by.check(Permission.AGREEMENT_MANAGE)
    agreement = locked(row=agreement, by=by)
    on = timezone.localdate(at)
    state = rules.state_on(state=agreement.state, end_date=agreement.end_date, on=on)
    rules.check_can_review(state=state, next_on=next_on, end_date=agreement.end_date, on=on)
    agreement.review_on = next_on
    agreement.save(update_fields=["review_on"])
    _record(agreement, "agreements.review", by=by, at=at)
    return agreement


def _drafted(
    agreement: SharingAgreement, action: str, *, by: Scope, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    agreement.drafted_by, agreement.drafted_at = by.user_id, at
    agreement.save()
    _record(agreement, action, by=by, at=at, detail=detail)


def _check_details(details: Details, *, by: Scope, but: SharingAgreement | None = None) -> None:
    rules.check_dates(start_date=details.start_date, end_date=details.end_date, review_on=details.review_on)
    unknown = set(details.gateways) - set(rules.gateways())
    if unknown or not details.gateways:
        raise InvalidInput("Choose the gateways.", {"gateways": "Select the gateways it rests on"})
    if queries.is_reference_taken(details.reference, scope=by, but=but):
        message = "Another agreement has this reference"
        raise InvalidInput(message, {"reference": message})


def _check_party(details: PartyDetails, conditions: Mapping[str, str], *, agency: Agency, on: date) -> None:
    wrong = {}
    if set(details.gives) - set(RecordKind.values):
        wrong["gives"] = "Select what it gives from the list"
    if not details.gives and not details.receives:
        wrong["gives"] = "Select what it gives, or that it receives"
    if details.marking not in Marking.values:
        wrong["marking"] = "Select a marking"
    if details.audience not in (Audience.PARTNERS, Audience.OWN):
        wrong["audience"] = "Select who may see what it gives"
    for category, slug in conditions.items():
        if category not in Category.values or not rules.is_condition(slug, category=category, giver=agency):
            wrong[f"condition_{category}"] = "This agency cannot rely on that condition"
    if details.signed_on is not None and details.signed_on > on:
        wrong["signed_on"] = "The day of signing must be today or in the past"
    if bool(details.signed_by) != (details.signed_on is not None):
        wrong["signed_by"] = "Enter both who signed and when, or neither"
    if wrong:
        raise InvalidInput("What the party does is not complete.", wrong)


def _record(
    agreement: SharingAgreement, action: str, *, by: Scope, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action=action,
        subject_type="agreements.SharingAgreement",
        subject_id=agreement.pk,
        detail=detail,
    )
