"""Subject access: find the person, record the request, gather, decide, have it checked, release, send."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.audit import operations as audit
from iom.common.errors import InvalidInput, NotVisible
from iom.common.seen import mark_of
from iom.partnerships import queries as partnerships
from iom.people import linkage
from iom.people.presenters import search as present_people
from iom.people.queries import people
from iom.people.queries import search as search_people
from iom.people.rules import search as typed
from iom.sharing.adapters import answers, letters
from iom.sharing.choices.subject_access import IdentityCheck, RequestState, Treatment
from iom.sharing.forms.subject_access import (
    CloseForm,
    ConsultedForm,
    DecideForm,
    IdentityForm,
    ReasonForm,
    RequestForm,
)
from iom.sharing.models import SubjectAccessRequest
from iom.sharing.operations import subject_access
from iom.sharing.operations.subject_access import Asked
from iom.sharing.presenters import clock as present_clock
from iom.sharing.presenters import subject_access as present
from iom.sharing.queries import subject_access as queries
from iom.sharing.rules import subject_access as rules
from iom.sharing.views import shared
from iom.sharing.views.shared import ask, pdf

MANAGE, CHECK = Permission.SUBJECT_ACCESS_MANAGE, Permission.SUBJECT_ACCESS_CHECK
MOST_FOUND = 25
# What somebody is looked for here: where a choice leads, and what the page asks.
FOUND_FOR = {
    "": ("sharing-subject-access-new", gettext_noop("Whose data is asked for?")),
    "rights": ("sharing-rights-new", gettext_noop("Whose data is asked for?")),
    "hold": ("sharing-place-hold", gettext_noop("Whose records are to be kept?")),
}


@require_GET
@requires(CHECK)
def requests(request: ScopedRequest) -> HttpResponse:
    """The agency's requests, those with the least time left first."""
    scope, on = request.scope, timezone.localdate()
    is_open = request.GET.get("show") != "closed"
    found = queries.list_requests(scope=scope, is_open=is_open)
    person_ids = [each.person_id for each in found]
    audit.viewed_list(by=scope, at=timezone.now(), person_ids=person_ids, action="view.subject_access")
    rows = [present.row(each, on=on) for each in found]
    context = {"rows": rows, "is_open": is_open, "may_manage": scope.allows(MANAGE)}
    return render(request, "sharing/subject_access_list.html", context)


