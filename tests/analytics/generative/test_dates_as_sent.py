"""A date written in any of the ways that are read comes back as that day; a year of two digits never does."""

from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics.engine import open_engine
from iom_analytics.tables import parsing

pytestmark = pytest.mark.slow
WAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y%m%d%H%M%S", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y",
    "%d-%b-%Y", "%d %B %Y", "%d%b%Y", "%d/%b/%Y", "%Y-%m-%d 00:00:00", "%Y-%m-%dT23:59", "%d/%m/%Y 9:05",
)  # fmt: skip
GUESSES = ("%d/%m/%y", "%d-%m-%y", "%y-%m-%d", "%d%m%y", "%d-%b-%y", "%d %B %y")
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
Read = Callable[[list[str]], list[date | None]]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """Reads texts as dates, day first."""
    with open_engine("duckdb", threads=2) as engine:

        def query(rows):  # type: ignore[no-untyped-def]
            text = rows.mutate(text=parsing.unwrapped(parsing.trimmed(rows.sent)))
            formed = text.mutate(form=parsing.date_form(text.text))
            iso = parsing.date_iso(formed.text, formed.form, order="dmy", serial=False)
            return formed.select("n", day=iso.try_cast("date")).order_by("n")

        run = engine.prepared(pa.schema({"n": pa.int64(), "sent": pa.string()}), query)
        yield lambda texts: run(pa.table({"n": range(len(texts)), "sent": texts}))["day"].to_pylist()


@settings(max_examples=100, deadline=None)
@given(days=st.lists(DAYS, min_size=1, max_size=20), capitals=st.booleans())
def test_a_date_comes_back_as_the_day_it_is(read: Read, days: list[date], capitals: bool) -> None:
    texts = [day.strftime(way) for day in days for way in WAYS]
    texts = [text.upper() for text in texts] if capitals else texts
    assert read(texts) == [day for day in days for _ in WAYS]


@settings(max_examples=50, deadline=None)
@given(days=st.lists(DAYS, min_size=1, max_size=20))
def test_a_century_is_never_guessed(read: Read, days: list[date]) -> None:
    assert read([day.strftime(way) for day in days for way in GUESSES]) == [None] * (len(days) * len(GUESSES))


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(st.text(max_size=20) | st.text("0123456789/-. :TJanFebMar", max_size=20), min_size=1, max_size=50)
)
def test_any_text_is_a_day_or_nothing(read: Read, texts: list[str]) -> None:
    for day in read([text.replace("\x00", "") for text in texts]):
        assert day is None or 1000 <= day.year < 3000
