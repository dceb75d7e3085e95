"""What a scheme costs and what it would have to achieve to be worth it; never what a before-and-after fall "saved".

After the Home Office's IOM value for money toolkit of 2011 (break-even and cost per managed offender), which says of
itself that it is no substitute for measuring impact. Unit costs are averages over crimes, not what one crime fewer
sets free; `reference.unit_costs` says of each whether it is confirmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iom_analytics import reference
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.grade import Grade

UNIT_COST_YEAR = 2015
# Whose cost a crime is; the other rows of `reference.unit_costs` are parts of these, or their sum.
KINDS = ("individual", "business")


@dataclass(frozen=True)
class Avoided:
    """Reoffences avoided per managed person, with an interval, and the grade of the method that found them."""

    per_person: float
    low: float
    high: float
    grade: Grade
    level: float = 0.95


@dataclass(frozen=True)
class CrimeCost:
    """What an average reoffence costs, from each crime's share, unit cost and multiplier; and which are unconfirmed."""

    pounds: float
    price_year: int
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True)
class BreakEven:
    """How many reoffences must be avoided to pay for a scheme, and what share that is of those expected."""

    cost: float
    offences: float
    reduction: float
    is_possible: bool
    grade: Grade = Grade.DESCRIPTIVE


@dataclass(frozen=True)
class Worth:
    """What a reoffence avoided cost (None where none was), the net benefit, and how likely it is to be over 0."""

    cost_per_avoided: float | None
    net_benefit: float
    net_low: float
    net_high: float
    probability: float
    level: float
    grade: Grade


def in_prices_of(pounds: float, *, year: int, priced_in: int = UNIT_COST_YEAR) -> float:
    """The price in another year's money: times the GDP deflator of that year over that of its own.

    A financial year counts as the calendar year in which it begins. Raises InputError where a year is not in the table.
    """
    arrays.finite(pounds=pounds)
    table = {row["year"]: row["deflator"] for row in reference.gdp_deflator().to_pylist()}
    for each in (year, priced_in):
        if each not in table:
            raise InputError(f"There is no GDP deflator of {each}; there are {', '.join(map(str, table))}.")
    return pounds * float(table[year]) / float(table[priced_in])


def running_cost(*, staff: Sequence[tuple[float, float]], other: float = 0, as_usual: float = 0) -> float:
    """What a scheme costs more than business as usual: full-time equivalents times their cost, and other costs."""
    arrays.finite(other=other, as_usual=as_usual)
    for fte, cost in staff:
        arrays.finite(full_time_equivalents=fte, cost=cost)
    if other < 0 or as_usual < 0 or any(fte < 0 or cost < 0 for fte, cost in staff):
        raise InputError("Costs and staff cannot be negative.")
    return sum(fte * cost for fte, cost in staff) + other - as_usual


def cost_per_person(cost: float, *, mean_caseload: float) -> float:
    """The additional running cost for each managed person. Raises EstimateError where nobody was managed."""
    arrays.finite(cost=cost, mean_caseload=mean_caseload)
    if mean_caseload <= 0:
        raise EstimateError("Nobody was managed, so there is no cost per person.")
    return cost / mean_caseload


def crime_costs() -> dict[str, dict[str, Any]]:
    """By crime: its row of `reference.unit_costs`."""
    return {row["crime"]: row for row in reference.unit_costs().to_pylist() if row["kind"] in KINDS}


