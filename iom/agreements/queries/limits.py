"""Reads of limited and of emergency access."""

from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from iom.access.scope import PersonRule, Scope
from iom.agreements.choices.limits import LimitKind
from iom.agreements.models import EmergencyAccess, LimitedAccess
from iom.agreements.rules import limits as rules
from iom.common.errors import NotVisible
from iom.partnerships import queries as partnerships


def scope_of(request: HttpRequest) -> Scope:
    """The scope of a signed-in request, with who is kept from the user, and who is open to them, at this moment."""
    scope = partnerships.scope_of(request)
    return limited(scope, at=timezone.now()) if scope.partnership_id else scope


def limited(scope: Scope, *, at: datetime) -> Scope:
    """The scope with the limits and the emergency accesses that hold for its user at a moment.

    Asked by the system: whoever is kept out need not be able to see the limit.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_id, person_id, kind, is_named from agreements_person_rules(%s, %s, %s, %s)",
            [scope.partnership_id, scope.agency_id, scope.user_id, at],
        )
        found = cursor.fetchall()
    opened = tuple(PersonRule(person_id, row_id) for row_id, person_id, kind, _named in found if not kind)
    people = {rule.person_id for rule in opened}
    shut_out = tuple(
        PersonRule(person_id, row_id)
        for row_id, person_id, kind, is_named in found
        if kind and rules.shuts_out(kind=kind, is_named=is_named, is_opened=person_id in people)
    )
    return replace(scope, shut_out=shut_out, opened=opened)


def in_force_at(at: datetime) -> Q:
    """A limit that holds: not lifted, and confirmed or not yet lapsed."""
    return Q(lifted_at__isnull=True) & (Q(lapses_at__isnull=True) | Q(lapses_at__gt=at))


def is_excluded(*, person_id: int, scope: Scope) -> bool:
    """Whether this very user is named as somebody from whom the person is kept. To be asked by the system."""
    return bool(_keeping(person_id, scope).filter(kind=LimitKind.EXCLUDED).exists())


def is_open(*, person_id: int, user_id: int, at: datetime) -> bool:
    """Whether a person is open to a user in an emergency at a moment. To be asked by the system."""
    found = EmergencyAccess.objects.filter(person_id=person_id, user_id=user_id, closed_at__isnull=True)
    return bool(found.filter(closes_at__gt=at).exists())


def _keeping(person_id: int, scope: Scope) -> "QuerySet[LimitedAccess]":
    """The limits that shut this user out of a person."""
    ids = [rule.row_id for rule in scope.shut_out if rule.person_id == person_id]
    found: QuerySet[LimitedAccess] = LimitedAccess.objects.filter(pk__in=ids)
    return found


def limits_of(*, person_id: int, scope: Scope) -> list[LimitedAccess]:
    """The limits of one person, those that ended too, the newest first."""
    found = LimitedAccess.objects.visible_to(scope).filter(person_id=person_id).select_related("owner_agency")
    return list(found.order_by("-placed_at", "-pk"))


def list_limits(*, scope: Scope, at: datetime) -> "QuerySet[LimitedAccess]":
    """The limits in force that this scope may see: those to be confirmed first, then by the day of their review."""
    found: QuerySet[LimitedAccess] = LimitedAccess.objects.visible_to(scope).filter(in_force_at(at))
    return found.select_related("owner_agency").order_by("confirmed_at", "review_on", "pk")


def get_limit(*, limit_id: int, scope: Scope) -> LimitedAccess:
    found: LimitedAccess | None = LimitedAccess.objects.visible_to(scope).filter(pk=limit_id).first()
    if found is None:
        raise NotVisible()
    return found


def wording_for(*, person_id: int, scope: Scope) -> LimitedAccess | None:
    """The limit whose words a reader who is shut out may be given; None where one of theirs says nothing.

    To be asked by the system: the reader may not see it.
    """
    found = list(_keeping(person_id, scope).order_by("-pk"))
    return found[0] if found and all(limit.tells_reader for limit in found) else None


def get_access(*, access_id: int, scope: Scope) -> EmergencyAccess:
    found: EmergencyAccess | None = EmergencyAccess.objects.visible_to(scope).filter(pk=access_id).first()
    if found is None:
        raise NotVisible()
    return found


def list_accesses(*, scope: Scope, start: datetime, end: datetime) -> "QuerySet[EmergencyAccess]":
    """The emergency accesses opened in a span of time, the newest first."""
    found: QuerySet[EmergencyAccess] = EmergencyAccess.objects.visible_to(scope).filter(
        opened_at__gte=start, opened_at__lt=end
    )
    return found.select_related("owner_agency").order_by("-opened_at", "-pk")


def to_review(*, scope: Scope) -> "QuerySet[EmergencyAccess]":
    """Those that somebody other than this user opened, and nobody has reviewed, the first due first."""
    found: QuerySet[EmergencyAccess] = EmergencyAccess.objects.visible_to(scope).filter(reviewed_at__isnull=True)
    return found.exclude(user_id=scope.user_id).select_related("owner_agency").order_by("review_due_on", "pk")


def told(*, scope: Scope, since: datetime) -> list[EmergencyAccess]:
    """The accesses to records of this agency that others opened since then, the newest first."""
    found = EmergencyAccess.objects.visible_to(scope).filter(
        told_agencies__contains=[scope.agency_id], opened_at__gte=since
    )
    return list(found.exclude(user_id=scope.user_id).select_related("owner_agency").order_by("-opened_at"))


def is_limited(*, person_id: int, scope: Scope, at: datetime) -> bool:
    """Whether a person's record is kept from anybody at a moment."""
    return bool(LimitedAccess.objects.visible_to(scope).filter(in_force_at(at), person_id=person_id).exists())
