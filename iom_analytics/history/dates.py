"""Ages, months and windows counted as the Ministry of Justice counts them, on either engine."""

from calendar import monthrange
from datetime import date

import ibis
from ibis.expr.types import DateValue, IntegerValue


def day_number(day: DateValue) -> IntegerValue:
    """The date as the number YYYYMMDD, whose differences give completed years."""
    return (day.year() * 10_000 + day.month() * 100 + day.day()).cast("int64")


def completed_years(start: DateValue, end: DateValue) -> IntegerValue:
    """Whole years from `start` to `end`; who is born on 29 February turns a year older on 1 March of other years."""
    return ((day_number(end) - day_number(start)) / 10_000).floor().cast("int64")


def completed_months(start: DateValue, end: DateValue) -> IntegerValue:
    """Whole months from `start` to `end`: a month is complete on the same day of the next, or the day after its end."""
    months = (end.year() - start.year()) * 12 + end.month() - start.month()
    return (months - ibis.ifelse(end.day() < start.day(), 1, 0)).cast("int64")


def month_of(day: DateValue) -> DateValue:
    """The first day of the month.

    Put together, not cut off: DuckDB cuts a date off to a moment, which ibis takes for a date and does not cast.
    """
    return ibis.date(day.year(), day.month(), 1)


def quarter_of(day: DateValue) -> DateValue:
    """The first day of the three months from January, April, July or October."""
    return ibis.date(day.year(), (day.quarter() - 1) * 3 + 1, 1)


def birthday(born: DateValue, age: int) -> DateValue:
    """The day who was `born` then turns `age`; for 29 February it is 1 March in other years."""
    day = (born + ibis.interval(years=age)).cast("date")
    # Adding years to 29 February gives the 28th where there is no 29th: that is the day before.
    return ibis.ifelse(day.day() < born.day(), (day + ibis.interval(days=1)).cast("date"), day)


def days_between(start: DateValue, end: DateValue) -> IntegerValue:
    """Days from `start` to `end`; the end is not counted."""
    return end.delta(start, unit="day").cast("int64")


def months_before(on: date | DateValue, months: int) -> DateValue:
    """The same day `months` earlier, or the last day of that month where it has no such day."""
    if isinstance(on, date):
        year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
        return ibis.date(date(year, month + 1, min(on.day, monthrange(year, month + 1)[1])))
    return (on - ibis.interval(months=months)).cast("date")


def as_date(on: date | DateValue) -> DateValue:
    """A Python date as an expression; an expression as it is."""
    return ibis.date(on) if isinstance(on, date) else on
