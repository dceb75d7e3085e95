"""Two people deciding one match at one moment, on connections of their own."""

import threading

import pytest
from django.db import connection

from iom.access.scope import act_in
from iom.common.errors import WrongState
from iom.people.choices import Verdict
from iom.people.linkage import Pair
from iom.people.models import LinkDecision, PossibleMatch
from iom.people.operations import decisions
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import link_people, make_record

pytestmark = pytest.mark.slow


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits."""


def test_two_people_deciding_at_one_moment_cannot_both(place: Place, alice: Worker) -> None:
    """Real connections, each in its own transaction: one decides, the other is told."""
    carol = make_worker(place, "carol", agency="Police", roles=["coordinator"])
    with act_in(place.system()):
        left, right = make_record(place), make_record(place)
    link_people(place, {"k1": [left], "k2": [right]}, Pair(left.pk, right.pk, 5.0, 0.9))
    with act_in(place.system()):
        match = PossibleMatch.objects.get()
    start, outcomes = threading.Barrier(2), []

    def run(worker: Worker, verdict: Verdict) -> None:
        try:
            start.wait()
            with act_in(worker.scope):
                decisions.decide_match(match_id=match.pk, verdict=verdict, reason="Seen", by=worker.scope, at=AT)
            outcomes.append("decided")
        except WrongState:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(worker, verdict))
        for worker, verdict in ((alice, Verdict.SAME), (carol, Verdict.DIFFERENT))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", "refused"]
    with act_in(place.system()):
        assert LinkDecision.objects.filter(undone_at__isnull=True).count() == 1
