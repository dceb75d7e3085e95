"""Who asked that their data be kept and not used, and got it."""

from datetime import datetime

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.people.models import IndexEvent, Restriction


def in_force(*, person_id: int, scope: Scope) -> list[Restriction]:
    found = Restriction.objects.visible_to(scope).filter(person_id=person_id, lifted_at__isnull=True)
    return list(found.select_related("owner_agency").order_by("owner_agency__name", "pk"))


def is_restricted(*, person_id: int, scope: Scope) -> bool:
    """Whether some agency's records of the person may not be used, as far as the scope may see."""
    found = Restriction.objects.visible_to(scope).filter(person_id=person_id, lifted_at__isnull=True)
    return bool(found.exists())


def out_of_use_since(*, since: datetime, scope: Scope) -> list[int]:
    """The ids of the people of whom an agency's records were restricted or erased since a moment.

    What was worked out on a copy of the record from that moment says something of them that may not be used any more.
    """
    restricted = Restriction.objects.visible_to(scope).filter(placed_at__gte=since, lifted_at__isnull=True)
    erased = IndexEvent.objects.visible_to(scope).filter(source_record__erased_at__gte=since)
    return sorted({*restricted.values_list("person", flat=True), *erased.values_list("to_person", flat=True)})


def all_of(*, person_id: int, scope: Scope) -> list[Restriction]:
    found = Restriction.objects.visible_to(scope).filter(person_id=person_id).select_related("owner_agency")
    return list(found.order_by("-placed_at", "-pk"))


def own(*, restriction_id: int, scope: Scope) -> Restriction:
    """A restriction of the agency's own."""
    found: Restriction | None = (
        Restriction.objects.visible_to(scope)
        .filter(pk=restriction_id, owner_agency=scope.agency_id)
        .select_related("person", "owner_agency")
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def count_people(*, scope: Scope) -> int:
    """Of how many people some agency's records are left out of every ranking."""
    found = Restriction.objects.visible_to(scope).filter(lifted_at__isnull=True)
    return int(found.values("person_id").distinct().count())
