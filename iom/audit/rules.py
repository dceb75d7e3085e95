"""What is hashed, and how: pure functions, so that anybody can check a chain without this product.

An event's leaf is `sha256(0x00, text)`, where text is what `queries.TEXT` makes of its columns. The root of a batch is
that of the Merkle tree of its leaves, `sha256(0x01, left, right)` pair by pair, one left over going up as it is: the
tree of RFC 6962, section 2.1. A seal's hash is `sha256` of its own facts, its root and the hash of the seal before it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol


class Actor(Protocol):
    """Who acts, for whom, where; `because` says why where it is the system. A `Scope` is one."""

    @property
    def user_id(self) -> int: ...
    @property
    def partnership_id(self) -> int: ...
    @property
    def agency_id(self) -> int: ...
    @property
    def because(self) -> str: ...
    @property
    def people_shut_out(self) -> list[int]: ...
    def access_to(self, person_id: int | None) -> int | None: ...


HASH = 32  # bytes
NOTHING = bytes(HASH)  # what the first seal follows


def leaf(text: str) -> bytes:
    return sha256(b"\x00" + text.encode()).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over at least one leaf."""
    level = list(leaves)
    while len(level) > 1:
        paired = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


@dataclass(frozen=True)
class SealFacts:
    """What a seal says: whose chain, its place in it, when (microseconds since 1970), which events, what is before."""

    partnership_id: int
    number: int
    at: int
    first: int
    events: int
    root: bytes
    before: bytes

    def hash(self) -> bytes:
        facts = [self.partnership_id, self.number, self.at, self.first, self.events, self.root.hex(), self.before.hex()]
        return sha256(b"openiom seal 1 " + json.dumps(facts).encode()).digest()


def value_hash(salt: bytes, field: str, value: str | None) -> str:
    """What an event keeps of a value: checkable with the salt, worth nothing without it."""
    return sha256(salt + json.dumps([field, value]).encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The end of a chain, as it is anchored outside the database. One line of text, short enough to print and type."""

    partnership_id: int
    number: int
    last: int
    hash: str

    def line(self) -> str:
        return f"{self.partnership_id} {self.number} {self.last} {self.hash}"

    @classmethod
    def parse(cls, line: str) -> "Head":
        """Raises ValueError where the line is not a head. What follows the four words is for people."""
        partnership_id, number, last, digest = line.split()[:4]
        if len(bytes.fromhex(digest)) != HASH:
            raise ValueError(f"not a hash: {digest}")
        return cls(int(partnership_id), int(number), int(last), digest.lower())
