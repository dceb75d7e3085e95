"""Starting background work by its registered name, in the same transaction as what it is about.

The work is queued when the transaction commits and not otherwise, and nobody has to import the task.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from iom.common.errors import Busy

logger = logging.getLogger(__name__)

QUEUE = "work"
# For work that finds the database gone: it may be back in a moment. Everything else that fails is a fault of ours.
GONE = (OperationalError, InterfaceError, psycopg.OperationalError)
WHEN_DATABASE_RETURNS = RetryStrategy(max_attempts=8, wait=5, linear_wait=10, retry_exceptions=GONE)
# The same for work that waits for what others are at, and gives up after a time.
WHEN_FREE = RetryStrategy(max_attempts=8, wait=5, linear_wait=10, retry_exceptions=(*GONE, Busy))
Unit = TypeVar("Unit")


def each_apart(units: Iterable[Unit], work: Callable[[Unit], None]) -> None:
    """Does the same work for one after the other: what stops it in one stops it in no other.

    Each failure is logged as it happens; the first is raised at the end, so that the job counts as failed.
    """
    failed: list[Exception] = []
    for unit in units:
        try:
            work(unit)
        except Exception as error:
            logger.exception("%s failed, and goes on with the others", work.__qualname__)
            failed.append(error)
    if failed:
        raise failed[0]


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
    """Whether work of this name waits or is being done.

    What a killed worker left counts while another may still take it up: that takes less than a minute.
    """
    heard = Q(worker__isnull=True) | Q(worker__last_heartbeat__gt=Now() - timedelta(minutes=2))
    jobs = ProcrastinateJob.objects.filter(queueing_lock=once)
    return bool(jobs.filter(Q(status="todo") | Q(status="doing") & heard).exists())


def withdraw(*, once: str) -> None:
    """Takes the work of this name off the queue where it still waits; what is being done already goes on."""
    for job in app.job_manager.list_jobs(queueing_lock=once, status="todo"):
        assert job.id is not None, "a queued job has its number"
        app.job_manager.cancel_job_by_id(job.id, delete_job=True)
