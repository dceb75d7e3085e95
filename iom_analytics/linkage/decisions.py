"""What people decided about pairs of records. A decision always wins over the model; a later one over an earlier."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

SAME, DIFFERENT = "same", "different"
Verdict = Literal["same", "different"]


@dataclass(frozen=True)
class Decision:
    """Two records, by their numbers, and what somebody decided about them."""

    left: int
    right: int
    verdict: Verdict


@dataclass
class Settled:
    """The decisions that hold, and those set aside because later ones contradict them."""

    same: list[Decision] = field(default_factory=list)
    different: list[Decision] = field(default_factory=list)
    set_aside: list[Decision] = field(default_factory=list)


def settle(decisions: Iterable[Decision]) -> Settled:
    """The decisions, earliest first, that can all hold at once.

    If A and B are the same, and B and C, then A and C cannot be different: of three such decisions the earliest is set
    aside, so that the latest always holds. Nothing is dropped silently: `set_aside` lists them.
    """
    settled = Settled()
    person: dict[int, int] = {}
    different: dict[int, set[int]] = {}

    def root(record: int) -> int:
        while (above := person.setdefault(record, record)) != record:
            person[record] = person[above]
            record = above
        return record

    for decision in reversed(list(decisions)):
        left, right = root(decision.left), root(decision.right)
        if decision.verdict == SAME:
            if right in different.get(left, ()):
                settled.set_aside.append(decision)
                continue
            settled.same.append(decision)
            if left != right:
                person[right] = left
                for other in different.pop(right, set()):
                    different[other].discard(right)
                    different[other].add(left)
                    different.setdefault(left, set()).add(other)
        elif left == right:
            settled.set_aside.append(decision)
        else:
            settled.different.append(decision)
            different.setdefault(left, set()).add(right)
            different.setdefault(right, set()).add(left)
    return settled
