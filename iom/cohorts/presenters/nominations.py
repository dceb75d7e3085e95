"""Nominations, returns and decisions as pages show them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.presenters.marking import handling_line
from iom.cohorts import rules
from iom.cohorts.choices import NominationState, OtherArrangement, type_name
from iom.cohorts.models import Nomination, PanelDecision, PanelIntelligence, ReturnRequest
from iom.cohorts.presenters.people import particulars


def list_row(nomination: Any, *, on: date) -> dict[str, Any]:
    """One line of the list; `nomination` carries the counts `asked` and `waiting`."""
    return {
        **particulars(nomination.person, on),
        "id": nomination.pk,
        "scheme": nomination.scheme.name,
        "by": nomination.owner_agency.name,
        "nominated_at": nomination.nominated_at,
        "state": nomination.state,
        "state_name": nomination.get_state_display(),
        "asked": nomination.asked,
        "answered": nomination.asked - nomination.waiting,
        "due_on": nomination.returns_due_on,
        "days_left": (nomination.returns_due_on - on).days,
        "deferred_until": nomination.deferred_until,
        "ready": rules.is_ready_for_panel(
            state=nomination.state,
            waiting=nomination.waiting,
            returns_due_on=nomination.returns_due_on,
            deferred_until=nomination.deferred_until,
            on=on,
        ),
    }


def export_headings() -> list[str]:
    return [
        _("Name"),
        _("Date of birth"),
        _("Scheme"),
        _("Nominated by"),
        _("Nominated on"),
        _("State"),
        _("Agencies asked"),
        _("Returns given"),
        _("Returns wanted by"),
    ]


def export_row(row: Mapping[str, Any]) -> list[Any]:
    return [
        row["name"],
        row["date_of_birth"],
        row["scheme"],
        row["by"],
        timezone.localdate(row["nominated_at"]),
        str(row["state_name"]),
        row["asked"],
        row["answered"],
        row["due_on"],
    ]


def summary_rows(nomination: Nomination, *, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What the nominator wrote, as key and value; what was left empty is left out."""
    arrangements = [str(OtherArrangement(value).label) for value in nomination.other_arrangements]
    rows = [
        (_("Nominated by"), f"{names.get(nomination.nominated_by, '')}, {nomination.owner_agency.name}"),
        (_("How"), nomination.get_origin_display()),
        (_("Why now"), nomination.reason),
        (_("Cohort type proposed"), type_name(nomination.proposed_type)),
        (_("Supervision"), nomination.get_supervision_display()),
        (_("Index offence"), nomination.index_offence),
        (_("Needs"), nomination.needs),
        (_("Engagement"), nomination.engagement),
        (_("Protective factors"), nomination.protective_factors),
        (_("Victims, and domestic abuse"), nomination.victims),
        (_("Other arrangements"), ", ".join(arrangements)),
        (_("Lawful basis"), nomination.get_lawful_basis_display()),
        (_("Sharing agreement"), nomination.agreement_reference),
        (_("Endorsed by"), nomination.endorsed_by),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def return_rows(requests: list[ReturnRequest], *, on: date, scope: Scope) -> list[dict[str, Any]]:
    """What each agency was asked and said. An answer kept from this user is said to be given, and no more."""
    found = []
    for request in requests:
        answers = getattr(request, "visible_answers", [])
        answer = answers[0] if answers else None
        found.append(
            {
                "agency": request.agency.name,
                "is_ours": request.agency_id == scope.agency_id,
                "due_on": request.due_on,
                "days_left": (request.due_on - on).days,
                "answered_at": request.answered_at,
                "kept": request.answered_at is not None and answer is None,
                "known": answer.get_known_display() if answer else None,
                "summary": answer.summary if answer else "",
                "view": answer.get_view_display() if answer else None,
                "view_reason": answer.view_reason if answer else "",
                "audience": answer.get_audience_display() if answer else "",
            }
        )
    return found


def intelligence_cards(
    found: list[PanelIntelligence], *, agencies: Mapping[int, str], scope: Scope
) -> list[dict[str, Any]]:
    """Each piece of intelligence with its grading in words, and who may read it; what was taken back says so."""
    return [
        {
            "id": each.pk,
            "text": each.text,
            "grading": each.grading,
            "grading_words": each.grading_words,
            "conditions": each.handling_conditions,
            "line": handling_line(each, agencies=agencies),
            "given_at": each.given_at,
            "withdrawn_at": each.withdrawn_at,
            "may_withdraw": scope.allows(Permission.AGENCY_RETURN)
            and rules.can_take_back(
                is_own_agency=each.owner_agency_id == scope.agency_id, is_withdrawn=each.withdrawn_at is not None
            ),
        }
        for each in found
    ]


def decision_card(decision: PanelDecision, *, names: Mapping[int, str], agencies: Mapping[int, str]) -> dict[str, Any]:
    """One decision of the panel with all it says."""
    present = ", ".join(sorted(agencies.get(pk, "") for pk in decision.present))
    lead = decision.lead
    return {
        "id": decision.pk,
        "outcome": decision.get_outcome_display(),
        "met_on": decision.met_on,
        "present": present,
        "reasons": decision.reasons,
        "dissent": decision.dissent,
        "without_returns": decision.without_returns,
        "against_draw": decision.against_draw,
        "cohort_type": type_name(decision.cohort_type),
        "rag": decision.rag,
        "lead": f"{lead.user.name}, {lead.agency.name}" if lead else "",
        "review_on": decision.review_on,
        "deferred_until": decision.deferred_until,
        "by": names.get(decision.decided_by, ""),
        "at": decision.decided_at,
        "told": decision.told,
        "told_name": decision.get_told_display(),
        "told_on": decision.told_on,
        "told_how": decision.get_told_how_display() if decision.told_how else "",
        "told_note": decision.told_note,
    }


def is_undecided(nomination: Nomination) -> bool:
    return nomination.state in (NominationState.OPEN, NominationState.DEFERRED)
