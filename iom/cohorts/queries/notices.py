"""What needs somebody's attention in the cohort, and what it knows happened to a person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg

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
from iom.common.erasure import REMOVED
from iom.common.registries import NEWS_DAYS
from iom.people.models import Arrest, CustodySpell, DrugTest

RELEASE_DAYS = 28
Members = dict[int, CohortMembership]  # by person id


def about(found: Any, person_id: int | None, path: str) -> Any:
    return found if person_id is None else found.filter(**{path: person_id})


def returns_wanted(*, scope: Scope, person_id: int | None) -> list[ReturnRequest]:
    """What the user's own agency has not answered, soonest due first."""
    found = ReturnRequest.objects.visible_to(scope).filter(
        agency_id=scope.agency_id, answered_at__isnull=True, nomination__state__in=UNDECIDED
    )
    found = about(found, person_id, "nomination__person_id").select_related("nomination__person")
    return list(found.order_by("due_on", "id"))


def ready_for_panel(*, scope: Scope, on: date, person_id: int | None) -> list[Nomination]:
    """Nominations whose returns are in or late, and deferred ones whose day has come."""
    found = Nomination.objects.visible_to(scope).filter(state__in=[NominationState.OPEN, NominationState.DEFERRED])
    found = about(found, person_id, "person_id").annotate(waiting=waiting()).filter(for_panel(on))
    return list(found.select_related("person").order_by("returns_due_on", "id"))


def own_members(*, scope: Scope, person_id: int | None) -> Members:
    """The members this user leads; for who runs the cohort, or about one person, all they may see. By person id."""
    found = CohortMembership.objects.visible_to(scope).filter(state=MembershipState.ACTIVE)
    found = about(found, person_id, "person_id").select_related("person")
    runs_cohort = scope.allows(Permission.CANDIDATES_VIEW)
    chosen = found if runs_cohort or person_id is not None else found.filter(lead__user_id=scope.user_id)
    return {member.person_id: member for member in chosen}


def reviews_overdue(*, members: Members, on: date) -> list[CohortMembership]:
    """Members whose review should have been before this day, longest overdue first."""
    overdue = [member for member in members.values() if member.review_on < on]
    return sorted(overdue, key=lambda member: (member.review_on, member.pk))


def releases(*, members: Members, scope: Scope, on: date) -> list[tuple[CohortMembership, CustodySpell]]:
    """Members who are to be released within 28 days, with the spell in custody that ends, soonest first."""
    until = on + timedelta(days=RELEASE_DAYS)
    spells = CustodySpell.objects.visible_to(scope).filter(start_date__lte=on, end_date__gte=on, end_date__lte=until)
    return of_members(members, spells.order_by("end_date", "id"))


def new_arrests(*, members: Members, scope: Scope, on: date) -> list[tuple[CohortMembership, date, list[str]]]:
    """Members arrested in the last `NEWS_DAYS`, newest first: on which day, and the codes of the offences known."""
    since = on - timedelta(days=NEWS_DAYS)
    arrests = Arrest.objects.visible_to(scope).filter(arrest_date__gt=since, arrest_date__lte=on)
    of_a_day = arrests.filter(person_id__in=list(members)).values("person_id", "arrest_date")
    codes = ArrayAgg("offence_code", distinct=True, order_by="offence_code")
    days = of_a_day.annotate(codes=codes).order_by("-arrest_date", "person_id")
    return [(members[day["person_id"]], day["arrest_date"], [code for code in day["codes"] if code]) for day in days]


def positive_tests(*, members: Members, scope: Scope, on: date) -> list[tuple[CohortMembership, DrugTest]]:
    """Members whose drug test in the last `NEWS_DAYS` was positive, newest first."""
    since = on - timedelta(days=NEWS_DAYS)
    tests = DrugTest.objects.visible_to(scope).filter(test_date__gt=since, test_date__lte=on, result="positive")
    return of_members(members, tests.order_by("-test_date", "id"))


def of_members(members: Members, events: Any) -> list[tuple[CohortMembership, Any]]:
    """The events that are about members, each with its member."""
    return [(members[event.person_id], event) for event in events.filter(person_id__in=list(members))]


def provisional_scores(*, members: Members, scope: Scope) -> list[tuple[CohortMembership, list[str]]]:
    """Members whose newest scores could fall in another band, with the missing answers by name."""
    scores = Score.objects.visible_to(scope).filter(person_id__in=list(members)).defer("working")
    last_run: dict[tuple[int, str], int] = {}
    missing: dict[int, list[str]] = {}
    for score in scores.order_by("person_id", "predictor", "-scored_on", "-run_id"):
        is_of_last = last_run.setdefault((score.person_id, score.predictor), score.run_id) == score.run_id
        # None: ranked before it was noted which score counts.
        if is_of_last and score.counts is not False and score.provisional:
            missing[score.person_id] = sorted({*missing.get(score.person_id, []), *score.missing})
    return [(members[person_id], names) for person_id, names in missing.items()]


@dataclass(frozen=True)
class Happened:
    """What the cohort knows happened to a person."""

    nominations: list[Nomination]
    decisions: list[PanelDecision]
    ratings: list[MembershipChange]
    left: list[CohortMembership]


def happened(*, person_id: int, scope: Scope) -> Happened:
    """Of what has not been destroyed: what is left of that has a year and no day, and stands in no timeline."""
    nominations = Nomination.objects.visible_to(scope).filter(person_id=person_id).exclude(reason=REMOVED)
    decisions = PanelDecision.objects.visible_to(scope).filter(nomination__person_id=person_id)
    ratings = MembershipChange.objects.visible_to(scope).filter(membership__person_id=person_id, change=Change.RAG)
    left = CohortMembership.objects.visible_to(scope).filter(person_id=person_id, state=MembershipState.DESELECTED)
    return Happened(
        list(nominations.select_related("scheme", "owner_agency")),
        list(decisions.exclude(nomination__reason=REMOVED)),
        list(ratings.exclude(membership__nomination__reason=REMOVED)),
        list(left.exclude(nomination__reason=REMOVED)),
    )
