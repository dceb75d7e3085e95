"""The result row of the Justice Data Lab, field by field, with what may and may not be said from it.

Field names and the three conditions of "significant" are those of the Data Lab's own reporting code; the sentences are
ours. `np_treat` and `np_comparison` are taken to be the numbers of units behind each mean.
"""

from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any

from iom_analytics.disclosure import SMALL
from iom_analytics.evaluation.effect import Difference, Sample, between, interval

REOFFENDERS = 30
SIGNIFICANT = 0.05
NORMAL = 1.959963984540054


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


def result(
    measure: str,
    treated: Sample,
    comparison: Sample,
    *,
    reoffenders: int,
    others: int | None = None,
    tested: Difference | None = None,
) -> Row:
    """The result row of a measure. `reoffenders` are the treated of whom there was any, and `others`, of a yes or no,
    those of whom there was none; `tested` replaces Welch's test.

    Fewer than 10 units on a side, or fewer than 10 treated reoffenders (or, of a yes or no, of the rest), and there is
    no figure at all: a mean would give the count away.
    """
    if reason := withheld(treated, comparison, reoffenders, others):
        return Row(measure, *(None,) * 18, False, reason, "Nothing.", f"Anything about {measure}: {reason}")
    found = tested or between(treated, comparison)
    own, other = interval(treated), interval(comparison)
    significant = (
        found.p is not None and found.p <= SIGNIFICANT and reoffenders >= REOFFENDERS and treated.number >= SMALL
    )
    can, cannot = words(measure, found, reoffenders=reoffenders, significant=significant)
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
        reason="" if found.p is not None else "The outcome is the same for everybody: there is nothing to test.",
        can_say=can,
        cannot_say=cannot,
    )


def withheld(treated: Sample, comparison: Sample, reoffenders: int, others: int | None) -> str:
    """Why a row has no figures; empty where it has."""
    if treated.number < SMALL:
        return f"fewer than {SMALL} treated people were compared."
    if 0 < comparison.number < SMALL:
        return f"fewer than {SMALL} people are in the comparison."
    if reoffenders < SMALL:
        return f"fewer than {SMALL} of the treated had the outcome."
    if others is not None and others < SMALL:
        return f"fewer than {SMALL} of the treated did not have the outcome."
    return ""


def number_needed(treated: int, found: Difference) -> int | None:
    """How many treated people would make a difference of this size significant, with a comparison grown alike.

    Only where it is not. None also where there is no difference, which no number would make one.
    """
    if found.p is None or found.p <= SIGNIFICANT or found.error is None or found.estimate == 0:
        return None
    return ceil(treated * (NORMAL * found.error / found.estimate) ** 2)


def words(measure: str, found: Difference, *, reoffenders: int, significant: bool) -> tuple[str, str]:
    """What can and what cannot be said, in sentences."""
    cause = "that the intervention alone made the difference: the groups may differ in what was not measured"
    if found.p is None:
        return "Nothing about a difference.", f"Anything about {measure}: everybody had the same outcome."
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
                f"It cannot be said that this is more than chance: only {reoffenders} of the treated had the outcome, "
                f"and the test needs {REOFFENDERS}."
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
