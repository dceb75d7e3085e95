"""The steps that cleaning a column of texts is made of.

Regular expressions keep to what DuckDB (RE2) and Spark (Java) read alike: no look-around, no back-references.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ibis.expr.types import StringValue


class Step(Protocol):
    """One change to every text of a column."""

    def on_column(self, column: StringValue) -> StringValue: ...


@dataclass(frozen=True)
class Replace:
    """Every match of the pattern becomes `by`."""

    pattern: str
    by: str

    def on_column(self, column: StringValue) -> StringValue:
        return column.re_replace(self.pattern, self.by)


@dataclass(frozen=True)
class Translate:
    """Each character of `old` becomes the character of `new` at its place."""

    old: str
    new: str

    def on_column(self, column: StringValue) -> StringValue:
        return column.translate(self.old, self.new)


@dataclass(frozen=True)
class Lower:
    def on_column(self, column: StringValue) -> StringValue:
        return column.lower()


@dataclass(frozen=True)
class Upper:
    def on_column(self, column: StringValue) -> StringValue:
        return column.upper()


@dataclass(frozen=True)
class InwardPart:
    """In the last three characters of a postcode a digit comes first, then letters: 0 and O, 1 and I are set right."""

    shortest: int = 5

    def on_column(self, column: StringValue) -> StringValue:
        start = column.length() - 3
        mended = (
            column.substr(0, start)
            + column.substr(start, 1).translate("OI", "01")
            + column.substr(start + 1, 2).translate("01", "OI")
        )
        return (column.length() >= self.shortest).ifelse(column.re_search("^[A-Z]").ifelse(mended, column), column)


def clean_column(steps: Sequence[Step], column: StringValue) -> StringValue:
    """The column after all steps; null where nothing is left."""
    for step in steps:
        column = step.on_column(column)
    return column.nullif("")
