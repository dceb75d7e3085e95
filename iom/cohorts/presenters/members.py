"""Members as the cohort list and their own page show them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.cohorts.choices import Change, Rag, type_name
from iom.cohorts.models import CohortMembership, MembershipChange
from iom.cohorts.presenters.people import particulars
from iom.govuk import filters


def list_row(membership: CohortMembership, *, on: date) -> dict[str, Any]:
    person = membership.person
    return {
        **particulars(person, on),
        "id": membership.pk,
        "scheme": membership.scheme.name,
        "cohort_type": type_name(membership.cohort_type),
        "rag": membership.rag,
        "rag_since": membership.rag_since,
        "lead": membership.lead.user.name,
        "lead_agency": membership.lead.agency.name,
        "area": person.area.name if person.area else None,
        "review_on": membership.review_on,
        "is_overdue": membership.review_on < on,
        "started_on": membership.started_on,
        "ended_on": membership.ended_on,
        "end_reason": membership.get_end_reason_display() if membership.end_reason else "",
    }


def export_headings() -> list[str]:
    return [
        _("Name"),
        _("Date of birth"),
        _("Scheme"),
        _("Cohort type"),
        _("Rating"),
        _("Rated since"),
        _("Lead professional"),
        _("Lead agency"),
        _("Area"),
        _("Next review"),
        _("In the cohort since"),
        _("Left on"),
        _("Why they left"),
    ]


def export_row(row: Mapping[str, Any]) -> list[Any]:
    return [
        row["name"],
        row["date_of_birth"],
        row["scheme"],
        row["cohort_type"],
        str(Rag(row["rag"]).label),
        row["rag_since"],
        row["lead"],
        row["lead_agency"],
        row["area"],
        row["review_on"],
        row["started_on"],
        row["ended_on"],
        str(row["end_reason"]),
    ]


def change_rows(
    changes: list[MembershipChange], *, names: Mapping[int, str], leads: Mapping[int, str]
) -> list[dict[str, Any]]:
    """The history of ratings, leads and reviews in words, newest first."""
    return [
        {
            "change": change.get_change_display(),
            "kind": change.change,
            "before": words_of(change.change, change.before, leads),
            "after": words_of(change.change, change.after, leads),
            "rationale": change.rationale,
            "by": names.get(change.by_id, ""),
            "at": change.at,
        }
        for change in changes
    ]


def words_of(change: str, value: str, leads: Mapping[int, str]) -> str:
    if not value:
        return ""
    if change == Change.RAG:
        return str(Rag(value).label)
    if change == Change.REVIEW:
        return filters.date(date.fromisoformat(value))
    return leads.get(int(value), _("Somebody who has left"))
