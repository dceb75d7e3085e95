"""The end of what a row about a place knows of a person: the number by which its sender tells victims apart."""

from datetime import datetime

from django.db import transaction

from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.people.models import RecordedCrime


@transaction.atomic
def forget_victims(*, before: datetime, by: Scope, at: datetime) -> int:
    """Empties whom each crime from before then was done to, and returns of how many crimes; the crimes stay."""
    found = RecordedCrime.objects.visible_to(by).filter(from_time__lt=before).exclude(victim_pseudonym="")
    number = found.update(victim_pseudonym="")
    if number:
        audit.record(
            by=by,
            at=at,
            kind=Kind.ERASURE,
            action="people.forget_victims",
            subject_type="partnerships.Partnership",
            subject_id=by.partnership_id,
            detail={"rows": number},
        )
    return int(number)
