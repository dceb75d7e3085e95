import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from iom.govuk import filters

UTC = dt.UTC


def test_a_date_is_written_out() -> None:
    assert filters.date(dt.date(2026, 11, 3)) == "3 November 2026"


def test_a_date_is_written_in_welsh_on_a_welsh_page() -> None:
    with translation.override("cy"):
        assert filters.date(dt.date(2026, 11, 3)) == "3 Tachwedd 2026"


def test_a_missing_value_is_said_to_be_missing() -> None:
    assert filters.date(None) == "Not recorded"
    assert filters.date(None, absent="Still open") == "Still open"
    assert filters.datetime(None) == "Not recorded"
    assert filters.number(None) == "Not recorded"
    assert filters.percent(None) == "Not recorded"
    assert filters.time(None, "") == ""


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (dt.datetime(2026, 11, 23, 15, 4, tzinfo=UTC), "23 November 2026 at 3:04pm"),
        (dt.datetime(2026, 7, 1, 8, 0, tzinfo=UTC), "1 July 2026 at 9am"),  # British Summer Time
        (dt.datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "2 July 2026 at 12:30am"),
        (dt.datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "1 January 2026 at midday"),
        (dt.datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "1 January 2026 at midnight"),
    ],
)
def test_a_moment_is_shown_in_london(moment: dt.datetime, shown: str) -> None:
    assert filters.datetime(moment) == shown


def test_the_day_of_a_moment_is_its_day_in_london() -> None:
    assert filters.date(dt.datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        filters.datetime(dt.datetime(2026, 1, 1, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1204, 0, "1,204"),
        (1234567.891, 2, "1,234,567.89"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (-0.4, 0, "0"),
        (-1204.5, 1, "-1,204.5"),
        (Decimal("3"), 2, "3.00"),
        (1e20, 0, "100,000,000,000,000,000,000"),
    ],
)
def test_a_number_is_rounded_half_up_and_its_thousands_separated(
    value: float | Decimal, decimals: int, shown: str
) -> None:
    assert filters.number(value, decimals) == shown


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_a_number_is_not_shown_as_one(value: float) -> None:
    with pytest.raises(ValueError, match="cannot be shown"):
        filters.number(value)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"), [(0.1234, 0, "12%"), (0.1234, 1, "12.3%"), (0.005, 0, "1%"), (1, 0, "100%")]
)
def test_a_proportion_is_shown_as_a_percentage(value: float, decimals: int, shown: str) -> None:
    assert filters.percent(value, decimals) == shown


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (dt.date(2000, 6, 15), dt.date(2018, 6, 14), 17),
        (dt.date(2000, 6, 15), dt.date(2018, 6, 15), 18),
        (dt.date(2000, 2, 29), dt.date(2018, 2, 28), 17),
        (dt.date(2000, 2, 29), dt.date(2018, 3, 1), 18),
        (dt.date(2000, 2, 29), dt.date(2020, 2, 29), 20),
        (dt.date(2000, 1, 1), dt.date(2000, 1, 1), 0),
    ],
)
def test_age_is_in_whole_years(born: dt.date, on: dt.date, age: int) -> None:
    assert filters.age(born, on) == age


@given(st.dates(), st.dates())
def test_age_goes_up_on_no_other_day_than_a_birthday(born: dt.date, on: dt.date) -> None:
    if on <= born or on == dt.date.max:
        return
    grew = filters.age(born, on) - filters.age(born, on - dt.timedelta(days=1))
    leap_birthday = (born.month, born.day) == (2, 29) and (on.month, on.day) == (3, 1)
    assert grew == ((on.month, on.day) == (born.month, born.day) or (leap_birthday and grew == 1))


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="before birth"):
        filters.age(dt.date(2000, 1, 2), dt.date(2000, 1, 1))


def test_an_unanswered_question_is_not_a_no() -> None:
    assert [filters.yesno(each) for each in (True, False, None)] == ["Yes", "No", "Not known"]


def test_a_count_takes_its_noun() -> None:
    assert [filters.pluralise(each, "person", "people") for each in (0, 1, 1204)] == [
        "0 people",
        "1 person",
        "1,204 people",
    ]
    assert filters.pluralise(["a"], "person", "people") == "1 person"
