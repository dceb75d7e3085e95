"""The bands of the scores: LOW, MEDIUM, HIGH, VERY_HIGH, by lower bounds in per cent over two years."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import ibis
from ibis.expr.types import StringValue


class Band(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    VERY_HIGH = "VERY_HIGH"


def band_of(value: float, lower_bounds: Sequence[float]) -> Band:
    """The band a value falls in; `lower_bounds` are where MEDIUM, HIGH and VERY_HIGH begin."""
    return list(Band)[sum(value >= bound for bound in lower_bounds)]


def band_column(value: Any, lower_bounds: Sequence[float]) -> StringValue:
    """The same for a column; empty where the value is."""
    medium, high, very_high = lower_bounds
    return ibis.cases(
        (value < medium, Band.LOW.value),
        (value < high, Band.MEDIUM.value),
        (value < very_high, Band.HIGH.value),
        (value >= very_high, Band.VERY_HIGH.value),
    )
