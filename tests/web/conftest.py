"""The real PostgreSQL for the web tests, and the three people every access test is about.

Alice is a practitioner; Bob is in the same partnership but another agency; Charlie is in another partnership.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from iom.access.scope import act_in
from iom.config import embedded
from tests.conftest import cannot_run
from tests.factories.partnerships import Place, Worker, make_place, make_worker


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an administrator of a PostgreSQL that lives as long as the tests."""
    if "TEST_DATABASE_URL" in os.environ:
        yield os.environ["TEST_DATABASE_URL"]
        return
    with tempfile.TemporaryDirectory(prefix="iom-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        url = embedded.start(Path(folder) / "postgres")
        # The machine may go down: nothing of it is wanted afterwards. A killed process is another matter, and is safe.
        with psycopg.connect(url, autocommit=True) as administrator:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                administrator.execute(f"alter system set {setting} = off")
            administrator.execute("select pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def django_db_setup(postgres: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A fresh database with all migrations, made by its owner; the tests then connect as the application does."""
    name = f"iom_{os.environ.get('PYTEST_XDIST_WORKER', 'tests')}_{os.getpid()}"
    embedded.prepare(postgres, name)
    parts = psycopg.conninfo.conninfo_to_dict(postgres)
    with django_db_blocker.unblock():
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict.update(
                NAME=name,
                USER=parts.get("user", ""),
                PASSWORD=parts.get("password", ""),
                HOST=parts.get("host", ""),
                PORT=parts.get("port", ""),
                CONN_MAX_AGE=0,
            )
        call_command("migrate", database="owner", verbosity=0)
        connections["owner"].close()
        yield
        connections["default"].close()
        connections["owner"].close()
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


KEPT = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A database whose transactions really end, for tests of what several connections do; emptied by its owner.

    A module that needs it says so by giving its `db` this name's value.
    """
    with django_db_blocker.unblock():
        yield
        connections["default"].close()
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "select tablename from pg_tables where schemaname = 'public' and tablename <> all(%s)", [[*KEPT]]
            )
            tables = ", ".join(name for (name,) in cursor.fetchall())
            # The audit record refuses, its owner's role too, until its owner says otherwise.
            guarded = ("audit_event", "audit_mention", "audit_seal")
            for word in ("disable", "enable"):
                cursor.execute(";".join(f"alter table {table} {word} trigger user" for table in guarded))
                if word == "disable":
                    cursor.execute(f"truncate {tables} restart identity cascade")
        connections["owner"].close()


def environment(store: Path) -> dict[str, str]:
    """What a command of the product needs to work on the database that the test is connected to."""
    parts = connections["default"].settings_dict
    address = psycopg.conninfo.make_conninfo(
        dbname=parts["NAME"], user=parts["USER"], password=parts["PASSWORD"], host=parts["HOST"], port=parts["PORT"]
    )
    return {**os.environ, "DATABASE_URL": address, "OPENIOM_SECRET_KEY": "test", "OPENIOM_STORE": str(store)}


@pytest.fixture
def place(db: None) -> Place:
    """A partnership with police, probation, prison, council and treatment."""
    return make_place("Westmarch")


@pytest.fixture
def elsewhere(db: None) -> Place:
    return make_place("Eastmere")


@pytest.fixture
def alice(place: Place) -> Worker:
    """A co-ordinator at the police of Westmarch: hers is the case."""
    return make_worker(place, "alice", agency="Police", roles=["coordinator"])


@pytest.fixture
def bob(place: Place) -> Worker:
    """A partner worker at the council of Westmarch."""
    return make_worker(place, "bob", agency="Council", roles=["partner-worker"])


@pytest.fixture
def tracy(place: Place) -> Worker:
    """A co-ordinator at the treatment service of Westmarch: health records that others do not see."""
    return make_worker(place, "tracy", agency="Treatment", roles=["coordinator"])


@pytest.fixture
def charlie(elsewhere: Place) -> Worker:
    """A co-ordinator somewhere else, who must see nothing."""
    return make_worker(elsewhere, "charlie", agency="Police", roles=["coordinator"])


@pytest.fixture
def as_user() -> Callable[[Worker], Client]:
    """A browser signed in as a worker, second factor and all."""

    def sign_in(worker: Worker) -> Client:
        client = Client()
        client.force_login(worker.user)
        session = client.session
        session["account_authentication_methods_user"] = str(worker.user.pk)
        session["account_authentication_methods"] = [{"method": "socialaccount"}]
        session.save()
        return client

    return sign_in


@pytest.fixture
def acting_as_alice(alice: Worker) -> Iterator[Worker]:
    """A test that runs as alice, row-level security included."""
    with act_in(alice.scope):
        yield alice


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one for all the browser's tests: its driver starts once in a thread."""
    found = shutil.which("chromium")
    if found is None:
        cannot_run("Chromium is not installed: make setup")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()
