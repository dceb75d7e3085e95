"""Does a scheme pick groups at different rates? Selection rates and relative rate indices, small numbers suppressed.

The base is the eligible pool (who of the eligible falls within capacity), and before it everyone on record (who is
eligible at all): a scheme can be unfair in its criteria as well as in its points. A difference is no proof of bias, and
no difference no proof of fairness; it is what a public authority must have looked at before a scheme goes live
(Equality Act 2010 s149; R (Bridges) v South Wales Police [2020] EWCA Civ 1058).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import pyarrow as pa
from ibis.expr.types import StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics import disclosure
from iom_analytics.cohorts.ranking import Ranking
from iom_analytics.disclosure import TOTAL
from iom_analytics.errors import InputError
from iom_analytics.history import complete
from iom_analytics.tables import PERSONS

Stage = Literal["eligible", "selected"]

CHARACTERISTICS = ("sex", "age_band", "ethnicity")
NOT_KNOWN = "Not known"
AGE_BANDS = ((18, "Under 18"), (21, "18 to 20"), (25, "21 to 24"), (30, "25 to 29"), (40, "30 to 39"), (50, "40 to 49"))
OLDEST = "50 and over"
IN_ORDER = (*(name for _, name in AGE_BANDS), OLDEST)
SCHEMA = pa.schema(
    {
        "stage": pa.string(),
        "characteristic": pa.string(),
        "group": pa.string(),
        "is_reference": pa.bool_(),
        "base": pa.int64(),
        "chosen": pa.int64(),
        "rate": pa.float64(),
        "rate_low": pa.float64(),
        "rate_high": pa.float64(),
        "relative_rate": pa.float64(),
        "relative_rate_low": pa.float64(),
        "relative_rate_high": pa.float64(),
        "suppressed": pa.bool_(),
    }
)


@dataclass(frozen=True)
class Group:
    """How many of a group are on record, how many of those eligible, and how many of those selected.

    A number is None where it may not be published.
    """

    group: str
    everyone: int | None
    eligible: int | None
    selected: int | None

    def at(self, stage: Stage) -> tuple[int | None, int | None]:
        """The base of a stage, and how many of it were chosen."""
        return (self.everyone, self.eligible) if stage == "eligible" else (self.eligible, self.selected)


def fairness(ranking: Ranking, *, reference: Mapping[str, str] | None = None) -> pa.Table:
    """One row per stage, characteristic and group: how many of how many were chosen, and how that compares.

    Stages: `eligible` (of everyone) and `selected` (of the eligible, within capacity). Characteristics: `sex`,
    `age_band`, `ethnicity`; each has a group 'Not known' and a total 'All'. `base` and `chosen` are counts; `rate` is
    per cent with a 95% Wilson interval; `relative_rate` is the rate over that of the reference group, with a 95%
    interval on the log scale (Katz, Baptista, Azen and Pike 1978). The reference is the group with the most people on
    record (not 'Not known'), or the one named in `reference`. Intervals are not adjusted for how many there are.

    A count under 10, or that would give such a count away, is empty with all that is made from it; `suppressed` says
    that `chosen` is. Both stages are kept safe together, since the chosen of the first are the base of the second.
    Raises InputError where a reference is not a group.
    """
    wanted = dict(reference or {})
    unknown = sorted(set(wanted) - set(CHARACTERISTICS))
    if unknown:
        raise InputError(f"'{unknown[0]}' is none of the characteristics {', '.join(CHARACTERISTICS)}.")
    people = ranking.feeds.engine.cache(characteristics(ranking), "people")
    groups = {name: counted(people, name) for name in CHARACTERISTICS}
    standards = {name: standard(groups[name], wanted.get(name), name) for name in CHARACTERISTICS}
    safe = with_the_same_total([published(groups[name]) for name in CHARACTERISTICS])
    stages: tuple[Stage, ...] = ("eligible", "selected")
    rows = [
        {"stage": stage, "characteristic": name, **row}
        for stage in stages
        for name, of_name in zip(CHARACTERISTICS, safe, strict=True)
        for row in compared(of_name, standards[name], stage)
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def characteristics(ranking: Ranking) -> IbisTable:
    """One row per person: `sex`, `age_band`, `ethnicity`, `eligible`, `within_capacity`."""
    persons = complete(ranking.feeds.records.persons, PERSONS).select("person_key", "sex", "ethnicity")
    history = ranking.feeds.history.select("person_key", "age")
    ranked = ranking.ranked.select("person_key", "eligible", "within_capacity")
    people = ranked.inner_join(persons, "person_key").inner_join(history, "person_key")
    sex = people.sex.cases(("F", "Female"), ("M", "Male"), else_=None).fill_null(NOT_KNOWN)
    ethnicity = people.ethnicity.nullif("Not stated").fill_null(NOT_KNOWN)
    return people.select("eligible", "within_capacity", sex=sex, ethnicity=ethnicity, age_band=age_band(people))


def age_band(people: IbisTable) -> StringValue:
    younger = [(people.age < upper, name) for upper, name in AGE_BANDS]
    return ibis.cases((people.age.isnull(), NOT_KNOWN), *younger, else_=OLDEST)


def counted(people: IbisTable, characteristic: str) -> list[Group]:
    """The groups of a characteristic, in order; 'Not known' last."""
    counts = people.group_by(group=people[characteristic]).aggregate(
        everyone=people.count(),
        eligible=people.count(where=people.eligible),
        selected=people.count(where=people.within_capacity),
    )
    groups = [Group(**row) for row in counts.to_pyarrow().to_pylist()]
    ages = {name: place for place, name in enumerate(IN_ORDER)}
    return sorted(groups, key=lambda each: (each.group == NOT_KNOWN, ages.get(each.group, 0), each.group))


def standard(groups: Sequence[Group], reference: str | None, characteristic: str) -> str | None:
    """The group that the others are compared with; None where there is none."""
    known = [group for group in groups if group.group != NOT_KNOWN]
    if reference is None:
        return max(known, key=lambda group: (group.everyone, group.group)).group if known else None
    if reference not in {group.group for group in known}:
        names = ", ".join(group.group for group in known) or "none"
        raise InputError(f"There is no group '{reference}' of {characteristic} to compare with; there are {names}.")
    return reference


def published(groups: Sequence[Group]) -> list[Group]:
    """The groups and their total, with every number that may not be published left out."""
    counts: dict[str, tuple[int, int, int]] = {}
    for each in groups:
        assert each.everyone is not None
        assert each.eligible is not None
        assert each.selected is not None
        counts[each.group] = (each.everyone, each.eligible, each.selected)
    return [Group(group, *shown) for group, shown in disclosure.suppress_steps(counts, of=(0, 1)).items()]


def with_the_same_total(characteristics: Sequence[list[Group]]) -> list[list[Group]]:
    """The totals are of the same people whatever they are divided by: what one hides, none may show."""
    totals = [groups[-1] for groups in characteristics]

    def shown(name: str) -> int | None:
        values = [getattr(total, name) for total in totals]
        return None if None in values else values[0]

    total = Group(TOTAL, shown("everyone"), shown("eligible"), shown("selected"))
    return [[*groups[:-1], total] for groups in characteristics]


def compared(groups: Sequence[Group], reference: str | None, stage: Stage) -> list[dict[str, Any]]:
    """The rows of one stage and characteristic, from numbers that may be published."""
    of_reference = next((each.at(stage) for each in groups if each.group == reference), (None, None))
    rows = []
    for each in groups:
        base, chosen = each.at(stage)
        row: dict[str, Any] = {
            "group": each.group,
            "is_reference": each.group == reference,
            "base": base,
            "chosen": chosen,
            "rate": disclosure.percent(chosen, base),
            "suppressed": chosen is None,
        }
        if base is not None and chosen is not None:
            row |= rate_interval(chosen, base)
            if all(of_reference) and each.group not in (reference, TOTAL):
                row |= relative_rate(chosen, base, of_reference)
        rows.append(row)
    return rows


def rate_interval(chosen: int, base: int) -> dict[str, float]:
    """The 95% Wilson interval of a rate, in per cent."""
    from scipy.stats import binomtest  # takes a second to import, which commands without it should not

    interval = binomtest(chosen, base).proportion_ci(0.95, method="wilson")
    return {"rate_low": round(100 * float(interval.low), 1), "rate_high": round(100 * float(interval.high), 1)}


def relative_rate(chosen: int, base: int, of_reference: tuple[int | None, int | None]) -> dict[str, float]:
    """The rate over that of the reference group, with its 95% interval on the log scale."""
    from scipy.stats.contingency import relative_risk

    ratio = relative_risk(chosen, base, of_reference[1], of_reference[0])
    interval = ratio.confidence_interval(0.95)
    return {
        "relative_rate": round(float(ratio.relative_risk), 2),
        "relative_rate_low": round(float(interval.low), 2),
        "relative_rate_high": round(float(interval.high), 2),
    }
