"""How figures of outcomes are written: as the Justice Data Lab prints them, and never finer than may leave."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from iom.outcomes.choices import Measure
from iom.outcomes.evaluation import displayed, publishable_count

SHARES = (Measure.REOFFENDED, Measure.CUSTODY_FOR)
DAYS = (Measure.DAYS_TO_FIRST, Measure.DAYS_IN_CUSTODY)
NONE = "–"


def month(day: date) -> str:
    return formats.date_format(day, "F Y")


def count(number: int | None) -> str:
    """A number of people as it may leave: to the nearest five; "fewer than 10" under ten."""
    if number is None:
        return NONE
    rounded = publishable_count(number)
    return _("fewer than 10") if rounded is None else f"{rounded:,}"


def figure(value: float | None, measure: str) -> str:
    """A measure's own value: whole per cent, whole days, or two places for a number of reoffences."""
    if value is None:
        return NONE
    if measure in SHARES:
        return f"{displayed(value, times=100)}%"
    return displayed(value) if measure in DAYS else displayed(value, places=2)


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{displayed(share, times=100)}%"


def as_printed(value: float | None, *, places: int = 0, times: float = 1) -> float | None:
    """A figure for a chart, as `displayed` writes it in the table beside: where a mark stands is read off to the
    hundredth of a pixel, and would give the counts away that the table rounds."""
    return None if value is None else float(displayed(value, places=places, times=times))


def gap(value: float | None, measure: str) -> str:
    """A difference: percentage points, days or reoffences, with its sign."""
    if value is None:
        return NONE
    text = figure(value, measure).rstrip("%")
    return text if text.startswith("-") or text.strip("0.") == "" else f"+{text}"


def span(low: float | None, high: float | None, measure: str) -> str:
    """An interval, "from -12 to +3"; nothing where there is none."""
    if low is None or high is None:
        return NONE
    return _("%(low)s to %(high)s") % {"low": gap(low, measure), "high": gap(high, measure)}


def unit(measure: str) -> str:
    if measure in SHARES:
        return _("percentage points")
    return _("days") if measure in DAYS else _("reoffences")


def chance(p: float | None) -> str:
    """A p-value in two places, as the Data Lab prints it."""
    if p is None:
        return NONE
    return _("less than 0.01") if p < 0.005 else displayed(p, places=2)


def signed(value: float) -> str:
    """A whole number with its sign."""
    text = displayed(value)
    return text if text.startswith("-") or text == "0" else f"+{text}"


def part(found: Any) -> tuple[Mapping[str, Any] | None, str]:
    """A part of a result, or the sentence that says why there is none."""
    return (found, "") if isinstance(found, dict) else (None, found or "")
