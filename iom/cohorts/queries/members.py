"""Who is in the cohort, with their rating, lead and review."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from iom.access.scope import Scope
from iom.cohorts.choices import MembershipState, NominationState, Outcome, Rag
from iom.cohorts.models import CohortMembership, MembershipChange, Nomination, PanelDecision
from iom.common.errors import NotVisible
from iom.partnerships.models import Membership

PAGE = 25
URGENCY = {Rag.RED: 0, Rag.AMBER: 1, Rag.GREEN: 2, Rag.BLUE: 3}


@dataclass(frozen=True)
class MemberFilter:
    state: str = MembershipState.ACTIVE
    scheme_id: int | None = None
    cohort_type: str | None = None
    rag: str | None = None
    lead: str | None = None  # "mine", or the id of a partnership membership
    area_id: int | None = None
    review: str | None = None  # "overdue", or "due" within 28 days


ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("person__family_name", "person__given_names", "id"),
    "-name": ("-person__family_name", "-person__given_names", "-id"),
    "rag": ("urgency", "review_on", "id"),
    "-rag": ("-urgency", "review_on", "id"),
    "review": ("review_on", "id"),
    "-review": ("-review_on", "-id"),
    "started": ("started_on", "id"),
    "-started": ("-started_on", "-id"),
}


def list_members(*, chosen: MemberFilter, scope: Scope, on: date, sort: str) -> "QuerySet[CohortMembership]":
    """Members with person, scheme, lead and area; a query that pages are cut from."""
    found: QuerySet[CohortMembership] = CohortMembership.objects.visible_to(scope).filter(state=chosen.state)
    plain: dict[str, Any] = {
        "scheme_id": chosen.scheme_id,
        "cohort_type": chosen.cohort_type,
        "rag": chosen.rag,
        "person__area_id": chosen.area_id,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    if chosen.lead == "mine":
        found = found.filter(lead__user_id=scope.user_id)
    elif chosen.lead:
        found = found.filter(lead_id=int(chosen.lead))
    if chosen.review == "overdue":
        found = found.filter(review_on__lt=on)
    elif chosen.review == "due":
        found = found.filter(review_on__lte=on + timedelta(days=28))
    urgency = Case(*(When(rag=rag, then=Value(n)) for rag, n in URGENCY.items()), output_field=IntegerField())
    found = found.annotate(urgency=urgency).select_related("person__area", "scheme", "lead__user", "lead__agency")
    return found.order_by(*ORDERS.get(sort, ORDERS["name"]))


def get_membership(*, membership_id: int, scope: Scope) -> CohortMembership:
    """One membership with its person, scheme, lead and nomination; raises `NotVisible`."""
    found: CohortMembership | None = (
        CohortMembership.objects.visible_to(scope)
        .select_related("person", "scheme", "lead__user", "lead__agency", "nomination")
        .filter(pk=membership_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def membership_from(*, nomination: Nomination, scope: Scope) -> CohortMembership | None:
    """The membership that the nomination led to, if it did."""
    found: CohortMembership | None = CohortMembership.objects.visible_to(scope).filter(nomination=nomination).first()
    return found


def selecting_decision(*, membership: CohortMembership, scope: Scope) -> PanelDecision | None:
    """The panel's decision that brought the member in."""
    found = PanelDecision.objects.visible_to(scope).filter(
        nomination_id=membership.nomination_id, outcome=Outcome.SELECT
    )
    one: PanelDecision | None = found.first()
    return one


def count_members(*, scope: Scope) -> int:
    return int(CohortMembership.objects.visible_to(scope).filter(state=MembershipState.ACTIVE).count())


def membership_of(*, person_id: int, scope: Scope) -> CohortMembership | None:
    """The person's present membership, if they are in the cohort and this user may know."""
    found = CohortMembership.objects.visible_to(scope).filter(person_id=person_id, state=MembershipState.ACTIVE)
    one: CohortMembership | None = found.select_related("scheme", "lead__user", "lead__agency").first()
    return one


def memberships_of(*, person_id: int, scope: Scope) -> list[CohortMembership]:
    """All the person's times in the cohort, newest first."""
    found = CohortMembership.objects.visible_to(scope).filter(person_id=person_id).select_related("scheme")
    return list(found.order_by("-started_on", "-id"))


def list_changes(*, membership: CohortMembership, scope: Scope) -> list[MembershipChange]:
    """Every change of rating, lead and review, newest first."""
    return list(MembershipChange.objects.visible_to(scope).filter(membership=membership).order_by("-at", "-id"))


def is_member(*, person_id: int) -> bool:
    return bool(CohortMembership.objects.filter(person_id=person_id, state=MembershipState.ACTIVE).exists())


def has_undecided_nomination(*, person_id: int, scheme_id: int) -> bool:
    undecided = [NominationState.OPEN, NominationState.DEFERRED]
    found = Nomination.objects.filter(person_id=person_id, scheme_id=scheme_id, state__in=undecided)
    return bool(found.exists())


def list_leads(*, scope: Scope) -> list[Membership]:
    """Who can lead: everybody with access whose roles manage people in the cohort, by name."""
    managing = ["practitioner", "police-offender-manager", "coordinator", "manager", "partner-worker"]
    found = Membership.objects.visible_to(scope).active().filter(roles__overlap=managing)
    return list(found.select_related("user", "agency").order_by("user__name", "id"))
