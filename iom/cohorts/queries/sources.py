"""The rows of the record behind a factor, as far as this user may see them."""

from collections import defaultdict
from collections.abc import Iterable
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
    wanted: dict[str, list[int]] = defaultdict(list)
    for name in names:
        table, _, row_id = name.partition(":")
        if table in TABLES and row_id.isdecimal():
            wanted[table].append(int(row_id))
    return {
        f"{table}:{row.pk}": row
        for table, ids in wanted.items()
        for row in TABLES[table]
        .objects.visible_to(scope)
        .select_related("owner_agency")
        .filter(pk__in=ids, person_id=person_id)
    }
