"""What a table promises: its columns, their types, what they mean and where they mislead.

A contract is data. `validation` reads it to check rows, `pages` prints it, and every query relies on it. Nothing here
touches a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Type = Literal["text", "date", "time", "integer", "number", "yes_no"]

IBIS_TYPES: dict[Type, str] = {
    "text": "string",
    "date": "date",
    "time": "timestamp",
    "integer": "int64",
    "number": "float64",
    "yes_no": "boolean",
}

# How files of the library's own commands write yes and no, in small letters.
YES, NO = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass(frozen=True)
class Shape:
    """How an identifier looks. `pattern` is matched in capitals; `like` shows it to a reader."""

    pattern: str
    like: str


@dataclass(frozen=True)
class Column:
    """One column: what it means, what it may hold.

    `required` columns must be in the file; `filled` ones must have a value on every row. `codes` lists the only values
    allowed, and `synonyms` maps other spellings (in small letters) to them, or to None where the sender says "not
    known". `at_least`/`at_most` bound numbers; `unit` is in the docs. `shape` is how an identifier looks: a value of
    another shape is kept, with a warning. A date may not lie after the day the file came unless `may_be_future`; `ages`
    bounds how old a person born on that date may be that day. `offence` marks a Home Office offence code. `month` reads
    a value that says a month alone (2026-04) as its first or its last moment. `ending` is what is cut off the end of a
    value. `pseudonym` refuses what may be a name. `trap` says where the column misleads.
    """

    name: str
    type: Type
    meaning: str
    required: bool = False
    filled: bool = False
    codes: tuple[str, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str | None = None
    trap: str | None = None
    synonyms: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    shape: Shape | None = None
    may_be_future: bool = False
    ages: tuple[int, int] | None = None
    offence: bool = False
    month: Literal["first", "last"] | None = None
    ending: str | None = None
    pseudonym: bool = False

    def __post_init__(self) -> None:
        known = {*(self.codes or ()), None}
        assert set(self.synonyms.values()) <= known, f"{self.name} has a synonym for a code it does not have"
        assert all(sent == sent.lower() for sent in self.synonyms), f"{self.name}: synonyms are in small letters"


@dataclass(frozen=True)
class Table:
    """One input table: its columns, its key and what must hold between columns.

    No two rows share the `key`; where it is empty, rows may repeat. `in_order` names pairs of dates, the first never
    after the second; `part_of` pairs of numbers, the first never more than the second. Of each of the `any_of`, one
    column at least has a value. `happened` is the day an event happened, and `youngest` how old the person must have
    been then.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    in_order: tuple[tuple[str, str], ...] = ()
    happened: str | None = None
    youngest: int | None = None
    part_of: tuple[tuple[str, str], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        names = self.column_names
        assert len(set(names)) == len(names), f"{self.name} names a column twice"
        together = (*self.in_order, *self.part_of, *self.any_of)
        named = {*self.key, *(name for several in together for name in several), *({self.happened} - {None})}
        assert named <= set(names), f"{self.name} speaks of a column it does not have"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def ibis_schema(self) -> dict[str, str]:
        """Column name -> Ibis type, in the contract's order."""
        return {column.name: IBIS_TYPES[column.type] for column in self.columns}


def by_source(table: Table) -> Table:
    """The same table as a partner sends it: `source` and `source_id` where `person_key` will be.

    Linkage turns these two into `person_key`; only then may anything but linkage read the table. A table about places
    has `source` alone in front.
    """
    source = Column("source", "text", "The partner system the row comes from", required=True, filled=True)
    if table.column_names[0] != "person_key":
        return replace(table, columns=(source, *table.columns), key=("source", *table.key) if table.key else ())
    source_id = Column("source_id", "text", "The person's number in that system", required=True, filled=True)
    key = tuple(name for part in table.key for name in (("source", "source_id") if part == "person_key" else (part,)))
    return replace(table, columns=(source, source_id, *table.columns[1:]), key=key)


def without(table: Table, *names: str) -> Table:
    """The table with some optional columns left out."""
    assert not any(table.column(name).required for name in names), f"{table.name} cannot do without {names}"
    return replace(table, columns=tuple(column for column in table.columns if column.name not in names))


def in_areas(table: Table, areas: Iterable[str]) -> Table:
    """The table with the areas that its `area` may name; as it is where none is given."""
    codes = tuple(areas)
    columns = (replace(c, codes=codes) if c.name == "area" and codes else c for c in table.columns)
    return replace(table, columns=tuple(columns))