@require_GET
@requires(MANAGE)
def find(request: ScopedRequest) -> HttpResponse:
    """Whose data is asked for: everybody whom what is typed could mean, so that the wrong one is not chosen."""
    scope, on = request.scope, timezone.localdate()
    text = request.GET.get("q", "").strip()
    query = typed.read(text, on=on, forms_of=linkage.full_forms)
    found = search_people.find(scope=scope, query=query)
    shown = found.people[:MOST_FOUND]
    person_ids = [person.pk for person in shown]
    audit.viewed_list(by=scope, at=timezone.now(), person_ids=person_ids, action="view.subject_access_find")
    records = people.records_of(person_ids=person_ids, scope=scope)
    rows = present_people.rows(shown, records, found.exact, on)
    what_for = request.GET.get("for", "")
    to, heading = FOUND_FOR.get(what_for, FOUND_FOR[""])
    context = {
        "typed": text,
        "rows": list(zip(shown, rows, strict=True)),
        "what_for": what_for if what_for in FOUND_FOR else "",
        "heading": _(heading),
        "to": to,
    }
    return render(request, "sharing/subject_access_find.html", context)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def new(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Records a request of this person, shown with other people they may be in the index as."""
    scope = request.scope
    person = people.get_person(public_id=public_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=person.pk, page="subject-access-new")
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = subject_access.record(person=person, asked=Asked(**form.cleaned_data), by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The request has been recorded."))
            return redirect("sharing-subject-access-request", made.pk)
    doubts = people.open_matches(person_id=person.pk, scope=scope)
    return render(request, "sharing/subject_access_new.html", {"form": form, "person": person, "doubts": len(doubts)})


def opened(request: ScopedRequest, request_id: int, page: str) -> SubjectAccessRequest:
    """The request of the address, the look at which is recorded."""
    found = queries.get_request(request_id=request_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=found.person_id, page=page)
    return found


@require_GET
@requires(CHECK)
def one(request: ScopedRequest, request_id: int) -> HttpResponse:
    """One request: its clock, every item with what was decided, and what can be done next."""
    scope = request.scope
    found = opened(request, request_id, "subject-access")
    items = list(queries.items_of(request=found, scope=scope))
    undecided = sum(item.treatment == Treatment.UNDECIDED for item in items)
    staff = {found.recorded_by, found.identity_checked_by, found.prepared_by, found.closed_by} - {None}
    deciders = {item.decided_by for item in items if item.decided_by}
    may_manage, is_in_hand, is_open = scope.allows(MANAGE), found.state in rules.IN_HAND, found.state in rules.OPEN
    waits = queries.clock_of(found).waits
    second: dict[str, Any] = {
        "state": found.state, "checker_id": scope.user_id, "prepared_by": found.prepared_by, "deciders": deciders
    }  # fmt: skip
    context = {
        "found": found,
        "clock": present_clock.rows(found, is_open=is_open),
        "groups": present.groups(items),
        "count": len(items),
        "undecided": undecided,
        "awaits_identity": found.state == RequestState.RECEIVED and found.identity_check == IdentityCheck.NOT_YET,
        "names": partnerships.user_names(user_ids={each for each in staff if each}),
        "may_gather": may_manage and is_in_hand and not waits,
        "may_decide": may_manage and found.state == RequestState.REVIEW,
        "may_prepare": may_manage
        and bool(items)
        and rules.can_prepare(state=found.state, undecided=undecided, waits=waits),
        "may_close": may_manage and is_in_hand,
        "may_manage": may_manage,
        "may_release": rules.can_release(**second),
        "may_refuse": rules.can_refuse(**second),
        "is_to_check": found.state in rules.TO_CHECK,
        "has_letter": has_letter(found),
        **present_clock.moves(found, is_in_hand=is_in_hand, is_open=is_open),
    }
    return render(request, "sharing/subject_access_request.html", context)


def has_letter(found: SubjectAccessRequest) -> bool:
    is_open = found.state in rules.OPEN
    return found.state == RequestState.REFUSED or present_clock.takes_longer(found, is_open=is_open)


@require_GET
@requires(CHECK)
def letter(request: ScopedRequest, request_id: int) -> HttpResponse:
    """The letter that a request is refused, or that it takes longer, to be sent to the person."""
    found = queries.get_request(request_id=request_id, scope=request.scope)
    if not has_letter(found):
        raise NotVisible()
    subject_access.taken(request=found, kind="letter", by=request.scope, at=timezone.now())
    if found.state == RequestState.REFUSED:
        return pdf(letters.refusal(found), f"subject-access-{found.pk}-letter")
    return pdf(letters.more_time(found, due_on=present_clock.due_on(found)), f"subject-access-{found.pk}-letter")


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def identity(request: ScopedRequest, request_id: int) -> HttpResponse:
    found = opened(request, request_id, "subject-access-identity")
    form = IdentityForm(request.POST or None)
    done = _("Identity is confirmed. The clock has started.")
    return ask(request, found, form, _("Confirm identity"), subject_access.confirm_identity, done)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def pause(request: ScopedRequest, request_id: int) -> HttpResponse:
    return shared.pause(request, opened(request, request_id, "subject-access-pause"))


@require_POST
@requires(MANAGE)
def resume(request: ScopedRequest, request_id: int) -> HttpResponse:
    return shared.resume(request, queries.get_request(request_id=request_id, scope=request.scope))


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def extend(request: ScopedRequest, request_id: int) -> HttpResponse:
    return shared.extend(request, opened(request, request_id, "subject-access-extend"))


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def close(request: ScopedRequest, request_id: int) -> HttpResponse:
    """Withdrawn by the person, or proposed to a second person to be refused."""
    found = opened(request, request_id, "subject-access-close")
    form = CloseForm(request.POST or None)

    def write(*, move: str, **given: Any) -> None:
        (subject_access.propose_refusal if move == "refuse" else subject_access.withdraw)(**given)

    is_refusal = request.POST.get("move") == "refuse"
    done = _("The refusal waits for a second person to check it.") if is_refusal else _("The request is closed.")
    return ask(request, found, form, _("End without an answer"), write, done)


@require_http_methods(["GET", "POST"])
@requires(CHECK)
def refuse(request: ScopedRequest, request_id: int) -> HttpResponse:
    """First a page that says what the person will be told; then it is refused."""
    scope = request.scope
    found = opened(request, request_id, "subject-access-refuse")
    if request.method == "POST":
        subject_access.refuse(request=found, seen=request.POST.get("seen", ""), by=scope, at=timezone.now())
        messages.success(request, _("Refused. Send the letter to the person."))
        return redirect("sharing-subject-access-request", found.pk)
    rules.check_can_refuse(
        state=found.state,
        checker_id=scope.user_id,
        prepared_by=found.prepared_by,
        deciders=queries.deciders(request=found, scope=scope),
    )
    return render(request, "sharing/subject_access_refuse.html", {"found": found, "seen": mark_of(found.prepared_at)})


@require_http_methods(["GET", "POST"])
@requires(CHECK)
def send_back(request: ScopedRequest, request_id: int) -> HttpResponse:
    found = opened(request, request_id, "subject-access-send-back")
    form = ReasonForm(request.POST or None)
    done = _("Sent back to who prepared it.")
    return ask(request, found, form, _("Send the answer back"), subject_access.send_back, done)


@require_POST
@requires(MANAGE)
def gather(request: ScopedRequest, request_id: int) -> HttpResponse:
    found = queries.get_request(request_id=request_id, scope=request.scope)
    count = subject_access.gather(request=found, by=request.scope, at=timezone.now())
    messages.success(request, _("%(count)s items have been gathered.") % {"count": count})
    return redirect("sharing-subject-access-request", found.pk)


@require_POST
@requires(MANAGE)
def prepare(request: ScopedRequest, request_id: int) -> HttpResponse:
    found = queries.get_request(request_id=request_id, scope=request.scope)
    subject_access.prepare(request=found, by=request.scope, at=timezone.now())
    messages.success(request, _("The answer waits for a second person to check it."))
    return redirect("sharing-subject-access-request", found.pk)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def decide(request: ScopedRequest, item_id: int) -> HttpResponse:
    """One item as it stands, and what becomes of it."""
    scope = request.scope
    item = queries.get_item(item_id=item_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=item.request.person_id, page="subject-access-item")
    initial = {name: getattr(item, name) for name in ("treatment", "redacted", "exemption", "reason", "consulted")}
    consulting = subject_access.needs_consulting(item, scope)
    form = DecideForm(request.POST or None, item=item, needs_consulting=consulting, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            subject_access.decide(item=item, by=scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The decision has been saved."))
            return redirect(reverse("sharing-subject-access-request", args=[item.request_id]) + "#items")
    return render(request, "sharing/subject_access_item.html", {"item": item, "form": form})


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def give_all(request: ScopedRequest, item_id: int) -> HttpResponse:
    """Before many items are given at once: how many, of what, and whose."""
    scope = request.scope
    item = queries.get_item(item_id=item_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=item.request.person_id, page="subject-access-give-all")
    form = ConsultedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = subject_access.give_all_like(item=item, by=scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(count)s items will be given.") % {"count": count})
            return redirect(reverse("sharing-subject-access-request", args=[item.request_id]) + "#items")
    count = queries.plain_undecided(like=item, scope=scope).count()
    context = {"item": item, "form": form, "count": count, "is_own": item.controller_id == scope.agency_id}
    return render(request, "sharing/subject_access_give_all.html", context)


@require_http_methods(["GET", "POST"])
@requires(CHECK)
def release(request: ScopedRequest, request_id: int) -> HttpResponse:
    """First a page that says what will be given, and to whom; then it is released."""
    scope = request.scope
    found = opened(request, request_id, "subject-access-release")
    deciders = queries.deciders(request=found, scope=scope)
    rules.check_can_release(
        state=found.state, checker_id=scope.user_id, prepared_by=found.prepared_by, deciders=deciders
    )
    if request.method == "POST":
        subject_access.release(request=found, seen=request.POST.get("seen", ""), by=scope, at=timezone.now())
        messages.success(request, _("Released. The files of the answer are being made."))
        return redirect("sharing-subject-access-request", found.pk)
    context = {
        "found": found,
        "seen": mark_of(found.prepared_at),
        "counts": queries.count_of(request=found, scope=scope),
        "recipients": queries.recipients(request=found, scope=scope),
    }
    return render(request, "sharing/subject_access_release.html", context)


@require_GET
@requires(CHECK)
def download(request: ScopedRequest, request_id: int, kind: str) -> HttpResponse:
    """A file of a released answer, to be sent to the person."""
    found = queries.get_request(request_id=request_id, scope=request.scope)
    rules.check_can_take(is_outdated=found.outdated_at is not None)
    body = answers.read(found, kind)
    subject_access.taken(request=found, kind=kind, by=request.scope, at=timezone.now())
    response = HttpResponse(body, content_type=answers.KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="subject-access-{found.pk}.{kind}"'
    return response
