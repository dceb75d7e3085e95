"""The background work of imports. Each can be killed and run again: it starts from the file, and ends the same."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import act_in, unrestricted
from iom.common.background import QUEUE, WHEN_DATABASE_RETURNS
from iom.common.errors import WrongState
from iom.imports import adapters, queries
from iom.imports import operations as imports
from iom.imports.operations.batches import Stopped
from iom.partnerships import queries as partnerships

logger = logging.getLogger(__name__)


@app.task(name="imports.check", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def check(batch_id: int, partnership_id: int, agency_id: int) -> None:
    """Checks the file of a batch. A batch that was cancelled or checked meanwhile is left as it is."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="checking an extract")
    try:
        imports.check(batch_id=batch_id, by=by, at=timezone.now())
    except (Stopped, WrongState):
        imports.clear_up(batch_id=batch_id, by=by)
    except FileNotFoundError:
        # A cancel takes away the files of a check that is still at work.
        if not imports.clear_up(batch_id=batch_id, by=by):
            raise


@app.task(name="imports.take_in", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def take_in(batch_id: int, partnership_id: int, agency_id: int) -> None:
    """Takes the checked rows of a batch into the record."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="taking in an accepted extract")
    with act_in(by):
        imports.finish_accepting(batch_id=batch_id, by=by, at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="imports.take_up", queue="upkeep", lock="imports.take_up", queueing_lock="imports.take_up")
def take_up(timestamp: int) -> None:
    """Looks into the drop folder of every feed. What cannot be done in one leaves the others as they are."""
    if not settings.DROP_FOLDER:
        return
    for by in partnerships.scopes_of_every_agency(because="taking up what lies in a drop folder"):
        with act_in(by):
            feeds = queries.list_own_feeds(scope=by)
        for feed in feeds:
            try:
                imports.take_up(feed=feed, by=by, at=timezone.now())
            except OSError as error:
                logger.error("The drop folder of feed %s cannot be used: %s", feed.pk, error.strerror)


@app.periodic(cron="17 * * * *")
@app.task(name="imports.sweep", queue="upkeep", queueing_lock="imports.sweep")
def sweep(timestamp: int) -> None:
    """Removes what uploads left that a kill or a failed commit cut short; the longest upload takes less than a day."""
    a_day_ago = timezone.now() - timedelta(days=1)
    adapters.sweep(before=a_day_ago)
    orphans = adapters.list_old(before=a_day_ago)
    if not orphans:
        return
    for by in partnerships.scopes_of_every_agency(because="looking for files without a batch"):
        with act_in(by):
            orphans -= queries.batches_among(scope=by, ids=orphans)
    for batch_id in orphans:
        adapters.remove(batch_id=batch_id)
