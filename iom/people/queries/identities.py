"""What linkage reads: every source record of the partnership, and every decision in force about two of them."""

import pyarrow as pa

from iom.access.scope import Scope
from iom.people.queries.copying import table

CONTRACT = (
    "source", "source_id", "given_names", "family_name", "aliases", "date_of_birth", "sex", "postcode", "pnc_id", "cro",
    "crn", "prison_number",
)  # fmt: skip


def records_to_link(*, scope: Scope) -> pa.Table:
    """One row per source record: record_id, person_key (null where it has no person yet), and the contract's columns.

    These are text, null where empty.
    """
    columns = ", ".join(f"nullif(r.{name}::text, '') as {name}" for name in CONTRACT)
    query = (
        f"select r.id as record_id, p.person_key, {columns} from people_sourcerecord r"  # noqa: S608
        f" left join people_person p on p.id = r.person_id where r.partnership_id = {int(scope.partnership_id)}"
        " and r.erased_at is null"
        " order by r.id"
    )
    return table(query, {"record_id": pa.int64(), "person_key": pa.string(), **dict.fromkeys(CONTRACT, pa.string())})


def decisions_to_keep(*, scope: Scope) -> pa.Table:
    """One row per decision in force that is sure: left_id, right_id, verdict (same, different), decided_at as text."""
    query = (
        "select d.left_id, d.right_id, d.verdict, d.decided_at::text from people_linkdecision d"  # noqa: S608
        " join people_sourcerecord l on l.id = d.left_id join people_sourcerecord r on r.id = d.right_id"
        f" where d.partnership_id = {int(scope.partnership_id)} and d.undone_at is null and d.verdict <> 'unsure'"
        " and l.erased_at is null and r.erased_at is null"
    )
    types = {"left_id": pa.int64(), "right_id": pa.int64(), "verdict": pa.string(), "decided_at": pa.string()}
    return table(query, types)
