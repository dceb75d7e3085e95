"""What the partnership says of how data is used is only ever added to."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.sharing.choices.data_use import Point
from iom.sharing.models import DataUseAnswer
from iom.sharing.queries import data_use as queries


@transaction.atomic
def answer(*, texts: Mapping[Point, str], by: Scope, at: datetime) -> list[Point]:
    """Keeps what is said anew of these points, and returns which they are; the same words again are not kept twice."""
    by.check(Permission.DATA_USE_ANSWER)
    said = {point: each.text for point, each in queries.answers(scope=by).items()}
    changed = [point for point, text in texts.items() if text != said.get(point, "")]
    DataUseAnswer.objects.bulk_create(
        DataUseAnswer(
            partnership_id=by.partnership_id,
            owner_id=by.agency_id,
            point=point,
            text=texts[point],
            written_by=by.user_id,
            written_at=at,
        )
        for point in changed
    )
    if changed:
        audit.record(
            by=by,
            at=at,
            kind=Kind.ACCESS,
            action="sharing.answer_data_use",
            subject_type="sharing.DataUseAnswer",
            subject_id="list",
            fields=[str(point) for point in changed],
        )
    return changed
