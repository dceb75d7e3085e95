"""The queue of possible matches: compare two records, decide, undo, go on to the next, take the queue as a file."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, query_of, requires
from iom.audit import operations as audit
from iom.partnerships import queries as partnerships
from iom.people.choices import ReviewStatus, Verdict
from iom.people.forms import DecisionForm, MatchFilterForm, ReasonForm
from iom.people.models import PossibleMatch
from iom.people.operations import decisions
from iom.people.presenters import index_history as index
from iom.people.presenters import linking
from iom.people.presenters import matches as presenter
from iom.people.queries import decisions as reads
from iom.people.queries import matches as queries
from iom.people.queries.matches import MOST_COUNTED, PAGE
from iom.people.rules.decisions import UNDECIDED
from iom.people.views.search import page_number


@require_GET
@requires(Permission.MATCH_REVIEW)
def queue(request: ScopedRequest) -> HttpResponse:
    """The possible matches, strongest first, by how they stand, how strong they are and where they come from."""
    form = filter_form(request)
    chosen = form.chosen()
    found = queries.queue(scope=request.scope, **chosen)
    count = queries.count_up_to_most(found)
    pages = max(1, -(-min(count, MOST_COUNTED) // PAGE))
    page = min(max(page_number(request), 1), pages)
    listed = list(found[(page - 1) * PAGE : page * PAGE])
    audit.viewed_list(
        by=request.scope,
        at=timezone.now(),
        person_ids=presenter.people_of(listed),
        action="view.matches",
        subject_type="people.PossibleMatch",
    )
    context = {
        "form": form,
        "status": chosen["status"],
        "sort": "weight" if chosen["weakest_first"] else "-weight",
        "rows": [presenter.row(match) for match in listed],
        "count": min(count, MOST_COUNTED),
        "has_more": count > MOST_COUNTED,
        "page": page,
        "pages": pages,
        "first": (page - 1) * PAGE + 1,
        "linking": linking.linking(queries.runs(scope=request.scope), at=timezone.now()),
        "exports": downloads.export_links(request, "people-matches-export") if listed else [],
        "query": query_of(request),
        "most": MOST_COUNTED,
    }
    return render(request, "people/matches.html", context)


@require_GET
@requires(Permission.MATCH_REVIEW)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The queue as it is filtered, as a file; the first `MOST_COUNTED` of it."""
    request.scope.check(Permission.EXPORT)
    found = list(queries.queue(scope=request.scope, **filter_form(request).chosen())[:MOST_COUNTED])
    return downloads.download(
        request=request,
        name="possible matches",
        kind=kind,
        headings=presenter.export_headings(),
        rows=[presenter.export_row(match) for match in found],
        people=presenter.people_of(found),
    )


def filter_form(request: ScopedRequest) -> MatchFilterForm:
    return MatchFilterForm(request.GET, sources=partial(queries.list_sources, scope=request.scope))


@require_http_methods(["GET", "POST"])
@requires(Permission.MATCH_REVIEW)
def review(request: ScopedRequest, match_id: int) -> HttpResponse:
    """Two records side by side, and the question whether they are one person."""
    match = reads.get_match(match_id=match_id, scope=request.scope)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decided = decisions.decide_match(
            match_id=match.pk,
            verdict=form.cleaned_data["verdict"],
            reason=form.cleaned_data["reason"],
            by=request.scope,
            at=timezone.now(),
        )
        messages.success(request, said(decided.verdict))
        return redirect(next_href(request, match) or reverse("people-matches") + query_of(request))
    for record in (match.left, match.right):
        if record.person_id:
            audit.viewed(by=request.scope, at=timezone.now(), person_id=record.person_id, page="people.match")
    decision = queries.decision_on(match=match, scope=request.scope)
    names = partnerships.user_names(user_ids={decision.decided_by}) if decision else {}
    context = {
        "match": match,
        "form": form,
        "left": presenter.heading(match.left),
        "right": presenter.heading(match.right),
        "rows": presenter.comparison(match),
        "warnings": presenter.warnings(match),
        "weight": presenter.weight_in_words(match.match_weight),
        "strength": presenter.strength(match.match_weight),
        "odds": presenter.odds_in_words(match.match_weight),
        "decision": decision,
        "verdict": Verdict(decision.verdict).label if decision else "",
        "decided_by": names.get(decision.decided_by, "") if decision else "",
        "is_waiting": match.status in UNDECIDED,
        "is_settled": match.status == ReviewStatus.SETTLED,
        "next_href": next_href(request, match),
        "queue_href": reverse("people-matches") + query_of(request),
    }
    return render(request, "people/match.html", context, status=400 if form.is_bound else 200)


def next_href(request: ScopedRequest, match: PossibleMatch) -> str | None:
    """The next match of the queue as it was filtered where somebody came from; one that is done with is none of it."""
    chosen = filter_form(request).chosen()
    if chosen["status"] not in UNDECIDED:
        chosen["status"] = ReviewStatus.OPEN
    waiting = queries.queue(scope=request.scope, **chosen)
    following = queries.next_in(waiting, after=match, weakest_first=chosen["weakest_first"])
    return reverse("people-match", args=[following.pk]) + query_of(request) if following else None


def said(verdict: str) -> str:
    return {
        Verdict.SAME: _("The two records now belong to one person. You can undo this."),
        Verdict.DIFFERENT: _("The two records will stay with different people. You can undo this."),
        Verdict.UNSURE: _("The match is kept under “Not sure”."),
    }[Verdict(verdict)]


@require_http_methods(["GET", "POST"])
@requires(Permission.MATCH_REVIEW)
def undo(request: ScopedRequest, decision_id: int) -> HttpResponse:
    """Asks why a decision is to be undone, says what that will do, and does it."""
    decision = reads.get_decision(decision_id=decision_id, scope=request.scope)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decisions.undo_decision(
            decision_id=decision.pk, reason=form.cleaned_data["reason"], by=request.scope, at=timezone.now()
        )
        messages.success(request, _("The decision was undone."))
        match = queries.match_of(decision=decision, scope=request.scope)
        return redirect("people-match", match_id=match.pk) if match else redirect("people-matches")
    for record in (decision.left, decision.right):
        if record.person_id:
            audit.viewed(by=request.scope, at=timezone.now(), person_id=record.person_id, page="people.undo")
    match = queries.match_of(decision=decision, scope=request.scope)
    context = {
        "form": form,
        "decision": decision,
        "verdict": Verdict(decision.verdict).label,
        "records": [index.named_record(record) for record in (decision.left, decision.right)],
        "cancel_href": reverse("people-match", args=[match.pk]) if match else reverse("people-matches"),
    }
    return render(request, "people/undo.html", context, status=400 if form.is_bound else 200)
