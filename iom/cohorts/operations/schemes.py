"""Schemes and their versions: adopting one, drafting, proposing, checking, activating, withdrawing."""

from datetime import datetime
from typing import Any

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.operations import locked, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import rules
from iom.cohorts.choices import RunStatus, VersionStatus
from iom.cohorts.models import Scheme, SchemeVersion, WhatIfPerson
from iom.cohorts.operations.ranking import INDEX_WAIT, MARGIN
from iom.cohorts.scoring import Checked, read_definition
from iom.common import background
from iom.common.errors import InvalidInput, WrongState
from iom.people.models import Person
from iom.people.operations import index
from iom.people.queries import restrictions


@transaction.atomic
def adopt(*, text: str, by: Scope, at: datetime) -> SchemeVersion:
    """A scheme new to the partnership, from a definition; its first version is a draft."""
    by.check(Permission.SCHEME_PROPOSE)
    definition = read_definition(text)
    if Scheme.objects.visible_to(by).filter(slug=definition.values["id"]).exists():
        raise WrongState("The partnership has this scheme already. Write a new version of it instead.")
    scheme = Scheme.objects.create(
        partnership_id=by.partnership_id,
        slug=definition.values["id"],
        name=definition.values["name"],
        created_at=at,
    )
    record(action="adopt", subject=scheme, by=by, at=at)
    return draft(scheme=scheme, text=text, reason="As it comes with OpenIOM", by=by, at=at)


@transaction.atomic
def draft(*, scheme: Scheme, text: str, reason: str, by: Scope, at: datetime) -> SchemeVersion:
    """A new version, still to be proposed. Raises `InvalidInput` where the text does not hold together."""
    by.check(Permission.SCHEME_PROPOSE)
    rules.check_says_why(reason)
    scheme = locked(row=scheme, by=by)
    definition = checked(text, scheme=scheme)
    last = SchemeVersion.objects.filter(scheme=scheme).order_by("-number").values_list("number", flat=True).first()
    version = SchemeVersion.objects.create(
        partnership_id=by.partnership_id,
        scheme=scheme,
        number=(last or 0) + 1,
        text=definition.text,
        text_sha256=definition.sha256,
        definition=definition.values,
        reason=reason,
        written_by=by.user_id,
        written_at=at,
    )
    record(action="draft", subject=version, by=by, at=at, reason=reason)
    return version


def checked(text: str, *, scheme: Scheme) -> Any:
    """The definition, which must be of this scheme."""
    definition = read_definition(text)
    if definition.values["id"] != scheme.slug:
        raise InvalidInput(
            "The scheme does not hold together.", {"text": f"The id must stay '{scheme.slug}': it names the scheme"}
        )
    return definition


@transaction.atomic
def rewrite(*, version: SchemeVersion, text: str, reason: str, by: Scope, at: datetime) -> None:
    """Changes a draft. Once proposed, a version never changes."""
    by.check(Permission.SCHEME_PROPOSE)
    rules.check_says_why(reason)
    version = locked(row=version, by=by)
    if version.status != VersionStatus.DRAFT:
        raise WrongState("Only a draft can be changed. Write a new version instead.")
    definition = checked(text, scheme=version.scheme)
    SchemeVersion.objects.filter(pk=version.pk).update(
        text=definition.text,
        text_sha256=definition.sha256,
        definition=definition.values,
        reason=reason,
        written_by=by.user_id,
        written_at=at,
    )
    record(action="rewrite", subject=version, by=by, at=at, reason=reason)


@transaction.atomic
def propose(*, version: SchemeVersion, by: Scope, at: datetime) -> None:
    """Proposes a draft, and starts working out its fairness and whom it would change."""
    by.check(Permission.SCHEME_PROPOSE)
    scheme = locked(row=version.scheme, by=by)
    version = locked(row=version, by=by)
    others = SchemeVersion.objects.filter(scheme=scheme, status=VersionStatus.PROPOSED)
    rules.check_can_propose(status=version.status, has_other_proposal=others.exists())
    SchemeVersion.objects.filter(pk=version.pk).update(
        status=VersionStatus.PROPOSED,
        proposed_by=by.user_id,
        proposed_at=at,
        check_status=RunStatus.WAITING,
        check_message="",
    )
    start_checks(version=version, by=by)
    record(action="propose", subject=version, by=by, at=at, reason=version.reason)


def start_checks(*, version: SchemeVersion, by: Scope) -> None:
    background.start(
        "cohorts.check_version",
        lock=f"rank-{by.partnership_id}",
        version_id=version.pk,
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )


