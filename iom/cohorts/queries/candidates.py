"""The ranked candidates, and everybody's scores.

Lists read the current run by equality on what it is filtered by and in order of rank: one page costs the same, whether
the run holds a hundred people or a million. Counts stop at `COUNT_LIMIT`.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.cohorts.choices import Standing
from iom.cohorts.models import Candidate, CandidateWorking, RankRun, Score
from iom.common.errors import NotVisible

PAGE = 25
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class CandidateFilter:
    """What the list is narrowed to; None means all. `standing` is eligible or near miss."""

    standing: str = Standing.ELIGIBLE
    area_id: int | None = None
    strand: str | None = None
    sex: str | None = None
    age_band: str | None = None
    in_custody: bool | None = None
    within_capacity: bool | None = None

    def conditions(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if value is not None}


@dataclass(frozen=True)
class CandidatePage:
    """One page of the list. `count` is exact up to `COUNT_LIMIT`; beyond, `is_more` is true and it is the limit."""

    rows: list[Candidate]
    before: Candidate | None  # the last one of the page before, to draw the capacity line between pages
    number: int
    pages: int
    count: int
    is_more: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * PAGE + len(self.rows)


def list_candidates(*, run: RankRun, chosen: CandidateFilter, page: int, scope: Scope) -> CandidatePage:
    """The candidates of a run, best rank first, with their person and area.

    Pages reach as far as `COUNT_LIMIT` people: who needs somebody further down narrows the list or searches.
    """
    found = Candidate.objects.visible_to(scope).filter(run=run, **chosen.conditions())
    counted = len(found.order_by("rank").values_list("pk")[: COUNT_LIMIT + 1])
    count = min(counted, COUNT_LIMIT)
    pages = max(1, -(-count // PAGE))
    number = min(max(page, 1), pages)
    start = (number - 1) * PAGE
    with_one_before = max(start - 1, 0)
    rows = list(
        found.select_related("person", "area").order_by("rank")[with_one_before : min(start + PAGE, COUNT_LIMIT)]
    )
    before = rows.pop(0) if start and rows else None
    return CandidatePage(rows, before, number, pages, count, counted > COUNT_LIMIT)


def count_candidates(*, run: RankRun, scope: Scope) -> tuple[int, int]:
    """How many are eligible and how many nearly, of those whom the scope may see; up to one beyond `COUNT_LIMIT`.

    The run's own totals are of everybody: beside the list, they would tell how many are kept from its reader.
    """
    found = Candidate.objects.visible_to(scope).filter(run=run).order_by("rank").values_list("pk")
    eligible, near = (
        len(found.filter(standing=standing)[: COUNT_LIMIT + 1]) for standing in (Standing.ELIGIBLE, Standing.NEAR_MISS)
    )
    return eligible, near


def list_for_export(*, run: RankRun, chosen: CandidateFilter, scope: Scope) -> list[Candidate]:
    """The same list as far as it is counted, in one go."""
    found = Candidate.objects.visible_to(scope).filter(run=run, **chosen.conditions())
    return list(found.select_related("person", "area").order_by("rank")[:COUNT_LIMIT])


def list_criteria(*, candidates: list[Candidate], scope: Scope) -> dict[int, list[dict[str, Any]]]:
    """The criteria of each candidate, by its id, with whether they are met and why; none where that was not kept."""
    found = CandidateWorking.objects.visible_to(scope).filter(candidate__in=candidates)
    return dict(found.values_list("candidate_id", "criteria"))


def get_candidate(*, run: RankRun, person_id: int, scope: Scope) -> tuple[Candidate, CandidateWorking | None]:
    """A person's place in a run with its working, if that was kept; raises `NotVisible` where they are not in it."""
    found = Candidate.objects.visible_to(scope).filter(run=run, person_id=person_id).select_related("area").first()
    if found is None:
        raise NotVisible()
    working = CandidateWorking.objects.visible_to(scope).filter(candidate=found).first()
    return found, working


def list_ranks(*, person_id: int, scope: Scope) -> list[tuple[RankRun, Candidate, CandidateWorking | None]]:
    """The person's place in the current run of each scheme, with its working where that was kept."""
    found = Candidate.objects.visible_to(scope).filter(person_id=person_id, run__is_current=True)
    found = found.select_related("run__scheme", "run__version", "area").order_by("run__scheme__name")
    candidates = list(found)
    kept = CandidateWorking.objects.visible_to(scope).filter(candidate__in=candidates)
    workings = {working.candidate_id: working for working in kept}
    return [(candidate.run, candidate, workings.get(candidate.pk)) for candidate in candidates]


def list_scores(*, person_id: int, scope: Scope) -> list[Score]:
    """The person's scores by predictor: what was last worked out first, and of that what counts; older ones follow."""
    found = Score.objects.visible_to(scope).filter(person_id=person_id).select_related("owner_agency")
    return list(found.order_by("predictor", "-scored_on", "-run_id", "-counts", "-horizon_months", "kind"))


def snapshot(*, person_id: int, run: RankRun | None) -> dict[str, Any]:
    """What is known of a person's rank and scores now, as plain values: a nomination keeps it as it was.

    Of what agencies sent only what all partners may see: who sees the nomination sees what it keeps.
    """
    scores = Score.objects.filter(Q(assessed_on__isnull=True) | Q(audience=Audience.PARTNERS), person_id=person_id)
    scores = scores.order_by("predictor", "kind", "horizon_months", "-id")
    kept: dict[str, Any] = {
        "scores": [
            {
                "predictor": score.predictor,
                "version": score.version,
                "kind": score.kind,
                "horizon_months": score.horizon_months,
                "percent": score.percent,
                "band": score.band,
                "provisional": score.provisional,
                "missing": score.missing,
                "scored_on": (score.assessed_on or score.scored_on).isoformat(),
            }
            for score in scores.distinct("predictor", "kind", "horizon_months")
        ]
    }
    candidate = Candidate.objects.filter(run=run, person_id=person_id).first() if run else None
    if candidate is None or run is None:
        return kept
    working = CandidateWorking.objects.filter(candidate=candidate).first()
    return kept | {
        "run": run.pk,
        "version": run.version_id,
        "on": run.on.isoformat(),
        "standing": candidate.standing,
        "rank": candidate.rank,
        "points": candidate.points,
        "strand": candidate.strand,
        "within_capacity": candidate.within_capacity,
        "reasons": candidate.reasons,
        "factors": working.factors if working else [],
    }
