"""The frame round every page about a person, filled by this app and by whatever other apps know."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.presenters.marking import highest
from iom.common import registries
from iom.govuk.filters import age as age_on
from iom.govuk.filters import date as in_words
from iom.govuk.frames import Identifier, PersonFrame, PersonWarning, Section
from iom.people.choices import REGISTER_WARNINGS
from iom.people.models import CustodySpell, Person, Registration, SourceRecord
from iom.people.presenters.records import same_form
from iom.people.queries import people

IDENTIFIERS = (("pnc_id", "PNC"), ("cro", "CRO"), ("crn", "CRN"), ("prison_number", "Prison number"))
# Facts of which every app may add some; of the others the last app that speaks wins.
ADDED_UP = ("also_known_as", "identifiers", "warnings")


def person_frame(
    *, person: Person, section: str, scope: Scope, on: date, records: list[SourceRecord] | None = None
) -> PersonFrame:
    """The frame of a person as this scope may see it. `section` is the name of the tab that is open.

    Every app that shows a page about a person calls this; `records` where the page has read them already.
    """
    if records is None:
        records = people.records_of(person_ids=[person.pk], scope=scope)
    shown = shown_identity(person, records)
    born = shown.date_of_birth
    warnings = warnings_from(people.current_registrations(person_id=person.pk, scope=scope, on=on))
    facts: dict[str, Any] = {
        "date_of_birth": born,
        "age": age_on(born, on) if born and born <= on else None,
        "also_known_as": tuple(aliases(records, shown.name)[:4]),
        "identifiers": tuple(identifiers(records)),
        "custody_status": custody_status(people.latest_custody(person_id=person.pk, scope=scope), on),
        "warnings": tuple(warnings),
        "marking": highest([person, *records]),
    }
    for source in registries.frame_sources:
        for name, value in source.facts(scope=scope, person_id=person.pk).items():
            facts[name] = (*facts.get(name, ()), *value) if name in ADDED_UP else value
    return PersonFrame(
        name=shown.name,
        href=reverse("people-person", args=[person.public_id]) if scope.allows(Permission.PERSON_VIEW) else "",
        sections=tuple(
            Section(_(tab.text), reverse(tab.url_name, args=[person.public_id]), tab.name == section)
            for tab in registries.person_tabs
            if scope.allows(Permission(tab.permission))
        ),
        **facts,
    )


def shown_identity(person: Person, records: list[SourceRecord]) -> Person | SourceRecord:
    """Where the name and date of birth are read: the person, or the reader's own best record where the person's whole
    audience may see none.
    """
    if person.family_name or person.given_names or not records:
        return person
    return min(records, key=lambda record: (not record.family_name, record.date_of_birth is None))


def identifiers(records: list[SourceRecord]) -> list[Identifier]:
    """Each number once, by kind, however it is written: the first way the records have it."""
    found: dict[tuple[str, Any], str] = {}
    for field, name in IDENTIFIERS:
        for record in records:
            if value := getattr(record, field):
                found.setdefault((name, same_form(field, record)), value)
    return [Identifier(name, value) for (name, _form), value in found.items()]


def aliases(records: list[SourceRecord], name: str) -> list[str]:
    """Other names the records give, each once whatever its capitals."""
    named = [record.name for record in records if record.family_name or record.given_names]
    named += [alias.strip() for record in records for alias in record.aliases.split(";") if alias.strip()]
    by_text = {alias.casefold(): alias for alias in reversed(named)}
    by_text.pop(name.casefold(), None)
    return list(reversed(by_text.values()))


def custody_status(spell: CustodySpell | None, on: date) -> str | None:
    """Whether in custody, since or until when, and where; None where nothing is known of custody."""
    if spell is None:
        return None
    if spell.start_date <= on and (spell.end_date is None or spell.end_date > on):
        kinds = {"remand": _("on remand"), "sentence": _("serving a sentence"), "recall": _("recalled")}
        since = _("In custody since %(date)s") % {"date": in_words(spell.start_date)}
        return ", ".join(filter(None, (since, spell.prison, kinds.get(spell.kind, ""))))
    if spell.end_date is None:
        return None
    return _("Not in custody, released %(date)s") % {"date": in_words(spell.end_date)}


def warnings_from(registrations: list[Registration]) -> list[PersonWarning]:
    """The warnings that the registers give, one for each register."""
    newest = {registration.register: registration for registration in reversed(registrations)}
    return [
        PersonWarning(f"{text} ({level})" if (level := newest[code].level) else text, about, newest[code].start_date)
        for code, (text, about) in REGISTER_WARNINGS.items()
        if code in newest
    ]
