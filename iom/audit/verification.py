"""Finding whatever was altered, removed, inserted or moved in the record since it was sealed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from iom.audit import queries, rules
from iom.audit.models import Seal
from iom.audit.rules import HASH, NOTHING, Actor, Head

# Sealing runs three times a minute: what waits for longer than this shows that it does not.
SEALED_WITHIN = timedelta(minutes=1)
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
    for event_id in queries.misnamed(scope=scope):
        yield Fault("is not found by the people it names, or by others", event_id=event_id)
    yield from _faults_of_values(scope)


def _faults_of_events(seal: Seal) -> Iterator[Fault]:
    leaves = [bytes(seal.leaves[start : start + HASH]) for start in range(0, len(seal.leaves), HASH)]
    if len(leaves) != len(seal.event_ids) or not leaves or rules.root(leaves) != bytes(seal.root):
        yield Fault("does not hold the hashes it was made of", seal=seal.number)
    for place, (event_id, text) in enumerate(zip(seal.event_ids, queries.texts(event_ids=seal.event_ids), strict=True)):
        if text is None:
            yield Fault("was removed", seal.number, seal.first + place, event_id)
        elif place >= len(leaves) or rules.leaf(text) != leaves[place]:
            yield Fault("was changed, or stands in another's place", seal.number, seal.first + place, event_id)


def _faults_of_values(scope: Actor) -> Iterator[Fault]:
    """Values that an event has no hash of. One that is not there was erased with its person, and is no fault."""
    for value in queries.values_beside(scope=scope):
        if not value.there:
            yield Fault("is not there, and has a value kept beside it", event_id=value.event_id)
            continue
        hashes = [rules.value_hash(bytes(value.salt), value.field, each) for each in (value.before, value.after)]
        if not value.is_its_own or value.hashes is None or json.loads(value.hashes) != hashes:
            yield Fault(f"has a value beside it that is not as it was recorded: {value.field}", event_id=value.event_id)


def is_behind(*, oldest: datetime | None, at: datetime) -> bool:
    """Whether events wait to be sealed for longer than they ever should; `oldest` is since when the oldest does."""
    return oldest is not None and at - oldest > SEALED_WITHIN


def missing_from(lines: Iterable[dict[str, Any]], *, scope: Actor) -> Iterator[Fault]:
    """What one of the second sink and the database holds of this partnership and the other does not, or not in words.

    `lines`: what `sinks.write` wrote, parsed. What was sealed before they are read must be among them, from the first
    event on that the sink has of anybody: it may be younger than the record.
    """
    last = queries.last_seal(scope=scope)
    batch: dict[int, dict[str, Any]] = {}
    first: int | None = None
    there: set[int] = set()
    for line in lines:
        first = line["id"] if first is None else min(first, line["id"])
        there.add(line["id"])
        if line["partnership_id"] == scope.partnership_id:
            batch[line["id"]] = line
        if len(batch) >= MOST:
            yield from _differences(batch)
            batch = {}
    yield from _differences(batch)
    if last is not None and first is not None:
        for event_id in queries.sealed_until(last.number, scope=scope):
            if event_id >= first and event_id not in there:
                yield Fault("is sealed and not in the second sink", event_id=event_id)


def _differences(lines: dict[int, dict[str, Any]]) -> Iterator[Fault]:
    there = queries.rows(event_ids=[*lines])
    for event_id, line in lines.items():
        if event_id not in there:
            yield Fault("is in the second sink and not in the database", event_id=event_id)
        elif {**there[event_id], "at": None} != {**line, "at": None} or there[event_id]["at"] != datetime.fromisoformat(
            line["at"]
        ):
            yield Fault("is not as the second sink has it", event_id=event_id)
