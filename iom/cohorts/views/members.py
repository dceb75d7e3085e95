"""The cohort: who is in it, and one member's rating, lead, review and de-selection."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
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
from iom.audit import operations as audit
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, rules
from iom.cohorts.choices import Change, MembershipState, Rag, type_name
from iom.cohorts.forms import DeselectForm, LeadForm, MemberFilterForm, NominateForm, RagForm, ReviewForm
from iom.cohorts.models import CohortMembership
from iom.cohorts.presenters import members as present
from iom.cohorts.queries.members import PAGE
from iom.cohorts.views import shared
from iom.common.errors import InvalidInput, WrongState
from iom.partnerships import queries as partnerships
from iom.people.presenters.frame import person_frame
from iom.people.queries import restrictions
from iom.people.queries.people import get_person

STATES = ((MembershipState.ACTIVE, "In the cohort"), (MembershipState.DESELECTED, "De-selected"))


def filter_form(request: ScopedRequest) -> MemberFilterForm:
    scope = request.scope
    return MemberFilterForm(
        request.GET,
        types=list(queries.all_cohort_types(scope=scope).items()),
        schemes=[(str(scheme.pk), scheme.name) for scheme in queries.list_schemes(scope=scope)],
        areas=queries.list_areas(scope=scope),
        leads=[(str(lead.pk), f"{lead.user.name}, {lead.agency.name}") for lead in queries.list_leads(scope=scope)],
    )


def chosen_state(request: ScopedRequest) -> MembershipState:
    gone = request.GET.get("state") == MembershipState.DESELECTED
    return MembershipState.DESELECTED if gone else MembershipState.ACTIVE


@require_GET
@requires(Permission.COHORT_VIEW)
def members(request: ScopedRequest) -> HttpResponse:
    """Who is in the cohort, with type, rating, lead and next review."""
    scope, on = request.scope, shared.today()
    form, state = filter_form(request), chosen_state(request)
    sort = request.GET.get("sort", "name")
    found = queries.list_members(chosen=form.filter(state), scope=scope, on=on, sort=sort)
    page = paged(found, request, PAGE)
    audit.viewed_list(
        by=scope,
        at=timezone.now(),
        person_ids=[membership.person_id for membership in page["rows"]],
        action="view.cohort",
        subject_type="cohorts.CohortMembership",
    )
    context = {
        "sections": shared.sections(scope, "cohort"),
        "form": form,
        "state": state,
        "states": [{"text": _(text), "value": value} for value, text in STATES],
        "sort": sort,
        "params": request.GET,
        "page": page,
        "rows": [present.list_row(membership, on=on) for membership in page["rows"]],
        "partnership": partnerships.get_partnership(scope=scope),
        "in_cohort": queries.count_members(scope=scope),
        "exports": downloads.export_links(request, "cohorts-members-export"),
    }
    return render(request, "cohorts/members.html", context)


@require_GET
@requires(Permission.EXPORT)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    request.scope.check(Permission.COHORT_VIEW)
    on = shared.today()
    chosen = filter_form(request).filter(chosen_state(request))
    found = list(queries.list_members(chosen=chosen, scope=request.scope, on=on, sort=request.GET.get("sort", "name")))
    return downloads.download(
        request=request,
        name="cohort",
        kind=kind,
        headings=present.export_headings(),
        rows=(present.export_row(present.list_row(membership, on=on)) for membership in found),
        people=[membership.person_id for membership in found],
    )


def page_context(membership: CohortMembership, scope: Scope) -> dict[str, Any]:
    return {
        "frame": person_frame(person=membership.person, section="cohort", scope=scope, on=shared.today()),
        "membership": membership,
        "cohort_type": type_name(membership.cohort_type),
        "is_member": membership.state == MembershipState.ACTIVE,
    }


@require_GET
@requires(Permission.COHORT_VIEW)
def member(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """One member: rating and its history, lead, review, and how they came in and left."""
    scope = request.scope
    found = queries.get_membership(membership_id=membership_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="member")
    changes = queries.list_changes(membership=found, scope=scope)
    names = partnerships.user_names(user_ids={each.by_id for each in changes} | set(filter(None, [found.ended_by])))
    lead_ids = {int(value) for c in changes if c.change == Change.LEAD for value in (c.before, c.after) if value}
    context = page_context(found, scope) | {
        "on": shared.today(),
        "changes": present.change_rows(
            changes, names=names, leads=queries.lead_names(membership_ids=lead_ids, scope=scope)
        ),
        "decision": queries.selecting_decision(membership=found, scope=scope),
        "ended_by": names.get(found.ended_by or -1, ""),
        "may_manage": scope.allows(Permission.COHORT_MANAGE) and found.state == MembershipState.ACTIVE,
        "may_reselect": scope.allows(Permission.NOMINATE)
        and found.state == MembershipState.DESELECTED
        and not queries.is_member(person_id=found.person_id),
    }
    return render(request, "cohorts/member.html", context)


@require_GET
@requires(Permission.COHORT_VIEW)
def person(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """A person's place in the cohort: every membership and nomination, and the way to nominate."""
    scope = request.scope
    found = get_person(public_id=public_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.pk, page="cohort")
    memberships = queries.memberships_of(person_id=found.pk, scope=scope)
    nominations = queries.nominations_of(person_id=found.pk, scope=scope)
    context = {
        "frame": person_frame(person=found, section="cohort", scope=scope, on=shared.today()),
        "person": found,
        "memberships": [(membership, type_name(membership.cohort_type)) for membership in memberships],
        "nominations": nominations,
        "may_nominate": shared.may_nominate(scope, found, memberships, nominations),
    }
    return render(request, "cohorts/person.html", context)


