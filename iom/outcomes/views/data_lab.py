"""The file of names for the Justice Data Lab: asked for by one, decided by another, taken by one of the two."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.common.errors import InvalidInput
from iom.outcomes import operations, queries, rules
from iom.outcomes.adapters import data_lab as file
from iom.outcomes.forms import DataLabForm, RefuseDataLabForm
from iom.outcomes.operations import Grounds
from iom.outcomes.presenters import data_lab as present
from iom.outcomes.views import shared
from iom.partnerships import queries as partnerships


@require_http_methods(["GET", "POST"])
@requires(Permission.OUTCOMES_ASK)
def ask(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Asks that who took part be named to the Data Lab: how many, who is left out, and on what it rests."""
    scope = request.scope
    found = queries.get_study(study_id=study_id, scope=scope)
    rules.check_can_ask_data_lab(
        is_settled=found.registered_at is not None, is_waiting=queries.is_data_lab_waiting(study=found, scope=scope)
    )
    giver = queries.own_agency(scope=scope)
    form = DataLabForm(request.POST or None, giver=giver)
    if request.method == "POST" and form.is_valid():
        try:
            export = operations.ask_data_lab(
                study_id=study_id, grounds=Grounds(**form.cleaned_data), by=scope, at=timezone.now()
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Asked for. Somebody else reads it and decides; nothing has left yet."))
            return redirect("outcomes-data-lab", export.pk)
    to_give = queries.to_give(study=found, scope=scope, at=timezone.now())
    context = {
        "sections": shared.sections("outcomes-studies"),
        "form": form,
        "study": found,
        "giver": giver,
        "number": present.number_of(len(to_give.people)),
        "too_few": present.too_few(len(to_give.people)),
        "left_out": present.left_out(operations.counted(to_give.left_out.values())),
        "columns": present.columns(),
        "back": reverse("outcomes-study", args=[study_id]),
    }
    return render(request, "outcomes/ask_data_lab.html", context)


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def export(request: ScopedRequest, export_id: int) -> HttpResponse:
    """What was asked for and what became of it; to one of the two, where to take it once it may leave."""
    scope = request.scope
    found = queries.get_data_lab_export(export_id=export_id, scope=scope)
    is_own_agency = found.agency_id == scope.agency_id
    user_ids = {pk for pk in (found.asked_by, found.decided_by, found.taken_by) if pk}
    context = present.context(found) | {
        "sections": shared.sections("outcomes-studies"),
        "names": partnerships.user_names(user_ids=user_ids),
        "may_decide": scope.allows(Permission.OUTCOMES_RELEASE)
        and rules.can_decide_data_lab(
            state=found.state, asked_by=found.asked_by, user_id=scope.user_id, is_own_agency=is_own_agency
        ),
        "may_take": scope.allows(operations.needed_to_take(found, user_id=scope.user_id))
        and rules.can_take(
            state=found.state,
            decided_on=timezone.localdate(found.decided_at) if found.decided_at else None,
            on=timezone.localdate(),
            hands=(found.asked_by, found.decided_by),
            user_id=scope.user_id,
            is_own_agency=is_own_agency,
        ),
    }
    return render(request, "outcomes/data_lab.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.OUTCOMES_RELEASE)
def decide(request: ScopedRequest, export_id: int) -> HttpResponse:
    """Says what would leave and to whom, before somebody lets it; or refuses, with why."""
    scope = request.scope
    found = queries.get_data_lab_export(export_id=export_id, scope=scope)
    rules.check_can_decide_data_lab(
        state=found.state,
        asked_by=found.asked_by,
        user_id=scope.user_id,
        is_own_agency=found.agency_id == scope.agency_id,
    )
    is_released = request.POST.get("decision") == "yes"
    form = RefuseDataLabForm(None if is_released else request.POST or None)
    if request.method == "POST" and (is_released or form.is_valid()):
        operations.decide_data_lab(
            export_id=export_id,
            is_released=is_released,
            reason="" if is_released else form.cleaned_data["reason"],
            seen=request.POST.get("seen", ""),
            by=scope,
            at=timezone.now(),
        )
        messages.success(request, _("Decided."))
        return redirect("outcomes-data-lab", export_id)
    context = present.context(found) | {
        "sections": shared.sections("outcomes-studies"),
        "form": form,
        "names": partnerships.user_names(user_ids={found.asked_by}),
    }
    return render(request, "outcomes/decide_data_lab.html", context)


@require_POST
@requires(Permission.OUTCOMES_VIEW)
def take(request: ScopedRequest, export_id: int) -> StreamingHttpResponse:
    """The file, which is kept nowhere. By POST alone: it is written down of everybody in it that their data went."""
    people = operations.take_data_lab(export_id=export_id, by=request.scope, at=timezone.now())
    response = StreamingHttpResponse(file.lines(people), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="justice-data-lab-{export_id}-OFFICIAL-SENSITIVE.csv"'
    return response
