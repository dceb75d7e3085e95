"""Work nobody asks for: jobs that a killed worker left behind go back in the queue; the audit record is sealed."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from iom.access.scope import Scope, act_in
from iom.audit import operations as audit
from iom.audit import queries as record
from iom.audit import sinks
from iom.common.background import each_apart
from iom.partnerships import queries as partnerships


@app.periodic(cron="* * * * * */15")
@app.task(name="config.retry_stalled", queue="upkeep", queueing_lock="retry-stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queues again every job whose worker has not been heard of for a while. Each job can be run again.

    Where the same work was asked for once more meanwhile, that job waits for the lock of the one left behind, and may
    not wait twice: then the one left behind goes.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_SILENT_SECONDS):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, status=Status.ABORTED, delete_job=True)


@app.periodic(cron="* * * * * */20")
@app.task(name="config.seal", queue="seal", lock="config.seal", queueing_lock="config.seal")
def seal(timestamp: int) -> None:
    """Seals what was recorded since the last time, and anchors the end of each chain that is not anchored yet."""

    def work(by: Scope) -> None:
        while True:
            with act_in(by):
                sealed = audit.seal(by=by, at=timezone.now())
                head = record.head(scope=by) if sealed is None else sealed
            if sealed is None:
                break
        if head is not None:
            sinks.anchor([head])

    each_apart(partnerships.scopes_of_every_partnership(because="sealing the audit record"), work)


@app.periodic(cron="40 2 * * *")
@app.task(name="config.forget_sessions", queue="upkeep", queueing_lock="config.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Removes sessions that are over, with the browser and address of each, also of users who never come back."""
    call_command("clearsessions")
    for session in UserSession.objects.iterator():
        session.purge()
