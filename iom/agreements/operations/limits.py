"""Keeping a person's record from users, and opening one in an emergency."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.choices import Audience
from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
from iom.agreements.models import EmergencyAccess, LimitedAccess, Marked
from iom.agreements.operations.marking import locked, marked_by
from iom.agreements.queries import limits as queries
from iom.agreements.rules import limits as rules
from iom.audit import operations as audit
from iom.audit.choices import Kind


@transaction.atomic
def place_limit(
    *,
    person: Marked,
    kind: LimitKind,
    user_ids: Collection[int] = (),
    agency_ids: Collection[int] = (),
    reason: str,
    tells_reader: bool,
    wording: str,
    contact: str,
    review_on: date,
    by: Scope,
    at: datetime,
) -> LimitedAccess:
    """Keeps a person's whole record from users, at once. It ends by itself unless a second person confirms it.

    The limit is seen by the agencies that see the person, but for who is shut out.
    """
    by.check(Permission.LIMITED_ACCESS_PLACE)
    rules.check_limit(
        kind=kind,
        user_ids=user_ids,
        agency_ids=agency_ids,
        tells_reader=tells_reader,
        wording=wording,
        by_id=by.user_id,
    )
    rules.check_review_on(review_on=review_on, on=timezone.localdate(at))
    # Whoever merges them or destroys their record meanwhile waits, or was first: a limit on nobody protects nobody.
    person = locked(row=person, by=by, erased_at=None, merged_into=None)
    limit = LimitedAccess.objects.create(
        **marked_by(by, audience=person.audience, agencies=person.audience_agencies),
        person_id=person.pk,
        kind=kind,
        user_ids=sorted(user_ids),
        agency_ids=sorted(agency_ids),
        reason=reason,
        tells_reader=tells_reader,
        wording=wording if tells_reader else "",
        contact=contact,
        review_on=review_on,
        placed_by=by.user_id,
        placed_at=at,
        lapses_at=at + rules.UNCONFIRMED,
    )
    _record("place_limit", limit, by=by, at=at, reason=reason, detail={"kind": str(kind), "users": len(user_ids)})
    return limit


@transaction.atomic
def confirm_limit(*, limit: LimitedAccess, by: Scope, at: datetime) -> LimitedAccess:
    """A second person says that the limit is right: it stays until it is lifted."""
    by.check(Permission.LIMITED_ACCESS_CONFIRM)
    limit = locked(row=limit, by=by)
    rules.check_can_confirm(
        placed_by=limit.placed_by,
        by_id=by.user_id,
        confirmed=limit.confirmed_at is not None,
        in_force=_in_force(limit, at),
    )
    limit.confirmed_by, limit.confirmed_at, limit.lapses_at = by.user_id, at, None
    limit.save(update_fields=["confirmed_by", "confirmed_at", "lapses_at"])
    _record("confirm_limit", limit, by=by, at=at)
    return limit


@transaction.atomic
def lift_limit(*, limit: LimitedAccess, reason: str, by: Scope, at: datetime) -> LimitedAccess:
    """Ends a limit: the record is seen again as its audiences say."""
    by.check(Permission.LIMITED_ACCESS_CONFIRM)
    limit = locked(row=limit, by=by)
    rules.check_can_lift(in_force=_in_force(limit, at))
    limit.lifted_by, limit.lifted_at, limit.lift_reason = by.user_id, at, reason
    limit.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    _record("lift_limit", limit, by=by, at=at, reason=reason)
    return limit


def _in_force(limit: LimitedAccess, at: datetime) -> bool:
    return limit.lifted_at is None and (limit.lapses_at is None or limit.lapses_at > at)


def copy_limits(*, from_id: int, to_id: int, by: Scope, at: datetime) -> int:
    """Puts what limits one person on another too, when they are found to be one, or somebody new is split off.

    The stricter of both sides wins: nobody knows yet which of them the limit was meant for. Returns how many.
    """
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were merged or split"
    )
    with act_in(system):
        # The same limit is there as its original, as a copy of it, or not at all; one that may still lapse is weaker
        # than one that a second person has confirmed.
        there = {_same_as(limit) for limit in LimitedAccess.objects.filter(queries.in_force_at(at), person_id=to_id)}
        found = LimitedAccess.objects.filter(queries.in_force_at(at), person_id=from_id)
        copied = [limit for limit in found if _same_as(limit) not in there]
        for limit in copied:
            limit.copied_from_id = limit.copied_from_id or limit.pk
            limit.pk, limit.person_id = None, to_id
            limit.save(force_insert=True)
            _record("copy_limit", limit, by=by, at=at, detail={"from": from_id})
    return len(copied)


def _same_as(limit: LimitedAccess) -> tuple[int, datetime | None]:
    """What two copies of one limit have in common."""
    return (limit.copied_from_id or limit.pk, limit.lapses_at)


@transaction.atomic
def open_emergency(
    *,
    person_id: int,
    emergency: Emergency,
    reason: str,
    hours: int,
    told_agencies: Iterable[int],
    by: Scope,
    at: datetime,
) -> EmergencyAccess:
    """Opens the whole record of a person to one user, to read, for some hours; tells the owners, asks for a review.

    `told_agencies` are those whose records it opens: they see the access, and may review it.
    """
    by.check(Permission.EMERGENCY_OPEN)
    told = sorted(set(told_agencies))
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="opening a record in an emergency"
    )
    # Whoever is shut out may neither read whom a record is kept from nor add a row about the person.
    with act_in(system):
        _wait_for_own(by)
        is_excluded = queries.is_excluded(person_id=person_id, scope=by)
        is_open = queries.is_open(person_id=person_id, user_id=by.user_id, at=at)
        rules.check_can_open(reason=reason, hours=hours, is_open=is_open, is_excluded=is_excluded)
        access = EmergencyAccess.objects.create(
            **marked_by(by, audience=Audience.LISTED, agencies=told),
            person_id=person_id,
            user_id=by.user_id,
            emergency=emergency,
            reason=reason,
            opened_at=at,
            closes_at=rules.closes_at(opened_at=at, hours=hours),
            told_agencies=told,
            review_due_on=rules.review_due_on(on=timezone.localdate(at)),
        )
    _record_access(
        "open_emergency",
        access,
        by=by,
        at=at,
        kind=Kind.DISCLOSURE,
        reason=reason,
        detail={"emergency": str(emergency), "hours": hours, "told": access.told_agencies},
    )
    return access


def _wait_for_own(by: Scope) -> None:
    """One after the other for each user: who presses twice opens a record once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('agreements.open_emergency'), %s)", [by.user_id])


