"""Sharing outside the partnership: put together by one, approved by another, fetched for a few days."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Audience
from iom.agreements.operations import locked, marked_by
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotVisible
from iom.people.models import Person
from iom.sharing.adapters import packages as files
from iom.sharing.choices.packages import PackageState
from iom.sharing.choices.requests import DisclosureKind
from iom.sharing.models import Disclosure, Package
from iom.sharing.queries import packages as queries
from iom.sharing.rules import packages as rules
from iom.sharing.rules import requests as request_rules


@dataclass(frozen=True)
class Outside:
    """Who receives a package, what for and under what."""

    organisation: str
    recipient: str
    certificate: str
    purpose: str
    necessity: str
    gateway: str
    kinds: list[str]
    days: int


@transaction.atomic
def begin(*, person: Person, outside: Outside, by: Scope, at: datetime) -> Package:
    """Begins a package about a person. Nothing leaves yet."""
    by.check(Permission.PACKAGE_MAKE)
    if not Person.objects.visible_to(by).filter(pk=person.pk, merged_into__isnull=True).exists():
        raise NotVisible()
    given = vars(outside)
    rules.check_words(
        {name: given[name] for name in ("organisation", "recipient", "purpose", "necessity")}, kinds=outside.kinds
    )
    if outside.gateway not in sharing_rules.gateways():
        raise InvalidInput("Choose what it rests on.", {"gateway": "Select the power in law"})
    if outside.days not in rules.FETCHED_DAYS:
        raise InvalidInput("Choose for how long.", {"days": "Select for how many days"})
    _certificate, fingerprint = files.read_certificate(outside.certificate, at=at)
    package = Package.objects.create(
        **marked_by(by, audience=Audience.OWN),
        person=person,
        **{**given, "kinds": sorted(outside.kinds)},
        fingerprint=fingerprint,
        made_by=by.user_id,
        made_at=at,
    )
    _note(package, "begin", by=by, at=at, reason=outside.purpose)
    return package


@transaction.atomic
def fill(*, package: Package, ticked: Collection[str], text: str, by: Scope, at: datetime) -> Package:
    """Puts in what was ticked of the agency's own rows, and words; hands it to a second person.

    `ticked` holds "table:row" of what is held now; anything else is passed over.
    """
    by.check(Permission.PACKAGE_MAKE)
    package = locked(row=package, by=by)
    state = rules.check_can_move(state=package.state, move="hand on")
    chosen = [each for each in queries.held(package=package, scope=by) if f"{each.source}:{each.row_id}" in ticked]
    rules.check_can_hand_on(rows=len(chosen), text=text)
    package.state, package.text, package.made_by = state, request_rules.cut(text), by.user_id
    package.items = [
        {
            "source": each.source,
            "row": each.row_id,
            "title": each.title,
            "date": each.on.isoformat() if each.on else None,
            "fields": [{"label": field.label, "text": field.text} for field in each.fields],
        }
        for each in chosen
    ]
    package.save(update_fields=["state", "text", "items", "made_by"])
    _note(package, "fill", by=by, at=at, detail={"rows": len(chosen)})
    return package


@transaction.atomic
def send_back(*, package: Package, reason: str, by: Scope, at: datetime) -> None:
    """Gives it back to be put together again."""
    by.check(Permission.PACKAGE_APPROVE)
    _move(package, "send back", by=by, at=at, reason=reason)


@transaction.atomic
def drop(*, package: Package, reason: str, by: Scope, at: datetime) -> None:
    """Ends a package: one that is ready can no longer be fetched."""
    by.check(Permission.PACKAGE_MAKE)
    _move(package, "drop", by=by, at=at, reason=reason)
    transaction.on_commit(lambda: files.remove(package.pk))


@transaction.atomic
def approve(*, package: Package, who: str, by: Scope, at: datetime) -> Package:
    """A second person approves: the file is sealed for its recipient, and the disclosure stands in the log."""
    by.check(Permission.PACKAGE_APPROVE)
    package = locked(row=package, by=by)
    rules.check_can_approve(made_by=package.made_by, by_id=by.user_id)
    package.state = rules.check_can_move(state=package.state, move="approve")
    package.approved_by, package.approved_at = by.user_id, at
    package.expires_on = rules.expires_on(on=timezone.localdate(at), days=package.days)
    body = files.seal(
        contents(package, who=who), certificate=package.certificate, partnership_id=by.partnership_id, at=at
    )
    package.sha256 = files.write(package.pk, body)
    kinds = sorted(
        {request_rules.kind_of(item["source"]) for item in package.items} | ({"answers"} if package.text else set())
    )
    package.disclosure = Disclosure.objects.create(
        **marked_by(by, audience=Audience.OWN),
        person_id=package.person_id,
        kind=DisclosureKind.PACKAGE,
        recipient=f"{package.recipient}, {package.organisation}"[:200],
        purpose=package.purpose,
        gateway=package.gateway,
        kinds=kinds,
        rows=len(package.items),
        left_out=False,
        disclosed_by=by.user_id,
        disclosed_at=at,
    )
    package.save()
    detail = {"rows": len(package.items), "kinds": kinds, "sha256": package.sha256}
    _note(package, "approve", by=by, at=at, kind=Kind.DISCLOSURE, detail=detail)
    return package


def contents(package: Package, *, who: str) -> dict[str, Any]:
    """What the recipient reads. `who` says whom it is about."""
    gateway = sharing_rules.gateways()[package.gateway]
    assert package.expires_on is not None, "it is sealed when it is approved"
    return {
        "package": package.pk,
        "from": package.owner_agency.name,
        "to": f"{package.recipient}, {package.organisation}",
        "who": who,
        "purpose": package.purpose,
        "under": f"{gateway.name} ({gateway.citation})",
        "marking": package.marked_as,
        "fetched_until": package.expires_on.isoformat(),
        "text": package.text,
        "items": [{name: item[name] for name in ("title", "date", "fields")} for item in package.items],
    }


def taken(*, package: Package, by: Scope, at: datetime) -> bytes:
    """The file, to be sent to its recipient; that it was taken is recorded."""
    by.check(Permission.PACKAGE_MAKE)
    if (
        package.state != PackageState.READY
        or package.expires_on is None
        or timezone.localdate(at) >= package.expires_on
    ):
        raise NotVisible()
    body = files.read(package.pk)
    _note(package, "take", by=by, at=at, kind=Kind.DISCLOSURE, detail={"sha256": package.sha256})
    return body


@transaction.atomic
def end(*, by: Scope, at: datetime) -> int:
    """Removes the files whose time is over. Killed half-way, the next run removes the rest. Returns how many."""
    found = list(queries.ended(scope=by, on=timezone.localdate(at)))
    for package in found:
        _move(package, "reach its end", by=by, at=at)
        files.remove(package.pk)
    return len(found)


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Packages about a person found to be another follow; one that waits for approval is put together again."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were merged"
    )
    with act_in(system):
        Package.objects.filter(person=gone_id, state=PackageState.CHECK).update(state=PackageState.DRAFT)
        Package.objects.filter(person=gone_id).update(person=keep_id)


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """What waits for approval is put together again: some of its rows may be somebody else's now."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were split"
    )
    with act_in(system):
        Package.objects.filter(person=person_id, state=PackageState.CHECK).update(state=PackageState.DRAFT)


def _move(package: Package, move: str, *, by: Scope, at: datetime, reason: str = "") -> None:
    package = locked(row=package, by=by)
    Package.objects.filter(pk=package.pk).update(state=rules.check_can_move(state=package.state, move=move))
    _note(package, move.replace(" ", "_"), by=by, at=at, reason=reason)


def _note(
    package: Package,
    action: str,
    *,
    by: Scope,
    at: datetime,
    kind: Kind = Kind.ALTERATION,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=kind,
        action=f"sharing.packages.{action}",
        subject_type="sharing.Package",
        subject_id=package.pk,
        person_id=package.person_id,
        reason=reason,
        detail=detail,
    )
