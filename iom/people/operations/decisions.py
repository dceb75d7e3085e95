"""What a person decides about two records, and taking it back. A decision holds through every run of linkage."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotVisible
from iom.people.choices import IndexChange, ReviewStatus, Verdict
from iom.people.models import IndexEvent, LinkDecision, Person, PossibleMatch, SourceRecord
from iom.people.operations import _moves, _possible
from iom.people.queries import decisions as reads
from iom.people.rules import decisions as rules
from iom.people.rules.markings import strictest


@transaction.atomic
def decide_match(*, match_id: int, verdict: str, reason: str, by: Scope, at: datetime) -> LinkDecision:
    """Records whether two records are one person, with the reason, and joins the people at once where they are.

    Raises WrongState for whoever comes second, and where another decision holds the two apart.
    """
    by.check(Permission.MATCH_REVIEW)
    if verdict not in Verdict.values:
        raise InvalidInput("Choose an answer.", {"verdict": "Select whether they are the same person"})
    reason = rules.check_reason(reason)
    reads.get_match(match_id=match_id, scope=_own_sight(by))
    with _moves.index_locked(by, because="applying a decision to every record of the two people"):
        match = PossibleMatch.objects.select_related("left", "right").filter(pk=match_id).first()
        if match is None:  # one of its records was erased meanwhile
            raise NotVisible()
        rules.check_can_decide(status=match.status)
        left, right = match.left, match.right
        apart = reads.between(
            reads.records_of_person(_person_of(left)), reads.records_of_person(_person_of(right)), Verdict.DIFFERENT
        )
        same_person = left.person_id == right.person_id
        rules.check_can_join(verdict=verdict, same_person=same_person, held_apart=bool(apart) and not same_person)
        unsure = LinkDecision.objects.filter(left=left, right=right, undone_at__isnull=True)
        unsure.update(undone_by=by.user_id, undone_at=at)
        decision = _record(left, right, verdict=verdict, reason=reason, by=by, at=at)
        if verdict == Verdict.SAME and not same_person:
            keep_id = min(_person_of(left), _person_of(right))
            _join(left, right, keep_id=keep_id, decision=decision, by=by, at=at)
            _settle_within(keep_id)
        match.status = _possible.STATUS_AFTER[Verdict(verdict)]
        match.save(update_fields=["status"])
        audit.record(
            by=by,
            at=at,
            kind=Kind.COMBINATION if verdict == Verdict.SAME else Kind.ALTERATION,
            action="people.decide_match",
            subject_type="people.LinkDecision",
            subject_id=decision.pk,
            person_id=left.person_id,
            reason=reason,
            detail={"verdict": verdict, "left": left.pk, "right": right.pk},
        )
    return decision


@transaction.atomic
def undo_decision(*, decision_id: int, reason: str, by: Scope, at: datetime) -> None:
    """Takes a decision back, with those made together with it, and moves back what it had moved.

    What has since moved elsewhere stays there, and what another decision holds together stays together.
    """
    by.check(Permission.MATCH_REVIEW)
    reason = rules.check_reason(reason)
    decision = reads.get_decision(decision_id=decision_id, scope=_own_sight(by))
    with _moves.index_locked(by, because="taking back a decision for every record it moved"):
        first_id = decision.together_with_id or decision.pk
        together = LinkDecision.objects.filter(Q(pk=first_id) | Q(together_with=first_id))
        rules.check_can_undo(is_undone=not together.filter(undone_at__isnull=True).exists())
        together.filter(undone_at__isnull=True).update(undone_by=by.user_id, undone_at=at)
        moved = _moves_back(first_id)
        if moved:
            _moves.move(moves=moved, change=IndexChange.UNDONE, reason=reason, decision_id=first_id, by=by, at=at)
        for pair in together:
            PossibleMatch.objects.filter(left=pair.left_id, right=pair.right_id).exclude(
                status=ReviewStatus.SETTLED
            ).update(status=ReviewStatus.OPEN)
        audit.record(
            by=by,
            at=at,
            kind=Kind.ALTERATION,
            action="people.undo_decision",
            subject_type="people.LinkDecision",
            subject_id=first_id,
            person_id=SourceRecord.objects.get(pk=decision.left_id).person_id,
            reason=reason,
            detail={"moved": len(moved)},
        )


@transaction.atomic
def merge_people(*, keep_id: int, gone_id: int, reason: str, by: Scope, at: datetime) -> LinkDecision:
    """Makes two people one: every record of the second moves to the first, and a decision keeps it so.

    A decision that the two are different, if this user can see it, is undone by this one.
    """
    by.check(Permission.PERSON_MERGE)
    reason = rules.check_reason(reason)
    sight = _own_sight(by)
    keep, gone = reads.get_people(person_ids=(keep_id, gone_id), scope=sight)
    with _moves.index_locked(by, because="merging every record of two people"):
        for person in (keep, gone):
            person.refresh_from_db()
        merged = {person.pk for person in (keep, gone) if person.merged_into_id}
        rules.check_can_merge(keep_id=keep_id, gone_id=gone_id, merged=merged)
        left = SourceRecord.objects.visible_to(sight).filter(person=keep).order_by("id").first()
        right = SourceRecord.objects.visible_to(sight).filter(person=gone).order_by("id").first()
        if left is None or right is None:
            raise NotVisible()
        apart = reads.between(
            reads.records_of_person(_person_of(left)), reads.records_of_person(_person_of(right)), Verdict.DIFFERENT
        )
        _undo_in_the_way(apart, by=by, at=at)
        LinkDecision.objects.filter(
            left=min(left.pk, right.pk), right=max(left.pk, right.pk), undone_at__isnull=True
        ).update(undone_by=by.user_id, undone_at=at)
        decision = _record(left, right, verdict=Verdict.SAME, reason=reason, by=by, at=at)
        _join(left, right, keep_id=keep_id, decision=decision, by=by, at=at)
        _settle_within(keep_id)
        audit.record(
            by=by,
            at=at,
            kind=Kind.COMBINATION,
            action="people.merge_people",
            subject_type="people.Person",
            subject_id=keep_id,
            person_id=keep_id,
            reason=reason,
            detail={"gone": gone_id, "decision": decision.pk},
        )
    return decision


@transaction.atomic
def split_person(*, person_id: int, record_ids: set[int], reason: str, by: Scope, at: datetime) -> Person:
    """Makes a new person of some of a person's records, and decisions that keep them apart from those that stay.

    A decision that they are the same, if this user can see it, is undone by this one.
    """
    by.check(Permission.PERSON_MERGE)
    reason = rules.check_reason(reason)
    sight = _own_sight(by)
    (person,) = reads.get_people(person_ids=(person_id,), scope=sight)
    with _moves.index_locked(by, because="splitting a person with every record of theirs"):
        visible = {record.pk: record for record in SourceRecord.objects.visible_to(sight).filter(person=person)}
        rules.check_can_split(chosen=record_ids, visible=visible.keys())
        stay = reads.records_of_person(person_id) - record_ids
        together = reads.between(record_ids, stay, Verdict.SAME)
        _undo_in_the_way(together, by=by, at=at)
        new = _new_person(person, at=at)
        first: LinkDecision | None = None
        for moved_id in sorted(record_ids):
            for stays_id in sorted(visible.keys() - record_ids):
                first = _keep_apart(visible[moved_id], visible[stays_id], first, reason=reason, by=by, at=at) or first
        assert first is not None, "whoever sees two records may decide on them"
        moves = [(record_id, person_id, new.pk) for record_id in sorted(record_ids)]
        _moves.move(moves=moves, change=IndexChange.SPLIT, reason=reason, decision_id=first.pk, by=by, at=at)
        audit.record(
            by=by,
            at=at,
            kind=Kind.ALTERATION,
            action="people.split_person",
            subject_type="people.Person",
            subject_id=person_id,
            person_id=person_id,
            reason=reason,
            detail={"new": new.pk, "records": sorted(record_ids), "decision": first.pk},
        )
    return new


def _own_sight(by: Scope) -> Scope:
    """What the user sees whatever was opened in an emergency: that is to be read, and moves nobody's records."""
    return replace(by, opened=())


