"""Form fields and widgets that GOV.UK has and Django has not: the three-part date, and choices with hints."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import dates, formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# fmt: off
ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)
# fmt: on
PARTS = ("day", "month", "year")
PART_NAMES = {"day": _("day"), "month": _("month"), "year": _("year")}


class GovukDateInput(forms.MultiWidget):
    """Day, month and year in three boxes: `<name>_day`, `<name>_month`, `<name>_year`."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: dt.date | str | None) -> list[str]:
        if isinstance(value, str):  # as in the address of a saved filter: ?born=1990-02-28
            value = dt.date.fromisoformat(value) if value else None
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class GovukDateField(forms.Field):
    """A day, with errors in GOV.UK's words and on the part that is wrong.

    `named` is how the date is called at the start of an error ("Date of birth"); the label where not given. `earliest`
    and `latest` are inclusive; a view that knows the day sets them on the form's field. Months may be typed as words.
    """

    widget = GovukDateInput

    def __init__(
        self,
        *,
        named: str | None = None,
        earliest: dt.date | None = None,
        latest: dt.date | None = None,
        latest_is_today: bool = False,
        **kwargs: Any,
    ) -> None:
        self.named = named
        self.earliest = earliest
        self.latest = latest
        self.latest_is_today = latest_is_today
        super().__init__(**kwargs)

    def clean(self, value: list[str | None] | dt.date | None) -> dt.date | None:
        if isinstance(value, dt.date):
            return self._checked(value)
        typed = {part: (text or "").strip() for part, text in zip(PARTS, value or ["", "", ""], strict=True)}
        missing = [part for part in PARTS if not typed[part]]
        if len(missing) == len(PARTS):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if missing:
            raise self._error(
                _("%(date)s must include a %(parts)s"),
                "incomplete",
                part=missing[0],
                parts=str(_(" and ")).join(str(PART_NAMES[part]) for part in missing),
            )
        return self._checked(self._real_date(typed))

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        return GovukDateInput().decompress(initial) != [text or "" for text in data or ["", "", ""]]

    def _real_date(self, typed: Mapping[str, str]) -> dt.date:
        numbers = {
            "day": _whole_number(typed["day"]),
            "month": _month(typed["month"]),
            "year": _whole_number(typed["year"]),
        }
        for part in PARTS:
            if numbers[part] is None:
                raise self._error(_("%(date)s must be a real date"), "invalid", part=part)
        day, month, year = (numbers[part] or 0 for part in PARTS)
        if len(typed["year"]) != 4:
            raise self._error(_("%(date)s must include a year with 4 numbers"), "year", part="year")
        if not 1 <= month <= 12:
            raise self._error(_("%(date)s must be a real date"), "invalid", part="month")
        try:
            return dt.date(year, month, day)
        except ValueError:
            raise self._error(_("%(date)s must be a real date"), "invalid") from None

    def _checked(self, value: dt.date) -> dt.date:
        if self.earliest and value < self.earliest:
            limit = formats.date_format(self.earliest, "j F Y")
            raise self._error(_("%(date)s must be the same as or after %(limit)s"), "too_early", limit=limit)
        if self.latest and value > self.latest:
            if self.latest_is_today:
                raise self._error(_("%(date)s must be today or in the past"), "in_future")
            limit = formats.date_format(self.latest, "j F Y")
            raise self._error(_("%(date)s must be the same as or before %(limit)s"), "too_late", limit=limit)
        self.run_validators(value)
        return value

    def _error(self, message: Any, code: str, part: str | None = None, **words: str) -> ValidationError:
        named = self.named or self.label or gettext("Date")
        return ValidationError(message, code=code, params={"date": named, "part": part, **words})


def _whole_number(text: str) -> int | None:
    # isdecimal() alone would let through digits of other scripts, which nobody means to type here.
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


def _month(text: str) -> int | None:
    """The month of a number, a name or its first three letters, in English or the reader's language."""
    number = _whole_number(text)
    if number is not None:
        return number
    typed = text.casefold().rstrip(".")
    for month in range(1, 13):
        names = {ENGLISH_MONTHS[month - 1], str(dates.MONTHS[month]).casefold()}
        if typed in names or typed in {name[:3] for name in names} or typed == str(dates.MONTHS_3[month]).casefold():
            return month
    return None


class WithHints:
    """A choice widget that shows a hint under some of its choices: `hints={value: text}`."""

    def __init__(self, *args: Any, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.hints = hints or {}
        super().__init__(*args, **kwargs)


class GovukRadios(WithHints, forms.RadioSelect):
    """Radios, with hints."""


class GovukCheckboxes(WithHints, forms.CheckboxSelectMultiple):
    """Checkboxes, with hints."""
