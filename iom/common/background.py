"""Starting background work by its registered name, in the same transaction as what it is about.

The work is queued when the transaction commits and not otherwise, and nobody has to import the task.
"""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "work"


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
