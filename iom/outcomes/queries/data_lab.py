"""Whom a file for the Justice Data Lab can name, and the files that were asked for."""

from dataclasses import dataclass
from datetime import date, datetime

from iom.access.scope import Scope
from iom.agreements.choices import Audience
from iom.cohorts.models import CohortMembership
from iom.common.errors import NotVisible
from iom.outcomes import rules
from iom.outcomes.choices import LeftOut, ReleaseState
from iom.outcomes.models import DataLabExport, Study
from iom.partnerships.models import Agency
from iom.people.queries import giving
from iom.people.queries.giving import Identity


@dataclass(frozen=True)
class TookPart:
    """Somebody who joined, as the acting agency's records name them, and their first time in the months asked of."""

    person_id: int
    identity: Identity
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class ToGive:
    """Who can be in the file, by their id, and why each of the others is not, by theirs."""

    people: tuple[TookPart, ...]
    left_out: dict[int, LeftOut]


def to_give(*, study: Study, scope: Scope, at: datetime) -> ToGive:
    """Those who joined in a question's months, each from their first joining, whom the acting agency may name.

    As far as the scope may see: somebody kept from the reader is not counted either. An agency names people from its
    own records alone, as in a package (what another holds of them is the other's to give); that somebody took part it
    says where the record of it is its own or open to all partners.
    """
    found = CohortMembership.objects.visible_to(scope).filter(
        started_on__gte=study.first_month, started_on__lt=rules.month_after(study.last_month)
    )
    found = found.filter(scheme_id=study.scheme_id) if study.scheme_id is not None else found
    joined: dict[int, list[CohortMembership]] = {}
    for membership in found.select_related("person").order_by("started_on", "pk"):
        joined.setdefault(membership.person_id, []).append(membership)
    kept_back = giving.kept_back(person_ids=joined, scope=scope, at=at)
    identities = giving.own_identities(person_ids=joined, scope=scope)
    people, left_out = [], {}
    for person_id, memberships in sorted(joined.items()):
        person, identity = memberships[0].person, identities.get(person_id)
        shared = [each for each in memberships if is_open_to_give(each, scope=scope)]
        if person.erased_at is not None or person.merged_into_id is not None:
            left_out[person_id] = LeftOut.GONE
        elif person_id in kept_back:
            left_out[person_id] = LeftOut.KEPT_BACK
        elif not shared:
            left_out[person_id] = LeftOut.NOT_SHARED
        elif identity is None:
            left_out[person_id] = LeftOut.NO_RECORD
        elif not (identity.given_names and identity.family_name and identity.date_of_birth and identity.sex):
            left_out[person_id] = LeftOut.NOT_MATCHED
        else:
            people.append(TookPart(person_id, identity, shared[0].started_on, shared[0].ended_on))
    return ToGive(tuple(people), left_out)


def is_open_to_give(membership: CohortMembership, *, scope: Scope) -> bool:
    return membership.owner_agency_id == scope.agency_id or membership.audience == Audience.PARTNERS


def own_agency(*, scope: Scope) -> Agency:
    """The agency that somebody acts for."""
    return Agency.objects.get(pk=scope.agency_id, partnership_id=scope.partnership_id)


def data_lab_exports(*, study: Study, scope: Scope) -> list[DataLabExport]:
    """The files for the Data Lab that were asked for of a question, the newest first."""
    found = DataLabExport.objects.visible_to(scope).filter(study=study).select_related("agency")
    return list(found.order_by("-asked_at", "-pk"))


def is_data_lab_waiting(*, study: Study, scope: Scope) -> bool:
    found = DataLabExport.objects.visible_to(scope).filter(study=study, state=ReleaseState.ASKED)
    return bool(found.exists())


def get_data_lab_export(*, export_id: int, scope: Scope) -> DataLabExport:
    found: DataLabExport | None = (
        DataLabExport.objects.visible_to(scope).select_related("study__scheme", "agency").filter(pk=export_id).first()
    )
    if found is None:
        raise NotVisible()
    return found


def data_lab_asked(*, scope: Scope) -> list[DataLabExport]:
    """The files of the acting agency's names that wait for a decision by somebody other than who asked, the oldest
    first."""
    found = DataLabExport.objects.visible_to(scope).filter(state=ReleaseState.ASKED, agency_id=scope.agency_id)
    found = found.exclude(asked_by=scope.user_id)
    return list(found.select_related("study").order_by("asked_at"))
