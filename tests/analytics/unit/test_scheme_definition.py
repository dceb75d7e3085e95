"""A scheme that does not hold together is refused, and the message names the place."""

import copy
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics import cohorts
from iom_analytics.errors import DefinitionError, InputError

GOOD: dict[str, Any] = yaml.safe_load(
    """
    id: good
    version: "1.0"
    name: A good scheme
    purpose: To be broken.
    source: Nowhere.
    effective_from: 2026-01-01
    effective_to: 2027-01-01
    capacity: {people: 10, local placeholder: true}
    criteria:
      - {id: adult, name: Adult, factor: age, at_least: 18, near: 0.5, source: Law}
    strands:
      - {id: one, name: One, share: 0.5, source: Policy, criteria: [
          {id: sex, name: Sex, factor: sex, is: [F], source: Law}]}
      - {id: two, name: Two, share: 0.5, source: Policy, criteria: []}
    components:
      - {id: burglary, name: Burglary, factor: offences, groups: [burglary_domestic], months: 12, weight: 2,
         bands: [{at_least: 1, points: 5}, {at_least: 3, points: 10}], local placeholder: true}
      - {id: prolific, name: Prolific, factor: prolific, bands: [{is: true, points: 5}], source: Law}
    thresholds:
      - {id: consider, name: Consider, at_least: 10, local placeholder: true}
      - {id: priority, name: Priority, at_least: 20, local placeholder: true}
    """
)


def read(tree: Any) -> cohorts.Scheme:
    return cohorts.read_scheme(yaml.safe_dump(tree, sort_keys=False), definition="broken.yaml")


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    tree = copy.deepcopy(GOOD)
    place: Any = tree
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return tree


def test_a_good_scheme_is_read_as_written() -> None:
    scheme = read(GOOD)
    assert (scheme.label, scheme.capacity.people, scheme.components[0].most_points) == ("good 1.0", 10, 20)
    assert scheme.criteria[0].wanted == "at least 18 years"
    assert scheme.strands[0].criteria[0].is_one_of == ("F",)
    assert [use.name for use in scheme.uses] == ["age", "sex", "offences", "prolific"]
    assert scheme.placeholders == ("burglary", "consider", "priority", "capacity")
    assert scheme.is_in_force(scheme.effective_from)
    assert scheme.effective_to is not None
    assert not scheme.is_in_force(scheme.effective_to)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("name",), None, "broken.yaml: lacks name"),
        (("colour",), "red", "does not know colour"),
        (("version",), 1.0, "version: must be text"),
        (("effective_from",), "soon", "effective_from: must be a date"),
        (("effective_to",), GOOD["effective_from"], "must be after effective_from"),
        (("components",), [], "needs at least one"),
        (("components",), "many", "components: must be a list"),
        (("capacity", "people"), 0, "whole number of at least 1"),
        (("capacity", "people"), True, "whole number of at least 1"),
        (("capacity", "local placeholder"), None, "say where the numbers come from"),
        (("criteria", 0, "source"), None, "adult: say where the numbers come from"),
        (("criteria", 0, "factor"), "shoe_size", "'shoe_size' is not in the vocabulary"),
        (("criteria", 0, "factor"), "ethnicity", "'ethnicity' is not in the vocabulary"),
        (("criteria", 0, "at_least"), None, "exactly one of at_least, at_most, below, is"),
        (("criteria", 0, "at_most"), 25, "exactly one of"),
        (("criteria", 0, "at_least"), "old", "must be a number"),
        (("criteria", 0, "at_least"), True, "must be a number"),
        (("criteria", 0, "near"), 0, "near must be more than 0"),
        (("criteria", 0, "id"), None, "criteria 1: needs an id"),
        (("criteria", 0, "months"), 12, "does not know months"),
        (("criteria", 0), "adult", "criteria 1: must be a set"),
        (("strands", 0, "criteria", 0, "is"), ["X"], "'X' is none of F, M"),
        (("strands", 0, "criteria", 0, "near"), 1, "only a criterion about a number"),
        (("strands", 0, "share"), 0.6, "add up to at most 1"),
        (("strands", 0, "share"), 2, "more than 0 and at most 1"),
        (("strands", 1, "share"), None, "either no strand has a share"),
        (("strands", 1, "id"), "one", "the id 'one' is used twice"),
        (("components", 0, "groups"), ["burglary"], "'burglary' is none of"),
        (("components", 0, "groups"), [], "must be words"),
        (("components", 0, "groups"), ["robbery", "robbery"], "each once"),
        (("components", 0, "months"), 0, "from 1 to 1200"),
        (("components", 0, "weight"), -1, "weight must be more than 0"),
        (("components", 0, "bands"), None, "lacks bands"),
        (("components", 0, "bands"), [], "at least one band"),
        (("components", 0, "bands", 1, "at_least"), 1, "bounds of the bands must rise"),
        (("components", 0, "bands", 0), {"at_most": 1, "points": 5}, "compare the same way"),
        (("components", 0, "bands", 0, "points"), -5, "cannot be negative"),
        (("components", 0, "bands", 0, "points"), None, "lacks points"),
        (("components", 0, "bands", 0, "at_most"), 3, "points and exactly one of"),
        (("components", 1, "bands", 0, "is"), "maybe", "prolific is yes or no"),
        (("components", 1, "bands", 0), {"at_least": 1, "points": 5}, "is not a number: use 'is'"),
        (("components", 1, "bands"), [{"is": True, "points": 5}, {"is": True, "points": 6}], "in two bands"),
        (("thresholds", 1, "at_least"), 10, "must rise"),
    ],
)
def test_what_does_not_hold_together_is_named(path: tuple[Any, ...], value: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message.replace("(", r"\(")) as error:
        read(changed(path, value))
    assert error.value.definition == "broken.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [", "not valid YAML"),
        ("id: a\nid: b\n", "'id' is given twice"),
        ("just words", "must be a set"),
        ("", "must be a set"),
        ("id: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_text_that_is_no_scheme_is_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        cohorts.read_scheme(text)


def test_a_scheme_file_is_read_by_its_path_and_a_shipped_one_by_its_id(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(GOOD))
    assert cohorts.load_scheme(path) == read(GOOD)
    assert cohorts.load_scheme("women").name == "Women"
    with pytest.raises(InputError, match=r"no scheme file 'theirs.yaml'\. Shipped schemes: domestic-abuse"):
        cohorts.load_scheme("theirs.yaml")
    path.write_bytes("id: caf\u00e9".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        cohorts.load_scheme(path)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the tree, by its path."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [found for key, child in children for found in [(*path, key), *places(child, (*path, key))]]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.dates(),
    st.datetimes(),
    st.lists(st.one_of(st.text(max_size=3), st.integers()), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@settings(deadline=None)
@given(path=st.sampled_from(places(GOOD)), value=VALUES)
def test_whatever_is_written_is_read_or_refused_and_never_crashes(path: tuple[Any, ...], value: Any) -> None:
    with suppress(DefinitionError):
        assert isinstance(read(changed(path, value)), cohorts.Scheme)
