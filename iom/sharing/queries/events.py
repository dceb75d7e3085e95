"""The audit record as information governance asks it. Who may ask sees no person's name by it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from iom.access.scope import Scope, act_in, unrestricted
from iom.audit import queries as audit
from iom.audit.models import Event, Seal, Value
from iom.common.errors import InvalidInput, NotVisible
from iom.people import linkage
from iom.people.models import Person
from iom.people.queries import search
from iom.people.rules import search as rules

PAGE = 50


@dataclass(frozen=True)
class EventFilter:
    """What the record is asked for; everything may be left out."""

    person_id: int | None = None
    actor_id: int | None = None
    agency_id: int | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class EventPage:
    events: list[Event]
    unsealed: set[int]
    older: int | None  # the id before which the next page begins


def page_of_events(*, chosen: EventFilter, before: int | None, scope: Scope, size: int = PAGE) -> EventPage:
    """One page of the events asked for, the newest first."""
    found = list(_events(chosen, scope).filter(**({"id__lt": before} if before else {}))[: size + 1])
    listed = found[:size]
    return EventPage(
        listed,
        audit.unsealed_among(event_ids=[event.pk for event in listed]),
        listed[-1].pk if len(found) > size else None,
    )


def _events(chosen: EventFilter, scope: Scope) -> "QuerySet[Event]":
    found = (
        audit.events(scope=scope) if chosen.person_id is None else audit.about(person_id=chosen.person_id, scope=scope)
    )
    if chosen.actor_id is not None:
        found = found.filter(actor_id=chosen.actor_id)
    if chosen.agency_id is not None:
        found = found.filter(agency_id=chosen.agency_id)
    if chosen.kind:
        found = found.filter(kind=chosen.kind)
    if chosen.since:
        found = found.filter(at__gte=chosen.since)
    return found.filter(at__lt=chosen.until) if chosen.until else found


def find_person(*, typed: str, scope: Scope) -> int:
    """The id of the one person whom an identifier, or a name with a date of birth, means; InvalidInput if none or more.

    Looked for among everybody of the partnership: who asks learns who looked, and not who it was, for they typed it.
    Somebody with limited access whom they are shut out of is nobody to them.
    """
    by = unrestricted(
        partnership_id=scope.partnership_id,
        agency_id=scope.agency_id,
        because="finding whose audit record is asked for",
    )
    with act_in(by):
        try:
            found = list(Person.objects.visible_to(by).filter(public_id=UUID(typed)))
        except ValueError:
            query = rules.read(typed, on=timezone.localdate(), forms_of=linkage.full_forms)
            result = search.find(scope=by, query=query)
            found = [person for person in result.people if person.pk in result.exact]
    found = [person for person in found if person.pk not in scope.people_shut_out]
    if len(found) != 1:
        message = "Nobody in the index is known by that" if not found else "More than one person is known by that"
        raise InvalidInput(message, {"person": f"{message}: enter an identifier, or a name and date of birth"})
    return found[0].pk


def get_event(*, event_id: int, scope: Scope) -> Event:
    found = audit.events(scope=scope).filter(pk=event_id).first()
    if found is None:
        raise NotVisible()
    return found


def values_of(*, event_ids: list[int], scope: Scope) -> dict[int, list[Value]]:
    """What one's own agency wrote beside these events, by event: reasons, and values before and after."""
    kept: dict[int, list[Value]] = {}
    own = Value.objects.filter(partnership_id=scope.partnership_id, agency_id=scope.agency_id)
    shown = audit.events(scope=scope).filter(pk__in=event_ids).values("pk")
    for value in own.filter(event_id__in=shown).order_by("field"):
        kept.setdefault(value.event_id, []).append(value)
    return kept


def seal_of(*, event: Event, scope: Scope) -> tuple[Seal, int] | None:
    """The seal an event is in, and its number in the chain; None while it waits."""
    if audit.unsealed_among(event_ids=[event.pk]):
        return None
    seals = Seal.objects.filter(partnership_id=scope.partnership_id, event_ids__contains=[event.pk])
    seal = seals.filter(at__gte=event.at).order_by("number").first()  # the first seal after it, or nearly
    return None if seal is None else (seal, seal.first + seal.event_ids.index(event.pk))


def public_ids(*, person_ids: set[int], scope: Scope) -> dict[int, UUID]:
    """The public ids of people, whoever may see their record: an id opens nothing by itself."""
    by = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="naming people by number in the audit"
    )
    with act_in(by):
        return dict(Person.objects.visible_to(by).filter(pk__in=person_ids).values_list("pk", "public_id"))
