"""What becomes of retention when people are merged or split: decisions and holds follow, nothing is destroyed."""

from datetime import datetime

from iom.access.scope import Scope, act_in, unrestricted
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.sharing.choices.retention import ItemState, LeftBecause
from iom.sharing.models import DestructionItem, LegalHold, RetentionDecision, RetentionReview


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """A hold on either holds for the one; what was proposed of either is left alone; dates are worked out again."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were merged"
    )
    with act_in(system):
        moved = LegalHold.objects.filter(person=gone_id).update(person=keep_id)
        moved += RetentionDecision.objects.filter(person=gone_id).update(person=keep_id)
        waiting = DestructionItem.objects.filter(person__in=[keep_id, gone_id], state=ItemState.WAITING)
        moved += waiting.update(state=ItemState.LEFT, left_because=LeftBecause.MERGED, done_at=at)
        RetentionReview.objects.filter(person__in=[keep_id, gone_id]).delete()
        if moved:
            audit.record(
                by=by,
                at=at,
                kind=Kind.ALTERATION,
                action="sharing.merge",
                subject_type="people.Person",
                subject_id=keep_id,
                person_id=keep_id,
                detail={"other": gone_id},
            )


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """A hold protects both: nobody knows yet whom it was meant for. What was proposed is left alone."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were split"
    )
    with act_in(system):
        holds = list(LegalHold.objects.filter(person=person_id, lifted_at__isnull=True))
        for hold in holds:
            hold.pk, hold.person_id = None, new_id
            hold.save(force_insert=True)
        waiting = DestructionItem.objects.filter(person=person_id, state=ItemState.WAITING)
        left = waiting.update(state=ItemState.LEFT, left_because=LeftBecause.MERGED, done_at=at)
        if holds or left:
            audit.record(
                by=by,
                at=at,
                kind=Kind.ALTERATION,
                action="sharing.split",
                subject_type="people.Person",
                subject_id=person_id,
                person_id=person_id,
                detail={"other": new_id, "holds": [hold.pk for hold in holds], "left": left},
            )
