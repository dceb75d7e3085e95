"""A person as pages and lists show them."""

from datetime import date
from typing import Any

from iom.govuk.filters import age
from iom.people.models import Person


def age_on(person: Person, on: date) -> int | None:
    return None if person.date_of_birth is None else age(person.date_of_birth, on)


def particulars(person: Person, on: date) -> dict[str, Any]:
    """What a list says of a person."""
    return {
        "name": person.name,
        "public_id": person.public_id,
        "age": age_on(person, on),
        "sex": person.get_sex_display(),
        "date_of_birth": person.date_of_birth,
    }
