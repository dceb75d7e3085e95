"""People as rows of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from iom.common.spreadsheets import Cell
from iom.govuk.filters import age as age_on
from iom.govuk.frames import Identifier
from iom.people.choices import Sex
from iom.people.models import Person, SourceRecord
from iom.people.presenters import frame


@dataclass(frozen=True)
class Row:
    """One person of a list."""

    person_id: int
    href: str
    name: str
    also_known_as: tuple[str, ...]
    date_of_birth: date | None
    age: int | None
    sex: str
    area: str
    identifiers: tuple[Identifier, ...]
    match: str


def rows(people: Iterable[Person], records: list[SourceRecord], exact: frozenset[int] | None, on: date) -> list[Row]:
    """The people in this order, with what their visible records add. `exact` None: nobody was searched for."""
    by_person: dict[int | None, list[SourceRecord]] = {}
    for record in records:
        by_person.setdefault(record.person_id, []).append(record)
    return [row(person, by_person.get(person.pk, []), exact, on) for person in people]


def row(person: Person, records: list[SourceRecord], exact: frozenset[int] | None, on: date) -> Row:
    shown = frame.shown_identity(person, records)
    born = shown.date_of_birth
    match = "" if exact is None else _("Exact") if person.pk in exact else _("Similar")
    return Row(
        person_id=person.pk,
        href=reverse("people-person", args=[person.public_id]),
        name=shown.name,
        also_known_as=tuple(frame.aliases(records, shown.name)[:3]),
        date_of_birth=born,
        age=age_on(born, on) if born and born <= on else None,
        sex=str(Sex(shown.sex).label) if shown.sex else "",
        area=person.area.name if person.area else "",
        identifiers=tuple(frame.identifiers(records)[:4]),
        match=match,
    )


def export_headings() -> list[str]:
    identifiers = [str(name) for _field, name in frame.IDENTIFIERS]
    return [_("Name"), _("Also known as"), _("Date of birth"), _("Age"), _("Sex"), _("Area"), *identifiers]


def export_row(row: Row) -> list[Cell]:
    """One person as a line of a file, under `export_headings`."""
    numbers = {
        name: "; ".join(each.value for each in row.identifiers if each.name == name)
        for _field, name in frame.IDENTIFIERS
    }
    also = "; ".join(row.also_known_as)
    return [row.name, also, row.date_of_birth, row.age, row.sex, row.area, *numbers.values()]
