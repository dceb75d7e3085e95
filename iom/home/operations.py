"""Keeping what was typed when a session had ended, and removing it once it is saved, discarded or old."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.home.models import Draft

MOST = 10  # of one user for one agency: the newest
KEPT_FOR = timedelta(days=7)


@transaction.atomic
def keep(
    *,
    user_id: int,
    agency_id: int,
    path: str,
    pairs: list[tuple[str, str]],
    files: list[str],
    instead_of: UUID | None,
    by: Scope,
    at: datetime,
) -> Draft:
    """Keeps one form for its user; the draft it was continued from, and what is more than enough, goes."""
    draft: Draft = Draft.objects.create(
        user_id=user_id, agency_id=agency_id, path=path, pairs=pairs, files=files, kept_at=at
    )
    record(
        draft_id=draft.pk,
        kind=Kind.COLLECTION,
        action="home.keep_draft",
        by=by,
        at=at,
        detail={"user": user_id, "fields": len(pairs)},
    )
    own = Draft.objects.filter(user_id=user_id, agency_id=agency_id)
    if instead_of:
        remove(drafts=own.filter(pk=instead_of), action="home.replace_draft", by=by, at=at)
    newest = own.order_by("-kept_at", "-pk").values("pk")[:MOST]
    remove(drafts=own.exclude(pk__in=newest), action="home.crowd_out_draft", by=by, at=at)
    return draft


def opened(*, draft: Draft, by: Scope, at: datetime) -> None:
    """Records that a draft was looked at."""
    record(draft_id=draft.pk, kind=Kind.CONSULTATION, action="home.open_draft", by=by, at=at)


@transaction.atomic
def discard(*, draft_id: UUID, by: Scope, at: datetime) -> None:
    """Removes a draft its user no longer wants."""
    remove(drafts=Draft.objects.visible_to(by).filter(pk=draft_id), action="home.discard_draft", by=by, at=at)


@transaction.atomic
def finish(*, draft_id: UUID, path: str, by: Scope, at: datetime) -> None:
    """Removes the draft of a form that has now been saved, in the transaction that saved it."""
    there = Q(path=path) | Q(path__startswith=f"{path}?")
    remove(drafts=Draft.objects.visible_to(by).filter(there, pk=draft_id), action="home.finish_draft", by=by, at=at)


@transaction.atomic
def remove_old(*, by: Scope, at: datetime) -> None:
    """Removes the drafts of an agency that nobody came back for."""
    old = Draft.objects.filter(agency_id=by.agency_id, kept_at__lt=at - KEPT_FOR)
    remove(drafts=old, action="home.remove_old_draft", by=by, at=at)


def remove(*, drafts: QuerySet[Draft], action: str, by: Scope, at: datetime) -> None:
    for draft_id in list(drafts.values_list("pk", flat=True)):
        Draft.objects.filter(pk=draft_id).delete()
        record(draft_id=draft_id, kind=Kind.ERASURE, action=action, by=by, at=at)


def record(
    *, draft_id: UUID, kind: Kind, action: str, by: Scope, at: datetime, detail: dict[str, int] | None = None
) -> None:
    audit.record(by=by, at=at, kind=kind, action=action, subject_type="home.Draft", subject_id=draft_id, detail=detail)
