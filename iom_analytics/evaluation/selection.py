"""Who gets from the eligible pool to the cohort, stays and leaves, by group: rates beside those of a reference group.

Each step is compared with two bases: the eligible pool (everybody who met the criteria; never the census, of whom most
could not have been picked) and those who got as far as the step before. Rates have Wilson's interval, relative rates
that of Katz, Baptista, Azen and Pike 1978, differences that of Newcombe 1998 (Stat. Med. 17, 873-890, method 10). The
outcome test is Becker's (1957, "The Economics of Discrimination"; Knowles, Persico and Todd 2001, J. Polit. Econ. 109,
203-229): if people of a group were picked on less ground, fewer of those picked reoffend. It can mislead where groups'
risks are spread differently (infra-marginality: Simoiu, Corbett-Davies and Goel 2017, Ann. Appl. Stat. 11, 1193-1216).

A difference is no proof of bias, and none no proof of fairness. Counts under 10, and what would give such a count away,
are empty. Intervals are not adjusted for how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iom_analytics import disclosure
from iom_analytics.cohorts.fairness import rate_interval, relative_rate
from iom_analytics.disclosure import TOTAL
from iom_analytics.errors import InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags, Numbers

POOL = "eligible"
YEAR = 365

SCHEMA = pa.schema(
    {
        "step": pa.string(),
        "of": pa.string(),
        "group": pa.string(),
        "is_reference": pa.bool_(),
        "base": pa.int64(),
        "chosen": pa.int64(),
        **{
            f"{name}{end}": pa.float64()
            for name in ("rate", "relative_rate", "difference")
            for end in ("", "_low", "_high")
        },
        "suppressed": pa.bool_(),
    }
)
TIME_SCHEMA = pa.schema({"group": pa.string(), "people": pa.int64(), "median_days": pa.float64()})


@dataclass(frozen=True)
class Step:
    """A step on the way, who took it, and which step before it they had to take: None for the one before it.

    'eligible' is the pool itself. Branches name their own: the highest rating, an override and de-selection are all of
    'adopted'.
    """

    name: str
    taken: npt.ArrayLike
    of: str | None = None


def selection(
    group: Sequence[str], steps: Sequence[Step], *, reference: str | None = None, pool: str = POOL
) -> pa.Table:
    """One row per step, base and group: how many of how many, and how that compares with the reference group.

    `group` has one value for each person of the eligible pool, and so has each step. Columns: `step`, `of` (the base:
    'eligible', and the step before where that is another), `group` ('All' is the total), `base` and `chosen` (counts),
    `rate` (per cent), `relative_rate` and `difference` (percentage points) with 95% intervals, `suppressed`. The
    reference is the group with most people in the pool unless named; `pool` is what the base of all is called. Raises
    InputError where somebody took a step without the one before, or a group is missing.
    """
    where = read_groups(group)
    names, flags, parents = read_steps(steps, len(where), pool)
    levels = sorted(set(where.tolist()))
    standard = standard_of(where, reference)
    counts = {
        level: [int((where == level).sum()), *(int((taken & (where == level)).sum()) for taken in flags[1:])]
        for level in levels
    }
    safe = disclosure.suppress_steps(counts, parents)
    rows = [
        {"step": names[step], "of": names[base], **row}
        for step, parent in enumerate(parents, start=1)
        for base in sorted({0, parent})
        for row in compared({level: (shown[base], shown[step]) for level, shown in safe.items()}, standard)
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def hit_rates(
    group: Sequence[str], adopted: npt.ArrayLike, reoffended: npt.ArrayLike, *, reference: str | None = None
) -> pa.Table:
    """The outcome test: which share of those adopted reoffended, by group; columns as `selection`.

    A lower rate than the reference group's says that the group may have been picked on less ground.
    """
    picked = arrays.happened(adopted, "Adopted").astype(bool)
    did = arrays.happened(reoffended, "Reoffended").astype(bool)
    where = read_groups(group)
    arrays.alike(groups=where == "", adopted=picked, reoffended=did)
    return selection(where[picked].tolist(), [Step("reoffended", did[picked])], reference=reference, pool="adopted")


def label_bias(
    group: Sequence[str],
    score: npt.ArrayLike,
    convictions_only: npt.ArrayLike,
    *,
    places: int,
    reference: str | None = None,
) -> Mapping[str, pa.Table]:
    """Who falls within the places by the score in use, and by one of convictions alone; columns as `selection`.

    Arrests and intelligence weigh how closely people are policed as well as what they do. Where the relative rates of
    the two tables differ, the score's labels are part of why. Both take the `places` highest, with whoever ties with
    the last. The two tables are 'score' and 'convictions only'.
    """
    own, other = arrays.numbers(score, "Scores"), arrays.numbers(convictions_only, "Scores of convictions only")
    arrays.alike(scores=own, convictions_only=other)
    if not 0 < places < len(own):
        raise InputError(f"The number of places must lie between 1 and {len(own) - 1}; it is {places}.")
    return {
        name: selection(group, [Step("within places", highest(values, places))], reference=reference)
        for name, values in (("score", own), ("convictions only", other))
    }


def highest(score: Numbers, places: int) -> Flags:
    return np.asarray(score >= np.sort(score)[-places])


def time_on_cohort(group: Sequence[str], days: npt.ArrayLike) -> pa.Table:
    """The median time on the cohort in days, by group and for all; empty where a group is too small to be shown.

    `days` are of everybody adopted: until they left, or until now.
    """
    where, spent = read_groups(group), arrays.numbers(days, "Days")
    arrays.alike(groups=where == "", days=spent)
    if (spent < 0).any():
        raise InputError(f"Days cannot be negative; row {arrays.first(spent < 0)} is.")
    counts = {level: [int((where == level).sum())] for level in sorted(set(where.tolist()))}
    rows = [
        {
            "group": level,
            "people": shown[0],
            "median_days": None
            if shown[0] is None
            else float(np.median(spent if level == TOTAL else spent[where == level])),
        }
        for level, shown in disclosure.suppress_steps(counts, of=()).items()
    ]
    return pa.Table.from_pylist(rows, TIME_SCHEMA)


def kept_without_offence(
    group: Sequence[str],
    days: npt.ArrayLike,
    offended: npt.ArrayLike,
    *,
    reference: str | None = None,
) -> pa.Table:
    """Which share of everybody adopted was kept for more than a year without an offence in it; as `selection`."""
    spent, did = arrays.numbers(days, "Days"), arrays.happened(offended, "Offended").astype(bool)
    arrays.alike(days=spent, offended=did)
    step = Step("kept over 12 months without an offence", (spent > YEAR) & ~did)
    return selection(group, [step], reference=reference, pool="adopted")


def read_groups(group: Sequence[str]) -> npt.NDArray[np.object_]:
    where = np.asarray([None if each is None else str(each).strip() for each in group], object)
    if any(not each for each in where):
        raise InputError("A group is missing for somebody. Make 'Not known' a group of its own.")
    if TOTAL in where:
        raise InputError(f"A group cannot be called '{TOTAL}': that is the total.")
    return where


def read_steps(steps: Sequence[Step], people: int, pool: str) -> tuple[list[str], list[Flags], list[int]]:
    """The names, who took each, and of which each is a part; the pool first."""
    if not steps:
        raise InputError("Name at least one step.")
    names, flags, parents = [pool], [np.ones(people, bool)], []
    for step in steps:
        if step.name in names:
            raise InputError(f"The step '{step.name}' is there twice.")
        before = names[-1] if step.of is None else step.of
        if before not in names:
            raise InputError(f"The step '{step.name}' is of '{before}', which is no step before it.")
        taken = arrays.happened(step.taken, f"The step '{step.name}'").astype(bool)
        parent = names.index(before)
        arrays.alike(**{"the pool": flags[0], f"the step {step.name}": taken})
        if (taken & ~flags[parent]).any():
            row = arrays.first(taken & ~flags[parent])
            raise InputError(f"Row {row} took the step '{step.name}' without '{before}'.")
        names.append(step.name)
        flags.append(taken)
        parents.append(parent)
    return names, flags, parents


def standard_of(where: npt.NDArray[np.object_], reference: str | None) -> str:
    """The group to compare with: the largest ('Not known' only where there is none else), or the one named."""
    levels = sorted(set(where.tolist()))
    if not levels:
        raise InputError("There is nobody in the pool.")
    if reference is None:
        return str(max(levels, key=lambda level: (level != "Not known", int((where == level).sum()), level)))
    if reference not in levels:
        raise InputError(f"There is no group '{reference}' to compare with; there are {', '.join(levels)}.")
    return reference


def compared(counts: Mapping[str, tuple[int | None, int | None]], reference: str) -> list[dict[str, Any]]:
    """The rows of one step and base, from counts that may be shown."""
    base_there, chosen_there = counts[reference]
    rows = []
    for level, (base, chosen) in counts.items():
        row: dict[str, Any] = {
            "group": level,
            "is_reference": level == reference,
            "base": base,
            "chosen": chosen,
            "suppressed": chosen is None,
        }
        rate = disclosure.percent(chosen, base)
        if base is not None and chosen is not None and rate is not None:
            row |= {"rate": rate, **rate_interval(chosen, base)}
            there = disclosure.percent(chosen_there, base_there)
            if there is not None and base_there and chosen_there and level not in (reference, TOTAL):
                row |= relative_rate(chosen, base, (base_there, chosen_there))
                row |= rate_difference(chosen, base, chosen_there, base_there)
        rows.append(row)
    return rows


def rate_difference(chosen: int, base: int, chosen_there: int, base_there: int) -> dict[str, float]:
    """The difference of two rates in percentage points, with Newcombe's 95% interval."""
    own, there = wilson(chosen, base), wilson(chosen_there, base_there)
    rate, rate_there = chosen / base, chosen_there / base_there
    gap = rate - rate_there
    down = np.hypot(rate - own[0], there[1] - rate_there)
    up = np.hypot(own[1] - rate, rate_there - there[0])
    found = {"difference": gap, "difference_low": gap - down, "difference_high": gap + up}
    return {name: round(100 * float(value), 1) for name, value in found.items()}


def wilson(chosen: int, base: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    from scipy.stats import binomtest  # takes a second to import, which commands without it should not

    found = binomtest(chosen, base).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)
