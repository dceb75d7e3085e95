"""Work nobody asks for: jobs that a killed worker left behind are put back in the queue."""

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status


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
