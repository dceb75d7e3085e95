"""The way into the cohort and what followed, by several characteristics, as may be shown: against numbers by hand."""

from datetime import date
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from iom_analytics.errors import InputError
from iom_analytics.evaluation import equality
from iom_analytics.evaluation.selection import hit_rates

EVERYONE = {"age_band": "30 to 39", "ethnicity": "White"}
NOT_TAKEN = dict.fromkeys(equality.STEPS, False)


def people(*given: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """So many people alike, each with the steps named in `took`."""
    return [
        {**EVERYONE, **NOT_TAKEN, **values, **dict.fromkeys(values.get("took", ()), True)}
        for count, values in given
        for _ in range(count)
    ]


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{name: value for name, value in row.items() if name != "took"} for row in rows])


#             eligible  nominated  decided  selected  red  de-selected  below the line   declined, above the line
#   Male           200        120      100        60   30           20              20   40, 20
#   Female          60         30       20        10    4            0               0   10, 0
def drawn() -> list[dict[str, Any]]:
    n, d = ("nominated",), ("nominated", "decided")
    s = (*d, "selected")
    male, female = {"sex": "Male"}, {"sex": "Female"}
    return people(
        (80, male), (20, {**male, "took": n}), (20, {**male, "took": (*d, "above_line")}), (20, {**male, "took": d}),
        (20, {**male, "took": (*s, "highest_rating", "deselected")}),
        (10, {**male, "took": (*s, "highest_rating", "below_line")}), (10, {**male, "took": (*s, "below_line")}),
        (20, {**male, "took": s}),
        (30, female), (10, {**female, "took": n}), (10, {**female, "took": d}),
        (4, {**female, "took": (*s, "highest_rating")}), (6, {**female, "took": s}),
    )  # fmt: skip


def of(rows: list[dict[str, Any]], step: str, base: str, characteristic: str = "sex") -> dict[str, dict[str, Any]]:
    return {
        row["group"]: row
        for row in rows
        if (row["step"], row["of"], row["characteristic"]) == (step, base, characteristic)
    }


