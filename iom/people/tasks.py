"""The background work of the person index: linking. It can be killed and run again at any point."""

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import act_in, unrestricted
from iom.common.background import QUEUE
from iom.common.errors import UserError
from iom.people import linkage
from iom.people.operations import linking
from iom.people.queries import decisions, identities

ATTEMPTS = 3  # somebody may decide a match while records are compared; then the comparison is made again


@app.task(name="people.link", queue=QUEUE)
def link(partnership_id: int, agency_id: int) -> None:
    """Links the partnership's source records. What was found is applied in one transaction, or not at all."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="linking the partnership's records")
    with act_in(by):
        run = linking.begin_linking(by=by, at=timezone.now())

    def progressed(text: str) -> None:
        with act_in(by):
            linking.log_linking(run=run, text=text, by=by, at=timezone.now())

    try:
        for _ in range(ATTEMPTS):
            with act_in(by):
                mark = decisions.mark_of(partnership_id)
                records, decided = identities.records_to_link(scope=by), identities.decisions_to_keep(scope=by)
            if not records.num_rows:
                with act_in(by):
                    linking.fail_linking(run=run, message="There are no records to link.", by=by, at=timezone.now())
                return
            found = linkage.link(records, decided, at=timezone.now(), progressed=progressed)
            with act_in(by):
                if linking.apply_links(run=run, linked=found, decisions_mark=mark, by=by, at=timezone.now()):
                    return
    except UserError as error:
        with act_in(by):
            linking.fail_linking(run=run, message=error.message, by=by, at=timezone.now())
        return
    with act_in(by):
        linking.fail_linking(
            run=run, message="Matches were decided all the while. Start it again.", by=by, at=timezone.now()
        )
