"""Watching a run of linkage: how far it is, its log, cancelling it, and what is said of one that did not finish."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.common import background
from iom.common.errors import NotAllowed, NotVisible, WrongState
from iom.config.tasks import retry_stalled
from iom.people import linkage
from iom.people.choices import LinkStep, RunStatus
from iom.people.models import IndexEvent, LinkRun, Person, SourceRecord
from iom.people.operations import linking
from iom.people.queries.decisions import mark_of
from iom.people.tasks import link
from tests.factories.partnerships import AT, Place, Worker
from tests.factories.people import link_people, linked_as, make_record

pytestmark = pytest.mark.slow
QUEUE, PROGRESS = "/people/matches/", "/people/matches/link/progress"


def begin(place: Place) -> LinkRun:
    """A run at work, its job in the queue."""
    with act_in(place.system()):
        linking.request_linking(by=place.system(), at=AT)
        return linking.begin_linking(by=place.system(), at=AT)


def queued() -> int:
    return ProcrastinateJob.objects.filter(task_name="people.link", status="todo").count()


def killed_ago(*, seconds: int) -> None:
    """The job is as a worker left it that was last heard of then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - %s * interval '1 second') returning id",
            [seconds],
        )
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s where status in ('todo', 'doing')",
            cursor.fetchone(),
        )


def test_the_page_says_how_far_a_run_is_and_keeps_up_by_itself(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client], django_assert_max_num_queries: Callable
) -> None:
    client = as_user(alice)
    assert client.post("/people/matches/link").status_code == 302
    waiting = client.get(QUEUE).content.decode()
    assert "Waiting for a worker to start" in waiting
    assert "Link the records again" not in waiting
    run = begin(place)
    with act_in(place.system()):
        linking.step_linking(run=run, step=LinkStep.WEIGHING, by=place.system(), at=AT)
    page = client.get(QUEUE).content.decode()
    assert "Weighing how far each pair agrees" in page
    assert "Step 4 of 6" in page
    assert 'max="6" value="3"' in page
    assert f'hx-get="{PROGRESS}"' in page
    assert 'href="/people/matches/"' in page.partition("iom-only-without-script")[2], "without a script, a link"
    assert "Reading the source records</li>" in page, "the log"
    with django_assert_max_num_queries(23):
        alone = client.get(PROGRESS, headers={"HX-Request": "true"})
    assert "Step 4 of 6" in alone.content.decode()
    assert 'id="linking-log" hx-swap-oob="true"' in alone.content.decode()
    assert "HX-Refresh" not in alone.headers
    with act_in(place.system()):
        linking.fail_linking(run=run, message="There are no records to link.", by=place.system(), at=AT)
    assert client.get(PROGRESS).headers["HX-Refresh"] == "true"


def test_the_last_run_gives_the_estimate(place: Place, alice: Worker, as_user: Callable[[Worker], Client]) -> None:
    with act_in(place.system()):
        record = make_record(place)
    link_people(place, {"k1": [record]})
    client = as_user(alice)
    page = client.get(QUEUE).content.decode()
    assert "Last linked" in page
    assert "1 record" not in page, "of how many records is not told: some may be kept from the reader"
    run = begin(place)
    assert "judging by the last run" not in client.get(QUEUE).content.decode(), "it is already longer than the last"
    with act_in(place.system()):
        now = Event.objects.latest("pk").at + timedelta(days=36500)
        LinkRun.objects.exclude(pk=run.pk).update(finished_at=now)
    assert "minutes left, judging by the last run" in client.get(QUEUE).content.decode()


