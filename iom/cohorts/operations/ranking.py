"""Ranking runs: asking for one, its progress, and swapping its results in, all of them or none.

A ranking puts people in order. It selects nobody.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.operations import locked
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import queries, rules
from iom.cohorts.choices import RunStatus, VersionStatus
from iom.cohorts.models import RankRun, Scheme, SchemeVersion
from iom.cohorts.operations import swap
from iom.cohorts.scoring import Ranked
from iom.common import background
from iom.common.errors import NotVisible, WrongState
from iom.people.operations import index
from iom.people.queries import restrictions

INDEX_WAIT = 600  # seconds: a run of linkage that is written meanwhile takes minutes
# An erasure is dated when it begins, and may have waited for the index before it was seen.
MARGIN = timedelta(minutes=2)
AT_WORK = (RunStatus.WAITING, RunStatus.RUNNING)


@transaction.atomic
def start_ranking(*, scheme: Scheme, on: date, by: Scope, at: datetime) -> RankRun:
    """Asks for the scheme's active version to rank everybody, as known `on` the day; the work is done behind."""
    by.check(Permission.CANDIDATES_VIEW)
    scheme = locked(row=scheme, by=by)
    version = SchemeVersion.objects.filter(scheme=scheme, status=VersionStatus.ACTIVE).first()
    rules.check_can_start_ranking(
        version_status=version.status if version else "", is_running=queries.is_ranking(scheme_id=scheme.pk)
    )
    assert version is not None
    run = RankRun.objects.create(
        partnership_id=by.partnership_id,
        scheme=scheme,
        version=version,
        on=on,
        asked_by=by.user_id,
        asked_at=at,
        capacity=version.definition["capacity"]["people"],
    )
    background.start(
        "cohorts.rank",
        lock=f"rank-{by.partnership_id}",
        run_id=run.pk,
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="cohorts.start_ranking",
        subject_type="cohorts.RankRun",
        subject_id=run.pk,
        detail={"scheme": scheme.pk, "version": version.pk, "on": on.isoformat()},
    )
    return run


@transaction.atomic
def cancel_ranking(*, run: RankRun, by: Scope, at: datetime) -> None:
    """Stops a ranking before its next stage; what lists show stays as it was."""
    by.check(Permission.CANDIDATES_VIEW)
    run = locked(row=run, by=by)
    rules.check_can_cancel_ranking(status=run.status)
    RankRun.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED, finished_at=at)
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="cohorts.cancel_ranking",
        subject_type="cohorts.RankRun",
        subject_id=run.pk,
        fields=["status"],
    )


@transaction.atomic
def begin_ranking(*, run_id: int, by: Scope, at: datetime) -> RankRun:
    """The run, marked as being worked on. A run that a killed worker left behind begins again from the start."""
    run = at_work(run_id=run_id, by=by)
    RankRun.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, started_at=at, stage="Reading the record", progress=0.0
    )
    return run


@transaction.atomic
def note_progress(*, run_id: int, stage: str, progress: float, by: Scope) -> None:
    """What the run is doing, for who watches; raises `WrongState` where it was cancelled meanwhile."""
    run = at_work(run_id=run_id, by=by)
    RankRun.objects.filter(pk=run.pk).update(stage=stage, progress=progress)


@transaction.atomic
def fail_ranking(*, run_id: int, message: str, by: Scope, at: datetime) -> None:
    """Ends a run that cannot be done, with what to do about it; lists keep showing the run before."""
    run = at_work(run_id=run_id, by=by)
    RankRun.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, message=message, finished_at=at)


def at_work(*, run_id: int, by: Scope) -> RankRun:
    """The run, locked; raises `WrongState` where it has ended."""
    run: RankRun | None = RankRun.objects.visible_to(by).select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotVisible()
    if run.status not in AT_WORK:
        raise WrongState("This ranking has already ended.")
    return run


@transaction.atomic
def store_ranking(*, run_id: int, ranked: Ranked, by: Scope, at: datetime) -> None:
    """Makes the results of a run the ones that lists show: all of them or none.

    The candidates of the run before go; nominations keep their own copy of what was known when they were made. Storing
    a run that is stored already raises `WrongState` and changes nothing. Whoever's records were erased, or restricted,
    since the run read them is not put back.
    """
    index.hold_still(by=by, because="a ranking is stored", wait_seconds=INDEX_WAIT)
    run = at_work(run_id=run_id, by=by)
    out_of_use = restrictions.out_of_use_since(since=(run.started_at or run.asked_at) - MARGIN, scope=by)
    people, eligible, near_misses, provisional = swap.candidates(run=run, ranked=ranked, out_of_use=out_of_use)
    RankRun.objects.filter(scheme_id=run.scheme_id, is_current=True).update(is_current=False)
    RankRun.objects.filter(pk=run.pk).update(
        status=RunStatus.DONE,
        is_current=True,
        stage="",
        progress=1.0,
        finished_at=at,
        people=people,
        eligible=eligible,
        near_misses=near_misses,
        restricted=restrictions.count_people(scope=by),
        provisional=provisional,
        manifest=ranked.manifest,
        fairness=ranked.fairness,
    )
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action="cohorts.store_ranking",
        subject_type="cohorts.RankRun",
        subject_id=run.pk,
    )
