"""What an app holds about a person, put into words from its own privacy declaration.

An app names its tables (`Table`); which fields are given, which a person must look at first and which are not about the
person is what the declaration says. Nothing here decides what is given.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from iom.common.privacy import SubjectAccess
from iom.common.registries import privacy_declarations, subject_access_gatherers

# Names of columns that read badly when their underscores are taken away.
LABELS = {
    "pnc_id": gettext_noop("PNC ID"),
    "cro": gettext_noop("CRO number"),
    "crn": gettext_noop("CRN"),
    "rag": gettext_noop("Rating"),
    "rag_since": gettext_noop("Rated since"),
    "source_id": gettext_noop("The agency's reference"),
    "victim_ref": gettext_noop("Victim reference"),
}


@dataclass(frozen=True)
class Table:
    """One table of an app: how its rows lead to a person, and what speaks of somebody else or of intelligence."""

    model: Any
    paths: tuple[str, ...]  # from a row to the person's id; any of them
    title: str
    on: str = ""  # the field that dates a row
    third_party: tuple[str, ...] = ()  # where one of these is filled, the row speaks of somebody else
    restricted: bool = False


@dataclass(frozen=True)
class Held:
    """One field of a row, in words. `review` where somebody must look at it before it is given."""

    name: str
    label: str
    text: str
    review: bool

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "text": self.text, "review": self.review}


@dataclass(frozen=True)
class Gathered:
    """One row about a person: whose it is, under which law, and what it says."""

    source: str  # the model's label
    row_id: int
    title: str
    on: date | None
    fields: tuple[Held, ...]
    controller_id: int  # the agency that answers for it
    regime: str
    marking: str
    descriptor: str
    concern: str = ""  # "third-party" or "restricted"
    only_for: tuple[int, ...] | None = None  # the agencies that conditions on its sharing let have it; None: no such


def gather(*, scope: Any, person_id: int) -> Iterator[Gathered]:
    """Everything that every app holds about a person and the scope may see."""
    for each in subject_access_gatherers:
        yield from each.gather(scope=scope, person_id=person_id)


def rows_of(tables: Iterable[Table], *, scope: Any, person_id: int) -> Iterator[Gathered]:
    """The rows of these tables about a person that the scope may see, one query a table, the latest first."""
    declared = {each.name: each.fields for each in privacy_declarations}
    for table in tables:
        label = table.model._meta.label
        wanted = [
            (field, declared[label][field.name].subject_access == SubjectAccess.REVIEW)
            for field in table.model._meta.concrete_fields
            if declared[label][field.name].subject_access != SubjectAccess.LEAVE
        ]
        about = Q()
        for path in table.paths:
            about |= Q(**{path: person_id})
        related = [field.name for field, _review in wanted if field.is_relation]
        found = table.model.objects.visible_to(scope).filter(about).select_related(*related)
        for row in found.order_by(*([f"-{table.on}"] if table.on else []), "pk"):
            fields = tuple(held for field, review in wanted if (held := in_words(row, field, review=review)).text)
            if fields:
                yield Gathered(
                    source=label,
                    row_id=row.pk,
                    title=table.title,
                    on=as_date(getattr(row, table.on)) if table.on else None,
                    fields=fields,
                    controller_id=row.owner_agency_id,
                    regime=row.regime,
                    marking=row.marking,
                    descriptor=row.descriptor,
                    concern=concern_of(table, row),
                    only_for=tuple(row.audience_agencies) if getattr(row, "has_conditions", False) else None,
                )


def concern_of(table: Table, row: Any) -> str:
    if table.restricted:
        return "restricted"
    return "third-party" if any(getattr(row, name) for name in table.third_party) else ""


def in_words(row: Any, field: Any, *, review: bool) -> Held:
    label = _(LABELS[field.name]) if field.name in LABELS else capfirst(str(field.verbose_name))
    shown = getattr(row, f"get_{field.name}_display", None)
    value = shown() if shown else getattr(row, field.name)
    return Held(field.name, label, text_of(value), review)


def text_of(value: Any) -> str:
    """A value as a person reads it; nothing for what is empty."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, dict):
        return "; ".join(f"{capfirst(str(key).replace('_', ' '))}: {text_of(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(text for each in value if (text := text_of(each)))
    return str(value)


def as_date(value: date | datetime | None) -> date | None:
    return timezone.localdate(value) if isinstance(value, datetime) else value
