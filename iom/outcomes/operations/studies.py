"""From a question written down to what was found of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from iom.access.scope import Scope
from iom.cohorts.models import Scheme
from iom.common import background
from iom.common.errors import WrongState
from iom.outcomes import evaluation, queries, rules
from iom.outcomes.choices import StudyState
from iom.outcomes.models import Study
from iom.outcomes.operations.records import ASK, locked, record


@dataclass(frozen=True)
class Who:
    """Whom a question is about: who joined a scheme (None: any) in these months, each by its first day."""

    title: str
    scheme: Scheme | None
    first_month: date
    last_month: date


@transaction.atomic
def begin(*, who: Who, by: Scope, at: datetime) -> Study:
    """A new question, as a draft."""
    by.check(ASK)
    rules.check_says_why(who.title, field="title", message="Enter what is asked, in a few words")
    rules.check_window(first=who.first_month, last=who.last_month, known_to=queries.known_to(scope=by))
    study = Study.objects.create(
        partnership_id=by.partnership_id,
        title=who.title,
        scheme=who.scheme,
        first_month=who.first_month,
        last_month=who.last_month,
        written_by=by.user_id,
        written_at=at,
    )
    record(study=study, action="begin", by=by, at=at)
    return study


@transaction.atomic
def set_who(*, study_id: int, who: Who, by: Scope, at: datetime) -> None:
    """Whom a draft is about."""
    rules.check_says_why(who.title, field="title", message="Enter what is asked, in a few words")
    rules.check_window(first=who.first_month, last=who.last_month, known_to=queries.known_to(scope=by))
    change(study_id=study_id, by=by, at=at, **vars(who))


@transaction.atomic
def set_comparison(*, study_id: int, method: str, ratio: int, by: Scope, at: datetime) -> None:
    """How a draft's comparison is made."""
    change(study_id=study_id, by=by, at=at, method=method, ratio=ratio)


@transaction.atomic
def set_measures(*, study_id: int, primary: str, secondary: list[str], by: Scope, at: datetime) -> None:
    """What a draft is decided by, and what is looked at besides."""
    rules.check_measures(primary=primary, secondary=secondary)
    change(study_id=study_id, by=by, at=at, primary=primary, secondary=secondary)


def change(*, study_id: int, by: Scope, at: datetime, **values: Any) -> None:
    by.check(ASK)
    study = locked(study_id=study_id, by=by)
    rules.check_can_move(state=study.state, move="change")
    Study.objects.filter(pk=study.pk).update(**values)
    record(study=study, action="change", by=by, at=at, fields=sorted(values))


@transaction.atomic
def register(*, study_id: int, purpose: str, by: Scope, at: datetime) -> None:
    """Settles what is asked, for good, before anybody looks; the comparison is made behind."""
    by.check(ASK)
    with connection.cursor() as cursor:
        # One after the other: of two that differ by a few people, the second must see the first.
        cursor.execute("select pg_advisory_xact_lock(hashtext('outcomes.register'), %s)", [by.partnership_id])
    study = locked(study_id=study_id, by=by)
    to = rules.check_can_move(state=study.state, move="register")
    rules.check_says_why(purpose, field="purpose", message="Enter what will be decided on the answer")
    known = queries.known_to(scope=by)
    rules.check_window(first=study.first_month, last=study.last_month, known_to=known)
    rules.check_are_apart(queries.apart(study=study, scope=by))
    Study.objects.filter(pk=study.pk).update(
        state=to,
        purpose=purpose,
        registered_by=by.user_id,
        registered_at=at,
        known_to=known,
        stage="",
        progress=0.0,
    )
    start(task="outcomes.design", study=study, by=by)
    record(study=study, action="register", by=by, at=at, detail={"scheme": study.scheme_id, "method": study.method})


def start(*, task: str, study: Study, by: Scope) -> None:
    background.start(
        task,
        lock=f"outcomes-{by.partnership_id}",
        study_id=study.pk,
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )


@transaction.atomic
def at_work(*, study_id: int, state: StudyState, by: Scope) -> Study:
    """The question while it is being worked on. Raises `WrongState` where it has moved on."""
    study = locked(study_id=study_id, by=by)
    if study.state != state:
        raise WrongState("This question is not being worked on.")
    return study


@transaction.atomic
def note_progress(*, study_id: int, state: StudyState, stage: str, progress: float, by: Scope) -> None:
    """What is being done, for who watches."""
    study = at_work(study_id=study_id, state=state, by=by)
    Study.objects.filter(pk=study.pk).update(stage=stage, progress=progress)


