"""The register of gateways, and sharing agreements: list, one, draft, parties, put in force, withdraw."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.agreements import operations, queries, rules
from iom.agreements.choices import AgreementState
from iom.agreements.forms.sharing_agreements import DetailsForm, PartyForm, ReviewForm, WithdrawForm
from iom.agreements.models import SharingAgreement
from iom.agreements.presenters import sharing_agreements as present
from iom.common.errors import InvalidInput, NotVisible, UserError
from iom.common.registries import agreement_uses
from iom.common.seen import mark_of
from iom.partnerships import queries as partnerships
from iom.partnerships.models import Agency


@require_GET
@requires(Permission.AGREEMENT_VIEW)
def gateways(request: ScopedRequest) -> HttpResponse:
    """The register: what sharing can rest on in law."""
    return render(request, "agreements/gateways.html", {"parts": present.register()})


@require_GET
@requires(Permission.AGREEMENT_VIEW)
def agreements(request: ScopedRequest) -> HttpResponse:
    """Every agreement of the partnership, with its parties and where it stands."""
    on = timezone.localdate()
    found = queries.list_agreements(scope=request.scope)
    context = {
        "rows": [present.row(each, on=on) for each in found],
        "may_manage": request.scope.allows(Permission.AGREEMENT_MANAGE),
    }
    return render(request, "agreements/agreements.html", context)


@require_GET
@requires(Permission.AGREEMENT_VIEW)
def agreement(request: ScopedRequest, agreement_id: int) -> HttpResponse:
    """One agreement: what it says, who gives what to whom, and what may be done with it."""
    scope, on = request.scope, timezone.localdate()
    found = queries.get_agreement(agreement_id=agreement_id, scope=scope)
    state = rules.state_on(state=found.state, end_date=found.end_date, on=on)
    is_draft, may_manage = state == AgreementState.DRAFT, scope.allows(Permission.AGREEMENT_MANAGE)
    parties = sorted(found.parties.all(), key=lambda party: party.agency.name)
    others = partnerships.list_agencies(scope=scope) if is_draft and may_manage else []
    actors = {found.drafted_by, found.put_in_force_by or 0, found.withdrawn_by or 0}
    context = {
        "agreement": found,
        "state": present.state(found, on=on),
        "rows": present.summary_rows(found, names=partnerships.user_names(user_ids=actors)),
        "gateways": present.gateways_of(found),
        "parties": [present.party_card(party) for party in parties],
        "documents": [present.document_row(each) for each in queries.list_documents(agreement=found, scope=scope)],
        "may_manage": may_manage,
        "others": [agency for agency in others if agency.pk not in {party.agency_id for party in parties}],
        "may_change": is_draft and may_manage,
        "may_put_in_force": is_draft and scope.allows(Permission.AGREEMENT_APPROVE),
        "may_review": state == AgreementState.IN_FORCE and may_manage,
        "may_withdraw": state in (AgreementState.DRAFT, AgreementState.IN_FORCE) and may_manage,
        "is_near": state == AgreementState.IN_FORCE and rules.is_near(found.review_on, on=on),
    }
    return render(request, "agreements/agreement.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def new(request: ScopedRequest) -> HttpResponse:
    """Drafts an agreement; its parties are added on its own page."""
    form = DetailsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.draft(details=form.details(), by=request.scope, at=timezone.now())
        except InvalidInput as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("Drafted. Add the parties, and what each gives and receives."))
            return redirect("agreements-agreement", made.pk)
    return render(request, "agreements/agreement_form.html", {"form": form, "back": reverse("agreements")})


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def change(request: ScopedRequest, agreement_id: int) -> HttpResponse:
    """Says a draft anew."""
    found = queries.get_agreement(agreement_id=agreement_id, scope=request.scope)
    rules.check_can_change(state=found.state)
    form = DetailsForm(request.POST or None, initial=DetailsForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            operations.change(agreement=found, details=form.details(), by=request.scope, at=timezone.now())
        except InvalidInput as error:
            _add_errors(form, error)
        else:
            return redirect("agreements-agreement", found.pk)
    back = reverse("agreements-agreement", args=[found.pk])
    return render(request, "agreements/agreement_form.html", {"form": form, "back": back, "agreement": found})


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def party(request: ScopedRequest, agreement_id: int, agency_id: int) -> HttpResponse:
    """Makes an agency a party of a draft, or says anew what it gives and receives."""
    found = queries.get_agreement(agreement_id=agreement_id, scope=request.scope)
    rules.check_can_change(state=found.state)
    agency = _agency(request, agency_id)
    there = queries.get_party(agreement=found, agency_id=agency.pk)
    form = PartyForm(request.POST or None, agency=agency, initial=PartyForm.initial_of(there) if there else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_party(
                agreement=found, agency=agency, details=form.details(), by=request.scope, at=timezone.now()
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("agreements-agreement", found.pk)
    return render(
        request, "agreements/party.html", {"form": form, "agreement": found, "agency": agency, "is_party": bool(there)}
    )


@require_POST
@requires(Permission.AGREEMENT_MANAGE)
def remove_party(request: ScopedRequest, agreement_id: int, agency_id: int) -> HttpResponse:
    """Takes an agency out of a draft."""
    found = queries.get_agreement(agreement_id=agreement_id, scope=request.scope)
    there = queries.get_party(agreement=found, agency_id=agency_id)
    if there is None:
        raise NotVisible()
    operations.remove_party(party=there, by=request.scope, at=timezone.now())
    messages.success(request, _("The agency is no party any more."))
    return redirect("agreements-agreement", found.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_APPROVE)
def put_in_force(request: ScopedRequest, agreement_id: int) -> HttpResponse:
    """Says what will be shared with whom, before somebody lets it."""
    scope, at = request.scope, timezone.now()
    found = queries.get_agreement(agreement_id=agreement_id, scope=scope)
    if request.method == "POST":
        operations.put_in_force(agreement=found, seen=request.POST.get("seen", ""), by=scope, at=at)
        messages.success(request, _("In force from its first day on."))
        return redirect("agreements-agreement", found.pk)
    context = {
        "agreement": found,
        "seen": mark_of(found.drafted_at),
        "parties": [present.party_card(each) for each in found.parties.all()],
        "lacks": _lacks(found, request),
        "warns": present.unassessed(found, is_assessed=queries.is_assessed(agreement=found, scope=scope)),
    }
    return render(request, "agreements/put_in_force.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def review(request: ScopedRequest, agreement_id: int) -> HttpResponse:
    """Records that an agreement still holds good, and when it is looked at again."""
    found = queries.get_agreement(agreement_id=agreement_id, scope=request.scope)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.review(
                agreement=found, next_on=form.cleaned_data["next_on"], by=request.scope, at=timezone.now()
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The review has been recorded."))
            return redirect("agreements-agreement", found.pk)
    return render(request, "agreements/review.html", {"form": form, "agreement": found})


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def withdraw(request: ScopedRequest, agreement_id: int) -> HttpResponse:
    """Says what stops, before somebody ends an agreement."""
    scope, on = request.scope, timezone.localdate()
    found = queries.get_agreement(agreement_id=agreement_id, scope=scope)
    state = rules.state_on(state=found.state, end_date=found.end_date, on=on)
    rules.check_can_move(state=state, move="withdraw")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.withdraw(agreement=found, reason=form.cleaned_data["reason"], by=scope, at=timezone.now())
        messages.success(request, _("Withdrawn. Nothing more is shared under it."))
        return redirect("agreements-agreement", found.pk)
    stops = [line for use in agreement_uses for line in use.stopped(scope=scope, without=found.pk, on=on)]
    return render(request, "agreements/withdraw.html", {"form": form, "agreement": found, "stops": stops})


def _add_errors(form: DetailsForm, error: InvalidInput) -> None:
    """The form asks for the last day where the rule speaks of the end."""
    fields = {{"end_date": "last_day"}.get(name, name): message for name, message in error.fields.items()}
    add_errors(form, InvalidInput(error.message, fields))


def _agency(request: ScopedRequest, agency_id: int) -> Agency:
    found = next((each for each in partnerships.list_agencies(scope=request.scope) if each.pk == agency_id), None)
    if found is None:
        raise NotVisible()
    return found


def _lacks(agreement: SharingAgreement, request: ScopedRequest) -> str:
    """What an agreement lacks before this user may put it in force, in words."""
    try:
        rules.check_can_put_in_force(
            terms=queries.terms_of(agreement),
            unsigned=queries.count_unsigned(agreement),
            is_second_person=agreement.drafted_by != request.scope.user_id,
            on=timezone.localdate(),
        )
    except UserError as error:
        return error.message
    return ""
