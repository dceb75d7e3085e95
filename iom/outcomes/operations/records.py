"""What several writes share: a question, locked, and its audit event; figures of a day, asked for and kept."""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import background
from iom.common.errors import NotVisible
from iom.outcomes import evaluation
from iom.outcomes.models import BoardFigures, EqualityEvidence, Study

ASK = Permission.OUTCOMES_ASK


def locked(*, study_id: int, by: Scope) -> Study:
    """The question, locked. Raises `NotVisible`."""
    found: Study | None = Study.objects.visible_to(by).select_for_update().filter(pk=study_id).first()
    if found is None:
        raise NotVisible()
    return found


def fingerprint(says: dict[str, Any]) -> str:
    return sha256(json.dumps(says, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record(
    *,
    study: Study,
    action: str,
    by: Scope,
    at: datetime,
    detail: dict[str, Any] | None = None,
    fields: list[str] | None = None,
    kind: Kind = Kind.COMBINATION,
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=kind,
        action=f"outcomes.{action}",
        subject_type="outcomes.Study",
        subject_id=study.pk,
        detail=detail,
        fields=fields or [],
    )


def ask_for(*, what: str, by: Scope, at: datetime) -> None:
    """Has figures of the partnership worked out, behind, by the task of that name."""
    by.check(ASK)
    background.start(
        f"outcomes.{what}",
        lock=f"outcomes-{by.partnership_id}",
        once=f"outcomes-{what}-{by.partnership_id}",
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action=f"outcomes.ask_for_{what}",
        subject_type="partnerships.Partnership",
        subject_id=by.partnership_id,
    )


def keep(
    *,
    what: str,
    model: type[BoardFigures] | type[EqualityEvidence],
    on: date,
    made: evaluation.Board | evaluation.Equality,
    by: Scope,
    at: datetime,
) -> None:
    """Keeps the figures of a day, in the place of earlier ones of the same day."""
    values = {"made_at": at, "figures": made.figures, "manifest": made.manifest}
    kept, _is_new = model.objects.update_or_create(partnership_id=by.partnership_id, on=on, defaults=values)
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action=f"outcomes.store_{what}",
        subject_type=f"outcomes.{model.__name__}",
        subject_id=kept.pk,
    )
