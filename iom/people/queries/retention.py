"""What the person index holds about people that has an end: for each agency, when something last happened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from iom.access.scope import Scope
from iom.common.registries import Held
from iom.people.models import (
    Arrest,
    Assessment,
    CustodySpell,
    DrugTest,
    IntelligenceCount,
    Registration,
    Sanction,
    SourceRecord,
)

# Every table of what happened, and the days of it that say when. A release still to come puts the clock off.
EVENTS = {
    Sanction: ("sanction_date", "release_date"),
    Arrest: ("arrest_date",),
    CustodySpell: ("start_date", "end_date"),
    DrugTest: ("test_date",),
    Assessment: ("assessment_date",),
    Registration: ("start_date", "end_date"),
    IntelligenceCount: ("month",),
}
Key = tuple[int, int]


def held(*, scope: Scope, person_ids: Sequence[int]) -> list[Held]:
    """One row per person and agency that has a record of them. A person in custody or on a register is open.

    The clock runs from the last thing that happened, or where nothing did from the day the record first came.
    """
    last: dict[Key, date] = {}
    whose = ("person_id", "owner_agency_id")
    records = SourceRecord.objects.visible_to(scope).filter(person__in=person_ids, erased_at__isnull=True)
    for person_id, agency_id, at in records.order_by().values_list(*whose).annotate(Max("received_at")):
        last[person_id, agency_id] = timezone.localdate(at)
    happened: dict[Key, date] = {}
    for model, days in EVENTS.items():
        rows = standing(model, scope, person_ids)
        for person_id, agency_id, *found in rows.values_list(*whose).annotate(*(Max(day) for day in days)):
            for day in found:
                if day is not None and (person_id, agency_id) in last:
                    happened[person_id, agency_id] = max(day, happened.get((person_id, agency_id), day))
    codes: dict[Key, set[str]] = defaultdict(set)
    registers: dict[Key, set[str]] = defaultdict(set)
    for model in (Sanction, Registration):
        name, into = ("offence_code", codes) if model is Sanction else ("register", registers)
        rows = standing(model, scope, person_ids)
        for person_id, agency_id, word in rows.values_list(*whose, name).distinct():
            into[person_id, agency_id].add(word)
    still = {
        (person_id, agency_id)
        for model in (CustodySpell, Registration)
        for person_id, agency_id in standing(model, scope, person_ids)
        .filter(end_date__isnull=True)
        .values_list(*whose)
        .distinct()
    }
    return [
        Held(
            *key,
            happened.get(key, came),
            is_open=key in still,
            registers=frozenset(registers[key]),
            offence_codes=frozenset(codes[key]),
        )
        for key, came in last.items()
    ]


def standing(model: Any, scope: Scope, person_ids: Sequence[int]) -> QuerySet[Any]:
    """The rows of these people that have not been emptied: those still say which record they hang on."""
    found: QuerySet[Any] = model.objects.visible_to(scope).filter(person__in=person_ids).exclude(source_id="")
    return found.order_by()
