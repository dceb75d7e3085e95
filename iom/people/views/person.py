"""The pages about one person. Each view of them is recorded."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.audit import operations as audit
from iom.common import registries
from iom.partnerships import queries as partnerships
from iom.people.models import Person
from iom.people.presenters import frame, history, matches, records
from iom.people.presenters import index_history as index
from iom.people.queries import people
from iom.people.views.search import page_number

TIMELINE_PAGE = 50


def open_person(request: ScopedRequest, public_id: UUID, page: str) -> Person:
    """The person of the address, the view of whom is recorded; whoever was merged is opened where they went."""
    person = people.get_person(public_id=public_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=person.pk, page=f"people.{page}")
    return person


def person_page(request: ScopedRequest, person: Person, section: str, context: dict[str, Any]) -> HttpResponse:
    found = context.get("records")
    context["frame"] = frame.person_frame(
        person=person, section=section, scope=request.scope, on=timezone.localdate(), records=found
    )
    context["person"] = person
    return render(request, f"people/{section}.html", context)


@require_GET
@requires(Permission.PERSON_VIEW)
def overview(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Each agency's record side by side, where they differ, and whether the person may be in the index twice."""
    person = open_person(request, public_id, "overview")
    if person.public_id != public_id:
        return redirect("people-person", public_id=person.public_id)
    found = people.records_of(person_ids=[person.pk], scope=request.scope)
    doubts = people.open_matches(person_id=person.pk, scope=request.scope)
    others = {each.person_id for match in doubts for each in (match.left, match.right)} - {person.pk}
    if named := sorted(person_id for person_id in others if person_id is not None):
        audit.viewed_list(by=request.scope, at=timezone.now(), person_ids=named, action="view.possible_matches")
    on = timezone.localdate()
    registrations = people.current_registrations(person_id=person.pk, scope=request.scope, on=on)
    context = {
        "attention": registries.list_attention(scope=request.scope, on=on, person_id=person.pk),
        "records": found,
        "sides": [records.side(record) for record in found],
        "rows": records.side_by_side(found),
        "doubts": [matches.other_side(match, person.pk) for match in doubts],
        "registrations": records.registers(registrations),
        "pointers": people.pointed_to(person_id=person.pk, scope=request.scope),
        "may_review": request.scope.allows(Permission.MATCH_REVIEW),
        "may_merge": request.scope.allows(Permission.PERSON_MERGE),
    }
    return person_page(request, person, "overview", context)


@require_GET
@requires(Permission.PERSON_VIEW)
def offending(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """The career in figures, then sanctions, arrests, custody and drug tests."""
    person = open_person(request, public_id, "offending")
    found = people.records_of(person_ids=[person.pk], scope=request.scope)
    happened = people.history(person_id=person.pk, scope=request.scope)
    figures = people.career(person_id=person.pk, scope=request.scope)
    context = {
        "records": found,
        "career": history.career(figures, frame.shown_identity(person, found).date_of_birth),
        "sanctions": history.sanctions(happened.sanctions),
        "arrests": history.arrests(happened.arrests),
        "custody": history.custody(happened.custody),
        "drug_tests": history.drug_tests(happened.drug_tests),
        "most": people.MOST_EVENTS,
    }
    return person_page(request, person, "offending", context)


@require_GET
@requires(Permission.PERSON_VIEW)
def timeline(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Everything that happened, from every app, newest first."""
    person = open_person(request, public_id, "timeline")
    kind = request.GET.get("kind", "")
    entries, kinds = history.timeline(scope=request.scope, person_id=person.pk, kind=kind)
    pages = max(1, -(-len(entries) // TIMELINE_PAGE))
    page = min(max(page_number(request), 1), pages)
    first = (page - 1) * TIMELINE_PAGE
    context = {
        "entries": entries[first : first + TIMELINE_PAGE],
        "kinds": kinds,
        "kind": kind if kind in kinds else "",
        "count": len(entries),
        "page": page,
        "pages": pages,
        "first": first + 1,
    }
    return person_page(request, person, "timeline", context)


@require_GET
@requires(Permission.PERSON_VIEW)
def index_history(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """How records came to this person and left, and who decided what."""
    person = open_person(request, public_id, "index-history")
    events = people.index_events(person_id=person.pk, scope=request.scope)
    decisions = people.decisions_about(person_id=person.pk, scope=request.scope)
    names = partnerships.user_names(
        user_ids={event.by_id for event in events} | {decision.decided_by for decision in decisions}
    )
    context = {
        "changes": index.changes(events, person.pk, names, people.reasons_behind(events=events, scope=request.scope)),
        "decisions": index.decided(decisions, names),
        "may_review": request.scope.allows(Permission.MATCH_REVIEW),
    }
    return person_page(request, person, "index-history", context)
