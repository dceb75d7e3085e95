"""Which people are in or nominated, and the partnership's areas and leads."""

from collections.abc import Iterable

from iom.access.scope import Scope
from iom.cohorts.choices import MembershipState, NominationState
from iom.cohorts.models import CohortMembership, Nomination
from iom.partnerships.models import Area, Membership


def who_is_in(*, person_ids: Iterable[int], scope: Scope) -> tuple[set[int], set[int]]:
    """Of these people, the ids of who is in the cohort now, and of who is nominated and not yet decided."""
    ids = list(person_ids)
    members = CohortMembership.objects.visible_to(scope).filter(person_id__in=ids, state=MembershipState.ACTIVE)
    undecided = [NominationState.OPEN, NominationState.DEFERRED]
    nominated = Nomination.objects.visible_to(scope).filter(person_id__in=ids, state__in=undecided)
    return set(members.values_list("person_id", flat=True)), set(nominated.values_list("person_id", flat=True))


def list_areas(*, scope: Scope) -> list[tuple[str, str]]:
    """The partnership's areas by name, as choices."""
    found = Area.objects.filter(partnership_id=scope.partnership_id).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


def lead_names(*, membership_ids: Iterable[int], scope: Scope) -> dict[int, str]:
    """Names and agencies of lead professionals by the id of their membership, whether they still work here or not."""
    found = Membership.objects.visible_to(scope).filter(pk__in=list(membership_ids)).select_related("user", "agency")
    return {lead.pk: f"{lead.user.name}, {lead.agency.name}" for lead in found}


def person_keys_followed(*, scope: Scope) -> list[str]:
    """The keys of who is in the cohort or nominated: their working is kept wherever a ranking puts them."""
    members = CohortMembership.objects.visible_to(scope).filter(state=MembershipState.ACTIVE)
    undecided = [NominationState.OPEN, NominationState.DEFERRED]
    nominated = Nomination.objects.visible_to(scope).filter(state__in=undecided)
    keys = {*members.values_list("person__person_key", flat=True)}
    return sorted(keys | {*nominated.values_list("person__person_key", flat=True)})
