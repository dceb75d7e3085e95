"""The page on schemes names every factor with what it takes."""

from pathlib import Path

import pytest

from iom_analytics.cohorts import FACTORS, read_scheme

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "schemes.md"


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_on_the_page_with_its_parameters(name: str) -> None:
    line = next((line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{name}`:")), "")
    assert all(f"`{parameter}`" in line for parameter in FACTORS[name].parameters)
    assert line.endswith(f"| {FACTORS[name].absent} |")


def test_the_example_on_the_page_is_a_scheme() -> None:
    text = PAGE.read_text().split("```yaml\n")[1].split("```")[0]
    assert read_scheme(text).label == "example 2026.1"
