"""The person key: a pseudonym that says nothing, and stays with its person from one linkage to the next."""

import secrets

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine

KEY_BYTES = 10


def random_keys(count: int) -> list[str]:
    """So many new person keys: 80 random bits each, from which nobody can work back to a record."""
    text = secrets.token_hex(KEY_BYTES * count)
    return [text[start : start + 2 * KEY_BYTES] for start in range(0, len(text), 2 * KEY_BYTES)]


def with_person_keys(engine: Engine, people: IbisTable, previous: IbisTable | None) -> IbisTable:
    """The records of `people` (`source`, `source_id`, `person`) with the `person_key` of each person.

    A person keeps the key that most of its records had in `previous` (`source`, `source_id`, `person_key`), unless more
    of that key's records are now another person's. So the larger part of a person who is split keeps the key, and of
    two who are merged the larger one's key stays. Everyone else has a new key.
    """
    persons = people.select("person").distinct()
    kept = engine.cache(kept_keys(people, previous), "kept_keys") if previous is not None else None
    without = persons if kept is None else persons.anti_join(kept, "person")
    numbers = without.order_by("person").to_pyarrow()["person"]
    fresh = pa.array(random_keys(len(numbers)), pa.string())  # typed, as there may be none
    new = engine.from_arrow(pa.table({"person": numbers, "person_key": fresh}), "new_keys")
    keys = new if kept is None else new.union(kept.select("person", "person_key"))
    return people.inner_join(keys, "person").select("source", "source_id", "person_key", "person")


def kept_keys(people: IbisTable, previous: IbisTable) -> IbisTable:
    """`person` and `person_key`, where each is the other's first choice by how many records they share."""
    shared = (
        people.inner_join(previous.select("source", "source_id", "person_key"), ["source", "source_id"])
        .group_by("person", "person_key")
        .aggregate(records=lambda row: row.count())
    )
    most = ibis.desc(shared.records)
    ranked = shared.mutate(
        of_person=ibis.row_number().over(group_by=shared.person, order_by=[most, shared.person_key]),
        of_key=ibis.row_number().over(group_by=shared.person_key, order_by=[most, shared.person]),
    )
    return ranked.filter((ranked.of_person == 0) & (ranked.of_key == 0)).select("person", "person_key")
