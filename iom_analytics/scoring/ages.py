"""Completed years and whole months between two dates, for one person and for a table.

A date is packed into one integer, (year x 12 + month) x 32 + day, whose differences give both. Somebody born on
29 February has a birthday on 1 March in other years, and from 31 January to 28 February is not a whole month: as in
java.time, which the Ministry's service uses.
"""

from datetime import date
from typing import TypeVar

from ibis.expr.types import DateValue, IntegerValue

MONTH = 32
YEAR = 12 * MONTH

Number = TypeVar("Number", int, IntegerValue)


def packed(day: date) -> int:
    return (day.year * 12 + day.month) * MONTH + day.day


def packed_column(day: DateValue) -> IntegerValue:
    return (day.year() * 12 + day.month()) * MONTH + day.day()


def completed_years(start: Number, end: Number) -> Number:
    """Completed years from one packed date to a later one."""
    return (end - start) // YEAR


def whole_months(start: Number, end: Number) -> Number:
    """Whole months from one packed date to a later one."""
    return (end - start) // MONTH
