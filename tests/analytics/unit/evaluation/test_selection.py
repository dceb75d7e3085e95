"""From the eligible pool to the cohort and out again, by group."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics.errors import InputError
from iom_analytics.evaluation.selection import (
    Step,
    hit_rates,
    kept_without_offence,
    label_bias,
    rate_difference,
    selection,
    time_on_cohort,
)

GROUPS = ["White"] * 300 + ["Black"] * 100 + ["Asian"] * 80


def first_of(each: dict[str, int]) -> np.ndarray:
    """The first so many of each group."""
    where = np.array(GROUPS)
    taken = np.zeros(len(GROUPS), bool)
    for name, number in each.items():
        taken[np.flatnonzero(where == name)[:number]] = True
    return taken


REFERRED = first_of({"White": 150, "Black": 70, "Asian": 40})
ADOPTED = first_of({"White": 60, "Black": 45, "Asian": 20})
HIGHEST = first_of({"White": 20, "Black": 25, "Asian": 10})
LEFT = first_of({"White": 30, "Black": 15, "Asian": 10})
STEPS = [
    Step("referred", REFERRED),
    Step("adopted", ADOPTED),
    Step("highest rating", HIGHEST),
    Step("left", LEFT, "adopted"),
]


def rows(table: pa.Table, step: str, of: str) -> dict[str, dict[str, Any]]:
    return {row["group"]: row for row in table.to_pylist() if (row["step"], row["of"]) == (step, of)}


def test_each_step_beside_the_pool_and_the_step_before() -> None:
    found = selection(GROUPS, STEPS)
    assert {(row["step"], row["of"]) for row in found.to_pylist()} == {
        ("referred", "eligible"),
        ("adopted", "eligible"), ("adopted", "referred"),
        ("highest rating", "eligible"), ("highest rating", "adopted"),
        ("left", "eligible"), ("left", "adopted"),
    }  # fmt: skip
    of_pool, of_referred = rows(found, "adopted", "eligible"), rows(found, "adopted", "referred")
    assert (of_pool["Black"]["base"], of_pool["Black"]["chosen"], of_pool["Black"]["rate"]) == (100, 45, 45)
    assert of_pool["Black"]["relative_rate"] == 2.25
    assert of_pool["Black"]["difference"] == 25
    assert of_referred["Black"]["relative_rate"] == round((45 / 70) / (60 / 150), 2)
    assert of_pool["White"]["is_reference"]
    assert of_pool["White"]["relative_rate"] is None
    assert of_pool["All"]["base"] == 480


def test_intervals_are_those_of_statsmodels() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    found = rows(selection(GROUPS, STEPS), "adopted", "eligible")["Black"]
    low, high = confint_proportions_2indep(45, 100, 60, 300, compare="diff", method="newcomb")
    assert (found["difference_low"], found["difference_high"]) == pytest.approx((100 * low, 100 * high), abs=0.051)
    low, high = confint_proportions_2indep(45, 100, 60, 300, compare="ratio", method="log")
    assert (found["relative_rate_low"], found["relative_rate_high"]) == pytest.approx((low, high), abs=0.0051)


def test_a_difference_published_by_newcombe() -> None:
    # Newcombe 1998, Stat. Med. 17, 873-890, table II, example (a): 56/70 less 48/80, method 10: 0.0524 to 0.3339.
    found = rate_difference(56, 70, 48, 80)
    assert found == {"difference": 20.0, "difference_low": 5.2, "difference_high": 33.4}


def test_a_group_under_10_is_hidden_with_what_would_give_it_away() -> None:
    few = first_of({"White": 150, "Black": 70, "Asian": 6})
    found = rows(selection(GROUPS, [Step("referred", few)]), "referred", "eligible")
    hidden = [name for name, row in found.items() if row["suppressed"]]
    assert "Asian" in hidden
    assert len(hidden) >= 2
    for name in hidden:
        assert {found[name][each] for each in ("chosen", "rate", "relative_rate", "difference")} == {None}


def test_the_reference_may_be_named_and_not_known_is_none_by_itself() -> None:
    groups = ["Not known"] * 300 + GROUPS[300:]
    assert rows(selection(groups, STEPS[:1]), "referred", "eligible")["Black"]["is_reference"]
    named = selection(GROUPS, STEPS[:1], reference="Asian")
    assert rows(named, "referred", "eligible")["Asian"]["is_reference"]
    with pytest.raises(InputError, match="no group 'Martian'"):
        selection(GROUPS, STEPS, reference="Martian")


def test_the_outcome_test_is_of_those_adopted_alone() -> None:
    reoffended = first_of({"White": 40, "Black": 20, "Asian": 10})
    found = rows(hit_rates(GROUPS, ADOPTED, reoffended), "reoffended", "adopted")
    assert (found["White"]["base"], found["White"]["chosen"]) == (60, 40)
    assert found["Black"]["relative_rate"] == round((20 / 45) / (40 / 60), 2)


def test_a_score_of_policing_shows_beside_one_of_convictions_alone() -> None:
    rng = np.random.default_rng(2)
    convictions = rng.normal(size=480)
    policed = convictions + 1.2 * (np.array(GROUPS) == "Black") + rng.normal(0, 0.1, 480)
    found = label_bias(GROUPS, policed, convictions, places=120)
    own = rows(found["score"], "within places", "eligible")["Black"]["relative_rate"]
    other = rows(found["convictions only"], "within places", "eligible")["Black"]["relative_rate"]
    assert own > 1.8
    assert 0.6 < other < 1.5
    with pytest.raises(InputError, match="places"):
        label_bias(GROUPS, policed, convictions, places=480)


def test_time_on_the_cohort_and_who_was_kept_without_an_offence() -> None:
    days = np.r_[np.full(300, 400.0), np.full(100, 500.0), np.full(80, 100.0)]
    found = {row["group"]: row for row in time_on_cohort(GROUPS, days).to_pylist()}
    assert (found["Black"]["median_days"], found["All"]["median_days"]) == (500, 400)
    small = time_on_cohort(["a"] * 50 + ["b"] * 9, np.arange(59.0)).to_pylist()
    assert [row["median_days"] for row in small][:2] == [None, None]
    offended = first_of({"White": 150, "Black": 30, "Asian": 20})
    kept = rows(
        kept_without_offence(GROUPS, np.maximum(days, 366), offended),
        "kept over 12 months without an offence",
        "adopted",
    )
    assert (kept["White"]["chosen"], kept["Black"]["chosen"]) == (150, 70)
    with pytest.raises(InputError, match="negative"):
        time_on_cohort(["a"], [-1])


def test_refused() -> None:
    with pytest.raises(InputError, match="without 'referred'"):
        selection(GROUPS, [Step("referred", ADOPTED), Step("adopted", REFERRED)])
    with pytest.raises(InputError, match="no step before it"):
        selection(GROUPS, [Step("adopted", ADOPTED, "nominated")])
    with pytest.raises(InputError, match="twice"):
        selection(GROUPS, [Step("eligible", REFERRED)])
    with pytest.raises(InputError, match="at least one step"):
        selection(GROUPS, [])
    with pytest.raises(InputError, match="missing for somebody"):
        selection(["", *GROUPS[1:]], STEPS)
    with pytest.raises(InputError, match="cannot be called"):
        selection(["All", *GROUPS[1:]], STEPS)
    with pytest.raises(InputError, match="nobody"):
        selection([], [Step("referred", [])])
