"""Entry by lot: opening a draw, who is in it, closing its list, drawing, and the page on which anybody checks it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.access.views import ScopedRequest, add_errors, requires
from iom.audit import operations as audit
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, rules
from iom.cohorts.choices import DrawState
from iom.cohorts.forms import EntrantsForm, MakeDrawForm, OpenDrawForm, WithdrawForm
from iom.cohorts.models import Nomination
from iom.cohorts.presenters import draws as present
from iom.cohorts.views import shared
from iom.common.errors import InvalidInput, WrongState
from iom.partnerships import queries as partnerships


def looked_at(nominations: list[Nomination], *, subject_id: object, scope: Scope) -> None:
    """Records that the page named these people."""
    if nominations:
        audit.viewed_list(
            by=scope,
            at=timezone.now(),
            person_ids=[each.person_id for each in nominations],
            action="view.draw",
            subject_type="cohorts.EntryDraw",
            subject_id=subject_id,
        )


def check_shows_everybody(form: EntrantsForm) -> None:
    """Nobody is entered who was not on the page that was sent: a nomination may have been deferred since."""
    if form.is_bound and not set(form.out_names) <= set(form.data):
        raise WrongState("Who waits has changed since you opened this page. Look at it again.")


@require_http_methods(["GET", "POST"])
@requires(Permission.DRAW_RUN)
def open_draw(request: ScopedRequest, slug: str) -> HttpResponse:
    """How many places, which public number counts too, and who is left out; then the commitment is published."""
    scope = request.scope
    scheme = queries.get_scheme(slug=slug, scope=scope)
    waiting = queries.list_waiting(scheme_id=scheme.pk, scope=scope)
    looked_at(waiting, subject_id=f"scheme {scheme.pk}", scope=scope)
    capacity = queries.capacity_of(scheme_id=scheme.pk, scope=scope)
    left = queries.places_left(capacity=capacity, scheme_id=scheme.pk, scope=scope)
    form = OpenDrawForm(
        request.POST or None, waiting=present.waiting_fields(waiting, settled={}), initial={"places": left or ""}
    )
    check_shows_everybody(form)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            draw = cohorts.open_draw(
                scheme=scheme,
                places=given["places"],
                beacon=given["beacon"],
                entered=form.entered,
                left_out=form.left_out,
                by=scope,
                at=timezone.now(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The draw is open, and its commitment is published."))
            return redirect("cohorts-draw", draw.pk)
    context = {
        "form": form,
        "scheme": scheme,
        "waiting": waiting,
        "capacity": capacity,
        "left": left,
        "under_way": queries.has_draw_under_way(scheme_id=scheme.pk, scope=scope),
        "cancel": {"href": reverse("cohorts-scheme", args=[slug]), "text": _("Cancel")},
    }
    return render(request, "cohorts/open_draw.html", context)


@require_GET
@requires(Permission.SCHEME_VIEW)
def draw(request: ScopedRequest, draw_id: int) -> HttpResponse:
    """What is published of a draw, whether it comes out the same when it is made again, and what is to be done next."""
    scope, on = request.scope, shared.today()
    found = queries.get_draw(draw_id=draw_id, scope=scope)
    may_see = scope.allows(Permission.CANDIDATES_VIEW)
    entrants = queries.list_entrants(draw=found, scope=scope) if may_see else []
    looked_at([each.nomination for each in entrants], subject_id=found.pk, scope=scope)
    who = {found.opened_by, found.closed_by, found.drawn_by, found.withdrawn_by} - {None}
    names = partnerships.user_names(user_ids={pk for pk in who if pk is not None})
    may_run = scope.allows(Permission.DRAW_RUN)
    context = {
        "sections": shared.sections(scope, "cohorts-schemes"),
        "draw": found,
        "row": present.draw_row(found),
        "summary": present.summary_rows(found, names=names),
        "may_see": may_see,
        "keys": present.key_rows(found, entrants, on=on) if may_see else [],
        "settled": present.settled_rows(entrants, on=on),
        "problem": present.check_of(found, entrants),
        "by_hand": present.by_hand(found) if may_see else [],
        "may_settle": may_run and found.state == DrawState.OPEN,
        "may_draw": may_run and rules.can_draw(state=found.state, closed_by=found.closed_by, user_id=scope.user_id),
        "waits_for_other": may_run and found.state == DrawState.CLOSED and found.closed_by == scope.user_id,
        "may_withdraw": may_run and found.state in (DrawState.OPEN, DrawState.CLOSED),
    }
    return render(request, "cohorts/draw.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.DRAW_RUN)
def entrants(request: ScopedRequest, draw_id: int) -> HttpResponse:
    """Who of those that wait is in the draw, until its list is closed."""
    scope = request.scope
    found = queries.get_draw(draw_id=draw_id, scope=scope)
    rules.check_can_settle_entrants(state=found.state, left_out={})
    waiting = queries.list_waiting(scheme_id=found.scheme_id, scope=scope)
    looked_at(waiting, subject_id=found.pk, scope=scope)
    settled = {each.nomination_id: each for each in queries.list_entrants(draw=found, scope=scope)}
    form = EntrantsForm(request.POST or None, waiting=present.waiting_fields(waiting, settled=settled))
    check_shows_everybody(form)
    last = queries.last_settled(draw=found, scope=scope)
    seen = request.POST.get("seen", "") if request.method == "POST" else last.isoformat() if last else ""
    if request.method == "POST" and form.is_valid():
        try:
            cohorts.settle_entrants(
                draw=found,
                entered=form.entered,
                left_out=form.left_out,
                seen=parse_datetime(seen),
                by=scope,
                at=timezone.now(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("cohorts-draw", found.pk)
    context = {
        "form": form,
        "draw": found,
        "waiting": waiting,
        "seen": seen,
        "cancel": {"href": reverse("cohorts-draw", args=[found.pk]), "text": _("Cancel")},
    }
    return render(request, "cohorts/draw_entrants.html", context)


@require_POST
@requires(Permission.DRAW_RUN)
def close_draw(request: ScopedRequest, draw_id: int) -> HttpResponse:
    found = queries.get_draw(draw_id=draw_id, scope=request.scope)
    cohorts.close_draw(draw=found, by=request.scope, at=timezone.now())
    messages.success(request, _("The list is closed, and its hash is published. Somebody else can draw now."))
    return redirect("cohorts-draw", found.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.DRAW_RUN)
def make_draw(request: ScopedRequest, draw_id: int) -> HttpResponse:
    """The value of the public number, if one was named; then it is drawn, once."""
    scope = request.scope
    found = queries.get_draw(draw_id=draw_id, scope=scope)
    rules.check_can_draw(state=found.state, closed_by=found.closed_by, user_id=scope.user_id)
    form = MakeDrawForm(request.POST if request.method == "POST" else None, beacon=found.beacon)
    if request.method == "POST" and form.is_valid():
        try:
            cohorts.make_draw(draw=found, beacon_value=form.cleaned_data.get("value", ""), by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Drawn. The panel decides each nomination, in this order."))
            return redirect("cohorts-draw", found.pk)
    return render(request, "cohorts/make_draw.html", {"form": form, "draw": found})


@require_http_methods(["GET", "POST"])
@requires(Permission.DRAW_RUN)
def withdraw_draw(request: ScopedRequest, draw_id: int) -> HttpResponse:
    scope = request.scope
    found = queries.get_draw(draw_id=draw_id, scope=scope)
    rules.check_can_move(rules.DRAW, state=found.state, move="withdraw")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohorts.withdraw_draw(draw=found, reason=form.cleaned_data["reason"], by=scope, at=timezone.now())
        messages.success(request, _("Withdrawn. It stays on record."))
        return redirect("cohorts-draw", found.pk)
    return render(request, "cohorts/withdraw_draw.html", {"form": form, "draw": found})
