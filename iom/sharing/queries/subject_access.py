"""Reads of subject access requests: the list, one with its items, and what an answer is made of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from iom.access.scope import Scope
from iom.agreements.choices import RecordKind
from iom.agreements.queries import list_in_force
from iom.common.erasure import REMOVED
from iom.common.errors import NotVisible
from iom.imports.queries import list_feeds
from iom.partnerships.models import Agency
from iom.sharing.choices.subject_access import Concern, RequestState, Treatment
from iom.sharing.models import Disclosure, SubjectAccessItem, SubjectAccessPause, SubjectAccessRequest
from iom.sharing.rules import retention
from iom.sharing.rules.clock import Clock, Stop
from iom.sharing.rules.particulars import Particulars, kept, legal_basis
from iom.sharing.rules.subject_access import IN_HAND, OPEN, TO_CHECK

MOST_LISTED = 200


def list_requests(*, scope: Scope, is_open: bool = True) -> list[SubjectAccessRequest]:
    """The agency's requests, the oldest first; closed ones the latest first."""
    found = visible(scope).filter(state__in=OPEN) if is_open else visible(scope).exclude(state__in=OPEN)
    return list(found.order_by("received_on" if is_open else "-received_on", "pk")[:MOST_LISTED])


def visible(scope: Scope) -> "QuerySet[SubjectAccessRequest]":
    pauses = SubjectAccessPause.objects.visible_to(scope).order_by("started_on", "pk")
    found: QuerySet[SubjectAccessRequest] = SubjectAccessRequest.objects.visible_to(scope)
    return found.select_related("person", "owner_agency").prefetch_related(Prefetch("pauses", queryset=pauses))


def get_request(*, request_id: int, scope: Scope) -> SubjectAccessRequest:
    found = visible(scope).filter(pk=request_id).first()
    if found is None:
        raise NotVisible()
    return found


def clock_of(request: SubjectAccessRequest) -> Clock:
    pauses = [Stop(pause.reason, pause.started_on, pause.ended_on) for pause in request.pauses.all()]
    return Clock(request.received_on, pauses, is_access=True, extended=request.extended_at is not None)


def items_of(*, request: SubjectAccessRequest, scope: Scope) -> "QuerySet[SubjectAccessItem]":
    """The items of a request by who answers for them, then by kind, the latest first."""
    found: QuerySet[SubjectAccessItem] = SubjectAccessItem.objects.visible_to(scope).filter(request=request)
    return found.select_related("controller").order_by("controller__name", "regime", "title", "-on", "pk")


