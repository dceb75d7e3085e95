"""Each agency's record side by side, and where they differ."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.govuk.filters import date as in_words
from iom.people.choices import Sex, register_name
from iom.people.linkage import one_form
from iom.people.models import Registration, SourceRecord
from iom.people.rules.terms import compact, name_tokens


@dataclass(frozen=True)
class Side:
    """One record's column."""

    heading: str
    caption: str
    record_id: int


@dataclass(frozen=True)
class Row:
    """One field across the records. `values` are as each record has them; `differs` where two disagree."""

    field: str
    values: tuple[str | None, ...]
    differs: bool


@dataclass(frozen=True)
class Registered:
    """One register the person is on."""

    name: str
    level: str
    since: date
    source: str


def registers(rows: list[Registration]) -> list[Registered]:
    return [Registered(register_name(row.register), row.level, row.start_date, row.source) for row in rows]


def side(record: SourceRecord) -> Side:
    return Side(record.owner_agency.name, f"{record.source} {record.source_id}", record.pk)


def side_by_side(records: list[SourceRecord]) -> list[Row]:
    """The fields of all records, those that nobody has left out."""
    rows = []
    for label, name in fields():
        values = [getattr(record, name) for record in records]
        if any(values):
            rows.append(Row(label, tuple(shown(name, value) for value in values), differs(name, records)))
    if records:
        received = tuple(in_words(record.received_at) for record in records)
        rows.append(Row(_("Received"), received, differs=False))
        for label, values in handling(records):
            rows.append(Row(label, tuple(values), differs=False))
    return rows


def handling(records: list[SourceRecord]) -> list[tuple[str, list[str]]]:
    """How each record is to be handled, by label: its marking, the law it is kept under, and who may see it."""
    return [
        (_("Marking"), [record.marked_as for record in records]),
        (_("Kept under"), [record.get_regime_display() for record in records]),
        (_("May be seen by"), [record.get_audience_display() for record in records]),
    ]


def fields() -> tuple[tuple[str, str], ...]:
    """What a record says, with its label, in the order in which it is read."""
    return (
        (_("Given names"), "given_names"),
        (_("Family name"), "family_name"),
        (_("Other names"), "aliases"),
        (_("Date of birth"), "date_of_birth"),
        (_("Sex"), "sex"),
        (_("Ethnicity"), "ethnicity"),
        (_("Area"), "area_name"),
        (_("Postcode"), "postcode"),
        (_("PNC ID"), "pnc_id"),
        (_("CRO number"), "cro"),
        (_("CRN"), "crn"),
        (_("Prison number"), "prison_number"),
    )


def shown(name: str, value: Any) -> str | None:
    """One value in words; None where there is none."""
    if not value:
        return None
    if isinstance(value, date):
        return in_words(value)
    if name == "sex":
        return str(Sex(value).label) if value in Sex.values else str(value)
    if name == "aliases":
        return ", ".join(part.strip() for part in str(value).split(";") if part.strip())
    return str(value)


def differs(name: str, records: list[SourceRecord]) -> bool:
    """Whether two records that have a value of this field differ in it; spelling of case, space and accents aside.

    Other names are a list of what was ever used, so they never disagree.
    """
    if name == "aliases":
        return False
    return len({same_form(name, record) for record in records if getattr(record, name)}) > 1


def same_form(name: str, record: SourceRecord) -> Any:
    """A record's value of a field as it is compared: equal for two ways of writing the same.

    A year of two digits is read as of the day on which the record came.
    """
    value = getattr(record, name)
    if name in ("given_names", "family_name"):
        return name_tokens(value)
    if not isinstance(value, str):
        return value
    return compact(one_form(name, value, this_year=record.received_at.year))
