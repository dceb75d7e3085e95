"""Reads for limited and emergency access that need the index of people."""

from uuid import UUID

from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.choices.limits import LimitKind
from iom.agreements.models import EmergencyAccess
from iom.agreements.queries import limits
from iom.common.errors import NotVisible
from iom.people.choices import TermKind
from iom.people.models import Person, SearchTerm, SourceRecord
from iom.people.queries import people
from iom.people.rules.terms import identifier_forms


def person_to_open(*, public_id: UUID, scope: Scope) -> Person:
    """The person whose record an emergency may open: seen in part, or kept from this user who was told so."""
    try:
        return people.get_person(public_id=public_id, scope=scope)
    except NotVisible:
        kept = people.kept_from(public_id=public_id, scope=scope)
        if kept is None or kept[1].kind != LimitKind.RESTRICTED:
            raise
        return kept[0]


def person_with(*, identifier: str, scope: Scope) -> Person | None:
    """The one person of the partnership with this identifier, whoever may see them; None where nobody or several are.

    For an emergency alone: what is found is opened with a reason, or not told. Whoever is kept from them by name is
    told nothing.
    """
    forms = identifier_forms(identifier) - {""}
    system = _system(scope)
    with act_in(system):
        terms = SearchTerm.objects.visible_to(system).filter(kind=TermKind.IDENTIFIER, term__in=forms)
        found = list(
            Person.objects.visible_to(system).filter(
                pk__in=terms.values("person_id"), merged_into__isnull=True, erased_at__isnull=True
            )[:2]
        )
        if len(found) != 1 or limits.is_excluded(person_id=found[0].pk, scope=scope):
            return None
    return found[0]


def owners_opened(*, person_id: int, scope: Scope) -> list[int]:
    """The agencies whose records about a person an emergency opens to this user: those that keep some from them."""
    system = _system(scope)
    with act_in(system):
        records = SourceRecord.objects.visible_to(system).filter(person_id=person_id)
        owners = dict(records.values_list("pk", "owner_agency_id"))
        limiting = {
            limit.owner_agency_id
            for limit in limits.limits_of(person_id=person_id, scope=system)
            if any(rule.row_id == limit.pk for rule in scope.shut_out)
        }
    seen = set(SourceRecord.objects.visible_to(scope).filter(person_id=person_id).values_list("pk", flat=True))
    return sorted({owner for pk, owner in owners.items() if pk not in seen} | limiting)


def names_of(*, person_ids: set[int], scope: Scope) -> dict[int, Person]:
    """The people of these ids whom this scope may see."""
    return {person.pk: person for person in Person.objects.visible_to(scope).filter(pk__in=person_ids)}


def open_for(*, person_id: int, scope: Scope) -> EmergencyAccess | None:
    """The user's own open access to a person."""
    access_id = scope.access_to(person_id)
    return None if access_id is None else limits.get_access(access_id=access_id, scope=scope)


def _system(scope: Scope) -> Scope:
    return unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="opening a record in an emergency"
    )
