"""Finding whatever was altered, removed, inserted or moved in the record since it was sealed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iom.audit import queries, rules
from iom.audit.models import Seal
from iom.audit.rules import HASH, NOTHING, Actor, Head

MOST = 20_000  # lines of the second sink compared at once


@dataclass(frozen=True)
class Fault:
    """Something wrong in the record: in which seal, at which event (number in the chain, and id), and what."""

    what: str
    seal: int | None = None
    number: int | None = None
    event_id: int | None = None

    def __str__(self) -> str:
        place = [
            f"{name} {value}"
            for name, value in (("seal", self.seal), ("event number", self.number), ("event id", self.event_id))
            if value is not None
        ]
        return ", ".join([*place, self.what])


def verify(*, scope: Actor, anchored: Iterable[Head] = ()) -> Iterator[Fault]:
    """Every fault of a partnership's record, in the order of the chain; nothing where it is whole.

    `anchored`: heads kept outside the database. Without one, somebody who can write everything could change an event
    and seal everything anew; with one, whatever was sealed before it is proved.
    """
    heads: dict[int, list[Head]] = {}
    for each in anchored:
        if each.partnership_id == scope.partnership_id:
            heads.setdefault(each.number, []).append(each)
    number, first, before = 0, 1, NOTHING
    for seal in queries.seals(scope=scope):
        number += 1
        if seal.number != number:
            yield Fault(f"is missing: the next one there is {seal.number}", seal=number)
            number = seal.number
        elif seal.first != first or bytes(seal.before) != before:
            yield Fault("does not follow the one before it", seal=number)
        yield from _faults_of_events(seal)
        if queries.facts(seal).hash() != bytes(seal.hash):
            yield Fault("is not the seal that was made", seal=number)
        for head in heads.pop(number, []):
            if head.hash != bytes(seal.hash).hex():
                yield Fault("is not the seal that was anchored", seal=number)
        first, before = seal.first + len(seal.event_ids), bytes(seal.hash)
    for missing in sorted(heads):
        yield Fault("was anchored and is not there", seal=missing)
    for event_id in queries.strays(scope=scope):
        yield Fault("was not written by the product: it is neither sealed nor waiting", event_id=event_id)
    for event_id in queries.lost_before_sealing(scope=scope):
        yield Fault("was removed before it was sealed", event_id=event_id)


def _faults_of_events(seal: Seal) -> Iterator[Fault]:
    leaves = [bytes(seal.leaves[start : start + HASH]) for start in range(0, len(seal.leaves), HASH)]
    if len(leaves) != len(seal.event_ids) or not leaves or rules.root(leaves) != bytes(seal.root):
        yield Fault("does not hold the hashes it was made of", seal=seal.number)
    for place, (event_id, text) in enumerate(zip(seal.event_ids, queries.texts(event_ids=seal.event_ids), strict=True)):
        if text is None:
            yield Fault("was removed", seal.number, seal.first + place, event_id)
        elif place >= len(leaves) or rules.leaf(text) != leaves[place]:
            yield Fault("was changed, or stands in another's place", seal.number, seal.first + place, event_id)


def missing_from(lines: Iterable[dict[str, Any]], *, scope: Actor) -> Iterator[Fault]:
    """What the second sink holds of this partnership and the database does not, or not in the same words.

    `lines`: what `sinks.write` wrote, parsed.
    """
    batch: dict[int, dict[str, Any]] = {}
    for line in lines:
        if line["partnership_id"] == scope.partnership_id:
            batch[line["id"]] = line
        if len(batch) >= MOST:
            yield from _differences(batch)
            batch = {}
    yield from _differences(batch)


def _differences(lines: dict[int, dict[str, Any]]) -> Iterator[Fault]:
    there = queries.rows(event_ids=[*lines])
    for event_id, line in lines.items():
        if event_id not in there:
            yield Fault("is in the second sink and not in the database", event_id=event_id)
        elif {**there[event_id], "at": None} != {**line, "at": None} or there[event_id]["at"] != datetime.fromisoformat(
            line["at"]
        ):
            yield Fault("is not as the second sink has it", event_id=event_id)