def get_item(*, item_id: int, scope: Scope) -> SubjectAccessItem:
    item: SubjectAccessItem | None = (
        SubjectAccessItem.objects.visible_to(scope)
        .select_related("controller", "request__person", "request__owner_agency")
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise NotVisible()
    return item


def count_undecided(*, request: SubjectAccessRequest, scope: Scope) -> int:
    return items_of(request=request, scope=scope).filter(treatment=Treatment.UNDECIDED).count()


def plain_undecided(*, like: SubjectAccessItem, scope: Scope) -> "QuerySet[SubjectAccessItem]":
    """The undecided items of the same request, kind, agency and law, without any concern."""
    return items_of(request=like.request, scope=scope).filter(
        treatment=Treatment.UNDECIDED,
        concern=Concern.NONE,
        source=like.source,
        controller=like.controller_id,
        regime=like.regime,
    )


def count_of(*, request: SubjectAccessRequest, scope: Scope) -> dict[str, int]:
    """How many items there are, and how many of each treatment."""
    counts = items_of(request=request, scope=scope).order_by().values("treatment").annotate(count=Count("pk"))
    return {row["treatment"]: row["count"] for row in counts}


def deciders(*, request: SubjectAccessRequest, scope: Scope) -> set[int]:
    """Who decided on any item."""
    found = items_of(request=request, scope=scope).filter(decided_by__isnull=False).order_by()
    return {each for each in found.values_list("decided_by", flat=True).distinct() if each}


@dataclass(frozen=True)
class Recipient:
    """Whom an agency gave a person's data, in the partnership (`agency_id`) or outside it: what, how often, when."""

    name: str
    agency_id: int | None
    kinds: tuple[str, ...]
    times: int
    last_on: date


def receivers(*, person_id: int, scope: Scope, among: Collection[int] | None = None) -> list[Recipient]:
    """To whom this agency itself disclosed the person's data, by its log of disclosures; it is no recipient of its own.

    What other agencies gave, said or opened is theirs to answer for, and is not looked at. `among`: these alone.
    """
    given = Disclosure.objects.visible_to(scope).filter(person=person_id, owner_agency=scope.agency_id)
    if among is not None:
        given = given.filter(pk__in=among)
    found: dict[tuple[int | None, str], list[Disclosure]] = {}
    for each in given.exclude(to_agency=scope.agency_id).select_related("to_agency"):
        name = each.to_agency.name if each.to_agency else each.recipient
        found.setdefault((each.to_agency_id, name), []).append(each)
    labels: dict[str, Any] = dict(RecordKind.choices)
    return [
        Recipient(
            name=name,
            agency_id=agency_id,
            kinds=tuple(sorted({str(labels.get(kind, kind)) for each in rows for kind in each.kinds})),
            times=len(rows),
            last_on=timezone.localdate(max(each.disclosed_at for each in rows)),
        )
        for (agency_id, name), rows in sorted(found.items(), key=lambda entry: entry[0][1])
    ]


def recipients(*, request: SubjectAccessRequest, scope: Scope) -> list[Recipient]:
    """Of those to whom the agency disclosed the person's data, whom the answer names (s45(2)(c), Article 15(1)(c)).

    Each disclosure is an item of the request: one that is withheld, or whose recipient is left out, is not counted.
    """
    items = items_of(request=request, scope=scope).filter(source=Disclosure._meta.label)
    told = items.filter(treatment__in=[Treatment.GIVE, Treatment.REDACT]).exclude(redacted__contains=["recipient"])
    return receivers(person_id=request.person_id, scope=scope, among=set(told.values_list("row_id", flat=True)))


def particulars(*, request: SubjectAccessRequest, scope: Scope, on: date) -> dict[tuple[int, str], Particulars]:
    """Of each agency and law that a request's items are under, what the registers say of the processing on a day."""
    parts = items_of(request=request, scope=scope).order_by().values_list("controller", "regime").distinct()
    agencies = Agency.objects.filter(partnership_id=scope.partnership_id).in_bulk([each for each, _law in parts])
    in_force = list_in_force(scope=scope, on=on)
    feeds = list_feeds(scope=scope)
    schedule = retention.load()
    return {
        (agency_id, regime): Particulars(
            legal_basis=legal_basis(
                agency_id=agency_id, kind=agencies[agency_id].kind, regime=regime, in_force=in_force
            ),
            kept=kept(schedule, record="agency", owner=agencies[agency_id].kind, on=on),
            kept_by_partnership=kept(schedule, record="partnership", owner=agencies[agency_id].kind, on=on),
            feeds=tuple(sorted({(feed.table, feed.name) for feed in feeds if feed.agency_id == agency_id})),
        )
        for agency_id, regime in parts
    }


def other_agencies(*, scope: Scope) -> list[str]:
    """The other agencies of the partnership by name: each may hold records of its own, and answers for itself."""
    found = Agency.objects.filter(partnership_id=scope.partnership_id).exclude(pk=scope.agency_id)
    return list(found.order_by("name").values_list("name", flat=True))


def to_check(*, scope: Scope, person_id: int | None = None) -> list[SubjectAccessRequest]:
    about = Q(person=person_id) if person_id else Q()
    return list(visible(scope).filter(about, state__in=TO_CHECK).order_by("received_on", "pk"))


def in_hand(*, scope: Scope, person_id: int | None = None) -> list[SubjectAccessRequest]:
    about = Q(person=person_id) if person_id else Q()
    found = visible(scope).filter(about, state__in=IN_HAND)
    return list(found.order_by("received_on", "pk"))


def latest(*, person_id: int, scope: Scope) -> SubjectAccessRequest | None:
    """The agency's request about a person that matters now: one in hand, or else the last that was answered."""
    found = visible(scope).filter(person=person_id, owner_agency=scope.agency_id)
    in_hand_first = found.filter(state__in=OPEN).order_by("-pk").first()
    return in_hand_first or found.filter(state=RequestState.RELEASED).order_by("-closed_at", "-pk").first()


def is_released(request: SubjectAccessRequest) -> bool:
    """Whether its answer may still be given: released, and the person has not been merged or split since."""
    return request.state == RequestState.RELEASED and request.outdated_at is None


def is_emptied(request: SubjectAccessRequest) -> bool:
    """Whether the agency's record was destroyed, and the words of the request with it: there always were some."""
    return request.asked_for == REMOVED


def emptied(*, scope: Scope) -> list[SubjectAccessRequest]:
    return list(SubjectAccessRequest.objects.visible_to(scope).filter(asked_for=REMOVED).order_by("pk"))
