"""What may be published of a table of counts."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from iom_analytics import disclosure
from iom_analytics.errors import InputError


def one_way(**counts: int) -> pa.Table:
    table = pa.table({"group": list(counts), "people": list(counts.values())})
    return disclosure.with_totals(table, count="people", by=["group"])


def shown(table: pa.Table, *, by: list[str], threshold: int = 10) -> dict[str, int | None]:
    published = disclosure.suppress(table, count="people", by=by, threshold=threshold)
    rows = published.to_pylist()
    assert all((row["people"] is None) == row["suppressed"] for row in rows)
    return {"/".join(row[name] for name in by): row["people"] for row in rows}


def test_a_small_count_takes_the_next_smallest_with_it_so_that_the_total_does_not_give_it_away() -> None:
    assert shown(one_way(a=3, b=12, c=40), by=["group"]) == {"a": None, "b": None, "c": 40, "All": 55}


def test_without_a_total_only_the_small_count_goes() -> None:
    table = pa.table({"group": ["a", "b"], "people": [9, 10]})
    assert shown(table, by=["group"]) == {"a": None, "b": 10}


def test_two_small_counts_that_could_still_be_told_to_be_small_take_a_third() -> None:
    # 2 and 3 hidden alone would be known to add up to 5.
    assert shown(one_way(a=2, b=3, c=40, d=50), by=["group"]) == {"a": None, "b": None, "c": None, "d": 50, "All": 95}


def test_nought_is_a_small_count() -> None:
    assert shown(one_way(a=0, b=40), by=["group"]) == {"a": None, "b": None, "All": 40}


def test_a_total_that_is_small_goes_too() -> None:
    assert shown(one_way(a=4, b=5), by=["group"]) == {"a": None, "b": None, "All": None}


def test_in_two_ways_a_hidden_cell_is_safe_along_its_row_and_its_column() -> None:
    table = pa.table(
        {"sex": ["F", "F", "M", "M"], "area": ["Arden", "Barset", "Arden", "Barset"], "people": [4, 30, 60, 90]}
    )
    found = shown(disclosure.with_totals(table, count="people", by=["sex", "area"]), by=["sex", "area"])
    assert [found[f"{sex}/{area}"] for sex in "FM" for area in ("Arden", "Barset")] == [None] * 4
    assert (found["All/All"], found["F/All"], found["All/Arden"]) == (184, 34, 64)


def test_a_table_whose_totals_do_not_add_up_is_refused() -> None:
    table = pa.table({"group": ["a", "All"], "people": [11, 12]})
    with pytest.raises(InputError, match="do not add up"):
        shown(table, by=["group"])


@pytest.mark.parametrize("count", [-1, None, 2.5])
def test_a_count_that_is_none_is_refused(count: float | None) -> None:
    with pytest.raises(InputError, match="whole number"):
        shown(pa.table({"group": ["a"], "people": [count]}), by=["group"])


def test_a_cell_that_is_there_twice_is_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        shown(pa.table({"group": ["a", "a"], "people": [11, 12]}), by=["group"])


THRESHOLD, MOST = 4, 24
ANY = np.arange(MOST + 1)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_nobody_can_work_out_that_a_hidden_count_is_small(counts: list[int]) -> None:
    """Against every table there is: some table of counts that looks the same has a large number in the hidden place."""
    cells = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    table = pa.table(
        {"row": [cell[0] for cell in cells], "column": [cell[1] for cell in cells], "people": counts},
    )
    totals = disclosure.with_totals(table, count="people", by=["row", "column"])
    found = shown(totals, by=["row", "column"], threshold=THRESHOLD)
    ax, ay, bx, by = np.meshgrid(ANY, ANY, ANY, ANY, indexing="ij")
    every = {
        "a/x": ax, "a/y": ay, "b/x": bx, "b/y": by, "a/All": ax + ay, "b/All": bx + by,
        "All/x": ax + bx, "All/y": ay + by, "All/All": ax + ay + bx + by,
    }  # fmt: skip
    looks_the_same = np.ones_like(ax, dtype=bool)
    for cell, number in found.items():
        assert number is None or number >= THRESHOLD
        if number is not None:
            looks_the_same &= every[cell] == number
    truth = {"/".join((row["row"], row["column"])): row["people"] for row in totals.to_pylist()}
    for cell, number in truth.items():
        if number < THRESHOLD:
            assert every[cell][looks_the_same].max() >= THRESHOLD, f"{cell} is known to be small"


@pytest.mark.parametrize(("count", "to"), [(0, 0), (2, 0), (3, 5), (12, 10), (13, 15)])
def test_rounding_to_the_nearest_five(count: int, to: int) -> None:
    assert disclosure.rounded(count) == to


def test_halves_round_up() -> None:
    assert disclosure.rounded(15, base=10) == 20


@pytest.mark.parametrize(
    ("count", "of", "expected"),
    [
        (20, 60, 33),
        (50, 400, 12.5),
        (9, 60, None),
        (55, 60, None),
        (None, 60, None),
        (20, None, None),
    ],
)
def test_a_percentage_needs_counts_that_may_be_shown(count: int | None, of: int | None, expected: float | None) -> None:
    assert disclosure.percent(count, of) == expected


def test_steps_hide_who_did_not_take_one_as_well_as_who_did() -> None:
    # 40 of a's 44 were adopted: the 4 who were not would follow from the two counts.
    found = disclosure.suppress_steps({"a": (44, 40), "b": (90, 50), "c": (80, 45)}, of=[0])
    assert None in found["a"]
    assert found["All"][0] == 214


def test_branches_of_one_step_are_each_guarded_by_their_own_rest() -> None:
    counts = {"a": (100, 60, 30, 25), "b": (120, 70, 35, 40)}
    assert disclosure.suppress_steps(counts, of=[0, 1, 1]) == {**counts, "All": (220, 130, 65, 65)}


def test_more_cannot_take_a_step_than_there_are() -> None:
    with pytest.raises(InputError, match="In a more took step 2"):
        disclosure.suppress_steps({"a": (44, 20, 21)}, of=[0, 1])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=3))
def test_no_algebra_tells_that_a_step_hidden_for_being_small_is_small(rows: list[tuple[int, int, int]]) -> None:
    """Put as equations of its own: what is shown leaves each small count room up to the threshold."""
    groups = {f"g{place}": (a + b + c, b + c, c) for place, (a, b, c) in enumerate(rows)}
    found = disclosure.suppress_steps(groups, of=[0, 1], threshold=THRESHOLD)
    many = len(groups)
    # The unknowns: in each group who stopped before step 1, before step 2, and who took both.
    measure = {0: (1, 1, 1), 1: (0, 1, 1), 2: (0, 0, 1)}
    shown, known = [], []
    for place, name in enumerate([*groups, "All"]):
        for step, parts in measure.items():
            if found[name][step] is not None:
                row = np.zeros((many, 3))
                row[slice(None) if name == "All" else place] = parts
                shown.append(row.ravel())
                known.append(found[name][step])
    truth = np.array(rows, float).ravel()
    small = []
    for place in range(many):
        for parts in (*measure.values(), (1, 0, 0), (0, 1, 0)):
            own = np.zeros((many, 3))
            own[place] = parts
            if own.ravel() @ truth < THRESHOLD:
                small.append(own.ravel())
    matrix = np.array(shown).reshape(-1, many * 3)
    # The most that each can be, as far as what is shown tells, when put as equations of the groups' own parts.
    for target in small:
        equations = {"A_eq": matrix, "b_eq": np.array(known, float)} if len(matrix) else {}
        found_most = linprog(-target, bounds=(0, None), method="highs", **equations)
        assert found_most.status == 3 or -found_most.fun >= THRESHOLD - 1e-6
