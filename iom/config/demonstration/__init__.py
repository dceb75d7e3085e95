"""What the demonstration is filled with: a partnership called Westmarch, its agencies, workers and extracts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow.parquet as pq

from iom.config.demonstration import earlier_cohort
from iom.config.demonstration.feeds import accept, read_feeds, upload, work
from iom.config.demonstration.outcomes import ask_whether_it_works, watch_who_joined
from iom.config.demonstration.panel import offer_places_by_lot, tell_the_story
from iom.config.demonstration.partnership import COUNCIL, POLICE, SIGN_INS, agree, found, scopes
from iom.config.demonstration.schemes import (
    SCHEMES,
    activate,
    log_equality,
    propose,
    scheme_called,
    schemes,
    start_ranking,
)
from iom.config.demonstration.sharing import ask_to_put_right, let_in, limit_and_open, review_records, share

__all__ = ["COUNCIL", "POLICE", "SEED", "SIGN_INS", "accept", "populate", "read_feeds", "upload"]

Step = Callable[[str], AbstractContextManager[None]]
SEED = 20261123


def populate(*, people: int, password: str, folder: Path, step: Step) -> None:
    """Makes the partnership and takes its extracts through the main job."""
    from django.utils import timezone

    from iom_analytics.cohorts import shipped_schemes
    from iom_analytics.synthetic import make_area, write_area

    now = timezone.now()
    with step(f"Making a force area of {people:,} people"):
        write_area(make_area(people=people, seed=SEED, as_of=timezone.localdate()), folder)
    with step("Founding the partnership"):
        areas = pq.read_table(folder / "truth" / "persons.parquet", columns=["area"])["area"].unique().to_pylist()
        agencies = found(password=password, areas=sorted(area for area in areas if area), at=now)
    with step("Agreeing what is shared"):
        agree(agencies, at=now)
    feeds = read_feeds(folder)
    with step(f"Uploading and checking {len(feeds)} extracts"):
        batches = [upload(feed, agencies=agencies, at=now) for feed in feeds]
        work()
    with step("Taking the checked rows in, and linking the records of all agencies"):
        for batch_id, agency in batches:
            accept(batch_id, agency=agency, at=now)
        work()
    workers = scopes()
    with step("Proposing, checking and activating the schemes"):
        for name in (name for name in SCHEMES if name in shipped_schemes()):
            propose(name, by=workers["analyst"], at=now)
        work()
        for scheme in schemes():
            activate(scheme, by=workers["panel-chair"], at=now)
    with step("History, scores and ranking under each scheme"):
        for scheme in schemes():
            start_ranking(scheme, by=workers["coordinator"], at=now)
        work()
        log_equality(workers["analyst"], at=now)
    with step("Nominating, hearing the agencies, and the panel's decisions"):
        tell_the_story(workers, at=now)
    with step("Offering places by lot"):
        offer_places_by_lot(workers, at=now)
    with step("Looking back: who was in the cohort in the years before"):
        earlier_cohort.join(workers, scheme=scheme_called(SCHEMES[0]), at=now, seed=SEED)
    with step("Letting another system take released answers"):
        let_in(workers["administrator"], at=now)
    with step("Working out when records are to be reviewed"):
        review_records(workers["information-governance"], at=now)
    with step("Limiting who sees some records, and opening others in an emergency"):
        limit_and_open(workers, at=now)
    with step("Asking another agency, answering, and sharing outside"):
        share(workers, at=now)
    with step("Recording what a person asks of their data"):
        ask_to_put_right(workers["information-governance"], at=now)
    with step("Asking whether it worked"):
        ask_whether_it_works(workers, at=now)
        watch_who_joined(workers["analyst"], at=now)
