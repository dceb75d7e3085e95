"""A batch, from upload to taken in. Each step is short, or starts background work by name in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from iom.access.scope import Scope, act_in
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common import background
from iom.imports import adapters, queries, rules
from iom.imports.choices import BatchStatus
from iom.imports.models import Batch, Feed
from iom.imports.operations.feeds import check_own, save_layout
from iom.imports.operations.receive import receive
from iom.partnerships import queries as partnerships
from iom.people.operations.linking import queue_linking


def upload(*, feed: Feed, upload: Any, by: Scope, at: datetime, drop_claim: str | None = None) -> Batch:
    """Keeps an uploaded file and, where the feed's columns are mapped, starts its check.

    `upload` has `name`, `size` and `chunks()`, as Django's uploaded files do; `drop_claim` is its claim in the drop
    folder, where it came that way. The same file again is the batch that is there already, whatever its name.
    """
    check_own(agency_id=feed.agency_id, by=by)
    rules.check_can_keep(size=upload.size)
    kept = adapters.keep(upload)
    try:
        with transaction.atomic():
            layout = feed.layout or known_layout(feed=feed, kept=kept.path, by=by, at=at)
            batch = Batch.objects.create(
                partnership_id=feed.partnership_id,
                feed=feed,
                file_name=upload.name[:200],
                file_bytes=kept.size,
                file_sha256=kept.sha256,
                uploaded_by=by.user_id,
                uploaded_at=at,
                layout=layout,
                drop_claim=drop_claim,
            )
            record(batch=batch, action="imports.upload", by=by, at=at)
            if batch.layout is not None:
                start("imports.check", batch=batch)
            adapters.move_to_batch(kept, batch_id=batch.pk)
    except IntegrityError:
        adapters.forget(kept)
        twin = (
            Batch.objects.select_related("feed")
            .filter(feed=feed, file_sha256=kept.sha256)
            .exclude(status__in=["cancelled", "refused"])
            .first()
        )
        if twin is None:
            raise
        return twin
    except BaseException:
        adapters.forget(kept)
        raise
    return batch


def known_layout(*, feed: Feed, kept: Path, by: Scope, at: datetime) -> dict[str, Any] | None:
    """The layout of a file that many send in one form, saved for the feed; None where somebody must map its columns."""
    if not adapters.is_about_places(feed.table):
        return None
    layout = adapters.known_layout(kept, table=feed.table, source=feed.source)
    if layout is not None:
        save_layout(feed=feed, layout=layout, by=by, at=at)
    return layout


def start(task: str, *, batch: Batch) -> None:
    """Starts background work on a batch; it runs once however often it is asked for."""
    background.start(
        task,
        lock=f"batch-{batch.pk}",
        once=f"{task}-{batch.pk}",
        batch_id=batch.pk,
        partnership_id=batch.partnership_id,
        agency_id=batch.feed.agency_id,
    )


@transaction.atomic
def lay_out(*, batch_id: int, layout: dict[str, Any], by: Scope, at: datetime) -> Batch:
    """Saves how the columns of this file, and of all the feed's files to come, map; starts its check."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("feed").get(pk=batch_id)
    save_layout(feed=batch.feed, layout=layout, by=by, at=at)
    rules.check_can_move(status=batch.status, to=BatchStatus.CHECKING)
    batch.layout = layout
    batch.status = BatchStatus.UPLOADED
    batch.save(update_fields=["layout", "status"])
    start("imports.check", batch=batch)
    return batch


def move(*, batch_id: int, to: BatchStatus) -> Batch:
    """Locks the batch and moves it on; raises `WrongState` where somebody else already has."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("feed__agency").get(pk=batch_id)
    rules.check_can_move(status=batch.status, to=to)
    batch.status = to
    return batch


def check(*, batch_id: int, by: Scope, at: datetime) -> None:
    """Reads and checks the file of a batch; leaves the rows that may be accepted, and those held, in the store.

    Holds no transaction open: a large file takes minutes. Started again, it does the same from the start.
    """
    with act_in(by):
        batch = move(batch_id=batch_id, to=BatchStatus.CHECKING)
        batch.started_at = at
        batch.progress = 0
        batch.save(update_fields=["status", "started_at", "progress"])
        places = adapters.is_about_places(batch.feed.table)
        is_event = batch.feed.table != adapters.RECORDS.name and not places
        births = queries.births(scope=by, feed=batch.feed) if is_event else None
        areas = partnerships.area_names(scope=by) if places else []
    assert batch.layout is not None, "a batch is checked once its feed is mapped"
    outcome = adapters.check(
        batch_id=batch.pk,
        table=batch.feed.table,
        file_name=batch.file_name,
        layout=batch.layout,
        received_on=localdate(batch.uploaded_at),
        births=births,
        areas=areas,
        progressed=lambda share: progress(batch_id=batch.pk, share=share, by=by),
    )
    with act_in(by):
        if outcome.refusal:
            batch = move(batch_id=batch_id, to=BatchStatus.REFUSED)
            batch.refusal = outcome.refusal
            transaction.on_commit(lambda: adapters.discard(batch_id=batch_id))
        else:
            batch = move(batch_id=batch_id, to=BatchStatus.CHECKED)
        batch.progress = 1
        batch.read_rows, batch.accepted_rows, batch.held_rows = outcome.read, outcome.accepted, outcome.held
        batch.report = outcome.report
        batch.save()
        record(batch=batch, action="imports.check", by=by, at=at)


class Stopped(Exception):
    """The batch was cancelled while it was being worked on."""


def progress(*, batch_id: int, share: float, by: Scope) -> None:
    """Shows how far the work has come. Raises `Stopped` where somebody has cancelled it."""
    with act_in(by):
        going = Batch.objects.filter(pk=batch_id, status__in=rules.UNFINISHED).update(progress=min(share, 1))
    if not going:
        raise Stopped


@transaction.atomic
def refuse(*, batch_id: int, refusal: str, by: Scope, at: datetime) -> Batch:
    """Ends a batch whose file cannot be read, before its columns could be mapped."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("feed").get(pk=batch_id)
    check_own(agency_id=batch.feed.agency_id, by=by)
    rules.check_can_move(status=batch.status, to=BatchStatus.REFUSED)
    batch.status = BatchStatus.REFUSED
    batch.refusal = refusal
    batch.save(update_fields=["status", "refusal"])
    record(batch=batch, action="imports.refuse", by=by, at=at)
    transaction.on_commit(lambda: adapters.discard(batch_id=batch_id))
    return batch


