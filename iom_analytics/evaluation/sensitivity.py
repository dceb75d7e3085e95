"""How much hidden difference it would take to explain a result away, and what many results at once are worth.

Sources: VanderWeele and Ding 2017, Ann. Intern. Med. 167, 268-274 (E-value); Rosenbaum 2002, "Observational Studies",
2nd edition, section 4.3 (bounds for pairs); Lipsitch, Tchetgen Tchetgen and Cohen 2010, Epidemiology 21, 383-388
(negative controls); Holm 1979, Scand. J. Stat. 6, 65-70; Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57, 289-300.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.grade import Grade

Method = Literal["holm", "benjamini-hochberg"]
Verdict = Literal["differs", "alike", "cannot tell"]
LARGEST_GAMMA = 1e6


@dataclass(frozen=True)
class EValue:
    """How strongly something unmeasured would have to go with both treatment and outcome to explain all of it.

    `point` is for the risk ratio itself, `limit` for the end of its interval nearest 1: 1 where the interval holds 1.
    """

    ratio: float
    point: float
    limit: float | None
    grade: Grade


@dataclass(frozen=True)
class RosenbaumBounds:
    """The p-values, one-sided, at each odds (gamma) by which a hidden difference may sway treatment within a pair.

    `worst` maps gamma to the greatest p. `critical` is the gamma up to which the result stays significant; None where
    it is not significant even without any hidden difference.
    """

    pairs_that_differ: int
    in_favour: int
    worst: Mapping[float, float]
    critical: float | None
    alpha: float
    grade: Grade


@dataclass(frozen=True)
class NegativeControl:
    """What a comparison finds where treatment can have done nothing, such as offending before it.

    `verdict`: 'differs' where the interval leaves out 0 (the groups were not alike), 'alike' where it lies within the
    margin, else 'cannot tell'.
    """

    difference: float
    low: float
    high: float
    margin: float
    verdict: Verdict
    grade: Grade


@dataclass(frozen=True)
class Adjusted:
    """The p-values of secondary measures, adjusted for how many there are; the primary one is not among them."""

    method: Method
    p: Mapping[str, float]
    significant: tuple[str, ...]
    alpha: float


def e_value(
    ratio: float, *, low: float | None = None, high: float | None = None, grade: Grade = Grade.COMPARISON
) -> EValue:
    """The E-value of a risk ratio and of the limit of its interval nearest 1.

    RR + sqrt(RR (RR - 1)), of the inverse where the ratio is under 1. An odds ratio of a common outcome (over 15%) is
    not a risk ratio: give its square root (VanderWeele and Ding, table 2). A hazard ratio of one needs another formula
    and is not taken here.
    """
    if (low is None) != (high is None):
        raise InputError("Give both ends of the interval, or neither.")
    limit = None
    if low is not None and high is not None:
        if not low <= ratio <= high:
            raise InputError(f"The ratio {ratio} does not lie in its interval {low} to {high}.")
        if low <= 0:
            raise EstimateError("The interval reaches 0: a ratio has no E-value there.")
        limit = 1.0 if low <= 1 <= high else e_value_of(high if ratio < 1 else low)
    return EValue(ratio, e_value_of(ratio), limit, grade)


def e_value_of(ratio: float) -> float:
    if not (ratio > 0 and math.isfinite(ratio)):
        raise EstimateError("The risk ratio is 0 or not finite (nobody reoffended in a group): it has no E-value.")
    above = ratio if ratio >= 1 else 1 / ratio
    return above + math.sqrt(above * (above - 1))


def rosenbaum_bounds(
    *,
    only_comparison: int,
    only_treated: int,
    gammas: tuple[float, ...] = (1, 1.25, 1.5, 2, 3),
    alpha: float = 0.05,
    grade: Grade = Grade.COMPARISON,
) -> RosenbaumBounds:
    """How large a hidden difference a result of matched pairs survives.

    Of pairs in which one alone reoffended: `only_comparison` favour the treatment. McNemar's test at its worst, with
    p+ = gamma / (1 + gamma), one-sided in the direction found. Raises EstimateError where no pair differs.
    """
    arrays.share(alpha, "Alpha")
    arrays.finite(only_comparison=only_comparison, only_treated=only_treated)
    if min(only_comparison, only_treated) < 0:
        raise InputError("Numbers of pairs cannot be negative.")
    if not all(1 <= gamma < math.inf for gamma in gammas):
        raise InputError("Gamma is a finite number, 1 or more.")
    pairs, favour = only_comparison + only_treated, max(only_comparison, only_treated)
    if pairs == 0:
        raise EstimateError("In no pair did one alone reoffend, so there is nothing to bound.")

    def worst(gamma: float) -> float:
        return float(binom.sf(favour - 1, pairs, gamma / (1 + gamma)))

    holds = worst(1) <= alpha
    critical = float(brentq(lambda gamma: worst(gamma) - alpha, 1, LARGEST_GAMMA)) if holds else None
    return RosenbaumBounds(pairs, only_comparison, {gamma: worst(gamma) for gamma in gammas}, critical, alpha, grade)


def negative_control(
    difference: float, low: float, high: float, *, margin: float, grade: Grade = Grade.COMPARISON
) -> NegativeControl:
    """Whether groups differ where treatment can have done nothing; no difference found is not the same as alike.

    `margin` is the difference, in the units of `difference`, that would be too small to matter; settle it beforehand.
    """
    arrays.finite(difference=difference, low=low, high=high, margin=margin)
    if not low <= difference <= high:
        raise InputError(f"The difference {difference} does not lie in its interval {low} to {high}.")
    if margin <= 0:
        raise InputError("The margin must be over 0.")
    verdict: Verdict = "cannot tell"
    if low > 0 or high < 0:
        verdict = "differs"
    elif -margin <= low and high <= margin:
        verdict = "alike"
    return NegativeControl(difference, low, high, margin, verdict, grade)


def adjust(p: Mapping[str, float], *, method: Method = "holm", alpha: float = 0.05) -> Adjusted:
    """The p-values of secondary measures, adjusted.

    Holm: the chance of any false finding stays under alpha. Benjamini-Hochberg: of what is called significant, at most
    a share alpha is false on average.
    """
    arrays.share(alpha, "Alpha")
    if not p:
        raise InputError("There is no p-value to adjust.")
    names = sorted(p, key=lambda name: p[name])
    values = np.array([p[name] for name in names])
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError("A p-value must lie between 0 and 1.")
    many = len(values)
    if method == "holm":
        found = np.maximum.accumulate(values * (many - np.arange(many)))
    else:
        found = np.minimum.accumulate((values * many / np.arange(1, many + 1))[::-1])[::-1]
    by_name = dict(zip(names, np.minimum(found, 1).tolist(), strict=True))
    adjusted = {name: by_name[name] for name in p}
    return Adjusted(method, adjusted, tuple(name for name, value in adjusted.items() if value <= alpha), alpha)
