"""Entry by lottery: the draw can be made again by hand, does not look at the list's order, and is even over seeds."""

import hashlib
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.lottery import Draw, check, commitment, draw, list_hash

SEED = "aseedthatnobodydrewsinceitisatest1"
KEYS = ("p-amber", "p-birch", "p-cedar", "p-dune", "p-elm", "p-fern")


def of(keys: Any = KEYS, *, seed: str = SEED, places: Any = 2, **more: Any) -> Draw:
    return draw(keys, places=places, seed=seed, committed=commitment(seed), **more)


def by_hand(key: str) -> str:
    return hashlib.sha256(f"{SEED}:{key}".encode()).hexdigest()


def test_a_draw_that_was_worked_out_with_sha256sum() -> None:
    # printf '%s\n' 2 p-amber p-birch p-cedar p-dune p-elm p-fern | sha256sum, and
    # for k in p-amber ...; do printf '%s' $SEED:$k | sha256sum; done | sort
    found = of()
    assert found.commitment[:8] == "267004ce"
    assert found.list_hash[:8] == "d61aea02"
    assert [(each.key, each.ticket[:8]) for each in found.entrants] == [
        ("p-birch", "01587e2d"),
        ("p-fern", "0ee2a337"),
        ("p-elm", "3290f98c"),
        ("p-dune", "95094932"),
        ("p-amber", "a19f40c2"),
        ("p-cedar", "d1e9bc86"),
    ]
    assert found.drawn == tuple(each.key for each in found.entrants[:2])
    assert [each.is_drawn for each in found.entrants] == [True] * 2 + [False] * 4
    assert [each.place for each in found.entrants] == [1, 2, 3, 4, 5, 6]
    assert found.grade is Grade.DESIGNED


@given(st.lists(st.text("abcdefghij", min_size=1, max_size=5), min_size=2, max_size=12, unique=True), st.randoms())
def test_the_draw_does_not_depend_on_the_order_of_the_list(keys: list[str], chance: random.Random) -> None:
    other = list(keys)
    chance.shuffle(other)
    found = of(keys, places=1)
    assert of(other, places=1) == found
    assert [each.ticket for each in found.entrants] == sorted(by_hand(key) for key in keys)
    strata = {key: "ab"[len(key) % 2] for key in keys}
    if len(set(strata.values())) == 2:
        one, two = (of(order, places=1, strata=[strata[key] for key in order]) for order in (keys, other))
        assert one == two


def test_places_are_even_over_seeds() -> None:
    keys, seeds = KEYS[:5], 4000
    counts = {key: [0] * len(keys) for key in keys}
    for number in range(seeds):
        for each in of(keys, seed=f"{number:032d}").entrants:
            counts[each.key][each.place - 1] += 1
    even = seeds / len(keys)
    chi_squared = sum((count - even) ** 2 / even for row in counts.values() for count in row)
    assert chi2.sf(chi_squared, (len(keys) - 1) ** 2) > 0.01


def test_pairs_of_places_are_even_over_seeds() -> None:
    orders: dict[tuple[str, ...], int] = {}
    for number in range(2400):
        order = tuple(each.key for each in of(KEYS[:4], seed=f"{number:032x}").entrants)
        orders[order] = orders.get(order, 0) + 1
    assert len(orders) == 24
    assert chi2.sf(sum((count - 100) ** 2 / 100 for count in orders.values()), 23) > 0.01


def test_strata_are_drawn_each_by_itself() -> None:
    strata = ["north", "north", "north", "north", "south", "south"]
    found = of(strata=strata, places={"north": 1, "south": 1})
    assert [each.place for each in found.entrants] == [1, 2, 3, 4, 1, 2]
    assert [sum(each.is_drawn for each in found.entrants if each.stratum == area) for area in ("north", "south")] == [
        1,
        1,
    ]
    # The tickets are the same as without strata: a person's own does not depend on who else is on the list.
    assert {each.key: each.ticket for each in found.entrants} == {each.key: each.ticket for each in of().entrants}