def _person_of(record: SourceRecord) -> int:
    assert record.person_id is not None, "a record in question belongs to a person"
    return int(record.person_id)


def _record(
    one: SourceRecord,
    other: SourceRecord,
    *,
    verdict: str,
    reason: str,
    by: Scope,
    at: datetime,
    together_with: LinkDecision | None = None,
) -> LinkDecision:
    """Writes the decision about two records, older first, for those who may see both."""
    left, right = sorted((one, other), key=lambda record: record.pk)
    decision = LinkDecision(
        partnership_id=by.partnership_id,
        left=left,
        right=right,
        verdict=verdict,
        reason=reason,
        decided_by=by.user_id,
        decided_at=at,
        together_with=together_with,
    )
    seen = strictest(_possible.seen_of(left), _possible.seen_of(right))
    assert seen is not None, "whoever decides sees both records"
    _possible.mark(decision, seen)
    decision.save()
    return decision


def _join(
    left: SourceRecord, right: SourceRecord, *, keep_id: int, decision: LinkDecision, by: Scope, at: datetime
) -> None:
    """Moves every record of one of the two people to the other."""
    gone_id = _person_of(right) if _person_of(left) == keep_id else _person_of(left)
    moves = [(record_id, gone_id, keep_id) for record_id in sorted(reads.records_of_person(gone_id))]
    _moves.move(moves=moves, change=IndexChange.MERGED, reason=decision.reason, decision_id=decision.pk, by=by, at=at)


