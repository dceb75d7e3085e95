"""The person whom an operation is about, held. Here for the apps above: who writes about somebody holds them first."""

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.people.models import Person


def locked_person(*, person_id: int, by: Scope) -> Person:
    """The person, held: whoever writes about the same person, merges or destroys them waits. Always locked first.

    Raises `NotVisible` where they were destroyed, or merged into another, meanwhile.
    """
    there = Person.objects.visible_to(by).filter(pk=person_id, erased_at__isnull=True, merged_into__isnull=True)
    found: Person | None = there.select_for_update(of=("self",)).first()
    if found is None:
        raise NotVisible()
    return found
