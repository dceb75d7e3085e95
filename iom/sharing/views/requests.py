"""Asking another agency for information, answering, and the log of what was disclosed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, paged, requires
from iom.audit import operations as audit
from iom.common.errors import InvalidInput, NotVisible, WrongState
from iom.partnerships import operations as partnership_operations
from iom.partnerships import queries as partnerships
from iom.people.presenters.frame import person_frame
from iom.people.queries import people
from iom.sharing.choices.requests import Give
from iom.sharing.forms.requests import AskForm, ContactForm, ItemForm, LogForm, RefuseForm, SendForm, TextForm
from iom.sharing.models import InformationRequest
from iom.sharing.operations import requests as operations
from iom.sharing.operations.requests import Asking
from iom.sharing.presenters import requests as present
from iom.sharing.queries import requests as queries
from iom.sharing.rules import requests as rules

PAGE = 50
MOST_EXPORTED = 5000
ASK, ANSWER, LOG = Permission.REQUEST_ASK, Permission.REQUEST_ANSWER, Permission.DISCLOSURE_VIEW


@require_GET
@requires(ASK)
def listed(request: ScopedRequest) -> HttpResponse:
    """What this agency was asked, or what it asked; open or closed."""
    box = "out" if request.GET.get("box") == "out" else "in"
    is_open = request.GET.get("list") != "closed"
    page = paged(queries.list_requests(scope=request.scope, box=box, is_open=is_open), request, PAGE)
    note_list(request, [each.person_id for each in page["rows"]], "view.requests")
    context = {
        "rows": present.request_rows(page["rows"], at=timezone.now()),
        "page": page,
        "box": box,
        "is_open": is_open,
        "params": request.GET,
    }
    return render(request, "sharing/requests.html", context)


@require_GET
@requires(ASK)
def of_person(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """The tab Sharing of a person: what this agency asked and was asked, gave and received about them."""
    scope, at = request.scope, timezone.now()
    person = people.get_person(public_id=public_id, scope=scope)
    audit.viewed(by=scope, at=at, person_id=person.pk, page="sharing")
    context = {
        "frame": person_frame(person=person, section="sharing", scope=scope, on=timezone.localdate()),
        "person": person,
        "requests": present.request_rows(queries.requests_about(person_id=person.pk, scope=scope), at=at),
        "disclosures": present.disclosure_rows(
            queries.disclosures_about(person_id=person.pk, scope=scope), scope=scope
        ),
    }
    return render(request, "sharing/requests_person.html", context)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def ask(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Asks another agency about a person."""
    scope, at = request.scope, timezone.now()
    person = people.get_person(public_id=public_id, scope=scope)
    others = {each.pk: each for each in partnerships.list_agencies(scope=scope) if each.pk != scope.agency_id}
    initial = {"who": present.who(person, scope), "agency": request.GET.get("agency", "")}
    form = AskForm(request.POST or None, agencies=[(pk, each.name) for pk, each in others.items()], initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        agency = others[given.pop("agency")]
        try:
            made = operations.ask(person=person, agency=agency, asking=Asking(**given), by=scope, at=at)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(agency)s has been asked.") % {"agency": agency.name})
            return redirect("sharing-request", made.pk)
    audit.viewed(by=scope, at=at, person_id=person.pk, page="ask")
    return render(request, "sharing/requests_ask.html", {"form": form, "person": person})


def opened(request: ScopedRequest, ask_id: int, page: str) -> InformationRequest:
    """The request of the address, the look at which is recorded."""
    found = queries.get_request(ask_id=ask_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=found.person_id, page=page)
    return found


@require_GET
@requires(ASK)
def one(request: ScopedRequest, ask_id: int) -> HttpResponse:
    """One request: what was asked, how far it is, and what each side can do next."""
    scope, at = request.scope, timezone.now()
    found = opened(request, ask_id, "request")
    disclosure = queries.disclosure_of(request=found, scope=scope)
    given = queries.given_of(disclosure_id=disclosure.pk, scope=scope) if disclosure else None
    is_open, answers = found.state in rules.OPEN, found.agency_id == scope.agency_id and scope.allows(ANSWER)
    ids = {found.asked_by, found.taken_by, found.closed_by, disclosure and disclosure.disclosed_by}
    names = partnerships.user_names(user_ids={each for each in ids if each})
    agreed = missing_agreement(found, request) if is_open and answers else ""
    context = {
        "found": found,
        "rows": present.request_summary(found, names=names, at=at),
        "disclosure": disclosure,
        "given": given,
        "may_answer": is_open and answers,
        "missing": agreed,
        "may_reply": found.state == "clarifying" and found.owner_agency_id == scope.agency_id,
        "may_withdraw": is_open and found.owner_agency_id == scope.agency_id,
        "may_take_back": given is not None and given.withdrawn_at is None and answers,
        "is_giver": found.agency_id == scope.agency_id,
    }
    return render(request, "sharing/request.html", context)


def missing_agreement(found: InformationRequest, request: ScopedRequest) -> str:
    """What agreement is missing for an answer; nothing where there is one."""
    try:
        operations.check_agreed(request=found, kinds=found.kinds, special=(), by=request.scope, on=timezone.localdate())
    except WrongState as error:
        return error.message
    return ""


def small(
    request: ScopedRequest, found: InformationRequest, form: Form, heading: str, write: Callable[..., Any], done: str,
    warns: str = "",
) -> HttpResponse:  # fmt: skip
    """One small form about a request."""
    if request.method == "POST" and form.is_valid():
        try:
            write(request=found, by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, done)
            return redirect("sharing-request", found.pk)
    context = {"form": form, "heading": heading, "found": found, "warns": warns}
    return render(request, "sharing/requests_form.html", context)


@require_http_methods(["GET", "POST"])
@requires(ASK)
def withdraw(request: ScopedRequest, ask_id: int) -> HttpResponse:
    found = opened(request, ask_id, "request-withdraw")
    form = TextForm(request.POST or None, name="reason", label=_("Why you no longer need it"))
    return small(request, found, form, _("Withdraw the request"), operations.withdraw, _("Withdrawn."))


@require_http_methods(["GET", "POST"])
@requires(ASK)
def reply(request: ScopedRequest, ask_id: int) -> HttpResponse:
    found = opened(request, ask_id, "request-reply")
    form = TextForm(request.POST or None, name="reply", label=_("What you need"))
    return small(
        request, found, form, _("Reply"), operations.reply, _("Sent. The clock runs again."), warns=found.clarify
    )


@require_POST
@requires(ANSWER)
def take(request: ScopedRequest, ask_id: int) -> HttpResponse:
    found = queries.get_request(ask_id=ask_id, scope=request.scope)
    operations.take(request=found, by=request.scope, at=timezone.now())
    messages.success(request, _("Your name stands on it now."))
    return redirect("sharing-request", found.pk)


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def clarify(request: ScopedRequest, ask_id: int) -> HttpResponse:
    found = opened(request, ask_id, "request-clarify")
    form = TextForm(request.POST or None, name="question", label=_("What you must know first"))
    done = _("Sent. The clock stands until they reply.")
    return small(request, found, form, _("Ask what they need"), operations.clarify, done)


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def refuse(request: ScopedRequest, ask_id: int) -> HttpResponse:
    found = opened(request, ask_id, "request-refuse")
    form = RefuseForm(request.POST or None)
    warns = _("%(agency)s is told why, in your words.") % {"agency": found.owner_agency.name}
    return small(request, found, form, _("Refuse"), operations.refuse, _("Refused."), warns=warns)


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def items(request: ScopedRequest, ask_id: int) -> HttpResponse:
    """What the agency asked holds of what is asked for: nothing is given that is not ticked."""
    scope = request.scope
    found = opened(request, ask_id, "request-items")
    if request.method == "POST" and "gather" in request.POST:
        count = operations.gather(request=found, by=scope, at=timezone.now())
        messages.success(request, _("%(count)s rows are held. Tick what you give.") % {"count": count})
        return redirect("sharing-request-items", found.pk)
    if request.method == "POST":
        ticked = {int(each) for each in request.POST.getlist("item") if each.isdecimal() and len(each) < 19}
        operations.choose(request=found, item_ids=ticked, by=scope, at=timezone.now())
        return redirect("sharing-request-send", found.pk)
    rules.check_is_asked(answering_id=found.agency_id, agency_id=scope.agency_id)
    held = list(queries.items_of(request=found, scope=scope))
    context = {"found": found, "groups": present.item_groups(held), "count": len(held)}
    return render(request, "sharing/requests_items.html", context)


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def item(request: ScopedRequest, answer_item_id: int) -> HttpResponse:
    """One item, and which of its fields are blacked out."""
    scope = request.scope
    found = queries.get_item(answer_item_id=answer_item_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.request.person_id, page="request-item")
    initial = {
        "give": Give.PART if found.give == Give.LEAVE else found.give,
        "blacked_out": found.blacked_out,
        "reason": found.reason,
    }
    form = ItemForm(request.POST or None, item=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.black_out(item=found, by=scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("sharing-request-items", found.request_id)
    return render(request, "sharing/requests_item.html", {"form": form, "item": found, "found": found.request})


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def send(request: ScopedRequest, ask_id: int) -> HttpResponse:
    """Writes the answer; then says what will be shared, with whom and under what, before it is sent."""
    scope, at = request.scope, timezone.now()
    found = opened(request, ask_id, "request-send")
    rules.check_is_asked(answering_id=found.agency_id, agency_id=scope.agency_id)
    form = SendForm(request.POST or None)
    chosen = queries.chosen_items(request=found, scope=scope)
    context: dict[str, Any] = {"form": form, "found": found, "rows": len(chosen)}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        is_part = given["is_part"] or rules.has_cuts(given["text"]) or any(i.give == Give.PART for i in chosen)
        try:
            if "confirmed" in request.POST:
                operations.send(request=found, by=scope, at=at, **given)
                messages.success(request, _("Sent to %(agency)s.") % {"agency": found.owner_agency.name})
                return redirect("sharing-request", found.pk)
            rules.check_can_send(
                items=len(chosen), text=given["text"], is_part=is_part, reason=given["reason"],
                kept_days=given["kept_days"],
            )  # fmt: skip
        except InvalidInput as error:
            add_errors(form, error)
        else:
            kinds = operations.kinds_given(chosen, given["text"])
            special = rules.special_in(sources=[item.source for item in chosen], words=given["special"])
            operations.check_agreed(request=found, kinds=kinds, special=special, by=scope, on=timezone.localdate())
            context |= {
                "kinds": present.kinds(kinds),
                "groups": present.item_groups(chosen),
                "text": rules.cut(given["text"]),
                "is_part": is_part,
                "gateway": present.gateway(found.gateway),
                "until": timezone.localdate() + timedelta(days=given["kept_days"] - 1),
                "fields": {name: request.POST.getlist(name) for name in form.fields},
            }
            return render(request, "sharing/requests_preview.html", context)
    return render(request, "sharing/requests_send.html", context)


@require_GET
@requires(ASK)
def given(request: ScopedRequest, disclosure_id: int) -> HttpResponse:
    """What was given, to read: for the roles it was given to, while it stands."""
    found = operations.open_given(disclosure_id=disclosure_id, by=request.scope, at=timezone.now())
    return render(request, "sharing/given.html", present.given_page(found))


@require_http_methods(["GET", "POST"])
@requires(ANSWER)
def take_back(request: ScopedRequest, disclosure_id: int) -> HttpResponse:
    """The giver withdraws what the receiver can still read."""
    found = queries.get_given(disclosure_id=disclosure_id, scope=request.scope)
    asked = found.disclosure.request
    if asked is None:
        raise NotVisible()
    audit.viewed(by=request.scope, at=timezone.now(), person_id=found.disclosure.person_id, page="take-back")
    form = TextForm(request.POST or None, name="reason", label=_("Why you withdraw it"))
    if request.method == "POST" and form.is_valid():
        operations.withdraw_given(disclosure_id=disclosure_id, by=request.scope, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Withdrawn. They can no longer read it."))
        return redirect("sharing-request", asked.pk)
    warns = _("From this moment %(agency)s can no longer read it. What was read already, was read.") % {
        "agency": found.disclosure.recipient
    }
    context = {"form": form, "heading": _("Withdraw what was given"), "found": asked, "warns": warns}
    return render(request, "sharing/requests_form.html", context)


def log_of(request: ScopedRequest) -> tuple[LogForm, Any]:
    form = LogForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, queries.log(scope=request.scope, **chosen)


@require_GET
@requires(LOG)
def log(request: ScopedRequest) -> HttpResponse:
    """Every disclosure that this agency made or received."""
    form, found = log_of(request)
    page = paged(found, request, PAGE)
    note_list(request, [each.person_id for each in page["rows"]], "view.disclosures")
    context = {
        "form": form,
        "params": request.GET,
        "page": page,
        "rows": present.disclosure_rows(page["rows"], scope=request.scope),
        "exports": downloads.export_links(request, "sharing-disclosures-export", permission=LOG),
    }
    return render(request, "sharing/disclosures.html", context)


@require_GET
@requires(LOG)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The log as a file; people are numbers in it."""
    _form, found = log_of(request)
    rows = present.disclosure_rows(list(found[:MOST_EXPORTED]), scope=request.scope)
    return downloads.download(
        request=request,
        name="disclosures",
        kind=kind,
        headings=present.export_headings(),
        rows=[present.export_row(row) for row in rows],
        permission=LOG,
        people=[row["person_id"] for row in rows],
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def contact(request: ScopedRequest) -> HttpResponse:
    """Whom other agencies ask, and whether they are told that this agency holds something they do not see."""
    own = next(each for each in partnerships.list_agencies(scope=request.scope) if each.pk == request.scope.agency_id)
    form = ContactForm(request.POST or None, initial={"contact": own.contact, "points": "yes" if own.points else "no"})
    if request.method == "POST" and form.is_valid():
        try:
            partnership_operations.set_contact(by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("admin")
    return render(request, "sharing/contact.html", {"form": form, "agency": own})


def note_list(request: ScopedRequest, person_ids: list[int], action: str) -> None:
    if person_ids:
        audit.viewed_list(by=request.scope, at=timezone.now(), person_ids=person_ids, action=action)