def _settle_within(person_id: int) -> None:
    """Closes the open questions about records that are one person's now."""
    PossibleMatch.objects.filter(left__person=person_id, right__person=person_id, status__in=rules.UNDECIDED).update(
        status=ReviewStatus.SETTLED
    )


def _keep_apart(
    moved: SourceRecord, stays: SourceRecord, first: LinkDecision | None, *, reason: str, by: Scope, at: datetime
) -> LinkDecision | None:
    """Decides that two records of one split are different people's; returns the first such decision."""
    left, right = sorted((moved, stays), key=lambda record: record.pk)
    LinkDecision.objects.filter(left=left, right=right, undone_at__isnull=True).update(
        undone_by=by.user_id, undone_at=at
    )
    decision = _record(left, right, verdict=Verdict.DIFFERENT, reason=reason, by=by, at=at, together_with=first)
    return first or decision


def _undo_in_the_way(decisions: Iterable[LinkDecision], *, by: Scope, at: datetime) -> None:
    """Undoes decisions that the new one contradicts; raises WrongState where this user may not see one of them."""
    ids = [decision.pk for decision in decisions]
    visible = LinkDecision.objects.visible_to(by).filter(pk__in=ids)
    rules.check_nothing_hidden(len(ids) - visible.count())
    visible.update(undone_by=by.user_id, undone_at=at)


def _new_person(person: Person, *, at: datetime) -> Person:
    """A person nothing is known of yet: their records, when they move, say who they are."""
    new: Person = Person.objects.create(
        partnership_id=person.partnership_id,
        owner_agency_id=person.owner_agency_id,
        regime=person.regime,
        marking=person.marking,
        descriptor=person.descriptor,
        audience=person.audience,
        audience_agencies=person.audience_agencies,
        person_key=uuid4().hex,
        created_at=at,
    )
    return new


def _moves_back(decision_id: int) -> list[tuple[int, int, int]]:
    """What undoing a decision moves: each record it moved that is still there, back to whose it was.

    Nothing, where another decision in force wants things as they are.
    """
    events = IndexEvent.objects.filter(
        decision=decision_id, change__in=(IndexChange.MERGED, IndexChange.SPLIT), source_record__person=F("to_person")
    )
    moved = list(events.values_list("source_record", "to_person", "from_person", "change"))
    if not moved:
        return []
    ids = {record_id for record_id, _, _, _ in moved}
    _, to_id, from_id, change = moved[0]
    if change == IndexChange.MERGED:
        others, verdict = reads.records_of_person(to_id) - ids, Verdict.SAME
    else:
        others, verdict = reads.records_of_person(from_id), Verdict.DIFFERENT
    if reads.between(ids, others, verdict):
        return []
    return [(record_id, to_id, from_id) for record_id in sorted(ids)]
