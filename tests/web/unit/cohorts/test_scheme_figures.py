"""What is told of a scheme version and its place beside lists that do not show everybody."""

import pytest

from iom.cohorts.presenters import schemes

ROW = {"most_points": 10, "harm": 100.0}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0, 30, ""),
        (9, 12, ""),
        (12, 9, ""),
        (100, 101, "About as many people"),
        (100, 133, "About 35% more people"),
        (200, 150, "About 25% fewer people"),
    ],
)
def test_a_change_of_the_list_is_a_share_and_of_short_lists_nothing(before: int, after: int, said: str) -> None:
    found = schemes.eligible_change(before, after)
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_a_type_of_crime_with_few_offences_has_no_number_and_counts_in_no_share() -> None:
    rows = schemes.area_profile(
        [
            {**ROW, "crime_type": "burglary", "offences": 41},
            {**ROW, "crime_type": "burglary", "offences": 21},
            {**ROW, "crime_type": "robbery", "offences": 38},
            {**ROW, "crime_type": "drugs", "offences": 9},
            {**ROW, "crime_type": "other", "offences": 0, "most_points": 0, "harm": 0.0},
        ]
    )
    told = {row["name"]: (row["offences"], row["share_of_offences"]) for row in rows}
    assert told == {"Burglary": ("60", "60%"), "Robbery": ("40", "40%"), "Drugs": ("Fewer than 10", "Not shown")}
    assert not any(row["is_recorded"] for row in rows), "no feed sends recorded crime"


def test_recorded_crime_stands_beside_where_it_is_sent() -> None:
    rows = schemes.area_profile(
        [
            {**ROW, "crime_type": "burglary", "offences": 41, "recorded_crimes": 303},
            {**ROW, "crime_type": "robbery", "offences": 0, "most_points": 0, "harm": 0.0, "recorded_crimes": 101},
            {**ROW, "crime_type": "drugs", "offences": 20, "recorded_crimes": 4},
            {**ROW, "crime_type": "other", "offences": 0, "most_points": 0, "harm": 0.0, "recorded_crimes": 0},
        ]
    )
    told = {row["name"]: (row["recorded"], row["share_of_recorded"]) for row in rows}
    assert told == {"Burglary": ("305", "75%"), "Robbery": ("100", "25%"), "Drugs": ("Fewer than 10", "Not shown")}
    assert all(row["is_recorded"] for row in rows)
