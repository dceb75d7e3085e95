"""The background work of imports. Each can be killed and run again: it starts from the file, and ends the same."""

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import act_in, unrestricted
from iom.common.errors import WrongState
from iom.imports import operations as imports
from iom.imports.operations.batches import Stopped


@app.task(name="imports.check", queue="work")
def check(batch_id: int, partnership_id: int, agency_id: int) -> None:
    """Checks the file of a batch. A batch that was cancelled or checked meanwhile is left as it is."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="checking an extract")
    try:
        imports.check(batch_id=batch_id, by=by, at=timezone.now())
    except (Stopped, WrongState):
        return


@app.task(name="imports.take_in", queue="work")
def take_in(batch_id: int, partnership_id: int, agency_id: int) -> None:
    """Takes the checked rows of a batch into the record."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="taking in an accepted extract")
    with act_in(by):
        imports.finish_accepting(batch_id=batch_id, by=by, at=timezone.now())