def test_a_run_that_waits_is_cancelled_off_the_queue(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(alice)
    client.post("/people/matches/link")
    with act_in(place.system()):
        run = LinkRun.objects.get()
    assert queued() == 1
    client.post(f"/people/matches/link/{run.pk}/cancel")
    assert queued() == 0
    page = client.get(QUEUE).content.decode()
    assert "The last run was cancelled" in page
    assert "Link the records again" in page
    assert client.post(f"/people/matches/link/{run.pk}/cancel").status_code == 409
    with act_in(alice.scope):
        assert Event.objects.get(action="people.cancel_linking").subject_id == str(run.pk)
        assert linking.request_linking(by=alice.scope, at=AT) is not None, "another can be asked for"
    assert queued() == 1


def test_a_run_cancelled_between_two_steps_goes_no_further(
    place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with act_in(place.system()):
        make_record(place)
    compare = linkage.link

    def cancel_and_compare(*tables: Any, **arguments: Any) -> linkage.Linked:
        with act_in(alice.scope):
            linking.cancel_linking(run_id=LinkRun.objects.get().pk, by=alice.scope, at=AT)
        return compare(*tables, **arguments)

    monkeypatch.setattr(linkage, "link", cancel_and_compare)
    link(partnership_id=place.partnership.pk, agency_id=place.agencies["Police"].pk)
    with act_in(place.system()):
        run = LinkRun.objects.get()
        assert (run.status, run.step) == (RunStatus.CANCELLED, LinkStep.READING)
        assert not Person.objects.exists()


def test_a_run_cancelled_while_it_writes_leaves_the_index_as_it_was(
    place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with act_in(place.system()):
        record = make_record(place)
    run = begin(place)
    write = linking._possible.write

    def cancel_and_write(*arguments: Any, **named: Any) -> int:
        LinkRun.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED)
        return write(*arguments, **named)

    monkeypatch.setattr(linking._possible, "write", cancel_and_write)
    scope = place.system()
    with pytest.raises(linking.Stopped), act_in(scope):
        linking.apply_links(
            run=run, linked=linked_as({"k1": [record]}), decisions_mark=mark_of(scope.partnership_id), by=scope, at=AT
        )
    with act_in(scope):
        assert not Person.objects.exists()
        assert not IndexEvent.objects.exists()
        assert SourceRecord.objects.get().person is None


def test_a_killed_run_that_another_took_over_can_write_nothing(place: Place) -> None:
    killed, scope = begin(place), place.system()
    other = begin(place)
    assert killed.pk != other.pk
    with pytest.raises(linking.Stopped), act_in(scope):
        linking.step_linking(run=killed, step=LinkStep.APPLYING, by=scope, at=AT)
    with act_in(scope):
        killed.refresh_from_db()
        assert (killed.status, killed.log[-1]["text"]) == (
            RunStatus.FAILED,
            "Stopped: the worker was killed. Another run takes over.",
        )


def test_a_run_that_stopped_is_said_to_have_stopped_and_why(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    link(partnership_id=place.partnership.pk, agency_id=place.agencies["Police"].pk)
    page = as_user(alice).get(QUEUE).content.decode()
    assert "stopped before it finished" in page
    assert "There are no records to link." in page
    assert "The records are being linked" not in page


def test_a_run_whose_worker_is_gone_for_good_does_not_look_at_work_and_another_can_be_started(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client, gone = as_user(alice), begin(place)
    assert "The records are being linked" in client.get(QUEUE).content.decode()
    killed_ago(seconds=90)
    assert "The records are being linked" in client.get(QUEUE).content.decode(), "another worker may still take it up"
    killed_ago(seconds=150)
    page = client.get(QUEUE).content.decode()
    assert "The records are being linked" not in page
    assert "stopped before it finished, and nothing of it was applied. Its worker failed. Start it again." in page
    client.post("/people/matches/link")
    with act_in(place.system()):
        gone.refresh_from_db()
        assert gone.status == RunStatus.FAILED
        assert LinkRun.objects.get(status=RunStatus.WAITING).pk > gone.pk
    assert "Waiting for a worker to start" in client.get(QUEUE).content.decode()


def test_an_error_nobody_expected_goes_to_the_log_and_the_run_is_said_to_have_failed(
    place: Place, alice: Worker, as_user: Callable[[Worker], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with act_in(place.system()):
        make_record(place)

    def fail(*tables: Any, **arguments: Any) -> linkage.Linked:
        raise MemoryError

    monkeypatch.setattr(linkage, "link", fail)
    with pytest.raises(MemoryError):
        link(partnership_id=place.partnership.pk, agency_id=place.agencies["Police"].pk)
    page = as_user(alice).get(QUEUE).content.decode()
    assert "Something went wrong that is not yours to mend" in page
    assert "Link the records again" in page


def test_only_who_may_and_who_is_in_the_partnership_cancels(
    place: Place, alice: Worker, bob: Worker, charlie: Worker
) -> None:
    run = begin(place)
    for worker, error in ((bob, NotAllowed), (charlie, NotVisible)):
        with pytest.raises(error), act_in(worker.scope):
            linking.cancel_linking(run_id=run.pk, by=worker.scope, at=AT)
    with act_in(alice.scope):
        linking.cancel_linking(run_id=run.pk, by=alice.scope, at=AT)
    with pytest.raises(WrongState), act_in(alice.scope):
        linking.cancel_linking(run_id=run.pk, by=alice.scope, at=AT)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The queue outside any transaction, as a worker has it: one refused write must not spoil the next."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs; delete from procrastinate_workers")
        connection.close()


def test_what_a_killed_worker_left_does_not_hold_up_the_same_work_that_waits(committed: None) -> None:
    def start() -> bool:
        return background.start("people.link", lock="people-1", once="people-link-1", partnership_id=1, agency_id=1)

    assert start()
    killed_ago(seconds=60)
    assert start(), "an import, say, asked for it meanwhile"
    async_to_sync(retry_stalled.func)(SimpleNamespace(app=app), 0)
    jobs = ProcrastinateJob.objects.filter(task_name="people.link").order_by("id")
    assert list(jobs.values_list("status", flat=True)) == ["todo"]
    killed_ago(seconds=60)
    async_to_sync(retry_stalled.func)(SimpleNamespace(app=app), 0)
    assert jobs.filter(status="todo").count() == 1, "where nothing waits, what was left is done again"
