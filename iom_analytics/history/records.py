"""The tables about people that histories and schemes read, as one bundle of one engine."""

from dataclasses import dataclass, fields

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.errors import InputError
from iom_analytics.tables import Table


@dataclass(frozen=True)
class Records:
    """Who the people are and what happened, each table after its contract in `tables`; None where there is no feed.

    `scores` holds one row per person and predictor: `person_key, predictor, percent, band, provisional`. An event table
    may carry a `row_id` (text) of its own; explanations then name the row by it.
    """

    persons: IbisTable
    sanctions: IbisTable
    arrests: IbisTable | None = None
    custody_spells: IbisTable | None = None
    drug_tests: IbisTable | None = None
    assessments: IbisTable | None = None
    registers: IbisTable | None = None
    intelligence_counts: IbisTable | None = None
    scores: IbisTable | None = None

    def tables(self) -> dict[str, IbisTable]:
        """Every table there is a feed for, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in found.items() if table is not None}


def complete(table: IbisTable, contract: Table) -> IbisTable:
    """The contract's columns (and `row_id` where the table has one), in order; a missing optional column is all empty.

    Raises InputError where a required column is missing.
    """
    missing = [column.name for column in contract.columns if column.required and column.name not in table.columns]
    if missing:
        raise InputError(
            f"The table {contract.name} lacks {', '.join(missing)}. It has {', '.join(table.columns)}; "
            "rename the columns or send the missing ones."
        )
    types = contract.ibis_schema()
    columns = {
        name: table[name].cast(type_) if name in table.columns else ibis.null(type_) for name, type_ in types.items()
    }
    if "row_id" in table.columns:
        columns["row_id"] = table["row_id"].cast("string")
    return table.select(**columns)
