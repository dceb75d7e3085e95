"""The audit record: written beside pages that are being served, sealed, and verified."""

import os
import statistics
import subprocess
import sys
import time
from hashlib import sha256
from typing import Any

from bench.figures import Figure
from bench.web import partnership

EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))
SECONDS = 20
PROCESSES, THREADS = 2, 2
# Normal work: a hundred people at their desks, each opening three pages a minute.
PAGES_A_SECOND = 5

# Processes of their own, as a server has: each thread writes events, so many in a transaction.
WRITER = """
import sys, threading, time
import django; django.setup()
from django.db import connection, connections
from django.utils import timezone
from iom.access.scope import act_in, unrestricted
from iom.audit import operations as audit
how, partnership_id, threads, seconds, at_once = sys.argv[1], *map(int, sys.argv[2:6])
by = unrestricted(partnership_id=partnership_id, agency_id=1, because="the bench")
written, end = [0] * threads, time.perf_counter() + seconds
PLAIN = ("insert into plain_log (at, kind, action, partnership_id, agency_id, actor_id, subject_type, subject_id,"
    " person_id) values (%s, 'consultation', 'view.bench', %s, 1, 0, 'people.Person', %s, %s)")
def write(place):
    while time.perf_counter() < end:
        number = written[place]
        with act_in(by):
            if how == "record":
                for _ in range(at_once):
                    audit.viewed(by=by, at=timezone.now(), person_id=number, page="bench")
            else:
                with connection.cursor() as cursor:
                    cursor.execute(PLAIN, [timezone.now(), partnership_id, str(number), number])
        written[place] += at_once
    connections.close_all()
workers = [threading.Thread(target=write, args=(place,)) for place in range(threads)]
[each.start() for each in workers]
[each.join() for each in workers]
print(sum(written))
"""


def writers(how: str, partnership_id: int, at_once: int) -> "list[subprocess.Popen[str]]":
    command = [sys.executable, "-c", WRITER, how, *map(str, (partnership_id, THREADS, SECONDS, at_once))]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]


def pages(client: Any, processes: "list[subprocess.Popen[str]]", a_second: int) -> list[float]:
    """The milliseconds of each page, so many a second, while these run or for five seconds."""
    taken, end = [], time.perf_counter() + 5
    while any(each.poll() is None for each in processes) if processes else time.perf_counter() < end:
        start = time.perf_counter()
        assert client.get("/people/", {"q": "smith"}).status_code == 200
        taken.append((time.perf_counter() - start) * 1000)
        time.sleep(max(0, start + 1 / a_second - time.perf_counter()))
    return taken


def told(processes: "list[subprocess.Popen[str]]") -> float:
    """How many events a second they wrote, together."""
    return sum(int(each.communicate()[0]) for each in processes) / SECONDS


def figures() -> list[Figure]:
    with partnership() as (place, scope):
        from django.db import connection, connections
        from django.test import Client
        from django.utils import timezone

        from iom.access.scope import act_in
        from iom.audit import operations as audit
        from iom.audit import queries, verification
        from tests.factories.partnerships import make_worker

        with connections["owner"].cursor() as cursor:
            cursor.execute("create table plain_log (like audit_event including all)")
            cursor.execute(
                "alter table plain_log alter column fields set default '{}', alter column reason set default ''"
            )
            cursor.execute(
                "alter table plain_log alter column detail set default '{}', alter column changes set default '{}'"
            )
        alice = make_worker(place, "alice", agency="Police", roles=["coordinator"])
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(alice.user)
        alone = pages(client, [], PAGES_A_SECOND)
        written, beside = {}, {}
        for how, at_once in (("plain", 1), ("record", 1), ("record", 10)):
            processes = writers(how, place.partnership.pk, at_once)
            beside[how, at_once] = pages(client, processes, PAGES_A_SECOND)
            written[how, at_once] = told(processes)

        with act_in(scope):
            while audit.seal(by=scope, at=timezone.now()):
                pass
        fill(place.partnership.pk)
        start = time.perf_counter()
        while True:
            with act_in(scope):
                if audit.seal(by=scope, at=timezone.now()) is None:
                    break
        sealed = time.perf_counter() - start
        with act_in(scope):
            head = queries.head(scope=scope)
            assert head is not None
            start = time.perf_counter()
            faults = [*verification.verify(scope=scope, anchored=[head])]
            verified = time.perf_counter() - start
            assert faults == []
            start = time.perf_counter()
            bare(connection, place.partnership.pk)
            limit = time.perf_counter() - start
    median = statistics.median
    recorded, plain = written["record", 1], written["plain", 1]
    return [
        Figure(
            f"events written, one a transaction, beside {PAGES_A_SECOND} pages a second",
            "events a second",
            f"{recorded:,.0f}",
            "at least 2,000",
            recorded >= 2000,
            f"{recorded / plain:.2f} of a bare insert ({plain:,.0f}); a page takes {median(alone):.0f} ms alone,"
            f" {median(beside['record', 1]):.0f} beside this",
        ),
        Figure(
            f"events written, ten a transaction, beside {PAGES_A_SECOND} pages a second",
            "events a second",
            f"{written['record', 10]:,.0f}",
            "at least 2,000",
            written["record", 10] >= 2000,
            f"a page takes {median(beside['record', 10]):.0f} ms beside this",
        ),
        Figure(f"seal {EVENTS:,} events", "seconds", f"{sealed:.1f}", "", None, f"{EVENTS / sealed:,.0f} a second"),
        Figure(
            f"verify {head.last:,} events against an anchor",
            "seconds",
            f"{verified:.1f}",
            f"{EVENTS:,} in 30",
            verified / head.last * 1_000_000 <= 30,
            f"{verified / limit:.1f} times reading and hashing them once in one stream ({limit:.1f} s)",
        ),
    ]


def fill(partnership_id: int) -> None:
    """Events as pages write them, and their places in the queue, by the owner in one statement."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "with made as (insert into audit_event (at, kind, action, partnership_id, agency_id, actor_id,"
            " subject_type, subject_id, person_id, fields, reason, detail, changes)"
            " select now(), 'consultation', 'view.overview', %s, 1, n %% 50, 'people.Person', n::text, n, '{}', '',"
            " jsonb_build_object('page', n), '{}'"
            " from generate_series(1, %s) n returning id, partnership_id)"
            " insert into audit_pending (event_id, partnership_id, since) select id, partnership_id, now() from made",
            [partnership_id, EVENTS],
        )
        cursor.execute("vacuum analyze audit_event, audit_pending")
    connections["owner"].close()


def bare(connection: Any, partnership_id: int) -> None:
    """The limit: every event's text in one stream, hashed once."""
    from iom.audit.queries import TEXT

    with connection.cursor() as cursor:
        statement = f"copy (select {TEXT} from audit_event e where partnership_id = {partnership_id}) to stdout"
        with cursor.copy(statement) as copy:
            for line in copy:
                sha256(line).digest()
