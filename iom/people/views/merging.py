"""Merging two people and splitting one: choose, say why, read what will happen, confirm."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.audit import operations as audit
from iom.people import linkage
from iom.people.choices import Verdict
from iom.people.forms import ReasonForm, SplitForm
from iom.people.operations import decisions
from iom.people.presenters import frame, records
from iom.people.presenters import index_history as index
from iom.people.presenters import search as presenter
from iom.people.queries import decisions as reads
from iom.people.queries import people, search
from iom.people.rules import search as rules
from iom.people.views.person import open_person

MOST_OFFERED = 20


@require_GET
@requires(Permission.PERSON_MERGE)
def choose(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Whom to merge this person with: found by a search."""
    person = open_person(request, public_id, "merge")
    on, typed = timezone.localdate(), request.GET.get("with", "").strip()
    found = search.find(scope=request.scope, query=rules.read(typed, on=on, forms_of=linkage.full_forms))
    offered = [each for each in found.people if each.pk != person.pk][:MOST_OFFERED]
    if offered:
        audit.viewed_list(
            by=request.scope, at=timezone.now(), person_ids=[each.pk for each in offered], action="people.search"
        )
    known = people.records_of(person_ids=[each.pk for each in offered], scope=request.scope)
    rows = presenter.rows(offered, known, found.exact, on)
    choices = [(row, each.public_id) for row, each in zip(rows, offered, strict=True)]
    return render(request, "people/merge_choose.html", framed(request, person, typed=typed, choices=choices))


@require_http_methods(["GET", "POST"])
@requires(Permission.PERSON_MERGE)
def merge(request: ScopedRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """The two people's records side by side, the reason, what will happen; then it is done."""
    person = open_person(request, public_id, "merge")
    other = open_person(request, other_id, "merge")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and request.POST.get("confirmed") == "yes":
        decisions.merge_people(
            keep_id=person.pk,
            gone_id=other.pk,
            reason=form.cleaned_data["reason"],
            by=request.scope,
            at=timezone.now(),
        )
        messages.success(request, _("The two people are one now. You can undo this under Index history."))
        return redirect("people-person", public_id=person.public_id)
    found = people.records_of(person_ids=[person.pk, other.pk], scope=request.scope)
    found.sort(key=lambda record: record.person_id != person.pk)
    theirs = [record for record in found if record.person_id == other.pk]
    sides = ({record.pk for record in found} - {record.pk for record in theirs}, {record.pk for record in theirs})
    context = framed(
        request,
        person,
        form=form,
        other_name=frame.shown_identity(other, theirs).name,
        sides=[records.side(record) for record in found],
        belongs=[record.person_id == person.pk for record in found],
        rows=records.side_by_side(found),
        moving=[index.named_record(record) for record in theirs],
        contradicted=reads.visible_between(*sides, Verdict.DIFFERENT, scope=request.scope),
    )
    if request.method == "POST" and form.is_valid():
        return render(request, "people/merge_confirm.html", context)
    return render(request, "people/merge.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PERSON_MERGE)
def split(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Which records are another person's, the reason, what will happen; then it is done."""
    person = open_person(request, public_id, "split")
    found = people.records_of(person_ids=[person.pk], scope=request.scope)
    form = SplitForm(split_data(request), records=[(record.pk, index.named_record(record)) for record in found])
    if form.is_valid():
        chosen = set(form.cleaned_data["records"])
        if request.POST.get("confirmed") == "yes":
            new = decisions.split_person(
                person_id=person.pk,
                record_ids=chosen,
                reason=form.cleaned_data["reason"],
                by=request.scope,
                at=timezone.now(),
            )
            messages.success(request, _("This is the new person. You can undo this under Index history."))
            return redirect("people-person", public_id=new.public_id)
        stay = {record.pk for record in found} - chosen
        context = framed(
            request,
            person,
            form=form,
            chosen=",".join(str(record_id) for record_id in sorted(chosen)),
            moving=[index.named_record(record) for record in found if record.pk in chosen],
            staying=[index.named_record(record) for record in found if record.pk in stay],
            contradicted=reads.visible_between(chosen, stay, Verdict.SAME, scope=request.scope),
        )
        return render(request, "people/split_confirm.html", context)
    context = framed(
        request,
        person,
        form=form,
        sides=[records.side(record) for record in found],
        rows=records.side_by_side(found),
        can_split=len(found) > 1,
    )
    return render(request, "people/split.html", context, status=400 if form.is_bound else 200)


def split_data(request: ScopedRequest) -> Any:
    """What was sent, the records one by one: the interruption page sends them in one field."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    data.setlist("records", [part for value in data.getlist("records") for part in value.split(",")])
    return data


def framed(request: ScopedRequest, person: Any, **context: Any) -> dict[str, Any]:
    shown = frame.person_frame(person=person, section="overview", scope=request.scope, on=timezone.localdate())
    return {"person": person, "frame": shown, **context}
