"""Runs linkage over a partnership's source records, and applies what it found in one transaction.

The comparison itself takes no lock and holds no transaction. If somebody decides a match meanwhile, what was found no
longer counts, and the comparison is made again with that decision in it.
"""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import connection, transaction
from pyarrow import csv

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import background
from iom.common.errors import NotVisible
from iom.people.choices import IndexChange, LinkStep, RunStatus
from iom.people.linkage import Linked
from iom.people.models import LinkDecision, LinkRun
from iom.people.operations import _moves, _possible
from iom.people.queries import decisions
from iom.people.rules import linking as rules
from iom.people.rules.markings import strictest

TASK = "people.link"


class Stopped(Exception):
    """The run was cancelled while it was at work, or another run took over: it writes nothing more."""


def queue_linking(*, partnership_id: int, agency_id: int) -> None:
    """Queues the work of a run, unless it waits already: what waits will see what is there when it starts."""
    background.start(
        TASK,
        lock=f"people-{partnership_id}",
        once=rules.queued_as(partnership_id),
        partnership_id=partnership_id,
        agency_id=agency_id,
    )


@transaction.atomic
def request_linking(*, by: Scope, at: datetime) -> LinkRun | None:
    """Queues a run of linkage; None where one is waiting already, which will see what is there now."""
    by.check(Permission.MATCH_REVIEW)
    if not background.is_alive(once=rules.queued_as(by.partnership_id)):
        _finish_left_behind(by, at, "Stopped: its worker failed. Somebody started another run.")
    # An import may have queued the work already; it then takes this run.
    queue_linking(partnership_id=by.partnership_id, agency_id=by.agency_id)
    if LinkRun.objects.filter(partnership_id=by.partnership_id, status=RunStatus.WAITING).exists():
        return None
    run = LinkRun.objects.create(partnership_id=by.partnership_id, started_at=at, log=[_line(at, "Waiting to start")])
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="people.request_linking",
        subject_type="people.LinkRun",
        subject_id=run.pk,
    )
    return run


@transaction.atomic
def cancel_linking(*, run_id: int, by: Scope, at: datetime) -> None:
    """Stops a run: one that waits never starts, one at work applies nothing, however far it is."""
    by.check(Permission.MATCH_REVIEW)
    run = LinkRun.objects.select_for_update().filter(partnership_id=by.partnership_id, pk=run_id).first()
    if run is None:
        raise NotVisible()
    rules.check_can_cancel(status=run.status)
    if run.status == RunStatus.WAITING:
        background.withdraw(once=rules.queued_as(by.partnership_id))
    _finish(run, RunStatus.CANCELLED, at, "Cancelled. Nothing of it was applied.")
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="people.cancel_linking",
        subject_type="people.LinkRun",
        subject_id=run.pk,
    )


@transaction.atomic
def begin_linking(*, by: Scope, at: datetime) -> LinkRun:
    """The run that is now at work: the one that was waiting, or a new one. One that was killed is marked as stopped."""
    _finish_left_behind(by, at, "Stopped: the worker was killed. Another run takes over.")
    runs = LinkRun.objects.select_for_update().filter(partnership_id=by.partnership_id)
    run = runs.filter(status=RunStatus.WAITING).order_by("id").first()
    if run is None:
        run = LinkRun(partnership_id=by.partnership_id)
    run.started_at = at
    run.status = RunStatus.RUNNING
    run.step = LinkStep.READING
    run.log = [*run.log, _line(at, LinkStep.READING.label)]
    run.save()
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="people.begin_linking",
        subject_type="people.LinkRun",
        subject_id=run.pk,
    )
    return run


@transaction.atomic
def step_linking(*, run: LinkRun, step: LinkStep, by: Scope, at: datetime) -> None:
    """Says on the run how far it is, seen on the page at once; raises `Stopped` where it is to go no further."""
    run = _at_work(run)
    run.step = step
    run.log = [*run.log, _line(at, step.label)]
    run.save(update_fields=["step", "log"])


@transaction.atomic
def fail_linking(*, run: LinkRun, message: str, by: Scope, at: datetime) -> None:
    """Says that the run stopped and why; nothing of it was applied. Raises `Stopped` where that is said already."""
    _finish(_at_work(run), RunStatus.FAILED, at, message)
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="people.fail_linking",
        subject_type="people.LinkRun",
        subject_id=run.pk,
    )


@transaction.atomic
def apply_links(*, run: LinkRun, linked: Linked, decisions_mark: str, by: Scope, at: datetime) -> bool:
    """Makes the index what linkage found: people, records, events, search terms, possible matches. All or nothing.

    `decisions_mark` is `queries.decisions.mark_of` from before the comparison. Where it is out of date, false comes
    back and nothing is changed. Applying the same clusters twice changes nothing the second time. Raises `Stopped`
    where the run was cancelled, even while this was writing.
    """
    with _moves.index_locked(by, because="linking the partnership's records", wait_seconds=600) as system:
        if decisions.mark_of(by.partnership_id) != decisions_mark:
            return False
        with connection.cursor() as cursor:
            _stage_clusters(cursor, linked)
            _find_moves(cursor, by.partnership_id, at)
            _moves.apply_moves(
                cursor=cursor, change=IndexChange.LINKED, reason=f"Link run {run.pk}", decision_id=None, by=by, at=at
            )
            _let_markings_follow(cursor, system)
        _possible.write(linked.possible, run=run, scope=system)
        run = _at_work(run)
        run.records = linked.count
        run.people = linked.people
        run.model_version = linked.model_version
        run.manifest = linked.manifest
        # Not of how many: that counts records kept from who reads the log.
        _finish(run, RunStatus.FINISHED, at, RunStatus.FINISHED.label)
        audit.record(
            by=by,
            at=at,
            kind=Kind.COMBINATION,
            action="people.apply_links",
            subject_type="people.LinkRun",
            subject_id=run.pk,
        )
    return True


