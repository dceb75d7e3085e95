"""What was found leaves the partnership: asked for by one, read and decided by another."""

from datetime import datetime
from typing import Any

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit.choices import Kind
from iom.common.errors import NotVisible, WrongState
from iom.outcomes import queries, rules
from iom.outcomes.choices import ReleaseState
from iom.outcomes.models import Release
from iom.outcomes.operations.records import ASK, fingerprint, locked, record


@transaction.atomic
def ask_release(*, study_id: int, recipient: str, says: dict[str, Any], by: Scope, at: datetime) -> Release:
    """Asks that what was found may leave the partnership, as `says`: suppressed and rounded already."""
    by.check(ASK)
    study = locked(study_id=study_id, by=by)
    rules.check_can_ask_release(state=study.state, has_release=queries.release_of(study=study, scope=by) is not None)
    rules.check_says_why(recipient, field="recipient", message="Enter who is to have it, and what for")
    release = Release.objects.create(
        partnership_id=by.partnership_id,
        study=study,
        recipient=recipient,
        says=says,
        sha256=fingerprint(says),
        asked_by=by.user_id,
        asked_at=at,
    )
    record(study=study, action="ask_release", by=by, at=at, detail={"release": release.pk})
    return release


@transaction.atomic
def decide_release(*, release_id: int, is_released: bool, reason: str, seen: str, by: Scope, at: datetime) -> Release:
    """Releases what somebody else asked to release, or refuses. `seen` is the fingerprint of what was read."""
    by.check(Permission.OUTCOMES_RELEASE)
    release: Release | None = (
        Release.objects.visible_to(by).select_for_update(of=("self",)).select_related("study").filter(pk=release_id)
    ).first()
    if release is None:
        raise NotVisible()
    rules.check_can_decide_release(state=release.state, asked_by=release.asked_by, user_id=by.user_id)
    if seen != release.sha256:
        raise WrongState("This is not what you read. Look at it again.")
    if not is_released:
        rules.check_says_why(reason, field="reason", message="Enter why it may not leave")
    Release.objects.filter(pk=release.pk).update(
        state=ReleaseState.RELEASED if is_released else ReleaseState.REFUSED,
        reason=reason,
        decided_by=by.user_id,
        decided_at=at,
    )
    action = "release" if is_released else "refuse_release"
    record(study=release.study, action=action, by=by, at=at, detail={"release": release.pk})
    return release


@transaction.atomic
def record_taken(*, release: Release, kind: str, by: Scope, at: datetime) -> None:
    """Records that a released report was taken as a file."""
    record(
        study=release.study,
        action="take_report",
        by=by,
        at=at,
        detail={"release": release.pk, "kind": kind},
        kind=Kind.DISCLOSURE,
    )
