"""Reads agreements: for their pages, and as the terms on which an agency may share."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q

from iom.access.scope import Scope
from iom.agreements.choices import AgreementState, Audience, Marking
from iom.agreements.models import AgreementParty, SharingAgreement
from iom.agreements.rules import Party, Terms, check_can_give
from iom.common.errors import NotVisible
from iom.partnerships.models import Agency

WITH_PARTIES = "parties__conditions"


def list_in_force(*, scope: Scope, on: date, gives: str = "") -> list[Terms]:
    """The terms of every agreement in force on a day, oldest first; `gives`: of those that let this kind be given.

    By their dates: one that is past its end is not among them, whether or not anything has noticed.
    """
    found = SharingAgreement.objects.visible_to(scope).filter(
        Q(end_date__isnull=True) | Q(end_date__gt=on), state=AgreementState.IN_FORCE, start_date__lte=on
    )
    if gives:
        found = found.filter(parties__gives__contains=[gives]).distinct()
    return [terms_of(agreement) for agreement in found.order_by("pk").prefetch_related(WITH_PARTIES)]


def agreed(
    *,
    giver: Agency,
    receivers: Collection[Agency],
    kinds: Collection[str],
    scope: Scope,
    on: date,
    special: Collection[str] = (),
    gateway: str = "",
) -> list[Terms]:
    """For each receiver the agreement in force under which an agency may give it all these kinds.

    `special`: the special categories in its words; `gateway`: what it is said to rest on. Raises `WrongState` with
    what is missing.
    """
    return check_can_give(
        giver=giver,
        receivers=receivers,
        kinds=kinds,
        on=on,
        agreements=list_in_force(scope=scope, on=on),
        special=special,
        gateway=gateway,
    )


def default_marking(*, agency: Agency, kind: str, scope: Scope, on: date) -> tuple[str, str]:
    """The marking and audience that an agency's agreement in force gives a kind of record; the strictest without one.

    Where several agreements let it be given, the oldest says.
    """
    in_force = [terms.agreement_id for terms in list_in_force(scope=scope, on=on, gives=kind)]
    parties = AgreementParty.objects.filter(agreement__in=in_force, agency=agency, gives__contains=[kind])
    found = parties.order_by("agreement").values_list("marking", "audience").first()
    return found or (Marking.OFFICIAL_SENSITIVE, Audience.OWN)


def terms_of(agreement: SharingAgreement) -> Terms:
    """An agreement as the rules read it."""
    return Terms(
        agreement_id=agreement.pk,
        reference=agreement.reference,
        state=agreement.state,
        start_date=agreement.start_date,
        end_date=agreement.end_date,
        gateways=frozenset(agreement.gateways),
        parties=tuple(
            Party(
                agency_id=party.agency_id,
                gives=frozenset(party.gives),
                receives=party.receives,
                conditions={each.category: each.condition for each in party.conditions.all()},
            )
            for party in agreement.parties.all()
        ),
    )


def list_agreements(*, scope: Scope) -> list[SharingAgreement]:
    """Every agreement of the partnership, newest first, with its parties."""
    found = SharingAgreement.objects.visible_to(scope).select_related("owner")
    return list(found.order_by("-start_date", "-pk").prefetch_related("parties__agency"))


def list_near_review(*, scope: Scope, until: date) -> list[SharingAgreement]:
    """Agreements put in force and not withdrawn whose review or end falls before a day, the soonest first."""
    found = SharingAgreement.objects.visible_to(scope).filter(
        Q(review_on__lte=until) | Q(end_date__lte=until), state=AgreementState.IN_FORCE
    )
    return list(found.order_by("review_on", "pk"))


def list_signed_drafts(*, scope: Scope) -> list[SharingAgreement]:
    """Drafts that every party has signed and that somebody other than the user drafted: theirs to put in force."""
    found = SharingAgreement.objects.visible_to(scope).filter(state=AgreementState.DRAFT, parties__isnull=False)
    waiting = found.exclude(parties__signed_on__isnull=True).exclude(drafted_by=scope.user_id)
    return list(waiting.distinct().order_by("start_date", "pk"))


def get_agreement(*, agreement_id: int, scope: Scope) -> SharingAgreement:
    """One agreement with its parties. Raises `NotVisible` where it is not the partnership's."""
    found: SharingAgreement | None = (
        SharingAgreement.objects.visible_to(scope)
        .select_related("owner")
        .prefetch_related("parties__agency", WITH_PARTIES)
        .filter(pk=agreement_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def get_party(*, agreement: SharingAgreement, agency_id: int) -> AgreementParty | None:
    """What an agency does under an agreement; none where it is no party."""
    found: AgreementParty | None = agreement.parties.filter(agency_id=agency_id).first()
    return found


def count_unsigned(agreement: SharingAgreement) -> int:
    """How many parties have not signed."""
    return int(agreement.parties.filter(signed_on__isnull=True).count())


def is_reference_taken(reference: str, *, scope: Scope, but: SharingAgreement | None) -> bool:
    others: Any = SharingAgreement.objects.visible_to(scope).filter(reference=reference)
    return bool(others.exclude(pk=but.pk if but else None).exists())
