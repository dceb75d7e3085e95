"""The nightly work of sharing, and carrying out a destruction list. Each can be killed and run again at any point."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import Scope, act_in, unrestricted
from iom.common.background import QUEUE, WHEN_DATABASE_RETURNS, WHEN_FREE, each_apart
from iom.partnerships import queries as partnerships
from iom.sharing.operations import destruction, looks, packages, requests, retention, subject_access


@app.periodic(cron="40 2 * * *")
@app.task(name="sharing.set_review_dates", queue=QUEUE, queueing_lock="set-review-dates", retry=WHEN_DATABASE_RETURNS)
def set_review_dates(timestamp: int) -> None:
    """Works out when each record of every partnership is to be reviewed, some hundred people at a time."""

    def work(by: Scope) -> None:
        after: int | None = 0
        while after is not None:
            with act_in(by):
                after = retention.set_review_dates(after=after, by=by, at=timezone.now())

    # The system sees all of a partnership, whichever of its agencies it acts for.
    scopes = partnerships.scopes_of_every_agency(because="working out when records are to be reviewed")
    each_apart({by.partnership_id: by for by in scopes}.values(), work)


@app.task(name="sharing.destroy", queue=QUEUE, retry=WHEN_FREE)
def destroy(list_id: int, partnership_id: int, agency_id: int) -> None:
    """Destroys what two people approved, one record in one transaction after another."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="destroying what two people approved")
    more = True
    while more:
        with act_in(by):
            more = destruction.destroy_next(list_id=list_id, by=by, at=timezone.now())


@app.periodic(cron="10 3 * * *")
@app.task(name="sharing.take_up_destruction", queue="upkeep", queueing_lock="sharing.take_up_destruction")
def take_up_destruction(timestamp: int) -> None:
    """Takes up the approved lists that stopped before they were done, and erasures that were granted and left alone."""

    def work(by: Scope) -> None:
        with act_in(by):
            destruction.take_up(by=by, at=timezone.now())

    each_apart(partnerships.scopes_of_every_agency(because="destroying what two people approved"), work)


@app.periodic(cron="40 1 * * *")
@app.task(name="sharing.find_anomalies", queue="upkeep", queueing_lock="sharing.find_anomalies")
def find_anomalies(timestamp: int) -> None:
    """Looks through the last seven whole days, so that a night without a worker loses nothing; found stays found."""
    now = timezone.now()
    until = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    since = timezone.make_aware(datetime.combine(timezone.localdate(now) - timedelta(days=7), time.min))

    def work(by: Scope) -> None:
        with act_in(by):
            looks.find_anomalies(since=since, until=until, by=by, at=now)

    each_apart(_partnerships("looking for what is out of the ordinary"), work)


@app.task(name="sharing.make_answer", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def make_answer(request_id: int, partnership_id: int, agency_id: int) -> None:
    """Makes the files of a released answer."""
    because = "making the files of an answer to a subject access request"
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because=because)
    with act_in(by):
        subject_access.make_answer(request_id=request_id, by=by, at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="sharing.escalate", queue="upkeep", queueing_lock="sharing.escalate")
def escalate(timestamp: int) -> None:
    """Puts requests that are late before the managers, once each."""

    def work(by: Scope) -> None:
        with act_in(by):
            requests.escalate(by=by, at=timezone.now())

    each_apart(_partnerships("looking for requests that are late"), work)


@app.periodic(cron="20 3 * * *")
@app.task(name="sharing.remove_left_answers", queue="upkeep", queueing_lock="sharing.remove_left_answers")
def remove_left_answers(timestamp: int) -> None:
    """Removes the files of answers that outlived the record they were made from."""

    def work(by: Scope) -> None:
        with act_in(by):
            subject_access.remove_left(by=by, at=timezone.now())

    each_apart(_partnerships("answers of records that were destroyed"), work)


@app.periodic(cron="10 0 * * *")
@app.task(name="sharing.end_packages", queue="upkeep", queueing_lock="sharing.end_packages")
def end_packages(timestamp: int) -> None:
    """Removes the files of packages whose time is over, and those that a killed process left behind."""

    def work(by: Scope) -> None:
        with act_in(by):
            packages.end(by=by, at=timezone.now())
            packages.sweep(by=by, at=timezone.now())

    each_apart(_partnerships("a package can be fetched no longer"), work)


def _partnerships(because: str) -> list[Scope]:
    """The system's scope in each partnership; not the one that is no partnership's."""
    return [by for by in partnerships.scopes_of_every_partnership(because=because) if by.partnership_id]