def cost_of_a_reoffence(
    shares: Mapping[str, float], *, multipliers: Mapping[str, float], year: int, uncosted: float = 0
) -> CrimeCost:
    """What an average reoffence costs: the sum of each crime's share times unit cost times multiplier.

    `uncosted` is the share of reoffences that no unit cost is of, as drugs and breaches: they count for nothing, so a
    reoffence costs at least this.

    A multiplier says how many crimes there are for each one counted. Published ones are old and differ, and none goes
    from convictions to crimes, so each must be given: 1 counts no more than was recorded. Show the result at 1 and at
    the largest anybody would defend: see `at_each_multiplier`.
    """
    arrays.finite(uncosted=uncosted)
    costs = crime_costs()
    for crime, share in shares.items():
        if crime not in costs:
            raise InputError(f"There is no unit cost of '{crime}'; there are {', '.join(costs)}.")
        if crime not in multipliers:
            raise InputError(f"Say how many crimes there are for each '{crime}' counted; 1 if no more.")
        arrays.finite(share=share, multiplier=multipliers[crime])
    if min(shares.values(), default=-1) < 0 or uncosted < 0 or abs(sum(shares.values()) + uncosted - 1) > 1e-6:
        raise InputError("Shares must be 0 or more and add up to 1.")
    if any(multipliers[crime] < 1 for crime in shares):
        raise InputError("A multiplier is 1 or more.")
    pounds = sum(share * costs[crime]["cost"] * multipliers[crime] for crime, share in shares.items())
    unconfirmed = tuple(crime for crime in shares if costs[crime]["confirmed"] != "yes")
    return CrimeCost(in_prices_of(pounds, year=year), year, unconfirmed)


def at_each_multiplier(
    shares: Mapping[str, float], *, multipliers: Sequence[float], year: int, uncosted: float = 0
) -> dict[float, CrimeCost]:
    """What an average reoffence costs at each multiplier, the same for every crime: how much hangs on it."""
    return {
        each: cost_of_a_reoffence(shares, multipliers=dict.fromkeys(shares, each), year=year, uncosted=uncosted)
        for each in multipliers
    }


def break_even(cost: float, *, cost_of_reoffence: float, expected_offences: float) -> BreakEven:
    """How many reoffences must be avoided for a scheme to pay, and what share of those expected without it.

    It says what would be needed, not what was achieved.
    """
    arrays.finite(cost=cost, cost_of_reoffence=cost_of_reoffence, expected_offences=expected_offences)
    if cost_of_reoffence <= 0:
        raise InputError("A reoffence must cost something.")
    if expected_offences <= 0:
        raise EstimateError("No reoffences are expected, so none can be avoided.")
    needed = cost / cost_of_reoffence
    return BreakEven(cost, needed, needed / expected_offences, needed <= expected_offences)


def worth(
    cost: float, *, people: float, avoided: Avoided, cost_of_reoffence: float, seed: int, draws: int = 20_000
) -> Worth:
    """How likely a scheme is to be worth its cost, by draws of the effect from a normal of its interval.

    `people` are those the cost is of, as a mean caseload, and the effect must be of as long as the cost is.
    The probability is of what was avoided being worth more than the cost. Only the effect's uncertainty is in it, not
    that of unit costs. Raises EstimateError where the effect is a fall from before to after, or of nobody.
    """
    if not avoided.grade.is_effect:
        raise EstimateError(f"No money can be reckoned from this: {avoided.grade.sentence}")
    arrays.finite(cost=cost, people=people, cost_of_reoffence=cost_of_reoffence)
    arrays.finite(effect=avoided.per_person, low=avoided.low, high=avoided.high)
    if people <= 0:
        raise EstimateError("Nobody was managed.")
    if cost_of_reoffence <= 0:
        raise InputError("A reoffence must cost something.")
    if not avoided.low <= avoided.per_person <= avoided.high or avoided.low == avoided.high:
        raise InputError("The effect must lie in its interval, and the interval must have a width.")
    z = arrays.errors_either_side(avoided.level)
    error = (avoided.high - avoided.low) / (2 * z)
    drawn = np.random.default_rng(seed).normal(avoided.per_person, error, draws) * people
    net = drawn * cost_of_reoffence - cost
    low, high = arrays.percentiles(net, avoided.level)
    total = avoided.per_person * people
    return Worth(
        cost_per_avoided=cost / total if total > 0 else None,
        net_benefit=total * cost_of_reoffence - cost,
        net_low=low,
        net_high=high,
        probability=float((net > 0).mean()),
        level=avoided.level,
        grade=avoided.grade,
    )
