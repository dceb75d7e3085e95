"""Nominations: the list, the referral form, the agencies' returns, and withdrawing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.access.views import ScopedRequest, add_errors, paged, requires
from iom.agreements.choices import Audience
from iom.agreements.presenters.marking import handling_line
from iom.audit import operations as audit
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, rules
from iom.cohorts.choices import Origin, type_name
from iom.cohorts.forms import (
    IntelligenceForm,
    NominateForm,
    NominationFilterForm,
    ReturnForm,
    TransferForm,
    WithdrawForm,
)
from iom.cohorts.models import Nomination
from iom.cohorts.presenters import candidates as present_candidates
from iom.cohorts.presenters import draws as present_draws
from iom.cohorts.presenters import nominations as present
from iom.cohorts.queries.nominations import PAGE
from iom.cohorts.views import shared
from iom.common.errors import InvalidInput
from iom.partnerships import queries as partnerships
from iom.people.presenters.frame import person_frame
from iom.people.queries import restrictions
from iom.people.queries.people import get_person


def filter_form(request: ScopedRequest) -> NominationFilterForm:
    schemes = [(str(scheme.pk), scheme.name) for scheme in queries.list_schemes(scope=request.scope)]
    return NominationFilterForm(request.GET, schemes=schemes)


@require_GET
@requires(Permission.COHORT_VIEW)
def nominations(request: ScopedRequest) -> HttpResponse:
    """Who is nominated, with the clock on the agencies' returns."""
    scope, on = request.scope, shared.today()
    form = filter_form(request)
    sort = request.GET.get("sort", "due")
    found = queries.list_nominations(chosen=form.filter(), scope=scope, on=on, sort=sort)
    page = paged(found, request, PAGE)
    audit.viewed_list(
        by=scope,
        at=timezone.now(),
        person_ids=[nomination.person_id for nomination in page["rows"]],
        action="view.nominations",
        subject_type="cohorts.Nomination",
    )
    context = {
        "sections": shared.sections(scope, "cohorts-nominations"),
        "form": form,
        "sort": sort,
        "params": request.GET,
        "page": page,
        "rows": [present.list_row(nomination, on=on) for nomination in page["rows"]],
        "exports": downloads.export_links(request, "cohorts-nominations-export"),
        "may_nominate": scope.allows(Permission.NOMINATE),
    }
    return render(request, "cohorts/nominations.html", context)


