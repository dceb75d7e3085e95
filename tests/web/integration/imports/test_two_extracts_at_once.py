"""Two extracts of one system taken in at one moment, by two workers: every row once, the later one's word last."""

import threading

import pytest
from django.db import connections

from iom.access.scope import act_in
from iom.imports import operations as imports
from iom.imports.models import Batch, Feed
from iom.people.models import SourceRecord
from tests.factories.partnerships import AT, Worker
from tests.web.integration.imports.conftest import (
    HEADER,
    TAKING_IN,
    Upload,
    administrator,
    again,
    block_one_row,
    is_waiting,
    take_in,
    until,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: each worker has a connection of its own."""


def accepted(content: str, upload: Upload, worker: Worker) -> Batch:
    batch = upload(content)
    with act_in(worker.scope):
        imports.accept(batch_id=batch.pk, by=worker.scope, at=AT)
    return again(batch, worker)


def taking_in(batch: Batch) -> threading.Thread:
    def run() -> None:
        try:
            take_in(batch)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_rows_that_both_bring_are_there_once_as_the_later_says(
    mapped_feed: Feed, alice: Worker, upload: Upload
) -> None:
    first = accepted(HEADER + "1001,Jordan,Ashdown,,M,\n1002,Robin,Marsh,,F,\n9999,Sam,Hale,,M,\n", upload, alice)
    second = accepted(HEADER + "1001,Jordan,Ashdown-Reed,,M,\n1002,Robin,Marsh,,F,\n1003,Kim,Ford,,F,\n", upload, alice)
    with administrator() as holder:
        block_one_row(holder, first)
        threads = [taking_in(first)]
        until(lambda: is_waiting(holder, TAKING_IN))
        threads.append(taking_in(second))
        until(lambda: is_waiting(holder, "pg_advisory_xact_lock"))
        holder.rollback()
        for thread in threads:
            thread.join(60)
    first, second = again(first, alice), again(second, alice)
    assert (first.status, first.new_rows, first.changed_rows) == ("accepted", 3, 0)
    assert (second.status, second.new_rows, second.changed_rows) == ("accepted", 1, 1)
    with act_in(alice.scope):
        found = SourceRecord.objects.order_by("source_id").values_list("source_id", "family_name")
        assert [*found] == [("1001", "Ashdown-Reed"), ("1002", "Marsh"), ("1003", "Ford"), ("9999", "Hale")]