def _finish_left_behind(by: Scope, at: datetime, text: str) -> None:
    """Says of runs that nobody works on any more that they stopped."""
    runs = LinkRun.objects.select_for_update().filter(partnership_id=by.partnership_id, status=RunStatus.RUNNING)
    for run in runs:
        _finish(run, RunStatus.FAILED, at, text)


def _at_work(run: LinkRun) -> LinkRun:
    """The run as it is now, held; raises `Stopped` where somebody cancelled it or another run took over."""
    found = LinkRun.objects.select_for_update().filter(pk=run.pk, status=RunStatus.RUNNING).first()
    if found is None:
        raise Stopped
    return found


def _line(at: datetime, text: str) -> dict[str, str]:
    return {"at": at.isoformat(), "text": text}


def _finish(run: LinkRun, status: RunStatus, at: datetime, text: str) -> None:
    run.status = status
    run.finished_at = at
    run.log = [*run.log, _line(at, text)]
    run.save()


def _stage_clusters(cursor: Any, linked: Linked) -> None:
    """The clusters in a temporary table: which record is whose, by person key."""
    _moves.fresh_table(cursor, "iom_cluster", "record_id bigint, person_key varchar(40)")
    with cursor.copy("copy iom_cluster from stdin (format csv)") as copy:
        for batch in linked.clusters.select(["record_id", "person_key"]).to_batches(max_chunksize=100_000):
            rows = BytesIO()
            csv.write_csv(batch, rows, csv.WriteOptions(include_header=False))
            copy.write(rows.getvalue())
    cursor.execute("analyze iom_cluster")


def _find_moves(cursor: Any, partnership_id: int, at: datetime) -> None:
    """Makes the people that are new, and finds which records are not yet where their cluster is.

    A new person gets the marking of any of their records and nothing else; who they are is filled in with the moves. A
    record that was erased while the others were compared goes to nobody.
    """
    cursor.execute(
        "insert into people_person (public_id, person_key, given_names, family_name, sex, ethnicity, created_at,"
        " partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies)"
        " select distinct on (c.person_key) gen_random_uuid(), c.person_key, '', '', '', '', %s,"
        " r.partnership_id, r.owner_agency_id, r.regime, r.marking, r.descriptor, 'own', '{}'::int[]"
        " from iom_cluster c join people_sourcerecord r on r.id = c.record_id and r.partnership_id = %s"
        " where r.erased_at is null"
        " and not exists (select 1 from people_person p where p.partnership_id = %s and p.person_key = c.person_key)"
        " order by c.person_key, r.id",
        [at, partnership_id, partnership_id],
    )
    _moves.fresh_table(cursor, "iom_move", _moves.MOVE_COLUMNS)
    cursor.execute(
        "insert into iom_move select r.id, r.person_id, p.id from iom_cluster c"
        " join people_sourcerecord r on r.id = c.record_id and r.partnership_id = %s"
        " join people_person p on p.partnership_id = %s and p.person_key = c.person_key"
        " where r.person_id is distinct from p.id and r.erased_at is null and p.erased_at is null",
        [partnership_id, partnership_id],
    )
    _moves.fresh_table(cursor, "iom_stale", "record_id bigint primary key")
    cursor.execute(
        "insert into iom_stale select id from people_sourcerecord where partnership_id = %s"
        " and person_id is not null and indexed_batch_id is distinct from batch_id",
        [partnership_id],
    )


def _let_markings_follow(cursor: Any, scope: Scope) -> None:
    """Gives the history and the decisions about records that changed the markings these have now."""
    columns = ("owner_agency_id", "regime", "marking", "descriptor", "audience", "audience_agencies")
    theirs, now = (", ".join(f"{table}.{name}" for name in columns) for table in ("e", "r"))
    cursor.execute(
        f"update people_indexevent e set ({', '.join(columns)}) = ({now})"  # noqa: S608
        " from iom_stale s join people_sourcerecord r on r.id = s.record_id"
        f" where e.source_record_id = r.id and ({theirs}) is distinct from ({now})"
    )
    cursor.execute(
        "select d.id from people_linkdecision d where d.partnership_id = %s"
        " and (d.left_id in (select record_id from iom_stale) or d.right_id in (select record_id from iom_stale))",
        [scope.partnership_id],
    )
    stale = [decision_id for (decision_id,) in cursor.fetchall()]
    for decision in LinkDecision.objects.filter(pk__in=stale).select_related("left", "right"):
        seen = strictest(_possible.seen_of(decision.left), _possible.seen_of(decision.right))
        if seen is not None:
            _possible.mark(decision, seen)
            decision.save()
