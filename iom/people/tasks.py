"""The background work of the person index: linking, and upkeep. It can be killed and run again at any point."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import Scope, act_in, unrestricted
from iom.common.background import QUEUE, each_apart
from iom.common.errors import UserError
from iom.partnerships import queries as partnerships
from iom.people import linkage
from iom.people.choices import LinkStep
from iom.people.models import LinkRun
from iom.people.operations import linking, places
from iom.people.queries import decisions, identities

FAILED = "Something went wrong that is not yours to mend. Start it again; if it fails again, tell your administrator."
VICTIM_DAYS = 2 * 366  # the year that is counted, and the year before it in which somebody suffered already
ATTEMPTS = 3  # somebody may decide a match while records are compared; then the comparison is made again


@app.task(name="people.link", queue=QUEUE)
def link(partnership_id: int, agency_id: int) -> None:
    """Links the partnership's source records. What was found is applied in one transaction, or not at all.

    A run that somebody cancels stops at its next step; where it is at its last, what it wrote is undone.
    """
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="linking the partnership's records")
    with act_in(by):
        run = linking.begin_linking(by=by, at=timezone.now())
    message = FAILED
    try:
        message = link_records(run=run, by=by)
    except UserError as error:
        message = error.message
    except linking.Stopped:
        message = ""  # its page says so already
    finally:  # an error nobody expected goes on to the log, and the run does not look as if it were at work
        if message:
            with suppress(linking.Stopped), act_in(by):
                linking.fail_linking(run=run, message=message, by=by, at=timezone.now())


def link_records(*, run: LinkRun, by: Scope) -> str:
    """Compares the records and applies what that finds; why it could not, or nothing where it could."""

    def progressed(step: LinkStep) -> None:
        with act_in(by):
            linking.step_linking(run=run, step=step, by=by, at=timezone.now())

    for _ in range(ATTEMPTS):
        with act_in(by):
            mark = decisions.mark_of(by.partnership_id)
            records, decided = identities.records_to_link(scope=by), identities.decisions_to_keep(scope=by)
        if not records.num_rows:
            return "There are no records to link. Take in an extract first."
        found = linkage.link(records, decided, at=timezone.now(), progressed=progressed)
        progressed(LinkStep.APPLYING)
        with act_in(by):
            if linking.apply_links(run=run, linked=found, decisions_mark=mark, by=by, at=timezone.now()):
                return ""
    return "Matches were being decided all the while. Start it again."


@app.periodic(cron="11 4 * * *")
@app.task(name="people.forget_victims", queue="upkeep", queueing_lock="people.forget_victims")
def forget_victims(timestamp: int) -> None:
    """Lets go of whom a recorded crime was done to, once nobody can be counted as having suffered again by it."""

    def work(by: Scope) -> None:
        at = timezone.now()
        with act_in(by):
            places.forget_victims(before=at - timedelta(days=VICTIM_DAYS), by=by, at=at)

    scopes = partnerships.scopes_of_every_partnership(because="victims are not kept apart for longer")
    each_apart([by for by in scopes if by.partnership_id], work)
