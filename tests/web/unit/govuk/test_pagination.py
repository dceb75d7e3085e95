import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from iom.govuk.pagination import page_links, pages
from iom.govuk.query_strings import with_changes, without_value


@pytest.mark.parametrize(
    ("current", "total", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 42, [1, 2, None, 42]),
        (4, 42, [1, 2, 3, 4, 5, None, 42]),  # a gap of one page is that page
        (5, 42, [1, None, 4, 5, 6, None, 42]),
        (6, 42, [1, None, 5, 6, 7, None, 42]),
        (42, 42, [1, None, 41, 42]),
        (1, 0, [1]),
    ],
)
def test_the_pages_that_are_shown(current: int, total: int, shown: list[int | None]) -> None:
    assert pages(current, total) == shown


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(1, total), st.just(total))))
def test_first_last_current_and_neighbours_are_always_there(page: tuple[int, int]) -> None:
    current, total = page
    shown = pages(current, total)
    numbers = [number for number in shown if number is not None]
    assert {1, total, current} <= set(numbers)
    assert {current - 1, current + 1} & set(range(1, total + 1)) <= set(numbers)
    assert numbers == sorted(set(numbers))
    assert len(shown) <= 9
    for before, gap, after in zip(shown, shown[1:], shown[2:], strict=False):
        if gap is None:
            assert before is not None
            assert after is not None
            assert after - before > 2


def test_there_is_no_page_beyond_the_last() -> None:
    with pytest.raises(ValueError, match="no page 4 of 3"):
        pages(4, 3)


def test_one_page_needs_no_links() -> None:
    assert page_links(1, 1, {}) == {}


def test_links_lead_to_the_neighbours() -> None:
    links = page_links(2, 3, {"area": "north", "page": "2"})
    assert links["previous"]["href"] == "?area=north&page=1"
    assert links["next"]["href"] == "?area=north&page=3"
    assert [item["current"] for item in links["items"]] == [False, True, False]


def test_a_sort_link_keeps_the_filters_and_forgets_the_page() -> None:
    asked = QueryDict("area=north&area=south&page=7&sort=name&empty=")
    assert with_changes(asked, sort="-points") == "?area=north&area=south&sort=-points"


def test_a_page_link_keeps_the_filters_and_the_sort() -> None:
    assert with_changes(QueryDict("area=north&sort=name"), page=2) == "?area=north&sort=name&page=2"


def test_a_parameter_set_to_none_goes_away() -> None:
    assert with_changes({"area": ["north", "south"], "sort": "name", "q": None}, area=None) == "?sort=name"


def test_one_value_of_a_filter_can_be_taken_out() -> None:
    assert without_value(QueryDict("area=north&area=south&page=2"), "area", "north") == "?area=south"


def test_values_are_encoded() -> None:
    assert with_changes({}, q="O'Brien & Sons") == "?q=O%27Brien+%26+Sons"
