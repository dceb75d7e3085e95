"""The upkeep of drafts."""

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import Scope, act_in
from iom.common.background import each_apart
from iom.home import operations as drafts
from iom.partnerships import queries as partnerships


@app.periodic(cron="20 * * * *")
@app.task(name="home.remove_old_drafts", queue="upkeep", queueing_lock="remove-old-drafts")
def remove_old_drafts(timestamp: int) -> None:
    """Removes what nobody came back for, agency by agency: the policy lets the system see one at a time."""

    def work(by: Scope) -> None:
        with act_in(by):
            drafts.remove_old(by=by, at=timezone.now())

    each_apart(partnerships.scopes_of_every_agency(because="a draft is not kept for longer"), work)
