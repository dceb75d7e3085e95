"""Every write of a subject access request: recorded, gathered, decided item by item, checked, released."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.choices import Audience
from iom.agreements.operations import locked, marked_by, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import background, subject_access
from iom.common.errors import InvalidInput
from iom.common.seen import check_is_as_seen
from iom.people.models import Person
from iom.people.operations.rows import locked_person
from iom.sharing.adapters import answers
from iom.sharing.choices.subject_access import IdentityCheck, PauseReason, RequestState, Treatment
from iom.sharing.models import SubjectAccessItem, SubjectAccessPause, SubjectAccessRequest
from iom.sharing.operations import clock
from iom.sharing.queries import subject_access as queries
from iom.sharing.queries.clock import clock_now
from iom.sharing.rules import subject_access as rules

AT_ONCE = 500
# What is no longer proposed to a second person.
BACK = {"prepared_by": None, "prepared_at": None, "closing_reason": ""}


@dataclass(frozen=True)
class Asked:
    """What came in: when, how, what was asked for, and how identity was checked."""

    received_on: date
    channel: str
    asked_for: str
    identity_check: str
    identity_note: str = ""


@transaction.atomic
def record(*, person: Person, asked: Asked, by: Scope, at: datetime) -> SubjectAccessRequest:
    """Records a request made to the agency of `by`. Without a check of identity its clock does not start."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    rules.check_can_record(received_on=asked.received_on, on=timezone.localdate(at), asked_for=asked.asked_for)
    person = locked_person(person_id=person.pk, by=by)
    checked = asked.identity_check != IdentityCheck.NOT_YET
    made = SubjectAccessRequest.objects.create(
        **marked_by(by, audience=Audience.OWN),
        person=person,
        received_on=asked.received_on,
        channel=asked.channel,
        asked_for=asked.asked_for,
        identity_check=asked.identity_check,
        identity_note=asked.identity_note,
        identity_checked_by=by.user_id if checked else None,
        recorded_by=by.user_id,
        recorded_at=at,
    )
    if not checked:
        SubjectAccessPause.objects.create(
            **marked_like(made), request=made, reason=PauseReason.IDENTITY, started_on=asked.received_on
        )
    _note(made, "record", kind=Kind.COLLECTION, by=by, at=at, detail={"identity_check": asked.identity_check})
    return made


