"""Two people who act at the same moment: one wins, the other is told, and nothing is done twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from iom.access.scope import act_in
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import Outcome
from iom.cohorts.models import CohortMembership, PanelDecision
from iom.common.errors import UserError, WrongState
from tests.factories.cohorts import make_scheme, nominate, selection
from tests.factories.partnerships import AT, make_place, make_worker
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
