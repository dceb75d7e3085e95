"""How records came to a person and left, and the decisions behind it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from iom.govuk.filters import date as in_full
from iom.people.choices import IndexChange, Verdict
from iom.people.models import IndexEvent, LinkDecision, SourceRecord


@dataclass(frozen=True)
class Change:
    """Records that moved together."""

    at: datetime
    what: str
    who: str
    reason: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """One decision about two records, or those that one split made together."""

    at: datetime
    verdict: str
    records: tuple[str, ...]
    who: str
    reason: str
    undone_at: datetime | None
    undo_href: str


def record_words(record: SourceRecord) -> str:
    return f"{record.owner_agency.name}, {record.source} {record.source_id}"


def named_record(record: SourceRecord) -> str:
    """A record as somebody choosing among several knows it."""
    words = {"name": record.name, "born": in_full(record.date_of_birth), "record": record_words(record)}
    return (_("%(name)s, born %(born)s (%(record)s)") if record.date_of_birth else _("%(name)s (%(record)s)")) % words


def changes(events: list[IndexEvent], person_id: int, names: dict[int, str], reasons: dict[int, str]) -> list[Change]:
    """The moves of a person's records, those made at once in one line.

    `reasons` are those of the decisions that this reader may see, by id. Why one was undone is in the audit record.
    """
    found = []
    for (at, change, arrived, by_id, decision_id), group in groupby(
        events,
        key=lambda event: (event.at, event.change, event.to_person_id == person_id, event.by_id, event.decision_id),
    ):
        records = tuple(record_words(event.source_record) for event in group)
        shown = reasons.get(decision_id, "") if change in (IndexChange.MERGED, IndexChange.SPLIT) else ""
        found.append(Change(at, in_words(change, arrived), names.get(by_id, ""), shown, records))
    return found


def in_words(change: str, arrived: bool) -> str:
    return {
        (IndexChange.LINKED, True): _("Linked to this person"),
        (IndexChange.LINKED, False): _("Linked to another person"),
        (IndexChange.MERGED, True): _("Merged into this person"),
        (IndexChange.MERGED, False): _("Merged into another person"),
        (IndexChange.SPLIT, True): _("Split from another person"),
        (IndexChange.SPLIT, False): _("Split from this person"),
        (IndexChange.UNDONE, True): _("Moved back to this person: a decision was undone"),
        (IndexChange.UNDONE, False): _("Moved back to another person: a decision was undone"),
    }[IndexChange(change), arrived]


def decided(decisions: list[LinkDecision], names: dict[int, str]) -> list[Decided]:
    """The decisions, newest first, those of one split in one line: they are undone together."""
    found = []
    for (_first, undone_at), group in groupby(
        decisions, key=lambda decision: (decision.together_with_id or decision.pk, decision.undone_at)
    ):
        together = list(group)
        records = dict.fromkeys(record_words(side) for each in together for side in (each.left, each.right))
        decision = together[0]
        found.append(
            Decided(
                at=decision.decided_at,
                verdict=str(Verdict(decision.verdict).label),
                records=tuple(records),
                who=names.get(decision.decided_by, ""),
                reason=decision.reason,
                undone_at=undone_at,
                undo_href="" if undone_at else reverse("people-undo", args=[decision.pk]),
            )
        )
    return found
