"""Handing a nomination, and what came of it, from one agency to another."""

from datetime import datetime

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.choices import Audience
from iom.agreements.operations import locked
from iom.agreements.rules import power_of
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import rules
from iom.cohorts.models import (
    CohortMembership,
    DrawEntrant,
    MembershipChange,
    Nomination,
    PanelDecision,
    ReturnRequest,
)
from iom.cohorts.operations.sharing import agreed_with
from iom.common import registries
from iom.common.errors import NotVisible
from iom.partnerships.models import Agency
from iom.people.operations.rows import locked_person


@transaction.atomic
def transfer(*, nomination: Nomination, agency: Agency, reason: str, by: Scope, at: datetime) -> None:
    """Makes another agency the owner of a nomination, its decisions and the membership: it answers for them from now.

    The law that they are kept under, and how long, are the new owner's. Who may see them does not change: where only
    listed agencies may, the one that hands it over is listed. What each agency returned stays that agency's. It is
    handed over under an agreement in force, and stands in the log of disclosures.
    """
    by.check(Permission.COHORT_MANAGE)
    rules.check_says_why(reason)
    # The person first, as whoever merges or selects them does: neither then waits for the other.
    locked_person(person_id=nomination.person_id, by=by)
    nomination = locked(row=nomination, by=by)
    if agency.partnership_id != by.partnership_id:
        raise NotVisible()
    rules.check_can_transfer(
        is_own_agency=nomination.owner_agency_id == by.agency_id,
        is_to_itself=agency.pk == nomination.owner_agency_id,
        is_seen=nomination.audience == Audience.PARTNERS or agency.pk in nomination.audience_agencies,
    )
    giver = Agency.objects.get(pk=by.agency_id, partnership_id=by.partnership_id)
    (terms,) = agreed_with(receivers=[agency], field="agency", by=by, at=at)
    handed = {
        "owner_agency": agency,
        "regime": agency.regime,
        "audience_agencies": sorted({*nomination.audience_agencies, by.agency_id})
        if nomination.audience == Audience.LISTED
        else [],
    }
    # As the system: a row among them may be one that only its panel sees.
    count = 0
    with act_in(_system(by)):
        for rows in (
            ReturnRequest.objects.filter(nomination=nomination),
            PanelDecision.objects.filter(nomination=nomination),
            MembershipChange.objects.filter(membership__nomination=nomination),
            CohortMembership.objects.filter(nomination=nomination),
            DrawEntrant.objects.filter(nomination=nomination),
            Nomination.objects.filter(pk=nomination.pk),
        ):
            count += rows.filter(owner_agency=nomination.owner_agency_id).update(**handed)
    for handler in registries.transfer_handlers:
        handler.handed(
            by=by,
            person_id=nomination.person_id,
            agency=agency,
            purpose=reason,
            gateway=power_of(terms, giver=giver, receiver=agency),
            agreement_id=terms.agreement_id,
            rows=count,
            at=at,
        )
    audit.record(
        by=by,
        at=at,
        kind=Kind.DISCLOSURE,
        action="cohorts.transfer",
        subject_type="cohorts.Nomination",
        subject_id=nomination.pk,
        person_id=nomination.person_id,
        fields=["owner_agency", "regime"],
        reason=reason,
        detail={"from": nomination.owner_agency_id, "to": agency.pk, "agreement": terms.agreement_id},
    )


def _system(by: Scope) -> Scope:
    return unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="a nomination passes to another agency"
    )
