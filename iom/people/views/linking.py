"""A run of linkage: start it, watch it, cancel it. Shown on the page of possible matches."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.people.operations import linking
from iom.people.presenters import linking as presenter
from iom.people.queries import matches as queries


@require_POST
@requires(Permission.MATCH_REVIEW)
def link_again(request: ScopedRequest) -> HttpResponse:
    """Starts a run of linkage over the partnership."""
    if linking.request_linking(by=request.scope, at=timezone.now()) is None:
        messages.info(request, _("A run is waiting to start already."))
    return redirect("people-matches")


@require_GET
@requires(Permission.MATCH_REVIEW)
def progress(request: ScopedRequest) -> HttpResponse:
    """How far the run is, for the page that keeps up by itself; once it has ended, the page is loaded anew."""
    runs = queries.runs(scope=request.scope)
    response = render(request, "people/_linking.html", {"linking": presenter.linking(runs, at=timezone.now())})
    if runs.at_work is None:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.MATCH_REVIEW)
def cancel(request: ScopedRequest, run_id: int) -> HttpResponse:
    """Stops a run; nothing of it is applied."""
    linking.cancel_linking(run_id=run_id, by=request.scope, at=timezone.now())
    return redirect("people-matches")
