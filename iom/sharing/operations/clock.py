"""Every write of the clock of a request about data, of either kind: the person is awaited, what was awaited came, more
time is taken."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.operations import locked, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible
from iom.sharing.choices.subject_access import PauseReason
from iom.sharing.models import RightsPause, RightsRequest, SubjectAccessPause, SubjectAccessRequest
from iom.sharing.queries.clock import AnyRequest, clock_now
from iom.sharing.rules import clock as rules
from iom.sharing.rules import rights, subject_access

# What has a way of its own: identity is confirmed, not only awaited.
ASKED_FOR = (PauseReason.FEE, PauseReason.CLARIFICATION)


@dataclass(frozen=True)
class RequestKind:
    """What differs between the two kinds of request."""

    name: str
    pauses: Any
    manage: Permission
    in_hand: tuple[str, ...]
    open: tuple[str, ...]


KINDS: dict[type[AnyRequest], RequestKind] = {
    RightsRequest: RequestKind("rights", RightsPause, Permission.RIGHTS_MANAGE, rights.IN_HAND, rights.OPEN),
    SubjectAccessRequest: RequestKind(
        "subject_access",
        SubjectAccessPause,
        Permission.SUBJECT_ACCESS_MANAGE,
        subject_access.IN_HAND,
        subject_access.OPEN,
    ),
}


@transaction.atomic
def pause(*, request: AnyRequest, reason: str, by: Scope, at: datetime) -> None:
    """Records that the person is awaited from today; the clock stands still where the law says so."""
    this = KINDS[type(request)]
    by.check(this.manage)
    request = locked(row=request, by=by)
    rules.check_can_pause(is_in_hand=request.state in this.in_hand, waits=clock_now(request, scope=by).waits)
    this.pauses.objects.create(
        **marked_like(request), request=request, reason=reason, started_on=timezone.localdate(at)
    )
    _note(request, "pause", by=by, at=at, detail={"pause": reason})


@transaction.atomic
def resume(*, request: AnyRequest, by: Scope, at: datetime) -> None:
    """Records that what was awaited came today. Identity is confirmed by `confirm_identity` instead."""
    this = KINDS[type(request)]
    by.check(this.manage)
    request = locked(row=request, by=by)
    if not end_pause(request=request, on=timezone.localdate(at), reasons=ASKED_FOR):
        raise NotVisible()
    _note(request, "resume", by=by, at=at)


def end_pause(*, request: AnyRequest, on: date, reasons: tuple[PauseReason, ...]) -> int:
    """Ends what its caller may end and has locked; returns how many pauses there were."""
    found = KINDS[type(request)].pauses.objects.filter(request=request, ended_on__isnull=True, reason__in=reasons)
    return int(found.update(ended_on=on))


@transaction.atomic
def extend(*, request: AnyRequest, reason: str, told_on: date | None, by: Scope, at: datetime) -> None:
    """Takes two more months, once the person was told why."""
    this = KINDS[type(request)]
    by.check(this.manage)
    request = locked(row=request, by=by)
    rules.check_can_extend(
        is_open=request.state in this.open,
        clock=clock_now(request, scope=by),
        reason=reason,
        told_on=told_on,
        on=timezone.localdate(at),
    )
    type(request).objects.filter(pk=request.pk).update(
        extended_at=at, extension_reason=reason, extension_told_on=told_on
    )
    _note(request, "extend", by=by, at=at, reason=reason, detail={"told_on": str(told_on)})


def _note(
    request: AnyRequest, action: str, *, by: Scope, at: datetime, reason: str = "", detail: dict[str, Any] | None = None
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"sharing.{KINDS[type(request)].name}.{action}",
        subject_type=request._meta.label,
        subject_id=request.pk,
        person_id=request.person_id,
        reason=reason,
        detail=detail,
    )
