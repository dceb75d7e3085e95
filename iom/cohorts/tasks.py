"""The cohort's long work: ranking everybody, and checking a proposed version. Each can be run again from the start.

A killed worker leaves nothing half-stored: results are swapped in within one transaction, and the queue starts the same
job again.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import act_in, unrestricted
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, scoring
from iom.common import scratch
from iom.common.background import QUEUE
from iom.common.errors import Busy, UserError, WrongState


@app.task(name="cohorts.rank", queue=QUEUE)
def rank(run_id: int, partnership_id: int, agency_id: int) -> None:
    """Ranks everybody under the run's scheme version and makes the result the one that lists show.

    The record is read in one transaction; the work is done outside any, so that progress can be seen.
    """
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="ranking candidates")
    at = timezone.now()

    def progressed(stage: str, share: float) -> None:
        with act_in(by):
            cohorts.note_progress(run_id=run_id, stage=stage, progress=share, by=by)

    try:
        with scratch.folder("rank") as folder:
            with act_in(by):
                run = cohorts.begin_ranking(run_id=run_id, by=by, at=at)
                on, text = run.on, run.version.text
            with act_in(by):
                files = scoring.snapshot(folder, scope=by)
                also = queries.person_keys_followed(scope=by)
            ranked = scoring.rank(files=files, folder=folder, text=text, on=on, at=at, also=also, progressed=progressed)
            progressed("Storing the list", 0.7)
            with act_in(by):
                cohorts.store_ranking(run_id=run_id, ranked=ranked, by=by, at=timezone.now())
    except UserError as error:
        if isinstance(error, WrongState) and not isinstance(error, Busy):
            return  # stored already, or cancelled: there is nothing left to do
        with act_in(by):
            cohorts.fail_ranking(run_id=run_id, message=error.message, by=by, at=timezone.now())


@app.task(name="cohorts.check_version", queue=QUEUE)
def check_version(version_id: int, partnership_id: int, agency_id: int) -> None:
    """Works out a proposed version's fairness, whom it would change, and the area's profile beside its points."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="checking a proposed scheme version")
    at = timezone.now()
    try:
        with scratch.folder("check") as folder:
            with act_in(by):
                version = cohorts.begin_check(version_id=version_id, by=by)
                against = queries.active_text(scheme_id=version.scheme_id, scope=by)
            with act_in(by):
                files = scoring.snapshot(folder, scope=by) | scoring.places(folder, scope=by)
            checked = scoring.check(files=files, text=version.text, against=against, on=timezone.localdate(at), at=at)
            with act_in(by):
                cohorts.store_checks(version_id=version_id, checked=checked, since=at, by=by, at=timezone.now())
    except UserError as error:
        if isinstance(error, WrongState) and not isinstance(error, Busy):
            return  # withdrawn or activated meanwhile: there is nothing left to do
        with act_in(by):
            cohorts.fail_check(version_id=version_id, message=error.message, by=by)
