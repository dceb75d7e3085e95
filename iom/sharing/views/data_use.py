"""How this system uses data: what the code declares of it and the partnership says, for everybody who works with it."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.common.errors import InvalidInput
from iom.sharing.forms.data_use import DataUseForm
from iom.sharing.operations import data_use as operations
from iom.sharing.presenters import data_use as present
from iom.sharing.queries import data_use as queries

VIEW, ANSWER = Permission.TODAY_VIEW, Permission.DATA_USE_ANSWER


def records_of(request: ScopedRequest) -> list[present.Record]:
    return present.of_partnership(scope=request.scope, on=timezone.localdate())


@require_GET
@requires(VIEW)
def data_use(request: ScopedRequest) -> HttpResponse:
    """The record of processing, the transparency record, the roles, retention and the data dictionary."""
    context = {"records": present.page(records_of(request)), "may_answer": request.scope.allows(ANSWER)}
    return render(request, "sharing/data_use.html", context)


@require_GET
@requires(VIEW)
def transparency(request: ScopedRequest) -> HttpResponse:
    """The transparency record as a file, to be published."""
    (record,) = (each for each in records_of(request) if each.name == "algorithmic-transparency")
    answer = JsonResponse(present.as_json(record), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{record.name}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def answer(request: ScopedRequest) -> HttpResponse:
    """What only the partnership knows of how data is used, all on one page."""
    now = queries.answers(scope=request.scope)
    seen = request.POST.get("seen", "") or str(max((each.pk for each in now.values()), default=0))
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 19):
        raise InvalidInput("Open the page again.")
    # What was on the page: what somebody else wrote since is neither shown as this user's nor taken back by them.
    shown = queries.answers(scope=request.scope, until=int(seen)) if request.method == "POST" else now
    form = DataUseForm(request.POST or None, initial={str(point): each.text for point, each in shown.items()})
    if request.method == "POST" and form.is_valid():
        operations.answer(texts=form.changed(), by=request.scope, at=timezone.now())
        messages.success(request, _("Saved. Everybody who works with the system can read it."))
        return redirect("sharing-data-use")
    return render(request, "sharing/data_use_answer.html", {"form": form, "seen": seen})
