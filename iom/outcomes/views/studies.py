"""Questions: all of them, one on its way, and what was found."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.access.views import ScopedRequest, add_errors, paged, requires
from iom.common.errors import InvalidInput
from iom.outcomes import operations, queries, rules
from iom.outcomes.choices import ReleaseState, StudyState
from iom.outcomes.forms import AcceptForm, WithdrawForm
from iom.outcomes.models import Study
from iom.outcomes.presenters import charts, report
from iom.outcomes.presenters import studies as present
from iom.outcomes.views import shared
from iom.partnerships import queries as partnerships

VIEW, ASK = Permission.OUTCOMES_VIEW, Permission.OUTCOMES_ASK
PAGE = 25


@require_GET
@requires(VIEW)
def listed(request: ScopedRequest) -> HttpResponse:
    """Every question that was ever asked, with its answer: what was given up and what cannot be told as well."""
    found = queries.list_studies(scope=request.scope)
    page = paged(found, request, PAGE)
    context = {
        "sections": shared.sections("outcomes-studies"),
        "page": page,
        "params": request.GET,
        "rows": [present.row(study) for study in page["rows"]],
        "may_ask": request.scope.allows(ASK),
    }
    return render(request, "outcomes/studies.html", context)


@require_GET
@requires(VIEW)
def study(request: ScopedRequest, study_id: int) -> HttpResponse:
    """One question: its progress, its comparison to be looked at, or what was found."""
    scope = request.scope
    found = queries.get_study(study_id=study_id, scope=scope)
    if found.state == StudyState.DRAFT and scope.allows(ASK):
        return redirect("outcomes-check", found.pk)
    running = found.state in rules.AT_WORK
    here = reverse("outcomes-study", args=[found.pk])
    context = {
        "sections": shared.sections("outcomes-studies"),
        "study": found,
        "row": present.row(found),
        "running": running,
        "poll_url": here,
        "may_ask": scope.allows(ASK),
    }
    if request.headers.get("HX-Request"):
        return render(request, "outcomes/study_progress.html", context)
    user_ids = {pk for pk in (found.registered_by, found.accepted_by, found.ended_by) if pk}
    tried = queries.tried_before(study=found, scope=scope)
    release = queries.release_of(study=found, scope=scope)
    context |= {
        "names": partnerships.user_names(user_ids=user_ids),
        "settled": present.settled(found),
        "tried": tried,
        "charts": charts.of_study(found),
        "release": release,
        "is_released": release is not None and release.state == ReleaseState.RELEASED,
        "may_accept": scope.allows(ASK) and rules.can_accept(state=found.state, red=present.red(found)),
        "may_try_again": scope.allows(ASK) and rules.can_ask_again(state=found.state),
        "may_withdraw": scope.allows(ASK) and rules.can_move(state=found.state, move="withdraw"),
        "may_ask_release": scope.allows(ASK)
        and rules.can_ask_release(state=found.state, has_release=release is not None),
        "data_lab": queries.data_lab_exports(study=found, scope=scope),
        "may_ask_data_lab": scope.allows(ASK)
        and rules.can_ask_data_lab(
            is_settled=found.registered_at is not None,
            is_waiting=queries.is_data_lab_waiting(study=found, scope=scope),
        ),
    }
    return render(request, "outcomes/study.html", context | shown(found, scope=scope))


def shown(found: Study, *, scope: Scope) -> dict[str, Any]:
    """The comparison while nobody has accepted it, and the report once there is one."""
    if found.state == StudyState.DONE:
        return {"report": report.document(found, **queries.before(study=found, scope=scope))}
    if found.design is not None:
        return {"design": present.design(found)}
    return {}


@require_http_methods(["GET", "POST"])
@requires(ASK)
def accept(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Accepts a comparison, with why. Only then is the outcome read."""
    found = queries.get_study(study_id=study_id, scope=request.scope)
    rules.check_can_accept(state=found.state, red=present.red(found))
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.accept(study_id=study_id, by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("outcomes-study", study_id)
    context = {"form": form, "study": found, "design": present.design(found)}
    return render(request, "outcomes/accept.html", context)


@require_POST
@requires(ASK)
def again(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Starts a draft that asks the same with another comparison."""
    made = operations.ask_again(study_id=study_id, by=request.scope, at=timezone.now())
    messages.success(request, _("A draft that asks the same. Change the comparison, and register it."))
    return redirect("outcomes-comparison", made.pk)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def withdraw(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Gives a question up."""
    found = queries.get_study(study_id=study_id, scope=request.scope)
    rules.check_can_move(state=found.state, move="withdraw")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.withdraw(study_id=study_id, by=request.scope, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Given up. It stays on record."))
        return redirect("outcomes-studies")
    return render(request, "outcomes/withdraw.html", {"form": form, "study": found})