@transaction.atomic
def confirm_identity(*, request: SubjectAccessRequest, check: str, note_of_it: str, by: Scope, at: datetime) -> None:
    """Records how identity was proved; the clock starts today."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    request = locked(row=request, by=by)
    rules.check_can_move(state=request.state, move="gather")
    if check == IdentityCheck.NOT_YET:
        raise InvalidInput("Say how identity was checked.", {"identity_check": "Select how identity was checked"})
    SubjectAccessRequest.objects.filter(pk=request.pk).update(
        identity_check=check, identity_note=note_of_it, identity_checked_by=by.user_id
    )
    clock.end_pause(request=request, on=timezone.localdate(at), reasons=(PauseReason.IDENTITY,))
    _note(request, "confirm_identity", by=by, at=at, detail={"identity_check": check})


@transaction.atomic
def gather(*, request: SubjectAccessRequest, by: Scope, at: datetime) -> int:
    """Collects every row about the person that the agency may see; returns how many there are.

    What an emergency opened for a few hours is not copied to where it stays (ADR 18). Done again, it keeps what was
    decided about a row that says the same, takes up what is new, and drops what may no longer be seen or has changed
    since.
    """
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    # Whoever destroys a record of theirs meanwhile waits, and then finds the copies; or was first, and there are none.
    locked_person(person_id=request.person_id, by=by)
    request = locked(row=request, by=by)
    waits = clock_now(request, scope=by).waits
    rules.check_can_gather(state=request.state, identity=request.identity_check, waits=waits)
    usual = replace(by, opened=())
    with act_in(usual):
        rows = list(subject_access.gather(scope=usual, person_id=request.person_id))
    found = {(each.source, each.row_id): each for each in rows}
    found.pop((SubjectAccessRequest._meta.label, request.pk), None)  # this very request is no news to who made it
    gone: list[int] = []
    for item in queries.items_of(request=request, scope=by):
        each = found.get((item.source, item.row_id))
        if each is not None and item.fields == [field.as_json() for field in each.fields]:
            del found[item.source, item.row_id]
        else:
            gone.append(item.pk)
    SubjectAccessItem.objects.filter(pk__in=gone).delete()
    marking = marked_by(by, audience=Audience.OWN)
    SubjectAccessItem.objects.bulk_create(
        (item_from(each, request=request, marking=marking) for each in found.values()), batch_size=AT_ONCE
    )
    SubjectAccessRequest.objects.filter(pk=request.pk).update(state=RequestState.REVIEW, gathered_at=at)
    count = queries.items_of(request=request, scope=by).count()
    _note(request, "gather", kind=Kind.CONSULTATION, by=by, at=at, detail={"items": count, "new": len(found)})
    return count


def item_from(
    each: subject_access.Gathered, *, request: SubjectAccessRequest, marking: dict[str, Any]
) -> SubjectAccessItem:
    """An item as it starts: given where every field of it may be given as it is, undecided where somebody must look."""
    plain = not each.concern and not any(field.review for field in each.fields)
    return SubjectAccessItem(
        **{**marking, "regime": each.regime, "marking": each.marking, "descriptor": each.descriptor},
        request=request,
        controller_id=each.controller_id,
        source=each.source,
        row_id=each.row_id,
        title=each.title,
        on=each.on,
        fields=[field.as_json() for field in each.fields],
        concern=each.concern,
        treatment=Treatment.GIVE if plain else Treatment.UNDECIDED,
    )


@transaction.atomic
def decide(
    *,
    item: SubjectAccessItem,
    treatment: str,
    by: Scope,
    at: datetime,
    redacted: Collection[str] = (),
    exemption: str = "",
    reason: str = "",
    consulted: str = "",
) -> None:
    """Says what becomes of one item."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    request = locked(row=item.request, by=by)
    item = queries.get_item(item_id=item.pk, scope=by)
    left_out = sorted(redacted) if treatment == Treatment.REDACT else []
    rules.check_can_decide(
        state=request.state,
        concern=item.concern,
        needs_consulting=needs_consulting(item, by),
        regime=item.regime,
        treatment=treatment,
        redacted=left_out,
        fields=[field["name"] for field in item.fields],
        exemption=exemption,
        reason=reason,
        consulted=consulted,
    )
    SubjectAccessItem.objects.filter(pk=item.pk).update(
        treatment=treatment,
        redacted=left_out,
        exemption="" if treatment == Treatment.GIVE else exemption,
        reason=reason,
        consulted=consulted,
        decided_by=by.user_id,
        decided_at=at,
    )
    detail = {"item": item.pk, "source": item.source, "treatment": treatment, "exemption": exemption}
    _note(request, "decide", by=by, at=at, reason=reason, detail=detail, fields=left_out)


@transaction.atomic
def give_all_like(*, item: SubjectAccessItem, consulted: str, by: Scope, at: datetime) -> int:
    """Gives the undecided items like this one that speak of nobody else and are not restricted; returns how many."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    request = locked(row=item.request, by=by)
    rules.check_can_decide(
        state=request.state,
        concern="",
        needs_consulting=needs_consulting(item, by),
        regime=item.regime,
        treatment=Treatment.GIVE,
        redacted=(),
        fields=(),
        exemption="",
        reason="",
        consulted=consulted,
    )
    ids = list(queries.plain_undecided(like=item, scope=by).values_list("pk", flat=True))
    SubjectAccessItem.objects.filter(pk__in=ids).update(
        treatment=Treatment.GIVE, consulted=consulted, decided_by=by.user_id, decided_at=at
    )
    _note(request, "give_all_like", by=by, at=at, detail={"items": ids, "source": item.source})
    return len(ids)


def needs_consulting(item: SubjectAccessItem, by: Scope) -> bool:
    """Whether the agency that owns the row must have been asked: it is another, and the row is not plainly given."""
    looked_at = bool(item.concern) or any(field["review"] for field in item.fields)
    return looked_at and item.controller_id != by.agency_id


@transaction.atomic
def prepare(*, request: SubjectAccessRequest, by: Scope, at: datetime) -> None:
    """Hands the decided answer to a second person."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    request = locked(row=request, by=by)
    undecided = queries.count_undecided(request=request, scope=by)
    waits = clock_now(request, scope=by).waits
    rules.check_can_prepare(state=request.state, undecided=undecided, waits=waits)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(
        state=RequestState.CHECK, prepared_by=by.user_id, prepared_at=at
    )
    _note(request, "prepare", by=by, at=at)


