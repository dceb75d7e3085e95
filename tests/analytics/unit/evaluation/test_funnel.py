"""Areas beside each other in a funnel: exact limits, spread beyond chance, nobody ranked."""

import numpy as np
import pytest
from scipy.stats import binom

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.funnel import exact_limits, funnel, random_limits

NAMES = ["Arden", "Barset", "Casterbridge", "Dorlcote", "Elmet", "Felpersham"]


def by_hand(target: float, size: int, p: float) -> float:
    """Spiegelhalter's interpolated limit, counted up term by term."""
    below, count = 0.0, 0
    while True:
        own = float(binom.pmf(count, size, target))
        if below + own > p:
            return max(0.0, (count - (below + own - p) / own) / size)
        below, count = below + own, count + 1


@pytest.mark.parametrize(("target", "size"), [(0.3, 10), (0.3, 100), (0.02, 40), (0.9, 57)])
def test_exact_limits_equal_those_counted_term_by_term(target: float, size: int) -> None:
    for level in (0.95, 0.998):
        found = exact_limits(target, size, level=level, kind="share")
        assert found == pytest.approx([by_hand(target, size, (1 - level) / 2), by_hand(target, size, (1 + level) / 2)])


def test_limits_of_a_count_hold_their_share_of_chance() -> None:
    # A count lies beyond a limit by chance about as often as the limit says: never more than the level allows.
    counts = np.arange(401)
    for level in (0.95, 0.998):
        low, high = exact_limits(0.35, 400, level=level, kind="share")
        outside = binom.pmf(counts, 400, 0.35)[(counts / 400 < low) | (counts / 400 > high)].sum()
        assert outside == pytest.approx(1 - level, rel=0.35)


def test_a_poisson_rate_has_the_limits_of_a_binomial_of_rare_events() -> None:
    # Ten million chances of one in a hundred thousand are a Poisson count of 100.
    share = exact_limits(1e-5, 1e7, level=0.95, kind="share")
    rate = exact_limits(1e-5, 1e7, level=0.95, kind="rate")
    assert rate == pytest.approx(share, rel=1e-4)


def test_areas_that_differ_by_chance_alone_have_a_small_phi_and_as_many_outside_as_the_limits_say() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(60, 600, 400)
    found = funnel([f"a{each}" for each in range(400)], rng.binomial(sizes, 0.4), sizes)
    # A standard normal with its outer tenths drawn in has a mean square of 0.6786.
    assert found.phi == pytest.approx(0.6786, abs=0.06)
    assert found.between == 0
    assert len(found.outside) / 400 == pytest.approx(0.05, abs=0.03)


def test_a_spread_beyond_chance_is_found_again_and_widens_the_limits() -> None:
    rng = np.random.default_rng(5)
    sizes = np.full(800, 500)
    middle = np.arcsin(np.sqrt(0.4))
    rates = np.sin(middle + rng.normal(0, 0.08, 800)) ** 2
    events = rng.binomial(sizes, rates)
    found = funnel([f"a{each}" for each in range(800)], events, sizes)
    # Drawn in at both ends, a normal keeps some 0.83 of its standard deviation.
    assert 0.055 < found.between < 0.085
    alone = sum(area.by_chance != "inside" for area in found.areas)
    assert alone > 3 * len(found.outside) > 0
    for area in found.areas:
        assert area.random_95[0] <= area.limits_95[0] < area.limits_95[1] <= area.random_95[1]


def test_one_area_far_out_does_not_hide_itself_by_widening_the_limits() -> None:
    rng = np.random.default_rng(6)
    sizes = np.full(40, 300)
    events = rng.binomial(sizes, 0.4)
    events[0] = 270
    found = funnel([f"a{each}" for each in range(40)], events, sizes, target=0.4)
    assert found.phi < 1.1
    z = (events / 300 - 0.4) / (0.24 / 300) ** 0.5
    assert (z**2).mean() > 5  # what phi would be without drawing the outermost in
    assert found.areas[0].verdict == "above 99.8%"


def test_who_is_outside_and_in_which_order() -> None:
    found = funnel(NAMES, [90, 40, 41, 39, 42, 10], [100] * 6, target=0.4)
    assert [area.name for area in found.areas] == NAMES
    assert found.areas[0].by_chance == "above 99.8%"
    assert found.areas[5].by_chance == "below 99.8%"


def test_an_area_with_under_10_people_is_not_shown_and_not_in_the_target() -> None:
    found = funnel(NAMES, [9, 40, 40, 40, 40, 40], [9, 100, 100, 100, 100, 100])
    assert found.not_shown == ("Arden",)
    assert found.target == 0.4
    assert [area.name for area in found.areas] == NAMES[1:]


def test_a_rate_goes_by_people_for_what_is_too_few_to_show() -> None:
    found = funnel(NAMES, [12, 5, 8, 9, 7, 10], [4.0] * 6, kind="rate", people=[30, 9, 30, 30, 30, 30])
    assert found.not_shown == ("Barset",)
    with pytest.raises(InputError, match="number of people"):
        funnel(NAMES, [12] * 6, [4.0] * 6, kind="rate")


def test_random_limits_stay_a_share() -> None:
    low, high = random_limits(0.05, 12, 0.5, level=0.998, kind="share")
    assert low == 0
    assert high <= 1


@pytest.mark.parametrize(
    ("events", "sizes", "why"),
    [
        ([5, 5, 5, 5, 5, 5], [9, 9, 100, 100, 100, 100], "4 areas"),
        ([0] * 6, [100] * 6, "nobody or everybody"),
        ([100] * 6, [100] * 6, "nobody or everybody"),
    ],
)
def test_refused(events: list[int], sizes: list[int], why: str) -> None:
    with pytest.raises(EstimateError, match=why):
        funnel(NAMES, events, sizes)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="In Barset more people did"):
        funnel(NAMES, [5, 101, 5, 5, 5, 5], [100] * 6)
    with pytest.raises(InputError, match="name of its own"):
        funnel(["Arden"] * 6, [5] * 6, [100] * 6)
    with pytest.raises(InputError, match="whole numbers"):
        funnel(NAMES, [5] * 6, [100.5] * 6)
