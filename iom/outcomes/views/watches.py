"""Watches: all of them, a new one, what one has seen, and its end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, paged, requires
from iom.common.errors import InvalidInput
from iom.outcomes import operations, queries, rules
from iom.outcomes.forms import EndWatchForm, WatchForm
from iom.outcomes.operations import Watched
from iom.outcomes.presenters import watches as present
from iom.outcomes.views import shared
from iom.outcomes.views.charts import SVG
from iom.partnerships import queries as partnerships

VIEW, ASK = Permission.OUTCOMES_VIEW, Permission.OUTCOMES_ASK
PAGE = 25


@require_GET
@requires(VIEW)
def listed(request: ScopedRequest) -> HttpResponse:
    """Every watch that was ever registered, with what it has seen: the ended ones as well."""
    page = paged(queries.list_watches(scope=request.scope), request, PAGE)
    latest = queries.latest_results(watches=page["rows"], scope=request.scope)
    context = {
        "sections": shared.sections("outcomes-watches"),
        "page": page,
        "params": request.GET,
        "rows": [present.row(watch, latest.get(watch.pk)) for watch in page["rows"]],
        "may_ask": request.scope.allows(ASK),
    }
    return render(request, "outcomes/watches.html", context)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def new(request: ScopedRequest) -> HttpResponse:
    """A new watch: what it looks for, then all of it once more before it is settled."""
    scope = request.scope
    form = WatchForm(
        request.POST or None, schemes=queries.list_schemes(scope=scope), areas=queries.list_areas(scope=scope)
    )
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        watched = Watched(**form.chosen())
        if "settle" not in request.POST:
            context = {
                "form": form,
                "settled": present.settled(watched),
                "first": present.first_day(timezone.localdate()),
            }
            return render(request, "outcomes/check_watch.html", context)
        try:
            watch = operations.register_watch(watched=watched, by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Registered. From now on none of it can be changed."))
            return redirect("outcomes-watch", watch.pk)
    return render(request, "outcomes/new_watch.html", {"form": form})


@require_GET
@requires(VIEW)
def watch(request: ScopedRequest, watch_id: int) -> HttpResponse:
    """What a watch has seen."""
    scope = request.scope
    found = queries.get_watch(watch_id=watch_id, scope=scope)
    results = queries.results_of(watch=found, scope=scope)
    latest = results[0] if results else None
    last = latest.on if latest else None
    context = {
        "sections": shared.sections("outcomes-watches"),
        "watch": found,
        "row": present.row(found, latest),
        "says": present.sentence(found, results),
        "is_alarm": present.state_of(latest) == present.ALARM,
        "to_do": present.what_to_do(),
        "no_proof": present.no_proof(found),
        "beyond": present.beyond_horizon(found, latest),
        "why": latest.figures["why"] if latest else "",
        "chart": present.chart(latest),
        "blocks": present.blocks(latest),
        "look_back": present.look_back(latest),
        "no_look_back": present.no_look_back(latest),
        "settled": present.settled(found),
        "method": present.method(found, latest),
        "latest": latest,
        "names": partnerships.user_names(user_ids={pk for pk in (found.registered_by, found.ended_by) if pk}),
        "may_end": scope.allows(ASK) and rules.is_watching(state=found.state),
        "may_look": scope.allows(ASK) and rules.can_look(state=found.state, last=last, on=timezone.localdate()),
    }
    return render(request, "outcomes/watch.html", context)


@require_POST
@requires(ASK)
def work_out(request: ScopedRequest, watch_id: int) -> HttpResponse:
    """Has a watch looked at now."""
    operations.ask_for_look(watch_id=watch_id, by=request.scope, at=timezone.now())
    messages.success(request, _("It is being worked out. Look again in a few minutes."))
    return redirect("outcomes-watch", watch_id)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def end(request: ScopedRequest, watch_id: int) -> HttpResponse:
    """Ends a watch."""
    found = queries.get_watch(watch_id=watch_id, scope=request.scope)
    rules.check_is_watching(state=found.state)
    form = EndWatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.end_watch(watch_id=watch_id, by=request.scope, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Ended. It stays on record."))
        return redirect("outcomes-watch", watch_id)
    return render(request, "outcomes/end_watch.html", {"form": form, "watch": found})


@require_GET
@requires(VIEW)
def chart(request: ScopedRequest, result_id: int, width: int) -> HttpResponse:
    """How high a watch stood at the end of each block."""
    found = queries.get_result(result_id=result_id, scope=request.scope)
    return HttpResponse(present.drawn(found, width=width), content_type=SVG)
