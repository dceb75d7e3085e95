"""Sharing outside the partnership: put together by one, approved by another, fetched for a few days."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Audience, RecordKind
from iom.agreements.operations import locked, marked_by
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.erasure import Counts
from iom.common.errors import InvalidInput, NotVisible, WrongState
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.people.operations.rows import locked_person
from iom.sharing.adapters import packages as files
from iom.sharing.choices.packages import PackageState
from iom.sharing.choices.requests import DisclosureKind
from iom.sharing.models import Disclosure, Package
from iom.sharing.queries import packages as queries
from iom.sharing.rules import packages as rules
from iom.sharing.rules import requests as request_rules

SHOWN = (
    "organisation", "recipient", "fingerprint", "purpose", "gateway", "basis", "kinds", "days", "text", "special",
    "conditions",
)  # fmt: skip


@dataclass(frozen=True)
class Outside:
    """Who receives a package, what for and under what."""

    organisation: str
    recipient: str
    certificate: str
    purpose: str
    necessity: str
    gateway: str
    basis: str
    kinds: list[str]
    days: int


@transaction.atomic
def begin(*, person: Person, outside: Outside, by: Scope, at: datetime) -> Package:
    """Begins a package about a person. Nothing leaves yet."""
    by.check(Permission.PACKAGE_MAKE)
    person = locked_person(person_id=person.pk, by=by)
    given = vars(outside)
    rules.check_words(
        {name: given[name] for name in ("organisation", "recipient", "purpose", "necessity")}, kinds=outside.kinds
    )
    giver = Agency.objects.get(pk=by.agency_id, partnership_id=by.partnership_id)
    rules.check_can_begin(giver=giver, gateway=outside.gateway, basis=outside.basis)
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
def fill(
    *,
    package: Package,
    ticked: Collection[str],
    text: str,
    special: Collection[str],
    conditions: Collection[str],
    by: Scope,
    at: datetime,
) -> Package:
    """Puts in what was ticked of the agency's own rows, and words; hands it to a second person.

    `ticked` holds "table:row" of what is held now; anything else is passed over. `special`: the special categories that
    the words hold; `conditions`: those in law on which special categories are given, by slug.
    """
    by.check(Permission.PACKAGE_MAKE)
    locked_person(person_id=package.person_id, by=by)
    package = locked(row=package, by=by)
    state = rules.check_can_move(state=package.state, move="hand on")
    chosen = [each for each in queries.held(package=package, scope=by) if f"{each.source}:{each.row_id}" in ticked]
    rules.check_can_hand_on(rows=len(chosen), text=text)
    package.state, package.text, package.filled_by = state, request_rules.cut(text), by.user_id
    package.special, package.conditions = sorted(special), sorted(conditions)
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
    _check_lawful(package)
    package.save(update_fields=["state", "text", "items", "filled_by", "special", "conditions"])
    _note(package, "fill", by=by, at=at, detail={"rows": len(chosen)})
    return package


def _check_lawful(package: Package) -> None:
    """Asked when it is put together and again when it is approved: the register may have changed in between."""
    if not package.basis:
        raise WrongState("This was begun before a lawful basis was asked for. Drop it and begin anew.")
    giver, sources = package.owner_agency, [item["source"] for item in package.items]
    rules.check_can_begin(giver=giver, gateway=package.gateway, basis=package.basis)
    special = request_rules.special_in(sources=sources, words=package.special)
    rules.check_conditions(giver=giver, kinds=_kinds_in(package), special=special, conditions=package.conditions)


def _kinds_in(package: Package) -> list[str]:
    said = {str(RecordKind.ANSWERS)} if package.text else set()
    return sorted({request_rules.kind_of(item["source"]) for item in package.items} | said)


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
def approve(*, package: Package, who: str, seen: str, by: Scope, at: datetime) -> Package:
    """A second person approves: the file is sealed for its recipient, and the disclosure stands in the log.

    `who` says whom it is about; `seen` is `as_shown` of what the second person read. Raises `WrongState` where anything
    of it was changed since.
    """
    by.check(Permission.PACKAGE_APPROVE)
    locked_person(person_id=package.person_id, by=by)
    package = locked(row=package, by=by)
    rules.check_can_approve(
        hands=(package.made_by, package.filled_by),
        by_id=by.user_id,
        is_as_seen=seen == as_shown(package, who=who),
    )
    _check_lawful(package)
    package.state = rules.check_can_move(state=package.state, move="approve")
    package.approved_by, package.approved_at = by.user_id, at
    package.expires_on = rules.expires_on(on=timezone.localdate(at), days=package.days)
    body = files.seal(
        contents(package, who=who), certificate=package.certificate, partnership_id=by.partnership_id, at=at
    )
    package.sha256 = files.write(package.pk, body)
    kinds = _kinds_in(package)
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


def as_shown(package: Package, *, who: str) -> str:
    """The hash of all that a second person reads before they approve a package."""
    read = [who, package.items, *(getattr(package, name) for name in SHOWN)]
    return sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


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
        or package.person.erased_at is not None
    ):
        raise NotVisible()
    body = files.read(package.pk)
    _note(package, "take", by=by, at=at, kind=Kind.DISCLOSURE, detail={"sha256": package.sha256})
    return body


@transaction.atomic
def end(*, by: Scope, at: datetime) -> int:
    """Removes the files whose time is over. Killed half-way, the next run removes the rest. Returns how many."""
    count = 0
    for package in queries.ended(scope=by, on=timezone.localdate(at)):
        try:
            _move(package, "reach its end", by=by, at=at)
        except WrongState:
            continue  # somebody dropped it meanwhile: that must not keep the others here
        files.remove(package.pk)
        count += 1
    return count


def sweep(*, by: Scope, at: datetime) -> int:
    """Removes files whose package nobody can fetch: left behind where a process was killed. Returns how many.

    One written in the last hour is passed over: it may be of an approval that is just being given.
    """
    left = queries.without_use(scope=by, package_ids=files.kept(before=at - timedelta(hours=1)))
    for package_id in left:
        files.remove(package_id)
    return len(left)


def plan_ending(*, scope: Scope, person_id: int, agency_id: int) -> Counts:
    """Nothing is counted for `end_of_record`: what is in a package is counted where it is emptied."""
    return {}


@transaction.atomic
def end_of_record(*, by: Scope, person_id: int, agency_id: int, at: datetime) -> Counts:
    """The agency's record of a person is destroyed: what it put together from it is approved or fetched no longer."""
    for package in queries.of_person(scope=by, person_ids=[person_id]).filter(owner_agency=agency_id):
        if package.state == PackageState.READY:
            _end_now(package)
        else:
            Package.objects.filter(pk=package.pk).update(state=PackageState.DROPPED)
        _note(package, "end_of_record", by=by, at=at)
    return {}


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Packages about a person found to be another follow; what has not left yet is put together again."""
    with act_in(_system(by, because="people in the index were merged")):
        found = _stop(person_ids=[keep_id, gone_id], action="merge", by=by, at=at)
        if found:
            Package.objects.filter(person=gone_id).update(person=keep_id)


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """What has not left yet is put together again: some of its rows may be somebody else's now."""
    with act_in(_system(by, because="people in the index were split")):
        _stop(person_ids=[person_id, new_id], action="split", by=by, at=at)


def _stop(*, person_ids: list[int], action: str, by: Scope, at: datetime) -> bool:
    """What waits for approval goes back, and what is ready can be fetched no longer. Returns whether there is any."""
    found = list(Package.objects.filter(person__in=person_ids).select_for_update())
    for package in found:
        if package.state == PackageState.CHECK:
            Package.objects.filter(pk=package.pk).update(state=PackageState.DRAFT)
            _note(package, action, by=by, at=at)
        elif package.state == PackageState.READY:
            _end_now(package)
            _note(package, action, by=by, at=at)
    return bool(found)


def _end_now(package: Package) -> None:
    """Its file can be fetched no longer from this moment, and goes once the transaction has ended well."""
    Package.objects.filter(pk=package.pk).update(state=PackageState.OVER)
    transaction.on_commit(partial(files.remove, package.pk))


def _system(by: Scope, *, because: str) -> Scope:
    return unrestricted(partnership_id=by.partnership_id, agency_id=by.agency_id, because=because)


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
