"""Two people who act on one question at the same moment, and a worker that is killed in the middle of one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.outcomes import evaluation, operations, tasks
from iom.outcomes.choices import ReleaseState, StudyState
from iom.outcomes.models import Release, Study
from tests.factories.cohorts import make_scheme
from tests.factories.outcomes import make_past, make_release, make_study
from tests.factories.partnerships import AT, Place, Worker, make_place, make_worker
from tests.web.integration.cohorts.test_two_at_once import at_once
from tests.web.integration.imports.conftest import administrator, is_waiting, until
from tests.web.integration.imports.test_kill import worker_process
from tests.web.integration.outcomes.test_journey import settle, work

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.slow]


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: a worker in another process must see it."""


def noted(place: Place, action: str) -> int:
    with act_in(place.system()):
        return Event.objects.filter(action=f"outcomes.{action}").count()


def test_two_accept_one_comparison() -> None:
    place = make_place("Accept")
    pair = [make_worker(place, name, agency="Police", roles=["analyst"]) for name in ("one", "two")]
    with act_in(place.system()):
        study = make_study(place, "designed")

    def accepting(worker: Worker) -> Callable[[], None]:
        def run() -> None:
            with act_in(worker.scope):
                operations.accept(study_id=study.pk, why=f"Alike, says {worker.user.pk}", by=worker.scope, at=AT)

        return run

    told = at_once(*map(accepting, pair))
    assert sorted(type(error).__name__ for error in told) == ["NoneType", "WrongState"]
    with act_in(place.system()):
        study.refresh_from_db()
    first = pair[told.index(None)].user.pk
    assert (study.state, study.accepted_by, study.acceptance) == ("estimating", first, f"Alike, says {first}")
    assert noted(place, "accept_comparison") == 1


def test_one_releases_what_another_refuses() -> None:
    place = make_place("Release")
    pair = [make_worker(place, name, agency="Probation", roles=["manager"]) for name in ("one", "two")]
    with act_in(place.system()):
        release = make_release(
            make_study(place, "done"), asked_by=make_worker(place, "who", agency="Police", roles=["analyst"]).user.pk
        )

    def deciding(worker: Worker, *, yes: bool) -> Callable[[], None]:
        def run() -> None:
            with act_in(worker.scope):
                operations.decide_release(
                    release_id=release.pk,
                    is_released=yes,
                    reason="Not yet",
                    seen=release.sha256,
                    by=worker.scope,
                    at=AT,
                )

        return run

    told = at_once(deciding(pair[0], yes=True), deciding(pair[1], yes=False))
    assert sorted(type(error).__name__ for error in told) == ["NoneType", "WrongState"]
    with act_in(place.system()):
        state = Release.objects.get().state
    assert state == (ReleaseState.RELEASED if told[0] is None else ReleaseState.REFUSED)


def test_a_worker_killed_while_it_stores_what_followed(tmp_path: Path) -> None:
    """When what was found has been written, and the event of it not yet."""
    place = make_place("Killed")
    analyst = make_worker(place, "amina", agency="Police", roles=["analyst"])
    manager = make_worker(place, "martin", agency="Probation", roles=["manager"])
    with act_in(place.system()):
        scheme = make_scheme(place)
        make_past(place, scheme, manager)
    study = work(tasks.design, settle(scheme, analyst), analyst)
    with act_in(analyst.scope):
        operations.accept(study_id=study.pk, why="Alike in what is known", by=analyst.scope, at=AT)

    def state() -> tuple[str, bool, int]:
        with act_in(place.system()):
            now = Study.objects.get()
        return now.state, now.result is not None, noted(place, "finish")

    with administrator() as holder, worker_process(tmp_path) as process:
        holder.execute("lock table audit_event in share mode")
        until(lambda: is_waiting(holder, "audit_event"))
        process.kill()
        process.wait()
        holder.rollback()
    assert state() == (StudyState.ESTIMATING, False, 0)
    assert evaluation.folder(study.pk).exists(), "whom it is about is still there to be worked on"
    with worker_process(tmp_path):
        until(lambda: state() == (StudyState.DONE, True, 1))
    assert not evaluation.folder(study.pk).exists()
