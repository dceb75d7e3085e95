"""The end of what the partnership decided about a person, and of what was worked out on a record that has ended.

What kind of member somebody was, for how long and how it ended stays, by year, so that what IOM does can be counted.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from iom.access.scope import Scope, act_in, unrestricted
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts.models import (
    AgencyReturn,
    Candidate,
    CandidateWorking,
    CohortMembership,
    DrawEntrant,
    MembershipChange,
    Nomination,
    PanelDecision,
    PanelIntelligence,
    ReturnRequest,
    Score,
    WhatIfPerson,
)
from iom.common import erasure
from iom.common.erasure import Counts, Rows


def plan(*, scope: Scope, person_id: int, agency_id: int) -> Counts:
    """What `erase` would do to what the partnership decided."""
    return erasure.count(_decided(scope, person_id, agency_id))


@transaction.atomic
def erase(*, by: Scope, person_id: int, agency_id: int, at: datetime) -> Counts:
    """Empties the nominations that are the agency's, with all that hangs on them, and the time in the cohort."""
    with act_in(_system(by)) as system:
        counts = erasure.empty(_decided(system, person_id, agency_id))
        _record(by=by, at=at, person_id=person_id, agency_id=agency_id, counts=counts, action="cohorts.erase")
    return counts


def plan_ranks(*, scope: Scope, person_id: int, agency_id: int) -> Counts:
    """What `erase_ranks` would do."""
    return erasure.count(_ranked(scope, person_id))


@transaction.atomic
def erase_ranks(*, by: Scope, person_id: int, agency_id: int, at: datetime) -> Counts:
    """Removes ranks and scores: they were worked out on a record that is no longer there."""
    with act_in(_system(by)) as system:
        counts = erasure.empty(_ranked(system, person_id))
        _record(by=by, at=at, person_id=person_id, agency_id=agency_id, counts=counts, action="cohorts.erase_ranks")
    return counts


def _system(by: Scope) -> Scope:
    return unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="a record has reached its end"
    )


def _decided(scope: Scope, person_id: int, agency_id: int) -> list[Rows]:
    """Those that have not been emptied: each of them still says why, which none may leave out."""
    nominations = Nomination.objects.visible_to(scope).filter(person=person_id, owner_agency=agency_id)
    ids = list(nominations.exclude(reason=erasure.REMOVED).values_list("pk", flat=True))
    return [
        Rows(MembershipChange.objects.visible_to(scope).filter(membership__nomination__in=ids)),
        Rows(CohortMembership.objects.visible_to(scope).filter(nomination__in=ids)),
        Rows(PanelDecision.objects.visible_to(scope).filter(nomination__in=ids)),
        Rows(PanelIntelligence.objects.visible_to(scope).filter(nomination__in=ids)),
        Rows(AgencyReturn.objects.visible_to(scope).filter(request__nomination__in=ids)),
        Rows(DrawEntrant.objects.visible_to(scope).filter(nomination__in=ids)),
        Rows(ReturnRequest.objects.visible_to(scope).filter(nomination__in=ids)),
        Rows(Nomination.objects.visible_to(scope).filter(pk__in=ids)),
    ]


def _ranked(scope: Scope, person_id: int) -> list[Rows]:
    of_person = Q(person=person_id)
    return [
        Rows(CandidateWorking.objects.visible_to(scope).filter(candidate__person=person_id), whole=True),
        Rows(Candidate.objects.visible_to(scope).filter(of_person), whole=True),
        Rows(WhatIfPerson.objects.visible_to(scope).filter(of_person), whole=True),
        Rows(Score.objects.visible_to(scope).filter(of_person), whole=True),
    ]


def _record(*, by: Scope, at: datetime, person_id: int, agency_id: int, counts: Counts, action: str) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ERASURE,
        action=action,
        subject_type="people.Person",
        subject_id=person_id,
        person_id=person_id,
        detail={"agency": agency_id, "rows": {table: says["rows"] for table, says in counts.items()}},
    )
