"""The person whom an operation is about, held."""

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.people.models import Person


def locked_person(*, person_id: int, by: Scope) -> Person:
    """The person, held: whoever nominates, selects or de-selects the same person waits. Always locked first."""
    found: Person | None = Person.objects.visible_to(by).select_for_update().filter(pk=person_id).first()
    if found is None:
        raise NotVisible()
    return found