@transaction.atomic
def accept(*, batch_id: int, by: Scope, at: datetime) -> Batch:
    """Decides that the checked rows of a batch go into the record; the work itself follows in the background."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("feed__agency").get(pk=batch_id)
    check_own(agency_id=batch.feed.agency_id, by=by)
    lacks = queries.lacking(feed=batch.feed, scope=by, on=localdate(at))
    rules.check_can_accept(status=batch.status, accepted_rows=batch.accepted_rows, lacks=lacks)
    batch.status = BatchStatus.ACCEPTING
    batch.progress = 0
    batch.started_at = batch.decided_at = at
    batch.decided_by = by.user_id
    batch.save()
    record(batch=batch, action="imports.accept", by=by, at=at)
    start("imports.take_in", batch=batch)
    return batch


def finish_accepting(*, batch_id: int, by: Scope, at: datetime) -> None:
    """Takes the rows in: all in one transaction with the audit event, so a killed worker leaves nothing half-done.

    Where the agreement it was accepted under has ended meanwhile, it goes back to be accepted again, its files kept.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("feed__agency").get(pk=batch_id)
        if batch.status == BatchStatus.ACCEPTED:  # by a worker that was killed before it could clear up
            transaction.on_commit(lambda: adapters.discard(batch_id=batch_id))
            return
        rules.check_can_move(status=batch.status, to=BatchStatus.ACCEPTED)
        if queries.lacking(feed=batch.feed, scope=by, on=localdate(at)):
            send_back(batch=batch, by=by, at=at)
            return
        received = receive(
            batch=batch,
            rows=adapters.accepted_rows(batch_id=batch.pk),
            progressed=beside_the_transaction(batch),
        )
        batch.status = BatchStatus.ACCEPTED
        batch.progress = 1
        batch.new_rows, batch.changed_rows = received.new, received.changed
        batch.save()
        record(
            batch=batch,
            action="imports.take_in",
            by=by,
            at=at,
            detail={"new": received.new, "changed": received.changed, "held": batch.held_rows},
        )
        if (received.new or received.changed) and not adapters.is_about_places(batch.feed.table):
            queue_linking(partnership_id=batch.partnership_id, agency_id=batch.feed.agency_id)
        transaction.on_commit(lambda: adapters.discard(batch_id=batch_id))


def send_back(*, batch: Batch, by: Scope, at: datetime) -> None:
    """Undoes the acceptance of a batch that no agreement in force covers any more. Its page says what is missing."""
    rules.check_can_move(status=batch.status, to=BatchStatus.CHECKED)
    batch.status = BatchStatus.CHECKED
    batch.progress = 1
    batch.decided_by = batch.decided_at = None
    batch.save()
    record(batch=batch, action="imports.send_back", by=by, at=at, detail={"because": "no sharing agreement in force"})


def beside_the_transaction(batch: Batch) -> Callable[[int], None]:
    """Says how many rows have been read, where others can see it before the transaction ends."""

    def told(rows: int) -> None:
        adapters.write_progress(batch_id=batch.pk, share=0.6 * rows / max(batch.accepted_rows, 1))

    return told


@transaction.atomic
def cancel(*, batch_id: int, by: Scope, at: datetime) -> Batch:
    """Cancels a batch that is not yet being taken in; its files go with it."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("feed").get(pk=batch_id)
    check_own(agency_id=batch.feed.agency_id, by=by)
    rules.check_can_move(status=batch.status, to=BatchStatus.CANCELLED)
    batch.status = BatchStatus.CANCELLED
    batch.decided_by, batch.decided_at = by.user_id, at
    batch.save()
    record(batch=batch, action="imports.cancel", by=by, at=at)
    transaction.on_commit(lambda: adapters.remove(batch_id=batch_id))
    return batch


def clear_up(*, batch_id: int, by: Scope) -> bool:
    """Removes what a check wrote after its batch was cancelled; whether it was."""
    with act_in(by):
        was_cancelled = Batch.objects.filter(pk=batch_id, status=BatchStatus.CANCELLED).exists()
    if was_cancelled:
        adapters.remove(batch_id=batch_id)
    return was_cancelled


@transaction.atomic
def record_download(*, batch_id: int, by: Scope, at: datetime) -> None:
    """Records that the rows held were taken out, by the agency that sent them."""
    batch = Batch.objects.select_related("feed").get(pk=batch_id)
    check_own(agency_id=batch.feed.agency_id, by=by)
    record(batch=batch, action="imports.download_held", by=by, at=at)


def record(*, batch: Batch, action: str, by: Scope, at: datetime, detail: dict[str, Any] | None = None) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.COLLECTION,
        action=action,
        subject_type="imports.Batch",
        subject_id=batch.pk,
        detail=detail,
    )