@require_GET
@requires(Permission.EXPORT)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    request.scope.check(Permission.COHORT_VIEW)
    on = shared.today()
    sort = request.GET.get("sort", "due")
    chosen = filter_form(request).filter()
    found = list(queries.list_nominations(chosen=chosen, scope=request.scope, on=on, sort=sort))
    return downloads.download(
        request=request,
        name="nominations",
        kind=kind,
        headings=present.export_headings(),
        rows=(present.export_row(present.list_row(nomination, on=on)) for nomination in found),
        people=[nomination.person_id for nomination in found],
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.NOMINATE)
def nominate(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """The referral form, from the candidates list or from any partner."""
    scope, on = request.scope, shared.today()
    person = get_person(public_id=public_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=person.pk, page="nominate")
    rules.check_is_not_restricted(is_restricted=restrictions.is_restricted(person_id=person.pk, scope=scope))
    schemes = {str(scheme.pk): scheme for scheme in queries.list_schemes_in_use(scope=scope)}
    wanted = request.GET.get("scheme")
    agencies = [(str(agency.pk), agency.name) for agency in partnerships.list_agencies(scope=scope)]
    form = NominateForm(
        request.POST or None,
        schemes=[(pk, scheme.name) for pk, scheme in schemes.items()],
        types=list(queries.all_cohort_types(scope=scope).items()),
        agencies=[(pk, name) for pk, name in agencies if int(pk) != scope.agency_id],
        initial={
            "scheme": next((pk for pk, scheme in schemes.items() if scheme.slug == wanted or len(schemes) == 1), ""),
            "asked": [pk for pk, _name in agencies],
            "returns_due_on": on + timedelta(days=rules.RETURN_DAYS),
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            nomination = cohorts.nominate(
                person=person,
                scheme=schemes[given["scheme"]],
                referral=form.referral(),
                origin=Origin.CANDIDATES if request.GET.get("from") == "candidates" else Origin.REFERRAL,
                asked=form.asked_ids,
                returns_due_on=given["returns_due_on"],
                audience_agencies=[*form.asked_ids, scope.agency_id] if given["only_asked"] else None,
                by=scope,
                at=timezone.now(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Nominated. The agencies you chose have been asked for their returns."))
            return redirect("cohorts-nomination", nomination.pk)
    context = {
        "frame": person_frame(person=person, section="cohort", scope=scope, on=on),
        "form": form,
        "parts": form.PARTS,
        "cancel_href": reverse("cohorts-person", args=[person.public_id]),
    }
    return render(request, "cohorts/nominate.html", context)


def page_context(nomination: Nomination, scope: Scope) -> dict[str, Any]:
    """What every page about one nomination shows: the frame round its person, and its own head."""
    on = shared.today()
    return {
        "frame": person_frame(person=nomination.person, section="cohort", scope=scope, on=on),
        "nomination": nomination,
        "undecided": present.is_undecided(nomination),
    }


@require_GET
@requires(Permission.COHORT_VIEW)
def nomination(request: ScopedRequest, nomination_id: int) -> HttpResponse:
    """One nomination: what was written, what each agency returned, what the panel decided."""
    scope, on = request.scope, shared.today()
    found = queries.get_nomination(nomination_id=nomination_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="nomination")
    decisions = list(found.decisions.all())
    names = partnerships.user_names(
        user_ids={found.nominated_by, *(each.decided_by for each in decisions), *filter(None, [found.closed_by])}
    )
    agencies = {agency.pk: agency.name for agency in partnerships.list_agencies(scope=scope)}
    requests = queries.list_requests(nomination=found, scope=scope)
    context = page_context(found, scope) | {
        "summary": present.summary_rows(found, names=names),
        "returns": present.return_rows(requests, on=on, scope=scope),
        "decisions": [present.decision_card(each, names=names, agencies=agencies) for each in decisions],
        "intelligence": present.intelligence_cards(
            queries.list_intelligence(nomination=found, scope=scope), agencies=agencies, scope=scope
        ),
        "membership": queries.membership_from(nomination=found, scope=scope),
        "draw_line": present_draws.place_line(queries.in_draw(nomination=found, scope=scope)),
        "may_return": scope.allows(Permission.AGENCY_RETURN) and rules.can_return(state=found.state),
        "may_decide": scope.allows(Permission.PANEL_DECIDE) and present.is_undecided(found),
        "may_withdraw": scope.allows(Permission.NOMINATE) and present.is_undecided(found),
        "may_tell": scope.allows(Permission.COHORT_MANAGE),
        "may_transfer": scope.allows(Permission.COHORT_MANAGE) and found.owner_agency_id == scope.agency_id,
        "line": handling_line(found, agencies=agencies),
        "snapshot": snapshot_context(found, scope),
        "closed_by": names.get(found.closed_by or -1, ""),
    }
    return render(request, "cohorts/nomination.html", context)


def snapshot_context(found: Nomination, scope: Scope) -> dict[str, Any] | None:
    """The rank and scores the nomination was made with; nothing for who may not see scores."""
    kept = found.snapshot
    if not scope.allows(Permission.PERSON_SCORES_VIEW) or "rank" not in kept:
        return None
    factors = kept.get("factors", [])
    names = [name for factor in factors for name in factor.get("rows", [])]
    sources = queries.list_source_rows(names=names, person_id=found.person_id, scope=scope)
    version = queries.definition_of(version_id=kept["version"], scope=scope)
    return {
        "on": kept["on"],
        "rank": kept["rank"],
        "standing": kept["standing"],
        "points": kept["points"],
        "strand": type_name(kept["strand"]),
        "working": present_candidates.factor_rows(factors, definition=version, sources=sources),
        "scores": kept["scores"],
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_RETURN)
def give_return(request: ScopedRequest, nomination_id: int) -> HttpResponse:
    """The user's own agency answers: whether the person is known to it, and what it thinks."""
    scope = request.scope
    found = queries.get_nomination(nomination_id=nomination_id, scope=scope)
    rules.check_can_return(state=found.state)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="agency-return")
    agencies = [(str(each.pk), each.name) for each in partnerships.list_agencies(scope=scope)]
    form = ReturnForm(
        request.POST or None,
        agencies=[(pk, name) for pk, name in agencies if int(pk) != scope.agency_id],
        initial={"audience": Audience.PARTNERS},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            cohorts.give_return(
                nomination=found,
                known=given["known"],
                summary=given["summary"],
                view=given["view"],
                view_reason=given["view_reason"],
                audience=given["audience"],
                audience_agencies=[int(pk) for pk in given["audience_agencies"]],
                by=scope,
                at=timezone.now(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Your agency's return has been given."))
            return redirect("cohorts-nomination", found.pk)
    names = dict(agencies)
    context = page_context(found, scope) | {"form": form, "agency": names[str(scope.agency_id)]}
    return render(request, "cohorts/return.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_RETURN)
def give_intelligence(request: ScopedRequest, nomination_id: int) -> HttpResponse:
    """The user's own agency gives the panel graded intelligence, to be read by whom its handling code lets."""
    scope = request.scope
    found = queries.get_nomination(nomination_id=nomination_id, scope=scope)
    rules.check_can_return(state=found.state)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="give-intelligence")
    agencies = [(str(each.pk), each.name) for each in partnerships.list_agencies(scope=scope)]
    form = IntelligenceForm(
        request.POST or None, agencies=[(pk, name) for pk, name in agencies if int(pk) != scope.agency_id]
    )
    if request.method == "POST" and form.is_valid():
        try:
            cohorts.give_intelligence(nomination=found, report=form.report(), by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The intelligence has been given."))
            return redirect("cohorts-nomination", found.pk)
    return render(request, "cohorts/give_intelligence.html", page_context(found, scope) | {"form": form})


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_RETURN)
def withdraw_intelligence(request: ScopedRequest, intelligence_id: int) -> HttpResponse:
    scope = request.scope
    found = queries.get_intelligence(intelligence_id=intelligence_id, scope=scope)
    nomination = found.nomination
    audit.viewed(by=scope, at=timezone.now(), person_id=nomination.person_id, page="withdraw-intelligence")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohorts.withdraw_intelligence(
            intelligence=found, reason=form.cleaned_data["reason"], by=scope, at=timezone.now()
        )
        messages.success(request, _("The intelligence has been taken back."))
        return redirect("cohorts-nomination", nomination.pk)
    context = page_context(nomination, scope) | {"form": form}
    return render(request, "cohorts/withdraw_intelligence.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.NOMINATE)
def withdraw(request: ScopedRequest, nomination_id: int) -> HttpResponse:
    scope = request.scope
    found = queries.get_nomination(nomination_id=nomination_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="withdraw-nomination")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohorts.withdraw(nomination=found, reason=form.cleaned_data["reason"], by=scope, at=timezone.now())
        messages.success(request, _("The nomination has been withdrawn."))
        return redirect("cohorts-nomination", found.pk)
    return render(request, "cohorts/withdraw.html", page_context(found, scope) | {"form": form})


@require_http_methods(["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def transfer(request: ScopedRequest, nomination_id: int) -> HttpResponse:
    """Hands a nomination, and what came of it, to another agency that sees it."""
    scope = request.scope
    found = queries.get_nomination(nomination_id=nomination_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="transfer-nomination")
    agencies = {str(each.pk): each for each in partnerships.list_agencies(scope=scope)}
    form = TransferForm(
        request.POST or None, agencies=[(pk, each.name) for pk, each in agencies.items() if each.pk != scope.agency_id]
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        agency = agencies[given["agency"]]
        try:
            cohorts.transfer(nomination=found, agency=agency, reason=given["reason"], by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(agency)s answers for it from now on.") % {"agency": agency.name})
            return redirect("cohorts-nomination", found.pk)
    return render(request, "cohorts/transfer.html", page_context(found, scope) | {"form": form})
