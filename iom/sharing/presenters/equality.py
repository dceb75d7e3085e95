"""The equality evidence log as its pages and its file show it, and what Today says of it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import rules as agreements
from iom.cohorts.presenters import schemes
from iom.common.registries import Attention
from iom.govuk.filters import date as day
from iom.govuk.filters import datetime as moment
from iom.outcomes.presenters import fairness
from iom.sharing.choices.equality import Aim, Characteristic, Link
from iom.sharing.models import EqualityEntry
from iom.sharing.queries import equality as queries
from iom.sharing.queries.equality import Figures


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Entries that are to be looked at again soon or are late, for who keeps the log."""
    if person_id is not None or not scope.allows(Permission.EQUALITY_RECORD):
        return []
    until = on + timedelta(days=agreements.NEAR_DAYS)
    return [
        Attention(
            text=_("Equality evidence to be looked at again: %(title)s") % {"title": each.title},
            url=reverse("sharing-equality-entry", args=[each.pk]),
            on=each.review_on,
            overdue=each.review_on <= on,
            kind=_("Equality"),
        )
        for each in queries.list_near_review(scope=scope, until=until)
    ]


def words_of(kind: type[TextChoices], values: Iterable[str]) -> str:
    """The words of several choices, in their order."""
    chosen = set(values)
    return ", ".join(str(each.label) for each in kind if each.value in chosen)


def row(entry: EqualityEntry, *, on: date) -> dict[str, Any]:
    """One line of the log."""
    is_current = not hasattr(entry, "later")
    return {
        "href": reverse("sharing-equality-entry", args=[entry.pk]),
        "title": entry.title,
        "subject": entry.get_subject_display(),
        "characteristics": words_of(Characteristic, entry.characteristics),
        "evidence": entry.get_evidence_display(),
        "looked_on": entry.looked_on,
        "review_on": entry.review_on,
        "is_current": is_current,
        "is_late": is_current and entry.review_on <= on,
        "is_near": is_current and agreements.is_near(entry.review_on, on=on),
    }


def figures_choices(found: Iterable[Figures]) -> list[tuple[str, str]]:
    return [(each.key, figures_name(each.version, each.on, is_run=each.run is not None)) for each in found]


def figures_name(version: Any, on: date, *, is_run: bool) -> str:
    """Whose figures they are: a ranking's, those of the check of a version, or of neither: a day's."""
    if version is None:
        return _("Selection and what followed, all schemes, as known on %(date)s") % {"date": day(on)}
    text = (
        _("Ranking under %(scheme)s, version %(number)s, as known on %(date)s")
        if is_run
        else _("Check of %(scheme)s, version %(number)s, as known on %(date)s")
    )
    return text % {"scheme": version.scheme.name, "number": version.number, "date": day(on)}


def figures(entry: EqualityEntry) -> dict[str, Any] | None:
    """The figures that an entry rests on, and whose they are: as tables, or a day's in `parts`."""
    if entry.figures is None:
        return None
    if entry.outcomes is not None:
        href = reverse("outcomes-fairness-of-day", args=[entry.outcomes_id])
        return {"name": entry_figures_name(entry), "parts": fairness.parts(entry.figures), "href": href}
    return {**schemes.fairness(entry.figures), "name": entry_figures_name(entry)}


def entry_figures_name(entry: EqualityEntry) -> str:
    assert entry.figures is not None, "asked of an entry that rests on figures"
    on = entry.outcomes.on if entry.outcomes is not None else date.fromisoformat(entry.figures["on"])
    return figures_name(entry.version, on, is_run=entry.run_id is not None)


def summary_rows(entry: EqualityEntry, *, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What an entry says, and who recorded it."""
    corrected = [(_("What was wrong with the entry before"), entry.correction)] if entry.correction else []
    rows = [
        *corrected,
        (_("What was looked at"), entry.get_subject_display()),
        (_("Day it was looked at"), day(entry.looked_on)),
        (_("Protected characteristics"), words_of(Characteristic, entry.characteristics)),
        (_("Aims of the equality duty"), words_of(Aim, entry.aims)),
        (_("Kind of evidence"), entry.get_evidence_display()),
        (_("What the evidence is, and where it is kept"), entry.source),
        (_("What it showed"), entry.showed),
        (_("What was decided"), entry.decided),
        (_("Decided"), _("%(who)s, %(date)s") % {"who": entry.decided_by, "date": day(entry.decided_on)}),
        (_("When to look again"), day(entry.review_on)),
        (
            _("Recorded"),
            _("%(who)s, %(agency)s, %(time)s")
            % {
                "who": names.get(entry.recorded_by, _("The system")),
                "agency": entry.owner.name,
                "time": moment(entry.recorded_at),
            },
        ),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def neighbours(entry: EqualityEntry) -> list[dict[str, Any]]:
    """What the entry follows and what follows it, as sentences that lead there."""
    found = []
    if entry.earlier is not None:
        is_correction = entry.link == Link.CORRECTION
        text = _("This corrects an earlier entry") if is_correction else _("This was looked at before")
        found.append({"text": text, "title": entry.earlier.title, "id": entry.earlier.pk})
    if hasattr(entry, "later"):
        later = entry.later
        text = _("A later entry corrects this one") if later.link == Link.CORRECTION else _("It was looked at again")
        found.append({"text": text, "title": later.title, "id": later.pk})
    return found


def export_headings() -> list[str]:
    return [
        _("Number"), _("Follows"), _("How"), _("What was wrong with the entry before"), _("Kind"),
        _("What was looked at"), _("Day it was looked at"), _("Protected characteristics"),
        _("Aims of the equality duty"), _("Kind of evidence"), _("What the evidence is, and where it is kept"),
        _("Figures on record"), _("What it showed"), _("What was decided"), _("Who decided"), _("Day of the decision"),
        _("When to look again"), _("Agency"), _("Recorded"),
    ]  # fmt: skip


def export_row(entry: EqualityEntry) -> list[Any]:
    name = "" if entry.figures is None else entry_figures_name(entry)
    return [
        entry.pk, entry.earlier_id, entry.get_link_display(), entry.correction, entry.get_subject_display(),
        entry.title, entry.looked_on, words_of(Characteristic, entry.characteristics), words_of(Aim, entry.aims),
        entry.get_evidence_display(), entry.source, name, entry.showed, entry.decided, entry.decided_by,
        entry.decided_on, entry.review_on, entry.owner.name, timezone.localdate(entry.recorded_at),
    ]  # fmt: skip
