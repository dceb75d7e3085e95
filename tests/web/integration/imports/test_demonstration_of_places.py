"""The made-up area's crime, victims and survey go the way of every extract, each from the agency that has them."""

from datetime import date
from pathlib import Path

import pytest

from iom.access.scope import act_in
from iom.config import demonstration
from iom.imports.models import Batch
from iom.partnerships.models import Area
from iom.people.models import ConfidenceEstimate, RecordedCrime, VictimCount
from iom_analytics.synthetic import make_area, write_area
from iom_analytics.synthetic.addresses import partnerships
from tests.factories.partnerships import AT, Place, Worker
from tests.web.integration.imports.conftest import again, check, take_in

pytestmark = pytest.mark.slow
MODELS = {"recorded_crimes": RecordedCrime, "victims": VictimCount, "confidence": ConfidenceEstimate}


def test_the_demonstration_loads_what_happens_in_places(place: Place, alice: Worker, tmp_path: Path) -> None:
    write_area(make_area(people=60, seed=demonstration.SEED, as_of=date(2026, 9, 30)), tmp_path / "area")
    with act_in(place.system()):
        for name in partnerships():
            Area.objects.create(partnership=place.partnership, name=name)
    agencies = {demonstration.POLICE: place.agencies["Police"], demonstration.COUNCIL: place.agencies["Council"]}
    feeds = [feed for feed in demonstration.read_feeds(tmp_path / "area") if feed.layout["table"] in MODELS]
    assert {(feed.sender, feed.layout["table"]) for feed in feeds} == {
        ("police", "recorded_crimes"),
        ("police", "victims"),
        ("council", "confidence"),
    }
    for feed in feeds:
        batch_id, agency = demonstration.upload(feed, agencies=agencies, at=AT)
        with act_in(place.system()):
            batch = Batch.objects.select_related("feed").get(pk=batch_id)
        check(batch)
        demonstration.accept(batch_id, agency=agency, at=AT)
        take_in(batch)
        batch = again(batch, alice)
        assert batch.held_rows == 0, batch.report
        with act_in(alice.scope):
            assert MODELS[feed.layout["table"]].objects.visible_to(alice.scope).count() == batch.new_rows > 10