@transaction.atomic
def close_emergency(*, access: EmergencyAccess, by: Scope, at: datetime) -> EmergencyAccess:
    """Ends an emergency access before its time; once it is over there is nothing to end."""
    access = locked(row=access, by=by)
    if access.user_id == by.user_id and access.closed_at is None and access.closes_at > at:
        access.closed_at = at
        access.save(update_fields=["closed_at"])
        _record_access("close_emergency", access, by=by, at=at)
    return access


@transaction.atomic
def review_emergency(
    *, access: EmergencyAccess, finding: AccessFinding, note: str, by: Scope, at: datetime
) -> EmergencyAccess:
    """Records what a second person found about it."""
    by.check(Permission.EMERGENCY_REVIEW)
    access = locked(row=access, by=by)
    rules.check_can_review_access(user_id=access.user_id, by_id=by.user_id, finding=access.finding)
    access.finding, access.note, access.reviewed_by, access.reviewed_at = finding, note, by.user_id, at
    access.save(update_fields=["finding", "note", "reviewed_by", "reviewed_at"])
    _record_access("review_emergency", access, by=by, at=at, reason=note, detail={"finding": str(finding)})
    return access


def _record(
    action: str,
    limit: LimitedAccess,
    *,
    by: Scope,
    at: datetime,
    reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"agreements.{action}",
        subject_type="agreements.LimitedAccess",
        subject_id=limit.pk,
        person_id=limit.person_id,
        reason=reason,
        detail=detail,
    )


def _record_access(
    action: str,
    access: EmergencyAccess,
    *,
    by: Scope,
    at: datetime,
    kind: Kind = Kind.ALTERATION,
    reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=kind,
        action=f"agreements.{action}",
        subject_type="agreements.EmergencyAccess",
        subject_id=access.pk,
        person_id=access.person_id,
        reason=reason,
        detail=detail,
    )
