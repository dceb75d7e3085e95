"""Retention: what is due for review, legal holds, and destruction lists to approve and to certify."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import erasure
from iom.common.errors import InvalidInput, NotVisible, WrongState
from iom.partnerships import queries as partnerships
from iom.sharing.choices.retention import ListState, ReviewOutcome
from iom.sharing.forms.retention import HoldForm, ReasonForm, ReviewForm
from iom.sharing.models import DestructionList
from iom.sharing.operations import destruction as destroying
from iom.sharing.operations import retention as operations
from iom.sharing.presenters import retention as present
from iom.sharing.queries import retention as queries
from iom.sharing.rules import retention as rules

SHOWN = 25


@require_GET
@requires(Permission.RETENTION_VIEW)
def retention(request: ScopedRequest) -> HttpResponse:
    """The agency's records that are due, its holds and its destruction lists."""
    scope, on = request.scope, timezone.localdate()
    found = queries.due(scope=scope, on=on)
    rows = list(found[:SHOWN])
    holds = queries.list_holds(scope=scope)
    held = queries.held_people(scope=scope, person_ids=[row.person_id for row in rows], on=on)
    names = partnerships.user_names(user_ids={hold.placed_by for hold in holds})
    if people := sorted({row.person_id for row in rows} | {hold.person_id for hold in holds}):
        audit.viewed_list(by=scope, at=timezone.now(), person_ids=people, action="view.retention")
    context = {
        "rows": [present.review_row(row, held=held) for row in rows],
        "more": max(0, found.count() - SHOWN),
        "coming": queries.count_coming(scope=scope, after=on, until=rules.soon(on)),
        "holds": [present.hold_row(hold, names=names, on=on) for hold in holds],
        "lists": [present.list_row(each) for each in queries.list_lists(scope=scope)],
        "may_review": scope.allows(Permission.RETENTION_REVIEW),
        "may_find": scope.allows(Permission.RETENTION_REVIEW) and scope.allows(Permission.SUBJECT_ACCESS_MANAGE),
    }
    return render(request, "sharing/retention.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RETENTION_REVIEW)
def review(request: ScopedRequest, review_id: int) -> HttpResponse:
    """One record at its end: what would go, and whether to keep it."""
    scope, on, at = request.scope, timezone.localdate(), timezone.now()
    found = queries.get_review(review_id=review_id, scope=scope)
    must_be_kept = queries.must_be_kept(review=found, on=on)
    form = ReviewForm(request.POST or None, must_be_kept=must_be_kept)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["outcome"] == ReviewOutcome.PROPOSE:
            chosen = operations.propose(review_id=review_id, reason=given["reason"], by=scope, at=at)
            messages.success(request, _("Put on the destruction list. Nothing goes until two people approve it."))
            return redirect("sharing-destruction", chosen.pk)
        rule = next(each for each in rules.load().rules if each.id == found.rule)
        until = given["next_on"] or rules.next_review(rule, on=on)
        try:
            operations.keep(review_id=review_id, reason=given["reason"], next_on=until, by=scope, at=at)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Kept until its next review."))
            return redirect("sharing-retention")
    audit.viewed(by=scope, at=at, person_id=found.person_id, page="retention-review")
    decisions = queries.list_decisions(review=found, scope=scope)
    names = partnerships.user_names(user_ids={each.decided_by for each in decisions})
    context = {
        "form": form,
        "review": found,
        "rows": present.review_rows(found),
        "counts": present.count_rows(queries.plan(record=found.record, person_id=found.person_id, scope=scope)),
        "decisions": [present.decision_row(each, names=names) for each in decisions],
        "kept_to": present.kept_to(found, on=on) if must_be_kept else "",
        "is_held": bool(queries.held_people(scope=scope, person_ids=[found.person_id], on=on)),
    }
    return render(request, "sharing/retention_review.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RETENTION_REVIEW)
def place_hold(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Protects a person's records, whoever holds them."""
    person = queries.get_person(public_id=public_id, scope=request.scope)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.place_hold(
                person=person, reason=given["reason"], until=given["until"], by=request.scope, at=timezone.now()
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The hold stands. Nothing about this person will be destroyed."))
            return redirect("sharing-retention")
    audit.viewed(by=request.scope, at=timezone.now(), person_id=person.pk, page="legal-hold")
    return render(request, "sharing/retention_hold.html", {"form": form, "person": person, "cancel": _back()})


@require_http_methods(["GET", "POST"])
@requires(Permission.RETENTION_REVIEW)
def lift_hold(request: ScopedRequest, hold_id: int) -> HttpResponse:
    hold = queries.get_hold(hold_id=hold_id, scope=request.scope)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.lift_hold(hold_id=hold_id, reason=form.cleaned_data["reason"], by=request.scope, at=timezone.now())
        messages.success(request, _("Lifted. This person's records can be reviewed and destroyed again."))
        return redirect("sharing-retention")
    audit.viewed(by=request.scope, at=timezone.now(), person_id=hold.person_id, page="legal-hold")
    return render(request, "sharing/retention_lift.html", {"form": form, "hold": hold, "cancel": _back()})


@require_GET
@requires(Permission.RETENTION_VIEW)
def destruction(request: ScopedRequest, list_id: int) -> HttpResponse:
    """A destruction list: before, the dry run and who has approved; after, its certificate."""
    scope = request.scope
    chosen = queries.get_list(list_id=list_id, scope=scope)
    items = queries.list_items(list_id=list_id, scope=scope)
    approvals = queries.list_approvals(list_id=list_id, scope=scope)
    is_open = chosen.state == ListState.PROPOSED
    if is_open and items:
        audit.viewed_list(
            by=scope,
            at=timezone.now(),
            person_ids=sorted({item.person_id for item in items}),
            action="view.destruction",
        )
    counts = (
        erasure.merge(queries.plan(record=item.record, person_id=item.person_id, scope=scope) for item in items)
        if is_open
        else erasure.merge(item.counts for item in items)
    )
    names = partnerships.user_names(user_ids={chosen.proposed_by, *(each.approved_by for each in approvals)})
    context = {
        "list": chosen,
        "state": chosen.get_state_display(),
        "is_open": is_open,
        "is_done": chosen.state == ListState.DONE,
        "items": [present.item_row(item, shows_name=is_open) for item in items],
        "counts": present.count_rows(counts),
        "proposed_by": names[chosen.proposed_by],
        "approvals": [{"name": names[each.approved_by], "at": each.approved_at} for each in approvals],
        "may_approve": scope.allows(Permission.RETENTION_APPROVE)
        and rules.can_approve(
            state=chosen.state, approved_by=[each.approved_by for each in approvals], user_id=scope.user_id
        ),
        "may_withdraw": scope.allows(Permission.RETENTION_REVIEW) and is_open,
    }
    return render(request, "sharing/retention_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RETENTION_APPROVE)
def approve(request: ScopedRequest, list_id: int) -> HttpResponse:
    """The interruption before an approval: what will happen, and to how many."""
    scope = request.scope
    chosen = queries.get_list(list_id=list_id, scope=scope)
    approvals = queries.list_approvals(list_id=list_id, scope=scope)
    rules.check_can_approve(
        state=chosen.state, approved_by=[each.approved_by for each in approvals], user_id=scope.user_id
    )
    if request.method == "POST":
        shown = request.POST.get("records", "")
        records = int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 9 else -1
        is_second = destroying.approve(list_id=list_id, records=records, by=scope, at=timezone.now())
        messages.success(
            request,
            _("Approved. The records are being destroyed.")
            if is_second
            else _("Approved. One more person must approve."),
        )
        return redirect("sharing-destruction", list_id)
    records = len(queries.list_items(list_id=list_id, scope=scope))
    context = {"list": chosen, "records": records, "is_second": len(approvals) == rules.APPROVALS - 1}
    return render(request, "sharing/retention_approve.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RETENTION_REVIEW)
def withdraw(request: ScopedRequest, list_id: int) -> HttpResponse:
    chosen = queries.get_list(list_id=list_id, scope=request.scope)
    if chosen.state != ListState.PROPOSED:
        raise WrongState("This list no longer waits for approval: somebody else has decided meanwhile.")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        destroying.withdraw(list_id=list_id, reason=form.cleaned_data["reason"], by=request.scope, at=timezone.now())
        messages.success(request, _("Withdrawn. Its records are due for review again."))
        return redirect("sharing-retention")
    cancel = {"text": _("Cancel"), "href": reverse("sharing-destruction", args=[list_id])}
    return render(request, "sharing/retention_withdraw.html", {"form": form, "list": chosen, "cancel": cancel})


@require_GET
@requires(Permission.RETENTION_VIEW)
def certificate(request: ScopedRequest, list_id: int) -> HttpResponse:
    """The certificate of a list that has been carried out, as a text file."""
    scope = request.scope
    chosen = queries.get_list(list_id=list_id, scope=scope)
    if chosen.state != ListState.DONE:
        raise NotVisible()
    audit.record(
        by=scope,
        at=timezone.now(),
        kind=Kind.DISCLOSURE,
        action="sharing.download_certificate",
        subject_type="sharing.DestructionList",
        subject_id=chosen.pk,
    )
    response = HttpResponse(_certificate(chosen, request), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="destruction-certificate-{chosen.pk}.txt"'
    return response


def _certificate(chosen: DestructionList, request: ScopedRequest) -> str:
    items = queries.list_items(list_id=chosen.pk, scope=request.scope)
    approvals = queries.list_approvals(list_id=chosen.pk, scope=request.scope)
    names = partnerships.user_names(user_ids={each.approved_by for each in approvals})
    lines = present.certificate(
        chosen,
        items=items,
        approvals=[(names[each.approved_by], each.approved_at) for each in approvals],
        agency=chosen.owner_agency.name,
        counts=erasure.merge(item.counts for item in items),
    )
    return "\n".join(lines) + "\n"


def _back() -> dict[str, str]:
    return {"text": _("Cancel"), "href": reverse("sharing-retention")}
