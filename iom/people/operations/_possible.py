"""Writes the queue of possible matches: who may see each, and how it stands."""

from collections.abc import Iterable

from iom.access.scope import Scope
from iom.people.choices import ReviewStatus, Verdict
from iom.people.linkage import Pair
from iom.people.models import LinkDecision, LinkRun, PossibleMatch, SourceRecord
from iom.people.operations import _moves
from iom.people.rules.decisions import UNDECIDED
from iom.people.rules.markings import Seen, strictest


def seen_of(record: SourceRecord) -> Seen:
    """The marking of a record as plain values."""
    return Seen(
        record.owner_agency_id,
        record.regime,
        record.marking,
        record.audience,
        tuple(record.audience_agencies),
        record.descriptor,
    )


def mark(row: PossibleMatch | LinkDecision, seen: Seen) -> None:
    """Gives a row about two records the marking that both allow."""
    row.owner_agency_id = seen.owner_agency_id
    row.regime = seen.regime
    row.marking = seen.marking
    row.descriptor = seen.descriptor
    row.audience = seen.audience
    row.audience_agencies = list(seen.audience_agencies)


STATUS_AFTER = {
    Verdict.SAME: ReviewStatus.DECIDED,
    Verdict.DIFFERENT: ReviewStatus.DECIDED,
    Verdict.UNSURE: ReviewStatus.UNSURE,
}
COMPARED = ("match_weight", "probability", "working", "conflicts", "link_run_id", "status", *_moves.MARKING[1:])


def write(pairs: Iterable[Pair], *, run: LinkRun, scope: Scope) -> None:
    """Makes the review queue what linkage found now.

    A pair that is no longer in doubt is settled, and opens again if it comes back. Decided pairs stay decided. A pair
    that nobody may see both records of is left out.
    """
    before = {(match.left_id, match.right_id): match for match in PossibleMatch.objects.visible_to(scope)}
    decided = {
        (decision.left_id, decision.right_id): STATUS_AFTER[Verdict(decision.verdict)]
        for decision in LinkDecision.objects.visible_to(scope).filter(undone_at__isnull=True)
    }
    wanted = {pair.in_order().ids: pair.in_order() for pair in pairs}
    ids = sorted({record_id for pair in wanted for record_id in pair})
    records: dict[int, SourceRecord] = {}
    for start in range(0, len(ids), _moves.CHUNK):
        there = SourceRecord.objects.visible_to(scope).filter(erased_at__isnull=True)
        records |= there.in_bulk(ids[start : start + _moves.CHUNK])
    written = []
    for both, pair in wanted.items():
        if both[0] not in records or both[1] not in records:
            continue
        left, right = records[both[0]], records[both[1]]
        seen = strictest(seen_of(left), seen_of(right))
        if seen is None or left.person_id == right.person_id:
            continue
        match = before.get(both) or PossibleMatch(
            partnership_id=scope.partnership_id, left=left, right=right, link_run=run
        )
        was = [getattr(match, name) for name in COMPARED] if match.pk else None
        mark(match, seen)
        match.match_weight, match.probability = round(pair.match_weight, 4), round(pair.probability, 6)
        match.working, match.conflicts = pair.working, list(pair.conflicts)
        match.status = decided.get(both, ReviewStatus.OPEN)
        if was != [getattr(match, name) for name in COMPARED]:
            match.link_run = run
            written.append(match)
        before.pop(both, None)
    PossibleMatch.objects.bulk_create(
        written,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["left", "right"],
        update_fields=[name.removesuffix("_id") for name in COMPARED],
    )
    gone = [match.pk for match in before.values() if match.status in UNDECIDED]
    PossibleMatch.objects.filter(pk__in=gone).update(status=ReviewStatus.SETTLED)
