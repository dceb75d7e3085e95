"""Rows to what the import pages show."""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.registries import Attention
from iom.common.spreadsheets import Cell
from iom.imports import adapters, queries, rules
from iom.imports.choices import BatchStatus
from iom.imports.models import Batch, Feed

TAG_COLOURS = {
    BatchStatus.UPLOADED: "blue",
    BatchStatus.CHECKING: "blue",
    BatchStatus.CHECKED: "yellow",
    BatchStatus.REFUSED: "red",
    BatchStatus.ACCEPTING: "blue",
    BatchStatus.ACCEPTED: "green",
    BatchStatus.CANCELLED: "grey",
}


def stopped(*, scope: Scope, without: int, on: date) -> list[str]:
    """The feeds that would stop without one agreement, in words, for who is about to end it."""
    found = queries.list_stopped(scope=scope, without=without, on=on)
    return [_("%(agency)s: %(feed)s") % {"agency": feed.agency.name, "feed": feed.name} for feed in found]


def drop_folders(feeds: list[Feed], *, scope: Scope) -> list[dict[str, str]]:
    """Where files may be left for each feed, which is told to the feed's own agency alone; nothing if nowhere."""
    own = [(feed.name, adapters.drop_path(feed.drop_name)) for feed in feeds if feed.agency_id == scope.agency_id]
    return [{"key": name, "value": str(path)} for name, path in own if path is not None]


def batch_row(batch: Batch, *, names: dict[int, str]) -> dict[str, Any]:
    """One line of the list of batches."""
    return {
        "href": reverse("imports-batch", args=[batch.pk]),
        "file_name": batch.file_name,
        "feed": batch.feed.name,
        "agency": batch.feed.agency.name,
        "uploaded_at": batch.uploaded_at,
        "uploaded_by": _("by the drop folder") if batch.drop_claim else names.get(batch.uploaded_by, ""),
        "status": status(batch),
        "accepted_rows": batch.accepted_rows,
        "held_rows": batch.held_rows,
    }


def export_headings() -> list[str]:
    return [
        _("File"),
        _("Feed"),
        _("Agency"),
        _("Uploaded"),
        _("Uploaded by"),
        _("Status"),
        _("Rows read"),
        _("Rows accepted"),
        _("Rows held"),
        _("Rows new"),
        _("Rows changed"),
    ]


def export_row(batch: Batch, *, names: dict[int, str]) -> list[Cell]:
    row = batch_row(batch, names=names)
    return [
        row["file_name"],
        row["feed"],
        row["agency"],
        localtime(batch.uploaded_at).strftime("%Y-%m-%d %H:%M"),
        row["uploaded_by"],
        row["status"]["text"],
        batch.read_rows,
        batch.accepted_rows,
        batch.held_rows,
        batch.new_rows,
        batch.changed_rows,
    ]


def status(batch: Batch) -> dict[str, str]:
    text = _("Waiting for its columns to be mapped") if waits_for_layout(batch) else batch.get_status_display()
    return {"text": text, "colour": TAG_COLOURS[BatchStatus(batch.status)]}


def waits_for_layout(batch: Batch) -> bool:
    return batch.status == BatchStatus.UPLOADED and batch.layout is None


def batch_page(batch: Batch, *, is_own: bool, names: dict[int, str], at: datetime, lacks: str = "") -> dict[str, Any]:
    """Everything the page of one batch shows; `lacks` is what is missing in law before it may be accepted."""
    running = batch.status in rules.UNFINISHED and not waits_for_layout(batch)
    return {
        "batch": batch,
        "row": batch_row(batch, names=names),
        "decided_by": names.get(-1 if batch.decided_by is None else batch.decided_by, ""),
        "running": running,
        "progress": progress(batch, at=at) if running else None,
        "can_map": is_own and batch.status in (BatchStatus.UPLOADED, BatchStatus.CHECKED),
        "can_accept": is_own and rules.can_accept(status=batch.status, accepted_rows=batch.accepted_rows, lacks=lacks),
        "lacks": lacks,
        "can_cancel": is_own and BatchStatus.CANCELLED in rules.TRANSITIONS[batch.status],
        "shows_rows": is_own,
        "problems": batch.report.get("by_rule", []),
        "examples": adapters.read_examples(batch_id=batch.pk) if is_own else [],
        "reading": batch.report.get("reading", []),
        "warnings": sum(each["count"] for each in batch.report.get("by_rule", []) if each["severity"] == "warning"),
        "can_download_held": is_own and batch.held_rows > 0 and adapters.has_held_rows(batch_id=batch.pk),
    }


def progress(batch: Batch, *, at: datetime) -> dict[str, Any]:
    """How far the work on a batch has come, in hundredths, and how long it may still take."""
    share = max(batch.progress, adapters.read_progress(batch_id=batch.pk))
    labels = {
        BatchStatus.UPLOADED: _("Waiting to be checked"),
        BatchStatus.CHECKING: _("Checking every row"),
        BatchStatus.ACCEPTING: _("Taking the rows in"),
    }
    return {
        "label": labels[BatchStatus(batch.status)],
        "done": round(100 * share),
        "total": 100,
        "estimate": estimate(share=share, taken=at - (batch.started_at or at)),
    }


def estimate(*, share: float, taken: timedelta) -> str | None:
    """How long is left, in words; None while nobody can say."""
    if share < 0.05 or taken.total_seconds() < 2:
        return None
    left = taken.total_seconds() * (1 - share) / share
    if left < 60:
        return _("Less than a minute left")
    minutes = round(left / 60)
    return ngettext("About %(minutes)s minute left", "About %(minutes)s minutes left", minutes) % {"minutes": minutes}


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Extracts of the user's own agency that wait for somebody."""
    if person_id is not None or not scope.allows(Permission.IMPORT_MANAGE):
        return []
    return [
        Attention(
            text=_("%(file)s: %(status)s") % {"file": batch.file_name, "status": status(batch)["text"]},
            url=reverse("imports-columns" if waits_for_layout(batch) else "imports-batch", args=[batch.pk]),
            on=localdate(batch.uploaded_at),
            kind=_("Extract"),
        )
        for batch in queries.list_waiting(scope=scope)
    ]
