"""The nightly search for what is out of the ordinary in the audit record."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import act_in
from iom.partnerships import queries as partnerships
from iom.sharing.operations import reviews


@app.periodic(cron="40 1 * * *")
@app.task(name="sharing.find_anomalies", queue="upkeep", queueing_lock="sharing.find_anomalies")
def find_anomalies(timestamp: int) -> None:
    """Looks through the last seven whole days, so that a night without a worker loses nothing; found stays found."""
    now = timezone.now()
    until = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    since = timezone.make_aware(datetime.combine(timezone.localdate(now) - timedelta(days=7), time.min))
    for by in partnerships.scopes_of_every_partnership(because="looking for what is out of the ordinary"):
        if by.partnership_id:
            with act_in(by):
                reviews.find_anomalies(since=since, until=until, by=by, at=now)
