import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from iom.govuk.fields import GovukDateField, GovukDateInput

TODAY = dt.date(2026, 11, 23)


def parts(field: GovukDateField, *typed: str) -> dt.date | None:
    return field.clean(list(typed))


@pytest.mark.parametrize(
    "typed",
    [
        ("28", "2", "1990"),
        ("28", "02", "1990"),
        (" 28 ", "February", "1990"),
        ("28", "feb", "1990"),
        ("28", "Feb.", "1990"),
    ],
)
def test_a_day_is_read_however_the_month_is_written(typed: tuple[str, str, str]) -> None:
    assert parts(GovukDateField(), *typed) == dt.date(1990, 2, 28)


def test_welsh_months_are_read_where_the_page_is_welsh() -> None:
    with translation.override("cy"):
        assert parts(GovukDateField(), "28", "Chwefror", "1990") == dt.date(1990, 2, 28)
        assert parts(GovukDateField(), "28", "February", "1990") == dt.date(1990, 2, 28)


@pytest.mark.parametrize(
    ("typed", "message", "part"),
    [
        (("", "2", "1990"), "Date of birth must include a day", "day"),
        (("28", "", "1990"), "Date of birth must include a month", "month"),
        (("28", "2", " "), "Date of birth must include a year", "year"),
        (("", "", "1990"), "Date of birth must include a day and month", "day"),
        (("28", "", ""), "Date of birth must include a month and year", "month"),
        (("31", "2", "1990"), "Date of birth must be a real date", None),
        (("29", "2", "2023"), "Date of birth must be a real date", None),
        (("0", "2", "1990"), "Date of birth must be a real date", None),
        (("28", "13", "1990"), "Date of birth must be a real date", "month"),
        (("28", "Febtember", "1990"), "Date of birth must be a real date", "month"),
        (("x", "2", "1990"), "Date of birth must be a real date", "day"),
        (("28", "2", "90"), "Date of birth must include a year with 4 numbers", "year"),
        (("28", "2", "19900"), "Date of birth must be a real date", "year"),
        (("28", "2", "0000"), "Date of birth must be a real date", None),
        (("२८", "2", "1990"), "Date of birth must be a real date", "day"),
        (("24", "11", "2026"), "Date of birth must be today or in the past", None),
        (("31", "12", "1899"), "Date of birth must be the same as or after 1 January 1900", None),
    ],
)
def test_a_mistake_is_said_in_words_and_on_its_part(
    typed: tuple[str, str, str], message: str, part: str | None
) -> None:
    field = GovukDateField(label="Date of birth", earliest=dt.date(1900, 1, 1), latest=TODAY, latest_is_today=True)
    with pytest.raises(ValidationError) as error:
        parts(field, *typed)
    assert error.value.messages == [message]
    assert isinstance(error.value.params, dict)
    assert error.value.params["part"] == part


def test_the_latest_day_is_included() -> None:
    field = GovukDateField(named="The review date", latest=TODAY)
    assert parts(field, "23", "11", "2026") == TODAY
    with pytest.raises(ValidationError, match="The review date must be the same as or before 23 November 2026"):
        parts(field, "24", "11", "2026")


def test_a_date_may_be_left_out_only_where_it_is_optional() -> None:
    assert parts(GovukDateField(required=False), "", "", "") is None
    with pytest.raises(ValidationError):
        parts(GovukDateField(), "", "", "")
    with pytest.raises(ValidationError):
        parts(GovukDateField(required=False), "28", "", "")


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_what_is_shown_is_read_back_as_the_same_day(day: dt.date) -> None:
    assert GovukDateField().clean(GovukDateInput().decompress(day)) == day


@given(st.lists(st.text(max_size=6), min_size=3, max_size=3))
def test_whatever_is_typed_is_a_day_or_a_clear_mistake(typed: list[str]) -> None:
    try:
        found = GovukDateField(label="Date").clean(list(typed))
    except ValidationError as error:
        found = None
        assert all(error.messages)  # noqa: PT017 (either outcome is right; silence is not)
    assert found is None or isinstance(found, dt.date)
