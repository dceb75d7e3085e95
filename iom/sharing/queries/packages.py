"""Reads of packages for somebody outside the partnership."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from iom.access.scope import Scope
from iom.common import subject_access
from iom.common.errors import NotVisible
from iom.common.subject_access import Gathered
from iom.sharing.choices.packages import PackageState
from iom.sharing.models import Package
from iom.sharing.rules import requests as rules


def list_packages(*, scope: Scope) -> "QuerySet[Package]":
    """The agency's packages, the newest first."""
    found: QuerySet[Package] = Package.objects.visible_to(scope)
    return found.select_related("person").order_by("-made_at", "-pk")


def get_package(*, package_id: int, scope: Scope) -> Package:
    found = list_packages(scope=scope).select_related("owner_agency").filter(pk=package_id).first()
    if found is None:
        raise NotVisible()
    return found


def to_approve(*, scope: Scope) -> "QuerySet[Package]":
    """Those that somebody else put together and that wait for a second person."""
    return (
        list_packages(scope=scope)
        .filter(state=PackageState.CHECK)
        .exclude(made_by=scope.user_id)
        .exclude(filled_by=scope.user_id)
    )


def held(*, package: Package, scope: Scope) -> list[Gathered]:
    """What the agency itself holds about the person, of the kinds chosen, and may give to outsiders."""
    return [
        each
        for each in subject_access.gather(scope=scope, person_id=package.person_id)
        if each.controller_id == scope.agency_id
        and rules.kind_of(each.source) in package.kinds
        and rules.may_go_to(None, only_for=each.only_for)
    ]


def of_person(*, scope: Scope, person_ids: Collection[int]) -> "QuerySet[Package]":
    """Packages about people that have not come to an end."""
    ended = (PackageState.OVER, PackageState.DROPPED)
    return list_packages(scope=scope).filter(person__in=person_ids).exclude(state__in=ended)


def without_use(*, scope: Scope, package_ids: Collection[int]) -> list[int]:
    """Those of these packages, by id, whose file nobody can fetch: dropped, over, or never approved."""
    found = Package.objects.visible_to(scope).filter(pk__in=package_ids).exclude(state=PackageState.READY)
    return list(found.values_list("pk", flat=True))


def ended(*, scope: Scope, on: date) -> "QuerySet[Package]":
    """Packages whose file can no longer be fetched from that day."""
    return list_packages(scope=scope).filter(state=PackageState.READY, expires_on__lte=on)
