"""The reference page says all that the contracts say."""

from iom_analytics import tables
from iom_analytics.tables.identities import IDENTITIES
from iom_analytics.tables.pages import tables_page
from iom_analytics.tables.rules import RULES

ALL = (IDENTITIES, tables.PERSONS, *tables.EVENTS, *tables.PLACES)


def test_every_table_column_code_and_rule_is_on_the_page() -> None:
    page = tables_page(ALL)
    for table in ALL:
        section = page.split(f"## {table.name}\n")[1].split("\n## ")[0]
        assert table.meaning in section
        for column in table.columns:
            row = next(line for line in section.splitlines() if line.startswith(f"| `{column.name}` |"))
            for said in (column.meaning, column.trap or "", *(column.codes or ())):
                assert said in row
            assert row.replace("\\|", "").count("|") == 6
    for rule in RULES.values():
        assert f"| `{rule.code}` |" in page


def test_what_holds_between_columns_is_on_the_page() -> None:
    page = tables_page([tables.by_source(tables.CUSTODY_SPELLS)])
    assert "No two rows have the same `source` and `source_id` and `start_date`." in page
    assert "`start_date` is never after `end_date`." in page
