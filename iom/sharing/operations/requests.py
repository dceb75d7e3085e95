"""Asking another agency for information about a person, and every way in which that ends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements import queries as agreements
from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Audience, RecordKind
from iom.agreements.operations import locked, marked_by
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible, WrongState
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.people.operations.rows import locked_person, person_there
from iom.sharing.choices.requests import DisclosureKind, Give
from iom.sharing.models import AnswerItem, Disclosure, Given, InformationRequest
from iom.sharing.queries import requests as queries
from iom.sharing.rules import requests as rules


@dataclass(frozen=True)
class Asking:
    """About whom, what is asked for, what for, under what, and how soon."""

    who: str
    purpose: str
    necessity: str
    question: str
    kinds: list[str]
    gateway: str
    urgency: str


@transaction.atomic
def ask(*, person: Person, agency: Agency, asking: Asking, by: Scope, at: datetime) -> InformationRequest:
    """Asks another agency about a person. It may be asked without an agreement; it can be answered only under one."""
    by.check(Permission.REQUEST_ASK)
    if agency.partnership_id != by.partnership_id:
        raise NotVisible()
    # Who opened the record in an emergency may well have to ask.
    hold = person_there if person.pk in by.people_opened else locked_person
    person = hold(person_id=person.pk, by=by)
    words = {"purpose": asking.purpose, "necessity": asking.necessity, "question": asking.question}
    rules.check_can_ask(
        asking_id=by.agency_id, answering_id=agency.pk, kinds=asking.kinds, words={**words, "who": asking.who}
    )
    receiver = Agency.objects.get(pk=by.agency_id, partnership_id=by.partnership_id)
    sharing_rules.check_can_rest_on(asking.gateway, giver=agency, receiver=receiver)
    made = InformationRequest.objects.create(
        **marked_by(by, audience=Audience.LISTED, agencies=[agency.pk]),
        person=person,
        agency=agency,
        who=asking.who,
        urgency=asking.urgency,
        **words,
        kinds=sorted(asking.kinds),
        gateway=asking.gateway,
        roles=list(by.roles),
        asked_by=by.user_id,
        asked_at=at,
        due_at=rules.due_at(asked_at=at, urgency=asking.urgency),
    )
    _note(made, "ask", by=by, at=at, reason=asking.purpose, detail={"agency": agency.pk, "gateway": asking.gateway})
    return made


@transaction.atomic
def take(*, request: InformationRequest, by: Scope, at: datetime) -> None:
    """Says who of the agency asked works on the answer, so that two do not."""
    request = _to_answer(request, by)
    rules.check_can_move(state=request.state, move="refuse")
    _change(request, "take", by=by, at=at, taken_by=by.user_id)


@transaction.atomic
def clarify(*, request: InformationRequest, question: str, by: Scope, at: datetime) -> None:
    """Asks the asker what they need. The clock stands until they reply."""
    request = _to_answer(request, by)
    state = rules.check_can_move(state=request.state, move="ask what is needed")
    _change(request, "clarify", by=by, at=at, reason=question, state=state, clarify=question, clarify_at=at)


@transaction.atomic
def reply(*, request: InformationRequest, reply: str, by: Scope, at: datetime) -> None:
    """The asker says what they need. The clock runs again, later by the time it stood."""
    request = _own(request, by)
    state = rules.check_can_move(state=request.state, move="reply")
    assert request.clarify_at is not None, "the clock stands while the asker is awaited"
    due = rules.due_after_pause(due=request.due_at, paused_at=request.clarify_at, at=at)
    _change(request, "reply", by=by, at=at, reason=reply, state=state, reply=reply, clarify_at=None, due_at=due)


@transaction.atomic
def withdraw(*, request: InformationRequest, reason: str, by: Scope, at: datetime) -> None:
    """The asker no longer needs it."""
    request = _own(request, by)
    state = rules.check_can_move(state=request.state, move="withdraw")
    _change(request, "withdraw", by=by, at=at, reason=reason, state=state, closed_by=by.user_id, closed_at=at)


@transaction.atomic
def refuse(*, request: InformationRequest, refusal: str, reason: str, by: Scope, at: datetime) -> None:
    """The agency asked gives nothing, and says why."""
    request = _to_answer(request, by)
    rules.check_can_refuse(refusal=refusal, reason=reason)
    state = rules.check_can_move(state=request.state, move="refuse")
    _change(
        request, "refuse", by=by, at=at, reason=reason, state=state, closed_by=by.user_id, closed_at=at,
        refusal=refusal, refusal_reason=reason,
    )  # fmt: skip


@transaction.atomic
def gather(*, request: InformationRequest, by: Scope, at: datetime) -> int:
    """Lists what the agency itself holds of what is asked for; nothing of it is given yet. Returns how many rows.

    Done again, what was decided of a row that says the same stays decided.
    """
    request = _to_answer(request, by)
    rules.check_can_move(state=request.state, move="refuse")
    found = {(each.source, each.row_id): each for each in queries.held(request=request, scope=by)}
    gone = []
    for item in queries.items_of(request=request, scope=by):
        each = found.get((item.source, item.row_id))
        if each is not None and item.fields == _fields(each):
            del found[item.source, item.row_id]
        else:
            gone.append(item.pk)
    AnswerItem.objects.filter(pk__in=gone).delete()
    marking = marked_by(by, audience=Audience.OWN)
    AnswerItem.objects.bulk_create(
        AnswerItem(
            **{**marking, "regime": each.regime, "marking": each.marking, "descriptor": each.descriptor},
            request=request,
            source=each.source,
            row_id=each.row_id,
            title=each.title,
            on=each.on,
            fields=_fields(each),
        )
        for each in found.values()
    )
    count = queries.items_of(request=request, scope=by).count()
    _note(request, "gather", kind=Kind.CONSULTATION, by=by, at=at, detail={"items": count})
    return count


def _fields(each: Any) -> list[dict[str, str]]:
    return [{"name": field.name, "label": field.label, "text": field.text} for field in each.fields]


@transaction.atomic
def choose(*, request: InformationRequest, item_ids: Collection[int], by: Scope, at: datetime) -> None:
    """Says which items are given; the others are left out. One with fields blacked out stays so."""
    request = _to_answer(request, by)
    rules.check_can_move(state=request.state, move="refuse")
    items = AnswerItem.objects.visible_to(by).filter(request=request)
    items.exclude(pk__in=item_ids).update(give=Give.LEAVE, blacked_out=[], decided_by=by.user_id)
    items.filter(pk__in=item_ids, give=Give.LEAVE).update(give=Give.GIVE, decided_by=by.user_id)
    _note(request, "choose", by=by, at=at, detail={"items": sorted(item_ids)})


@transaction.atomic
def black_out(
    *, item: AnswerItem, give: str, blacked_out: Collection[str], reason: str, by: Scope, at: datetime
) -> None:
    """Says what becomes of one item, and which of its fields are blacked out."""
    request = _to_answer(item.request, by)
    item = queries.get_item(answer_item_id=item.pk, scope=by)
    rules.check_can_move(state=request.state, move="refuse")
    rules.check_can_choose(
        give=give, blacked_out=blacked_out, fields=[field["name"] for field in item.fields], reason=reason
    )
    out = sorted(blacked_out) if give == Give.PART else []
    AnswerItem.objects.filter(pk=item.pk).update(give=give, blacked_out=out, reason=reason, decided_by=by.user_id)
    _note(request, "black_out", by=by, at=at, reason=reason, detail={"item": item.pk, "give": give}, fields=out)


def check_agreed(
    *, request: InformationRequest, kinds: Collection[str], special: Collection[str], by: Scope, on: date
) -> int:
    """The agreement in force under which an answer with these kinds may be given, resting on what the asker named.

    `special`: the special categories in its words. Raises `WrongState` with what is missing.
    """
    (terms,) = agreements.agreed(
        giver=request.agency,
        receivers=[request.owner_agency],
        kinds=kinds,
        special=special,
        gateway=request.gateway,
        scope=by,
        on=on,
    )
    return terms.agreement_id


def kinds_given(items: Collection[AnswerItem], text: str) -> list[str]:
    said = {str(RecordKind.ANSWERS)} if text.strip() else set()
    return sorted({rules.kind_of(item.source) for item in items} | said)


@transaction.atomic
def send(
    *,
    request: InformationRequest,
    text: str,
    special: Collection[str],
    is_part: bool,
    reason: str,
    kept_days: int,
    by: Scope,
    at: datetime,
) -> Disclosure:
    """Gives what was chosen to the agency that asked, as a snapshot, for the roles of who asked.

    Under an agreement in force today: where it ended while somebody was choosing, nothing is sent and all is kept.
    `special`: the special categories that its words hold, for each of which the agreement needs a condition.
    `is_part`: something that was asked for is left out; so is whatever is blacked out or cut.
    """
    request = _to_answer(request, by)
    items = queries.chosen_items(request=request, scope=by)
    left_out = is_part or rules.has_cuts(text) or any(item.give == Give.PART for item in items)
    rules.check_can_send(items=len(items), text=text, is_part=left_out, reason=reason, kept_days=kept_days)
    state = rules.check_can_move(state=request.state, move="answer in part" if left_out else "answer in full")
    kinds = kinds_given(items, text)
    special = rules.special_in(sources=[item.source for item in items], words=special)
    agreement_id = check_agreed(request=request, kinds=kinds, special=special, by=by, on=timezone.localdate(at))
    marking = marked_by(by, audience=Audience.LISTED, agencies=[request.owner_agency_id])
    disclosure = Disclosure.objects.create(
        **marking,
        person_id=request.person_id,
        request_id=request.pk,
        kind=DisclosureKind.ANSWER,
        to_agency=request.owner_agency,
        recipient=request.owner_agency.name,
        purpose=request.purpose,
        gateway=request.gateway,
        agreement_id=agreement_id,
        kinds=kinds,
        rows=len(items),
        left_out=left_out,
        disclosed_by=by.user_id,
        disclosed_at=at,
    )
    Given.objects.create(
        **marking,
        disclosure=disclosure,
        roles=request.roles,
        text=rules.cut(text),
        items=[snapshot(item) for item in items],
        expires_on=timezone.localdate(at) + timedelta(days=kept_days),
    )
    _change(
        request, "send", by=by, at=at, reason=reason, kind=Kind.DISCLOSURE,
        detail={"disclosure": disclosure.pk, "rows": len(items), "kinds": kinds, "agreement": agreement_id,
                "special": sorted(special), "to": request.owner_agency_id},
        state=state, closed_by=by.user_id, closed_at=at,
    )  # fmt: skip
    return disclosure


def snapshot(item: AnswerItem) -> dict[str, Any]:
    """An item as it is given: what is blacked out is a bar, and its words are nowhere."""
    return {
        "title": item.title,
        "date": item.on.isoformat() if item.on else None,
        "marking": item.marked_as,
        "fields": [
            {"label": field["label"], "text": rules.CUT_OUT if field["name"] in item.blacked_out else field["text"]}
            for field in item.fields
        ],
    }


def open_given(*, disclosure_id: int, by: Scope, at: datetime) -> Given:
    """What was given, opened to be read; the giver sees when that first happened.

    Raises `NotVisible` for who has none of the roles, `WrongState` where it was withdrawn or its time is over.
    """
    given = queries.get_given(disclosure_id=disclosure_id, scope=by)
    rules.check_can_open(
        withdrawn=given.withdrawn_at is not None,
        expires_on=given.expires_on.strftime("%d/%m/%Y"),
        is_over=timezone.localdate(at) >= given.expires_on,
    )
    if given.first_opened_at is None and by.agency_id != given.owner_agency_id:
        Given.objects.filter(pk=given.pk, first_opened_at=None).update(first_opened_at=at, first_opened_by=by.user_id)
    audit.record(
        by=by, at=at, kind=Kind.CONSULTATION, action="sharing.requests.open", subject_type="sharing.Disclosure",
        subject_id=disclosure_id, person_id=given.disclosure.person_id,
    )  # fmt: skip
    return given


@transaction.atomic
def withdraw_given(*, disclosure_id: int, reason: str, by: Scope, at: datetime) -> None:
    """The giver takes back what the receiver can still read. What was read already, was read."""
    by.check(Permission.REQUEST_ANSWER)
    given = locked(row=queries.get_given(disclosure_id=disclosure_id, scope=by), by=by)
    rules.check_is_asker(asking_id=given.owner_agency_id, agency_id=by.agency_id)
    if given.withdrawn_at is not None:
        raise WrongState("This has been withdrawn already.")
    Given.objects.filter(pk=given.pk).update(withdrawn_at=at, withdrawn_by=by.user_id, withdrawn_reason=reason)
    audit.record(
        by=by, at=at, kind=Kind.ALTERATION, action="sharing.requests.withdraw_given",
        subject_type="sharing.Disclosure", subject_id=disclosure_id, person_id=given.disclosure.person_id,
        reason=reason,
    )  # fmt: skip


@transaction.atomic
def log_transfer(
    *,
    by: Scope,
    person_id: int,
    agency: Agency,
    purpose: str,
    gateway: str,
    agreement_id: int,
    rows: int,
    at: datetime,
) -> None:
    """Puts in the log that rows about a person passed to another agency, which answers for them from now."""
    Disclosure.objects.create(
        **marked_by(by, audience=Audience.LISTED, agencies=[agency.pk]),
        person_id=person_id,
        kind=DisclosureKind.TRANSFER,
        to_agency=agency,
        recipient=agency.name,
        purpose=purpose,
        gateway=gateway,
        agreement_id=agreement_id,
        kinds=[RecordKind.ANSWERS],
        rows=rows,
        left_out=False,
        disclosed_by=by.user_id,
        disclosed_at=at,
    )


@transaction.atomic
def log_given(
    *,
    by: Scope,
    person_ids: Collection[int],
    recipient: str,
    purpose: str,
    gateway: str,
    kinds: Collection[str],
    at: datetime,
) -> None:
    """Puts in the log that the acting agency's rows about each of many people went to somebody outside, in one file."""
    marking = marked_by(by, audience=Audience.OWN)
    Disclosure.objects.bulk_create(
        Disclosure(
            **marking,
            person_id=person_id,
            kind=DisclosureKind.PACKAGE,
            recipient=recipient,
            purpose=purpose,
            gateway=gateway,
            kinds=sorted(kinds),
            rows=1,
            left_out=False,
            disclosed_by=by.user_id,
            disclosed_at=at,
        )
        for person_id in sorted(person_ids)
    )


