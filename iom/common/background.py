"""Starting background work by its registered name, in the same transaction as what it is about.

The work is queued when the transaction commits and not otherwise, and nobody has to import the task.
"""

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "work"
# For work that finds the database gone: it may be back in a moment. Everything else that fails is a fault of ours.
WHEN_DATABASE_RETURNS = RetryStrategy(
    max_attempts=8,
    wait=5,
    linear_wait=10,
    retry_exceptions=(OperationalError, InterfaceError, psycopg.OperationalError),
)


def start(task: str, *, lock: str, once: str | None = None, **arguments: int | str | None) -> bool:
    """Queues a task. Tasks with the same `lock` run one after the other; of those with the same `once`, one waits.

    Returns whether it was queued: false where the same work is waiting already and will see what is there now.
    """
    deferrer = app.configure_task(task, queue=QUEUE, lock=lock, queueing_lock=once)
    try:
        with transaction.atomic():
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def is_alive(*, once: str) -> bool:
    """Whether work of this name waits or is being done. A killed worker's counts: it is found and done again."""
    return ProcrastinateJob.objects.filter(queueing_lock=once, status__in=("todo", "doing")).exists()


def withdraw(*, once: str) -> None:
    """Takes the work of this name off the queue where it still waits; what is being done already goes on."""
    for job in app.job_manager.list_jobs(queueing_lock=once, status="todo"):
        assert job.id is not None, "a queued job has its number"
        app.job_manager.cancel_job_by_id(job.id, delete_job=True)
