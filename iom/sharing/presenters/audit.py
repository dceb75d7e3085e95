"""Audit events and reviews in words. People are numbers here: who asks the audit record sees nobody's name by it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import queries as audit
from iom.audit.choices import Kind
from iom.audit.models import REASON, Event, Value
from iom.common.registries import Attention
from iom.partnerships import queries as partnerships
from iom.sharing.choices.looks import Doubt
from iom.sharing.models import LookReview
from iom.sharing.queries import events as queries
from iom.sharing.queries import looks as review_queries

SHORT = 8  # letters of a person's public number that a list shows


def action_in_words(event: Event) -> str:
    """What was done. Looks and files by their names, other operations as they are called."""
    first, dot, rest = event.action.partition(".")
    if not dot:
        return first[:1].upper() + first[1:].replace("-", " ").replace("_", " ")
    what = rest.replace("_", " ").replace("-", " ")
    if first == "view":
        return _("Looked at: %(what)s") % {"what": what}
    if first == "export":
        return _("Took as a file: %(what)s") % {"what": what}
    return f"{what[:1].upper()}{what[1:]} ({first})"


@dataclass(frozen=True)
class Known:
    """What rows of events need: users and agencies by name, people by public id, and what is kept beside the events."""

    users: dict[int, str]
    agencies: dict[int, str]
    people: dict[int, UUID]
    values: dict[int, list[Value]]


def known_of(events: list[Event], *, person_ids: set[int], scope: Scope) -> Known:
    return Known(
        users=partnerships.user_names(user_ids={event.actor_id for event in events}),
        agencies={agency.pk: agency.name for agency in partnerships.list_agencies(scope=scope)},
        people=queries.public_ids(person_ids=person_ids, scope=scope),
        values=queries.values_of(event_ids=[event.pk for event in events], scope=scope),
    )


def event_rows(events: list[Event], *, unsealed: set[int], scope: Scope) -> list[dict[str, Any]]:
    """The events of a page, with the names of users and agencies and the reasons given."""
    known = known_of(events, person_ids={e.person_id for e in events if e.person_id}, scope=scope)
    return [event_row(event, known, sealed=event.pk not in unsealed) for event in events]


def event_row(event: Event, known: Known, *, sealed: bool) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at,
        "user": known.users.get(event.actor_id, ""),
        "agency": known.agencies.get(event.agency_id, ""),
        "kind": Kind(event.kind).label,
        "action": action_in_words(event),
        "about": about(event, known.people),
        "reason": reason_of(event, known.values.get(event.pk, [])),
        "sealed": sealed,
    }


def about(event: Event, people: dict[int, UUID]) -> str:
    named = audit.named(event)
    if named:
        return ngettext("a list of %(count)s person", "a list of %(count)s people", len(named)) % {"count": len(named)}
    if event.person_id is not None:
        public_id = people.get(event.person_id)
        return _("person %(number)s") % {"number": str(public_id)[:SHORT] if public_id else _("no longer there")}
    return ""


def reason_of(event: Event, values: list[Value]) -> str:
    """The reason given; where it is another agency's to read, that one was."""
    given = next((value.after or "" for value in values if value.field == REASON), None)
    if given is None and REASON in event.changes:
        return _("a reason was given; the agency that gave it can read it")
    return given or event.reason


def event_page(event: Event, *, scope: Scope) -> dict[str, Any]:
    """One event in full: what the chain holds of it, and what is kept beside it."""
    named = [*audit.named(event), *([event.person_id] if event.person_id else [])]
    known = known_of([event], person_ids=set(named), scope=scope)
    values = known.values.get(event.pk, [])
    sealed = queries.seal_of(event=event, scope=scope)
    return {
        "event": event,
        "row": event_row(event, known, sealed=sealed is not None),
        "people": [str(known.people.get(person_id) or _("no longer there")) for person_id in named],
        "changes": [value for value in values if value.field != REASON],
        "hidden": sorted(set(event.changes) - {value.field for value in values} - {REASON}),
        "detail": {key: value for key, value in event.detail.items() if key != "people" or not audit.named(event)},
        "seal": sealed and {"number": sealed[0].number, "at": sealed[0].at, "place": sealed[1]},
    }


def export_headings() -> list[str]:
    return [_("Number"), _("When"), _("User"), _("Agency"), _("Kind"), _("What"), _("About"), _("Why"), _("Sealed")]


def export_row(row: dict[str, Any]) -> list[Any]:
    at = timezone.localtime(row["at"]).isoformat(timespec="seconds")
    return [
        row["id"],
        at,
        *(str(row[n]) for n in ("user", "agency", "kind", "action", "about", "reason")),
        row["sealed"],
    ]


def review_rows(reviews: list[LookReview]) -> list[dict[str, Any]]:
    users = partnerships.user_names(user_ids={one.actor_id for one in reviews})
    return [
        {
            "id": one.pk,
            "doubt": Doubt(one.doubt).label,
            "user": users.get(one.actor_id, ""),
            "on": one.on,
            "people": one.people,
            "looks": len(one.event_ids),
            "finding": one.get_finding_display() if one.finding else "",
        }
        for one in reviews
    ]


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """How many looks at the record wait for who reviews them."""
    if person_id is not None or not scope.allows(Permission.AUDIT_VIEW):
        return []
    count = review_queries.count_open(scope=scope)
    if not count:
        return []
    text = ngettext(
        "%(count)s look at the record waits for review", "%(count)s looks at the record wait for review", count
    )
    return [Attention(text % {"count": count}, reverse("sharing-looks"), kind=_("Audit"))]
