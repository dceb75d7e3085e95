"""Two people who decide the same thing at the same moment, each on a connection of their own: one does, one is told.

That both are in the middle is no luck: the test holds what both need until both wait for it.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from procrastinate.jobs import Job
from pytest_django import Settings

from iom.access.scope import Scope, act_in
from iom.agreements.choices.limits import AccessFinding
from iom.agreements.models import EmergencyAccess, LimitedAccess
from iom.agreements.operations import limits
from iom.audit.models import Event
from iom.cohorts.models import Nomination
from iom.common.errors import Busy, UserError
from iom.imports import operations as imports
from iom.people.models import Person, Restriction, Sanction
from iom.people.operations._moves import INDEX_LOCK
from iom.sharing import tasks
from iom.sharing.choices.subject_access import RequestState
from iom.sharing.models import (
    DestructionApproval,
    DestructionItem,
    RetentionReview,
    RightsRequest,
    SubjectAccessRequest,
)
from iom.sharing.operations import destruction, retention, rights, subject_access
from iom.sharing.queries import subject_access as subject_access_queries
from tests.factories.cohorts import make_scheme, nominate
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_person, make_record
from tests.web.integration.imports.conftest import GOOD, RECORDS_LAYOUT, a_file, administrator, check, until
from tests.web.integration.sharing.test_limited_and_emergency_access import open_it, place_limit
from tests.web.integration.sharing.test_retention import LONG_AGO, work_out
from tests.web.integration.sharing.test_rights import ASKED as RIGHT_ASKED
from tests.web.integration.sharing.test_rights import proposed
from tests.web.integration.sharing.test_subject_access import ASKED

pytestmark = pytest.mark.slow
Work = Callable[[Worker], object]


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits."""


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.STORE = tmp_path


def together(table: str, row_id: int, work: Work, *workers: Worker) -> list[str]:
    """What came of the same work done by several at once: `done`, or the name of the error that they were told.

    They queue in the order given.
    """
    told = {}

    def run(worker: Worker) -> None:
        try:
            with act_in(worker.scope):
                work(worker)
            told[worker.user.pk] = "done"
        except UserError as error:
            told[worker.user.pk] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[worker]) for worker in workers]
    with administrator() as holder:
        holder.execute(f"select 1 from {table} where id = %s for update", [row_id])
        for place_in_queue, thread in enumerate(threads, start=1):
            thread.start()
            until(lambda count=place_in_queue: waiting(table) == count)
        holder.rollback()
    for thread in threads:
        thread.join(60)
    return sorted(told.values())


def waiting(table: str) -> int:
    """How many connections wait for a row of this table."""
    with administrator() as looking:
        found = looking.execute(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ilike %s"
            " and datname = current_database()",
            [f"%{table}%"],
        ).fetchone()
    return int(found[0]) if found else 0


def two(place: Place, agency: str, role: str, *names: str) -> list[Worker]:
    return [make_worker(place, name, agency=agency, roles=[role]) for name in names]


def count(place: Place, action: str) -> int:
    with act_in(place.system()):
        return Event.objects.filter(action=action).count()


def jobs(task: str) -> int:
    """How many jobs wait to do this."""
    with administrator() as looking:
        found = looking.execute("select count(*) from procrastinate_jobs where task_name = %s", [task]).fetchone()
    return int(found[0]) if found else 0


def test_two_confirm_a_limit(place: Place) -> None:
    manager, *others = two(place, "Probation", "manager", "mary", "olga", "omar")
    with act_in(place.system()):
        person = make_person(place)
    limit = place_limit(person, manager.scope, user_ids=[make_worker(
        place, "peter", agency="Probation", roles=["practitioner"]).user.pk])  # fmt: skip
    told = together(
        "agreements_limitedaccess",
        limit.pk,
        lambda worker: limits.confirm_limit(limit=limit, by=worker.scope, at=timezone.now()),
        *others,
    )
    assert told == ["WrongState", "done"]
    assert count(place, "agreements.confirm_limit") == 1
    with act_in(place.system()):
        assert LimitedAccess.objects.get().confirmed_by in {worker.user.pk for worker in others}


def test_one_confirms_a_limit_that_another_lifts(place: Place) -> None:
    manager, *others = two(place, "Probation", "manager", "mary", "olga", "omar")
    with act_in(place.system()):
        person = make_person(place)
    limit = place_limit(person, manager.scope, user_ids=[others[0].user.pk + 999])

    def work(worker: Worker) -> None:
        if worker is others[0]:
            limits.confirm_limit(limit=limit, by=worker.scope, at=timezone.now())
        else:
            limits.lift_limit(limit=limit, reason="Moved", by=worker.scope, at=timezone.now())

    told = together("agreements_limitedaccess", limit.pk, work, *others)
    with act_in(place.system()):
        found = LimitedAccess.objects.get()
    assert found.lifted_at is not None, "whoever came first, it is lifted"
    assert told == (["done", "done"] if found.confirmed_at else ["WrongState", "done"])


