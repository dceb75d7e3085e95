"""Reads the register of impact assessments."""

from datetime import date

from iom.access.scope import Scope
from iom.agreements.models import ImpactAssessment, SharingAgreement
from iom.common.errors import NotVisible


def list_assessments(*, scope: Scope) -> list[ImpactAssessment]:
    """Every assessment of the partnership, newest first."""
    found = ImpactAssessment.objects.visible_to(scope).select_related("agreement", "owner", "followed_by")
    return list(found.order_by("-drafted_at", "-pk"))


def get_assessment(*, assessment_id: int, scope: Scope) -> ImpactAssessment:
    """One assessment. Raises `NotVisible` where it is not the partnership's."""
    found: ImpactAssessment | None = (
        ImpactAssessment.objects.visible_to(scope)
        .select_related("agreement", "owner", "follows", "followed_by")
        .filter(pk=assessment_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def is_assessed(*, agreement: SharingAgreement, scope: Scope) -> bool:
    """Whether an approved assessment stands for an agreement."""
    found = ImpactAssessment.objects.visible_to(scope).filter(agreement=agreement, approved_at__isnull=False)
    return bool(found.exists())


def list_assessments_near_review(*, scope: Scope, until: date) -> list[ImpactAssessment]:
    """Approved assessments whose review falls before a day, and that no approved one follows, the soonest first."""
    found = ImpactAssessment.objects.visible_to(scope).filter(approved_at__isnull=False, review_on__lte=until)
    found = found.filter(followed_by__approved_at__isnull=True)
    return list(found.order_by("review_on", "pk"))


def list_assessments_to_approve(*, scope: Scope) -> list[ImpactAssessment]:
    """Assessments that somebody other than the user drafted: theirs to approve."""
    found = ImpactAssessment.objects.visible_to(scope).filter(approved_at__isnull=True)
    return list(found.exclude(drafted_by=scope.user_id).order_by("drafted_at", "pk"))
