"""Every write of a person's request about their data: recorded, prepared, decided by a second person, carried out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.choices import Audience
from iom.agreements.operations import locked, marked_by
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts.models import PanelDecision
from iom.common.erasure import REMOVED
from iom.common.errors import NotVisible
from iom.common.seen import check_is_as_seen
from iom.people.models import Person, Restriction
from iom.people.operations import restrictions
from iom.people.operations.rows import locked_person
from iom.sharing.choices.rights import Right, RightOutcome, RightState
from iom.sharing.choices.subject_access import IdentityCheck
from iom.sharing.models import InformationGiven, RightsNotice, RightsRequest
from iom.sharing.operations import retention
from iom.sharing.queries import retention as retention_queries
from iom.sharing.queries import rights as queries
from iom.sharing.queries import subject_access as disclosures
from iom.sharing.queries.clock import clock_now
from iom.sharing.rules import rights as rules

MANAGE, DECIDE = Permission.RIGHTS_MANAGE, Permission.RIGHTS_DECIDE


@dataclass(frozen=True)
class RightAsked:
    """What came in: which right, when, how, in what words, how identity was checked, and about which decision."""

    kind: str
    received_on: date
    channel: str
    asked_for: str
    identity_check: str
    decision_id: int | None = None


@dataclass(frozen=True)
class RightAnswer:
    """What whoever prepares it proposes: the outcome and why, what was done, and which agencies are told what."""

    outcome: str
    reasons: str
    done: str = ""
    matter: str = ""
    ground: str = ""
    tell_agencies: tuple[int, ...] = ()
    tell_what: str = ""


@transaction.atomic
def record(*, person: Person, asked: RightAsked, by: Scope, at: datetime) -> RightsRequest:
    """Records a request made to the agency of `by` about its own records."""
    by.check(MANAGE)
    person = locked_person(person_id=person.pk, by=by)
    on = timezone.localdate(at)
    marking = marked_by(by, audience=Audience.OWN)
    rules.check_can_record(
        kind=asked.kind,
        regime=marking["regime"],
        received_on=asked.received_on,
        on=on,
        asked_for=asked.asked_for,
        has_decision=asked.decision_id is not None,
    )
    known = {each.pk for each in queries.decisions_about(person_id=person.pk, scope=by)}
    if asked.decision_id is not None and asked.decision_id not in known:
        raise NotVisible()
    checked = asked.identity_check != IdentityCheck.NOT_YET
    made: RightsRequest = RightsRequest.objects.create(
        **marking,
        **asked.__dict__,
        person=person,
        identity_checked_on=asked.received_on if checked else None,
        identity_checked_by=by.user_id if checked else None,
        recorded_by=by.user_id,
        recorded_at=at,
    )
    _note(made, "record", kind=Kind.COLLECTION, by=by, at=at, detail={"right": asked.kind})
    return made


@transaction.atomic
def confirm_identity(*, request: RightsRequest, check: str, by: Scope, at: datetime) -> None:
    """Records how identity was proved; the clock starts today."""
    by.check(MANAGE)
    request = locked(row=request, by=by)
    rules.check_can_confirm_identity(state=request.state, identity=request.identity_check)
    RightsRequest.objects.filter(pk=request.pk).update(
        identity_check=check, identity_checked_on=timezone.localdate(at), identity_checked_by=by.user_id
    )
    _note(request, "confirm_identity", by=by, at=at, detail={"identity_check": check})


@transaction.atomic
def prepare(*, request: RightsRequest, answer: RightAnswer, by: Scope, at: datetime) -> None:
    """Proposes an answer to a second person."""
    by.check(MANAGE)
    request = locked(row=request, by=by)
    receivers = disclosures.receivers(person_id=request.person_id, scope=by)
    had_it = [each.agency_id for each in receivers if each.agency_id]
    rules.check_can_prepare(
        state=request.state,
        identity=request.identity_check,
        waits=clock_now(request, scope=by).waits,
        kind=request.kind,
        regime=request.regime,
        outcome=answer.outcome,
        ground=answer.ground,
        matter=answer.matter,
        reasons=answer.reasons,
        done=answer.done,
        tell=answer.tell_agencies,
        tell_what=answer.tell_what,
        had_it=had_it,
        user_id=by.user_id,
        first_decided_by=_first_decided_by(request),
    )
    given = {**answer.__dict__, "tell_agencies": sorted(answer.tell_agencies)}
    RightsRequest.objects.filter(pk=request.pk).update(
        **given, state=RightState.CHECK, prepared_by=by.user_id, prepared_at=at
    )
    _note(request, "prepare", by=by, at=at, detail={"outcome": answer.outcome, "ground": answer.ground})


@transaction.atomic
def send_back(*, request: RightsRequest, reason: str, by: Scope, at: datetime) -> None:
    """Gives the proposal back to who prepared it."""
    by.check(DECIDE)
    request = locked(row=request, by=by)
    rules.check_can_move(state=request.state, move="send back")
    rules.check_says_why(reason)
    RightsRequest.objects.filter(pk=request.pk).update(state=RightState.RECEIVED, prepared_by=None, prepared_at=None)
    _note(request, "send_back", by=by, at=at, reason=reason)


@transaction.atomic
def withdraw(*, request: RightsRequest, reason: str, by: Scope, at: datetime) -> None:
    """Ends a request that the person took back."""
    by.check(MANAGE)
    request = locked(row=request, by=by)
    rules.check_can_move(state=request.state, move="withdraw")
    rules.check_says_why(reason)
    RightsRequest.objects.filter(pk=request.pk).update(
        state=RightState.WITHDRAWN, closed_by=by.user_id, closed_at=at, closing_reason=reason
    )
    _note(request, "withdraw", by=by, at=at, reason=reason)


@transaction.atomic
def decide(*, request: RightsRequest, seen: str, by: Scope, at: datetime) -> None:
    """Decides as the second person, who saw the proposal as `seen` says, and does what was decided.

    It restricts at once, lists for destruction, and tells the agencies that were given the data.
    """
    by.check(DECIDE)
    person = locked(row=request.person, by=by)
    request = locked(row=request, by=by)
    on = timezone.localdate(at)
    rules.check_can_decide(
        state=request.state,
        user_id=by.user_id,
        prepared_by=request.prepared_by,
        first_decided_by=_first_decided_by(request),
        kind=request.kind,
        is_held=bool(retention_queries.held_people(scope=by, person_ids=[person.pk], on=on)),
        is_last_of_a_member=retention_queries.is_last_of_a_member(person_id=person.pk, scope=by),
        outcome=request.outcome,
    )
    check_is_as_seen(made_at=request.prepared_at, seen=seen)
    RightsRequest.objects.filter(pk=request.pk).update(state=RightState.DECIDED, closed_by=by.user_id, closed_at=at)
    granted = request.outcome in (RightOutcome.GRANTED, RightOutcome.PARTLY)
    if rules.restricts(kind=request.kind, outcome=request.outcome, ground=request.ground):
        # Others see a restriction who may not see the request: what was done is told there alone.
        reason = f"Asked for by the person, request {request.pk}"
        restrictions.restrict(person=person, reason=reason, by=by, at=at)
    if granted and request.kind == Right.ERASE:
        retention.list_for_erasure(person=person, by=by, at=at)
    if granted:
        _tell(request, who=person.name, by=by, at=at)
    detail = {"right": request.kind, "outcome": request.outcome, "tell": list(request.tell_agencies)}
    _note(request, "decide", by=by, at=at, detail=detail)


def _tell(request: RightsRequest, *, who: str, by: Scope, at: datetime) -> None:
    RightsNotice.objects.bulk_create(
        RightsNotice(
            **marked_by(by, audience=Audience.LISTED, agencies=[agency_id]),
            person_id=request.person_id,
            request=request,
            agency_id=agency_id,
            who=who,
            right=request.kind,
            what=request.tell_what,
            told_at=at,
        )
        for agency_id in request.tell_agencies
    )


@transaction.atomic
def deal_with(*, notice: RightsNotice, by: Scope, at: datetime) -> None:
    """Records that the agency which was told has dealt with its copy. Whom it was about is not kept here any longer."""
    by.check(MANAGE)
    notice = locked(row=notice, by=by)
    if notice.agency_id != by.agency_id:
        raise NotVisible()
    rules.check_can_deal_with(is_dealt_with=notice.dealt_with_at is not None)
    RightsNotice.objects.filter(pk=notice.pk).update(
        dealt_with_by=by.user_id, dealt_with_at=at, who=REMOVED, what=REMOVED
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="sharing.rights.deal_with",
        subject_type="sharing.RightsNotice",
        subject_id=notice.pk,
        person_id=notice.person_id,
    )


@transaction.atomic
def lift(*, restriction: Restriction, reason: str, told_on: date | None, by: Scope, at: datetime) -> None:
    """Lets the agency's records be used again, once the person was told."""
    by.check(DECIDE)
    if restriction.owner_agency_id != by.agency_id:
        raise NotVisible()
    restrictions.lift(restriction=restriction, reason=reason, told_on=told_on, by=by, at=at)


