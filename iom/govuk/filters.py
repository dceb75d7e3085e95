"""How dates, times, numbers and answers are written on a page, in GOV.UK's manner.

Where there is nothing to show the reader is told so: an empty cell says neither "no" nor "not known".
"""

import datetime as dt
from collections.abc import Sized
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext, pgettext

LONDON = ZoneInfo("Europe/London")


def _not_recorded(absent: str | None) -> str:
    return gettext("Not recorded") if absent is None else absent


def _in_london(value: dt.datetime) -> dt.datetime:
    if timezone.is_naive(value):
        raise ValueError("a time shown on a page must know its zone")
    return value.astimezone(LONDON)


def date(value: dt.date | None, absent: str | None = None) -> str:
    """A day as "23 November 2026"; a moment is shown as its day in London; `absent` (or "Not recorded") for None."""
    if value is None:
        return _not_recorded(absent)
    if isinstance(value, dt.datetime):
        value = _in_london(value)
    return formats.date_format(value, "j F Y")


def time(value: dt.datetime | dt.time | None, absent: str | None = None) -> str:
    """A time of day as "9am", "3:04pm", "midday" or "midnight", in London; `absent` (or "Not recorded") for None."""
    if value is None:
        return _not_recorded(absent)
    if isinstance(value, dt.datetime):
        value = _in_london(value).time()
    if (value.hour, value.minute) == (0, 0):
        return gettext("midnight")
    if (value.hour, value.minute) == (12, 0):
        return gettext("midday")
    half = pgettext("before noon", "am") if value.hour < 12 else pgettext("after noon", "pm")
    hour = value.hour % 12 or 12
    return f"{hour}:{value.minute:02}{half}" if value.minute else f"{hour}{half}"


def datetime(value: dt.datetime | None, absent: str | None = None) -> str:
    """A moment as "23 November 2026 at 3:04pm", in London; `absent` (or "Not recorded") for None."""
    if value is None:
        return _not_recorded(absent)
    return gettext("%(date)s at %(time)s") % {"date": date(value), "time": time(value)}


def number(value: int | float | Decimal | None, decimals: int = 0, absent: str | None = None) -> str:
    """A number with thousands separated, "1,234.5", rounded half up as people do by hand."""
    if value is None:
        return _not_recorded(absent)
    # repr() gives the shortest decimal that is this float, so 2.675 rounds to 2.68 as the reader of "2.675" expects.
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite():
        raise ValueError(f"{value!r} cannot be shown as a number")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,f}"


def percent(value: float | Decimal | None, decimals: int = 0, absent: str | None = None) -> str:
    """A proportion as a percentage: 0.1234 is "12%"."""
    if value is None:
        return _not_recorded(absent)
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return f"{number(exact * 100, decimals)}%"


def age(date_of_birth: dt.date, on: dt.date) -> int:
    """Whole years of age on a day. Who was born on 29 February is a year older on 1 March of a common year."""
    if on < date_of_birth:
        raise ValueError("nobody has an age before birth")
    return on.year - date_of_birth.year - ((on.month, on.day) < (date_of_birth.month, date_of_birth.day))


def yesno(value: bool | None) -> str:
    """ "Yes", "No", or "Not known" for None: an unanswered question is not a no."""
    if value is None:
        return gettext("Not known")
    return gettext("Yes") if value else gettext("No")


def pluralise(count: int | Sized, one: str, many: str) -> str:
    """The number with its noun, "1 person" or "1,204 people"; nouns come translated. In a sentence use `ngettext`."""
    counted = count if isinstance(count, int) else len(count)
    return f"{number(counted)} {one if counted == 1 else many}"
