"""Requests and disclosures as pages show them, and what they ask of people on Today."""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import rules as sharing_rules
from iom.agreements.choices import RecordKind
from iom.common.registries import NEWS_DAYS, Attention
from iom.govuk.filters import datetime as moment
from iom.partnerships import queries as partnerships
from iom.people.models import Person, SourceRecord
from iom.people.presenters.frame import identifiers, shown_identity
from iom.people.queries import people
from iom.sharing.choices.requests import DisclosureKind, Give
from iom.sharing.models import AnswerItem, Disclosure, Given, InformationRequest, Package
from iom.sharing.queries import packages as package_queries
from iom.sharing.queries import requests as queries
from iom.sharing.queries.limits import names_of
from iom.sharing.rules import requests as rules


def who(person: Person, scope: Scope) -> str:
    """A person in the words that the agency asked can find them by."""
    records = people.records_of(person_ids=[person.pk], scope=scope)
    return _who(shown_identity(person, records), records)


def who_of_own(person: Person, scope: Scope) -> str:
    """A person in the words of the agency's own records, for somebody outside: no number that another agency gave.

    By name and date of birth alone where it has no record of its own.
    """
    found = people.records_of(person_ids=[person.pk], scope=scope)
    own = [record for record in found if record.owner_agency_id == scope.agency_id]
    best = min(own, key=lambda record: (not record.family_name, record.date_of_birth is None), default=person)
    return _who(best, own)


def _who(shown: Person | SourceRecord, records: list[SourceRecord]) -> str:
    born = _("born %(date)s") % {"date": shown.date_of_birth.strftime("%d/%m/%Y")} if shown.date_of_birth else ""
    numbers = [f"{each.name} {each.value}" for each in identifiers(records)]
    return ", ".join(filter(None, [shown.name, born, *numbers]))[:400]


def gateway(slug: str) -> str:
    found = sharing_rules.gateways().get(slug)
    return f"{found.name} ({found.citation})" if found else slug


def kinds(found: list[str]) -> str:
    return "; ".join(str(RecordKind(each).label) for each in found if each in RecordKind.values)


def request_row(request: InformationRequest, *, at: datetime) -> dict[str, Any]:
    is_open = request.state in rules.OPEN
    return {
        "id": request.pk,
        "who": request.who,
        "from": request.owner_agency.name,
        "to": request.agency.name,
        "state": request.get_state_display(),
        "urgency": request.get_urgency_display(),
        "asked_at": request.asked_at,
        "due_at": request.due_at if is_open else None,
        "stands": request.clarify_at is not None,
        "is_late": is_open and request.clarify_at is None and request.due_at < at,
    }


def request_rows(found: list[InformationRequest], *, at: datetime) -> list[dict[str, Any]]:
    return [request_row(each, at=at) for each in found]


def request_summary(request: InformationRequest, *, names: dict[int, str], at: datetime) -> list[dict[str, Any]]:
    """What was asked, under what, and how far it is."""
    row = request_row(request, at=at)
    rows = [
        {"key": _("About"), "value": request.who},
        {"key": _("State"), "value": row["state"]},
        {"key": _("Asked by"), "value": f"{names.get(request.asked_by, '')}, {row['from']}"},
        {"key": _("Asked of"), "value": row["to"]},
        {"key": _("Asked"), "value": moment(request.asked_at)},
        {"key": _("What for"), "value": request.purpose},
        {"key": _("Power in law"), "value": gateway(request.gateway)},
        {"key": _("What is needed"), "value": kinds(request.kinds)},
        {"key": _("Question"), "value": request.question},
        {"key": _("Why it is necessary"), "value": request.necessity},
    ]
    if row["due_at"]:
        stands = _("The clock stands until the agency that asked replies")
        late = _("%(time)s: late") if row["is_late"] else "%(time)s"
        due = stands if row["stands"] else late % {"time": moment(request.due_at)}
        rows.append({"key": _("Answer by"), "value": due})
    if request.escalated_at:
        rows.append({"key": _("Put before the managers as late"), "value": moment(request.escalated_at)})
    if request.taken_by:
        rows.append({"key": _("Worked on by"), "value": names.get(request.taken_by, "")})
    if request.clarify:
        rows.append({"key": _("Asked back"), "value": request.clarify})
    if request.reply:
        rows.append({"key": _("Reply"), "value": request.reply})
    if request.refusal:
        rows.append({"key": _("Refused"), "value": f"{request.get_refusal_display()}. {request.refusal_reason}"})
    return rows


