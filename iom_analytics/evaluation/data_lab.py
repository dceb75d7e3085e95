"""The result row of the Justice Data Lab, field by field, with what may and may not be said from it.

Field names and the three conditions of "significant" are those of the Data Lab's own reporting code; the sentences are
ours. `np_treat` and `np_comparison` are taken to be the numbers of units behind each mean.
"""

from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import numpy as np

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import clusters
from iom_analytics.evaluation.arrays import Flags, Numbers, Places, alike
from iom_analytics.evaluation.effect import Difference, Sample, between, difference, interval, sample
from iom_analytics.evaluation.power import needed_for_significance

REOFFENDERS = 30
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Row:
    """One measure's result. Every figure is None where the row is not reportable; `reason` then says why."""

    measure: str
    treat_number: int | None
    treat_mean: float | None
    treat_ci: float | None
    treat_lower: float | None
    treat_upper: float | None
    np_treat: int | None
    comparison_number: int | None
    comparison_mean: float | None
    comparison_ci: float | None
    comparison_lower: float | None
    comparison_upper: float | None
    np_comparison: int | None
    difference_means: float | None
    difference_ci: float | None
    difference_lower: float | None
    difference_upper: float | None
    difference_p: float | None
    number_needed: int | None
    significant: bool
    reason: str
    can_say: str
    cannot_say: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class People:
    """How many people stand behind a row, who count once whatever their rows, and how many had the outcome or had not.

    `others` are None where the outcome is no yes or no. Of the comparison, whose weights differ, as many as they are
    worth if weighted evenly, so that a few who carry most of a mean are no crowd; None where nothing is known of them.
    """

    treated: int
    reoffenders: int
    others: int | None
    comparison: float | None = None
    comparison_reoffenders: float | None = None
    comparison_others: float | None = None


def counted(
    happened: Flags, treated: Flags, weights: Numbers, *, is_share: bool, person: Places | None = None
) -> People:
    """The people of a match, from whether the outcome happened on each row; each row is one where no person is given.

    Who had the outcome on one row and had not on another counts for both.
    """
    who = np.arange(len(weights)) if person is None else person
    own, other = treated & (weights > 0), ~treated & (weights > 0)

    def number(some: Flags) -> int:
        return len(np.unique(who[some]))

    def worth(some: Flags) -> float:
        return clusters.worth(who[some], weights[some]) if some.any() else 0.0

    return People(
        number(own),
        number(own & happened),
        number(own & ~happened) if is_share else None,
        worth(other),
        worth(other & happened),
        worth(other & ~happened) if is_share else None,
    )


def result(
    measure: str,
    treated: Sample,
    comparison: Sample,
    *,
    reoffenders: int = 0,
    others: int | None = None,
    people: People | None = None,
    tested: Difference | None = None,
) -> Row:
    """The result row of a measure. `reoffenders` are the treated of whom there was any, and `others`, of a yes or no,
    those of whom there was none; `people` says the same of both sides, and replaces them where it is given. `tested`
    replaces Welch's test.

    Fewer than 10 people on a side, or fewer than 10 reoffenders of a side (or, of a yes or no, of the rest), and there
    is no figure at all: a mean would give the count away.
    """
    behind = people or People(treated.number, reoffenders, others, comparison.number or None)
    if reason := withheld(behind):
        return nothing(measure, reason)
    found = tested or between(treated, comparison)
    own, other = interval(treated), interval(comparison)
    significant = found.p is not None and found.p <= SIGNIFICANT and behind.reoffenders >= REOFFENDERS
    reason = "" if found.p is not None else untested(treated, comparison)
    can, cannot = words(measure, found, reoffenders=behind.reoffenders, significant=significant, reason=reason)
    return Row(
        measure=measure,
        treat_number=treated.number,
        treat_mean=treated.mean,
        treat_ci=None if own is None else own[1] - treated.mean,
        treat_lower=None if own is None else own[0],
        treat_upper=None if own is None else own[1],
        np_treat=treated.number,
        comparison_number=comparison.number or None,
        comparison_mean=comparison.mean,
        comparison_ci=None if other is None else other[1] - comparison.mean,
        comparison_lower=None if other is None else other[0],
        comparison_upper=None if other is None else other[1],
        np_comparison=comparison.number or None,
        difference_means=found.estimate,
        difference_ci=found.half,
        difference_lower=found.lower,
        difference_upper=found.upper,
        difference_p=found.p,
        number_needed=number_needed(treated.number, found),
        significant=significant,
        reason=reason,
        can_say=can,
        cannot_say=cannot,
    )


