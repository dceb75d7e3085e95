"""Reads of requests between agencies, of the items of an answer, and of what was disclosed."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from iom.access.scope import Scope
from iom.common import subject_access
from iom.common.errors import NotVisible
from iom.common.subject_access import Gathered
from iom.sharing.choices.requests import DisclosureKind, Give
from iom.sharing.models import AnswerItem, Disclosure, Given, InformationRequest
from iom.sharing.rules import requests as rules


def _requests(scope: Scope) -> "QuerySet[InformationRequest]":
    found: QuerySet[InformationRequest] = InformationRequest.objects.visible_to(scope)
    return found.select_related("agency", "owner_agency")


def list_requests(*, scope: Scope, box: str, is_open: bool = True) -> "QuerySet[InformationRequest]":
    """The requests asked of this agency (`in`) or by it (`out`): open ones the first due first, closed the latest."""
    found = _requests(scope).filter(Q(owner_agency=scope.agency_id) if box == "out" else Q(agency=scope.agency_id))
    found = found.filter(state__in=rules.OPEN) if is_open else found.exclude(state__in=rules.OPEN)
    return found.order_by("due_at" if is_open else "-closed_at", "pk")


def get_request(*, ask_id: int, scope: Scope) -> InformationRequest:
    found = _requests(scope).filter(pk=ask_id).first()
    if found is None:
        raise NotVisible()
    return found


def requests_about(*, person_id: int, scope: Scope) -> list[InformationRequest]:
    return list(_requests(scope).filter(person=person_id).order_by("-asked_at", "-pk"))


def to_answer(*, scope: Scope, person_id: int | None = None) -> list[InformationRequest]:
    """What this agency was asked and has not answered, the first due first."""
    found = list_requests(scope=scope, box="in")
    return list(found.filter(person=person_id) if person_id else found)


def asked_by_agency(*, scope: Scope, person_id: int | None = None) -> list[InformationRequest]:
    """What this agency asked, and is still open."""
    found = list_requests(scope=scope, box="out")
    return list(found.filter(person=person_id) if person_id else found)


def late(*, scope: Scope, at: datetime) -> "QuerySet[InformationRequest]":
    """Open requests past their time that have not been put before the managers."""
    return _requests(scope).filter(state__in=rules.OPEN, clarify_at__isnull=True, due_at__lt=at, escalated_at=None)


def held(*, request: InformationRequest, scope: Scope) -> list[Gathered]:
    """What the agency asked holds itself about the person, of the kinds asked for, and may give to who asks.

    Intelligence with conditions on its sharing only to an agency that it lists.
    """
    found = subject_access.gather(scope=scope, person_id=request.person_id)
    return [
        each
        for each in found
        if each.controller_id == scope.agency_id
        and rules.kind_of(each.source) in request.kinds
        and rules.may_go_to(request.owner_agency_id, only_for=each.only_for)
    ]


def items_of(*, request: InformationRequest, scope: Scope) -> "QuerySet[AnswerItem]":
    found: QuerySet[AnswerItem] = AnswerItem.objects.visible_to(scope).filter(request=request)
    return found.order_by("title", "-on", "pk")


def chosen_items(*, request: InformationRequest, scope: Scope) -> list[AnswerItem]:
    return list(items_of(request=request, scope=scope).exclude(give=Give.LEAVE))


def get_item(*, answer_item_id: int, scope: Scope) -> AnswerItem:
    found: AnswerItem | None = (
        AnswerItem.objects.visible_to(scope)
        .select_related("request__owner_agency", "request__agency")
        .filter(pk=answer_item_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def _disclosures(scope: Scope) -> "QuerySet[Disclosure]":
    found: QuerySet[Disclosure] = Disclosure.objects.visible_to(scope)
    return found.select_related("owner_agency", "to_agency", "request")


def log(*, scope: Scope, kind: str = "", start: date | None = None, end: date | None = None) -> "QuerySet[Disclosure]":
    """The disclosures this agency made or received, the newest first; from a day, up to another."""
    found = _disclosures(scope)
    if kind:
        found = found.filter(kind=kind)
    if start:
        found = found.filter(disclosed_at__date__gte=start)
    if end:
        found = found.filter(disclosed_at__date__lte=end)
    return found.order_by("-disclosed_at", "-pk")


def disclosures_about(*, person_id: int, scope: Scope) -> list[Disclosure]:
    return list(_disclosures(scope).filter(person=person_id).order_by("-disclosed_at", "-pk"))


def handed_over(*, scope: Scope, since: datetime, person_id: int | None = None) -> list[Disclosure]:
    """What other agencies made this one answer for since then, the newest first, each with its person."""
    found = _disclosures(scope).filter(kind=DisclosureKind.TRANSFER, to_agency=scope.agency_id, disclosed_at__gte=since)
    found = found.filter(person=person_id) if person_id else found
    return list(found.select_related("owner_agency", "person").order_by("-disclosed_at", "-pk"))


def disclosure_of(*, request: InformationRequest, scope: Scope) -> Disclosure | None:
    return _disclosures(scope).filter(request=request).first()


def given_of(*, disclosure_id: int, scope: Scope) -> Given | None:
    """What was given in a disclosure, where this user may read it by their role."""
    found: Given | None = (
        Given.objects.readable_by(scope)
        .select_related("disclosure__owner_agency", "disclosure__to_agency", "disclosure__request")
        .filter(disclosure=disclosure_id)
        .first()
    )
    return found


def get_given(*, disclosure_id: int, scope: Scope) -> Given:
    found = given_of(disclosure_id=disclosure_id, scope=scope)
    if found is None:
        raise NotVisible()
    return found
