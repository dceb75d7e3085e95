"""A worker killed for real in the middle of a destruction: each record whole or gone, and the rest goes on after."""

from pathlib import Path

import pytest

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people.models import Person, Sanction
from iom.sharing.models import DestructionItem, DestructionList, RetentionReview
from iom.sharing.operations import destruction, retention
from tests.factories.partnerships import AT, make_place, make_worker
from tests.factories.people import add_event, link_people, make_record
from tests.web.integration.imports.conftest import administrator, is_waiting, until
from tests.web.integration.imports.test_kill import worker_process
from tests.web.integration.sharing.test_retention import LONG_AGO, work_out

pytestmark = pytest.mark.slow


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: a worker in another process must see it."""


def test_a_worker_killed_half_way(db: None, tmp_path: Path) -> None:
    place = make_place("Westmarch")
    workers = [
        make_worker(place, name, agency="Police", roles=["information-governance"]) for name in ("irene", "ivor")
    ]
    with act_in(place.system()):
        records = [make_record(place) for _ in range(3)]
        for record in records:
            add_event(Sanction, record, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="04600")
    link_people(place, {f"k{record.pk}": [record] for record in records})
    work_out(place)
    irene = workers[0]
    with act_in(irene.scope):
        for review in RetentionReview.objects.order_by("pk"):
            chosen = retention.propose(review_id=review.pk, reason="Six clear years", by=irene.scope, at=AT)
        second = DestructionItem.objects.order_by("pk")[1]
    for worker in workers:
        with act_in(worker.scope):
            destruction.approve(list_id=chosen.pk, records=3, by=worker.scope, at=AT)
    with worker_process(tmp_path) as process, administrator() as holder:
        # The second record's last act is to be written down; held here, it has begun and cannot end.
        holder.execute("select 1 from sharing_destructionitem where id = %s for no key update", [second.pk])
        until(lambda: is_waiting(holder, "sharing_destructionitem"))
        process.kill()
        process.wait()
        holder.rollback()
    with act_in(place.system()):
        assert list(DestructionItem.objects.order_by("pk").values_list("state", flat=True)) == [
            "done", "waiting", "waiting",
        ]  # fmt: skip
        assert Person.objects.filter(erased_at__isnull=True).count() == 2
    with worker_process(tmp_path):
        until(lambda: state(place.system(), chosen) == "done")
    with act_in(place.system()):
        assert Person.objects.filter(erased_at__isnull=True).count() == 0
        assert Event.objects.filter(action="sharing.destroy").count() == 3


def state(scope, chosen: DestructionList) -> str:  # type: ignore[no-untyped-def]
    with act_in(scope):
        return DestructionList.objects.get(pk=chosen.pk).state
