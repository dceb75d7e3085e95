"""What happened to a person, in words: the career in figures, tables of events, the timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.common import registries
from iom.common.registries import TimelineEntry
from iom.govuk.filters import age as age_on
from iom.govuk.filters import date as in_words
from iom.people.choices import register_name
from iom.people.extract import offence_titles
from iom.people.models import Arrest, CustodySpell, DrugTest, Sanction
from iom.people.models.history import SourceEvent
from iom.people.queries import people
from iom.people.queries.people import Career, History


@dataclass(frozen=True)
class Event:
    """One row of a table of events."""

    on: date
    cells: tuple[str, ...]


def offence(code: str) -> str:
    """The offence in words; its code where the list does not have it."""
    return offence_titles().get(code, code)


def career(figures: Career, date_of_birth: date | None) -> list[dict[str, str | None]]:
    """The career in figures, as rows for the `summary` macro."""
    first_age = (
        age_on(date_of_birth, figures.first_on)
        if figures.first_on and date_of_birth and date_of_birth <= figures.first_on
        else None
    )
    first = in_words(figures.first_on) if figures.first_on else None
    if first and first_age is not None:
        first = _("%(date)s, aged %(age)s") % {"date": first, "age": first_age}
    return [
        {"key": _("Sanctions"), "value": str(figures.sanctions)},
        {"key": _("Of these, convictions"), "value": str(figures.convictions)},
        {"key": _("Offences sanctioned"), "value": str(figures.offences)},
        {"key": _("First sanction"), "value": first},
        {"key": _("Latest sanction"), "value": in_words(figures.last_on) if figures.last_on else None},
        {"key": _("Arrests"), "value": str(figures.arrests)},
    ]


def sanctions(rows: Iterable[Sanction]) -> list[Event]:
    return [
        Event(
            row.sanction_date,
            (
                offence(row.offence_code),
                in_words(row.offence_date),
                capitalised(row.sanction_type),
                disposal(row),
                row.court or _("Not recorded"),
            ),
        )
        for row in rows
    ]


def disposal(row: Sanction) -> str:
    words = capitalised(row.disposal) if row.disposal else _("Not recorded")
    if row.custody_days:
        words += ", " + ngettext("%(days)s day", "%(days)s days", row.custody_days) % {"days": f"{row.custody_days:,}"}
    return words


def arrests(rows: Iterable[Arrest]) -> list[Event]:
    return [
        Event(
            row.arrest_date,
            (
                offence(row.offence_code) if row.offence_code else _("Not recorded"),
                _("Not known") if row.domestic_abuse is None else _("Yes") if row.domestic_abuse else _("No"),
            ),
        )
        for row in rows
    ]


def custody(rows: Iterable[CustodySpell]) -> list[Event]:
    return [
        Event(
            row.start_date,
            (
                in_words(row.end_date) if row.end_date else _("Still in custody"),
                capitalised(row.kind) if row.kind else _("Not recorded"),
                row.prison or _("Not recorded"),
            ),
        )
        for row in rows
    ]


def drug_tests(rows: Iterable[DrugTest]) -> list[Event]:
    return [
        Event(
            row.test_date,
            (
                capitalised(row.occasion) if row.occasion else _("Not recorded"),
                capitalised(row.result) if row.result else _("Not recorded"),
                substances(row) or _("None"),
            ),
        )
        for row in rows
    ]


def substances(row: DrugTest) -> str:
    return ", ".join(filter(None, (_("Opiates") if row.opiates else "", _("Cocaine") if row.cocaine else "")))


def seen_by(*rows: SourceEvent) -> str:
    """Who may see the rows of one entry, where that is not all partners: what is said of it must stay among them."""
    narrow = sorted((row for row in rows if row.audience != Audience.PARTNERS), key=lambda row: row.audience)
    return str(narrow[-1].get_audience_display()) if narrow else ""


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def timeline(*, scope: Scope, person_id: int, kind: str = "") -> tuple[list[TimelineEntry], list[str]]:
    """What every app knows happened, newest first, of one kind or all; and the kinds there are."""
    entries = [
        entry for source in registries.timeline_sources for entry in source.entries(scope=scope, person_id=person_id)
    ]
    kinds = sorted({entry.kind for entry in entries if entry.kind})
    chosen = [entry for entry in entries if not kind or entry.kind == kind]
    return sorted(chosen, key=lambda entry: entry.on, reverse=True), kinds


def own_entries(*, scope: Scope, person_id: int) -> list[TimelineEntry]:
    """What partners' extracts say happened: the timeline source of this app."""
    found = people.history(person_id=person_id, scope=scope)
    return [
        *sanction_entries(found.sanctions),
        *(
            TimelineEntry(
                row.arrest_date,
                _("Arrested"),
                (offence(row.offence_code) if row.offence_code else "")
                + (". " + _("Flagged as domestic abuse.") if row.domestic_abuse else ""),
                _("Arrest"),
                row.source,
                seen_by(row),
            )
            for row in found.arrests
        ),
        *custody_entries(found.custody),
        *(
            TimelineEntry(
                row.test_date,
                _("Drug test: %(result)s") % {"result": row.result or _("result not recorded")},
                substances(row),
                _("Drug test"),
                row.source,
                seen_by(row),
            )
            for row in found.drug_tests
        ),
        *assessment_entries(found),
        *registration_entries(found),
        *(
            TimelineEntry(
                row.month,
                ngettext("%(count)s intelligence report", "%(count)s intelligence reports", row.reports)
                % {"count": row.reports},
                ". ".join(filter(None, [row.crime_type, "; ".join(row.grading_words)])),
                _("Intelligence"),
                row.source,
                seen_by(row),
            )
            for row in found.intelligence
            if row.reports
        ),
    ]


