"""Review dates, reviews and legal holds."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.agreements.operations import marked_by, marked_of
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible, WrongState
from iom.partnerships import queries as partnerships
from iom.people import extract
from iom.people.models import Person
from iom.sharing.choices.retention import ItemState, ListState, Record, ReviewOutcome
from iom.sharing.models import DestructionItem, DestructionList, LegalHold, RetentionDecision, RetentionReview
from iom.sharing.queries import retention as queries
from iom.sharing.rules import retention as rules

AT_ONCE = 500  # people in one transaction


@transaction.atomic
def set_review_dates(*, after: int, by: Scope, at: datetime) -> int | None:
    """Sets the review dates of the next people by id; returns whom to go on after, None at the end.

    Worked out again from what there is, so it can be broken off and begun again anywhere. Writes what has changed and
    nothing else: a night on which nothing happened writes nothing.
    """
    people = queries.people_after(scope=by, after=after, most=AT_ONCE)
    if not people:
        return None
    _set_dates(people, by=by, at=at)
    return people[-1].pk if len(people) == AT_ONCE else None


@transaction.atomic
def set_review_dates_of(*, person: Person, by: Scope, at: datetime) -> None:
    """Works out one person's review dates now, for what must not rest on those of last night."""
    _set_dates([person], by=by, at=at)


def _set_dates(people: list[Person], *, by: Scope, at: datetime) -> None:
    wanted = _wanted(people, by=by, on=timezone.localdate(at))
    rows = RetentionReview.objects.visible_to(by).filter(person__in=[person.pk for person in people])
    there = {(row.person_id, row.owner_agency_id, row.record): row for row in rows.select_for_update()}
    new = [row for key, row in wanted.items() if key not in there]
    changed = []
    for key, row in wanted.items():
        found = there.get(key)
        if found and any(getattr(found, name) != getattr(row, name) for name in WORKED_OUT):
            row.pk = found.pk
            changed.append(row)
    gone = [row.pk for key, row in there.items() if key not in wanted]
    RetentionReview.objects.bulk_create(new, ignore_conflicts=True)
    RetentionReview.objects.bulk_update(changed, WORKED_OUT)
    RetentionReview.objects.filter(pk__in=gone).delete()
    if new or changed or gone:
        audit.record(
            by=by,
            at=at,
            kind=Kind.ALTERATION,
            action="sharing.set_review_dates",
            subject_type="sharing.RetentionReview",
            subject_id="list",
            detail={"new": len(new), "changed": len(changed), "gone": len(gone)},
        )


WORKED_OUT = ("rule", "last_on", "due_on", "of_child")
Key = tuple[int, int, str]


def _wanted(people: list[Person], *, by: Scope, on: date) -> dict[Key, RetentionReview]:
    """The review of each record of these people as it should be."""
    agencies = {agency.pk: agency for agency in partnerships.list_agencies(scope=by)}
    born = {person.pk: person.date_of_birth for person in people}
    found = queries.held_by_all(scope=by, person_ids=list(born))
    kept = queries.last_kept(scope=by, person_ids=list(born))
    groups = extract.offence_groups()
    schedule = rules.load()
    wanted: dict[Key, RetentionReview] = {}
    for person_id, born_on in born.items():
        theirs = [(record, held) for record, held in found if held.person_id == person_id]
        signs = schedule.signs_of(
            registers={word.upper() for _, held in theirs for word in held.registers},
            offence_groups={groups.get(code, "") for _, held in theirs for code in held.offence_codes},
            convicted=any(held.offence_codes for _, held in theirs),
        )
        is_open = any(held.is_open for _, held in theirs)
        for key in sorted({(person_id, held.agency_id, record) for record, held in theirs}):
            rows = [held for record, held in theirs if (person_id, held.agency_id, record) == key]
            facts = rules.facts_of(rows, is_open=is_open, born_on=born_on, kept=_keeping(kept.get(key)))
            agency = agencies[key[1]]
            rule = rules.rule_for(schedule, record=key[2], owner=agency.kind, signs=signs, on=on)
            wanted[key] = RetentionReview(
                **marked_of(agency, audience=Audience.OWN),
                person_id=person_id,
                record=key[2],
                rule=rule.id,
                last_on=facts.last_on,
                due_on=rules.review_date(rule, facts),
                of_child=rules.was_child(born_on, on=facts.last_on),
            )
    return wanted


def _keeping(decision: RetentionDecision | None) -> tuple[date, date] | None:
    if decision is None or decision.next_on is None:
        return None
    return timezone.localdate(decision.decided_at), decision.next_on


def _locked(review_id: int, by: Scope) -> RetentionReview:
    """The review as it is now, held: two reviewers at once are told apart."""
    found: RetentionReview | None = (
        queries.own(RetentionReview, by).select_for_update(of=("self",)).filter(pk=review_id).first()
    )
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def keep(*, review_id: int, reason: str, next_on: date, by: Scope, at: datetime) -> None:
    """Keeps a record that was due, with the reason, until its next review."""
    by.check(Permission.RETENTION_REVIEW)
    review = _locked(review_id, by)
    rules.check_can_keep(next_on=next_on, on=timezone.localdate(at), due_on=review.due_on)
    if (
        queries.own(DestructionItem, by)
        .filter(person=review.person_id, record=review.record, state=ItemState.WAITING)
        .exists()
    ):
        raise WrongState("This record is on a destruction list already.")
    _decide(review, outcome=ReviewOutcome.KEEP, reason=reason, next_on=next_on, by=by, at=at)
    review.due_on = next_on
    review.save()


