"""What the pages of limited and emergency access show, and what Today and the person's frame say of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
from iom.agreements.models import EmergencyAccess, LimitedAccess
from iom.agreements.queries import limits
from iom.agreements.rules import limits as rules
from iom.common.registries import NEWS_DAYS, Attention
from iom.govuk.filters import date as day
from iom.govuk.filters import datetime as moment
from iom.govuk.frames import PersonWarning
from iom.partnerships import queries as partnerships
from iom.sharing.queries import limits as queries
from iom.sharing.queries.events import public_ids

SHORT = 8  # letters of a person's public number that a list shows


def called(*, person_ids: set[int], scope: Scope) -> dict[int, dict[str, Any]]:
    """How a list names people: by name and with a link to who may open them, by number to who may not."""
    seen = queries.names_of(person_ids=person_ids, scope=scope) if scope.allows(Permission.PERSON_VIEW) else {}
    return {
        pk: {
            "text": seen[pk].name if pk in seen else _("Person %(number)s") % {"number": str(public_id)[:SHORT]},
            "href": reverse("people-person", args=[public_id]) if pk in seen else "",
            "public_id": public_id,
        }
        for pk, public_id in public_ids(person_ids=person_ids, scope=scope).items()
    }


def agency_names(*, scope: Scope) -> dict[int, str]:
    return {agency.pk: agency.name for agency in partnerships.list_agencies(scope=scope)}


def listed(ids: Iterable[int], names: Mapping[int, str]) -> str:
    return ", ".join(name for pk, name in names.items() if pk in set(ids))


def limit_rows(found: list[LimitedAccess], *, scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Limits as a list shows them: whose record, for whom, why, until when, and what can be done."""
    people = called(person_ids={limit.person_id for limit in found}, scope=scope)
    ids = {limit.placed_by for limit in found} | {limit.confirmed_by or 0 for limit in found}
    users = partnerships.user_names(user_ids=ids.union(*(limit.user_ids for limit in found)))
    agencies = agency_names(scope=scope)
    return [
        {
            "id": limit.pk,
            "person": people[limit.person_id],
            "kind": LimitKind(limit.kind).label,
            "for": ", ".join(
                filter(None, [listed(limit.agency_ids, agencies), *(users.get(pk, "") for pk in limit.user_ids)])
            ),
            "reason": limit.reason,
            "wording": limit.wording,
            "contact": limit.contact,
            "placed": f"{users.get(limit.placed_by, '')}, {limit.owner_agency.name}",
            "placed_at": limit.placed_at,
            "confirmed": users.get(limit.confirmed_by or -1, ""),
            "lapses_at": limit.lapses_at,
            "review_on": limit.review_on,
            "lifted_at": limit.lifted_at,
            "is_copy": limit.copied_from_id is not None,
            "stands": limit.lifted_at is None and (limit.lapses_at is None or limit.lapses_at > at),
            "may_confirm": limit.confirmed_at is None
            and rules.can_confirm(
                placed_by=limit.placed_by,
                by_id=scope.user_id,
                confirmed=False,
                in_force=limit.lifted_at is None and limit.lapses_at is not None and limit.lapses_at > at,
            ),
        }
        for limit in found
    ]


def access_rows(found: list[EmergencyAccess], *, scope: Scope) -> list[dict[str, Any]]:
    """Emergency accesses as a list shows them: who, whose record, why, for how long, and what the review found."""
    people = called(person_ids={access.person_id for access in found}, scope=scope)
    users = partnerships.user_names(
        user_ids={access.user_id for access in found} | {access.reviewed_by or 0 for access in found}
    )
    agencies = agency_names(scope=scope)
    return [
        {
            "id": access.pk,
            "at": access.opened_at,
            "until": access.closed_at or access.closes_at,
            "closed_early": access.closed_at is not None,
            "user": users.get(access.user_id, ""),
            "agency": access.owner_agency.name,
            "person": people[access.person_id],
            "emergency": Emergency(access.emergency).label,
            "reason": access.reason,
            "told": listed(access.told_agencies, agencies) or _("No other agency"),
            "due_on": access.review_due_on,
            "finding": AccessFinding(access.finding).label if access.finding else "",
            "note": access.note,
            "reviewer": users.get(access.reviewed_by or -1, ""),
            "reviewed_at": access.reviewed_at,
            "may_review": rules.can_review_access(user_id=access.user_id, by_id=scope.user_id, finding=access.finding),
        }
        for access in found
    ]