def counts(found: dict[str, dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    return {group: (row["base"], row["chosen"]) for group, row in found.items()}


def test_rates_and_relative_rates_are_those_by_hand() -> None:
    rows = equality.funnel(table(drawn())).to_pylist()
    nominated = of(rows, "nominated", "eligible")
    assert counts(nominated) == {"Female": (60, 30), "Male": (200, 120), "All": (260, 150)}
    # 30/60 over 120/200 = 0.8333; log error sqrt(1/30 - 1/60 + 1/120 - 1/200) = 0.141421: 0.63 to 1.10.
    female = nominated["Female"]
    assert [female[f"relative_rate{end}"] for end in ("", "_low", "_high")] == [0.83, 0.63, 1.1]
    assert female["difference"] == -10
    assert (female["rate"], nominated["Male"]["rate"], nominated["Male"]["is_reference"]) == (50, 60, True)
    # 10/60 over 60/200 = 0.5556; log error sqrt(1/10 - 1/60 + 1/60 - 1/200) = 0.308221: 0.30 to 1.02.
    selected = of(rows, "selected", "eligible")["Female"]
    assert [selected[f"relative_rate{end}"] for end in ("", "_low", "_high")] == [0.56, 0.3, 1.02]
    assert counts(of(rows, "selected", "decided")) == {"Female": (20, 10), "Male": (100, 60), "All": (120, 70)}


def test_a_small_count_is_empty_with_what_would_give_it_away() -> None:
    rows = equality.funnel(table(drawn())).to_pylist()
    for step, base, whole in (
        ("highest_rating", "selected", (70, 35)),  # 34, to the nearest five
        ("deselected", "selected", (70, 20)),
        ("below_line", "selected", (70, 20)),
        ("above_line", "declined", (50, 20)),
    ):
        found = of(rows, step, base)
        assert found["Female"]["chosen"] is None
        assert found["Male"]["chosen"] is None, "with the total it would say how many women there were"
        assert found["Male"]["rate"] is None
        assert (found["All"]["base"], found["All"]["chosen"]) == whole
        # The total is of the same people whatever they are divided by.
        assert of(rows, step, base, "ethnicity")["White"]["chosen"] == whole[1]


def test_what_one_characteristic_hides_no_other_shows() -> None:
    """The women de-selected are nobody by sex; if by age the same people could be counted, that would tell."""
    rows = people(
        (40, {"sex": "Male"}),
        (20, {"sex": "Male", "took": ("nominated",)}),
        (9, {"sex": "Female", "took": ("nominated",)}),
        (40, {"sex": "Female"}),
    )
    for row in rows:  # by age the same two groups again
        row["age_band"] = "21 to 24" if row["sex"] == "Female" else "30 to 39"
    found = equality.funnel(table(rows)).to_pylist()
    for characteristic in ("sex", "age_band"):
        nominated = of(found, "nominated", "eligible", characteristic)
        assert [row["chosen"] for row in nominated.values() if row["group"] != "All"] == [None, None]
        assert nominated["All"]["chosen"] == 30


def test_counts_are_to_the_nearest_five_and_rates_are_made_from_those() -> None:
    rows = people((51, {"sex": "Male"}), (22, {"sex": "Male", "took": ("nominated",)}))
    found = of(equality.funnel(table(rows)).to_pylist(), "nominated", "eligible")["Male"]
    assert (found["base"], found["chosen"], found["rate"]) == (75, 20, 27)


def test_a_step_without_the_one_before_is_refused() -> None:
    rows = people((20, {"sex": "Male"}), (1, {"sex": "Male", "took": ("selected",)}))
    with pytest.raises(InputError, match="Row 21 took the step 'selected'"):
        equality.funnel(table(rows))
    with pytest.raises(InputError, match="nobody to look at"):
        equality.funnel(table([]))
    with pytest.raises(InputError, match="no group 'Other'"):
        equality.funnel(table(drawn()), reference={"sex": "Other"})


def followed(scored: bool = True) -> pa.Table:
    """Forty of each of sex, of what the score said and of what followed; half of each were kept for two years."""
    rows = [
        {**EVERYONE, "sex": sex, "days": 700 if number % 2 else 300, "reoffended": did,
         "probability": (0.75 if high else 0.25) if scored else None}
        for sex, high, did in product(("Male", "Female"), (True, False), (True, False))
        for number in range(60 if high == did else 40 if sex == "Male" else 20)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def test_what_followed_is_that_by_hand() -> None:
    found = equality.follow_up(followed(), threshold=0.5)
    by_sex = {row["group"]: row for row in found["hit_rates"] if row["characteristic"] == "sex"}  # type: ignore[union-attr]
    assert counts(by_sex) == {"Female": (160, 80), "Male": (200, 100), "All": (360, 180)}
    assert by_sex["Female"]["relative_rate"] == 1
    kept = {row["group"]: row for row in found["kept"] if row["characteristic"] == "sex"}  # type: ignore[union-attr]
    assert counts(kept) == {"Female": (160, 40), "Male": (200, 50), "All": (360, 90)}
    time = {row["group"]: row for row in found["time"] if row["characteristic"] == "sex"}  # type: ignore[union-attr]
    assert (time["Male"]["people"], time["Male"]["median_days"]) == (200, 500)
    score = {row["group"]: row for row in found["score"] if row["characteristic"] == "sex"}  # type: ignore[union-attr]
    male, female = score["Male"], score["Female"]
    # Of men 100 were above and 100 below: 60 and 40 reoffended, of 75 and 25 expected. Of women 80: 60 and 20.
    assert (male["expected_percent"], male["found_percent"], male["ratio"]) == (50, 50, 1)
    assert (male["ppv"], male["fpr"], male["fnr"]) == (60, 40, 40)
    assert (female["ppv"], female["fpr"], female["fnr"]) == (75, 25, 25)
    # Pairs: 0.6 x 0.6 won, half of 0.6 x 0.4 twice: 0.6.
    assert (male["auc"], female["auc"]) == (0.6, 0.75)
    assert "expected" not in male, "with the ratio it would give the count away"


def test_without_scores_it_is_of_everybody_and_says_so() -> None:
    found = equality.follow_up(followed(scored=False), threshold=0.5)
    assert (found["score"], found["is_of_scored"]) == (None, False)
    data = followed(scored=False)
    slow = hit_rates(data["sex"].to_pylist(), [True] * data.num_rows, data["reoffended"].to_pylist()).to_pylist()
    own = [row for row in found["hit_rates"] if row["characteristic"] == "sex"]  # type: ignore[union-attr]
    assert [row["relative_rate_low"] for row in own] == [row["relative_rate_low"] for row in slow]


def test_most_scored_leaves_the_others_out_of_every_table() -> None:
    data = followed()
    data = data.set_column(
        data.column_names.index("probability"), "probability",
        pa.array([None] * 3 + data["probability"].to_pylist()[3:], pa.float64()),
    )  # fmt: skip
    found = equality.follow_up(data, threshold=0.5)
    everybody = {row["people"] for row in found["score"] if row["group"] == "All"}  # type: ignore[union-attr]
    assert everybody == {row["base"] for row in found["hit_rates"] if row["group"] == "All"} == {355}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2008, 11, 1), "18 to 20"),
        (date(2008, 11, 2), "Under 18"),
        (date(1976, 11, 1), "50 and over"),
        (None, "Not known"),
    ],
)
def test_an_age_is_that_on_the_day(born: date | None, band: str) -> None:
    assert equality.age_band(born, date(2026, 11, 1)) == band
