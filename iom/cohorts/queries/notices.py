"""What needs somebody's attention in the cohort, and what it knows happened to a person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.cohorts.choices import Change, MembershipState, NominationState
from iom.cohorts.models import (
    CohortMembership,
    MembershipChange,
    Nomination,
    PanelDecision,
    ReturnRequest,
    Score,
)
from iom.cohorts.queries.nominations import UNDECIDED, for_panel, waiting
from iom.people.models import CustodySpell, Person

RELEASE_DAYS = 28
MOST = 20  # of one kind on one page: the lists show the rest


def about(found: Any, person_id: int | None, path: str) -> Any:
    return found if person_id is None else found.filter(**{path: person_id})


def returns_wanted(*, scope: Scope, person_id: int | None) -> list[ReturnRequest]:
    """What the user's own agency has not answered, soonest due first."""
    found = ReturnRequest.objects.visible_to(scope).filter(
        agency_id=scope.agency_id, answered_at__isnull=True, nomination__state__in=UNDECIDED
    )
    found = about(found, person_id, "nomination__person_id").select_related("nomination__person")
    return list(found.order_by("due_on", "id")[:MOST])


def ready_for_panel(*, scope: Scope, on: date, person_id: int | None) -> list[Nomination]:
    """Nominations whose returns are in or late, and deferred ones whose day has come."""
    found = Nomination.objects.visible_to(scope).filter(state__in=[NominationState.OPEN, NominationState.DEFERRED])
    found = about(found, person_id, "person_id").annotate(waiting=waiting()).filter(for_panel(on))
    return list(found.select_related("person").order_by("returns_due_on", "id")[:MOST])


def own_members(*, scope: Scope, person_id: int | None) -> Any:
    """The members this user leads; for who runs the cohort, or about one person, all they may see."""
    found = CohortMembership.objects.visible_to(scope).filter(state=MembershipState.ACTIVE)
    found = about(found, person_id, "person_id").select_related("person")
    runs_cohort = scope.allows(Permission.CANDIDATES_VIEW)
    return found if runs_cohort or person_id is not None else found.filter(lead__user_id=scope.user_id)


def reviews_overdue(*, scope: Scope, on: date, person_id: int | None) -> list[CohortMembership]:
    found = own_members(scope=scope, person_id=person_id).filter(review_on__lt=on)
    return list(found.order_by("review_on", "id")[:MOST])


def releases(*, scope: Scope, on: date, person_id: int | None) -> list[tuple[CohortMembership, CustodySpell]]:
    """Members in custody who are to be released within 28 days, with the spell that ends, soonest first."""
    members = {each.person_id: each for each in own_members(scope=scope, person_id=person_id)}
    until = on + timedelta(days=RELEASE_DAYS)
    spells = CustodySpell.objects.visible_to(scope).filter(
        person_id__in=list(members), start_date__lte=on, end_date__gte=on, end_date__lte=until
    )
    return [(members[spell.person_id], spell) for spell in spells.order_by("end_date", "id")[:MOST]]


def provisional_scores(*, scope: Scope, person_id: int | None) -> list[tuple[Person, list[str]]]:
    """Members whose newest scores could fall in another band, with the missing answers by name."""
    people = {each.person_id: each.person for each in own_members(scope=scope, person_id=person_id)}
    scores = Score.objects.visible_to(scope).filter(person_id__in=list(people)).defer("working")
    last_run: dict[tuple[int, str], int] = {}
    missing: dict[int, list[str]] = {}
    for score in scores.order_by("person_id", "predictor", "-scored_on", "-run_id"):
        is_of_last = last_run.setdefault((score.person_id, score.predictor), score.run_id) == score.run_id
        # None: ranked before it was noted which score counts.
        if is_of_last and score.counts is not False and score.provisional:
            missing[score.person_id] = sorted({*missing.get(score.person_id, []), *score.missing})
    return [(people[pk], names) for pk, names in missing.items()][:MOST]


@dataclass(frozen=True)
class Happened:
    """What the cohort knows happened to a person."""

    nominations: list[Nomination]
    decisions: list[PanelDecision]
    ratings: list[MembershipChange]
    left: list[CohortMembership]


def happened(*, person_id: int, scope: Scope) -> Happened:
    nominations = Nomination.objects.visible_to(scope).filter(person_id=person_id)
    ratings = MembershipChange.objects.visible_to(scope).filter(membership__person_id=person_id, change=Change.RAG)
    left = CohortMembership.objects.visible_to(scope).filter(person_id=person_id, state=MembershipState.DESELECTED)
    return Happened(
        list(nominations.select_related("scheme", "owner_agency")),
        list(PanelDecision.objects.visible_to(scope).filter(nomination__person_id=person_id)),
        list(ratings),
        list(left),
    )