def month_summary(found: list[EmergencyAccess], *, on: date) -> list[dict[str, Any]]:
    """The figures of a monthly report: how many, by whom, and what became of them."""
    by_agency = Counter(access.owner_agency.name for access in found)
    late = [a for a in found if (timezone.localdate(a.reviewed_at) if a.reviewed_at else on) > a.review_due_on]
    findings = Counter(access.finding for access in found if access.finding)
    return [
        {"key": _("Opened"), "value": len(found)},
        *({"key": name, "value": count} for name, count in sorted(by_agency.items())),
        {"key": _("Reviewed"), "value": sum(findings.values())},
        {"key": _("Review late, or overdue now"), "value": len(late)},
        *({"key": finding.label, "value": findings[finding.value]} for finding in AccessFinding),
    ]


def export_headings() -> list[str]:
    return [
        _("Opened"), _("Until"), _("Who"), _("Agency"), _("Person"), _("Emergency"), _("Why"), _("Told"),
        _("Review due"), _("Found"), _("Reviewed by"), _("Reviewed"),
    ]  # fmt: skip


def export_row(row: dict[str, Any]) -> list[Any]:
    return [
        moment(row["at"]), moment(row["until"]), row["user"], row["agency"], str(row["person"]["public_id"]),
        row["emergency"], row["reason"], row["told"], row["due_on"], row["finding"], row["reviewer"],
        moment(row["reviewed_at"]) if row["reviewed_at"] else "",
    ]  # fmt: skip


def frame_facts(*, scope: Scope, person_id: int) -> dict[str, Any]:
    """Above a person: that their record is open to the reader in an emergency, and that it is limited."""
    warnings = []
    access = queries.open_for(person_id=person_id, scope=scope)
    if access is not None:
        text = _("Open to you in an emergency until %(time)s") % {"time": moment(access.closes_at)}
        warnings.append(PersonWarning(text, "handling", href=reverse("sharing-emergency-own", args=[access.pk])))
    if limits.is_limited(person_id=person_id, scope=scope, at=timezone.now()):
        href = (
            reverse("sharing-limited", args=[public_ids(person_ids={person_id}, scope=scope)[person_id]])
            if scope.allows(Permission.LIMITED_ACCESS_PLACE)
            else None
        )
        warnings.append(
            PersonWarning(_("Limited access: this record is kept from some. Do not pass it on"), "handling", href=href)
        )
    return {"warnings": tuple(warnings)} if warnings else {}


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """For who reviews: what was opened, and limits that wait. For the owner: that their record was opened, at once."""
    if person_id is not None:
        return []
    items = []
    if scope.allows(Permission.EMERGENCY_REVIEW):
        waiting = list(limits.to_review(scope=scope))
        items += [
            Attention(
                text=_("%(agency)s opened a record in an emergency on %(day)s: review it")
                % {"agency": access.owner_agency.name, "day": day(timezone.localdate(access.opened_at))},
                url=reverse("sharing-emergency-review", args=[access.pk]),
                on=access.review_due_on,
                overdue=access.review_due_on < on,
                kind=_("Emergency access"),
                person_id=access.person_id,
            )
            for access in waiting
        ]
        since = timezone.now() - timedelta(days=NEWS_DAYS)
        items += [
            Attention(
                text=_("%(agency)s opened a record that your agency keeps, in an emergency")
                % {"agency": access.owner_agency.name},
                url=reverse("sharing-emergency-review", args=[access.pk]),
                on=timezone.localdate(access.opened_at),
                kind=_("Emergency access"),
                is_news=True,
                person_id=access.person_id,
            )
            for access in limits.told(scope=scope, since=since)
            if access.pk not in {each.pk for each in waiting}
        ]
    if scope.allows(Permission.LIMITED_ACCESS_CONFIRM):
        items += limits_waiting(scope=scope, on=on)
    return items


def limits_waiting(*, scope: Scope, on: date) -> list[Attention]:
    """Limits that lapse unless a second person confirms them, and limits whose review is due."""
    found = list(limits.list_limits(scope=scope, at=timezone.now()))
    waiting = [limit for limit in found if limit.confirmed_at is None and limit.placed_by != scope.user_id]
    due = [limit for limit in found if limit.confirmed_at is not None and limit.review_on <= on]
    return [
        Attention(
            text=_("A limit on a record ends by itself unless you confirm it")
            if limit.confirmed_at is None
            else _("A limit on a record is due for review"),
            url=reverse("sharing-limits"),
            on=timezone.localdate(limit.lapses_at) if limit.lapses_at else limit.review_on,
            overdue=limit.confirmed_at is not None and limit.review_on < on,
            kind=_("Limited access"),
            person_id=limit.person_id,
        )
        for limit in (*waiting, *due)
    ]
