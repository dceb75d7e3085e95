"""Reads of subject access requests: the list, one with its items, and what an answer is made of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from iom.access.scope import Scope, act_in, unrestricted
from iom.audit import queries as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible
from iom.partnerships.models import Agency
from iom.sharing.choices.subject_access import Concern, RequestState, Treatment
from iom.sharing.models import SubjectAccessItem, SubjectAccessPause, SubjectAccessRequest
from iom.sharing.rules.clock import Clock, Stop
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
    """An agency to which the person's data was disclosed in the system, how often, and when last."""

    agency: Agency
    times: int
    last_on: date


def recipients(*, person_id: int, scope: Scope) -> list[Recipient]:
    """To whom the person's data was disclosed, from the audit record (DPA 2018 s45(2)(c), UK GDPR Article 15(1)(c)).

    Every time, whoever writes the answer: a list that named this person may also have named somebody with limited
    access, and its event is then kept from who is shut out of that one.
    """
    by = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="naming recipients in an answer"
    )
    found: dict[int, list[Any]] = {}
    with act_in(by):
        for event in audit.about(person_id=person_id, scope=by).filter(kind=Kind.DISCLOSURE).values("agency_id", "at"):
            found.setdefault(event["agency_id"], []).append(event["at"])
    agencies = Agency.objects.filter(partnership_id=scope.partnership_id, pk__in=found).order_by("name")
    return [Recipient(agency, len(found[agency.pk]), timezone.localdate(max(found[agency.pk]))) for agency in agencies]


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
    return request.state == RequestState.RELEASED
