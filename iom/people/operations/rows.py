"""The person whom an operation is about, held. Here for the apps above: who writes about somebody holds them first."""

from django.db.models import QuerySet

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.people.models import Person


def locked_person(*, person_id: int, by: Scope) -> Person:
    """The person, held: whoever writes about the same person, merges or destroys them waits. Always locked first.

    Raises `NotVisible` where they were destroyed, or merged into another, meanwhile.
    """
    return _only(_there(person_id, by).select_for_update(of=("self",)))


def person_there(*, person_id: int, by: Scope) -> Person:
    """The same person, not held: for who opened the record in an emergency, which is read and not locked (ADR 18)."""
    return _only(_there(person_id, by))


def _there(person_id: int, by: Scope) -> "QuerySet[Person]":
    found: QuerySet[Person] = Person.objects.visible_to(by)
    return found.filter(pk=person_id, erased_at__isnull=True, merged_into__isnull=True)


def _only(found: "QuerySet[Person]") -> Person:
    person = found.first()
    if person is None:
        raise NotVisible()
    return person