@dataclass(frozen=True)
class Measure:
    """One of the Data Lab's measures: its name, the column of `proven_reoffending` it is made of, and how it is shown.

    A share is shown in whole per cent, a frequency to two places for one person and in whole reoffences for 100 people,
    days in whole days and of reoffenders alone.
    """

    name: str
    column: str
    kind: Literal["share", "frequency", "days"]


MEASURES = (
    Measure("the one-year reoffending rate", "reoffended", "share"),
    Measure("the number of reoffences per person", "reoffences", "frequency"),
    Measure("the number of days to the first reoffence", "days_to_first_reoffence", "days"),
    Measure("the number of reoffences tried on indictment only per person", "reoffences_tier_1", "frequency"),
    Measure("the number of reoffences triable either way per person", "reoffences_tier_2", "frequency"),
    Measure("the number of summary reoffences per person", "reoffences_tier_3", "frequency"),
    Measure("the rate of custody for a reoffence", "custody_for_reoffence", "share"),
    Measure("the number of custodial reoffences per person", "custodial_reoffences", "frequency"),
)
"""The Data Lab's measures, its one primary measure first: the others want a correction for how many they are."""


def measured(
    measure: Measure,
    outcome: Numbers,
    *,
    reoffended: Flags,
    treated: Flags,
    weights: Numbers,
    cluster: Places | None = None,
    person: Places | None = None,
) -> Row:
    """The result row of one of the Data Lab's measures, from the outcome of each unit and its weight in the match.

    `cluster` as in `effect.difference`; where that refuses, the row has no figure and its words are the reason.
    `person` says whose rows are whose, so that the Data Lab's numbers are counted of people.

    Time to the first reoffence is of those who reoffended alone, each with its weight: it is no comparison of like with
    like any more, and is left out where fewer than 30 of the treated reoffended. Raises InputError where an outcome is
    missing, or a share is neither 0 nor 1.
    """
    alike(outcome=outcome, reoffended=reoffended, treated=treated, weights=weights)
    used = weights > 0
    is_share, is_days = measure.kind == "share", measure.kind == "days"
    if is_share and not np.isin(outcome[used], (0, 1)).all():
        raise InputError(f"The {measure.name} is of yes or no, 1 or 0; some of those compared have neither.")
    if is_days:
        weights = np.where(reoffended, weights, 0)
    people = counted(reoffended if is_days else outcome > 0, treated, weights, is_share=is_share, person=person)
    if is_days and (people.reoffenders < REOFFENDERS or not people.comparison):
        return nothing(
            measure.name,
            f"fewer than {REOFFENDERS} of the treated reoffended: too few for their time to the first reoffence."
            if people.reoffenders < REOFFENDERS
            else "nobody in the comparison reoffended.",
        )
    try:
        tested = difference(outcome, treated, weights, cluster=cluster)
    except EstimateError as error:
        return nothing(measure.name, str(error))
    return result(
        measure.name,
        sample(outcome[treated], weights[treated]),
        sample(outcome[~treated], weights[~treated]),
        people=people,
        tested=tested,
    )


