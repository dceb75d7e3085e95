"""The ranked candidates, and one person's rank and scores with their working."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, page_number, requires
from iom.audit import operations as audit
from iom.cohorts import operations as cohorts
from iom.cohorts import queries
from iom.cohorts.choices import Standing, type_name
from iom.cohorts.forms import CandidateFilterForm
from iom.cohorts.models import RankRun
from iom.cohorts.presenters import candidates as present
from iom.cohorts.presenters import schemes
from iom.cohorts.scoring import publishable
from iom.cohorts.views import shared
from iom.common.errors import NotVisible
from iom.people.presenters.frame import person_frame
from iom.people.queries.people import get_person

TABS = ((Standing.ELIGIBLE, "Eligible"), (Standing.NEAR_MISS, "Near misses"))


def chosen_run(request: ScopedRequest, runs: list[RankRun]) -> RankRun | None:
    """The run of the scheme asked for, or of the first."""
    wanted = request.GET.get("scheme")
    return next((run for run in runs if run.scheme.slug == wanted), runs[0] if runs else None)


def filter_form(request: ScopedRequest, run: RankRun) -> CandidateFilterForm:
    strands = [(strand["id"], strand["name"]) for strand in run.version.definition["strands"]]
    return CandidateFilterForm(request.GET, areas=queries.list_areas(scope=request.scope), strands=strands)


@require_GET
@requires(Permission.CANDIDATES_VIEW)
def candidates(request: ScopedRequest) -> HttpResponse:
    """The current ranking of a scheme, best first, with the line at its capacity."""
    scope, on = request.scope, shared.today()
    runs = queries.list_ranked_schemes(scope=scope)
    run = chosen_run(request, runs)
    context: dict[str, Any] = {
        "sections": shared.sections(scope, "cohorts-candidates"),
        "runs": runs,
        "run": run,
        "schemes": queries.list_schemes(scope=scope),
        "params": request.GET,
    }
    if run is None:
        return render(request, "cohorts/candidates.html", context)
    standing = Standing.NEAR_MISS if request.GET.get("list") == Standing.NEAR_MISS else Standing.ELIGIBLE
    form = filter_form(request, run)
    page = queries.list_candidates(run=run, chosen=form.filter(standing), page=page_number(request), scope=scope)
    members, nominated = queries.who_is_in(person_ids=[row.person_id for row in page.rows], scope=scope)
    audit.viewed_list(
        by=scope,
        at=timezone.now(),
        person_ids=[row.person_id for row in page.rows],
        action="view.candidates",
        subject_type="cohorts.RankRun",
        subject_id=run.pk,
    )
    places = present.places(run)
    context |= {
        "form": form,
        "standing": standing,
        "tabs": [
            {"text": _(text), "value": value, **present.counted(count)}
            for (value, text), count in zip(TABS, queries.count_candidates(run=run, scope=scope), strict=True)
        ],
        "page": page,
        "rows": present.list_rows(
            page, members=members, nominated=nominated, unmet=present.unmet_of(page.rows, scope=scope), on=on
        ),
        "places": places,
        # With places for each strand the line falls in each: it can be drawn only through one of them.
        "draws_line": standing == Standing.ELIGIBLE and (not places or "strand" in form.chosen()),
        "exports": downloads.export_links(request, "cohorts-candidates-export"),
    }
    return render(request, "cohorts/candidates.html", context)


@require_GET
@requires(Permission.EXPORT)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The list as filtered, as a file."""
    request.scope.check(Permission.CANDIDATES_VIEW)
    run = chosen_run(request, queries.list_ranked_schemes(scope=request.scope))
    if run is None:
        raise NotVisible()
    standing = Standing.NEAR_MISS if request.GET.get("list") == Standing.NEAR_MISS else Standing.ELIGIBLE
    chosen = filter_form(request, run).filter(standing)
    found = list(queries.list_for_export(run=run, chosen=chosen, scope=request.scope))
    return downloads.download(
        request=request,
        name=f"candidates {run.scheme.slug} {run.on.isoformat()}",
        kind=kind,
        headings=present.export_headings(),
        rows=present.export_rows(found, unmet=present.unmet_of(found, scope=request.scope), on=shared.today()),
        people=[candidate.person_id for candidate in found],
    )


@require_GET
@requires(Permission.PERSON_SCORES_VIEW)
def scores(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """One person's rank in each scheme and every score, each with its working down to the rows of the record."""
    scope, on = request.scope, shared.today()
    person = get_person(public_id=public_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=person.pk, page="scores")
    ranks: list[dict[str, Any]] = []
    for run, candidate, working in queries.list_ranks(person_id=person.pk, scope=scope):
        factors, criteria = (working.factors, working.criteria) if working else ([], [])
        names = present.rows_of([*factors, *criteria])
        sources = queries.list_source_rows(names=names, person_id=person.pk, scope=scope)
        shown = present.criterion_rows(criteria, sources=sources)
        ranks.append(
            {
                "run": run,
                "candidate": candidate,
                "strand": type_name(candidate.strand),
                "reasons": present.unmet(shown) if candidate.standing != Standing.ELIGIBLE else [],
                "working": present.factor_rows(factors, definition=run.version.definition, sources=sources),
                "criteria": shown,
            }
        )
    memberships = queries.memberships_of(person_id=person.pk, scope=scope)
    nominations = queries.nominations_of(person_id=person.pk, scope=scope)
    wanted = request.GET.get("scheme")
    context = {
        "frame": person_frame(person=person, section="scores", scope=scope, on=on),
        "person": person,
        "ranks": ranks,
        # From whose list somebody came here: what a nomination from here is for.
        "scheme": wanted if wanted in {each["run"].scheme.slug for each in ranks} else "",
        "scores": present.score_cards(queries.list_scores(person_id=person.pk, scope=scope)),
        "may_nominate": shared.may_nominate(scope, person, memberships, nominations),
    }
    return render(request, "cohorts/scores.html", context)


@require_POST
@requires(Permission.CANDIDATES_VIEW)
def start_ranking(request: ScopedRequest, slug: str) -> HttpResponse:
    """Asks for a new ranking as of today."""
    scheme = queries.get_scheme(slug=slug, scope=request.scope)
    run = cohorts.start_ranking(scheme=scheme, on=shared.today(), by=request.scope, at=timezone.now())
    return redirect("cohorts-ranking", run.pk)


@require_GET
@requires(Permission.CANDIDATES_VIEW)
def ranking(request: ScopedRequest, run_id: int) -> HttpResponse:
    """How far a ranking has got; once done, where its list is, and how it falls on groups of people."""
    run = get_object_or_404(RankRun.objects.visible_to(request.scope).select_related("scheme", "version"), pk=run_id)
    template = "cohorts/ranking_progress.html" if request.headers.get("HX-Request") else "cohorts/ranking.html"
    context = {
        "run": run,
        "running": run.status in ("waiting", "running"),
        # Of whom the reader may see: only the current run of a scheme keeps its candidates.
        "eligible": present.counted(queries.count_candidates(run=run, scope=request.scope)[0])
        if run.is_current
        else None,
        "groups": schemes.fairness(publishable(run.fairness)) if run.fairness else None,
        "poll_url": reverse("cohorts-ranking", args=[run.pk]),
        "sections": shared.sections(request.scope, "cohorts-candidates"),
    }
    return render(request, template, context)


@require_POST
@requires(Permission.CANDIDATES_VIEW)
def cancel_ranking(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(RankRun.objects.visible_to(request.scope), pk=run_id)
    cohorts.cancel_ranking(run=run, by=request.scope, at=timezone.now())
    return redirect("cohorts-ranking", run.pk)
