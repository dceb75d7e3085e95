"""Reads reviews, holds and destruction lists. Each agency sees its own; whether a hold stands, the system sees."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from iom.access.scope import Scope, act_in, unrestricted
from iom.common import erasure, registries
from iom.common.erasure import Counts
from iom.common.errors import NotVisible
from iom.common.registries import Held
from iom.people.models import Person, SourceRecord
from iom.people.queries import people
from iom.sharing.choices.retention import ItemState, ListState, Record, ReviewOutcome
from iom.sharing.choices.rights import Right, RightOutcome, RightState
from iom.sharing.models import (
    DestructionApproval,
    DestructionItem,
    DestructionList,
    LegalHold,
    RetentionDecision,
    RetentionReview,
    RightsRequest,
    SubjectAccessRequest,
)
from iom.sharing.rules import retention as rules
from iom.sharing.rules import rights as rights_rules
from iom.sharing.rules import subject_access as access_rules


def held_by_all(*, scope: Scope, person_ids: list[int]) -> list[tuple[str, Held]]:
    """What every app holds about these people, with the kind of record it is."""
    return [
        (entry.record, held)
        for entry in registries.retained_records
        if entry.held
        for held in entry.held(scope=scope, person_ids=person_ids)
    ]


def people_after(*, scope: Scope, after: int, most: int) -> list[Person]:
    """The next people by id whose records may end; those merged away or erased have none."""
    found = Person.objects.visible_to(scope).filter(pk__gt=after, merged_into__isnull=True, erased_at__isnull=True)
    return list(found.order_by("pk").only("pk", "date_of_birth")[:most])


def last_kept(*, scope: Scope, person_ids: list[int]) -> dict[tuple[int, int, str], RetentionDecision]:
    """The last decision to keep each record, by person, agency and kind."""
    found = RetentionDecision.objects.visible_to(scope).filter(person__in=person_ids, outcome=ReviewOutcome.KEEP)
    return {(each.person_id, each.owner_agency_id, each.record): each for each in found.order_by("decided_at", "pk")}


def own(model: Any, scope: Scope) -> QuerySet[Any]:
    """The rows of the agency that acts."""
    return model.objects.visible_to(scope).filter(owner_agency_id=scope.agency_id)


def due(*, scope: Scope, on: date, person_id: int | None = None) -> QuerySet[RetentionReview]:
    """The agency's records that are due for review and on no list yet, the longest due first."""
    listed = own(DestructionItem, scope).filter(state=ItemState.WAITING)
    found = own(RetentionReview, scope).filter(due_on__lte=on).select_related("person")
    if person_id is not None:
        found = found.filter(person=person_id)
    for record in ("agency", "partnership"):
        found = found.exclude(record=record, person__in=listed.filter(record=record).values("person"))
    return found.order_by("due_on", "pk")


def count_coming(*, scope: Scope, after: date, until: date) -> int:
    return own(RetentionReview, scope).filter(due_on__gt=after, due_on__lte=until).count()


def get_review(*, review_id: int, scope: Scope) -> RetentionReview:
    found: RetentionReview | None = own(RetentionReview, scope).select_related("person").filter(pk=review_id).first()
    if found is None:
        raise NotVisible()
    return found


def must_be_kept(*, review: RetentionReview, on: date) -> bool:
    """Whether the rule of a record keeps it to an age that its person has not reached."""
    rule = rules.rule_named(rules.load(), review.rule, on=on)
    return rules.must_be_kept(rule, born_on=review.person.date_of_birth, on=on)


def list_decisions(*, review: RetentionReview, scope: Scope) -> list[RetentionDecision]:
    found = own(RetentionDecision, scope).filter(person=review.person_id, record=review.record)
    return list(found.order_by("-decided_at"))


def standing(on: date) -> Q:
    return Q(lifted_at__isnull=True) & (Q(until__isnull=True) | Q(until__gt=on))


def held_people(*, scope: Scope, person_ids: Iterable[int], on: date) -> set[int]:
    """Of these people, whom a legal hold of any agency protects. The system looks: a hold binds all."""
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="a legal hold binds every agency"
    )
    with act_in(system):
        found = LegalHold.objects.visible_to(system).filter(standing(on), person__in=list(person_ids))
        return set(found.values_list("person_id", flat=True))


def is_asked_about(*, person_ids: Iterable[int], scope: Scope) -> bool:
    """Whether the person waits for this agency's answer to a request of theirs: what they asked about is not destroyed
    meanwhile (Data Protection Act 2018, s173)."""
    whose = {"person_id__in": list(person_ids)}
    return bool(
        own(SubjectAccessRequest, scope).filter(**whose, state__in=access_rules.OPEN).exists()
        or own(RightsRequest, scope).filter(**whose, state__in=rights_rules.OPEN).exists()
    )


def in_the_way(*, person: Person, on: date, scope: Scope) -> dict[str, bool]:
    """What of a person stands in the way of destroying a record of theirs, as `rules.why_not_destroyed` asks it."""
    ids = people.with_merged(person_id=person.pk, scope=scope)
    return {
        "is_held": bool(held_people(scope=scope, person_ids=[person.pk], on=on)),
        "is_gone": person.merged_into_id is not None,
        "is_last_of_a_member": is_last_of_a_member(person_id=person.pk, scope=scope),
        "is_asked_about": is_asked_about(person_ids=ids, scope=scope),
    }


