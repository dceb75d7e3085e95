"""How selection falls on groups."""

from django.db.models import QuerySet

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.outcomes.models import EqualityEvidence


def list_equality(*, scope: Scope) -> "QuerySet[EqualityEvidence]":
    """What was worked out on each day, the latest first."""
    found: QuerySet[EqualityEvidence] = EqualityEvidence.objects.visible_to(scope).order_by("-on")
    return found


def get_equality(*, evidence_id: int, scope: Scope) -> EqualityEvidence:
    """What was worked out on one day. Raises `NotVisible`."""
    found = list_equality(scope=scope).filter(pk=evidence_id).first()
    if found is None:
        raise NotVisible()
    return found
