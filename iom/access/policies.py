"""Row-level security: the wall behind `visible_to`. Migrations call these to put a policy on a table.

The application connects as `iom_app`, which is neither owner nor superuser, so the policies hold for every query it
makes. The settings are read once per query, through a sub-select, not once per row.
"""

from django.db.migrations import RunSQL

PARTNERSHIPS = "((select coalesce(nullif(current_setting('iom.partnerships', true), ''), '{}'))::int[])"
AGENCIES = "((select coalesce(nullif(current_setting('iom.agencies', true), ''), '{}'))::int[])"
IS_SYSTEM = "(select current_setting('iom.system', true) = 'yes')"

IN_PARTNERSHIP = f"partnership_id = any {PARTNERSHIPS}"
# The audience of a marked record: all partners, the agencies it lists, or its owner alone. The system sees all of its
# partnership: linking and ranking would otherwise depend on who started them.
IN_AUDIENCE = (
    f"{IN_PARTNERSHIP} and (audience = 'partners' or owner_agency_id = any {AGENCIES}"
    f" or (audience = 'listed' and audience_agencies && {AGENCIES}) or {IS_SYSTEM})"
)


def protect(table: str, visible: str = IN_AUDIENCE) -> RunSQL:
    """Turns row-level security on for `table`: rows are read and written only where `visible` holds.

    A row may be written into any place the writer could read it from, and no other.
    """
    return RunSQL(
        f"alter table {table} enable row level security;"
        f"create policy {table}_visible on {table} using ({visible}) with check ({visible});",
        f"drop policy {table}_visible on {table}; alter table {table} disable row level security;",
    )