@transaction.atomic
def check_again(*, version: SchemeVersion, by: Scope, at: datetime) -> None:
    """Works out a proposed version's checks anew, on today's record."""
    by.check(Permission.SCHEME_VIEW)
    version = locked(row=version, by=by)
    if version.status != VersionStatus.PROPOSED:
        raise WrongState("Only a proposed version is checked.")
    SchemeVersion.objects.filter(pk=version.pk).update(check_status=RunStatus.WAITING, check_message="")
    start_checks(version=version, by=by)
    record(action="check_again", subject=version, by=by, at=at)


@transaction.atomic
def begin_check(*, version_id: int, by: Scope) -> SchemeVersion:
    """The proposed version, marked as being checked; raises `WrongState` where it is proposed no more."""
    version = proposed(version_id=version_id, by=by)
    SchemeVersion.objects.filter(pk=version.pk).update(check_status=RunStatus.RUNNING, check_message="")
    return version


@transaction.atomic
def store_checks(*, version_id: int, checked: Checked, since: datetime, by: Scope, at: datetime) -> None:
    """Puts the checks beside the version, with who would cross the capacity line; those of before are replaced.

    `since` is when the record was read for them: whoever's records were erased or restricted since is left out.
    """
    index.hold_still(by=by, because="the checks of a version are stored", wait_seconds=INDEX_WAIT)
    version = proposed(version_id=version_id, by=by)
    SchemeVersion.objects.filter(pk=version.pk).update(
        check_status=RunStatus.DONE,
        check_message="",
        fairness=checked.fairness,
        what_if=checked.what_if,
        area_profile=checked.area_profile,
    )
    WhatIfPerson.objects.filter(version=version).delete()
    moved = {row["person_key"]: row for row in checked.moved}
    people = (
        Person.objects.visible_to(by)
        .filter(person_key__in=list(moved), merged_into__isnull=True, erased_at__isnull=True)
        .exclude(pk__in=restrictions.out_of_use_since(since=since - MARGIN, scope=by))
    )
    WhatIfPerson.objects.bulk_create(
        WhatIfPerson(
            **marked_like(person),
            version=version,
            person=person,
            movement=moved[person.person_key]["change"],
            rank_before=moved[person.person_key]["rank_before"],
            rank_after=moved[person.person_key]["rank_after"],
        )
        for person in people
    )
    record(action="store_checks", subject=version, by=by, at=at)


@transaction.atomic
def fail_check(*, version_id: int, message: str, by: Scope) -> None:
    version = proposed(version_id=version_id, by=by)
    SchemeVersion.objects.filter(pk=version.pk).update(check_status=RunStatus.FAILED, check_message=message)


def proposed(*, version_id: int, by: Scope) -> SchemeVersion:
    """The version, locked; raises `WrongState` where it is not proposed any more."""
    found = SchemeVersion.objects.visible_to(by).select_for_update().filter(pk=version_id).first()
    if found is None or found.status != VersionStatus.PROPOSED:
        raise WrongState("Only a proposed version is checked.")
    version: SchemeVersion = found
    return version


@transaction.atomic
def activate(*, version: SchemeVersion, reason: str, by: Scope, at: datetime) -> None:
    """Puts a proposed version in force in place of the one before; never by who proposed it, never unchecked."""
    by.check(Permission.SCHEME_ACTIVATE)
    rules.check_says_why(reason)
    scheme = locked(row=version.scheme, by=by)
    version = locked(row=version, by=by)
    rules.check_can_activate(
        status=version.status,
        proposed_by=version.proposed_by,
        user_id=by.user_id,
        has_fairness=version.fairness is not None,
        has_what_if=version.what_if is not None,
    )
    SchemeVersion.objects.filter(scheme=scheme, status=VersionStatus.ACTIVE).update(
        status=VersionStatus.RETIRED, ended_by=by.user_id, ended_at=at
    )
    SchemeVersion.objects.filter(pk=version.pk).update(
        status=VersionStatus.ACTIVE, activated_by=by.user_id, activated_at=at, activation_reason=reason
    )
    Scheme.objects.filter(pk=scheme.pk).update(name=version.definition["name"])
    record(action="activate", subject=version, by=by, at=at, reason=reason)


@transaction.atomic
def withdraw_version(*, version: SchemeVersion, reason: str, by: Scope, at: datetime) -> None:
    """Takes back a draft or a proposal. It stays on record."""
    by.check(Permission.SCHEME_PROPOSE)
    rules.check_says_why(reason)
    version = locked(row=version, by=by)
    rules.check_can_move(rules.SCHEME_VERSION, state=version.status, move="withdraw")
    SchemeVersion.objects.filter(pk=version.pk).update(status=VersionStatus.WITHDRAWN, ended_by=by.user_id, ended_at=at)
    record(action="withdraw_version", subject=version, by=by, at=at, reason=reason)


def record(*, action: str, subject: Scheme | SchemeVersion, by: Scope, at: datetime, reason: str = "") -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"cohorts.{action}",
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        reason=reason,
    )
