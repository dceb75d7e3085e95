"""Limited access and emergency access: placing, confirming and lifting; opening, closing and reviewing."""

from datetime import date, datetime
from datetime import time as clock
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
from iom.agreements.operations import limits as operations
from iom.agreements.queries import limits
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotVisible
from iom.partnerships import queries as partnerships
from iom.people.models import Person
from iom.people.presenters.frame import person_frame
from iom.people.queries import people
from iom.sharing.forms.limits import AccessReviewForm, EmergencyByNumberForm, EmergencyForm, LiftForm, LimitForm
from iom.sharing.presenters import limits as present
from iom.sharing.queries import limits as queries

PLACE, CONFIRM, OPEN, REVIEW = (
    Permission.LIMITED_ACCESS_PLACE,
    Permission.LIMITED_ACCESS_CONFIRM,
    Permission.EMERGENCY_OPEN,
    Permission.EMERGENCY_REVIEW,
)


@require_GET
@requires(CONFIRM)
def limited(request: ScopedRequest) -> HttpResponse:
    """Every limit in force, those to be confirmed first."""
    scope, at = request.scope, timezone.now()
    found = list(limits.list_limits(scope=scope, at=at))
    note_list(request, [limit.person_id for limit in found], "view.limited-access")
    return render(request, "sharing/limits.html", {"rows": present.limit_rows(found, scope=scope, at=at)})


