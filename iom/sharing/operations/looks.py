"""Putting looks at the record before information governance, and recording what was found."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible
from iom.sharing.choices.looks import Doubt, Finding
from iom.sharing.models import LookReview
from iom.sharing.queries import looks as queries
from iom.sharing.rules import looks as rules

DRAWN_FROM = timedelta(days=7)


@transaction.atomic
def find_anomalies(*, since: datetime, until: datetime, by: Scope, at: datetime) -> int:
    """Puts what is out of the ordinary in a span of time before the reviewers; found again, it stays as it was.

    Returns how many are new.
    """
    looks = queries.looks(scope=by, since=since, until=until)
    people = {person_id for look in looks for person_id in look.people}
    found = rules.anomalies(
        looks,
        users=queries.users_known(actor_ids={look.actor_id for look in looks}),
        people=queries.people_known(person_ids=people, scope=by),
        days_before=queries.usual_days(scope=by, until=since),
    )
    before = LookReview.objects.visible_to(by).count()
    LookReview.objects.bulk_create(
        [
            LookReview(
                partnership_id=by.partnership_id,
                doubt=one.doubt,
                actor_id=one.actor_id,
                on=one.on,
                person_id=one.person_id,
                event_ids=one.event_ids,
                people=len(one.people),
                found_at=at,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )
    new = LookReview.objects.visible_to(by).count() - before
    if new:
        _record("find_anomalies", "list", by=by, at=at, detail={"found": new})
    return new


@transaction.atomic
def draw_sample(*, count: int, by: Scope, at: datetime) -> int:
    """Draws looks of the last week at random, for somebody to ask what they were for. Returns how many."""
    by.check(Permission.AUDIT_VIEW)
    drawn = queries.draw_looks(scope=by, since=at - DRAWN_FROM, count=count)
    LookReview.objects.bulk_create(
        LookReview(
            partnership_id=by.partnership_id,
            doubt=Doubt.DIP_SAMPLE,
            actor_id=event.actor_id,
            on=timezone.localdate(event.at),
            person_id=event.person_id,
            event_ids=[event.pk],
            people=1,
            found_at=at,
        )
        for event in drawn
    )
    _record("draw_sample", "list", by=by, at=at, detail={"drawn": len(drawn)})
    return len(drawn)


@transaction.atomic
def review(*, review_id: int, finding: Finding, note: str, by: Scope, at: datetime) -> LookReview:
    """Records what a review found. Nobody reviews what they did themselves, and nothing is reviewed twice."""
    by.check(Permission.AUDIT_VIEW)
    one = LookReview.objects.visible_to(by).select_for_update().filter(pk=review_id).first()
    if one is None:
        raise NotVisible()
    rules.check_can_review(actor_id=one.actor_id, reviewer_id=by.user_id, finding=one.finding)
    rules.check_note(finding=finding, note=note)
    LookReview.objects.filter(pk=one.pk).update(finding=finding, note=note, reviewed_by=by.user_id, reviewed_at=at)
    _record("review", one.pk, by=by, at=at, person_id=one.person_id, detail={"finding": str(finding)}, reason=note)
    return one


def _record(action: str, subject_id: object, *, by: Scope, at: datetime, **given: object) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action=f"sharing.{action}",
        subject_type="sharing.LookReview",
        subject_id=subject_id,
        **given,  # type: ignore[arg-type]
    )
