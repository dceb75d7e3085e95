"""Destruction lists: approved by two people, then carried out record by record, however often the work is killed."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.models import EmergencyAccess, LimitedAccess
from iom.agreements.operations import marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import background, erasure, registries
from iom.common.erasure import Counts, Rows
from iom.common.errors import NotVisible, WrongState
from iom.people.models import Person, Restriction
from iom.people.operations import index
from iom.people.queries import people
from iom.sharing.adapters import answers
from iom.sharing.choices.retention import ItemState, ListState
from iom.sharing.models import (
    AnswerItem,
    DestructionApproval,
    DestructionItem,
    DestructionList,
    Disclosure,
    Given,
    InformationGiven,
    InformationRequest,
    LegalHold,
    LookReview,
    Package,
    RetentionDecision,
    RetentionReview,
    RightsNotice,
    RightsRequest,
    SubjectAccessItem,
    SubjectAccessRequest,
)
from iom.sharing.operations import retention
from iom.sharing.queries import retention as queries
from iom.sharing.rules import retention as rules
from iom.sharing.rules.subject_access import OPEN

TASK = "sharing.destroy"
# What an agency itself wrote about a person, which ends with its record of them.
OF_AGENCY = (LegalHold, SubjectAccessRequest, RightsRequest, InformationGiven, EmergencyAccess)
STANDING: tuple[Any, ...] = (Restriction, LimitedAccess)  # until they are lifted


def _locked(list_id: int, by: Scope) -> DestructionList:
    found: DestructionList | None = queries.own(DestructionList, by).select_for_update().filter(pk=list_id).first()
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def approve(*, list_id: int, records: int, by: Scope, at: datetime) -> bool:
    """One person's leave to destroy what is on a list; the second's starts it. Returns whether this was the second.

    `records` is how many the approver was shown: a list that has grown since is not what they approved.
    """
    by.check(Permission.RETENTION_APPROVE)
    chosen = _locked(list_id, by)
    approved_by = [each.approved_by for each in queries.list_approvals(list_id=list_id, scope=by)]
    rules.check_can_approve(state=chosen.state, approved_by=approved_by, user_id=by.user_id)
    items = queries.list_items(list_id=list_id, scope=by)
    if len(items) != records:
        raise WrongState("The list has changed since you opened it. Look at it again before you approve.")
    on = timezone.localdate(at)
    if queries.held_people(scope=by, person_ids=[item.person_id for item in items], on=on):
        raise WrongState(
            "A legal hold applies to somebody on this list. Withdraw the list, and propose the others again."
        )
    DestructionApproval.objects.create(**marked_like(chosen), list=chosen, approved_by=by.user_id, approved_at=at)
    is_second = len(approved_by) + 1 == rules.APPROVALS
    if is_second:
        chosen.state = ListState.APPROVED
        chosen.save()
        _start(list_id, by)
    _record(chosen, action="sharing.approve_destruction", by=by, at=at, detail={"approval": len(approved_by) + 1})
    return is_second


def _start(list_id: int, by: Scope) -> bool:
    """Queues the work on an approved list; false where it is queued already."""
    return background.start(
        TASK,
        lock=f"destroy-{by.partnership_id}",
        once=f"destroy-{list_id}",
        list_id=list_id,
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )


@transaction.atomic
def take_up(*, by: Scope, at: datetime) -> None:
    """Queues again the agency's approved lists that are not done and that nothing is at work on any more.

    And lists again the erasures that were granted and left alone, where nothing stands in their way now.
    """
    retention.list_granted_again(by=by, at=at)
    for chosen in queries.own(DestructionList, by).filter(state=ListState.APPROVED).order_by("pk"):
        if not background.is_alive(once=f"destroy-{chosen.pk}") and _start(chosen.pk, by):
            _record(chosen, action="sharing.take_up_destruction", by=by, at=at)


@transaction.atomic
def withdraw(*, list_id: int, reason: str, by: Scope, at: datetime) -> None:
    """Takes back a list that two people have not approved; its records are due for review again.

    What is on it because two people granted the person's request goes on the next list: one does not undo that.
    """
    by.check(Permission.RETENTION_REVIEW)
    chosen = _locked(list_id, by)
    if chosen.state != ListState.PROPOSED:
        raise WrongState("This list no longer waits for approval: somebody else has decided meanwhile.")
    chosen.state, chosen.withdrawn_by, chosen.withdraw_reason = ListState.WITHDRAWN, by.user_id, reason
    chosen.save()
    items = queries.own(DestructionItem, by).filter(list=chosen, state=ItemState.WAITING)
    items.update(state=ItemState.LEFT)
    _record(chosen, action="sharing.withdraw_destruction", by=by, at=at)
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="an erasure that was granted is listed again"
    )
    with act_in(system):
        retention.list_granted_again(by=system, at=at)


@transaction.atomic
def destroy_next(*, list_id: int, by: Scope, at: datetime) -> bool:
    """Destroys the next record of an approved list, all of it or nothing; returns whether there may be more.

    What was true when it was approved is asked again: a hold placed since, something that happened since, or a merge
    leaves the record alone. Raises Busy where the index is not free.
    """
    index.hold_still(by=by, because="a record has reached its end")
    chosen = _locked(list_id, by)
    if chosen.state != ListState.APPROVED:
        return False
    waiting = queries.own(DestructionItem, by).filter(list=chosen, state=ItemState.WAITING).order_by("pk")
    item: DestructionItem | None = waiting.select_for_update().first()
    if item is None:
        chosen.state, chosen.finished_at = ListState.DONE, at
        chosen.save()
        _record(chosen, action="sharing.finish_destruction", by=by, at=at)
        return False
    on = timezone.localdate(at)
    # Held until the transaction ends, so that no hold is placed between the look and the destruction. What only points
    # to the person does not wait: it may itself hold the review dates that are worked out below.
    person = Person.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=item.person_id)
    retention.set_review_dates_of(person=person, by=by, at=at)
    review = queries.own(RetentionReview, by).filter(person=person, record=item.record).first()
    is_granted = item.rule == rules.ERASURE_GRANTED
    item.left_because = rules.why_not_destroyed(
        # What a person had granted is due whenever it comes, whatever the rule keeps it for.
        due_on=on if is_granted else review.due_on if review else None,
        must_be_kept=not is_granted and review is not None and queries.must_be_kept(review=review, on=on),
        on=on,
        **queries.in_the_way(person=person, on=on, scope=by),
    )
    item.state, item.done_at = (ItemState.LEFT if item.left_because else ItemState.DONE), at
    if not item.left_because:
        item.counts = _destroy(item, by=by, at=at)
    item.save()
    return True


def _destroy(item: DestructionItem, *, by: Scope, at: datetime) -> Counts:
    """Every app empties its part. The event that says so holds counts, and no word of what was destroyed."""
    seen = queries.seen_by_agency(record=item.record, person_id=item.person_id, scope=by)
    everything = erasure.merge(
        entry.erase(by=by, person_id=item.person_id, agency_id=by.agency_id, at=at)
        for entry in registries.retained_records
        if entry.record == item.record
    )
    counts = erasure.fold(everything, seen)
    review = queries.own(RetentionReview, by).filter(person=item.person_id, record=item.record)
    review.delete()
    is_last = not RetentionReview.objects.visible_to(by).filter(person=item.person_id).exists()
    if is_last:
        audit.erase_values(person_ids=people.with_merged(person_id=item.person_id, scope=by), by=by)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ERASURE,
        action="sharing.destroy",
        subject_type="sharing.DestructionItem",
        subject_id=item.pk,
        person_id=item.person_id,
        detail={
            "list": item.list_id,
            "record": item.record,
            "rows": {table: says["rows"] for table, says in counts.items()},
        },
    )
    return counts


def plan_reasons(*, scope: Scope, person_id: int, agency_id: int, record: str) -> Counts:
    """What `erase_reasons` would do."""
    return erasure.count(_reasons(scope, person_id, agency_id, record))


@transaction.atomic
def erase_reasons(*, by: Scope, person_id: int, agency_id: int, at: datetime, record: str) -> Counts:
    """Empties the words of the agency's reviewers about a person; that they reviewed, and what they decided, stays."""
    ids = people.with_merged(person_id=person_id, scope=by)
    for request in SubjectAccessRequest.objects.visible_to(by).filter(person__in=ids, owner_agency=agency_id):
        transaction.on_commit(partial(answers.remove, request))
    counts = erasure.empty(_reasons(by, person_id, agency_id, record))
    audit.record(
        by=by,
        at=at,
        kind=Kind.ERASURE,
        action="sharing.erase_reasons",
        subject_type="people.Person",
        subject_id=person_id,
        person_id=person_id,
    )
    return counts


