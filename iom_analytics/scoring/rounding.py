"""Rounding half up on the exact binary value, for one number and for a table.

The Ministry's service rounds with Java's `BigDecimal(double)`, which sees a double as it is: the double nearest to
0.495 lies below it, and gives 49 per cent, not 50. `decimal.Decimal` does the same for one number. In a table the
product of the value and the scale is split in two parts that doubles hold without error (Veltkamp and Dekker), so that
which side of a half it lies on is known exactly.
"""

from decimal import ROUND_HALF_UP, Decimal

import ibis
from ibis.expr.types import FloatingValue, NumericValue

SPLITTER = 2.0**27 + 1
CLOSE = 1e-6
"""Far wider than a double's error where the whole number is at most 100,000."""


def half_up(value: float, scale: int) -> int:
    """The whole number nearest to the exact value times `scale`; a half goes up."""
    return int((Decimal(value) * scale).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def half_up_column(value: FloatingValue, scale: int) -> NumericValue:
    """The same for a column of values from 0 to 1 (as a double that holds a whole number)."""
    spread = value * SPLITTER
    high = spread - (spread - value)
    low = value - high
    # Rounding a product and a sum can lift a value onto the half above it, never push it below one: so `nearest` is
    # right or one too many. Every step below is exact but the last sum, whose sign is.
    raised = value * scale + 0.5
    # A double, since engines take a whole number's sums with written fractions for decimals.
    nearest = raised.floor().cast("float64")
    is_below = (high * scale - (nearest - 0.5)) + low * scale < 0
    # Only what comes out this close above a half can have been lifted; the others are spared the exact arithmetic.
    return (raised - nearest < CLOSE).ifelse(is_below.ifelse(nearest - 1.0, nearest), nearest)


def log_rate_column(count: NumericValue, years: NumericValue) -> FloatingValue:
    """The natural logarithm of a count per year; empty where there is none, since engines then stop with an error."""
    return ((count > 0) & (years > 0)).ifelse(count / years, ibis.null(float)).ln()
