"""A police feed, and the way from a file to the record without a worker process."""

import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from pytest_django import Settings

from iom.access.scope import act_in
from iom.imports import operations as imports
from iom.imports import tasks
from iom.imports.models import Batch, Feed
from tests.factories.partnerships import AT, Place, Worker

HEADER = "Nominal Ref,Forenames,Surname,DOB,Gender,PNC\n"
GOOD = HEADER + "1001,Jordan,Ashdown,12/03/1985,M,2001/0000001Q\n1002,Robin,Marsh,29/02/1992,F,\n"
RECORDS_LAYOUT = {
    "table": "records",
    "columns": {
        "source_id": "Nominal Ref",
        "given_names": "Forenames",
        "family_name": "Surname",
        "date_of_birth": "DOB",
        "sex": "Gender",
        "pnc_id": "PNC",
    },
    "constants": {"source": "police-custody"},
    "date_order": "dmy",
}
SANCTIONS_LAYOUT = {
    "table": "sanctions",
    "columns": {
        "source_id": "Nominal",
        "sanction_date": "Convicted",
        "sanction_type": "Outcome",
        "offence_code": "HO Code",
        "offence_date": "Committed",
        "custody_days": "Days",
        "release_date": "Released",
    },
    "constants": {"source": "police-custody"},
    "date_order": "dmy",
}
TODAY = date(2026, 11, 23)
TAKING_IN = "with incoming_once as"  # how the statement begins that takes the rows in


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    settings.STORE = tmp_path
    return tmp_path


@pytest.fixture
def feed(place: Place, alice: Worker) -> Feed:
    """The police's custody records, not yet mapped."""
    with act_in(alice.scope):
        return imports.add_feed(
            agency=place.agencies["Police"],
            name="Custody records",
            source="police-custody",
            table="records",
            by=alice.scope,
            at=AT,
        )


@pytest.fixture
def mapped_feed(feed: Feed, alice: Worker) -> Feed:
    with act_in(alice.scope):
        return imports.save_layout(feed=feed, layout=RECORDS_LAYOUT, by=alice.scope, at=AT)


def a_file(content: str | bytes, name: str = "custody.csv") -> SimpleUploadedFile:
    data = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, BytesIO(data).read())


Upload = Callable[..., Batch]


@pytest.fixture
def upload(mapped_feed: Feed, alice: Worker) -> Upload:
    """Uploads content to the mapped feed, and runs its check."""

    def run(content: str | bytes, name: str = "custody.csv") -> Batch:
        with act_in(alice.scope):
            batch = imports.upload(feed=mapped_feed, upload=a_file(content, name), by=alice.scope, at=AT)
        check(batch)
        return again(batch, alice)

    return run


def check(batch: Batch) -> None:
    """What the worker does with an uploaded batch."""
    tasks.check(batch_id=batch.pk, partnership_id=batch.partnership_id, agency_id=batch.feed.agency_id)


def take_in(batch: Batch) -> None:
    """What the worker does with an accepted batch."""
    tasks.take_in(batch_id=batch.pk, partnership_id=batch.partnership_id, agency_id=batch.feed.agency_id)


def again(batch: Batch, worker: Worker) -> Batch:
    """The batch as it is now."""
    with act_in(worker.scope):
        return Batch.objects.select_related("feed__agency").get(pk=batch.pk)


def until(what: Callable[[], Any], seconds: float = 90) -> Any:
    """What `what` returns once that is true; fails after a time that only something broken takes."""
    for _ in range(round(seconds * 20)):
        found = what()
        if found:
            return found
        time.sleep(0.05)
    return pytest.fail("it did not happen")


def administrator() -> "psycopg.Connection[Any]":
    """A connection that sees everything, for what the application may not: to hold locks, and to look who waits."""
    parts = connections["default"].settings_dict
    return psycopg.connect(
        dbname=parts["NAME"], user=parts["USER"], password=parts["PASSWORD"], host=parts["HOST"], port=parts["PORT"]
    )


def is_waiting(holder: "psycopg.Connection[Any]", statement: str) -> int | None:
    """The process of PostgreSQL, where there is one, that waits for a lock with this statement."""
    with administrator() as looking:
        found = looking.execute(
            "select pid from pg_stat_activity where wait_event_type = 'Lock' and query ilike %s and pid <> %s",
            [f"%{statement}%", holder.info.backend_pid],
        )
        waiting = found.fetchone()
        return waiting[0] if waiting else None


def block_one_row(holder: "psycopg.Connection[Any]", batch: Batch) -> None:
    """Writes, and does not commit, the last of the rows that the batch brings: taking in must wait for it."""
    holder.execute(
        "insert into people_sourcerecord (partnership_id, owner_agency_id, regime, marking, descriptor, audience,"
        " audience_agencies, source, source_id, given_names, family_name, aliases, sex, ethnicity, area_name, postcode,"
        " pnc_id, cro, crn, prison_number, batch_id, received_at) values (%s, %s, 'law-enforcement', 'official', '',"
        " 'partners', '{}', %s, '9999', '', '', '', '', '', '', '', '', '', '', '', 0, now())",
        [batch.partnership_id, batch.feed.agency_id, batch.feed.source],
    )
