"""Every shipped scheme loads, says where its numbers come from, and can be used."""

from datetime import date
from importlib import resources

import pytest
import yaml

from iom_analytics import cohorts

NAMES = cohorts.shipped_schemes()


def test_the_starting_schemes_are_shipped() -> None:
    assert set(NAMES) >= {
        "neighbourhood-crime",
        "prolific-and-priority",
        "drug-interventions",
        "domestic-abuse",
        "women",
        "young-adults",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scheme_loads_under_its_own_name(name: str) -> None:
    scheme = cohorts.load_scheme(name)
    assert scheme.id == name
    assert scheme.is_in_force(date(2026, 4, 1))
    assert len(scheme.source) > 40
    assert len(scheme.purpose) > 40


@pytest.mark.parametrize("name", NAMES)
def test_only_adults_and_those_in_transition_are_eligible(name: str) -> None:
    ages = [part.at_least for part in cohorts.load_scheme(name).criteria if part.use.name == "age" and part.at_least]
    assert ages
    assert min(ages) >= 17.5


@pytest.mark.parametrize("name", NAMES)
def test_all_thresholds_can_be_reached(name: str) -> None:
    scheme = cohorts.load_scheme(name)
    most = sum(component.most_points for component in scheme.components)
    assert all(0 < threshold.at_least < most for threshold in scheme.thresholds)


@pytest.mark.parametrize("name", NAMES)
def test_points_are_never_given_a_source_they_do_not_have(name: str) -> None:
    """No points of any scheme are published: each component is marked as a local placeholder."""
    scheme = cohorts.load_scheme(name)
    assert {component.id for component in scheme.components} <= set(scheme.placeholders)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_says_nothing_that_is_not_read(name: str) -> None:
    """A comment apart, every line of the file is in the scheme: reading fails on what it does not know."""
    text = (resources.files("iom_analytics.cohorts") / "schemes" / f"{name}.yaml").read_text()
    tree = yaml.safe_load(text)
    scheme = cohorts.load_scheme(name)
    assert len(tree["components"]) == len(scheme.components)
    assert len(tree.get("criteria", [])) == len(scheme.criteria)
    assert sum(len(strand["criteria"]) for strand in tree.get("strands", [])) == sum(
        len(strand.criteria) for strand in scheme.strands
    )
