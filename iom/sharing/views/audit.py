"""The audit record for information governance: search, one event, and looks that somebody should ask about."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, paged, requires
from iom.audit import operations as audit
from iom.audit import queries as record
from iom.audit import verification
from iom.audit.choices import Kind
from iom.partnerships import queries as partnerships
from iom.sharing.choices.looks import Finding
from iom.sharing.forms.audit import EventFilterForm, ReviewFilterForm, ReviewForm
from iom.sharing.operations import looks as operations
from iom.sharing.presenters import audit as present
from iom.sharing.queries import events as queries
from iom.sharing.queries import looks as reads
from iom.sharing.rules import looks as rules

PAGE = 50
MOST_EXPORTED = 10_000
SAMPLE = 10


def filter_form(request: ScopedRequest) -> EventFilterForm:
    scope = request.scope
    return EventFilterForm(
        request.GET,
        users=[("0", "OpenIOM"), *((str(pk), name) for pk, name in partnerships.list_users_ever(scope=scope))],
        agencies=[(str(agency.pk), agency.name) for agency in partnerships.list_agencies(scope=scope)],
        scope=scope,
    )


def note_search(request: ScopedRequest, form: EventFilterForm, chosen: queries.EventFilter | None) -> None:
    """That the record was asked, and what for; also where what was typed means nobody, or several."""
    detail: dict[str, Any] = {"not_read": sorted(form.errors)}
    if chosen is not None:
        detail = {"user": chosen.actor_id, "agency": chosen.agency_id, "kind": chosen.kind}
    audit.record(
        by=request.scope,
        at=timezone.now(),
        kind=Kind.CONSULTATION,
        action="view.audit",
        subject_type="audit.Event",
        subject_id="list",
        person_id=chosen.person_id if chosen else None,
        detail=detail,
    )


@require_GET
@requires(Permission.AUDIT_VIEW)
def search(request: ScopedRequest) -> HttpResponse:
    """Who did what, to whom, when and why; with a person, who has looked at them."""
    scope, form = request.scope, filter_form(request)
    chosen = form.filter()
    context: dict[str, Any] = {"form": form, "params": request.GET, "exports": []}
    if chosen is not None:
        before = request.GET.get("before", "")
        page = queries.page_of_events(
            chosen=chosen, before=int(before) if before.isdecimal() and len(before) < 19 else None, scope=scope
        )
        context |= {
            "rows": present.event_rows(page.events, unsealed=page.unsealed, scope=scope),
            "older": page.older,
            "exports": downloads.export_links(request, "sharing-audit-export", permission=Permission.AUDIT_EXPORT),
        }
    note_search(request, form, chosen)
    context["waiting"], context["oldest"] = record.waiting(scope=scope)
    context["is_behind"] = verification.is_behind(oldest=context["oldest"], at=timezone.now())
    context["head"] = record.head(scope=scope)
    return render(request, "sharing/audit.html", context)


@require_GET
@requires(Permission.AUDIT_EXPORT)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The events asked for as a file, the newest `MOST_EXPORTED` of them."""
    chosen = filter_form(request).filter()
    if chosen is None:
        # The page says what is wrong with the filter, and records that it was asked.
        return redirect(f"{reverse('sharing-audit')}?{request.GET.urlencode()}")
    page = queries.page_of_events(chosen=chosen, before=None, scope=request.scope, size=MOST_EXPORTED)
    rows = present.event_rows(page.events, unsealed=page.unsealed, scope=request.scope)
    return downloads.download(
        request=request,
        name="audit",
        kind=kind,
        headings=present.export_headings(),
        rows=[present.export_row(row) for row in rows],
        permission=Permission.AUDIT_EXPORT,
    )


@require_GET
@requires(Permission.AUDIT_VIEW)
def event(request: ScopedRequest, event_id: int) -> HttpResponse:
    """One event in full, with its place in the chain."""
    found = queries.get_event(event_id=event_id, scope=request.scope)
    audit.record(
        by=request.scope,
        at=timezone.now(),
        kind=Kind.CONSULTATION,
        action="view.audit-event",
        subject_type="audit.Event",
        subject_id=found.pk,
    )
    return render(request, "sharing/audit_event.html", present.event_page(found, scope=request.scope))


@require_GET
@requires(Permission.AUDIT_VIEW)
def looks(request: ScopedRequest) -> HttpResponse:
    """The looks that somebody should ask about, found by rule or drawn at random."""
    form = ReviewFilterForm(request.GET)
    done = request.GET.get("list") == "done"
    found = reads.list_reviews(scope=request.scope, done=done, doubt=form.chosen())
    page = paged(found, request, PAGE)
    context = {
        "form": form,
        "params": request.GET,
        "done": done,
        "rows": present.review_rows(page["rows"]),
        "page": page,
        "sample": SAMPLE,
    }
    return render(request, "sharing/looks.html", context)


@require_POST
@requires(Permission.AUDIT_VIEW)
def draw(request: ScopedRequest) -> HttpResponse:
    """Draws a dip sample."""
    count = operations.draw_sample(count=SAMPLE, by=request.scope, at=timezone.now())
    said = ngettext("%(count)s look was drawn.", "%(count)s looks were drawn.", count) % {"count": count}
    messages.success(request, said if count else _("Nobody looked at a record in the last week."))
    return redirect("sharing-looks")


@require_http_methods(["GET", "POST"])
@requires(Permission.AUDIT_VIEW)
def look(request: ScopedRequest, look_id: int) -> HttpResponse:
    """One of them: the looks, and what was found."""
    scope = request.scope
    one = reads.get_review(review_id=look_id, scope=scope)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        operations.review(
            review_id=one.pk, finding=Finding(given["finding"]), note=given["note"], by=scope, at=timezone.now()
        )
        messages.success(request, _("The review has been recorded."))
        return redirect("sharing-looks")
    events = reads.events_of(review=one, scope=scope)
    (row,) = present.review_rows([one])
    context = {
        "form": form,
        "review": one,
        "row": row,
        "rows": present.event_rows(events, unsealed=set(), scope=scope),
        "reviewer": partnerships.user_names(user_ids={one.reviewed_by or 0}).get(one.reviewed_by or -1, ""),
        "may_review": rules.can_review(actor_id=one.actor_id, reviewer_id=scope.user_id, finding=one.finding),
        "is_own": one.actor_id == scope.user_id,
    }
    return render(request, "sharing/look.html", context)