def shown(row: Row, measure: Measure) -> dict[str, str]:
    """The row's figures as the Data Lab prints them; every one empty where the row has none.

    `treated`, `comparison`, `difference`, `lower` and `upper` (of the difference); `p` to two places; `needed`; for
    a frequency also `treated_per_100`, `comparison_per_100` and `difference_per_100`.
    """
    figures = {
        "treated": row.treat_mean,
        "comparison": row.comparison_mean,
        "difference": row.difference_means,
        "lower": row.difference_lower,
        "upper": row.difference_upper,
    }
    places = 2 if measure.kind == "frequency" else 0
    times = 100 if measure.kind == "share" else 1
    found = {name: displayed(value, places=places, times=times) for name, value in figures.items()}
    if measure.kind == "frequency":
        for name in ("treated", "comparison", "difference"):
            found[f"{name}_per_100"] = displayed(figures[name], times=100)
    return {
        **found,
        "p": displayed(row.difference_p, places=2),
        "needed": "" if row.number_needed is None else f"{row.number_needed:,}",
    }


def nothing(measure: str, reason: str) -> Row:
    """A row without a figure, and why."""
    return Row(measure, *(None,) * 18, False, reason, *unsaid(measure, reason))


def refused(row: Row, reason: str) -> Row:
    """The row with its figures, of which nothing may be said, and why: the groups are not alike, for one."""
    can, cannot = unsaid(row.measure, f"{reason}.")
    return replace(row, significant=False, reason=f"{reason}.", can_say=can, cannot_say=cannot)


def unsaid(measure: str, reason: str) -> tuple[str, str]:
    return "Nothing.", f"Anything about {measure}: {reason}"


def withheld(people: People) -> str:
    """Why a row has no figures; empty where it has."""
    for number, what in (
        (people.treated, "treated people were compared"),
        (people.comparison, "people are in the comparison"),
        (people.reoffenders, "of the treated had the outcome"),
        (people.others, "of the treated did not have the outcome"),
        (people.comparison_reoffenders, "of the comparison had the outcome"),
        (people.comparison_others, "of the comparison did not have the outcome"),
    ):
        # A little under 10 is rounding, of people who weigh the same.
        if number is not None and number < SMALL - 1e-9:
            return f"fewer than {SMALL} {what}."
    return ""


def untested(treated: Sample, comparison: Sample) -> str:
    """Why a difference has no error, said from what the data are."""
    if treated.variance == 0 and comparison.variance == 0:
        return "the outcome does not vary within either group, so there is nothing to test."
    return "what differs between people cancels out within each cluster, so there is nothing to tell chance by."


def number_needed(treated: int, found: Difference) -> int | None:
    """`power.needed_for_significance` where the result is not significant; None also where nothing differs."""
    if found.p is None or found.p <= SIGNIFICANT or found.error is None or found.estimate == 0:
        return None
    return needed_for_significance(treated, estimate=found.estimate, error=found.error, alpha=SIGNIFICANT)


def words(measure: str, found: Difference, *, reoffenders: int, significant: bool, reason: str) -> tuple[str, str]:
    """What can and what cannot be said, in sentences."""
    cause = "that the intervention alone made the difference: the groups may differ in what was not measured"
    if found.p is None:
        return "Nothing about a difference.", f"Anything about {measure}: {reason}"
    which = "lower" if found.estimate < 0 else "higher"
    if significant:
        return (
            (
                f"Among people like these, {measure} was {which} after the intervention than in a comparison group "
                "alike in what was measured; a difference of this size would be unusual by chance."
            ),
            f"It cannot be said {cause}; nor that others would see the same.",
        )
    if found.p <= SIGNIFICANT:
        return (
            f"{measure} was {which} in these figures.",
            (
                f"It cannot be said that this is more than chance: fewer than {REOFFENDERS} of the treated had the "
                "outcome, and the test needs as many."
            ),
        )
    return (
        f"The figures do not show whether {measure} changed. More people would be needed.",
        "It cannot be said that there was an effect, and just as little that there was none.",
    )


def displayed(value: float | None, *, places: int = 0, times: float = 1) -> str:
    """A figure as it is printed, halves away from nought; never '-0'; empty where there is none."""
    if value is None:
        return ""
    text = str(Decimal(repr(value * times)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return text.lstrip("-") if float(text) == 0 else text
