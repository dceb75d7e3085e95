"""Whom of the index an agency may name to somebody outside the partnership, and as whom its own records know them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.models import LimitedAccess
from iom.agreements.queries.limits import in_force_at
from iom.common import registries
from iom.people.models import Restriction, SourceRecord


@dataclass(frozen=True)
class Identity:
    """One person as one agency's records name them; empty where they do not say."""

    given_names: str
    family_name: str
    date_of_birth: date | None
    sex: str
    pnc_id: str
    prison_number: str


def kept_back(*, person_ids: Collection[int], scope: Scope, at: datetime) -> set[int]:
    """Those of these people of whom nothing is given away: some agency's record of them may not be used, it is kept
    from somebody, or they asked for either and have no answer yet.

    Asked by the system: others' restrictions and limits count, and whoever asks need not see them.
    """
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="leaving out whose data may not be used"
    )
    with act_in(system):
        restricted = Restriction.objects.visible_to(system).filter(person__in=person_ids, lifted_at__isnull=True)
        limited = LimitedAccess.objects.visible_to(system).filter(in_force_at(at), person_id__in=person_ids)
        found = {*restricted.values_list("person_id", flat=True), *limited.values_list("person_id", flat=True)}
        for log in registries.disclosure_logs:
            found |= log.asked_not_to(scope=system, person_ids=person_ids)
    return found


def own_identities(*, person_ids: Collection[int], scope: Scope) -> dict[int, Identity]:
    """As whom the acting agency's own records know each of these people, by id; without those it has no record of.

    Its own alone: what others hold is theirs to give. Each field is of the best record that fills it: one with a number
    given by fingerprints first, then the latest, as the index chooses. Both names are of one record.
    """
    records = SourceRecord.objects.visible_to(scope).filter(
        person__in=person_ids, owner_agency=scope.agency_id, erased_at__isnull=True
    )
    of_person: dict[int, list[SourceRecord]] = defaultdict(list)
    for record in records.order_by("-received_at", "pk"):
        of_person[record.person_id].append(record)
    return {person_id: identity(found) for person_id, found in of_person.items()}


def identity(records: list[SourceRecord]) -> Identity:
    """One person of these records, the latest first; there is at least one."""
    best = sorted(records, key=lambda record: not (record.pnc_id or record.cro))
    named = next((each for each in best if each.given_names and each.family_name), best[0])
    return Identity(
        given_names=named.given_names,
        family_name=named.family_name,
        date_of_birth=next((each.date_of_birth for each in best if each.date_of_birth), None),
        sex=next((each.sex for each in best if each.sex), ""),
        pnc_id=next((each.pnc_id for each in best if each.pnc_id), ""),
        prison_number=next((each.prison_number for each in best if each.prison_number), ""),
    )
