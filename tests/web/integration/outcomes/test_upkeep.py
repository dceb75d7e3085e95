"""What is let go, what fails, and what a kill leaves behind."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from procrastinate.contrib.django import app
from pytest_django import DjangoCaptureOnCommitCallbacks

from iom.access.scope import act_in
from iom.cohorts.models import CohortMembership, Scheme
from iom.common import registries, scratch
from iom.common.background import WHEN_DATABASE_RETURNS
from iom.common.errors import WrongState
from iom.outcomes import evaluation, operations, tasks
from iom.outcomes.models import Study
from iom.outcomes.operations import erasing
from iom.people.models import Person
from tests.factories.outcomes import make_study
from tests.factories.partnerships import AT, Place, Worker
from tests.factories.people import make_person
from tests.web.integration.outcomes.test_journey import settle, work

LONG_AGO = timedelta(days=61)


def settled(place: Place, state: str, ago: timedelta, **fields: Any) -> Study:
    """A question in a state, settled so long ago; whose people lie in the store."""
    with act_in(place.system()):
        study = make_study(place, state, registered_at=timezone.now() - ago, **fields)
    evaluation.folder(study.pk).mkdir(parents=True)
    return study


def is_kept(study: Study) -> bool:
    return evaluation.folder(study.pk).exists()


def test_what_was_just_accepted_is_worked_out_however_long_ago_it_was_settled(
    place: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    now = timezone.now()
    study = settled(place, "estimating", LONG_AGO, accepted_at=now - timedelta(minutes=10))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.let_go(timestamp=0)
    with act_in(place.system()):
        study.refresh_from_db()
        assert (study.state, is_kept(study)) == ("estimating", True)
        # Listed before it was accepted, and let go after: then too it is left alone.
        with pytest.raises(WrongState):
            operations.let_go(study_id=study.pk, by=place.system(), at=now)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("designing", "The comparison was not made within 60 days,"),
        ("designed", "Nobody accepted the comparison within 60 days,"),
        ("estimating", "The answer was not worked out within 60 days of the comparison being accepted,"),
    ],
)
def test_what_came_to_nothing_says_truly_why_it_is_let_go(
    place: Place, state: str, says: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    accepted: dict[str, datetime] = {"accepted_at": timezone.now() - LONG_AGO} if state == "estimating" else {}
    study = settled(place, state, LONG_AGO + timedelta(days=1), **accepted)
    young = settled(place, state, timedelta(days=59), **{name: timezone.now() for name in accepted})
    with django_capture_on_commit_callbacks(execute=True):
        tasks.let_go(timestamp=0)
    with act_in(place.system()):
        study.refresh_from_db()
        young.refresh_from_db()
    assert (study.state, is_kept(study)) == ("withdrawn", False)
    assert study.end_reason.startswith(says)
    assert (young.state, is_kept(young)) == (state, True)


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(**_: Any) -> Any:
        raise error

    return fail


WORK = [("designing", tasks.design, "make"), ("estimating", tasks.estimate, "findings")]


@pytest.mark.parametrize(("state", "task", "bridge"), WORK)
def test_what_fails_is_not_at_work_for_ever(
    place: Place,
    state: str,
    task: Any,
    bridge: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    study = settled(place, state, timedelta())
    by = place.system()
    monkeypatch.setattr(evaluation, bridge, failing(MemoryError("all of it")))
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(MemoryError):  # which is for the log
        task(study_id=study.pk, partnership_id=by.partnership_id, agency_id=by.agency_id)
    with act_in(by):
        study.refresh_from_db()
    assert (study.state, is_kept(study)) == ("refused", False)
    assert "not yours to mend" in study.message
    assert "all of it" not in study.message


@pytest.mark.parametrize(("state", "task", "bridge"), WORK)
def test_where_the_database_is_gone_the_work_is_done_once_it_returns(
    place: Place, state: str, task: Any, bridge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = settled(place, state, timedelta())
    by = place.system()
    monkeypatch.setattr(evaluation, bridge, failing(OperationalError("the connection was lost")))
    with pytest.raises(OperationalError):
        task(study_id=study.pk, partnership_id=by.partnership_id, agency_id=by.agency_id)
    with act_in(by):
        study.refresh_from_db()
    assert (study.state, is_kept(study)) == (state, True)


def test_every_task_of_outcomes_waits_for_the_database() -> None:
    own = {name: task for name, task in app.tasks.items() if name.startswith("outcomes.")}
    assert len(own) > 5
    assert {name for name, task in own.items() if task.retry_strategy is not WHEN_DATABASE_RETURNS} == set()


AT_WORK = """
import sys, time
from django.conf import settings
settings.configure(STORE=sys.argv[1])
from iom.common import scratch
with scratch.folder("outcomes") as folder:
    (folder / "persons.parquet").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_worker_had_read_is_removed(place: Place, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", AT_WORK, str(tmp_path)], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        left = Path(worker.stdout.readline().strip())
        worker.kill()
    assert (left / "persons.parquet").exists()
    assert [folder.stat().st_mode & 0o777 for folder in (left, left.parent)] == [0o700, 0o700]
    tasks.let_go(timestamp=0)
    assert left.exists()  # for all that is known, its work goes on
    a_day_ago = (timezone.now() - timedelta(days=1, minutes=1)).timestamp()
    os.utime(left, (a_day_ago, a_day_ago))
    with scratch.folder("outcomes") as at_work:
        tasks.let_go(timestamp=0)
        assert [left.exists(), at_work.exists()] == [False, True]
    assert not at_work.exists()


def test_the_record_is_read_into_the_store(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = settled(place, "designing", timedelta())
    by = place.system()
    read: list[Path] = []

    def stop(*, files: dict[str, Path], **_: Any) -> Any:
        read.extend(files.values())
        raise evaluation.CannotAnswer("Not today.")

    monkeypatch.setattr(evaluation, "make", stop)
    tasks.design(study_id=study.pk, partnership_id=by.partnership_id, agency_id=by.agency_id)
    assert {path.parent.parent for path in read} == {tmp_path / "scratch"}
    assert not any(path.exists() for path in read)


def test_nobody_is_kept_in_a_comparison_whose_record_has_ended(
    place: Place, past: Scheme, analyst: Worker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    study = work(tasks.design, settle(past, analyst), analyst)
    with act_in(place.system()):
        stranger = make_person(place, family_name="Nobody")
        joined = CohortMembership.objects.earliest("pk").person

    def end(person: Person) -> tuple[str, bool]:
        with act_in(place.system()), django_capture_on_commit_callbacks(execute=True):
            erasing.erase(by=place.system(), person_id=person.pk, agency_id=place.agencies["Police"].pk, at=AT)
            study.refresh_from_db()
        return study.state, is_kept(study)

    assert end(stranger) == ("designed", True)
    assert end(joined) == ("withdrawn", False)
    assert study.end_reason == erasing.REASON
    assert any(each.name == "outcomes" for each in registries.retained_records)
