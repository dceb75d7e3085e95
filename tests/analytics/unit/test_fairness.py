"""Selection rates and relative rates by group, against published intervals, and nothing small given away."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from iom_analytics import cohorts
from iom_analytics.cohorts.fairness import Group, compared, published, standard
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import Records

ON = date(2026, 4, 1)


def rows(*groups: tuple[str, int, int], reference: str | None = None) -> dict[str, dict[str, object]]:
    """The rows of the stage 'selected' for groups of so many eligible and so many selected."""
    counted = [Group(name, 3 * base, base, chosen) for name, base, chosen in groups]
    name = standard(counted, reference, "ethnicity")
    return {row["group"]: row for row in compared(published(counted), name, "selected")}


def test_rates_have_the_wilson_intervals_published_by_newcombe() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: 81/263 is 0.2553 to 0.3662, 15/148 is
    # 0.0624 to 0.1605.
    found = rows(("White", 263, 81), ("Black", 148, 15))
    assert [found["White"][name] for name in ("rate", "rate_low", "rate_high")] == [30.8, 25.5, 36.6]
    assert [found["Black"][name] for name in ("rate", "rate_low", "rate_high")] == [10.1, 6.2, 16.0]
    assert (found["White"]["is_reference"], found["Black"]["is_reference"]) == (True, False)
    assert (found["All"]["base"], found["All"]["chosen"]) == (411, 96)


def test_the_relative_rate_of_the_diamond_trial_has_its_interval() -> None:
    # Dawson, Stanko and others 2011: 156 of 368 against 136 of 327; 1.0193 (0.8555 to 1.2144) on the log scale.
    found = rows(("Treated", 368, 156), ("Comparison", 327, 136), reference="Comparison")
    treated = found["Treated"]
    names = ("relative_rate", "relative_rate_low", "relative_rate_high")
    assert [treated[name] for name in names] == [1.02, 0.86, 1.21]
    assert "relative_rate" not in found["Comparison"]


def test_a_small_group_is_hidden_with_whatever_would_give_it_away() -> None:
    found = rows(("White", 300, 60), ("Black", 50, 12), ("Mixed", 40, 4))
    assert found["Mixed"]["suppressed"]
    assert found["Mixed"]["chosen"] is None
    # The total is shown, so one more group must go: the smallest that hides the 4.
    assert found["All"]["chosen"] == 76
    assert [name for name, row in found.items() if row["suppressed"]] == ["Black", "Mixed"]
    assert all("rate_low" not in found[name] for name in ("Black", "Mixed"))
    assert (found["Mixed"]["base"], found["White"]["rate"]) == (40, 20.0)


def test_who_is_not_known_is_shown_and_never_the_reference() -> None:
    found = rows(("White", 300, 60), ("Black", 100, 30), ("Not known", 500, 100))
    assert found["White"]["is_reference"]
    assert (found["Black"]["relative_rate"], found["Not known"]["relative_rate"]) == (1.5, 1.0)


def test_a_reference_that_is_no_group_is_refused() -> None:
    with pytest.raises(InputError, match="no group 'Green' of ethnicity"):
        rows(("White", 300, 60), reference="Green")


def test_the_eligible_are_measured_against_everyone_and_the_selected_against_the_eligible(
    duckdb_engine: Engine,
) -> None:
    # 100 women and 300 men; half of each were sanctioned and are eligible; 60 places go to the first in order.
    keys = [f"p{number:03}" for number in range(400)]
    persons = pa.table(
        {
            "person_key": keys,
            "sex": ["F" if number % 4 == 0 else "M" for number in range(400)],
            "date_of_birth": [date(1990, 1, 1)] * 399 + [None],
            "ethnicity": ["Not stated"] * 10 + ["White"] * 390,
        }
    )
    sanctioned = [key for number, key in enumerate(keys) if number % 8 < 4]
    sanctions = pa.table(
        {
            "person_key": sanctioned,
            "sanction_date": [ON - timedelta(days=number) for number in range(200)],
            "sanction_type": ["conviction"] * 200,
            "offence_code": ["04600"] * 200,
        }
    )
    scheme = cohorts.read_scheme(
        """
        {id: s, version: "1", name: S, purpose: Test, source: Test, effective_from: 2026-01-01,
         capacity: {people: 60, source: Test},
         criteria: [{id: any, name: Any, factor: sanctions_total, at_least: 1, source: Test}],
         components: [{id: n, name: N, factor: sanctions, months: 12, bands: [{at_least: 1, points: 1}], source: Test}]}
        """
    )
    records = Records(
        persons=duckdb_engine.from_arrow(persons, "persons"), sanctions=duckdb_engine.from_arrow(sanctions, "sanctions")
    )
    table = cohorts.fairness(cohorts.rank(duckdb_engine, records, scheme=scheme, on=ON))
    found = {(row["stage"], row["characteristic"], row["group"]): row for row in table.to_pylist()}
    women = found["eligible", "sex", "Female"]
    assert (women["base"], women["chosen"], women["rate"], women["relative_rate"]) == (100, 50, 50.0, 1.0)
    selected = found["selected", "sex", "Female"]
    assert (selected["base"], selected["chosen"], selected["rate"]) == (50, 15, 30.0)
    assert (selected["relative_rate"], found["selected", "sex", "Male"]["is_reference"]) == (1.0, True)
    # One person has no date of birth: the group of one is hidden, and its neighbour with it.
    assert [row["group"] for row in table.to_pylist() if row["characteristic"] == "age_band"][:3] == [
        "30 to 39",
        "Not known",
        "All",
    ]
    assert found["eligible", "age_band", "Not known"]["base"] is None
    assert found["eligible", "age_band", "30 to 39"]["base"] is None
    assert found["eligible", "ethnicity", "Not known"]["suppressed"]
    with pytest.raises(InputError, match="none of the characteristics"):
        cohorts.fairness(cohorts.rank(duckdb_engine, records, scheme=scheme, on=ON), reference={"religion": "x"})
