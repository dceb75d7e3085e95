"""Two people who act at the same moment: one wins, the other is told, and nothing is done twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from iom.access.scope import act_in
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import Outcome
from iom.cohorts.models import CohortMembership, DrawEntrant, EntryDraw, Nomination, PanelDecision, Scheme
from iom.common.errors import UserError, WrongState
from tests.factories.cohorts import make_draw, make_scheme, nominate, selection, wait_for_place
from tests.factories.partnerships import AT, Place, Worker, make_place, make_worker
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("committed")


def at_once(*works: Callable[[], object]) -> list[UserError | None]:
    """Runs the works in threads that start together; what each was told."""
    start = threading.Barrier(len(works))
    told: list[UserError | None] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait(10)
            work()
        except UserError as error:
            told[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return told


def test_two_chairs_decide_the_same_nomination() -> None:
    assert connection.vendor == "postgresql"
    place = make_place("Twice")
    chairs = [make_worker(place, name, agency="Probation", roles=["panel-chair"]) for name in ("one", "two")]
    lead = make_worker(place, "lead", agency="Police", roles=["police-offender-manager"])
    with act_in(place.system()):
        person, scheme = make_person(place), make_scheme(place)
    with act_in(chairs[0].scope):
        nomination = nominate(person, scheme, chairs[0].scope)
        select = selection(lead)
        decline = selection(lead, outcome=Outcome.DECLINE, reasons="Managed by MAPPA already")

    def decide(place: int, verdict: cohorts.Verdict) -> Callable[[], object]:
        def work() -> None:
            with act_in(chairs[place].scope):
                cohorts.decide(nomination=nomination, verdict=verdict, by=chairs[place].scope, at=AT)

        return work

    told = at_once(decide(0, select), decide(1, decline))
    assert sorted(type(error).__name__ for error in told) == ["NoneType", "WrongState"]
    with act_in(chairs[0].scope):
        decisions = list(PanelDecision.objects.filter(nomination=nomination))
        members = CohortMembership.objects.filter(person=person).count()
    assert len(decisions) == 1
    assert members == (1 if decisions[0].outcome == Outcome.SELECT else 0)


def test_two_partners_nominate_the_same_person() -> None:
    place = make_place("Thrice")
    workers = [make_worker(place, f"p{n}", agency=agency, roles=["partner-worker"]) for n, agency in
               enumerate(("Council", "Treatment"))]  # fmt: skip
    with act_in(place.system()):
        person, scheme = make_person(place), make_scheme(place)

    def work(number: int) -> Callable[[], object]:
        def nominating() -> None:
            scope = workers[number].scope
            with act_in(scope):
                nominate(person, scheme, scope)

        return nominating

    told = at_once(work(0), work(1))
    assert sum(error is None for error in told) == 1
    assert [type(error) for error in told if error is not None] == [WrongState]


def waiting_people(name: str, number: int) -> tuple[Place, list[Worker], Scheme, list[Nomination]]:
    """Two co-ordinators, a scheme, and so many whom its panel deferred."""
    place = make_place(name)
    pair = [make_worker(place, f"{name.lower()}{n}", agency="Police", roles=["coordinator"]) for n in range(2)]
    with act_in(place.system()) as system:
        scheme = make_scheme(place)
        waiting = [wait_for_place(nominate(make_person(place), scheme, system), system) for _ in range(number)]
    return place, pair, scheme, waiting


def test_two_draw_at_once_and_it_is_drawn_once() -> None:
    """Two people, and one who presses twice: one result, and the others are told that it is drawn."""
    place, (closer, *drawers), scheme, waiting = waiting_people("Lot", 6)
    drawers.append(make_worker(place, "lot2", agency="Probation", roles=["manager"]))
    with act_in(closer.scope):
        draw = make_draw(scheme, waiting, by=closer.scope, places=2, state="closed")

    def drawing(worker: Worker) -> Callable[[], object]:
        def work() -> None:
            with act_in(worker.scope):
                cohorts.make_draw(draw=draw, beacon_value="", by=worker.scope, at=AT)

        return work

    told = at_once(*(drawing(worker) for worker in (*drawers, drawers[0])))
    assert sorted(type(error).__name__ for error in told) == ["NoneType", "WrongState", "WrongState"]
    with act_in(place.system()):
        drawn = EntryDraw.objects.get()
        places = list(DrawEntrant.objects.filter(draw=drawn).order_by("place").values_list("key", "is_drawn"))
    assert places == [(key, number < 2) for number, key in enumerate(drawn.order)]


def test_two_open_a_draw_of_one_scheme() -> None:
    place, pair, scheme, waiting = waiting_people("Both", 3)

    def opening(worker: Worker) -> Callable[[], object]:
        def work() -> None:
            with act_in(worker.scope):
                make_draw(scheme, waiting, by=worker.scope)

        return work

    told = at_once(*map(opening, pair))
    assert sorted(type(error).__name__ for error in told) == ["NoneType", "WrongState"]
    with act_in(place.system()):
        assert EntryDraw.objects.count() == 1
        assert DrawEntrant.objects.count() == 3


def test_somebody_is_left_out_while_the_list_is_closed() -> None:
    """Whichever comes first: either they are left out and have no key, or they are in and it is refused."""
    place, (one, other), scheme, waiting = waiting_people("Shut", 4)
    with act_in(one.scope):
        draw = make_draw(scheme, waiting, by=one.scope)

    def leaving_out() -> None:
        with act_in(one.scope):
            left_out = {waiting[0].pk: "Fixed cohort"}
            cohorts.settle_entrants(draw=draw, entered=[], left_out=left_out, seen=AT, by=one.scope, at=AT)

    def closing() -> None:
        with act_in(other.scope):
            cohorts.close_draw(draw=draw, by=other.scope, at=AT)

    refused, closed = at_once(leaving_out, closing)
    assert closed is None
    with act_in(place.system()):
        keys = EntryDraw.objects.get().keys
        own = DrawEntrant.objects.get(nomination=waiting[0])
        assert sorted(DrawEntrant.objects.exclude(key="").values_list("key", flat=True)) == keys
    assert len(keys) == (3 if refused is None else 4)
    assert bool(own.left_out_because) == (refused is None)
