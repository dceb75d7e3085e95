"""Nominations, the returns asked on them, and the panel's decisions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from iom.access.scope import Scope
from iom.cohorts.choices import NominationState
from iom.cohorts.models import AgencyReturn, Nomination, PanelDecision, PanelIntelligence, ReturnRequest
from iom.common.errors import NotVisible

UNDECIDED = (NominationState.OPEN, NominationState.DEFERRED)
PAGE = 25


@dataclass(frozen=True)
class NominationFilter:
    """`show`: undecided, for-panel (ready to be decided), our-return (waiting for this agency), or a state."""

    show: str = "undecided"
    scheme_id: int | None = None


def waiting() -> Count:
    """How many agencies have not answered yet."""
    return Count("return_requests", filter=Q(return_requests__answered_at__isnull=True))


def for_panel(on: date) -> Q:
    """Undecided nominations whose returns are in or overdue, and deferred ones whose day has come.

    The same as `rules.is_ready_for_panel`; needs the count `waiting`. A test keeps them equal.
    """
    return Q(state=NominationState.DEFERRED, deferred_until__lte=on) | Q(state=NominationState.OPEN) & (
        Q(waiting=0) | Q(returns_due_on__lt=on)
    )


def list_nominations(*, chosen: NominationFilter, scope: Scope, on: date, sort: str = "due") -> "QuerySet[Nomination]":
    """Nominations with their person, scheme and how many returns are waiting; a query that pages are cut from."""
    found: QuerySet[Nomination] = Nomination.objects.visible_to(scope)
    found = found.select_related("person", "scheme", "owner_agency")
    found = found.annotate(asked=Count("return_requests"), waiting=waiting())
    if chosen.scheme_id is not None:
        found = found.filter(scheme_id=chosen.scheme_id)
    if chosen.show == "for-panel":
        found = found.filter(for_panel(on))
    elif chosen.show == "our-return":
        ours = ReturnRequest.objects.filter(agency_id=scope.agency_id, answered_at__isnull=True)
        found = found.filter(state__in=UNDECIDED, pk__in=ours.values("nomination_id"))
    elif chosen.show == "undecided":
        found = found.filter(state__in=UNDECIDED)
    elif chosen.show in NominationState.values:
        found = found.filter(state=chosen.show)
    return found.order_by(*ORDERS.get(sort, ORDERS["due"]))


ORDERS: dict[str, tuple[Any, ...]] = {
    "due": (F("returns_due_on").asc(), "id"),
    "-due": (F("returns_due_on").desc(), "-id"),
    "name": ("person__family_name", "person__given_names", "id"),
    "-name": ("-person__family_name", "-person__given_names", "-id"),
    "nominated": ("nominated_at", "id"),
    "-nominated": ("-nominated_at", "-id"),
}


def get_nomination(*, nomination_id: int, scope: Scope) -> Nomination:
    """One nomination with its person, scheme and decisions; raises `NotVisible`."""
    decisions = PanelDecision.objects.visible_to(scope).order_by("-id").select_related("lead__user", "lead__agency")
    found: Nomination | None = (
        Nomination.objects.visible_to(scope)
        .select_related("person", "scheme", "owner_agency", "run")
        .prefetch_related(Prefetch("decisions", queryset=decisions))
        .filter(pk=nomination_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def get_decision(*, decision_id: int, scope: Scope) -> PanelDecision:
    found: PanelDecision | None = PanelDecision.objects.visible_to(scope).filter(pk=decision_id).first()
    if found is None:
        raise NotVisible()
    return found


def list_requests(*, nomination: Nomination, scope: Scope) -> list[ReturnRequest]:
    """What each agency was asked, and the answer that stands as far as this user may see it (`visible_answers`)."""
    answers = AgencyReturn.objects.visible_to(scope).filter(replaced_at__isnull=True)
    found = ReturnRequest.objects.visible_to(scope).filter(nomination=nomination).select_related("agency")
    found = found.prefetch_related(Prefetch("answers", queryset=answers, to_attr="visible_answers"))
    return list(found.order_by("agency__name"))


def list_intelligence(*, nomination: Nomination, scope: Scope) -> list[PanelIntelligence]:
    """What agencies gave the panel, as far as this user may read it, the latest first; what was taken back too."""
    found = PanelIntelligence.objects.visible_to(scope).filter(nomination=nomination).select_related("owner_agency")
    return list(found.order_by("-given_at", "-pk"))


def get_intelligence(*, intelligence_id: int, scope: Scope) -> PanelIntelligence:
    found: PanelIntelligence | None = (
        PanelIntelligence.objects.visible_to(scope)
        .select_related("nomination__person", "nomination__scheme")
        .filter(pk=intelligence_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def nominations_of(*, person_id: int, scope: Scope) -> list[Nomination]:
    """The person's nominations, newest first."""
    found = Nomination.objects.visible_to(scope).filter(person_id=person_id).select_related("scheme", "owner_agency")
    return list(found.order_by("-id"))
