"""The background work of sharing. Each can be killed and run again, and ends the same."""

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import act_in, unrestricted
from iom.common.background import QUEUE, WHEN_DATABASE_RETURNS
from iom.sharing.operations import subject_access


@app.task(name="sharing.make_answer", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def make_answer(request_id: int, partnership_id: int, agency_id: int) -> None:
    """Makes the files of a released answer."""
    because = "making the files of an answer to a subject access request"
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because=because)
    with act_in(by):
        subject_access.make_answer(request_id=request_id, by=by, at=timezone.now())
