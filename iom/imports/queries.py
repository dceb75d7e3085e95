"""What the import pages ask: feeds, batches, how far one has come."""

from datetime import date
from itertools import islice

import pyarrow as pa
from django.db.models import QuerySet

from iom.access.scope import Scope
from iom.agreements import rules as agreements
from iom.agreements.choices import Audience
from iom.agreements.queries import list_in_force
from iom.common.errors import NotVisible, UserError
from iom.imports.choices import BatchStatus
from iom.imports.models import Batch, Feed
from iom.partnerships import queries as partnerships
from iom.partnerships.models import Agency
from iom.people.models import SourceRecord

BIRTHS = pa.schema({"source_id": pa.string(), "date_of_birth": pa.date32()})
AT_ONCE = 50_000  # rows


def list_feeds(*, scope: Scope) -> list[Feed]:
    """The partnership's feeds, the user's own agency's first, then by agency and name."""
    feeds = Feed.objects.visible_to(scope).select_related("agency").order_by("agency__name", "name")
    return sorted(feeds, key=lambda feed: feed.agency_id != scope.agency_id)


def list_own_feeds(*, scope: Scope) -> list[Feed]:
    """The feeds the user may upload to: those of their agency, by name."""
    return list(Feed.objects.visible_to(scope).filter(agency_id=scope.agency_id).order_by("name"))


def get_own_feed(*, scope: Scope, feed_id: int) -> Feed:
    feed = Feed.objects.visible_to(scope).filter(agency_id=scope.agency_id, pk=feed_id).select_related("agency").first()
    if feed is None:
        raise NotVisible
    return feed


def lacking(*, feed: Feed, scope: Scope, on: date) -> str:
    """What is missing in law before this feed's rows may come in, in words; empty where nothing is.

    Whoever its audience lets see the rows must be let receive them by an agreement in force.
    """
    in_force = list_in_force(scope=scope, on=on, gives=feed.table)
    return _lacking(feed, partnerships.list_agencies(scope=scope), in_force, on)


def _lacking(feed: Feed, agencies: list[Agency], in_force: list[agreements.Terms], on: date) -> str:
    others = [agency for agency in agencies if agency.pk != feed.agency_id]
    try:
        agreements.check_can_share(
            giver=feed.agency,
            receivers=[] if feed.audience == Audience.OWN else others,
            kind=feed.table,
            on=on,
            agreements=in_force,
        )
    except UserError as error:
        return error.message
    return ""


def list_stopped(*, scope: Scope, without: int, on: date) -> list[Feed]:
    """The feeds that come in now and would stop without one agreement, by its id."""
    agencies, in_force = partnerships.list_agencies(scope=scope), list_in_force(scope=scope, on=on)
    left = [terms for terms in in_force if terms.agreement_id != without]
    return [
        feed
        for feed in list_feeds(scope=scope)
        if _lacking(feed, agencies, left, on) and not _lacking(feed, agencies, in_force, on)
    ]


def list_batches(*, scope: Scope, status: str = "", feed_id: int | None = None) -> "QuerySet[Batch]":
    """Batches, newest first; of one status or one feed where given."""
    batches = Batch.objects.visible_to(scope).select_related("feed__agency").order_by("-uploaded_at", "-pk")
    if status:
        batches = batches.filter(status=status)
    return batches.filter(feed_id=feed_id) if feed_id else batches


def get_batch(*, scope: Scope, batch_id: int) -> Batch:
    """A batch of the partnership. Raises `NotVisible`."""
    batch = Batch.objects.visible_to(scope).select_related("feed__agency").filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    return batch


def get_own_batch(*, scope: Scope, batch_id: int) -> Batch:
    """A batch of the user's own agency, whose rows they may see. Raises `NotVisible`."""
    batch = get_batch(scope=scope, batch_id=batch_id)
    if batch.feed.agency_id != scope.agency_id:
        raise NotVisible
    return batch


def batches_among(*, scope: Scope, ids: set[int]) -> set[int]:
    """Which of these are numbers of batches of the partnership."""
    return set(Batch.objects.visible_to(scope).filter(pk__in=ids).values_list("pk", flat=True))


def births(*, scope: Scope, feed: Feed) -> pa.Table:
    """When the people were born whom the feed's own system has told of: `source_id`, `date_of_birth`."""
    known = SourceRecord.objects.visible_to(scope).filter(
        source=feed.source, owner_agency_id=feed.agency_id, date_of_birth__isnull=False
    )
    rows = known.values_list("source_id", "date_of_birth").iterator(chunk_size=AT_ONCE)
    parts = [BIRTHS.empty_table()]
    while part := list(islice(rows, AT_ONCE)):
        parts.append(pa.table([list(column) for column in zip(*part, strict=True)], schema=BIRTHS))
    return pa.concat_tables(parts)


def list_waiting(*, scope: Scope) -> list[Batch]:
    """The batches of the user's own agency that wait for somebody: to be mapped or to be accepted."""
    batches = Batch.objects.visible_to(scope).filter(feed__agency_id=scope.agency_id).select_related("feed")
    waiting = batches.filter(status=BatchStatus.CHECKED) | batches.filter(status=BatchStatus.UPLOADED, layout=None)
    return list(waiting.order_by("uploaded_at"))
