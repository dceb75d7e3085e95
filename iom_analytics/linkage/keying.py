"""What partners say about their records, put under the person key that linkage gave: from here on nobody has a name.

In: tables as partners send them (`tables.by_source`: `source`, `source_id` and the contract's other columns). Out: the
contract's own tables, keyed by `person_key`, which everything above linkage reads.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.history import complete
from iom_analytics.tables import PERSONS, Table, by_source

NOT_SAID = "Not stated"


def keyed(contract: Table, sent: Sequence[IbisTable], clusters: IbisTable) -> IbisTable:
    """The rows of all tables in `sent` with the contract's columns, `person_key` in place of `source` and `source_id`.

    `clusters` is what `link` gives: `source`, `source_id`, `person_key`. Rows of records that no cluster has are not
    there: their agency's record was held, or never sent to linkage. Raises InputError where a table lacks a column.
    """
    columns = by_source(contract).column_names
    rows = ibis.union(*(complete(table, by_source(contract)).select(*columns) for table in sent))
    return rows.inner_join(clusters, ["source", "source_id"]).select(*contract.column_names)


def persons(said: IbisTable, clusters: IbisTable) -> IbisTable:
    """The table `persons`: one row per person in `clusters`, with what most of the person's records say of each column.

    `said` is what the agencies' own persons tables say, `keyed`. Where as many records say one thing as another, the
    first in order is taken, so that the same records give the same person; 'Not stated' counts only where no record
    says more. A person of whom no agency says anything is there, empty: nobody is lost between linkage and a ranking.
    """
    everyone = clusters.select("person_key").distinct()
    for column in PERSONS.column_names[1:]:
        found = most_said(said, column)
        everyone = everyone.left_join(found, "person_key", rname="{name}_again").drop("person_key_again")
    return everyone


def most_said(said: IbisTable, column: str) -> IbisTable:
    """`person_key` and the value of `column` that most of the person's rows have; who has none is not there."""
    filled = said.filter(said[column].notnull())
    counted = filled.group_by("person_key", column).aggregate(records=filled.count())
    says_nothing = counted[column].cast("string") == NOT_SAID
    in_order = ibis.window(group_by="person_key", order_by=[says_nothing, counted.records.desc(), counted[column]])
    placed = counted.mutate(place=ibis.row_number().over(in_order))
    return placed.filter(placed.place == 0).select("person_key", column)