def _reasons(scope: Scope, person_id: int, agency_id: int, record: str) -> list[Rows]:
    # A limit, an emergency access and a look stay under the person they were about when that person is merged.
    ids = people.with_merged(person_id=person_id, scope=scope)
    whose = {"person_id__in": ids, "owner_agency": agency_id}
    own = [Rows(model.objects.visible_to(scope).filter(**whose)) for model in OF_AGENCY]
    own.append(Rows(RetentionDecision.objects.visible_to(scope).filter(**whose, record=record)))
    # What still holds of a record that stays says why, and what its reader is told.
    is_last = queries.is_last_record(record=record, person_id=person_id, agency_id=agency_id, scope=scope)
    over = {} if is_last else {"lifted_at__isnull": False}
    own += [Rows(model.objects.visible_to(scope).filter(**whose, **over)) for model in STANDING]
    # What another agency was told and has not dealt with stays until then: it is how they know whom it is about.
    own.append(Rows(RightsNotice.objects.visible_to(scope).filter(**whose, dealt_with_at__isnull=False)))
    # The copy made for an answer.
    asked = Q(request__person__in=ids, owner_agency=agency_id)
    own += [
        Rows(Package.objects.visible_to(scope).filter(**whose)),
        Rows(AnswerItem.objects.visible_to(scope).filter(asked), whole=True),
        Rows(Given.objects.visible_to(scope).filter(disclosure__person__in=ids, owner_agency=agency_id)),
        Rows(InformationRequest.objects.visible_to(scope).filter(**whose)),
        Rows(Disclosure.objects.visible_to(scope).filter(**whose)),
    ]
    own.append(Rows(SubjectAccessItem.objects.visible_to(scope).filter(asked), whole=True))
    # What a user said about why they looked belongs to no agency, and goes with the first of its records.
    return [*own, Rows(LookReview.objects.visible_to(scope).filter(person_id__in=ids))]


