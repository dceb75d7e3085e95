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
    assert all(row["shrunk"] == pytest.approx(40, abs=0.5) for row in rows)


def test_an_area_far_off_is_outside_and_drawn_in() -> None:
    rows = {row["area"]: row for row in between_areas(people(*FIVE, ("Fell", 100, 85))).to_pylist()}
    assert rows["Fell"]["verdict"].startswith("above")
    assert rows["Fell"]["percent"] == 85
    assert rows["Fell"]["shrunk"] < 85
    assert rows["Fell"]["ratio"] == pytest.approx(85 / (100 * 189 / 360))


@pytest.mark.parametrize("small", [("Glen", 9, 5), ("Glen", 30, 9), ("Glen", 30, 21), ("Glen", 19, 10)])
def test_of_a_small_number_nothing_but_the_name_is_left(small: tuple[str, int, int]) -> None:
    row = next(row for row in between_areas(people(*FIVE, small)).to_pylist() if row["area"] == "Glen")
    assert {name for name, value in row.items() if value is not None} == {"area"}


def test_without_areas_or_with_few_it_says_why() -> None:
    with pytest.raises(EstimateError, match="Fewer than 100 people who were managed have an area"):
        between_areas(people((None, 300, 120)))
    with pytest.raises(EstimateError, match="a funnel needs 5"):
        between_areas(people(*FIVE[:4]))


def test_people_of_higher_risk_are_expected_to_reoffend_more() -> None:
    low, high = people(*FIVE, chance=0.3), people(("Fell", 100, 70), chance=0.6)
    rows = {row["area"]: row for row in between_areas(pa.concat_tables([low, high])).to_pylist()}
    assert rows["Fell"]["expected"] > 60  # and not 53, as if all were alike
    assert sum(row["expected"] for row in rows.values()) == pytest.approx(104 + 70, rel=0.01)
    assert np.isclose(rows["Fell"]["observed"], 70)
    assert set(rows["Fell"]) == set(BETWEEN_AREAS.names)
