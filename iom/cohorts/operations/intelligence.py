"""Giving the panel intelligence on a nomination, and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.operations import locked, marked_by
from iom.agreements.rules import grading
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import rules
from iom.cohorts.models import Nomination, PanelIntelligence
from iom.cohorts.operations.sharing import check_agreed


@dataclass(frozen=True)
class Report:
    """One piece of intelligence, its grading by 3x5x2, and the agencies (ids) that may read it."""

    text: str
    source_evaluation: str
    information_assessment: str
    handling_code: str
    conditions: str
    audience: str
    agencies: tuple[int, ...] = ()


@transaction.atomic
def give_intelligence(*, nomination: Nomination, report: Report, by: Scope, at: datetime) -> PanelIntelligence:
    """The acting user's agency gives the panel intelligence, for whom its handling code lets read it.

    Raises `WrongState` where the panel has decided, `InvalidInput` where it is not graded in full or no agreement in
    force lets somebody receive it whom it lets read.
    """
    by.check(Permission.AGENCY_RETURN)
    nomination = locked(row=nomination, by=by)
    rules.check_can_return(state=nomination.state)
    rules.check_says_why(report.text)
    grading.check_grading(
        source=report.source_evaluation,
        information=report.information_assessment,
        handling=report.handling_code,
        conditions=report.conditions,
        audience=report.audience,
        agencies=report.agencies,
    )
    under = check_agreed(audience=report.audience, agencies=report.agencies, by=by, at=at)
    given = PanelIntelligence.objects.create(
        **marked_by(by, audience=report.audience, agencies=report.agencies),
        nomination=nomination,
        text=report.text,
        source_evaluation=report.source_evaluation,
        information_assessment=report.information_assessment,
        handling_code=report.handling_code,
        handling_conditions=report.conditions,
        given_by=by.user_id,
        given_at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.DISCLOSURE,
        action="cohorts.give_intelligence",
        subject_type="cohorts.PanelIntelligence",
        subject_id=given.pk,
        person_id=nomination.person_id,
        detail={
            "nomination": nomination.pk,
            "audience": report.audience,
            "agencies": sorted(report.agencies),
            "agreements": under,
        },
    )
    return given


@transaction.atomic
def withdraw_intelligence(*, intelligence: PanelIntelligence, reason: str, by: Scope, at: datetime) -> None:
    """Takes back what the agency gave, at any time: its words go, what is left says that there was something."""
    by.check(Permission.AGENCY_RETURN)
    rules.check_says_why(reason)
    intelligence = locked(row=intelligence, by=by)
    rules.check_can_take_back(
        is_own_agency=intelligence.owner_agency_id == by.agency_id, is_withdrawn=intelligence.withdrawn_at is not None
    )
    PanelIntelligence.objects.filter(pk=intelligence.pk).update(
        text="", handling_conditions="", withdrawn_by=by.user_id, withdrawn_at=at
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ERASURE,
        action="cohorts.withdraw_intelligence",
        subject_type="cohorts.PanelIntelligence",
        subject_id=intelligence.pk,
        person_id=intelligence.nomination.person_id,
        fields=["text", "handling_conditions"],
        reason=reason,
    )
