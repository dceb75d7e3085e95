"""What leaves the partnership: asked for by one, read and decided by another, then taken as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.common.errors import InvalidInput, NotVisible
from iom.outcomes import operations, queries, rules
from iom.outcomes.adapters import files
from iom.outcomes.choices import ReleaseState
from iom.outcomes.forms import DecideReleaseForm, ReleaseForm
from iom.outcomes.presenters import report
from iom.outcomes.views import shared
from iom.partnerships import queries as partnerships


@require_http_methods(["GET", "POST"])
@requires(Permission.OUTCOMES_ASK)
def ask(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Asks that what was found may leave."""
    scope = request.scope
    found = queries.get_study(study_id=study_id, scope=scope)
    has_release = queries.release_of(study=found, scope=scope) is not None
    rules.check_can_ask_release(state=found.state, has_release=has_release)
    says = report.document(found, **queries.before(study=found, scope=scope))
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            release = operations.ask_release(
                study_id=study_id, says=says, by=scope, at=timezone.now(), **form.cleaned_data
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Asked for. Somebody else reads it and decides; nothing has left yet."))
            return redirect("outcomes-release", release.pk)
    back = reverse("outcomes-study", args=[study_id])
    return render(request, "outcomes/ask_release.html", {"form": form, "study": found, "back": back})


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def release(request: ScopedRequest, release_id: int) -> HttpResponse:
    """What is asked to leave, word for word; once it may, as files."""
    return shown(request, release_id, DecideReleaseForm())


@require_POST
@requires(Permission.OUTCOMES_RELEASE)
def decide(request: ScopedRequest, release_id: int) -> HttpResponse:
    """Releases what somebody else asked to release, or refuses."""
    form = DecideReleaseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.decide_release(
                release_id=release_id,
                is_released=given["decision"] == "yes",
                reason=given["reason"],
                seen=request.POST.get("seen", ""),
                by=request.scope,
                at=timezone.now(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Decided."))
            return redirect("outcomes-release", release_id)
    return shown(request, release_id, form)


def shown(request: ScopedRequest, release_id: int, form: DecideReleaseForm) -> HttpResponse:
    scope = request.scope
    found = queries.get_release(release_id=release_id, scope=scope)
    is_released = found.state == ReleaseState.RELEASED
    context = {
        "sections": shared.sections("outcomes-studies"),
        "release": found,
        "report": found.says,
        "names": partnerships.user_names(user_ids={pk for pk in (found.asked_by, found.decided_by) if pk}),
        "form": form,
        "may_decide": scope.allows(Permission.OUTCOMES_RELEASE)
        and rules.can_decide_release(state=found.state, asked_by=found.asked_by, user_id=scope.user_id),
        "files": [
            {"text": text, "href": reverse("outcomes-report", args=[release_id, kind])}
            for kind, text in (("pdf", _("PDF")), ("docx", _("Word")), ("csv", _("Tables as CSV")))
        ]
        if is_released
        else [],
    }
    return render(request, "outcomes/release.html", context)


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def take(request: ScopedRequest, release_id: int, kind: str) -> HttpResponse:
    """A released report as a file."""
    found = queries.get_release(release_id=release_id, scope=request.scope)
    if found.state != ReleaseState.RELEASED or kind not in files.TYPES:
        raise NotVisible()
    operations.record_taken(release=found, kind=kind, by=request.scope, at=timezone.now())
    response = HttpResponse(files.written(found.says, kind=kind), content_type=files.TYPES[kind])
    name = f"{slugify(found.study.title)[:60] or 'report'}-OFFICIAL.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
