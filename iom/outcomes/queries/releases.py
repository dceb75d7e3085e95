"""What was found and may leave, or waits for who decides."""

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.outcomes.choices import ReleaseState
from iom.outcomes.models import Release, Study


def get_release(*, release_id: int, scope: Scope) -> Release:
    found: Release | None = (
        Release.objects.visible_to(scope).select_related("study__scheme").filter(pk=release_id).first()
    )
    if found is None:
        raise NotVisible()
    return found


def release_of(*, study: Study, scope: Scope) -> Release | None:
    """The release of a study that is asked for or given."""
    found: Release | None = (
        Release.objects.visible_to(scope)
        .filter(study=study, state__in=(ReleaseState.ASKED, ReleaseState.RELEASED))
        .first()
    )
    return found


def releases_asked(*, scope: Scope) -> list[Release]:
    """What waits to be read by a second person: not by who asked."""
    found = Release.objects.visible_to(scope).filter(state=ReleaseState.ASKED).exclude(asked_by=scope.user_id)
    return list(found.select_related("study").order_by("asked_at"))
