"""Reads of the equality evidence log, and of the figures on record that an entry can rest on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from iom.access.scope import Scope
from iom.cohorts.models import RankRun, SchemeVersion
from iom.common.errors import NotVisible
from iom.outcomes import queries as outcomes
from iom.outcomes.models import EqualityEvidence
from iom.sharing.models import EqualityEntry

MOST_FIGURES = 40
SORTS = ("looked_on", "review_on")


@dataclass(frozen=True)
class Figures:
    """A report on record: of a ranking, of the check of a version before it went live, or of selection.

    `key` names it in a form: `run-7`, `version-3`, `outcomes-5`. `report` is as `iom.cohorts.scoring` stored it, or as
    `iom.outcomes` did: one has a version, the other a day.
    """

    key: str
    version: SchemeVersion | None
    run: RankRun | None
    report: dict[str, Any]
    outcomes: EqualityEvidence | None = None

    @property
    def on(self) -> date:
        return self.outcomes.on if self.outcomes is not None else date.fromisoformat(self.report["on"])


def list_entries(
    *,
    scope: Scope,
    subject: str = "",
    characteristic: str = "",
    evidence: str = "",
    show: str = "",
    sort: str = "-looked_on",
) -> "QuerySet[EqualityEntry]":
    """The current entries, or with `show="all"` also those that others follow, by one of `SORTS` or its reverse."""
    found: QuerySet[EqualityEntry] = EqualityEntry.objects.visible_to(scope).select_related("owner")
    if show != "all":
        found = found.filter(later__isnull=True)
    if subject:
        found = found.filter(subject=subject)
    if characteristic:
        found = found.filter(characteristics__contains=[characteristic])
    if evidence:
        found = found.filter(evidence=evidence)
    name = sort.removeprefix("-")
    by = F(name if name in SORTS else "looked_on")
    return found.order_by(by.desc() if sort.startswith("-") or name not in SORTS else by.asc(), "-pk")


def get_entry(*, equality_id: int, scope: Scope) -> EqualityEntry:
    """One entry, with the ones before and after it. Raises `NotVisible` where it is not the partnership's."""
    found: EqualityEntry | None = (
        EqualityEntry.objects.visible_to(scope)
        .select_related("owner", "earlier", "later", "version__scheme", "run", "outcomes")
        .filter(pk=equality_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


def list_near_review(*, scope: Scope, until: date) -> list[EqualityEntry]:
    """Current entries to be looked at again by a day, the soonest first."""
    found = EqualityEntry.objects.visible_to(scope).filter(later__isnull=True, review_on__lte=until)
    return list(found.order_by("review_on", "pk"))


def list_figures(*, scope: Scope) -> list[Figures]:
    """The reports on record of selection and what followed, of rankings and of checks, of each the newest first."""
    return [
        *map(_of_outcomes, outcomes.list_equality(scope=scope)[:MOST_FIGURES]),
        *map(_of_run, _runs(scope).order_by("-pk")[:MOST_FIGURES]),
        *map(_of_version, _versions(scope).order_by("-pk")[:MOST_FIGURES]),
    ]


def get_figures(*, key: str, scope: Scope) -> Figures:
    """The fairness report of that key. Raises `NotVisible`."""
    kind, _dash, number = key.partition("-")
    if number.isascii() and number.isdecimal():
        if kind == "run" and (run := _runs(scope).filter(pk=int(number)).first()) is not None:
            return _of_run(run)
        if kind == "version" and (version := _versions(scope).filter(pk=int(number)).first()) is not None:
            return _of_version(version)
        if kind == "outcomes":
            return _of_outcomes(outcomes.get_equality(evidence_id=int(number), scope=scope))
    raise NotVisible()


def _runs(scope: Scope) -> "QuerySet[RankRun]":
    found: QuerySet[RankRun] = RankRun.objects.visible_to(scope).filter(fairness__has_key="rows")
    return found.select_related("version__scheme")


def _versions(scope: Scope) -> "QuerySet[SchemeVersion]":
    found: QuerySet[SchemeVersion] = SchemeVersion.objects.visible_to(scope).filter(fairness__has_key="rows")
    return found.select_related("scheme")


def _of_run(run: RankRun) -> Figures:
    assert run.fairness is not None  # it was asked for
    return Figures(f"run-{run.pk}", run.version, run, run.fairness)


def _of_version(version: SchemeVersion) -> Figures:
    assert version.fairness is not None  # it was asked for
    return Figures(f"version-{version.pk}", version, None, version.fairness)


def _of_outcomes(evidence: EqualityEvidence) -> Figures:
    return Figures(f"outcomes-{evidence.pk}", None, None, evidence.figures, evidence)