@transaction.atomic
def send_back(*, request: SubjectAccessRequest, reason: str, by: Scope, at: datetime) -> None:
    """Gives the answer, or the refusal, back to who prepared it, with what is to be changed."""
    by.check(Permission.SUBJECT_ACCESS_CHECK)
    request = locked(row=request, by=by)
    to = rules.check_can_move(state=request.state, move="send back")
    rules.check_says_why(reason)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(**BACK, state=to)
    _note(request, "send_back", by=by, at=at, reason=reason)


@transaction.atomic
def release(*, request: SubjectAccessRequest, seen: str, by: Scope, at: datetime) -> None:
    """Releases the answer as the second person, who saw it as `seen` says; its files are made in the background."""
    by.check(Permission.SUBJECT_ACCESS_CHECK)
    request = locked(row=request, by=by)
    rules.check_is_there(is_emptied=queries.is_emptied(request))
    deciders = queries.deciders(request=request, scope=by)
    rules.check_can_release(
        state=request.state, checker_id=by.user_id, prepared_by=request.prepared_by, deciders=deciders
    )
    check_is_as_seen(made_at=request.prepared_at, seen=seen)
    counts = queries.count_of(request=request, scope=by)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(
        state=RequestState.RELEASED, closed_by=by.user_id, closed_at=at
    )
    detail = {str(treatment): count for treatment, count in counts.items()}
    _note(request, "release", kind=Kind.DISCLOSURE, by=by, at=at, detail=detail)
    background.start(
        "sharing.make_answer",
        lock=f"sharing.answer.{request.pk}",
        request_id=request.pk,
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )


