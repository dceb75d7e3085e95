"""For whom it worked: each group beside people like it, and no figure of a group under ten."""

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics.errors import InputError
from iom_analytics.evaluation import moderators
from iom_analytics.evaluation.moderators import by_group
from iom_analytics.evaluation.study import Study, read_study


def rows(*, seed: int = 5, people: int = 3000, few: int = 6) -> pa.Table:
    """People who join the likelier the younger; those who join are of three kinds, and `few` of them of a fourth."""
    chance = np.random.default_rng(seed)
    age = chance.uniform(18, 60, people)
    treated = chance.random(people) < 0.35 - 0.005 * (age - 18)
    kinds = chance.choice(["fixed", "flex", "prevent-and-deter"], people).astype(object)
    kinds[np.flatnonzero(treated)[:few]] = "free"
    kinds[~treated] = None
    return pa.table(
        {
            "unit": [str(number) for number in range(people)],
            "treated": treated,
            "sex": np.where(chance.random(people) < 0.3, "F", "M"),
            "age": age,
            "cohort_type": pa.array(kinds.tolist(), pa.string()),
        }
    )


def outcomes(table: pa.Table, *, of_women: float = 0.0, seed: int = 6) -> np.ndarray:
    """Whether they reoffended: the likelier the younger, and women who joined by so much more."""
    chance, treated = np.random.default_rng(seed), moderators.joined(table)
    women = np.array(table["sex"].to_pylist()) == "F"
    share = 0.7 - 0.01 * (table["age"].to_numpy() - 18) + of_women * (women & treated)
    return (chance.random(table.num_rows) < share).astype(float)


def study_of(table: pa.Table) -> Study:
    return read_study(table, treatment="treated", covariates=["age"], unit="unit")


def looked(table: pa.Table, outcome: np.ndarray) -> moderators.Moderated:
    return by_group(outcome, table, study_of=study_of, cluster=np.arange(table.num_rows))


def test_a_planted_difference_by_sex_is_found_and_no_other() -> None:
    table = rows()
    found = looked(table, outcomes(table, of_women=-0.3))
    by_name = {each.moderator: each for each in found.found}
    women, men = by_name["sex"].levels
    assert (women.name, men.name) == ("F", "M")
    assert women.low < -0.3 < women.high
    assert men.low < 0 < men.high
    assert found.interactions is not None
    assert found.interactions.significant == ("sex",)


def test_without_a_difference_none_is_told_from_chance() -> None:
    table = rows()
    found = looked(table, outcomes(table))
    assert found.interactions is not None
    assert found.interactions.significant == ()


def test_the_effect_of_a_group_is_that_of_its_own_slow_twin() -> None:
    """By weights found with scipy's minimiser instead of the library's own steps."""
    from scipy.optimize import minimize

    table = rows()
    outcome, treated = outcomes(table), moderators.joined(table)
    kinds = np.array(table["cohort_type"].to_pylist(), object)
    age = (table["age"].to_numpy() - 39) / 12
    found = {each.moderator: each for each in looked(table, outcome).found}["cohort_type"]
    for level in found.levels:
        own = treated & (kinds == level.name)
        aim = age[own].mean()
        pull = minimize(lambda x, aim=aim: np.log(np.exp(x * (age[~treated] - aim)).sum()), 0.0, tol=1e-12).x
        weight = np.exp(pull * age[~treated])
        expected = outcome[own].mean() - np.average(outcome[~treated], weights=weight)
        assert level.effect == pytest.approx(expected, abs=1e-5)


def test_a_group_under_ten_is_withheld_and_cannot_be_worked_out() -> None:
    table = rows(few=6)
    found = {each.moderator: each for each in looked(table, outcomes(table)).found}["cohort_type"]
    assert "free" in found.withheld
    assert "free" not in {level.name for level in found.levels}


def test_one_group_alone_says_why_and_what_is_missing_is_refused() -> None:
    table = rows()
    alone = table.set_column(table.column_names.index("sex"), "sex", pa.array(["M"] * table.num_rows))
    assert looked(alone, outcomes(alone)).without["sex"] == "Everybody who joined is of one group."
    with pytest.raises(InputError, match="Every row must have an outcome"):
        looked(table, np.full(table.num_rows, np.nan))
