"""Restricting what one agency's records of a person are used for, and lifting that."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.agreements.operations import locked, marked_by, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.people.models import Person, Restriction, SourceRecord
from iom.people.rules import restrictions as rules


@transaction.atomic
def restrict(*, person: Person, reason: str, by: Scope, at: datetime) -> Restriction:
    """Keeps the agency's records of a person out of every ranking from here on. Its caller has checked who may.

    Those see it who see the agency's records: that there is one would tell that the agency holds some.
    """
    person = locked(row=person, by=by)
    held = Restriction.objects.filter(person=person, owner_agency=by.agency_id, lifted_at__isnull=True).first()
    if held is not None:
        return held  # what is restricted already needs no second
    records = SourceRecord.objects.visible_to(by).filter(person=person, owner_agency=by.agency_id)
    shared = records.filter(audience=Audience.PARTNERS).exists()
    made: Restriction = Restriction.objects.create(
        **marked_by(by, audience=Audience.PARTNERS if shared else Audience.OWN),
        person=person,
        reason=reason,
        placed_by=by.user_id,
        placed_at=at,
    )
    _note(made, "restrict", by=by, at=at, reason=reason)
    return made


@transaction.atomic
def lift(*, restriction: Restriction, reason: str, told_on: date | None, by: Scope, at: datetime) -> None:
    """Lets the records be used again, once the person has been told."""
    found = locked(row=restriction, by=by)
    rules.check_can_lift(
        is_lifted=found.lifted_at is not None, reason=reason, told_on=told_on, on=timezone.localdate(at)
    )
    Restriction.objects.filter(pk=found.pk).update(
        lifted_by=by.user_id, lifted_at=at, lift_reason=reason, told_on=told_on
    )
    _note(found, "lift_restriction", by=by, at=at, reason=reason)


def move(*, from_id: int, to_id: int, by: Scope, at: datetime) -> None:
    """What holds for one record of a person holds for all that turn out to be theirs."""
    for found in Restriction.objects.filter(person=from_id):
        Restriction.objects.filter(pk=found.pk).update(person_id=to_id)
        _note(found, "restriction_follows", by=by, at=at, detail={"other": from_id})


def copy(*, from_id: int, to_id: int, by: Scope, at: datetime) -> None:
    """After a split both stay restricted: nobody knows yet whose request it was."""
    for found in Restriction.objects.filter(person=from_id, lifted_at__isnull=True):
        made = Restriction.objects.create(
            **marked_like(found), person_id=to_id, reason=found.reason, placed_by=by.user_id, placed_at=at
        )
        _note(made, "restriction_follows", by=by, at=at, detail={"other": from_id})


def _note(
    restriction: Restriction,
    action: str,
    *,
    by: Scope,
    at: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"people.{action}",
        subject_type="people.Restriction",
        subject_id=restriction.pk,
        person_id=restriction.person_id,
        reason=reason,
        detail=detail,
    )
