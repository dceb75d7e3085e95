"""Writing a question down, one thing to a page: who, compared with whom, by what; then all of it, to be settled."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.common.errors import InvalidInput
from iom.outcomes import operations, queries, rules
from iom.outcomes.forms import ComparisonForm, MeasuresForm, RegisterForm, WhoForm
from iom.outcomes.models import Study
from iom.outcomes.operations import Who
from iom.outcomes.presenters import studies as present

ASK = Permission.OUTCOMES_ASK
PARTS = ("who", "comparison", "measures")


def who_form(request: ScopedRequest, **kwargs: Any) -> WhoForm:
    scope = request.scope
    months = present.months(queries.known_to(scope=scope))
    return WhoForm(request.POST or None, schemes=queries.list_schemes(scope=scope), months=months, **kwargs)


def draft(request: ScopedRequest, study_id: int) -> Study:
    """A question that may still change. Raises `WrongState` where it is settled."""
    found = queries.get_study(study_id=study_id, scope=request.scope)
    rules.check_can_move(state=found.state, move="change")
    return found


def onward(request: ScopedRequest, study_id: int, name: str) -> HttpResponse:
    """The next page, or back to the list of answers where somebody came from there to change one."""
    return redirect("outcomes-check" if request.GET.get("change") else name, study_id)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def begin(request: ScopedRequest) -> HttpResponse:
    """Whom a new question is about."""
    form = who_form(request)
    if request.method == "POST" and form.is_valid():
        try:
            study = operations.begin(who=Who(**form.chosen()), by=request.scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("outcomes-comparison", study.pk)
    known_to = queries.known_to(scope=request.scope)
    context = {"form": form, "back": reverse("outcomes-studies"), "known_to": known_to}
    return render(request, "outcomes/who.html", context)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def who(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Whom a draft is about."""
    found = draft(request, study_id)
    form = who_form(
        request,
        initial={
            "title": found.title,
            "scheme": str(found.scheme_id or ""),
            "first_month": found.first_month.isoformat(),
            "last_month": found.last_month.isoformat(),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_who(study_id=study_id, who=Who(**form.chosen()), by=request.scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return onward(request, study_id, "outcomes-comparison")
    context = {
        "form": form,
        "back": reverse("outcomes-check", args=[study_id]),
        "known_to": queries.known_to(scope=request.scope),
    }
    return render(request, "outcomes/who.html", context)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def comparison(request: ScopedRequest, study_id: int) -> HttpResponse:
    """How a draft's comparison is made."""
    found = draft(request, study_id)
    form = ComparisonForm(request.POST or None, initial={"method": found.method, "ratio": found.ratio})
    if request.method == "POST" and form.is_valid():
        operations.set_comparison(study_id=study_id, by=request.scope, at=timezone.now(), **form.cleaned_data)
        return onward(request, study_id, "outcomes-measures")
    back = reverse("outcomes-who", args=[study_id])
    return render(request, "outcomes/comparison.html", {"form": form, "study": found, "back": back})


@require_http_methods(["GET", "POST"])
@requires(ASK)
def measures(request: ScopedRequest, study_id: int) -> HttpResponse:
    """What decides a draft, and what else is looked at."""
    found = draft(request, study_id)
    form = MeasuresForm(request.POST or None, initial={"primary": found.primary, "secondary": found.secondary})
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_measures(study_id=study_id, by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("outcomes-check", study_id)
    back = reverse("outcomes-comparison", args=[study_id])
    return render(request, "outcomes/measures.html", {"form": form, "study": found, "back": back})


@require_http_methods(["GET", "POST"])
@requires(ASK)
def check(request: ScopedRequest, study_id: int) -> HttpResponse:
    """All that was answered, what so many people could show, and settling it."""
    scope = request.scope
    found = draft(request, study_id)
    form = RegisterForm(request.POST or None, initial={"purpose": found.purpose})
    if request.method == "POST" and form.is_valid():
        try:
            operations.register(study_id=study_id, by=scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Settled. The comparison is being made; no outcome is read."))
            return redirect("outcomes-study", study_id)
    links = {part: reverse(f"outcomes-{part}", args=[study_id]) + "?change=1" for part in PARTS}
    joined = queries.count_joined(
        scope=scope,
        scheme_id=found.scheme_id,
        first=found.first_month,
        until=rules.month_after(found.last_month),
    )
    context = {
        "form": form,
        "study": found,
        "settled": present.settled(found, links=links),
        "power": present.power(found, joined=joined),
        "back": reverse("outcomes-measures", args=[study_id]),
    }
    return render(request, "outcomes/check.html", context)
