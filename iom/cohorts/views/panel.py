"""The panel's decision on a nomination, and how the person was told."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.audit import operations as audit
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, rules
from iom.cohorts.choices import Outcome, Told
from iom.cohorts.forms import DecisionForm, ToldForm
from iom.cohorts.presenters import draws as present_draws
from iom.cohorts.presenters import nominations as present
from iom.cohorts.views import shared
from iom.cohorts.views.nominations import page_context
from iom.common.errors import InvalidInput, WrongState
from iom.partnerships import queries as partnerships
from iom.people.queries import restrictions

DONE = {
    Outcome.SELECT: _("Selected. The person is now in the cohort."),
    Outcome.DECLINE: _("Declined."),
    Outcome.DEFER: _("Deferred."),
    Outcome.REDIRECT: _("Redirected. A nomination under the other scheme has been opened."),
}


@require_http_methods(["GET", "POST"])
@requires(Permission.PANEL_DECIDE)
def decide(request: ScopedRequest, nomination_id: int) -> HttpResponse:
    """One form for the panel's decision, beside what the agencies returned."""
    scope, on = request.scope, shared.today()
    found = queries.get_nomination(nomination_id=nomination_id, scope=scope)
    if not present.is_undecided(found):
        raise WrongState("The panel has decided this nomination already.")
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="panel-decision")
    requests = queries.list_requests(nomination=found, scope=scope)
    others = {str(each.pk): each for each in queries.list_schemes_in_use(scope=scope) if each.pk != found.scheme_id}
    restricted = restrictions.is_restricted(person_id=found.person_id, scope=scope)
    form = DecisionForm(
        request.POST or None,
        outcomes=[each for each in Outcome.choices if not restricted or each[0] not in rules.TAKING_IN],
        types=list(queries.cohort_types(scheme_id=found.scheme_id).items()),
        schemes=[(pk, scheme.name) for pk, scheme in others.items()],
        agencies=[(str(agency.pk), agency.name) for agency in partnerships.list_agencies(scope=scope)],
        leads=queries.list_leads(scope=scope),
        initial={
            "met_on": on,
            "review_on": on + timedelta(days=rules.FIRST_REVIEW_DAYS),
            "cohort_type": found.proposed_type,
        },
    )
    if request.method == "POST" and form.is_valid():
        verdict = form.verdict(schemes=others)
        try:
            cohorts.decide(nomination=found, verdict=verdict, by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, DONE[verdict.outcome])
            return redirect("cohorts-nomination", found.pk)
    waiting = [each.agency.name for each in requests if each.answered_at is None]
    drawn = queries.in_draw(nomination=found, scope=scope)
    context = page_context(found, scope) | {
        "form": form,
        "draw_line": present_draws.place_line(drawn),
        "is_against_draw": drawn is not None and drawn.ahead > 0,
        "returns": present.return_rows(requests, on=on, scope=scope),
        "waiting": waiting if found.returns_due_on >= on else [],
        "has_others": bool(others),
        "is_restricted": restricted,
    }
    return render(request, "cohorts/decide.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def told(request: ScopedRequest, decision_id: int) -> HttpResponse:
    """How and when the person was told of the decision, or why they will not be."""
    scope = request.scope
    decision = queries.get_decision(decision_id=decision_id, scope=scope)
    found = queries.get_nomination(nomination_id=decision.nomination_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="told")
    form = ToldForm(
        request.POST or None,
        initial={
            "told": decision.told if decision.told != Told.NOT_YET else "",
            "told_on": decision.told_on,
            "told_how": decision.told_how,
            "told_note": decision.told_note,
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            cohorts.record_told(
                decision=decision,
                told=Told(given["told"]),
                told_on=given["told_on"],
                how=given["told_how"],
                note=given["told_note"],
                by=scope,
                at=timezone.now(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("cohorts-nomination", found.pk)
    context = page_context(found, scope) | {"form": form, "outcome": decision.get_outcome_display()}
    return render(request, "cohorts/told.html", context)