@require_GET
@requires(PLACE)
def of_person(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """The limits of one person, in force and ended."""
    scope, at = request.scope, timezone.now()
    person = seen(request, public_id, "limited-access")
    found = limits.limits_of(person_id=person.pk, scope=scope)
    context = {
        "frame": person_frame(person=person, section="limits", scope=scope, on=timezone.localdate()),
        "person": person,
        "rows": present.limit_rows(found, scope=scope, at=at),
    }
    return render(request, "sharing/limits_person.html", context)


@require_http_methods(["GET", "POST"])
@requires(PLACE)
def place(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Keeps a person's record from some, or for some."""
    scope, at = request.scope, timezone.now()
    person = seen(request, public_id, "limited-access-new")
    members = {each.user_id: f"{each.user.name}, {each.agency.name}" for each in partnerships.list_members(scope=scope)}
    agencies = [(agency.pk, agency.name) for agency in partnerships.list_agencies(scope=scope)]
    form = LimitForm(request.POST or None, users=list(members.items()), agencies=agencies)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.place_limit(person=person, **{**given, "kind": LimitKind(given["kind"])}, by=scope, at=at)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The limit holds now. Somebody else must confirm it within seven days."))
            return redirect("sharing-limits")
    return render(request, "sharing/limits_place.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
@requires(CONFIRM)
def confirm(request: ScopedRequest, limit_id: int) -> HttpResponse:
    """A second person confirms a limit that somebody placed."""
    scope, at = request.scope, timezone.now()
    limit = limits.get_limit(limit_id=limit_id, scope=scope)
    if request.method == "POST":
        operations.confirm_limit(limit=limit, by=scope, at=at)
        messages.success(request, _("Confirmed. The limit stays until it is lifted."))
        return redirect("sharing-limits")
    audit.viewed(by=scope, at=at, person_id=limit.person_id, page="limited-access-confirm")
    (row,) = present.limit_rows([limit], scope=scope, at=at)
    return render(request, "sharing/limits_confirm.html", {"row": row})


@require_http_methods(["GET", "POST"])
@requires(CONFIRM)
def lift(request: ScopedRequest, limit_id: int) -> HttpResponse:
    """Ends a limit."""
    scope, at = request.scope, timezone.now()
    limit = limits.get_limit(limit_id=limit_id, scope=scope)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.lift_limit(limit=limit, reason=form.cleaned_data["reason"], by=scope, at=at)
        messages.success(request, _("Lifted. The record is seen again as each agency shares it."))
        return redirect("sharing-limits")
    audit.viewed(by=scope, at=at, person_id=limit.person_id, page="limited-access-lift")
    (row,) = present.limit_rows([limit], scope=scope, at=at)
    return render(request, "sharing/limits_lift.html", {"form": form, "row": row})


@require_http_methods(["GET", "POST"])
@requires(OPEN)
def emergency(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Opens the whole record of a person for some hours: says first what will happen, and who is told."""
    scope, at = request.scope, timezone.now()
    person = queries.person_to_open(public_id=public_id, scope=scope)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = opened(request, person, form)
        if answer is not None:
            return answer
    audit.viewed(by=scope, at=at, person_id=person.pk, page="emergency")
    own = queries.open_for(person_id=person.pk, scope=scope)
    # Only who lets it be told: whom else it would open keeps to itself that it holds anything, until it is opened.
    told = ", ".join(agency.name for agency in people.pointed_to(person_id=person.pk, scope=scope))
    context = {"form": form, "told": told, "own": own, "by_number": False}
    return render(request, "sharing/emergency.html", context)


@require_http_methods(["GET", "POST"])
@requires(OPEN)
def emergency_by_number(request: ScopedRequest) -> HttpResponse:
    """Opens the record of whom an identifier means, though it cannot be found by search."""
    form = EmergencyByNumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope = request.scope
        person = queries.person_with(identifier=form.cleaned_data["identifier"], scope=scope)
        if person is None:
            audit.record(
                by=scope, at=timezone.now(), kind=Kind.CONSULTATION, action="sharing.emergency_not_found",
                subject_type="people.Person", subject_id="none", reason=form.cleaned_data["reason"],
            )  # fmt: skip
            form.add_error(
                "identifier", _("No one record of the partnership has this number. Check it with whoever gave it.")
            )
        elif (answer := opened(request, person, form)) is not None:
            return answer
    return render(request, "sharing/emergency.html", {"form": form, "told": "", "own": None, "by_number": True})


def opened(request: ScopedRequest, person: Person, form: EmergencyForm) -> HttpResponse | None:
    """Opens the record and goes there; None where the form must be mended."""
    scope, given = request.scope, form.cleaned_data
    try:
        access = operations.open_emergency(
            person_id=person.pk,
            emergency=Emergency(given["emergency"]),
            reason=given["reason"],
            hours=given["hours"],
            told_agencies=queries.owners_opened(person_id=person.pk, scope=scope),
            by=scope,
            at=timezone.now(),
        )
    except InvalidInput as error:
        add_errors(form, error)
        return None
    messages.success(
        request,
        _("The record is open to you, and to nobody else. Its owners have been told. Close it when you are done."),
    )
    return redirect("people-person", public_id=person.public_id) if access else None


@require_http_methods(["GET", "POST"])
@requires(OPEN)
def own(request: ScopedRequest, own_access_id: int) -> HttpResponse:
    """The user's own emergency access, to close it before its time."""
    scope, at = request.scope, timezone.now()
    access = limits.get_access(access_id=own_access_id, scope=scope)
    if access.user_id != scope.user_id:
        raise NotVisible()
    if request.method == "POST":
        operations.close_emergency(access=access, by=scope, at=at)
        messages.success(request, _("Closed. The record is seen again as each agency shares it."))
        return redirect("today")
    audit.viewed(by=scope, at=at, person_id=access.person_id, page="emergency-own")
    (row,) = present.access_rows([access], scope=scope)
    return render(request, "sharing/emergency_own.html", {"row": row, "is_open": scope.access_to(access.person_id)})


def month_of(request: ScopedRequest) -> tuple[date, date]:
    """The first day of the month that is asked for, and of the next; this month where it cannot be read."""
    try:
        first = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        first = timezone.localdate().replace(day=1)
    if not 2000 <= first.year < 9999:
        first = timezone.localdate().replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def in_month(request: ScopedRequest, first: date, end: date) -> Any:
    start, stop = (timezone.make_aware(datetime.combine(day, clock())) for day in (first, end))
    return limits.list_accesses(scope=request.scope, start=start, end=stop)


@require_GET
@requires(REVIEW)
def emergencies(request: ScopedRequest) -> HttpResponse:
    """The report of a month: every record that was opened in an emergency, and what the reviews found."""
    scope, (first, end) = request.scope, month_of(request)
    found = list(in_month(request, first, end))
    waiting = list(limits.to_review(scope=scope))
    note_list(request, sorted({access.person_id for access in [*found, *waiting]}), "view.emergency-access")
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    context = {
        "rows": present.access_rows(found, scope=scope),
        "waiting": present.access_rows(waiting, scope=scope),
        "figures": present.month_summary(found, on=timezone.localdate()),
        "month": date_format(first, "F Y"),
        "before": before,
        "after": end if end <= timezone.localdate() else None,
        "exports": downloads.export_links(request, "sharing-emergencies-export", permission=REVIEW),
    }
    return render(request, "sharing/emergencies.html", context)


@require_GET
@requires(REVIEW)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The month's report as a file."""
    first, end = month_of(request)
    found = list(in_month(request, first, end))
    return downloads.download(
        request=request,
        name=f"emergency-access-{first:%Y-%m}",
        kind=kind,
        headings=present.export_headings(),
        rows=[present.export_row(row) for row in present.access_rows(found, scope=request.scope)],
        permission=REVIEW,
        people=[access.person_id for access in found],
    )


@require_http_methods(["GET", "POST"])
@requires(REVIEW)
def review(request: ScopedRequest, access_id: int) -> HttpResponse:
    """One emergency access, for a second person to say what they found."""
    scope, at = request.scope, timezone.now()
    access = limits.get_access(access_id=access_id, scope=scope)
    form = AccessReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        operations.review_emergency(
            access=access, finding=AccessFinding(given["finding"]), note=given["note"], by=scope, at=at
        )
        messages.success(request, _("The review has been recorded."))
        return redirect("sharing-emergencies")
    audit.viewed(by=scope, at=at, person_id=access.person_id, page="emergency-review")
    (row,) = present.access_rows([access], scope=scope)
    return render(request, "sharing/emergency_review.html", {"form": form, "row": row})


def seen(request: ScopedRequest, public_id: UUID, page: str) -> Person:
    person = people.get_person(public_id=public_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=person.pk, page=page)
    return person


def note_list(request: ScopedRequest, person_ids: list[int], action: str) -> None:
    if person_ids:
        audit.viewed_list(by=request.scope, at=timezone.now(), person_ids=person_ids, action=action)
