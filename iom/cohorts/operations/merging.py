"""What becomes of cohort rows when two people turn out to be one, or one turns out to be two.

Called by the person index through its registry, and it acts as the system: a row that whoever merges may not see must
follow all the same.
"""

from datetime import datetime

from django.utils import timezone

from iom.access.scope import Scope, act_in, unrestricted
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts.choices import EndReason, MembershipState, NominationState
from iom.cohorts.models import Candidate, CohortMembership, Nomination, Score, WhatIfPerson

UNDECIDED = (NominationState.OPEN, NominationState.DEFERRED)
SAME_PERSON = "Found to be the same person as another nominee or member"


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Everything about the person who is gone becomes about the one who is kept.

    Of two memberships at once the one that began first stays, and the other ends with the reason; of two undecided
    nominations under one scheme the first stays. Ranks and scores of both go: each was worked out on half a record.
    """
    with act_in(system(by)):
        if not is_known(person_id=gone_id):
            forget_ranks(person_ids=[keep_id])
            return
        end_second_membership(keep_id=keep_id, gone_id=gone_id, by=by, at=at)
        withdraw_second_nominations(keep_id=keep_id, gone_id=gone_id, by=by, at=at)
        moved = Nomination.objects.filter(person_id=gone_id).update(person_id=keep_id)
        moved += CohortMembership.objects.filter(person_id=gone_id).update(person_id=keep_id)
        forget_ranks(person_ids=[keep_id, gone_id])
        if moved:
            note(action="merge", person_id=keep_id, other_id=gone_id, by=by, at=at)


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """Nominations and membership stay with the person they were decided about; ranks and scores go until ranked again.

    Nobody is put in or taken out of the cohort by a split: whoever manages the member decides.
    """
    with act_in(system(by)):
        forget_ranks(person_ids=[person_id, new_id])
        if CohortMembership.objects.filter(person_id=person_id, state=MembershipState.ACTIVE).exists():
            note(action="split", person_id=person_id, other_id=new_id, by=by, at=at)


def is_known(*, person_id: int) -> bool:
    """Whether the cohort holds anything about the person. One query: a first linking merges thousands."""
    rows = Candidate.objects.filter(person_id=person_id).values("pk")
    others = [model.objects.filter(person_id=person_id).values("pk") for model in (Nomination, CohortMembership, Score)]
    return bool(rows.union(*others, all=True)[:1])


def system(by: Scope) -> Scope:
    because = by.because or "people in the index were merged or split"
    return unrestricted(partnership_id=by.partnership_id, agency_id=by.agency_id, because=because)


def end_second_membership(*, keep_id: int, gone_id: int, by: Scope, at: datetime) -> None:
    both = CohortMembership.objects.filter(person_id__in=[keep_id, gone_id], state=MembershipState.ACTIVE)
    for later in both.order_by("started_on", "id")[1:]:
        CohortMembership.objects.filter(pk=later.pk).update(
            state=MembershipState.DESELECTED,
            ended_on=max(timezone.localdate(at), later.started_on),
            end_reason=EndReason.SAME_PERSON,
            end_explanation=SAME_PERSON,
            ended_by=by.user_id,
            ended_at=at,
        )


def withdraw_second_nominations(*, keep_id: int, gone_id: int, by: Scope, at: datetime) -> None:
    undecided = Nomination.objects.filter(person_id__in=[keep_id, gone_id], state__in=UNDECIDED)
    seen: set[int] = set()
    for nomination in undecided.order_by("nominated_at", "id"):
        if nomination.scheme_id in seen:
            Nomination.objects.filter(pk=nomination.pk).update(
                state=NominationState.WITHDRAWN,
                deferred_until=None,
                closed_by=by.user_id,
                closed_at=at,
                withdrawal_reason=SAME_PERSON,
            )
        seen.add(nomination.scheme_id)


def forget_ranks(*, person_ids: list[int]) -> None:
    """Removes what was worked out on a record that has changed hands; the next ranking works it out anew."""
    Candidate.objects.filter(person_id__in=person_ids).delete()
    WhatIfPerson.objects.filter(person_id__in=person_ids).delete()
    Score.objects.filter(person_id__in=person_ids).delete()


def note(*, action: str, person_id: int, other_id: int, by: Scope, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"cohorts.{action}",
        subject_type="people.Person",
        subject_id=person_id,
        person_id=person_id,
        detail={"other": other_id},
    )