@transaction.atomic
def propose(*, review_id: int, reason: str, by: Scope, at: datetime) -> DestructionList:
    """Puts a record that was due on the agency's open destruction list, or on a new one."""
    by.check(Permission.RETENTION_REVIEW)
    review = _locked(review_id, by)
    on = timezone.localdate(at)
    items = queries.own(DestructionItem, by)
    rules.check_can_propose(
        due_on=review.due_on,
        on=on,
        is_held=bool(queries.held_people(scope=by, person_ids=[review.person_id], on=on)),
        is_listed=items.filter(person=review.person_id, record=review.record, state=ItemState.WAITING).exists(),
        must_be_kept=queries.must_be_kept(review=review, on=on),
    )
    marking = marked_by(by, audience=Audience.OWN)
    # A list that somebody approved is closed: they approved what was on it.
    waiting = queries.own(DestructionList, by).filter(state=ListState.PROPOSED).order_by("-pk")
    chosen: DestructionList | None = waiting.select_for_update().first()
    if chosen is None or chosen.approvals.exists():
        chosen = DestructionList.objects.create(**marking, proposed_by=by.user_id, proposed_at=at)
    try:
        with transaction.atomic():
            DestructionItem.objects.create(
                **marking, list=chosen, person_id=review.person_id, record=review.record, rule=review.rule
            )
    except IntegrityError as error:
        raise WrongState("This record is on a destruction list already.") from error
    _decide(review, outcome=ReviewOutcome.PROPOSE, reason=reason, next_on=None, by=by, at=at)
    return chosen


def list_for_erasure(*, person: Person, by: Scope, at: datetime) -> DestructionList:
    """Puts the agency's record of a person on its destruction list because they asked, and two people granted it.

    Two people approve the list like any other, and a legal hold placed meanwhile keeps the record.
    """
    marking = marked_by(by, audience=Audience.OWN)
    waiting = queries.own(DestructionList, by).filter(state=ListState.PROPOSED).order_by("-pk")
    # A list that somebody is at work on is as good as closed: whoever withdraws it may come here for what was on it.
    chosen: DestructionList | None = waiting.select_for_update(skip_locked=True).first()
    if chosen is None or chosen.approvals.exists():
        chosen = DestructionList.objects.create(**marking, proposed_by=by.user_id, proposed_at=at)
    listed = queries.own(DestructionItem, by).filter(person=person, record=Record.AGENCY, state=ItemState.WAITING)
    if not listed.exists():
        DestructionItem.objects.create(
            **marking, list=chosen, person=person, record=Record.AGENCY, rule=rules.ERASURE_GRANTED
        )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="sharing.list_for_erasure",
        subject_type="sharing.DestructionList",
        subject_id=chosen.pk,
        person_id=person.pk,
    )
    return chosen


@transaction.atomic
def list_granted_again(*, by: Scope, at: datetime) -> int:
    """Lists again every erasure that two people granted and that was left alone; returns how many.

    Its list was withdrawn, or the person was merged or split; or a hold or their time in the cohort stood in its way,
    and has ended. What still stands in its way is asked again another night. For the system.
    """
    on = timezone.localdate(at)
    again = [
        request
        for request in queries.granted_not_done(scope=by)
        if not rules.why_not_destroyed(due_on=on, on=on, **queries.in_the_way(person=request.person, on=on, scope=by))
    ]
    for request in again:
        list_for_erasure(person=request.person, by=by, at=at)
    return len(again)


def _decide(
    review: RetentionReview, *, outcome: str, reason: str, next_on: date | None, by: Scope, at: datetime
) -> None:
    RetentionDecision.objects.create(
        **marked_by(by, audience=Audience.OWN),
        person_id=review.person_id,
        record=review.record,
        outcome=outcome,
        reason=reason,
        next_on=next_on,
        decided_by=by.user_id,
        decided_at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"sharing.review_{outcome}",
        subject_type="sharing.RetentionReview",
        subject_id=review.pk,
        person_id=review.person_id,
        detail={"record": Record(review.record).value, "rule": review.rule},
    )


@transaction.atomic
def place_hold(*, person: Person, reason: str, until: date | None, by: Scope, at: datetime) -> LegalHold:
    """Protects everything about a person from destruction, whoever holds it, until a day or until it is lifted.

    Waits while a record of theirs is being destroyed: whoever is told that a hold stands can rely on it.
    """
    by.check(Permission.RETENTION_REVIEW)
    there = Person.objects.visible_to(by).filter(pk=person.pk, erased_at__isnull=True)
    now: Person | None = there.select_for_update(of=("self",)).first()
    if now is None:
        raise NotVisible()
    if now.merged_into_id is not None:
        raise WrongState("This person was merged into another meanwhile. Nothing was held; open the page again.")
    rules.check_can_hold(until=until, on=timezone.localdate(at))
    hold: LegalHold = LegalHold.objects.create(
        **marked_by(by, audience=Audience.OWN),
        person=person,
        reason=reason,
        until=until,
        placed_by=by.user_id,
        placed_at=at,
    )
    _record_hold(hold, action="sharing.place_hold", by=by, at=at)
    return hold


@transaction.atomic
def lift_hold(*, hold_id: int, reason: str, by: Scope, at: datetime) -> None:
    """Lets a person's records be reviewed and destroyed again."""
    by.check(Permission.RETENTION_REVIEW)
    hold: LegalHold | None = queries.own(LegalHold, by).select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise NotVisible()
    if hold.lifted_at is not None:
        raise WrongState("Somebody else has lifted this hold already.")
    hold.lifted_by, hold.lifted_at, hold.lift_reason = by.user_id, at, reason
    hold.save()
    _record_hold(hold, action="sharing.lift_hold", by=by, at=at)


def _record_hold(hold: LegalHold, *, action: str, by: Scope, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=action,
        subject_type="sharing.LegalHold",
        subject_id=hold.pk,
        person_id=hold.person_id,
    )
