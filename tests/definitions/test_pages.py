"""The pages on schemes and scores name every factor and every input."""

from pathlib import Path

import pytest

from iom_analytics.cohorts import FACTORS, read_scheme
from iom_analytics.scoring import INPUTS, PREDICTORS

PAGES = Path(__file__).parents[2] / "docs" / "explanation"
PAGE = PAGES / "schemes.md"


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_on_the_page_with_its_parameters(name: str) -> None:
    line = next((line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{name}`:")), "")
    assert all(f"`{parameter}`" in line for parameter in FACTORS[name].parameters)
    assert line.endswith(f"| {FACTORS[name].absent} |")


def test_the_example_on_the_page_is_a_scheme() -> None:
    text = PAGE.read_text().split("```yaml\n")[1].split("```")[0]
    assert read_scheme(text).label == "example 2026.1"


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_on_the_page_with_who_asks_for_it(name: str) -> None:
    rows = [row for row in (PAGES / "scores.md").read_text().splitlines() if f"`{name}`" in row.partition(" | ")[0]]
    assert len(rows) == 1
    asked_by = [each.name for each in PREDICTORS.values() if each.questions and name in each.questions.all]
    assert rows[0].endswith(f"| {', '.join(asked_by)} |" if asked_by else " |")


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_predictor_is_on_the_page_with_its_version_and_bands(name: str) -> None:
    chosen = PREDICTORS[name]
    line = next(row for row in (PAGES / "scores.md").read_text().splitlines() if row.startswith(f"| `{name}`"))
    assert f"| {chosen.version}" in line
    assert line.endswith(f"| {', '.join(f'{bound:g}' for bound in chosen.bounds)} |")