@pytest.mark.parametrize(
    ("places", "sizes", "shared"),
    [
        (3, {"a": 4, "b": 2}, {"a": 2, "b": 1}),
        (4, {"a": 3, "b": 3}, {"a": 2, "b": 2}),
        (3, {"a": 3, "b": 3}, {"a": 2, "b": 1}),  # equal remainders and sizes: first by name
        (2, {"a": 1, "b": 4}, {"a": 0, "b": 2}),
        (5, {"a": 1, "b": 1, "c": 4}, {"a": 1, "b": 1, "c": 3}),
    ],
)
def test_places_shared_out_in_proportion(places: int, sizes: dict[str, int], shared: dict[str, int]) -> None:
    strata = [name for name, size in sizes.items() for _ in range(size)]
    found = of([f"k{number}" for number in range(len(strata))], places=places, strata=strata)
    assert found.places == shared
    assert len(found.drawn) == places


def test_a_beacon_changes_the_draw_and_is_published_with_it() -> None:
    keys = [f"k{number}" for number in range(30)]
    with_beacon = of(keys, beacon="draw 2731: 4 8 15 16 23 42")
    assert with_beacon.drawn != of(keys).drawn
    check(with_beacon, SEED)
    with pytest.raises(InputError, match="has place"):
        check(replace(with_beacon, beacon="another"), SEED)


def test_a_published_draw_that_was_tampered_with() -> None:
    found = of()
    check(found, SEED)
    first, *others = found.entrants
    moved = replace(found, entrants=(replace(first, place=2), *others))
    with pytest.raises(InputError, match="has place 2 and should have 1"):
        check(moved, SEED)
    with pytest.raises(InputError, match="added or left out"):
        check(replace(found, entrants=found.entrants[:-1]), SEED)
    with pytest.raises(InputError, match="not the one whose hash"):
        check(found, SEED[::-1])
    assert list_hash(KEYS, places=2) != list_hash((*KEYS[:-1], "p-fernx"), places=2)
    more = replace(
        found, places={"": 3}, entrants=tuple(replace(each, is_drawn=each.place <= 3) for each in found.entrants)
    )
    with pytest.raises(InputError, match="places or strata are others"):
        check(more, SEED)


def test_nobody_can_be_given_a_stratum_of_their_own_once_the_seed_is_known() -> None:
    """Every ticket stays as it is: only the hash of the list tells."""
    strata = ["north"] * 4 + ["south"] * 2
    found = of(strata=strata, places={"north": 1, "south": 1})
    # printf '%s\n' north<tab>1 south<tab>1 p-amber<tab>north ... | sha256sum
    assert found.list_hash[:8] == "ab728288"
    check(found, SEED)
    loser = next(each.key for each in found.entrants if not each.is_drawn)
    moved = of(
        strata=["own" if key == loser else stratum for key, stratum in zip(KEYS, strata, strict=True)],
        places={"north": 1, "own": 1, "south": 1},
    )
    assert loser in moved.drawn
    with pytest.raises(InputError, match="places or strata are others"):
        check(replace(moved, list_hash=found.list_hash), SEED)
    with pytest.raises(InputError, match="has a tab"):
        list_hash(KEYS, places=2, strata=["a\tb"] * 6)


@pytest.mark.parametrize(
    ("keys", "options", "why"),
    [
        ((), {}, "Nobody"),
        (("a", "a", "b"), {}, "1 keys are on the list more than once"),
        (("a", " b", "c"), {}, "begins or ends"),
        (("a", "", "c"), {}, "empty"),
        (KEYS, {"places": 7}, "7 places are more than the 6"),
        (KEYS, {"places": -1}, "under 0"),
        (KEYS, {"strata": ["x"]}, "6 keys and 1 strata"),
        (KEYS, {"strata": ["x"] * 6, "places": {"y": 1}}, "Places are given"),
        (KEYS, {"strata": ["x"] * 6, "places": {"x": 9}}, "9 places are more than the 6 entrants of x"),
        (KEYS, {"seed": "short"}, "32 or more"),
        (KEYS, {"seed": SEED + "!"}, "letters and digits"),
    ],
)
def test_bad_lists(keys: tuple[str, ...], options: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        of(keys, **options)


@pytest.mark.parametrize(("places", "why"), [(6, "a place for everybody"), (0, "no place")])
def test_nothing_to_draw(places: int, why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        of(places=places)
