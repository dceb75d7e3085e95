"""Impact assessments: drafted by one person, approved by another."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import queries
from iom.agreements.models import ImpactAssessment
from iom.agreements.operations.marking import locked
from iom.agreements.rules import impact_assessments as rules
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.seen import check_is_as_seen


@dataclass(frozen=True)
class Assessed:
    """What an assessment says."""

    title: str
    agreement_id: int | None
    processing: str
    risks: str
    consulted: str
    residual_risk: str
    commissioner_on: date | None
    outcome: str
    review_on: date


@transaction.atomic
def draft_assessment(
    *, assessed: Assessed, by: Scope, at: datetime, follows: ImpactAssessment | None = None
) -> ImpactAssessment:
    """A new assessment of the partnership, kept by the actor's agency; `follows`: the one that it reviews.

    Raises `WrongState` where that is a draft, or somebody else has begun to review it.
    """
    by.check(Permission.AGREEMENT_MANAGE)
    _check(assessed, by=by, at=at)
    if follows is not None:
        follows = locked(row=follows, by=by)
        rules.check_can_review_assessment(
            is_approved=follows.approved_at is not None,
            is_followed=ImpactAssessment.objects.filter(follows=follows).exists(),
        )
    assessment = ImpactAssessment.objects.create(
        partnership_id=by.partnership_id,
        owner_id=by.agency_id,
        drafted_by=by.user_id,
        drafted_at=at,
        follows=follows,
        **asdict(assessed),
    )
    _record(assessment, "agreements.draft_assessment", by=by, at=at)
    return assessment


@transaction.atomic
def change_assessment(*, assessment: ImpactAssessment, assessed: Assessed, by: Scope, at: datetime) -> ImpactAssessment:
    """Says a draft anew. Who changes it has drafted it: somebody else then approves it."""
    by.check(Permission.AGREEMENT_MANAGE)
    assessment = locked(row=assessment, by=by)
    rules.check_can_change_assessment(is_approved=assessment.approved_at is not None)
    _check(assessed, by=by, at=at)
    for name, value in asdict(assessed).items():
        setattr(assessment, name, value)
    assessment.drafted_by, assessment.drafted_at = by.user_id, at
    assessment.save()
    _record(assessment, "agreements.change_assessment", by=by, at=at)
    return assessment


@transaction.atomic
def approve_assessment(*, assessment: ImpactAssessment, seen: str, by: Scope, at: datetime) -> ImpactAssessment:
    """Makes an assessment stand. Somebody other than its drafter does.

    `seen`: when the draft that they read was made. Raises `WrongState` where it was changed since.
    """
    by.check(Permission.AGREEMENT_APPROVE)
    assessment = locked(row=assessment, by=by)
    rules.check_can_approve_assessment(
        is_approved=assessment.approved_at is not None,
        is_second_person=assessment.drafted_by != by.user_id,
        residual_risk=assessment.residual_risk,
        commissioner_on=assessment.commissioner_on,
    )
    check_is_as_seen(made_at=assessment.drafted_at, seen=seen)
    assessment.approved_by, assessment.approved_at = by.user_id, at
    assessment.save()
    _record(assessment, "agreements.approve_assessment", by=by, at=at)
    return assessment


def _check(assessed: Assessed, *, by: Scope, at: datetime) -> None:
    if assessed.agreement_id is not None:
        queries.get_agreement(agreement_id=assessed.agreement_id, scope=by)
    rules.check_assessment(
        commissioner_on=assessed.commissioner_on,
        review_on=assessed.review_on,
        on=timezone.localdate(at),
    )


def _record(assessment: ImpactAssessment, action: str, *, by: Scope, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action=action,
        subject_type="agreements.ImpactAssessment",
        subject_id=assessment.pk,
    )
