"""The register of data protection impact assessments: list, one, draft, approve."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.agreements import operations, queries
from iom.agreements.forms.impact_assessments import AssessmentForm
from iom.agreements.models import ImpactAssessment
from iom.agreements.presenters import impact_assessments as present
from iom.agreements.rules import impact_assessments as rules
from iom.common.errors import InvalidInput, UserError
from iom.common.seen import mark_of
from iom.partnerships import queries as partnerships


@require_GET
@requires(Permission.AGREEMENT_VIEW)
def assessments(request: ScopedRequest) -> HttpResponse:
    """The register."""
    on = timezone.localdate()
    context = {
        "rows": [present.row(each, on=on) for each in queries.list_assessments(scope=request.scope)],
        "may_manage": request.scope.allows(Permission.AGREEMENT_MANAGE),
    }
    return render(request, "agreements/impact_assessments.html", context)


@require_GET
@requires(Permission.AGREEMENT_VIEW)
def assessment(request: ScopedRequest, assessment_id: int) -> HttpResponse:
    """One assessment, and what may be done with it."""
    found = queries.get_assessment(assessment_id=assessment_id, scope=request.scope)
    is_draft = found.approved_at is None
    names = partnerships.user_names(user_ids={found.drafted_by, found.approved_by or 0})
    context = {
        "assessment": found,
        "state": present.state(found),
        "rows": present.summary_rows(found, names=names),
        "may_change": is_draft and request.scope.allows(Permission.AGREEMENT_MANAGE),
        "may_approve": is_draft and request.scope.allows(Permission.AGREEMENT_APPROVE),
        "may_review": request.scope.allows(Permission.AGREEMENT_MANAGE)
        and rules.can_review_assessment(is_approved=not is_draft, is_followed=hasattr(found, "followed_by")),
        "followed_by": getattr(found, "followed_by", None),
    }
    return render(request, "agreements/impact_assessment.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def new(request: ScopedRequest) -> HttpResponse:
    """Drafts an assessment."""
    return save(request, operations.draft_assessment, back=reverse("agreements-assessments"))


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def review(request: ScopedRequest, assessment_id: int) -> HttpResponse:
    """Reviews an assessment that stands: drafts the one that follows it, from what it says."""
    found = queries.get_assessment(assessment_id=assessment_id, scope=request.scope)
    rules.check_can_review_assessment(
        is_approved=found.approved_at is not None, is_followed=hasattr(found, "followed_by")
    )
    # When to look again, and whether the Commissioner was asked, is said anew.
    initial = AssessmentForm.initial_of(found) | {"review_on": None, "commissioner_on": None}
    back = reverse("agreements-assessment", args=[found.pk])
    write = partial(operations.draft_assessment, follows=found)
    return save(request, write, initial=initial, back=back, reviewed=found)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def change(request: ScopedRequest, assessment_id: int) -> HttpResponse:
    """Says a draft anew."""
    found = queries.get_assessment(assessment_id=assessment_id, scope=request.scope)
    rules.check_can_change_assessment(is_approved=found.approved_at is not None)
    back = reverse("agreements-assessment", args=[found.pk])
    write = partial(operations.change_assessment, assessment=found)
    return save(request, write, initial=AssessmentForm.initial_of(found), back=back, assessment=found)


def save(
    request: ScopedRequest,
    write: Callable[..., ImpactAssessment],
    *,
    back: str,
    initial: dict[str, Any] | None = None,
    **context: ImpactAssessment,
) -> HttpResponse:
    """The form of an assessment, which `write` takes; then to the assessment that it made or changed."""
    form = AssessmentForm(
        request.POST or None, agreements=queries.list_agreements(scope=request.scope), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = write(assessed=form.assessed(), by=request.scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("agreements-assessment", saved.pk)
    return render(request, "agreements/impact_assessment_form.html", {"form": form, "back": back, **context})


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_APPROVE)
def approve(request: ScopedRequest, assessment_id: int) -> HttpResponse:
    """Shows what is approved, before somebody does."""
    found = queries.get_assessment(assessment_id=assessment_id, scope=request.scope)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        operations.approve_assessment(assessment=found, seen=seen, by=request.scope, at=timezone.now())
        messages.success(request, _("Approved. It stands until its review."))
        return redirect("agreements-assessment", found.pk)
    lacks = ""
    try:
        rules.check_can_approve_assessment(
            is_approved=found.approved_at is not None,
            is_second_person=found.drafted_by != request.scope.user_id,
            residual_risk=found.residual_risk,
            commissioner_on=found.commissioner_on,
        )
    except UserError as error:
        lacks = error.message
    rows = present.summary_rows(found, names={})
    context = {"assessment": found, "seen": mark_of(found.drafted_at), "lacks": lacks, "rows": rows}
    return render(request, "agreements/impact_assessment_approve.html", context)