@transaction.atomic
def propose_refusal(*, request: SubjectAccessRequest, reason: str, by: Scope, at: datetime) -> None:
    """Proposes to a second person that the request be refused, with the reasons the person is told."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    request = locked(row=request, by=by)
    to = rules.check_can_move(state=request.state, move="propose refusal")
    rules.check_says_why(reason)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(
        state=to, prepared_by=by.user_id, prepared_at=at, closing_reason=reason
    )
    _note(request, "propose_refusal", by=by, at=at, reason=reason)


@transaction.atomic
def refuse(*, request: SubjectAccessRequest, seen: str, by: Scope, at: datetime) -> None:
    """Refuses as the second person, who saw the proposal as `seen` says."""
    by.check(Permission.SUBJECT_ACCESS_CHECK)
    request = locked(row=request, by=by)
    rules.check_can_refuse(
        state=request.state,
        checker_id=by.user_id,
        prepared_by=request.prepared_by,
        deciders=queries.deciders(request=request, scope=by),
    )
    check_is_as_seen(made_at=request.prepared_at, seen=seen)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(
        state=RequestState.REFUSED, closed_by=by.user_id, closed_at=at
    )
    _note(request, "refuse", by=by, at=at)


@transaction.atomic
def withdraw(*, request: SubjectAccessRequest, reason: str, by: Scope, at: datetime) -> None:
    """Ends a request that the person took back."""
    by.check(Permission.SUBJECT_ACCESS_MANAGE)
    request = locked(row=request, by=by)
    to = rules.check_can_move(state=request.state, move="withdraw")
    rules.check_says_why(reason)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(
        state=to, closed_by=by.user_id, closed_at=at, closing_reason=reason
    )
    _note(request, "withdraw", by=by, at=at, reason=reason)


@transaction.atomic
def make_answer(*, request_id: int, by: Scope, at: datetime) -> None:
    """Makes the files of a released answer and keeps them in the store. Done again, it makes the same files.

    It holds the request, so that who destroys the record waits and then removes the files; after that none are made.
    """
    request = locked(row=queries.get_request(request_id=request_id, scope=by), by=by)
    if queries.is_emptied(request):
        return
    rules.check_is_released(state=request.state)
    items = queries.items_of(request=request, scope=by)
    recipients = queries.recipients(request=request, scope=by)
    others = queries.other_agencies(scope=by)
    assert request.closed_at is not None, "it was released"
    particulars = queries.particulars(request=request, scope=by, on=timezone.localdate(request.closed_at))
    given = answers.answer(request, list(items), recipients=recipients, others=others, particulars=particulars)
    hashes = answers.write(request, given)
    SubjectAccessRequest.objects.filter(pk=request.pk).update(exported_at=at, export_sha256=hashes)
    _note(request, "make_answer", by=by, at=at)


def remove_left(*, by: Scope, at: datetime) -> int:
    """Removes the files of answers whose request has been emptied, which a process killed just then left; how many."""
    left = [request for request in queries.emptied(scope=by) if answers.folder(request).exists()]
    for request in left:
        answers.remove(request)
        _note(request, "remove_left", kind=Kind.ERASURE, by=by, at=at)
    return len(left)


def taken(*, request: SubjectAccessRequest, kind: str, by: Scope, at: datetime, token_id: int | None = None) -> None:
    """Records that somebody, or another system with its token, took the answer."""
    detail = {"kind": kind} | ({"token": token_id} if token_id else {})
    _note(request, "download", kind=Kind.DISCLOSURE, by=by, at=at, detail=detail)


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Requests about a person found to be another follow; of either, what was gathered was half a record."""
    because = by.because or "people in the index were merged"
    with act_in(_system(by, because)) as scope:
        found = _held([keep_id, gone_id])
        if not found:
            return
        again = _gather_anew(found, at=at)
        moved = [each.pk for each in found if each.person_id == gone_id]
        SubjectAccessRequest.objects.filter(pk__in=moved).update(person_id=keep_id)
        audit.record(
            by=scope,
            at=at,
            kind=Kind.COMBINATION,
            action="sharing.subject_access.merge",
            subject_type="people.Person",
            subject_id=keep_id,
            person_id=keep_id,
            detail={"from": gone_id, "requests": moved, "gather_anew": again},
        )


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """Requests stay with the person whose identity was checked. What is not theirs any more is dropped at once.

    Of either person all is gathered anew. It comes after every other app's rows have followed.
    """
    with act_in(_system(by, by.because or "people in the index were split")) as scope:
        found = _held([person_id, new_id])
        if not found:
            return
        again = _gather_anew(found, at=at)
        for whose in {each.person_id for each in found if each.state in rules.OPEN}:
            theirs = {(row.source, row.row_id) for row in subject_access.gather(scope=scope, person_id=whose)}
            items = SubjectAccessItem.objects.filter(request__person=whose, request__state__in=rules.OPEN)
            kept = items.values_list("pk", "source", "row_id")
            gone = [item_id for item_id, source, row_id in kept if (source, row_id) not in theirs]
            SubjectAccessItem.objects.filter(pk__in=gone).delete()
        audit.record(
            by=scope,
            at=at,
            kind=Kind.ALTERATION,
            action="sharing.subject_access.split",
            subject_type="people.Person",
            subject_id=person_id,
            person_id=person_id,
            detail={"new": new_id, "gather_anew": again},
        )


def _system(by: Scope, because: str) -> Scope:
    return unrestricted(partnership_id=by.partnership_id, agency_id=by.agency_id, because=because)


def _held(person_ids: list[int]) -> list[SubjectAccessRequest]:
    """Every request about these people, locked: who gathers or releases one at this moment is waited for."""
    return list(SubjectAccessRequest.objects.filter(person__in=person_ids).order_by("pk").select_for_update())


def _gather_anew(found: list[SubjectAccessRequest], *, at: datetime) -> list[int]:
    """Takes back what was gathered for these requests; marks released answers as not to be given. Returns which."""
    again = [each.pk for each in found if rules.is_gathered(each.state)]
    SubjectAccessRequest.objects.filter(pk__in=again).update(**BACK, state=RequestState.RECEIVED, gathered_at=None)
    released = [each.pk for each in found if queries.is_released(each)]
    SubjectAccessRequest.objects.filter(pk__in=released).update(outdated_at=at)
    return sorted([*again, *released])


def _note(
    request: SubjectAccessRequest,
    action: str,
    *,
    by: Scope,
    at: datetime,
    kind: Kind = Kind.ALTERATION,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    fields: Collection[str] = (),
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=kind,
        action=f"sharing.subject_access.{action}".replace(" ", "_"),
        subject_type="sharing.SubjectAccessRequest",
        subject_id=request.pk,
        person_id=request.person_id,
        reason=reason,
        detail=detail,
        fields=fields,
    )
