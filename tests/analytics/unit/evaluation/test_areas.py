"""Areas beside each other: by name, against their own mean, and none of which a small number could be read off."""

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics.errors import EstimateError
from iom_analytics.evaluation.areas import BETWEEN_AREAS, between_areas


def people(*areas: tuple[str | None, int, int], chance: float = 0.5) -> pa.Table:
    """Areas as (name, people, how many of them reoffended)."""
    return pa.table(
        {
            "area": pa.array([name for name, number, _did in areas for _each in range(number)], pa.string()),
            "reoffended": [place < did for _name, number, did in areas for place in range(number)],
            "probability": [chance] * sum(number for _name, number, _did in areas),
        }
    )


FIVE = (("Beck", 60, 24), ("ash", 40, 16), ("Dale", 50, 20), ("Cove", 30, 12), ("Esk", 80, 32))


def test_areas_alike_are_all_at_one_in_alphabetical_order() -> None:
    rows = between_areas(people(*FIVE)).to_pylist()
    assert [row["area"] for row in rows] == ["ash", "Beck", "Cove", "Dale", "Esk"]
    assert [row["ratio"] for row in rows] == pytest.approx([1.0] * 5)
    assert [row["expected"] for row in rows] == pytest.approx([16, 24, 12, 20, 32])
    assert {row["verdict"] for row in rows} == {"inside"}
    assert {row["shrunk"] for row in rows} == {40}


def test_an_area_far_off_is_outside_and_drawn_in() -> None:
    rows = {row["area"]: row for row in between_areas(people(*FIVE, ("Fell", 100, 85))).to_pylist()}
    assert rows["Fell"]["verdict"].startswith("above")
    assert rows["Fell"]["percent"] == 85
    assert rows["Fell"]["shrunk"] < 85
    assert rows["Fell"]["ratio"] == 1.62  # 85 / (100 * 189 / 360)


@pytest.mark.parametrize("small", [("Glen", 9, 5), ("Glen", 30, 9), ("Glen", 30, 21), ("Glen", 19, 10)])
def test_of_a_small_number_nothing_but_the_name_is_left(small: tuple[str, int, int]) -> None:
    row = next(row for row in between_areas(people(*FIVE, small)).to_pylist() if row["area"] == "Glen")
    assert {name for name, value in row.items() if value is not None} == {"area"}


def test_figures_are_no_finer_than_they_may_be() -> None:
    rows = between_areas(people(("Aber", 58, 23), ("Beck", 61, 26), *FIVE[1:])).to_pylist()
    first = rows[0]
    assert (first["people"], first["observed"], first["expected"], first["percent"]) == (60, 25, 23, 40)
    for row in rows:
        for name in ("ratio", "low_95", "high_95", "low_998", "high_998"):
            assert row[name] == round(row[name], 2)
        for name in ("percent", "shrunk", "shrunk_low", "shrunk_high"):
            assert row[name] == round(row[name])


@pytest.mark.parametrize(
    ("small", "left_out"),
    [
        ([("Glen", 1, 1)], {"Glen", "Cove"}),  # who lives there alone reoffended
        ([("Glen", 1, 1), ("Hob", 8, 4)], {"Glen", "Hob", "Cove"}),
        ([("Glen", 30, 9), ("Hob", 12, 3)], {"Glen", "Hob"}),
        ([("Glen", 200, 9)], {"Glen", "Cove"}),
        ([("Glen", 15, 15)], {"Glen", "Cove"}),
    ],
)
def test_what_is_left_out_is_together_of_ten_who_reoffended_and_ten_who_did_not(
    small: list[tuple[str, int, int]], left_out: set[str]
) -> None:
    rows = between_areas(people(*FIVE, *small)).to_pylist()
    assert {row["area"] for row in rows if row["people"] is None} == left_out


def test_without_areas_or_with_few_it_says_why() -> None:
    with pytest.raises(EstimateError, match="Fewer than 100 people who were managed have an area"):
        between_areas(people((None, 300, 120)))
    with pytest.raises(EstimateError, match="a funnel needs 5"):
        between_areas(people(*FIVE[:4]))


def test_people_of_higher_risk_are_expected_to_reoffend_more() -> None:
    low, high = people(*FIVE, chance=0.3), people(("Fell", 100, 70), chance=0.6)
    rows = {row["area"]: row for row in between_areas(pa.concat_tables([low, high])).to_pylist()}
    assert rows["Fell"]["expected"] > 60  # and not 53, as if all were alike
    assert sum(row["expected"] for row in rows.values()) == pytest.approx(104 + 70, abs=3)
    assert np.isclose(rows["Fell"]["observed"], 70)
    assert set(rows["Fell"]) == set(BETWEEN_AREAS.names)
