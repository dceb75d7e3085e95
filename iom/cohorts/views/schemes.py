"""The scheme library: what each version says in plain English, proposing another, and putting one in force."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.audit import operations as audit
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, rules, scoring
from iom.cohorts.choices import VersionStatus
from iom.cohorts.forms import ActivateForm, AdoptForm, VersionForm, WithdrawForm
from iom.cohorts.presenters import draws as present_draws
from iom.cohorts.presenters import schemes as present
from iom.cohorts.views import shared
from iom.common.errors import InvalidInput
from iom.partnerships import queries as partnerships


@require_GET
@requires(Permission.SCHEME_VIEW)
def schemes(request: ScopedRequest) -> HttpResponse:
    """The partnership's schemes, and where each stands."""
    scope = request.scope
    runs = {run.scheme_id: run for run in queries.list_ranked_schemes(scope=scope)}
    context = {
        "sections": shared.sections(scope, "cohorts-schemes"),
        "rows": [present.scheme_row(scheme, run=runs.get(scheme.pk)) for scheme in queries.list_schemes(scope=scope)],
        "may_propose": scope.allows(Permission.SCHEME_PROPOSE),
    }
    return render(request, "cohorts/schemes.html", context)


@require_GET
@requires(Permission.SCHEME_VIEW)
def scheme(request: ScopedRequest, slug: str) -> HttpResponse:
    """One scheme: its versions and its rankings."""
    scope = request.scope
    found = queries.get_scheme(slug=slug, scope=scope)
    versions = queries.list_versions(scheme=found, scope=scope)
    user_ids = {pk for each in versions for pk in (each.written_by, each.proposed_by, each.activated_by) if pk}
    names = partnerships.user_names(user_ids=user_ids)
    active = next((each for each in versions if each.status == VersionStatus.ACTIVE), None)
    context = {
        "sections": shared.sections(scope, "cohorts-schemes"),
        "scheme": found,
        "versions": [present.version_row(each, names=names) for each in versions],
        "active": active,
        "runs": queries.list_runs(scheme=found, scope=scope),
        "draws": [present_draws.draw_row(each) for each in queries.list_draws(scheme_id=found.pk, scope=scope)],
        "may_propose": scope.allows(Permission.SCHEME_PROPOSE),
        "may_open_draw": scope.allows(Permission.DRAW_RUN) and active is not None,
        "may_rank": scope.allows(Permission.CANDIDATES_VIEW)
        and active is not None
        and not queries.is_ranking(scheme_id=found.pk),
    }
    return render(request, "cohorts/scheme.html", context)


