"""The file of names for the Justice Data Lab: asked for by one, decided by another, each person written down."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import rules as sharing_rules
from iom.agreements.choices import RecordKind
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import registries
from iom.common.errors import NotVisible, WrongState
from iom.outcomes import queries, rules
from iom.outcomes.adapters import data_lab
from iom.outcomes.choices import LeftOut, ReleaseState
from iom.outcomes.models import DataLabExport
from iom.outcomes.operations.records import ASK, fingerprint, locked, record
from iom.people.models import Person

DATA_LAB = "Justice Data Lab, Ministry of Justice"
# What the file says of a person, in the words of the record.
NAMED = (
    "given_names", "family_name", "date_of_birth", "sex", "pnc_id", "prison_number", "started_on", "ended_on",
)  # fmt: skip


@dataclass(frozen=True)
class Grounds:
    """What a file for the Data Lab is for, and what it rests on: an agreement, a power and a lawful basis, by slug."""

    purpose: str
    agreement: str
    gateway: str
    basis: str


@transaction.atomic
def ask_data_lab(*, study_id: int, grounds: Grounds, by: Scope, at: datetime) -> DataLabExport:
    """Asks that who took part be named to the Data Lab, from the acting agency's own records. Nothing leaves yet.

    Whom it will name is settled here: whoever decides is told how many they are, and nobody is added later.
    """
    by.check(ASK)
    study = locked(study_id=study_id, by=by)
    rules.check_can_ask_data_lab(
        is_settled=study.registered_at is not None, is_waiting=queries.is_data_lab_waiting(study=study, scope=by)
    )
    rules.check_says_why(grounds.purpose, field="purpose", message="Enter what the Data Lab is to find out")
    rules.check_says_why(grounds.agreement, field="agreement", message="Enter the reference of the agreement")
    giver = queries.own_agency(scope=by)
    sharing_rules.check_can_give_outside(giver=giver, gateway=grounds.gateway, basis=grounds.basis)
    found = queries.to_give(study=study, scope=by, at=at)
    rules.check_enough(len(found.people))
    export = DataLabExport(
        partnership_id=by.partnership_id,
        study=study,
        agency=giver,
        **vars(grounds),
        people=[each.person_id for each in found.people],
        number=len(found.people),
        left_out=counted(found.left_out.values()),
        asked_by=by.user_id,
        asked_at=at,
    )
    export.sha256 = data_lab_fingerprint(export)
    export.save()
    record(study=study, action="ask_data_lab", by=by, at=at, detail={"export": export.pk, "number": export.number})
    return export


def counted(reasons: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(reason) for reason in reasons).items()))


def data_lab_fingerprint(export: DataLabExport) -> str:
    """Of whom a file is about, which columns it has, to whom it goes, what for and on what."""
    names = ("study_id", "agency_id", "purpose", "agreement", "gateway", "basis", "people", "left_out")
    settled = {name: getattr(export, name) for name in names}
    return fingerprint(settled | {"columns": data_lab.COLUMNS, "recipient": DATA_LAB})


def locked_export(*, export_id: int, by: Scope) -> DataLabExport:
    found: DataLabExport | None = (
        DataLabExport.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("study", "agency")
        .filter(pk=export_id)
        .first()
    )
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def decide_data_lab(*, export_id: int, is_released: bool, reason: str, seen: str, by: Scope, at: datetime) -> None:
    """Lets a file that somebody else asked for be taken, or refuses. `seen` is the fingerprint of what was read."""
    by.check(Permission.OUTCOMES_RELEASE)
    export = locked_export(export_id=export_id, by=by)
    rules.check_can_decide_data_lab(
        state=export.state,
        asked_by=export.asked_by,
        user_id=by.user_id,
        is_own_agency=export.agency_id == by.agency_id,
    )
    if seen != export.sha256 or data_lab_fingerprint(export) != seen:
        raise WrongState("This is not what you read. Look at it again.")
    values: dict[str, Any] = {"state": ReleaseState.RELEASED}
    if is_released:
        # The register of gateways may have changed since it was asked for.
        sharing_rules.check_can_give_outside(giver=export.agency, gateway=export.gateway, basis=export.basis)
    else:
        rules.check_says_why(reason, field="reason", message="Enter why it may not leave")
        values = {"state": ReleaseState.REFUSED, "people": []}
    DataLabExport.objects.filter(pk=export.pk).update(**values, reason=reason, decided_by=by.user_id, decided_at=at)
    action = "release_data_lab" if is_released else "refuse_data_lab"
    record(study=export.study, action=action, by=by, at=at, detail={"export": export.pk})


def needed_to_take(export: DataLabExport, *, user_id: int) -> Permission:
    """What either of the two must still be allowed: to ask, or to decide. Their role may have changed since."""
    return ASK if user_id == export.asked_by else Permission.OUTCOMES_RELEASE


@transaction.atomic
def take_data_lab(*, export_id: int, by: Scope, at: datetime) -> tuple[queries.TookPart, ...]:
    """The people of a file that may leave, to be written into it; each is told of in the audit and the log.

    Whoever may not be named any more is left out, and how many that are is kept. Nobody is added who was not in it when
    it was asked for. Raises `WrongState` where too few are left: then nothing leaves.
    """
    by.check(Permission.OUTCOMES_VIEW)
    export = locked_export(export_id=export_id, by=by)
    rules.check_can_take(
        state=export.state,
        decided_on=timezone.localdate(export.decided_at) if export.decided_at else None,
        on=timezone.localdate(at),
        hands=(export.asked_by, export.decided_by),
        user_id=by.user_id,
        is_own_agency=export.agency_id == by.agency_id,
    )
    by.check(needed_to_take(export, user_id=by.user_id))
    if data_lab_fingerprint(export) != export.sha256:
        raise WrongState("This is no longer what was decided. Ask for it again.")
    # Held, so that nobody of them is restricted, merged or erased between being read and leaving.
    held = Person.objects.visible_to(by).filter(pk__in=export.people).order_by("pk").select_for_update()
    there = {person.pk for person in held}
    found = queries.to_give(study=export.study, scope=by, at=at)
    people = tuple(each for each in found.people if each.person_id in there)
    rules.check_enough(len(people))
    gone = set(export.people) - {each.person_id for each in people}
    dropped = counted(found.left_out.get(person_id, LeftOut.GONE) for person_id in gone)
    DataLabExport.objects.filter(pk=export.pk).update(taken_by=by.user_id, taken_at=at, dropped=dropped)
    note_given(export=export, person_ids=[each.person_id for each in people], by=by, at=at)
    return people


def note_given(*, export: DataLabExport, person_ids: list[int], by: Scope, at: datetime) -> None:
    """An event and an entry in the log of disclosures for each person, who can so be told to whom their data went."""
    for person_id in person_ids:
        audit.record(
            by=by,
            at=at,
            kind=Kind.DISCLOSURE,
            action="outcomes.take_data_lab",
            subject_type="outcomes.DataLabExport",
            subject_id=export.pk,
            person_id=person_id,
            fields=NAMED,
        )
    for log in registries.disclosure_logs:
        log.note(
            by=by,
            person_ids=person_ids,
            recipient=DATA_LAB,
            purpose=export.purpose,
            gateway=export.gateway,
            kinds=[RecordKind.RECORDS],
            at=at,
        )
    record(
        study=export.study,
        action="take_data_lab",
        by=by,
        at=at,
        detail={"export": export.pk, "number": len(person_ids)},
        kind=Kind.DISCLOSURE,
    )
