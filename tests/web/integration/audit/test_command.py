"""`openiom audit`, the anchor and the second sink, as whoever runs the machine uses them."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from pytest_django import Settings

from iom.access.scope import act_in
from iom.audit import operations as audit
from iom.audit import sinks, verification
from iom.audit.choices import Kind
from iom.config import tasks
from iom.config.audit import read_sink
from tests.factories.partnerships import AT, Place, Worker, make_place, make_worker
from tests.web.conftest import environment

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: the command is another process."""


def run(*arguments: str, store: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "iom.config.cli", "audit", *arguments],
        env=environment(store),
        capture_output=True,
        text=True,
        timeout=120,
    )


def look(worker: Worker, person_id: int) -> None:
    with act_in(worker.scope):
        audit.record(
            by=worker.scope, at=AT, kind=Kind.CONSULTATION, action="view.test", subject_type="people.Person",
            subject_id=person_id, person_id=person_id, people=[1, 2], reason="Asked by the panel", detail={"é": [1]},
        )  # fmt: skip


def alter(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table audit_event disable trigger user")
        cursor.execute(statement)
        cursor.execute("alter table audit_event enable trigger user")


def test_a_record_is_sealed_anchored_verified_and_its_tampering_named(tmp_path: Path, settings: Settings) -> None:
    anchor, printed = tmp_path / "anchor", tmp_path / "printed"
    settings.AUDIT_ANCHOR = str(anchor)
    settings.AUDIT_ANCHOR_COMMAND = f"tee -a {printed}"
    worker = make_worker(make_place("Westmarch", agreed=False), "alice", agency="Police", roles=["coordinator"])
    for person_id in range(5):
        look(worker, person_id)
    tasks.seal(0)
    assert printed.read_text() == anchor.read_text()
    assert [line.split()[1] for line in anchor.read_text().splitlines()] == ["1", "1"], "the installation's, and theirs"

    shown = run("verify", "--anchor", str(anchor), store=tmp_path)
    assert (shown.returncode, shown.stdout.splitlines()[-1]) == (0, "whole"), shown.stdout + shown.stderr
    assert f"chain {worker.scope.partnership_id}: 5 events sealed in 1 seals; 0 not yet sealed" in shown.stdout
    assert run("head", store=tmp_path).stdout == anchor.read_text()

    alter("update audit_event set actor_id = 0 where person_id = 3")
    shown = run("verify", "--anchor", str(anchor), store=tmp_path)
    assert shown.returncode == 1
    assert "seal 1, event number 4, event id" in shown.stdout
    assert "was changed" in shown.stdout


def test_an_anchor_of_a_partnership_that_is_gone_and_a_line_that_is_none_are_faults(tmp_path: Path) -> None:
    worker = make_worker(make_place("Westmarch", agreed=False), "alice", agency="Police", roles=["coordinator"])
    look(worker, 1)
    tasks.seal(0)
    heads = run("head", store=tmp_path).stdout
    anchor = tmp_path / "anchor"
    anchor.write_text(f"{heads}77 1 1 {'ab' * 32}\n0 1")
    shown = run("verify", "--anchor", str(anchor), store=tmp_path)
    assert shown.returncode == 1
    assert "chain 77 was anchored, and there is no such partnership" in shown.stdout
    assert f"line {len(heads.splitlines()) + 2} of {anchor} cannot be read" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "2 faults"


def test_what_is_not_yet_sealed_is_at_most_a_minute_old(tmp_path: Path) -> None:
    """Sealing runs three times a minute; where it does not, verifying says so."""
    worker = make_worker(make_place("Westmarch", agreed=False), "alice", agency="Police", roles=["coordinator"])
    tasks.seal(0)
    look(worker, 1)
    assert "sealing is behind" not in run("verify", store=tmp_path).stdout
    with connections["owner"].cursor() as cursor:
        cursor.execute("update audit_pending set since = since - interval '61 seconds'")
    shown = run("verify", store=tmp_path)
    assert (shown.returncode, "sealing is behind" in shown.stdout) == (1, True)
    tasks.seal(0)
    assert run("verify", store=tmp_path).returncode == 0
    periods = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periods["config.seal"] == "* * * * * */20", "three times a minute"


def test_a_head_that_was_sealed_and_not_anchored_is_anchored_later(
    tmp_path: Path, settings: Settings, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """By a worker killed between the two, or where there was no room; and no head is written twice."""
    anchor = tmp_path / "anchor"
    settings.AUDIT_ANCHOR = str(tmp_path / "no-such-folder" / "anchor")
    look(make_worker(place, "alice", agency="Police", roles=["coordinator"]), 1)
    with act_in(place.system()):
        head = audit.seal(by=place.system(), at=AT)
    assert head is not None
    tasks.seal(0)
    assert "could not be anchored" in caplog.text
    settings.AUDIT_ANCHOR = str(anchor)
    for _ in range(2):
        tasks.seal(0)
    sinks._anchored.clear()  # as another process, which knows what the file says
    tasks.seal(0)
    assert anchor.read_text().splitlines().count(head.line()) == 1
    assert len(anchor.read_text().splitlines()) == 2, "the installation's, and theirs"


@pytest.mark.parametrize("text", ["not a head", "1 1 1 abcd"])
def test_an_anchor_that_is_none_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "anchor").write_text(text)
    shown = run("verify", "--anchor", str(tmp_path / "anchor"), store=tmp_path)
    assert shown.returncode == 2
    assert "holds no line that is the head of a chain" in " ".join(shown.stderr.replace("│", " ").split())
    assert "Traceback" not in shown.stderr


def test_the_second_sink_has_every_event_and_shows_what_the_database_lost(tmp_path: Path, settings: Settings) -> None:
    sink = tmp_path / "sink"
    settings.AUDIT_SINK = str(sink)
    place = make_place("Westmarch", agreed=False)
    worker = make_worker(place, "alice", agency="Police", roles=["coordinator"])
    for person_id in range(3):
        look(worker, person_id)
    events = [json.loads(line) for line in sink.read_text().splitlines()]
    assert [event["person_id"] for event in events if event["action"] == "view.test"] == [0, 1, 2]
    assert "Asked by the panel" not in sink.read_text(), "what can be erased must not be where it cannot"
    shown = run("verify", "--sink", str(sink), store=tmp_path)
    assert shown.returncode == 0, shown.stdout + shown.stderr

    alter("delete from audit_event where person_id = 1")
    alter("update audit_event set subject_id = '9' where person_id = 2")
    with act_in(place.system()):
        found = [*verification.missing_from(read_sink(sink), scope=place.system())]
    assert [fault.what for fault in found] == [
        "is in the second sink and not in the database",
        "is not as the second sink has it",
    ]


def test_a_forged_event_is_sealed_and_not_in_the_second_sink(tmp_path: Path, settings: Settings) -> None:
    """With a place in the queue it is sealed as any other: only the sink did not hear of it."""
    sink = tmp_path / "sink"
    settings.AUDIT_SINK = str(sink)
    place = make_place("Westmarch", agreed=False)
    worker = make_worker(place, "alice", agency="Police", roles=["coordinator"])
    look(worker, 1)
    with act_in(place.system()), connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_event (at, kind, action, partnership_id, agency_id, actor_id, subject_type, subject_id,"
            " fields, reason, detail, changes) select at, kind, action, partnership_id, agency_id, actor_id + 1,"
            " subject_type, subject_id, fields, reason, '{}', '{}' from audit_event where action = 'view.test'"
        )
        cursor.execute(
            "insert into audit_pending select max(id), max(partnership_id), now() from audit_event"
            " where partnership_id = %s",
            [place.partnership.pk],
        )
    tasks.seal(0)
    shown = run("verify", "--sink", str(sink), store=tmp_path)
    assert shown.returncode == 1
    assert shown.stdout.count("is sealed and not in the second sink") == 1


def test_half_a_line_spoils_no_other(tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that is full takes what it has room for; the next line begins afresh, and verifying names both."""
    sink = tmp_path / "sink"
    settings.AUDIT_SINK = str(sink)
    worker = make_worker(make_place("Westmarch", agreed=False), "alice", agency="Police", roles=["coordinator"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (sink.stat().st_size + 10, before[1]))
    try:
        look(worker, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "did not reach the second sink: File too large" in caplog.text
    look(worker, 2)
    assert [event["person_id"] for event in read_sink(sink) if event["action"] == "view.test"] == [2]
    tasks.seal(0)
    shown = run("verify", "--sink", str(sink), store=tmp_path)
    assert f"line {len(sink.read_text().splitlines()) - 1} of {sink} cannot be read" in shown.stdout
    assert "is sealed and not in the second sink" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "2 faults", shown.stdout + shown.stderr


def test_what_is_undone_reaches_no_sink(tmp_path: Path, settings: Settings) -> None:
    sink = tmp_path / "sink"
    settings.AUDIT_SINK = str(sink)
    worker = make_worker(make_place("Westmarch", agreed=False), "alice", agency="Police", roles=["coordinator"])
    before = sink.read_text()
    with act_in(worker.scope):
        look(worker, 1)
        transaction.set_rollback(True)
    assert sink.read_text() == before


def test_a_sink_that_fails_is_said_so_and_stops_nobody(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUDIT_SINK = str(tmp_path)
    settings.AUDIT_ANCHOR_COMMAND = "false"
    worker = make_worker(make_place("Westmarch", agreed=False), "alice", agency="Police", roles=["coordinator"])
    look(worker, 1)
    tasks.seal(0)
    assert "did not reach the second sink: Is a directory" in caplog.text
    assert "could not be anchored: CalledProcessError" in caplog.text
    with act_in(worker.scope):
        assert [*verification.verify(scope=worker.scope)] == []


def test_syslog_is_a_sink_too(tmp_path: Path, settings: Settings, place: Place) -> None:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        log.settimeout(5)
        settings.AUDIT_SINK = f"syslog:{tmp_path / 'log'}"
        look(make_worker(place, "alice", agency="Police", roles=["coordinator"]), 4)
        heard = [log.recv(65536) for _ in range(3)]
    assert json.loads(heard[-1].split(b"openiom: ")[1].rstrip(b"\0"))["person_id"] == 4
    sinks._syslog.popitem()[1].close()


def test_a_seal_cut_off_before_its_end_is_made_again(tmp_path: Path, place: Place) -> None:
    """Sealing is one transaction: a killed worker leaves everything waiting."""
    worker = make_worker(place, "alice", agency="Police", roles=["coordinator"])
    look(worker, 1)
    with act_in(place.system()):
        assert audit.seal(by=place.system(), at=AT) is not None
        transaction.set_rollback(True)
    tasks.seal(0)
    with act_in(place.system()):
        assert [*verification.verify(scope=place.system())] == []