@require_GET
@requires(Permission.SCHEME_VIEW)
def version(request: ScopedRequest, slug: str, number: int) -> HttpResponse:
    """One version in plain English, with what was checked before it went live."""
    scope = request.scope
    found = queries.get_version(slug=slug, number=number, scope=scope)
    names = partnerships.user_names(
        user_ids={pk for pk in (found.written_by, found.proposed_by, found.activated_by, found.ended_by) if pk}
    )
    moved = queries.list_moved_people(version=found, scope=scope) if scope.allows(Permission.CANDIDATES_VIEW) else None
    if moved:
        audit.viewed_list(
            by=scope,
            at=timezone.now(),
            person_ids=[each.person_id for each in moved],
            action="view.what-if",
            subject_type="cohorts.SchemeVersion",
            subject_id=found.pk,
        )
    context = {
        "sections": shared.sections(scope, "cohorts-schemes"),
        "version": found,
        "says": found.definition,
        "row": present.version_row(found, names=names),
        "checks": present.checks(found, moved=Counter(each.movement for each in moved) if moved is not None else None),
        "moved": present.moved_rows(moved) if moved is not None else None,
        "may_edit": scope.allows(Permission.SCHEME_PROPOSE) and found.status == VersionStatus.DRAFT,
        "may_withdraw": scope.allows(Permission.SCHEME_PROPOSE)
        and found.status in (VersionStatus.DRAFT, VersionStatus.PROPOSED),
        "may_activate": scope.allows(Permission.SCHEME_ACTIVATE)
        and rules.can_activate(
            status=found.status,
            proposed_by=found.proposed_by,
            user_id=scope.user_id,
            has_fairness=found.fairness is not None,
            has_what_if=found.what_if is not None,
        ),
    }
    return render(request, "cohorts/version.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SCHEME_PROPOSE)
def adopt(request: ScopedRequest) -> HttpResponse:
    """Takes a scheme that comes with OpenIOM into the partnership's library, as a draft."""
    scope = request.scope
    texts = scoring.shipped()
    have = {each.slug for each in queries.list_schemes(scope=scope)}
    offered = [present.shipped_row(text) for slug, text in texts.items() if slug not in have]
    form = AdoptForm(request.POST or None, shipped=offered)
    if request.method == "POST" and form.is_valid():
        made = cohorts.adopt(text=texts[form.cleaned_data["scheme"]], by=scope, at=timezone.now())
        messages.success(request, _("Added as a draft. Set its local placeholders before you propose it."))
        return redirect("cohorts-version", made.scheme.slug, made.number)
    return render(request, "cohorts/adopt.html", {"form": form, "offered": offered})


@require_http_methods(["GET", "POST"])
@requires(Permission.SCHEME_PROPOSE)
def write_version(request: ScopedRequest, slug: str) -> HttpResponse:
    """A new version, starting from the one in force (or the newest)."""
    scope = request.scope
    found = queries.get_scheme(slug=slug, scope=scope)
    versions = queries.list_versions(scheme=found, scope=scope)
    start = next((each for each in versions if each.status == VersionStatus.ACTIVE), versions[0])
    form = VersionForm(request.POST or None, initial={"text": start.text})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = cohorts.draft(scheme=found, text=given["text"], reason=given["reason"], by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved as a draft."))
            return redirect("cohorts-version", slug, made.number)
    context = {"form": form, "scheme": found, "start": start, "cancel_href": reverse("cohorts-scheme", args=[slug])}
    return render(request, "cohorts/write_version.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SCHEME_PROPOSE)
def edit_version(request: ScopedRequest, slug: str, number: int) -> HttpResponse:
    """Changes a draft."""
    scope = request.scope
    found = queries.get_version(slug=slug, number=number, scope=scope)
    form = VersionForm(request.POST or None, initial={"text": found.text, "reason": found.reason})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            cohorts.rewrite(version=found, text=given["text"], reason=given["reason"], by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("cohorts-version", slug, number)
    back = reverse("cohorts-version", args=[slug, number])
    context = {"form": form, "scheme": found.scheme, "start": found, "cancel_href": back}
    return render(request, "cohorts/write_version.html", context)


@require_POST
@requires(Permission.SCHEME_PROPOSE)
def propose(request: ScopedRequest, slug: str, number: int) -> HttpResponse:
    found = queries.get_version(slug=slug, number=number, scope=request.scope)
    cohorts.propose(version=found, by=request.scope, at=timezone.now())
    messages.success(request, _("Proposed. Its fairness and whom it would change are being worked out."))
    return redirect("cohorts-version", slug, number)


@require_POST
@requires(Permission.SCHEME_VIEW)
def check_again(request: ScopedRequest, slug: str, number: int) -> HttpResponse:
    found = queries.get_version(slug=slug, number=number, scope=request.scope)
    cohorts.check_again(version=found, by=request.scope, at=timezone.now())
    return redirect("cohorts-version", slug, number)


@require_http_methods(["GET", "POST"])
@requires(Permission.SCHEME_ACTIVATE)
def activate(request: ScopedRequest, slug: str, number: int) -> HttpResponse:
    """First the reason; then a page that says what will happen, and to whom; then it is in force."""
    scope = request.scope
    found = queries.get_version(slug=slug, number=number, scope=scope)
    rules.check_can_activate(
        status=found.status,
        proposed_by=found.proposed_by,
        user_id=scope.user_id,
        has_fairness=found.fairness is not None,
        has_what_if=found.what_if is not None,
    )
    checks = present.checks(found, moved=queries.count_moved(version=found, scope=scope))
    form = ActivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if request.POST.get("confirmed") == "yes":
            cohorts.activate(version=found, reason=reason, by=scope, at=timezone.now())
            messages.success(request, _("In force. Rank again to see the list it makes."))
            return redirect("cohorts-version", slug, number)
        context: dict[str, Any] = {
            "version": found,
            "checks": checks,
            "fields": {"reason": reason, "understood": "on", "confirmed": "yes"},
        }
        return render(request, "cohorts/activate_confirm.html", context)
    return render(
        request,
        "cohorts/activate.html",
        {
            "form": form,
            "version": found,
            "checks": checks,
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.SCHEME_PROPOSE)
def withdraw(request: ScopedRequest, slug: str, number: int) -> HttpResponse:
    found = queries.get_version(slug=slug, number=number, scope=request.scope)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        cohorts.withdraw_version(version=found, reason=reason, by=request.scope, at=timezone.now())
        messages.success(request, _("Withdrawn. It stays on record."))
        return redirect("cohorts-version", slug, number)
    return render(request, "cohorts/withdraw_version.html", {"form": form, "version": found})