@transaction.atomic
def escalate(*, by: Scope, at: datetime) -> int:
    """Puts what is late before the managers of both agencies, once. Returns how many."""
    late = list(queries.late(scope=by, at=at).select_for_update(of=("self",)))
    for request in late:
        _change(request, "escalate", by=by, at=at, escalated_at=at)
    return len(late)


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Requests and disclosures about a person found to be another follow them."""
    with act_in(_system(by)):
        forgotten = _forget_unsent(person_ids=[keep_id, gone_id])
        moved = InformationRequest.objects.filter(person=gone_id).update(person=keep_id)
        moved += Disclosure.objects.filter(person=gone_id).update(person=keep_id)
        if moved or forgotten:
            audit.record(
                by=by, at=at, kind=Kind.COMBINATION, action="sharing.requests.merge", subject_type="people.Person",
                subject_id=keep_id, person_id=keep_id, detail={"from": gone_id, "items_forgotten": forgotten},
            )  # fmt: skip


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """Requests and disclosures stay with whom they were made about: what was sent was sent as theirs.

    What was gathered and not yet sent may be the other person's now: it is gathered and chosen again.
    """
    with act_in(_system(by)):
        if forgotten := _forget_unsent(person_ids=[person_id, new_id]):
            audit.record(
                by=by, at=at, kind=Kind.ALTERATION, action="sharing.requests.split", subject_type="people.Person",
                subject_id=person_id, person_id=person_id, detail={"new": new_id, "items_forgotten": forgotten},
            )  # fmt: skip


def _forget_unsent(*, person_ids: list[int]) -> int:
    """Removes what was listed for answers that have not been sent. Returns how many items."""
    items = AnswerItem.objects.filter(request__person__in=person_ids, request__state__in=rules.OPEN)
    return int(items.delete()[0])


def _system(by: Scope) -> Scope:
    return unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were merged"
    )


def _to_answer(request: InformationRequest, by: Scope) -> InformationRequest:
    by.check(Permission.REQUEST_ANSWER)
    request = locked(row=request, by=by)
    rules.check_is_asked(answering_id=request.agency_id, agency_id=by.agency_id)
    return request


def _own(request: InformationRequest, by: Scope) -> InformationRequest:
    by.check(Permission.REQUEST_ASK)
    request = locked(row=request, by=by)
    rules.check_is_asker(asking_id=request.owner_agency_id, agency_id=by.agency_id)
    return request


def _change(
    request: InformationRequest,
    action: str,
    *,
    by: Scope,
    at: datetime,
    reason: str = "",
    kind: Kind = Kind.ALTERATION,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> None:
    InformationRequest.objects.filter(pk=request.pk).update(**values)
    _note(request, action, by=by, at=at, reason=reason, kind=kind, detail=detail)


def _note(
    request: InformationRequest,
    action: str,
    *,
    by: Scope,
    at: datetime,
    kind: Kind = Kind.ALTERATION,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    fields: Collection[str] = (),
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=kind,
        action=f"sharing.requests.{action}",
        subject_type="sharing.InformationRequest",
        subject_id=request.pk,
        person_id=request.person_id,
        reason=reason,
        detail=detail,
        fields=fields,
    )
