"""The rows of the record behind a factor, as far as this user may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from iom.access.scope import Scope
from iom.people import models as people

TABLES: dict[str, Any] = {
    "sanctions": people.Sanction,
    "arrests": people.Arrest,
    "custody_spells": people.CustodySpell,
    "drug_tests": people.DrugTest,
    "assessments": people.Assessment,
    "registers": people.Registration,
    "intelligence_counts": people.IntelligenceCount,
}
# Not rows of the record: the person's own particulars, and the scores that are shown beside the factors.
PARTICULARS = ("persons", "scores")


def list_source_rows(*, names: Iterable[str], person_id: int, scope: Scope) -> dict[str, Model]:
    """The rows named like 'sanctions:17', by name; what this user may not see is not among them.

    At most one query for each table. A row of another person is not found, whatever the name says.
    """
    return {
        f"{table}:{row.pk}": row
        for table, ids in ids_by_table(names).items()
        for row in TABLES[table]
        .objects.visible_to(scope)
        .select_related("owner_agency")
        .filter(pk__in=ids, person_id=person_id)
    }


def list_rows_seen(*, names: Mapping[int, Iterable[str]], scope: Scope) -> dict[int, set[str]]:
    """Of the rows named for each person, the names of those that this user may see.

    As `list_source_rows`, for the people of a list: at most one query for each table.
    """
    seen: dict[int, set[str]] = {person_id: set() for person_id in names}
    for table, ids in ids_by_table(name for each in names.values() for name in each).items():
        found = TABLES[table].objects.visible_to(scope).filter(pk__in=ids, person_id__in=names)
        for row_id, person_id in found.values_list("pk", "person_id"):
            seen[person_id].add(f"{table}:{row_id}")
    return seen


def ids_by_table(names: Iterable[str]) -> dict[str, set[int]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for name in names:
        table, _, row_id = name.partition(":")
        if table in TABLES and row_id.isdecimal():
            wanted[table].add(int(row_id))
    return wanted