def is_last_record(*, record: str, person_id: int, agency_id: int, scope: Scope) -> bool:
    """Whether nothing else that the agency holds of the person has an end still to come."""
    held = RetentionReview.objects.visible_to(scope).filter(person_id=person_id, owner_agency=agency_id)
    return not held.exclude(record=record).exists()


def is_last_of_a_member(*, person_id: int, scope: Scope) -> bool:
    """Whether the agency holds the last record of who somebody is who is nominated or in the cohort. The system looks:
    other agencies' records may be kept from this one."""
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="a member is not to lose their name"
    )
    with act_in(system):
        found = held_by_all(scope=system, person_ids=[person_id])
    others = any(record == Record.AGENCY and held.agency_id != scope.agency_id for record, held in found)
    return not others and any(record == Record.PARTNERSHIP and held.is_open for record, held in found)


def granted_not_done(*, scope: Scope) -> list[RightsRequest]:
    """The erasures that the agency granted, that are on no list, and whose record is still there.

    For the system, which sees every record. A record that came after one was destroyed is another one.
    """
    records = SourceRecord.objects.visible_to(scope).filter(owner_agency=scope.agency_id, erased_at__isnull=True)
    items = own(DestructionItem, scope).filter(record=Record.AGENCY)
    granted = own(RightsRequest, scope).filter(
        kind=Right.ERASE, state=RightState.DECIDED, outcome__in=[RightOutcome.GRANTED, RightOutcome.PARTLY]
    )
    standing = granted.filter(person__in=records.values("person")).exclude(
        person__in=items.filter(state=ItemState.WAITING).values("person")
    )
    return [
        each
        for each in standing.select_related("person").order_by("closed_at", "pk")
        if not items.filter(
            person__in=people.with_merged(person_id=each.person_id, scope=scope),
            state=ItemState.DONE,
            done_at__gte=each.closed_at,
        ).exists()
    ]


def list_holds(*, scope: Scope) -> list[LegalHold]:
    """The agency's holds, those that stand first."""
    return list(own(LegalHold, scope).select_related("person").order_by("-lifted_at", "-placed_at")[:200])


def get_hold(*, hold_id: int, scope: Scope) -> LegalHold:
    found: LegalHold | None = own(LegalHold, scope).select_related("person").filter(pk=hold_id).first()
    if found is None:
        raise NotVisible()
    return found


def get_person(*, public_id: UUID, scope: Scope) -> Person:
    """The person of this address, or whoever they were merged into; NotVisible where nothing of them is left."""
    found = people.get_person(public_id=public_id, scope=scope)
    if found.erased_at is not None:
        raise NotVisible()
    return found


def list_lists(*, scope: Scope) -> list[DestructionList]:
    """The agency's destruction lists, newest first, with how many records each has (`records`)."""
    return list(own(DestructionList, scope).annotate(records=Count("items")).order_by("-pk")[:100])


def get_list(*, list_id: int, scope: Scope) -> DestructionList:
    found: DestructionList | None = own(DestructionList, scope).filter(pk=list_id).first()
    if found is None:
        raise NotVisible()
    return found


def list_items(*, list_id: int, scope: Scope) -> list[DestructionItem]:
    return list(own(DestructionItem, scope).filter(list=list_id).select_related("person").order_by("pk"))


def list_approvals(*, list_id: int, scope: Scope) -> list[DestructionApproval]:
    return list(own(DestructionApproval, scope).filter(list=list_id).order_by("approved_at"))


def waiting_lists(*, scope: Scope) -> list[DestructionList]:
    """The agency's lists that wait for this user's approval."""
    approved = own(DestructionApproval, scope).filter(approved_by=scope.user_id)
    found = own(DestructionList, scope).filter(state=ListState.PROPOSED).exclude(pk__in=approved.values("list"))
    return list(found.order_by("pk"))


def plan(*, record: str, person_id: int, scope: Scope) -> Counts:
    """What destroying one record would do, by every app that has part in it: the dry run. The system looks, for all
    of it goes; what its own agency keeps to others is one number.
    """
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="a dry run counts all that would go"
    )
    everything = planned(record=record, person_id=person_id, scope=system)
    return erasure.fold(everything, seen_by_agency(record=record, person_id=person_id, scope=scope))


def seen_by_agency(*, record: str, person_id: int, scope: Scope) -> Counts:
    """The part of it that the agency of this scope sees, whoever of its users looks."""
    agency = replace(scope, because="", shut_out=(), opened=())
    return planned(record=record, person_id=person_id, scope=agency)


def planned(*, record: str, person_id: int, scope: Scope) -> Counts:
    with act_in(scope):
        return erasure.merge(
            entry.plan(scope=scope, person_id=person_id, agency_id=scope.agency_id)
            for entry in registries.retained_records
            if entry.record == record
        )