@transaction.atomic
def store_design(*, study_id: int, made: evaluation.Made, by: Scope, at: datetime) -> None:
    """Shows the comparison, for somebody to look at and accept."""
    study = at_work(study_id=study_id, state=StudyState.DESIGNING, by=by)
    to = rules.check_can_move(state=study.state, move="show the comparison")
    Study.objects.filter(pk=study.pk).update(
        state=to, design=made.design, manifest={"design": made.manifest}, stage="", progress=1.0
    )
    record(study=study, action="show_comparison", by=by, at=at)


@transaction.atomic
def accept(*, study_id: int, why: str, by: Scope, at: datetime) -> None:
    """Takes the comparison for good enough, with why; only then is the outcome read, behind."""
    by.check(ASK)
    study = locked(study_id=study_id, by=by)
    to = rules.check_can_move(state=study.state, move="accept the comparison")
    assert study.design is not None, "a comparison that is shown is there"
    rules.check_can_accept(state=study.state, red=study.design["lights"]["red"])
    rules.check_says_why(why, field="why", message="Enter why the comparison is good enough")
    Study.objects.filter(pk=study.pk).update(
        state=to, accepted_by=by.user_id, accepted_at=at, acceptance=why, stage="", progress=0.0
    )
    start(task="outcomes.estimate", study=study, by=by)
    record(study=study, action="accept_comparison", by=by, at=at)


@transaction.atomic
def store_findings(*, study_id: int, found: evaluation.Found, by: Scope, at: datetime) -> None:
    """Keeps what was found, and lets go of the people it was found of."""
    study = at_work(study_id=study_id, state=StudyState.ESTIMATING, by=by)
    to = rules.check_can_move(state=study.state, move="finish")
    Study.objects.filter(pk=study.pk).update(
        state=to,
        result=found.result,
        manifest={**study.manifest, "findings": found.manifest},
        stage="",
        progress=1.0,
        ended_at=at,
    )
    record(study=study, action="finish", by=by, at=at)
    transaction.on_commit(partial(evaluation.remove, study.pk))


@transaction.atomic
def refuse(*, study_id: int, message: str, by: Scope, at: datetime) -> None:
    """Ends a question that the record cannot answer, with why. That is an answer too, and stays on record."""
    study = locked(study_id=study_id, by=by)
    to = rules.check_can_move(state=study.state, move="refuse")
    Study.objects.filter(pk=study.pk).update(state=to, message=message, stage="", ended_at=at)
    record(study=study, action="refuse", by=by, at=at)
    transaction.on_commit(partial(evaluation.remove, study.pk))


@transaction.atomic
def withdraw(*, study_id: int, reason: str, by: Scope, at: datetime) -> None:
    """Gives a question up, with why. It stays on record."""
    by.check(ASK)
    study = locked(study_id=study_id, by=by)
    to = rules.check_can_move(state=study.state, move="withdraw")
    rules.check_says_why(reason, field="reason", message="Enter why the question is given up")
    Study.objects.filter(pk=study.pk).update(state=to, end_reason=reason, ended_by=by.user_id, ended_at=at, stage="")
    record(study=study, action="withdraw", by=by, at=at)
    transaction.on_commit(partial(evaluation.remove, study.pk))


@transaction.atomic
def ask_again(*, study_id: int, by: Scope, at: datetime) -> Study:
    """A draft that asks the same with another comparison; the first is given up, and stays on record.

    Asked twice, as by a double click, it is one draft.
    """
    by.check(ASK)
    before = locked(study_id=study_id, by=by)
    rules.check_can_ask_again(state=before.state)
    if draft := queries.draft_that_follows(study=before, scope=by):
        return draft
    if before.state == StudyState.DESIGNED:
        withdraw(study_id=study_id, reason="Asked again with another comparison.", by=by, at=at)
    names = ("title", "scheme", "first_month", "last_month", "method", "ratio", "primary", "secondary", "purpose")
    study = Study.objects.create(
        partnership_id=by.partnership_id,
        follows=before,
        written_by=by.user_id,
        written_at=at,
        **{name: getattr(before, name) for name in names},
    )
    record(study=study, action="begin", by=by, at=at, detail={"follows": before.pk})
    return study


@transaction.atomic
def let_go(*, study_id: int, by: Scope, at: datetime) -> None:
    """Gives up a question that came to nothing in time, so that the people in it are not kept. Raises `WrongState`
    where it has moved on: it may have been accepted since it was listed."""
    study = locked(study_id=study_id, by=by)
    since = study.accepted_at or study.registered_at
    reason = rules.check_can_let_go(state=study.state, since=since, at=at)
    withdraw(study_id=study_id, reason=reason, by=by, at=at)