def test_two_review_an_emergency_access(place: Place) -> None:
    practitioner = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    with act_in(place.system()):
        person = make_person(place)
    access = open_it(person, practitioner)
    told = together(
        "agreements_emergencyaccess",
        access.pk,
        lambda worker: limits.review_emergency(
            access=access, finding=AccessFinding.JUSTIFIED, note="Asked.", by=worker.scope, at=timezone.now()
        ),
        *two(place, "Probation", "manager", "mary", "olga"),
    )
    assert told == ["WrongState", "done"]
    assert count(place, "agreements.review_emergency") == 1
    with act_in(place.system()):
        assert EmergencyAccess.objects.get().reviewed_by


def destruction_list(place: Place, by: Worker) -> int:
    """A list with one record on it, that nobody has approved."""
    with act_in(place.system()):
        record = make_record(place)
        add_event(Sanction, record, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="04600")
    link_people(place, {"k1": [record]})
    work_out(place)
    with act_in(by.scope):
        review = RetentionReview.objects.get()
        return retention.propose(review_id=review.pk, reason="Six clear years", by=by.scope, at=AT).pk


@pytest.mark.parametrize(("approved_before", "told"), [(1, ["WrongState", "done"]), (0, ["done", "done"])])
def test_two_approve_a_destruction_list(place: Place, approved_before: int, told: list[str]) -> None:
    """As the second, one of two; as first and second, each. The work is queued once either way."""
    first, *others = two(place, "Police", "information-governance", "irene", "ivor", "iona")
    list_id = destruction_list(place, first)

    def approve(worker: Worker) -> None:
        destruction.approve(list_id=list_id, records=1, by=worker.scope, at=AT)

    if approved_before:
        with act_in(first.scope):
            approve(first)
    assert together("sharing_destructionlist", list_id, approve, *others) == told
    with act_in(place.system()):
        assert DestructionApproval.objects.count() == 2
    assert jobs("sharing.destroy") == 1


def test_two_release_an_answer(place: Place) -> None:
    irene = make_worker(place, "irene", agency="Police", roles=["information-governance"])
    with act_in(place.system()):
        person = make_person(place)
    with act_in(irene.scope):
        made = subject_access.record(person=person, asked=ASKED, by=irene.scope, at=AT)
        subject_access.gather(request=made, by=irene.scope, at=AT)
        for item in subject_access_queries.items_of(request=made, scope=irene.scope).filter(treatment=""):
            subject_access.decide(item=item, treatment="give", reason="Theirs", by=irene.scope, at=AT)
        subject_access.prepare(request=made, by=irene.scope, at=AT)
    told = together(
        "sharing_subjectaccessrequest",
        made.pk,
        lambda worker: subject_access.release(request=made, seen=AT.isoformat(), by=worker.scope, at=AT),
        *two(place, "Police", "coordinator", "carys", "colin"),
    )
    assert told == ["WrongState", "done"]
    assert (count(place, "sharing.subject_access.release"), jobs("sharing.make_answer")) == (1, 1)
    with act_in(place.system()):
        assert SubjectAccessRequest.objects.get().state == RequestState.RELEASED


def test_two_decide_a_request_about_rights(place: Place) -> None:
    irene = make_worker(place, "irene", agency="Police", roles=["information-governance"])
    with act_in(place.system()):
        person = make_person(place)
    request = proposed(person, irene)
    told = together(
        "people_person",  # before the request itself: a legal hold waits for the same
        person.pk,
        lambda worker: rights.decide(request=request, seen=AT.isoformat(), by=worker.scope, at=AT),
        *two(place, "Police", "coordinator", "carys", "colin"),
    )
    assert told == ["WrongState", "done"]
    with act_in(place.system()):
        assert (Restriction.objects.count(), RightsRequest.objects.get().state) == (1, "decided")


@pytest.mark.parametrize(
    "write",
    [
        lambda person, by: subject_access.record(person=person, asked=ASKED, by=by, at=AT),
        lambda person, by: rights.record(person=person, asked=RIGHT_ASKED, by=by, at=AT),
        lambda person, by: rights.inform(person=person, given_on=AT.date(), how="post", what="It", by=by, at=AT),
    ],
)
def test_who_writes_about_a_person_waits_for_who_merges_or_destroys_them(
    write: Callable[[Person, Scope], object], place: Place
) -> None:
    with act_in(place.system()):
        person = make_person(place)
    workers = two(place, "Police", "information-governance", "irene")
    assert together("people_person", person.pk, lambda worker: write(person, worker.scope), *workers) == ["done"]


def test_who_makes_the_files_of_an_answer_waits_for_who_destroys_the_record(place: Place) -> None:
    (irene,) = two(place, "Police", "information-governance", "irene")
    with act_in(place.system()):
        person = make_person(place)
    with act_in(irene.scope):
        made = subject_access.record(person=person, asked=ASKED, by=irene.scope, at=AT)

    def make(worker: Worker) -> None:
        with act_in(place.system()):
            subject_access.make_answer(request_id=made.pk, by=place.system(), at=AT)

    assert together("sharing_subjectaccessrequest", made.pk, make, irene) == ["WrongState"], "it has not been released"


