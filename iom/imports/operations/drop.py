"""What partners' systems leave in the drop folders: each whole file becomes a batch, once."""

from datetime import datetime

from iom.access.scope import Scope, act_in
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput
from iom.imports import adapters
from iom.imports.adapters import Claimed, DropFolder
from iom.imports.models import Batch, Feed
from iom.imports.operations.batches import upload
from iom.imports.operations.feeds import check_own


def take_up(*, feed: Feed, by: Scope, at: datetime) -> None:
    """Makes a batch of every whole file in the feed's drop folder, and moves each file to where it stays.

    Each batch is committed, with the claim on its file, before the file is moved. Killed in between, the next look
    finds the file still claimed and a batch that says so. Two looks at once make one batch as well. Raises `OSError`
    at the end, where something could not be moved.
    """
    check_own(agency_id=feed.agency_id, by=by)
    with adapters.open_drop_folder(feed.drop_name) as folder:
        problems = folder.claim_whole(at=at)
        for claimed in folder.claimed():
            try:
                with act_in(by):
                    batch = _batch_of(claimed, folder=folder, feed=feed, by=by, at=at)
            except adapters.Changing:
                continue  # the next look tries again
            except InvalidInput as error:
                _leave(claimed, folder=folder, why=error.message, feed=feed, by=by, at=at)
                continue
            if batch.drop_claim == claimed.claim:
                folder.put(claimed, place=adapters.TAKEN)
            else:
                why = f"The same file came before, on {batch.uploaded_at:%-d %B %Y} (extract {batch.pk})."
                _leave(claimed, folder=folder, why=f"{why} Nothing was changed.", feed=feed, by=by, at=at)
    if problems:
        raise problems[0]


def _batch_of(claimed: Claimed, *, folder: DropFolder, feed: Feed, by: Scope, at: datetime) -> Batch:
    """The batch of a claimed file: the one made before somebody was killed, else a new one."""
    made: Batch | None = Batch.objects.visible_to(by).filter(drop_claim=claimed.claim).first()
    if made is not None:
        return made
    with folder.reading(claimed) as dropped:
        return upload(feed=feed, upload=dropped, by=by, at=at, drop_claim=claimed.claim)


def _leave(claimed: Claimed, *, folder: DropFolder, why: str, feed: Feed, by: Scope, at: datetime) -> None:
    with act_in(by):
        audit.record(
            by=by,
            at=at,
            kind=Kind.COLLECTION,
            action="imports.not_taken",
            subject_type="imports.Feed",
            subject_id=feed.pk,
            detail={"claim": claimed.claim, "why": why},
        )
    folder.put(claimed, place=adapters.NOT_TAKEN, why=why)