@transaction.atomic
def inform(*, person: Person, given_on: date, how: str, what: str, by: Scope, at: datetime) -> InformationGiven:
    """Records that the person was told how scores and the panel decide about them."""
    by.check(DECIDE)
    rules.check_can_inform(given_on=given_on, on=timezone.localdate(at), what=what)
    person = locked_person(person_id=person.pk, by=by)
    made: InformationGiven = InformationGiven.objects.create(
        **marked_by(by, audience=Audience.OWN),
        person=person,
        given_on=given_on,
        how=how,
        what=what,
        recorded_by=by.user_id,
        recorded_at=at,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="sharing.rights.inform",
        subject_type="sharing.InformationGiven",
        subject_id=made.pk,
        person_id=person.pk,
    )
    return made


def taken(*, request: RightsRequest, by: Scope, at: datetime) -> None:
    """Records that somebody took the letter to send it."""
    _note(request, "letter", kind=Kind.DISCLOSURE, by=by, at=at)


def leaflet_taken(*, person: Person, by: Scope, at: datetime) -> None:
    """Records that somebody took the leaflet about scores and decisions, to give it to the person."""
    audit.record(
        by=by,
        at=at,
        kind=Kind.DISCLOSURE,
        action="sharing.rights.leaflet",
        subject_type="people.Person",
        subject_id=person.pk,
        person_id=person.pk,
    )


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Requests and restrictions follow the person; what was proposed about half a record is proposed again."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were merged"
    )
    with act_in(system):
        restrictions.move(from_id=gone_id, to_id=keep_id, by=system, at=at)
        InformationGiven.objects.filter(person=gone_id).update(person_id=keep_id)
        RightsNotice.objects.filter(person=gone_id).update(person_id=keep_id)
        moved = list(RightsRequest.objects.filter(person=gone_id).values_list("pk", flat=True))
        _propose_anew([keep_id, gone_id])
        RightsRequest.objects.filter(pk__in=moved).update(person_id=keep_id)
        if moved:
            audit.record(
                by=system,
                at=at,
                kind=Kind.COMBINATION,
                action="sharing.rights.merge",
                subject_type="people.Person",
                subject_id=keep_id,
                person_id=keep_id,
                detail={"from": gone_id, "requests": moved},
            )


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """Requests stay with the person whose identity was checked, and are proposed anew; a restriction holds for both."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="people in the index were split"
    )
    with act_in(system):
        restrictions.copy(from_id=person_id, to_id=new_id, by=system, at=at)
        again = _propose_anew([person_id, new_id])
        if again:
            audit.record(
                by=system,
                at=at,
                kind=Kind.ALTERATION,
                action="sharing.rights.split",
                subject_type="people.Person",
                subject_id=person_id,
                person_id=person_id,
                detail={"new": new_id, "propose_anew": again},
            )


def _propose_anew(person_ids: list[int]) -> list[int]:
    """Takes back what was proposed about these people, each of whom was somebody else then; returns the requests."""
    open_ones = RightsRequest.objects.filter(person__in=person_ids, state__in=rules.OPEN).order_by("pk")
    now = open_ones.select_for_update().values_list("pk", "state")
    again = [pk for pk, state in now if state == RightState.CHECK]
    RightsRequest.objects.filter(pk__in=again).update(state=RightState.RECEIVED, prepared_by=None, prepared_at=None)
    return again


def _first_decided_by(request: RightsRequest) -> int | None:
    """Who took the decision that is to be looked at again, whether or not it can be seen any more."""
    if request.decision_id is None:
        return None
    return PanelDecision.objects.get(pk=request.decision_id).decided_by


def _note(
    request: RightsRequest,
    action: str,
    *,
    by: Scope,
    at: datetime,
    kind: Kind = Kind.ALTERATION,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=kind,
        action=f"sharing.rights.{action}",
        subject_type="sharing.RightsRequest",
        subject_id=request.pk,
        person_id=request.person_id,
        reason=reason,
        detail=detail,
    )
