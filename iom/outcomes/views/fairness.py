"""How selection, and what followed it, falls on groups of people."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.outcomes import operations, queries
from iom.outcomes.models import EqualityEvidence
from iom.outcomes.presenters import fairness as present
from iom.outcomes.views import shared

SHOWN_DAYS = 12


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def fairness(request: ScopedRequest) -> HttpResponse:
    """What was worked out last."""
    found = list(queries.list_equality(scope=request.scope)[: SHOWN_DAYS + 1])
    return shown(request, found[0] if found else None, earlier=present.days(found[1:]))


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def of_day(request: ScopedRequest, evidence_id: int) -> HttpResponse:
    """What was worked out on one day, as the equality evidence log cites it."""
    return shown(request, queries.get_equality(evidence_id=evidence_id, scope=request.scope), is_latest=False)


def shown(
    request: ScopedRequest,
    evidence: EqualityEvidence | None,
    *,
    earlier: list[dict[str, Any]] | None = None,
    is_latest: bool = True,
) -> HttpResponse:
    scope = request.scope
    context = {
        "sections": shared.sections("outcomes-fairness"),
        "evidence": evidence,
        "parts": present.parts(evidence.figures) if evidence else [],
        "earlier": earlier or [],
        "is_latest": is_latest,
        "may_ask": scope.allows(Permission.OUTCOMES_ASK),
        "may_read_log": scope.allows(Permission.EQUALITY_VIEW),
    }
    return render(request, "outcomes/fairness.html", context)


@require_POST
@requires(Permission.OUTCOMES_ASK)
def work_out(request: ScopedRequest) -> HttpResponse:
    """Has it worked out anew."""
    operations.ask_for_equality(by=request.scope, at=timezone.now())
    messages.success(request, _("It is being worked out. Look again in a few minutes."))
    return redirect("outcomes-fairness")
