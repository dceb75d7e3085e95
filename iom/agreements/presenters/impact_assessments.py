"""Impact assessments as their pages show them, and what Today says of them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import queries, rules
from iom.agreements.models import ImpactAssessment
from iom.agreements.presenters.sharing_agreements import done_by
from iom.common.registries import Attention
from iom.govuk.filters import date as day


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Assessments whose review is near or past, and drafts that wait for this user's approval."""
    if person_id is not None:
        return []
    items = []
    if scope.allows(Permission.AGREEMENT_MANAGE):
        until = on + timedelta(days=rules.NEAR_DAYS)
        for each in queries.list_assessments_near_review(scope=scope, until=until):
            items.append(_line(each, _("Impact assessment to be reviewed"), each.review_on, each.review_on <= on))
    if scope.allows(Permission.AGREEMENT_APPROVE):
        for each in queries.list_assessments_to_approve(scope=scope):
            items.append(_line(each, _("Impact assessment, for your approval"), on))
    return items


def _line(assessment: ImpactAssessment, text: str, on: date, overdue: bool = False) -> Attention:
    return Attention(
        text=f"{text}: {assessment.title}",
        url=reverse("agreements-assessment", args=[assessment.pk]),
        on=on,
        overdue=overdue,
        kind=_("Impact assessments"),
    )


def state(assessment: ImpactAssessment) -> dict[str, str]:
    """Draft, approved, or followed by another that is, as a tag."""
    later = getattr(assessment, "followed_by", None)
    if later is not None and later.approved_at:
        return {"text": _("Reviewed"), "colour": "grey"}
    if assessment.approved_at:
        return {"text": _("Approved"), "colour": "green"}
    return {"text": _("Draft"), "colour": "blue"}


def row(assessment: ImpactAssessment, *, on: date) -> dict[str, Any]:
    """One line of the register."""
    return {
        "href": reverse("agreements-assessment", args=[assessment.pk]),
        "title": assessment.title,
        "agreement": assessment.agreement.reference if assessment.agreement else "",
        "state": state(assessment),
        "residual_risk": assessment.get_residual_risk_display(),
        "outcome": assessment.get_outcome_display(),
        "review_on": assessment.review_on,
        "is_near": assessment.approved_at is not None and rules.is_near(assessment.review_on, on=on),
    }


def summary_rows(assessment: ImpactAssessment, *, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What an assessment says, and who did what with it."""
    asked = day(assessment.commissioner_on) if assessment.commissioner_on else _("Not consulted")
    rows = [
        (_("What is done with whose data, why, and whether it is needed"), assessment.processing),
        (_("Risks and measures"), assessment.risks),
        (_("Who was consulted"), assessment.consulted),
        (_("The risk that is left"), assessment.get_residual_risk_display()),
        (_("Information Commissioner"), asked),
        (_("Outcome"), assessment.get_outcome_display()),
        (_("Review date"), day(assessment.review_on)),
        (_("Kept by"), assessment.owner.name),
        (_("Drafted"), done_by(assessment.drafted_by, assessment.drafted_at, names)),
    ]
    if assessment.approved_at:
        rows.append((_("Approved"), done_by(assessment.approved_by, assessment.approved_at, names)))
    return [{"key": key, "value": value} for key, value in rows]
