"""The long work of outcomes: making a comparison, finding what followed, looking at watches and at the board's figures.
Each can be run again from the start.

A killed worker leaves nothing half-stored: the people of a comparison are put in the store whole, and what was found in
one transaction; the queue starts the same job again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from iom.access.scope import Scope, act_in, unrestricted
from iom.common import scratch
from iom.common.background import GONE, QUEUE, WHEN_DATABASE_RETURNS, each_apart
from iom.common.errors import UserError, WrongState
from iom.outcomes import evaluation, extract, operations, queries, rules
from iom.outcomes.choices import StudyState
from iom.partnerships import queries as partnerships

FAILED = "Something went wrong that is not yours to mend. Ask again; if it fails again, tell your administrator."


@contextmanager
def at_work_on(study_id: int, *, by: Scope) -> Iterator[None]:
    """Ends a question that cannot be answered or whose work fails: it must not look as if it were at work for ever.

    What nobody expected goes on to the log; where the database was gone, to the queue, which tries again.
    """
    try:
        yield
    except WrongState:
        clear_up(study_id, by=by)
    except UserError as error:
        end(study_id, message=error.message, by=by)
    except GONE:
        raise
    except Exception:
        end(study_id, message=FAILED, by=by)
        raise


def end(study_id: int, *, message: str, by: Scope) -> None:
    try:
        with act_in(by):
            operations.refuse(study_id=study_id, message=message, by=by, at=timezone.now())
    except WrongState:
        clear_up(study_id, by=by)


def clear_up(study_id: int, *, by: Scope) -> None:
    """One given up meanwhile, or done already, leaves nothing to do and nobody in the store."""
    with act_in(by):
        needed = queries.under_way(scope=by)
    if study_id not in needed:
        evaluation.remove(study_id)


@app.task(name="outcomes.design", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def design(study_id: int, partnership_id: int, agency_id: int) -> None:
    """Makes the comparison of a question. No outcome is read."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="making a comparison")
    at = timezone.now()

    def progressed(stage: str, share: float) -> None:
        with act_in(by):
            operations.note_progress(study_id=study_id, state=StudyState.DESIGNING, stage=stage, progress=share, by=by)

    with at_work_on(study_id, by=by), scratch.folder("outcomes") as place:
        with act_in(by):
            study = operations.at_work(study_id=study_id, state=StudyState.DESIGNING, by=by)
        progressed("Reading the record", 0.02)
        with act_in(by):
            files = extract.snapshot(folder=place, scheme_id=study.scheme_id, scope=by)
        assert study.known_to is not None, "a registered question says to when convictions are known"
        made = evaluation.make(
            study_id=study.pk,
            files=files,
            first=study.first_month,
            last=study.last_month,
            method=study.method,
            ratio=study.ratio,
            known_to=study.known_to,
            at=at,
            progressed=progressed,
        )
        with act_in(by):
            operations.store_design(study_id=study_id, made=made, by=by, at=timezone.now())