def change(
    request: ScopedRequest, membership: CohortMembership, form: Form, heading: str, write: Any, done: str
) -> HttpResponse:
    """One small form that changes one thing about a member."""
    rules.check_is_member(state=membership.state)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=membership.person_id, page="change-member")
    if request.method == "POST" and form.is_valid():
        try:
            write(**form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, done)
            return redirect("cohorts-member", membership.pk)
    context = page_context(membership, request.scope) | {"form": form, "heading": heading}
    return render(request, "cohorts/change_member.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def change_rag(request: ScopedRequest, membership_id: int) -> HttpResponse:
    found = queries.get_membership(membership_id=membership_id, scope=request.scope)

    def write(rag: str, rationale: str) -> None:
        cohorts.change_rag(membership=found, rag=Rag(rag), rationale=rationale, by=request.scope, at=timezone.now())

    form = RagForm(request.POST or None, initial={"rag": found.rag})
    return change(request, found, form, _("Change the rating"), write, _("The rating has been changed."))


@require_http_methods(["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def set_review(request: ScopedRequest, membership_id: int) -> HttpResponse:
    found = queries.get_membership(membership_id=membership_id, scope=request.scope)

    def write(**given: Any) -> None:
        cohorts.set_review(membership=found, by=request.scope, at=timezone.now(), **given)

    form = ReviewForm(request.POST or None)
    return change(request, found, form, _("Set the next review"), write, _("The next review has been set."))


@require_http_methods(["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def set_lead(request: ScopedRequest, membership_id: int) -> HttpResponse:
    found = queries.get_membership(membership_id=membership_id, scope=request.scope)
    form = LeadForm(
        request.POST or None, leads=queries.list_leads(scope=request.scope), initial={"lead": found.lead_id}
    )

    def write(lead: str, rationale: str) -> None:
        cohorts.set_lead(membership=found, lead=form.chosen, rationale=rationale, by=request.scope, at=timezone.now())

    return change(request, found, form, _("Change the lead professional"), write, _("The lead has been changed."))


@require_http_methods(["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def deselect(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """First the form; then a page that says what will happen, and to whom; then it is done."""
    scope = request.scope
    found = queries.get_membership(membership_id=membership_id, scope=scope)
    if found.state != MembershipState.ACTIVE:
        raise WrongState("This person is no longer in the cohort.")
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="deselect")
    form = DeselectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rules.check_can_deselect(state=found.state, **given)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            if request.POST.get("confirmed") == "yes":
                cohorts.deselect(membership=found, by=scope, at=timezone.now(), **given)
                messages.success(request, _("De-selected. The record and the exit plan are kept."))
                return redirect("cohorts-member", found.pk)
            context = page_context(found, scope) | {"given": given, "fields": {**given, "confirmed": "yes"}}
            return render(request, "cohorts/deselect_confirm.html", context)
    return render(request, "cohorts/deselect.html", page_context(found, scope) | {"form": form})


@require_http_methods(["GET", "POST"])
@requires(Permission.NOMINATE)
def reselect(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """A former member is nominated again; only the panel brings them back."""
    scope = request.scope
    found = queries.get_membership(membership_id=membership_id, scope=scope)
    if found.state == MembershipState.ACTIVE:
        raise WrongState("This person is in the cohort.")
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="reselect")
    rules.check_is_not_restricted(is_restricted=restrictions.is_restricted(person_id=found.person_id, scope=scope))
    agencies = [(str(agency.pk), agency.name) for agency in partnerships.list_agencies(scope=scope)]
    form = NominateForm(
        request.POST or None,
        schemes=[(str(found.scheme_id), found.scheme.name)],
        types=list(queries.cohort_types(scheme_id=found.scheme_id).items()),
        agencies=[(pk, name) for pk, name in agencies if int(pk) != scope.agency_id],
        initial={"scheme": str(found.scheme_id), "asked": [pk for pk, _name in agencies]},
    )
    for name in ("returns_due_on", "only_asked"):
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        try:
            nomination = cohorts.reselect(
                membership=found, referral=form.referral(), asked=form.asked_ids, by=scope, at=timezone.now()
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Nominated again. The panel decides."))
            return redirect("cohorts-nomination", nomination.pk)
    context = page_context(found, scope) | {
        "form": form,
        "parts": form.PARTS,
        "cancel_href": reverse("cohorts-member", args=[found.pk]),
        "again": True,
    }
    return render(request, "cohorts/nominate.html", context)
