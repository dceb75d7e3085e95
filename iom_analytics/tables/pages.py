"""The reference page of the tables: every column, its type, unit, meaning, codes and trap, as Markdown."""

from collections.abc import Iterable

from iom_analytics.tables.contract import Column, Table
from iom_analytics.tables.rules import RULES

HEAD = """# Tables

What each input table promises. Made from the contracts in `iom_analytics/tables`; `make docs` makes it again.

Dates are days; spans are half-open (the end date is the first day that is out). A row that does not keep its contract
is *held* and handed back with the reason; a *warning* lets it in. In partners' extracts `source` and `source_id` stand
where `person_key` is below; linkage replaces them.
"""


def tables_page(tables: Iterable[Table]) -> str:
    """The whole page: one section for each table, then the rules."""
    return "\n".join([HEAD, *(table_section(table) for table in tables), rules_section()])


def table_section(table: Table) -> str:
    lines = [f"## {table.name}", "", table.meaning, ""]
    if table.key:
        lines += [f"No two rows have the same {' and '.join(f'`{name}`' for name in table.key)}.", ""]
    for earlier, later in table.in_order:
        lines += [f"`{earlier}` is never after `{later}`.", ""]
    for part, whole in table.part_of:
        lines += [f"`{part}` is never more than `{whole}`.", ""]
    for several in table.any_of:
        lines += [f"One at least of {', '.join(f'`{name}`' for name in several)} has a value.", ""]
    lines += ["| column | type | meaning | values | trap |", "|---|---|---|---|---|"]
    lines += [column_row(column) for column in table.columns]
    return "\n".join([*lines, ""])


def column_row(column: Column) -> str:
    kind = column.type.replace("_", "/") + (f", {column.unit}" if column.unit else "")
    kind += ", always filled" if column.filled else ", must be in the file" if column.required else ""
    cells = (f"`{column.name}`", kind, column.meaning, values(column), column.trap or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def values(column: Column) -> str:
    """What the column may hold, in words."""
    said = []
    if column.codes:
        said.append(", ".join(f"`{code}`" for code in column.codes))
    spellings = [f"{sent} ({known or 'not known'})" for sent, known in column.synonyms.items()]
    if spellings:
        said.append("also read: " + ", ".join(spellings))
    if column.at_least is not None or column.at_most is not None:
        bounds = (f"at least {column.at_least}", f"at most {column.at_most}")
        said.append(" and ".join(bound for bound in bounds if not bound.endswith("None")))
    if column.ages:
        said.append(f"age {column.ages[0]} to {column.ages[1]} on the day the file came")
    if column.shape:
        said.append(f"looks like `{column.shape.like}`, else a warning")
    if column.month:
        said.append(f"`2026-04` is read as the month's {column.month} moment")
    if column.ending:
        said.append("the end of a small area's name (` 012A`) is left out")
    if column.pseudonym:
        said.append("one word of letters, digits and hyphens with a digit in it")
    if column.may_be_future:
        said.append("may lie ahead")
    return "; ".join(said)


def rules_section() -> str:
    lines = ["## What is checked", "", "| rule | what is wrong | what to do | the row is |", "|---|---|---|---|"]
    for rule in RULES.values():
        kept = "held" if rule.severity == "held" else "accepted, with a warning"
        lines.append(f"| `{rule.code}` | {rule.wrong} | {rule.todo} | {kept} |")
    return "\n".join([*lines, ""])
