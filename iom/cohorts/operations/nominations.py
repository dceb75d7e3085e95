"""Nominating a person, asking the agencies, taking their returns, and withdrawing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.agreements.operations import locked, marked_by, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import queries, rules
from iom.cohorts.choices import LawfulBasis, NominationState, Origin
from iom.cohorts.models import AgencyReturn, CohortMembership, Nomination, ReturnRequest, Scheme
from iom.cohorts.operations.sharing import check_agreed
from iom.common import erasure
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.people.operations.rows import locked_person
from iom.people.queries import restrictions


@dataclass(frozen=True)
class Referral:
    """What the nominator writes. Scores, arrests and convictions come from the record, not from here."""

    reason: str
    lawful_basis: str = LawfulBasis.LAW_ENFORCEMENT
    supervision: str = "unknown"
    proposed_type: str = ""
    sentence_ends_on: date | None = None
    licence_ends_on: date | None = None
    index_offence: str = ""
    other_arrangements: tuple[str, ...] = ()
    victims: str = ""
    needs: str = ""
    engagement: str = ""
    protective_factors: str = ""
    agreement_reference: str = ""
    endorsed_by: str = ""

    def fields(self) -> dict[str, Any]:
        return {**self.__dict__, "other_arrangements": list(self.other_arrangements)}


@transaction.atomic
def nominate(
    *,
    person: Person,
    scheme: Scheme,
    referral: Referral,
    origin: Origin,
    asked: list[int],
    by: Scope,
    at: datetime,
    returns_due_on: date | None = None,
    audience_agencies: list[int] | None = None,
    previous_membership: CohortMembership | None = None,
    redirected_from: Nomination | None = None,
) -> Nomination:
    """Nominates a person and asks the agencies in `asked` (ids) for their returns.

    All partners see the nomination, or only `audience_agencies` where given; never more than may see the person.
    Raises `WrongState` where the person is in the cohort, or nominated under the scheme, already, or where records of
    them are restricted.
    """
    by.check(Permission.NOMINATE)
    rules.check_says_why(referral.reason)
    if referral.reason.strip() == erasure.REMOVED:  # by these words a nomination that was erased is known
        raise InvalidInput("Say why: the reason is part of the record.", {"reason": "Enter a reason in other words"})
    person = locked_person(person_id=person.pk, by=by)
    rules.check_can_nominate(
        has_undecided=queries.has_undecided_nomination(person_id=person.pk, scheme_id=scheme.pk),
        is_member=queries.is_member(person_id=person.pk),
        is_restricted=restrictions.is_restricted(person_id=person.pk, scope=by),
    )
    on = timezone.localdate(at)
    due = returns_due_on or on + timedelta(days=rules.RETURN_DAYS)
    if due < on:
        raise InvalidInput("Returns cannot be due in the past.", {"returns_due_on": "Enter a day in the future"})
    marking = marked_by(by, **audience_of_nomination(person=person, chosen=audience_agencies, by=by))
    run = queries.current_run(scheme_id=scheme.pk)
    try:
        with transaction.atomic():
            nomination = Nomination.objects.create(
                **marking,
                **referral.fields(),
                person=person,
                scheme=scheme,
                run=run,
                origin=origin,
                nominated_by=by.user_id,
                nominated_at=at,
                returns_due_on=due,
                snapshot=queries.snapshot(person_id=person.pk, run=run),
                previous_membership=previous_membership,
                redirected_from=redirected_from,
            )
    except IntegrityError as error:  # an undecided nomination that `by` may not see
        raise WrongState("This nomination cannot be made now. Ask whoever co-ordinates the cohort.") from error
    ask(nomination=nomination, agency_ids=asked, at=at, by=by)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="cohorts.nominate",
        subject_type="cohorts.Nomination",
        subject_id=nomination.pk,
        person_id=person.pk,
        reason=referral.reason,
        detail={"scheme": scheme.pk, "origin": str(origin), "asked": sorted(asked)},
    )
    return nomination


def audience_of_nomination(*, person: Person, chosen: list[int] | None, by: Scope) -> dict[str, Any]:
    """Who may see the nomination: who the nominator chose, and never more than may see the person."""
    if person.audience == Audience.OWN:
        raise NotAllowed(
            "Only your agency may see this person's record, so the panel could not. Share the record with the partners "
            "who sit on the panel first."
        )
    if person.audience == Audience.PARTNERS:
        return {"audience": Audience.LISTED if chosen else Audience.PARTNERS, "agencies": chosen or []}
    may_see = {*person.audience_agencies, person.owner_agency_id}
    if not set(chosen or may_see) <= may_see:
        raise NotAllowed("Some of these agencies may not see this person's record.")
    return {"audience": Audience.LISTED, "agencies": chosen or sorted(may_see)}


def ask(*, nomination: Nomination, agency_ids: list[int], by: Scope, at: datetime) -> None:
    """Asks each agency for its return; an agency that may not see the nomination is not asked."""
    agencies = Agency.objects.filter(partnership_id=by.partnership_id, pk__in=agency_ids).values_list("pk", flat=True)
    may_see = {*nomination.audience_agencies, nomination.owner_agency_id}
    ReturnRequest.objects.bulk_create(
        ReturnRequest(
            **marked_like(nomination),
            nomination=nomination,
            agency_id=agency_id,
            asked_at=at,
            due_on=nomination.returns_due_on,
        )
        for agency_id in agencies
        if nomination.audience == Audience.PARTNERS or agency_id in may_see
    )


@transaction.atomic
def give_return(
    *,
    nomination: Nomination,
    known: str,
    summary: str,
    view: str,
    view_reason: str,
    audience: str,
    audience_agencies: list[int],
    by: Scope,
    at: datetime,
) -> AgencyReturn:
    """The acting user's agency answers, for the audience it chooses; an earlier answer is kept, and replaced.

    Whoever of another agency may read it must be let receive it by an agreement in force: raises `InvalidInput`.
    """
    by.check(Permission.AGENCY_RETURN)
    nomination = locked(row=nomination, by=by)
    rules.check_can_return(state=nomination.state)
    if audience == Audience.LISTED and not audience_agencies:
        raise InvalidInput("Select who may see it.", {"audience_agencies": "Select at least one agency"})
    under = check_agreed(audience=audience, agencies=audience_agencies, by=by, at=at)
    request, _ = ReturnRequest.objects.get_or_create(
        nomination=nomination,
        agency_id=by.agency_id,
        defaults={**marked_like(nomination), "asked_at": at, "due_on": nomination.returns_due_on},
    )
    AgencyReturn.objects.filter(request=request, replaced_at__isnull=True).update(replaced_at=at)
    given = AgencyReturn.objects.create(
        **marked_by(by, audience=audience, agencies=audience_agencies),
        request=request,
        known=known,
        summary=summary,
        view=view,
        view_reason=view_reason,
        given_by=by.user_id,
        given_at=at,
    )
    ReturnRequest.objects.filter(pk=request.pk).update(answered_at=at)
    audit.record(
        by=by,
        at=at,
        kind=Kind.DISCLOSURE,
        action="cohorts.give_return",
        subject_type="cohorts.AgencyReturn",
        subject_id=given.pk,
        person_id=nomination.person_id,
        detail={
            "nomination": nomination.pk,
            "audience": audience,
            "agencies": sorted(audience_agencies),
            "agreements": under,
        },
    )
    return given


@transaction.atomic
def withdraw(*, nomination: Nomination, reason: str, by: Scope, at: datetime) -> None:
    """Takes a nomination back before the panel has decided it."""
    by.check(Permission.NOMINATE)
    rules.check_says_why(reason)
    nomination = locked(row=nomination, by=by)
    rules.check_can_withdraw(
        state=nomination.state,
        is_own_agency=nomination.owner_agency_id == by.agency_id,
        manages_cohort=by.allows(Permission.COHORT_MANAGE),
    )
    close(nomination=nomination, state=NominationState.WITHDRAWN, by=by, at=at, withdrawal_reason=reason)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="cohorts.withdraw",
        subject_type="cohorts.Nomination",
        subject_id=nomination.pk,
        person_id=nomination.person_id,
        fields=["state"],
        reason=reason,
    )


def close(*, nomination: Nomination, state: str, by: Scope, at: datetime, **fields: Any) -> None:
    """Ends a nomination that its caller has locked and may end."""
    Nomination.objects.filter(pk=nomination.pk).update(
        state=state, closed_by=by.user_id, closed_at=at, deferred_until=None, **fields
    )
