"""Changing a member's rating, lead and review, de-selecting with an exit plan, and starting on re-selection."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.agreements.operations import locked, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import queries, rules
from iom.cohorts.choices import Change, MembershipState, Origin, Rag
from iom.cohorts.models import CohortMembership, MembershipChange, Nomination
from iom.cohorts.operations.nominations import Referral, nominate
from iom.common.errors import InvalidInput
from iom.partnerships.models import Membership
from iom.people.models import Person
from iom.people.operations.rows import locked_person
from iom.people.queries import restrictions


@transaction.atomic
def change_rag(*, membership: CohortMembership, rag: Rag, rationale: str, by: Scope, at: datetime) -> None:
    """Rates a member anew, with the rationale; the rating before is kept in the history."""
    by.check(Permission.COHORT_MANAGE)
    membership = locked(row=membership, by=by)
    rules.check_can_change_rag(state=membership.state, before=membership.rag, after=rag, rationale=rationale)
    CohortMembership.objects.filter(pk=membership.pk).update(rag=rag, rag_since=timezone.localdate(at))
    note_change(
        membership=membership, change=Change.RAG, before=membership.rag, after=rag, rationale=rationale, by=by, at=at
    )


@transaction.atomic
def set_review(*, membership: CohortMembership, review_on: date, rationale: str, by: Scope, at: datetime) -> None:
    """Sets the next review."""
    by.check(Permission.COHORT_MANAGE)
    membership = locked(row=membership, by=by)
    rules.check_can_set_review(state=membership.state, review_on=review_on, on=timezone.localdate(at))
    rules.check_says_why(rationale, "rationale")
    CohortMembership.objects.filter(pk=membership.pk).update(review_on=review_on)
    before, after = str(membership.review_on), str(review_on)
    note_change(
        membership=membership, change=Change.REVIEW, before=before, after=after, rationale=rationale, by=by, at=at
    )


@transaction.atomic
def set_lead(*, membership: CohortMembership, lead: Membership, rationale: str, by: Scope, at: datetime) -> None:
    """Gives the member another lead professional, who must have access to the partnership now."""
    by.check(Permission.COHORT_MANAGE)
    membership = locked(row=membership, by=by)
    rules.check_is_member(state=membership.state)
    rules.check_says_why(rationale, "rationale")
    found = Membership.objects.visible_to(by).active().filter(pk=lead.pk).first()
    if found is None:
        raise InvalidInput("Choose somebody who works in this partnership.", {"lead": "Select a lead professional"})
    CohortMembership.objects.filter(pk=membership.pk).update(lead=found)
    before, after = str(membership.lead_id), str(found.pk)
    note_change(
        membership=membership, change=Change.LEAD, before=before, after=after, rationale=rationale, by=by, at=at
    )


def note_change(
    *,
    membership: CohortMembership,
    change: Change,
    before: str,
    after: str,
    rationale: str,
    by: Scope,
    at: datetime,
) -> None:
    """Adds one change to the member's history, and its audit event."""
    MembershipChange.objects.create(
        **marked_like(membership),
        membership=membership,
        change=change,
        before=before,
        after=after,
        rationale=rationale,
        by_id=by.user_id,
        at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"cohorts.change_{change}",
        subject_type="cohorts.CohortMembership",
        subject_id=membership.pk,
        person_id=membership.person_id,
        changes={str(change): (before, after)},
        reason=rationale,
    )


@transaction.atomic
def deselect(
    *,
    membership: CohortMembership,
    end_reason: str,
    explanation: str,
    agreed_by: str,
    exit_plan: str,
    told: str,
    by: Scope,
    at: datetime,
) -> None:
    """Ends a membership, as the agencies agreed, with the exit plan and how the person was told. Nothing is deleted."""
    by.check(Permission.COHORT_MANAGE)
    locked(row=membership.person, by=by)  # also where they have been destroyed: a place can always be ended
    membership = locked(row=membership, by=by)
    rules.check_can_deselect(
        state=membership.state,
        end_reason=end_reason,
        explanation=explanation,
        agreed_by=agreed_by,
        exit_plan=exit_plan,
        told=told,
    )
    CohortMembership.objects.filter(pk=membership.pk).update(
        state=MembershipState.DESELECTED,
        ended_on=timezone.localdate(at),
        end_reason=end_reason,
        end_explanation=explanation,
        agreed_by=agreed_by,
        exit_plan=exit_plan,
        end_told=told,
        ended_by=by.user_id,
        ended_at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="cohorts.deselect",
        subject_type="cohorts.CohortMembership",
        subject_id=membership.pk,
        person_id=membership.person_id,
        fields=["state", "end_reason", "exit_plan"],
        reason=explanation,
        detail={"end_reason": end_reason},
    )


def audience_before(*, membership: CohortMembership, person: Person) -> list[int] | None:
    """The agencies that may see a membership and its person; None where all partners may see the membership."""
    if membership.audience != Audience.LISTED:
        return None
    agencies = {*membership.audience_agencies, membership.owner_agency_id}
    if person.audience == Audience.LISTED:
        agencies &= {*person.audience_agencies, person.owner_agency_id}
    return sorted(agencies)


@transaction.atomic
def reselect(
    *, membership: CohortMembership, referral: Referral, asked: list[int], by: Scope, at: datetime
) -> Nomination:
    """Nominates a former member again, on something new; only the panel brings them back.

    Whoever could not see the membership does not see the nomination either.
    """
    by.check(Permission.NOMINATE)
    person = locked_person(person_id=membership.person_id, by=by)
    membership = locked(row=membership, by=by)
    rules.check_can_reselect(
        state=membership.state,
        has_undecided=queries.has_undecided_nomination(person_id=person.pk, scheme_id=membership.scheme_id),
        is_member=queries.is_member(person_id=person.pk),
        is_restricted=restrictions.is_restricted(person_id=person.pk, scope=by),
    )
    nomination = nominate(
        person=person,
        scheme=membership.scheme,
        referral=referral,
        origin=Origin.RESELECTION,
        asked=asked,
        audience_agencies=audience_before(membership=membership, person=person),
        previous_membership=membership,
        by=by,
        at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="cohorts.reselect",
        subject_type="cohorts.CohortMembership",
        subject_id=membership.pk,
        person_id=person.pk,
        reason=referral.reason,
        detail={"nomination": nomination.pk},
    )
    return nomination