def sanction_entries(rows: list[Sanction]) -> list[TimelineEntry]:
    """One entry for each day and kind of sanction, with its offences."""
    entries = []
    ordered = sorted(rows, key=lambda row: (row.sanction_date, row.sanction_type, row.source))
    for (on, kind, source), group in groupby(
        ordered, key=lambda row: (row.sanction_date, row.sanction_type, row.source)
    ):
        offences = list(group)
        text = "; ".join(dict.fromkeys(offence(row.offence_code) for row in offences))
        ordered_disposals = dict.fromkeys(disposal(row) for row in offences if row.disposal)
        if ordered_disposals:
            text += ". " + ", ".join(ordered_disposals)
        entries.append(TimelineEntry(on, capitalised(kind), text, _("Sanction"), source, seen_by(*offences)))
    return entries


def custody_entries(rows: list[CustodySpell]) -> list[TimelineEntry]:
    entries = []
    for row in rows:
        detail = ", ".join(filter(None, (capitalised(row.kind), row.prison)))
        common = (detail, _("Custody"), row.source, seen_by(row))
        entries.append(TimelineEntry(row.start_date, _("Into custody"), *common))
        if row.end_date:
            entries.append(TimelineEntry(row.end_date, _("Released from custody"), *common))
    return entries


def assessment_entries(found: History) -> list[TimelineEntry]:
    """One entry for each assessment, with its items."""
    entries = []
    assessment = attrgetter("assessment_date", "instrument", "source")
    for (on, instrument, source), group in groupby(sorted(found.assessments, key=assessment), key=assessment):
        rows = list(group)
        items = [
            f"{row.item.replace('_', ' ')}: {' '.join(filter(None, (score(row.score), row.band)))}" for row in rows
        ]
        title = _("Assessed with %(instrument)s") % {"instrument": instrument}
        text = capitalised("; ".join(items))
        entries.append(TimelineEntry(on, title, text, _("Assessment"), source, seen_by(*rows)))
    return entries


def score(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def registration_entries(found: History) -> list[TimelineEntry]:
    entries = []
    for row in found.registrations:
        name = {"name": register_name(row.register)}
        common = (_("Register"), row.source, seen_by(row))
        entries.append(TimelineEntry(row.start_date, _("Registered: %(name)s") % name, row.level, *common))
        if row.end_date:
            entries.append(TimelineEntry(row.end_date, _("Registration ended: %(name)s") % name, "", *common))
    return entries
