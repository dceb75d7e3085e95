"""Schemes, their versions, and which ranking of each is current."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.cohorts.choices import CohortType, MembershipState, RunStatus, VersionStatus
from iom.cohorts.models import CohortMembership, RankRun, Scheme, SchemeVersion, WhatIfPerson
from iom.common.errors import NotVisible

FIXED_FLEX_FREE = (CohortType.FIXED, CohortType.FLEX, CohortType.FREE)


def list_schemes(*, scope: Scope) -> list[Scheme]:
    """The partnership's schemes by name, each with its versions, newest first."""
    found = Scheme.objects.visible_to(scope).prefetch_related("versions")
    return list(found.order_by("name"))


def list_schemes_in_use(*, scope: Scope) -> list[Scheme]:
    """The schemes with a version in force, by name: those that people can be nominated under."""
    found = Scheme.objects.visible_to(scope).filter(versions__status=VersionStatus.ACTIVE)
    return list(found.order_by("name"))


def get_scheme(*, slug: str, scope: Scope) -> Scheme:
    found: Scheme | None = Scheme.objects.visible_to(scope).filter(slug=slug).first()
    if found is None:
        raise NotVisible()
    return found


def list_versions(*, scheme: Scheme, scope: Scope) -> list[SchemeVersion]:
    """The scheme's versions, newest first."""
    return list(SchemeVersion.objects.visible_to(scope).filter(scheme=scheme).order_by("-number"))


def get_version(*, slug: str, number: int, scope: Scope) -> SchemeVersion:
    """One version with its scheme; raises `NotVisible`."""
    versions = SchemeVersion.objects.visible_to(scope).select_related("scheme")
    found: SchemeVersion | None = versions.filter(scheme__slug=slug, number=number).first()
    if found is None:
        raise NotVisible()
    return found


def list_ranked_schemes(*, scope: Scope) -> list[RankRun]:
    """The current run of each scheme that has one; first the scheme with most members, which the panel works with."""
    members = CohortMembership.objects.visible_to(scope).filter(state=MembershipState.ACTIVE)
    of_scheme = members.filter(scheme=OuterRef("scheme")).order_by().values("scheme").values(count=Count("pk"))
    found = RankRun.objects.visible_to(scope).filter(is_current=True).select_related("scheme", "version")
    return list(found.order_by(Coalesce(Subquery(of_scheme), 0).desc(), "scheme__name"))


def current_run(*, scheme_id: int) -> RankRun | None:
    found: RankRun | None = RankRun.objects.filter(scheme_id=scheme_id, is_current=True).first()
    return found


def latest_run(*, scheme: Scheme, scope: Scope) -> RankRun | None:
    """The last run asked for, whatever became of it."""
    found: RankRun | None = RankRun.objects.visible_to(scope).filter(scheme=scheme).order_by("-id").first()
    return found


def is_ranking(*, scheme_id: int) -> bool:
    at_work = [RunStatus.WAITING, RunStatus.RUNNING]
    return bool(RankRun.objects.filter(scheme_id=scheme_id, status__in=at_work).exists())


def active_text(*, scheme_id: int, scope: Scope) -> str | None:
    """The definition in force, if there is one."""
    found = SchemeVersion.objects.visible_to(scope).filter(scheme_id=scheme_id, status=VersionStatus.ACTIVE)
    text: str | None = found.values_list("text", flat=True).first()
    return text


def definition_of(*, version_id: int, scope: Scope) -> dict[str, Any]:
    """What a version says, as plain values; empty where it is not to be seen."""
    found = SchemeVersion.objects.visible_to(scope).filter(pk=version_id).values_list("definition", flat=True).first()
    return found or {}


def all_cohort_types(*, scope: Scope) -> dict[str, str]:
    """What members can be called under any scheme in force, by slug."""
    types: dict[str, str] = {}
    active = SchemeVersion.objects.visible_to(scope).filter(status=VersionStatus.ACTIVE).order_by("scheme__name")
    for definition in active.values_list("definition", flat=True):
        types |= types_in(definition)
    return types or types_in({})


def types_in(definition: dict[str, Any]) -> dict[str, str]:
    strands = definition.get("strands", [])
    if strands:
        return {strand["id"]: strand["name"] for strand in strands}
    return {kind.value: str(kind.label) for kind in FIXED_FLEX_FREE}


def cohort_types(*, scheme_id: int) -> dict[str, str]:
    """What a member of the scheme can be called, by slug: its strands, or fixed, flex and free where it has none."""
    version = SchemeVersion.objects.filter(scheme_id=scheme_id, status=VersionStatus.ACTIVE).first()
    return types_in(version.definition if version else {})


def list_runs(*, scheme: Scheme, scope: Scope) -> list[RankRun]:
    """The last ten rankings of a scheme, newest first."""
    found = RankRun.objects.visible_to(scope).filter(scheme=scheme).select_related("version")
    return list(found.order_by("-id")[:10])


def list_moved_people(*, version: SchemeVersion, scope: Scope) -> list[WhatIfPerson]:
    """Whom the version would bring above the capacity line or drop below it, with their person."""
    found = WhatIfPerson.objects.visible_to(scope).filter(version=version).select_related("person")
    return list(found.order_by("movement", "rank_after", "rank_before", "id"))


def count_moved(*, version: SchemeVersion, scope: Scope) -> dict[str, int] | None:
    """How many of those whom the scope may see the version would bring above the line or drop below it.

    Nothing for who sees no candidates: a count of two or three tells of people whom their role keeps from them.
    """
    if not scope.allows(Permission.CANDIDATES_VIEW):
        return None
    found = WhatIfPerson.objects.visible_to(scope).filter(version=version).order_by()
    return dict(found.values_list("movement").annotate(people=Count("pk")))