def test_two_accept_an_extract(place: Place) -> None:
    workers = two(place, "Police", "coordinator", "alice", "amina")
    alice = workers[0]
    with act_in(alice.scope):
        feed = imports.add_feed(
            agency=place.agencies["Police"], name="Custody", source="police-custody", table="records",
            by=alice.scope, at=AT,
        )  # fmt: skip
        feed = imports.save_layout(feed=feed, layout=RECORDS_LAYOUT, by=alice.scope, at=AT)
        batch = imports.upload(feed=feed, upload=a_file(GOOD), by=alice.scope, at=AT)
    check(batch)
    told = together(
        "imports_batch",
        batch.pk,
        lambda worker: imports.accept(batch_id=batch.pk, by=worker.scope, at=timezone.now()),
        *workers,
    )
    assert told == ["WrongState", "done"]
    assert (count(place, "imports.accept"), jobs("imports.take_in")) == (1, 1)


@pytest.mark.parametrize("is_hold_first", [True, False], ids=["hold_first", "destruction_first"])
def test_a_hold_is_placed_while_a_record_is_being_destroyed(place: Place, is_hold_first: bool) -> None:
    """Whoever is told that a hold stands can rely on it: it waits for the destruction, or the destruction for it."""
    irene, ivor = two(place, "Police", "information-governance", "irene", "ivor")
    list_id = destruction_list(place, irene)
    for worker in (irene, ivor):
        with act_in(worker.scope):
            destruction.approve(list_id=list_id, records=1, by=worker.scope, at=AT)
    with act_in(place.system()):
        person = Person.objects.get()

    def work(worker: Worker) -> None:
        if worker is irene:
            retention.place_hold(person=person, reason="A trial", until=None, by=irene.scope, at=AT)
        else:
            with act_in(place.system()):
                destruction.destroy_next(list_id=list_id, by=place.system(), at=AT)

    told = together("people_person", person.pk, work, *([irene, ivor] if is_hold_first else [ivor, irene]))
    with act_in(place.system()):
        gone = Person.objects.get().erased_at is not None
    # Either the hold came first and the record is there, or it is gone and who wanted the hold was told.
    assert told == (["NotVisible", "done"] if gone else ["done", "done"])


def test_a_record_is_destroyed_while_somebody_merges(place: Place) -> None:
    """Both take the index first: who waits for it keeps no row that the other will need."""
    irene, ivor = two(place, "Police", "information-governance", "irene", "ivor")
    list_id = destruction_list(place, irene)
    for worker in (irene, ivor):
        with act_in(worker.scope):
            destruction.approve(list_id=list_id, records=1, by=worker.scope, at=AT)

    def destroy() -> None:
        try:
            with act_in(place.system()):
                destruction.destroy_next(list_id=list_id, by=place.system(), at=AT)
        finally:
            connections.close_all()

    thread = threading.Thread(target=destroy)
    with administrator() as merging:
        merging.execute("select pg_advisory_xact_lock(%s, %s)", [INDEX_LOCK, place.partnership.pk])
        thread.start()
        until(lambda: waiting("pg_advisory_xact_lock") == 1)
        for table in ("people_person", "sharing_destructionitem", "sharing_destructionlist"):
            assert merging.execute(f"select id from {table} for update nowait").fetchall()
        merging.rollback()
    thread.join(60)
    with act_in(place.system()):
        assert DestructionItem.objects.get().state == "done"


def test_destruction_that_finds_the_index_taken_is_tried_again() -> None:
    job = Job(id=1, queue="work", lock=None, queueing_lock=None, task_name="sharing.destroy", attempts=1)
    assert tasks.destroy.retry_strategy.get_retry_decision(exception=Busy("The index is busy."), job=job)


@pytest.mark.parametrize("is_nominated_first", [True, False], ids=["nominated_first", "destruction_first"])
def test_a_person_is_nominated_while_their_last_record_is_being_destroyed(
    place: Place, is_nominated_first: bool
) -> None:
    """Nobody is nominated whose name is gone, and nobody who is nominated loses it."""
    irene, ivor = two(place, "Police", "information-governance", "irene", "ivor")
    alice = make_worker(place, "alice", agency="Police", roles=["coordinator"])
    list_id = destruction_list(place, irene)
    for worker in (irene, ivor):
        with act_in(worker.scope):
            destruction.approve(list_id=list_id, records=1, by=worker.scope, at=AT)
    with act_in(place.system()):
        person, scheme = Person.objects.get(), make_scheme(place)

    def work(worker: Worker) -> None:
        if worker is alice:
            nominate(person, scheme, alice.scope)
        else:
            with act_in(place.system()):
                destruction.destroy_next(list_id=list_id, by=place.system(), at=AT)

    told = together("people_person", person.pk, work, *([alice, irene] if is_nominated_first else [irene, alice]))
    with act_in(place.system()):
        gone = Person.objects.get().erased_at is not None
        nominated = Nomination.objects.exists()
        left_because = DestructionItem.objects.get().left_because
    assert (told, gone, nominated, left_because) == (
        (["done", "done"], False, True, "member") if is_nominated_first else (["NotVisible", "done"], True, False, "")
    )
