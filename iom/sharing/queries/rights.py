"""Reads of people's requests about their own data, and of the decisions such a request may be about."""

from collections.abc import Collection

from django.db.models import Prefetch, Q, QuerySet

from iom.access.scope import Scope
from iom.cohorts.models import PanelDecision
from iom.common.errors import NotVisible
from iom.sharing.choices.rights import Right
from iom.sharing.choices.subject_access import PauseReason
from iom.sharing.models import InformationGiven, RightsNotice, RightsPause, RightsRequest
from iom.sharing.rules.clock import Clock, Stop
from iom.sharing.rules.rights import OPEN

NOT_TO_USE = (Right.ERASE, Right.RESTRICT, Right.OBJECT)


def visible(scope: Scope) -> "QuerySet[RightsRequest]":
    pauses = RightsPause.objects.visible_to(scope).order_by("started_on", "pk")
    found: QuerySet[RightsRequest] = RightsRequest.objects.visible_to(scope).filter(owner_agency=scope.agency_id)
    return found.select_related("person", "owner_agency", "decision").prefetch_related(
        Prefetch("pauses", queryset=pauses)
    )


def list_requests(*, scope: Scope, is_open: bool = True, person_id: int | None = None) -> list[RightsRequest]:
    """The agency's requests, the oldest first; of one person all of them."""
    if person_id is not None:
        return list(visible(scope).filter(person=person_id).order_by("-received_on", "-pk"))
    found = visible(scope).filter(state__in=OPEN) if is_open else visible(scope).exclude(state__in=OPEN)
    return list(found.order_by("received_on", "pk")[:200])


def asked_not_to_use(*, scope: Scope, person_ids: Collection[int]) -> set[int]:
    """Those of these people who asked an agency to erase their data or not to use it, and have no answer yet.

    To be asked by the system: a request is seen by the agency alone that it was made to.
    """
    found = RightsRequest.objects.visible_to(scope).filter(person__in=person_ids, kind__in=NOT_TO_USE, state__in=OPEN)
    return set(found.values_list("person_id", flat=True))


def in_hand(*, scope: Scope, state: str, person_id: int | None = None) -> list[RightsRequest]:
    about = Q(person=person_id) if person_id else Q()
    return list(visible(scope).filter(about, state=state).order_by("received_on", "pk"))


def get_request(*, rights_id: int, scope: Scope) -> RightsRequest:
    found = visible(scope).filter(pk=rights_id).first()
    if found is None:
        raise NotVisible()
    return found


def notices_to(*, scope: Scope, person_id: int | None = None) -> list[RightsNotice]:
    """What other agencies told this one of data it was given, and it has not dealt with, the oldest first."""
    about = Q(person=person_id) if person_id else Q()
    found = _notices(scope).filter(about, agency=scope.agency_id, dealt_with_at=None)
    return list(found.order_by("told_at", "pk"))


def get_notice(*, notice_id: int, scope: Scope) -> RightsNotice:
    """One that this agency was told."""
    found = _notices(scope).filter(pk=notice_id, agency=scope.agency_id).first()
    if found is None:
        raise NotVisible()
    return found


def notices_of(*, request: RightsRequest, scope: Scope) -> list[RightsNotice]:
    """Whom the agency told of a request, and who has dealt with it."""
    return list(_notices(scope).filter(request=request).order_by("agency__name"))


def _notices(scope: Scope) -> "QuerySet[RightsNotice]":
    found: QuerySet[RightsNotice] = RightsNotice.objects.visible_to(scope)
    return found.select_related("owner_agency", "agency")


def clock_of(request: RightsRequest) -> Clock:
    identity = Stop(PauseReason.IDENTITY, request.received_on, request.identity_checked_on)
    pauses = [Stop(pause.reason, pause.started_on, pause.ended_on) for pause in request.pauses.all()]
    return Clock(request.received_on, [identity, *pauses], is_access=False, extended=request.extended_at is not None)


def decisions_about(*, person_id: int, scope: Scope) -> list[PanelDecision]:
    """The panel's decisions about a person that the scope may see, the newest first."""
    found = PanelDecision.objects.visible_to(scope).filter(nomination__person=person_id)
    return list(found.select_related("nomination__scheme", "nomination__run").order_by("-decided_at", "-pk"))


def told(*, person_id: int, scope: Scope) -> list[InformationGiven]:
    """What the agency told the person of scores and decisions, the latest first."""
    found = InformationGiven.objects.visible_to(scope).filter(person=person_id, owner_agency=scope.agency_id)
    return list(found.order_by("-given_on", "-pk"))