@app.task(name="outcomes.estimate", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def estimate(study_id: int, partnership_id: int, agency_id: int) -> None:
    """Finds what followed for the people of a comparison that was accepted."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="working out what was found")

    def progressed(stage: str, share: float) -> None:
        with act_in(by):
            operations.note_progress(study_id=study_id, state=StudyState.ESTIMATING, stage=stage, progress=share, by=by)

    with at_work_on(study_id, by=by):
        with act_in(by):
            study = operations.at_work(study_id=study_id, state=StudyState.ESTIMATING, by=by)
        assert study.known_to is not None, "a registered question says to when convictions are known"
        found = evaluation.findings(
            study_id=study.pk,
            primary=study.primary,
            secondary=study.secondary,
            known_to=study.known_to,
            at=timezone.now(),
            progressed=progressed,
        )
        with act_in(by):
            operations.store_findings(study_id=study_id, found=found, by=by, at=timezone.now())


@app.task(name="outcomes.board", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def board(partnership_id: int, agency_id: int) -> None:
    """Works out what the board looks at."""
    work_out_board(unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="the board's figures"))


def work_out_board(by: Scope) -> None:
    at = timezone.now()
    on = timezone.localdate(at)
    with scratch.folder("board") as place:
        with act_in(by):
            files = extract.board(folder=place, scope=by)
        made = evaluation.board(files=files, on=on, at=at)
    with act_in(by):
        operations.store_board(on=on, made=made, by=by, at=timezone.now())


@app.periodic(cron="41 2 * * *")
@app.task(name="outcomes.boards", queue="upkeep", queueing_lock="outcomes.boards", retry=WHEN_DATABASE_RETURNS)
def boards(timestamp: int) -> None:
    """Works out every board's figures anew each night."""
    scopes = partnerships.scopes_of_every_partnership(because="the board's figures")
    each_apart([by for by in scopes if by.partnership_id], work_out_board)


@app.task(name="outcomes.equality", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def equality(partnership_id: int, agency_id: int) -> None:
    """Works out how selection falls on groups."""
    because = "how selection falls on groups"
    work_out_equality(unrestricted(partnership_id=partnership_id, agency_id=agency_id, because=because))


def work_out_equality(by: Scope) -> None:
    at = timezone.now()
    on = timezone.localdate(at)
    with scratch.folder("equality") as place:
        with act_in(by):
            files = extract.equality(folder=place, scope=by)
        made = evaluation.equality(files=files, on=on, at=at)
    with act_in(by):
        operations.store_equality(on=on, made=made, by=by, at=timezone.now())


@app.periodic(cron="2 3 * * *")
@app.task(name="outcomes.equalities", queue="upkeep", queueing_lock="outcomes.equalities", retry=WHEN_DATABASE_RETURNS)
def equalities(timestamp: int) -> None:
    """Works out anew each night how every partnership's selection falls on groups."""
    scopes = partnerships.scopes_of_every_partnership(because="how selection falls on groups")
    each_apart([by for by in scopes if by.partnership_id], work_out_equality)


@app.task(name="outcomes.watch", queue=QUEUE, retry=WHEN_DATABASE_RETURNS)
def watch(watch_id: int, partnership_id: int, agency_id: int) -> None:
    """Looks at a watch."""
    by = unrestricted(partnership_id=partnership_id, agency_id=agency_id, because="looking at a watch")
    look_at((by, watch_id))


def look_at(one: tuple[Scope, int]) -> None:
    """Looks at a watch; one that ended, or was looked at today already, leaves nothing to do."""
    by, watch_id = one
    at = timezone.now()
    on = timezone.localdate(at)
    with suppress(WrongState), scratch.folder("watch") as place:
        with act_in(by):
            found, parameters = operations.to_look_at(watch_id=watch_id, on=on, by=by)
            files = extract.snapshot(folder=place, scheme_id=found.scheme_id, scope=by)
        looked = evaluation.look(files=files, parameters=parameters, at=at)
        with act_in(by):
            operations.store_look(watch_id=watch_id, on=on, looked=looked, by=by, at=timezone.now())


@app.periodic(cron="11 4 2 * *")
@app.task(name="outcomes.watches", queue="upkeep", queueing_lock="outcomes.watches", retry=WHEN_DATABASE_RETURNS)
def watches(timestamp: int) -> None:
    """Looks at every watch each month."""
    every: list[tuple[Scope, int]] = []
    for by in partnerships.scopes_of_every_partnership(because="looking at watches"):
        with act_in(by):
            every += [(by, watch_id) for watch_id in queries.watching(scope=by)]
    each_apart(every, look_at)


@app.periodic(cron="23 3 * * *")
@app.task(name="outcomes.let_go", queue="upkeep", queueing_lock="outcomes.let_go", retry=WHEN_DATABASE_RETURNS)
def let_go(timestamp: int) -> None:
    """Lets go of the people of questions that came to nothing for long, and of what a killed worker left behind."""
    at = timezone.now()
    scopes = partnerships.scopes_of_every_partnership(because="letting go of comparisons nobody accepted")
    lying: list[tuple[Scope, int]] = []
    needed: set[int] = set()
    for by in scopes:
        with act_in(by):
            lying += [(by, study_id) for study_id in queries.left_lying(scope=by, before=rules.kept_since(at))]
            needed |= queries.under_way(scope=by)

    def of_one(one: tuple[Scope, int]) -> None:
        by, study_id = one
        with suppress(WrongState), act_in(by):  # moved on since it was listed
            operations.let_go(study_id=study_id, by=by, at=at)

    a_day_ago = at - timedelta(days=1)
    evaluation.sweep(needed=needed, before=a_day_ago)
    scratch.sweep(before=a_day_ago)
    each_apart(lying, of_one)
