"""Row-level security: the wall behind `visible_to`. Migrations call these to put a policy on a table.

The application connects as `iom_app`, which is neither owner nor superuser, so the policies hold for every query it
makes. The settings are read once per query, through a sub-select, not once per row.
"""

from django.db.migrations import RunSQL

PARTNERSHIPS = "((select coalesce(nullif(current_setting('iom.partnerships', true), ''), '{}'))::int[])"
AGENCIES = "((select coalesce(nullif(current_setting('iom.agencies', true), ''), '{}'))::int[])"
IS_SYSTEM = "(select current_setting('iom.system', true) = 'yes')"
# People kept from the acting user whatever the audience of their records, and people opened to them in an emergency.
SHUT_OUT = "((select coalesce(nullif(current_setting('iom.shut_out', true), ''), '{}'))::bigint[])"
OPENED = "((select coalesce(nullif(current_setting('iom.opened', true), ''), '{}'))::bigint[])"
# The roles in which the acting user acts, by slug.
ROLES = "((select coalesce(nullif(current_setting('iom.roles', true), ''), '{}'))::text[])"

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


def limit(table: str, *columns: str, rows: dict[str, str] | None = None) -> RunSQL:
    """Keeps the rows of people with limited access from those who are shut out, whatever else lets them in.

    `columns` hold a person's id. `rows` are columns that hold the id of a row of another table, which has such a policy
    itself: where that row may not be seen, nor may this. A second, restrictive policy: it can only take away.
    """
    kept = [f"({column} = any {SHUT_OUT}) is not true" for column in columns]
    for column, other in (rows or {}).items():
        kept.append(
            f"({SHUT_OUT} = '{{}}' or {column} is null"  # noqa: S608 - the names of our own tables
            f" or exists (select 1 from {other} other where other.id = {table}.{column}))"
        )
    wall = " and ".join(kept)
    return RunSQL(
        f"create policy {table}_limited on {table} as restrictive using ({wall}) with check ({wall});",
        f"drop policy {table}_limited on {table};",
    )


def open_in_emergency(table: str, about: str = f"person_id = any {OPENED}") -> RunSQL:
    """Lets the rows about a person be read, and only read, while they are opened to the acting user.

    `about` says that a row is about one of the opened people, where the table itself does not hold whom.
    """
    opened = f"{OPENED} <> '{{}}' and {table}.{IN_PARTNERSHIP} and {about}"
    return RunSQL(
        f"create policy {table}_opened on {table} for select using ({opened});",
        f"drop policy {table}_opened on {table};",
    )
