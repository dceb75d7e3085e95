"""Which pairs of records are compared at all: those that share a blocking key, small blocks first, to a budget.

A rule is a list of columns (or their first letters); records that agree on all of them are in one block. On few records
even wide rules cost little and everything is compared; on many, a wide rule's blocks (a common family name) grow with
the square of the records. So blocks are taken smallest first, over all rules together, until the budget of pairs is
spent: the narrow rules still cover whoever the wide ones no longer can. Nothing is drawn by chance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
from ibis.expr.types import StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.linkage.records import Kind

FEWEST_PAIRS = 5_000_000
PAIRS_PER_RECORD = 8
"""The budget: so many pairs for each record, and never fewer than FEWEST_PAIRS in all."""


@dataclass(frozen=True)
class Part:
    """A column, or its first `letters` characters."""

    column: str
    letters: int | None = None

    def of(self, table: IbisTable) -> StringValue:
        column = table[self.column]
        return column if self.letters is None else column.substr(0, self.letters)


Rule = tuple[Part, ...]


def rule(*parts: str) -> Rule:
    """A rule from `column` and `column:letters`."""
    found = []
    for part in parts:
        column, _, letters = part.partition(":")
        found.append(Part(column, int(letters) if letters else None))
    return tuple(found)


RULES: tuple[Rule, ...] = (
    rule("pnc_id"),
    rule("cro"),
    rule("crn"),
    rule("prison_number"),
    rule("dob"),
    rule("dob", "family_sound"),
    rule("dob", "given_sound"),
    rule("dob", "family:1"),
    rule("dob", "postcode:3"),
    rule("postcode"),
    rule("postcode", "given:1"),
    rule("postcode", "family:1"),
    rule("given_root", "family_sound"),
    rule("given_root", "family", "dob:4"),
    rule("given_root", "family_sound", "postcode:3"),
    rule("family", "dob:4"),
    rule("family", "postcode:3"),
    rule("given", "dob:4"),
    rule("given", "postcode:3"),
    rule("family", "given:1"),
    rule("postcode:3", "dob:4"),
)

WITH_FURTHER: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    "number": ((),),
    "email": ((),),
    "text": (("family",), ("family_sound", "given:1"), ("given",), ("dob:4",), ("dob",), ("postcode:3",)),
}
"""For each kind of further column: the rules it makes, alone or with these."""


def rules_for(columns: Iterable[str], also_compare: Mapping[str, Kind]) -> list[Rule]:
    """The rules that these columns of `prepare` allow, those of the further columns with them."""
    columns = set(columns)
    further = [
        rule(name, *others) for name, kind in also_compare.items() for others in WITH_FURTHER[kind] if name in columns
    ]
    texts = [name for name, kind in also_compare.items() if kind == "text"]
    further += [rule(one, other) for number, one in enumerate(texts) for other in texts[number + 1 :]]
    return [found for found in (*RULES, *further) if all(part.column in columns for part in found)]


def candidate_pairs(engine: Engine, cleaned: IbisTable, rules: list[Rule], *, budget: int) -> IbisTable:
    """One row per pair to compare: `l`, `r`, the record numbers, the smaller first."""
    records = cleaned.count().to_pyarrow().as_py()
    if records * (records - 1) // 2 <= budget:
        left, right = cleaned.select(l="record"), cleaned.select(r="record")
        return engine.cache(left.join(right, left.l < right.r), "pairs")
    keyed = [keys(cleaned, found) for found in rules]
    blocks = [
        engine.cache(
            key.group_by("key").aggregate(size=lambda row: row.count()).filter(lambda row: row.size > 1), "blocks"
        )
        for key in keyed
    ]
    largest = largest_block(engine, blocks, budget)
    parts = []
    for key, block in zip(keyed, blocks, strict=True):
        small = key.semi_join(block.filter(block["size"] <= largest), "key")
        other = small.view()
        parts.append(
            small.join(other, [small.key == other.key, small.record < other.record]).select(
                l=small.record, r=other.record
            )
        )
    return engine.cache(ibis.union(*parts).distinct() if len(parts) > 1 else parts[0], "pairs")


def keys(cleaned: IbisTable, found: Rule) -> IbisTable:
    """`record` and its `key` under a rule; records that lack a part of it have none."""
    parts = [part.of(cleaned) for part in found]
    key = parts[0]
    for part in parts[1:]:
        key = key + "|" + part
    table = cleaned.select(record=cleaned.record, key=key)
    return table.filter(table.key.notnull())


def largest_block(engine: Engine, blocks: list[IbisTable], budget: int) -> int:
    """The size up to which blocks are taken, smallest first, so that their pairs are within the budget."""
    sizes = [block.group_by("size").aggregate(blocks=lambda row: row.count()) for block in blocks]
    counts: dict[int, int] = {}
    for row in ibis.union(*sizes).to_pyarrow().to_pylist():
        counts[row["size"]] = counts.get(row["size"], 0) + row["blocks"]
    pairs = 0
    largest = 1
    for size in sorted(counts):
        pairs += counts[size] * size * (size - 1) // 2
        if pairs > budget and largest > 1:
            break
        largest = size
    return largest
