"""What is asked of drafts."""

from uuid import UUID

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.home.models import Draft


def get_draft(*, scope: Scope, draft_id: UUID) -> Draft:
    """A draft of the user's own. Raises `NotVisible`."""
    found: Draft | None = Draft.objects.visible_to(scope).select_related("agency").filter(pk=draft_id).first()
    if found is None:
        raise NotVisible
    return found


def is_for_another_agency(*, scope: Scope, draft_id: UUID) -> bool:
    """Whether this draft was typed for another agency than the user acts for now."""
    return bool(Draft.objects.visible_to(scope).filter(pk=draft_id).exclude(agency_id=scope.agency_id).exists())


def list_drafts(*, scope: Scope) -> list[Draft]:
    """The user's drafts, newest first, without what was typed."""
    return list(Draft.objects.visible_to(scope).defer("pairs").order_by("-kept_at"))
