"""Working out how selection falls on groups, killed for real while it is stored."""

from pathlib import Path

import pytest
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.outcomes import tasks
from iom.outcomes.models import EqualityEvidence
from tests.factories.partnerships import Place, make_place
from tests.web.integration.imports.conftest import administrator, is_waiting, until
from tests.web.integration.imports.test_kill import worker_process

pytestmark = pytest.mark.slow


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: a worker in another process must see it."""


def stored(place: Place) -> tuple[int, int]:
    with act_in(place.system()):
        return EqualityEvidence.objects.count(), Event.objects.filter(action="outcomes.store_equality").count()


def test_a_worker_killed_while_it_stores(db: None, tmp_path: Path) -> None:
    place = make_place("Westmarch")
    agency = place.agencies["Police"]
    tasks.equality.defer(partnership_id=place.partnership.pk, agency_id=agency.pk)
    with worker_process(tmp_path) as process, administrator() as holder:
        holder.execute(
            'insert into outcomes_equalityevidence (partnership_id, "on", made_at, figures, manifest)'
            " values (%s, %s, now(), '{}', '{}')",
            [place.partnership.pk, timezone.localdate()],
        )
        until(lambda: is_waiting(holder, "outcomes_equalityevidence"))
        process.kill()
        process.wait()
        holder.rollback()
    assert stored(place) == (0, 0)
    with worker_process(tmp_path):
        until(lambda: stored(place) == (1, 1))