def plan_copies(*, scope: Scope, person_id: int, agency_id: int, app: str) -> Counts:
    """What `erase_copies` would do."""
    return erasure.count(_copies(scope, person_id, agency_id, app))


@transaction.atomic
def erase_copies(*, by: Scope, person_id: int, agency_id: int, at: datetime, app: str) -> Counts:
    """Removes the copies of the agency's rows, those of one app, from what others prepare as an answer to the person.

    What was released stays with whoever released it: it is what the person was told.
    """
    counts = erasure.empty(_copies(by, person_id, agency_id, app))
    audit.record(
        by=by,
        at=at,
        kind=Kind.ERASURE,
        action="sharing.erase_copies",
        subject_type="people.Person",
        subject_id=person_id,
        person_id=person_id,
        detail={"app": app},
    )
    return counts


def _copies(scope: Scope, person_id: int, agency_id: int, app: str) -> list[Rows]:
    prepared = SubjectAccessItem.objects.visible_to(scope).filter(
        request__person__in=people.with_merged(person_id=person_id, scope=scope),
        request__state__in=OPEN,
        controller=agency_id,
        source__startswith=f"{app}.",
    )
    return [Rows(prepared.exclude(owner_agency=agency_id), whole=True)]


def _record(
    chosen: DestructionList, *, action: str, by: Scope, at: datetime, detail: dict[str, int] | None = None
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=action,
        subject_type="sharing.DestructionList",
        subject_id=chosen.pk,
        detail=detail,
    )
