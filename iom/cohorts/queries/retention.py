"""What the partnership decided about people, and when the last of it ended."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from iom.access.scope import Scope
from iom.cohorts.choices import MembershipState, NominationState
from iom.cohorts.models import CohortMembership, Nomination
from iom.common.erasure import REMOVED
from iom.common.registries import Held

UNDECIDED = (NominationState.OPEN, NominationState.DEFERRED)


def held(*, scope: Scope, person_ids: Sequence[int]) -> list[Held]:
    """One row per nomination and per time in the cohort; an undecided nomination and a member are open."""
    return [*nominations(scope, person_ids), *memberships(scope, person_ids)]


def nominations(scope: Scope, person_ids: Sequence[int]) -> Iterator[Held]:
    found = Nomination.objects.visible_to(scope).filter(person__in=person_ids).exclude(reason=REMOVED)
    for each in found.only("person_id", "owner_agency_id", "nominated_at", "closed_at", "state"):
        last = timezone.localdate(each.closed_at or each.nominated_at)
        yield Held(each.person_id, each.owner_agency_id, last, is_open=each.state in UNDECIDED)


def memberships(scope: Scope, person_ids: Sequence[int]) -> Iterator[Held]:
    """For the agency whose nomination it came from: the two end together."""
    found = CohortMembership.objects.visible_to(scope).filter(person__in=person_ids)
    found = found.exclude(nomination__reason=REMOVED).select_related("nomination")
    for each in found:
        is_open = each.state == MembershipState.ACTIVE
        yield Held(each.person_id, each.nomination.owner_agency_id, each.ended_on or each.started_on, is_open=is_open)