def item_groups(items: list[AnswerItem]) -> list[dict[str, Any]]:
    """The items of an answer by their kind."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        text = "; ".join(
            f"{field['label']}: {rules.CUT_OUT if field['name'] in item.blacked_out else field['text']}"
            for field in item.fields
        )
        row = {
            "id": item.pk,
            "on": item.on,
            "text": text,
            "is_given": item.give != Give.LEAVE,
        }
        groups.setdefault(item.title, []).append(row)
    return [{"title": _(title), "rows": rows} for title, rows in groups.items()]


def given_page(given: Given) -> dict[str, Any]:
    """What was given, as the receiver reads it."""
    return {
        "given": given,
        "text": given.text,
        "items": [
            {
                "title": _(item["title"]),
                "date": date.fromisoformat(item["date"]) if item["date"] else None,
                "marking": item["marking"],
                "rows": [{"key": field["label"], "value": field["text"]} for field in item["fields"]],
            }
            for item in given.items
        ],
    }


def disclosure_rows(found: list[Disclosure], *, scope: Scope) -> list[dict[str, Any]]:
    """The log: when, from, to whom, what kinds, under what, by whom; people by name for who may open them."""
    known = names_of(person_ids={each.person_id for each in found}, scope=scope)
    may_open = scope.allows(Permission.PERSON_VIEW)
    users = partnerships.user_names(user_ids={each.disclosed_by for each in found})
    return [
        {
            "id": each.pk,
            "at": each.disclosed_at,
            "kind": DisclosureKind(each.kind).label,
            "from": each.owner_agency.name,
            "to": each.recipient,
            "person": known[each.person_id].name if may_open and each.person_id in known else "",
            "href": reverse("people-person", args=[known[each.person_id].public_id])
            if may_open and each.person_id in known
            else "",
            "person_id": each.person_id,
            "kinds": kinds(each.kinds),
            "rows": each.rows,
            "left_out": each.left_out,
            "gateway": gateway(each.gateway),
            "agreement": each.agreement_id,
            "purpose": each.purpose,
            "by": users.get(each.disclosed_by, ""),
        }
        for each in found
    ]


def export_headings() -> list[str]:
    return [
        _("When"), _("Kind"), _("From"), _("To"), _("Person"), _("Kinds of record"), _("Rows"), _("Something left out"),
        _("Power in law"), _("Purpose"), _("By"),
    ]  # fmt: skip


def export_row(row: dict[str, Any]) -> list[Any]:
    return [
        moment(row["at"]), str(row["kind"]), row["from"], row["to"], row["person_id"], row["kinds"], row["rows"],
        _("Yes") if row["left_out"] else _("No"), row["gateway"], row["purpose"], row["by"],
    ]  # fmt: skip


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """What this agency was asked, and what it asked and is late or must reply to.

    Managers are told of what is nearly late at their own agency, and of what was put before them at either.
    """
    at, items, manages = timezone.now(), [], scope.allows(Permission.DISCLOSURE_VIEW)
    if scope.allows(Permission.REQUEST_ANSWER):
        items += [
            line(each, asked_words(each, manages=manages, at=at), at=at)
            for each in queries.to_answer(scope=scope, person_id=person_id)
            if each.clarify_at is None
        ]
    if scope.allows(Permission.REQUEST_ASK):
        for each in queries.asked_by_agency(scope=scope, person_id=person_id):
            if each.clarify_at is not None:
                items.append(line(each, _("%(to)s asks what you need"), at=at))
            elif each.due_at < at:
                late = (
                    escalated_words() if manages and each.escalated_at else _("%(to)s is late with its answer to you")
                )
                items.append(line(each, late, at=at))
    return items


def asked_words(request: InformationRequest, *, manages: bool, at: datetime) -> str:
    """How Today speaks of a request that the agency has yet to answer: to its managers, how late that is."""
    if manages and request.escalated_at and request.due_at < at:
        return escalated_words()
    if manages and rules.is_near(due=request.due_at, urgency=request.urgency, at=at):
        return _("Nearly late: %(from)s asks your agency for information")
    return _("%(from)s asks your agency for information")


def escalated_words() -> str:
    return _("Put before the managers of both agencies: %(to)s is late with its answer to %(from)s")


def handed_over(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """For who manages the cohort: what their agency was made to answer for in the last days."""
    if not scope.allows(Permission.COHORT_MANAGE):
        return []
    since = timezone.now() - timedelta(days=NEWS_DAYS)
    return [
        Attention(
            text=_("%(from)s handed a nomination over to your agency: you answer for it now")
            % {"from": each.owner_agency.name},
            url=reverse("cohorts-person", args=[each.person.public_id]),
            on=timezone.localdate(each.disclosed_at),
            kind=_("Handed over"),
            is_news=True,
            person_id=each.person_id,
        )
        for each in queries.handed_over(scope=scope, since=since, person_id=person_id)
    ]


def line(request: InformationRequest, text: str, *, at: datetime) -> Attention:
    return Attention(
        text=text % {"from": request.owner_agency.name, "to": request.agency.name},
        url=reverse("sharing-request", args=[request.pk]),
        on=timezone.localdate(request.due_at),
        overdue=request.clarify_at is None and request.due_at < at,
        kind=_("Request"),
        person_id=request.person_id,
    )


def package_summary(package: Package, *, names: dict[int, str]) -> list[dict[str, Any]]:
    """Who receives a package, what for, under what, and how far it is."""
    rows = [
        {"key": _("About"), "value": package.person.name},
        {"key": _("State"), "value": package.get_state_display()},
        {"key": _("For"), "value": f"{package.recipient}, {package.organisation}"},
        {"key": _("Fingerprint of their certificate"), "value": package.fingerprint},
        {"key": _("What for"), "value": package.purpose},
        {"key": _("Power in law"), "value": gateway(package.gateway)},
        {"key": _("Lawful basis"), "value": gateway(package.basis)},
        {"key": _("What they need"), "value": kinds(package.kinds)},
        {"key": _("Why it is necessary"), "value": package.necessity},
        {"key": _("What is in it"), "value": _("%(rows)s rows") % {"rows": len(package.items)}},
        {"key": _("Begun by"), "value": names.get(package.made_by, "")},
    ]
    if package.filled_by:
        rows.append({"key": _("Put together by"), "value": names.get(package.filled_by, "")})
    if package.conditions:
        rows.append({"key": _("Conditions"), "value": "; ".join(gateway(slug) for slug in package.conditions)})
    if package.text:
        rows.append({"key": _("In words"), "value": package.text})
    if package.approved_by:
        rows.append({"key": _("Approved by"), "value": names.get(package.approved_by, "")})
    if package.expires_on:
        last = package.expires_on - timedelta(days=1)
        rows.append({"key": _("Can be fetched until"), "value": last.strftime("%d/%m/%Y")})
    return rows


def package_attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Packages that wait for this user's approval."""
    if person_id is not None or not scope.allows(Permission.PACKAGE_APPROVE):
        return []
    return [
        Attention(
            text=_("A package for %(organisation)s, for your approval") % {"organisation": each.organisation},
            url=reverse("sharing-package-approve", args=[each.pk]),
            on=timezone.localdate(each.made_at),
            kind=_("Sharing outside"),
            person_id=each.person_id,
        )
        for each in package_queries.to_approve(scope=scope)
    ]
