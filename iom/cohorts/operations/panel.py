"""The panel's decision on a nomination, and how the person was told of it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.operations import locked, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import queries, rules
from iom.cohorts.choices import Change, Origin, Outcome, Told
from iom.cohorts.models import CohortMembership, MembershipChange, Nomination, PanelDecision, ReturnRequest, Scheme
from iom.cohorts.operations.nominations import Referral, close, nominate
from iom.common.errors import InvalidInput, WrongState
from iom.partnerships.models import Membership
from iom.people.operations.rows import locked_person
from iom.people.queries import restrictions


@dataclass(frozen=True)
class Verdict:
    """What the panel decided. `dissent` says who disagreed and why; `without_returns` why it did not wait.

    `against_draw` says why it selected somebody before others whom a draw put first.
    """

    outcome: Outcome
    met_on: date
    present: tuple[int, ...]
    reasons: str
    dissent: str = ""
    without_returns: str = ""
    against_draw: str = ""
    cohort_type: str = ""
    rag: str = ""
    lead: Membership | None = None
    review_on: date | None = None
    deferred_until: date | None = None
    to_scheme: Scheme | None = None


@transaction.atomic
def decide(*, nomination: Nomination, verdict: Verdict, by: Scope, at: datetime) -> PanelDecision:
    """Records the panel's decision and does what it says: selects, declines, defers, or nominates elsewhere.

    Raises `WrongState` where the nomination has been decided meanwhile, or where records of whom it would select are
    restricted, `InvalidInput` where the decision is not whole.
    """
    by.check(Permission.PANEL_DECIDE)
    person = locked_person(person_id=nomination.person_id, by=by)
    nomination = locked(row=nomination, by=by)
    on = timezone.localdate(at)
    waiting = ReturnRequest.objects.filter(nomination=nomination, answered_at__isnull=True).count()
    drawn = queries.in_draw(nomination=nomination, scope=by) if verdict.outcome == Outcome.SELECT else None
    rules.check_can_move(rules.NOMINATION, state=nomination.state, move=verdict.outcome)
    if verdict.outcome in rules.TAKING_IN:
        rules.check_is_not_restricted(is_restricted=restrictions.is_restricted(person_id=person.pk, scope=by))
    rules.check_decision_is_whole(
        outcome=verdict.outcome,
        reasons=verdict.reasons,
        present=verdict.present,
        met_on=verdict.met_on,
        on=on,
        cohort_type=verdict.cohort_type,
        cohort_types=queries.cohort_types(scheme_id=nomination.scheme_id),
        rag=verdict.rag,
        has_lead=verdict.lead is not None,
        review_on=verdict.review_on,
        deferred_until=verdict.deferred_until,
        has_scheme=verdict.to_scheme is not None,
        is_same_scheme=verdict.to_scheme is not None and verdict.to_scheme.pk == nomination.scheme_id,
        waiting=waiting,
        returns_due_on=nomination.returns_due_on,
        without_returns=verdict.without_returns,
        ahead_in_draw=drawn.ahead if drawn else 0,
        against_draw=verdict.against_draw,
    )
    decision = PanelDecision.objects.create(
        **marked_like(nomination),
        **{name: value for name, value in verdict.__dict__.items() if name != "present"},
        present=list(verdict.present),
        nomination=nomination,
        decided_by=by.user_id,
        decided_at=at,
    )
    if verdict.outcome == Outcome.DEFER:
        Nomination.objects.filter(pk=nomination.pk).update(
            state=rules.STATE_AFTER[verdict.outcome], deferred_until=verdict.deferred_until
        )
    else:
        close(nomination=nomination, state=rules.STATE_AFTER[verdict.outcome], by=by, at=at)
    if verdict.outcome == Outcome.SELECT:
        start_membership(nomination=nomination, verdict=verdict, by=by, at=at)
    if verdict.outcome == Outcome.REDIRECT:
        assert verdict.to_scheme is not None
        asked = ReturnRequest.objects.filter(nomination=nomination).values_list("agency_id", flat=True)
        nominate(
            person=person,
            scheme=verdict.to_scheme,
            referral=referral_of(nomination, reason=verdict.reasons),
            origin=Origin.REDIRECTED,
            asked=list(asked),
            audience_agencies=list(nomination.audience_agencies) or None,
            redirected_from=nomination,
            by=by,
            at=at,
        )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"cohorts.{verdict.outcome}",
        subject_type="cohorts.Nomination",
        subject_id=nomination.pk,
        person_id=nomination.person_id,
        fields=["state"],
        reason=verdict.reasons,
        detail={
            "decision": decision.pk,
            "dissent": bool(verdict.dissent),
            "waiting": waiting,
            "against_draw": bool(verdict.against_draw),
        },
    )
    return decision


def referral_of(nomination: Nomination, *, reason: str) -> Referral:
    """What was written in a nomination, for another scheme's panel, with the reason it comes there."""
    kept = {
        name: getattr(nomination, name)
        for name in Referral.__dataclass_fields__
        if name not in ("reason", "proposed_type", "other_arrangements")
    }
    return Referral(reason=reason, other_arrangements=tuple(nomination.other_arrangements), **kept)


def start_membership(*, nomination: Nomination, verdict: Verdict, by: Scope, at: datetime) -> CohortMembership:
    """Puts the person in the cohort, as the panel decided. Called by `decide` alone."""
    if queries.is_member(person_id=nomination.person_id):
        raise WrongState("This person is in the cohort already, under another scheme.")
    assert verdict.lead is not None
    assert verdict.review_on is not None
    lead = Membership.objects.visible_to(by).active().filter(pk=verdict.lead.pk).first()
    if lead is None:
        raise InvalidInput("Choose somebody who works in this partnership.", {"lead": "Select a lead professional"})
    on = timezone.localdate(at)
    try:
        with transaction.atomic():
            membership = CohortMembership.objects.create(
                **marked_like(nomination),
                person_id=nomination.person_id,
                scheme_id=nomination.scheme_id,
                nomination=nomination,
                cohort_type=verdict.cohort_type,
                rag=verdict.rag,
                rag_since=on,
                lead=lead,
                review_on=verdict.review_on,
                started_on=on,
            )
    except IntegrityError as error:  # a membership that `by` may not see
        raise WrongState("This person is in the cohort already.") from error
    # The first rating, lead and review are the start of their history.
    for change, after in (
        (Change.RAG, verdict.rag),
        (Change.LEAD, str(lead.pk)),
        (Change.REVIEW, str(verdict.review_on)),
    ):
        MembershipChange.objects.create(
            **marked_like(nomination),
            membership=membership,
            change=change,
            after=after,
            rationale=verdict.reasons,
            by_id=by.user_id,
            at=at,
        )
    return membership


@transaction.atomic
def record_told(
    *, decision: PanelDecision, told: Told, told_on: date | None, how: str, note: str, by: Scope, at: datetime
) -> None:
    """Records how and when the person was told of the decision, or why they will not be."""
    by.check(Permission.COHORT_MANAGE)
    decision = locked(row=decision, by=by)
    rules.check_can_record_told(told=told, told_on=told_on, how=how, note=note, on=timezone.localdate(at))
    is_told = told == Told.YES
    PanelDecision.objects.filter(pk=decision.pk).update(
        told=told,
        told_on=told_on if is_told else None,
        told_how=how if is_told else "",
        told_note=note,
        told_recorded_by=by.user_id,
        told_recorded_at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="cohorts.record_told",
        subject_type="cohorts.PanelDecision",
        subject_id=decision.pk,
        person_id=decision.nomination.person_id,
        fields=["told", "told_on", "told_how", "told_note"],
    )
