"""For whom does it work? The effect at each level of a moderator, and whether levels differ by more than chance.

A moderator is any column known before treatment began: kind of scheme, lead agency, statutory or not, sex, age band,
locality; of what is recorded during it (time on the cohort, dose, sequence of interventions, caseload) only where both
sides have it, since who stays longer is not who was picked.

Each level is an analysis of its own, doubly robust where the chances of treatment are given, else the difference of
weighted means. Levels are compared by Cochran's Q and I squared (Higgins and Thompson 2002, Stat. Med. 21, 1539-1558)
and drawn towards their mean (`shrinkage`), so that a small level's luck does not pass for a finding. That one level's
interval leaves out 0 and another's does not is no difference between them: only Q's p says, and with several moderators
looked at, only after Holm's correction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import chi2

from iom_analytics import disclosure
from iom_analytics.disclosure import SMALL, TOTAL
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.effect import Difference, difference, doubly_robust
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.sensitivity import Adjusted, adjust
from iom_analytics.evaluation.shrinkage import MINIMUM_AREAS, shrink
from iom_analytics.evaluation.study import Covariate, Study

SIDES = ("treated", "comparison")


@dataclass(frozen=True)
class Level:
    """One level: how many of each side weigh, its effect, and the effect drawn towards the mean of all levels.

    The drawn effect is None where there are under 5 levels: nobody can tell their spread.
    """

    name: str
    treated: int
    comparison: int
    effect: float
    low: float
    high: float
    p: float
    drawn: float | None = None
    drawn_low: float | None = None
    drawn_high: float | None = None


@dataclass(frozen=True)
class Heterogeneity:
    """The levels of a moderator in alphabetical order; those withheld are in nothing else here.

    `withheld` names levels with under 10 on a side, and any whose number would give such a one away. `no_estimate`
    names levels without a standard error: nothing varies, or there are too few people or clusters. `i_squared` is the
    share of the levels' variation that is more than chance; `p` is that of Q.
    """

    moderator: str
    levels: tuple[Level, ...]
    withheld: tuple[str, ...]
    no_estimate: tuple[str, ...]
    mean: float
    q: float
    degrees: int
    p: float
    i_squared: float
    level: float
    grade: Grade


def by_moderator(
    outcome: npt.ArrayLike,
    study: Study,
    weights: npt.ArrayLike,
    moderator: Sequence[str],
    *,
    name: str,
    grade: Grade,
    probability: Numbers | None = None,
    cluster: Places | None = None,
) -> Heterogeneity:
    """The effect at each level of `moderator` (one value per unit of the study).

    With `probability` (the propensity of each unit) estimates are doubly robust, over the units that weigh; without,
    the difference of weighted means. Raises InputError where a level is missing for somebody, EstimateError where under
    two levels can be compared.
    """
    y, w = np.asarray(outcome, np.float64), arrays.numbers(weights, "Weights")
    where = np.asarray([None if each is None else str(each).strip() for each in moderator], object)
    if not len(where) == len(y) == len(w) == len(study.treated):
        raise InputError(f"{name}, the outcome and the weights must have one value for each unit of the study.")
    if any(not each for each in where):
        raise InputError(f"{name} is missing for somebody. Make 'not known' a level of its own.")
    if name_of_total := [each for each in where if each == TOTAL]:
        raise InputError(f"A level of {name} cannot be called '{name_of_total[0]}': that is the total.")
    counts = counted(where, study.treated, w)
    found: list[tuple[Level, float]] = []
    withheld, without = [], []
    for level, (treated, comparison) in counts.items():
        if treated is None or comparison is None:
            withheld.append(level)
            continue
        own = (where == level) & (w > 0)
        try:
            effect = estimated(y, study, w, own, probability, cluster)
        except EstimateError:  # of this level alone: the others can still be compared
            without.append(level)
            continue
        if effect.error is None or effect.lower is None or effect.upper is None or effect.p is None:
            without.append(level)
            continue
        row = Level(level, treated, comparison, effect.estimate, effect.lower, effect.upper, effect.p)
        found.append((row, effect.error))
    if len(found) < 2:
        raise EstimateError(f"{name} has {len(found)} levels that can be shown; a comparison of levels needs 2.")
    return compared(name, found, tuple(withheld), tuple(without), grade)


def interactions(found: Sequence[Heterogeneity], *, alpha: float = 0.05) -> Adjusted:
    """Whether levels differ, for several moderators looked at together: Holm's correction of the p of each Q."""
    names = [each.moderator for each in found]
    if len(set(names)) != len(names):
        raise InputError("A moderator is there twice.")
    return adjust({each.moderator: each.p for each in found}, method="holm", alpha=alpha)


def counted(where: npt.NDArray[np.object_], treated: Flags, weights: Numbers) -> dict[str, tuple[int | None, ...]]:
    """How many of each side weigh at each level, in alphabetical order; None where that may not be shown."""
    levels = sorted(set(where.tolist()))
    table = pa.table(
        {
            "level": [level for level in levels for _ in SIDES],
            "side": list(SIDES) * len(levels),
            "people": [
                int(((where == level) & (treated == own) & (weights > 0)).sum())
                for level in levels
                for own in (True, False)
            ],
        }
    )
    totals = disclosure.with_totals(table, count="people", by=["level", "side"])
    safe = disclosure.suppress(totals, count="people", by=["level", "side"], threshold=SMALL).to_pylist()
    shown = {(row["level"], row["side"]): row["people"] for row in safe}
    return {level: tuple(shown[level, side] for side in SIDES) for level in levels}


def estimated(
    y: Numbers, study: Study, w: Numbers, own: Flags, probability: Numbers | None, cluster: Places | None
) -> Difference:
    units = None if cluster is None else cluster[own]
    if probability is None:
        return difference(y[own], study.treated[own], w[own], cluster=units)
    return doubly_robust(y[own], within(study, own), probability[own], cluster=units)


def within(study: Study, own: Flags) -> Study:
    """The study at one level; covariates that are the same for everybody there say nothing and are left out."""
    kept = [Covariate(each.name, each.values[own], each.in_model) for each in study.covariates]
    return Study(
        study.units.filter(pa.array(own)),
        study.treated[own],
        tuple(each for each in kept if each.values.min() < each.values.max()),
    )


def compared(
    name: str,
    found: Sequence[tuple[Level, float]],
    withheld: tuple[str, ...],
    without: tuple[str, ...],
    grade: Grade,
    level: float = 0.95,
) -> Heterogeneity:
    rows = [row for row, _ in found]
    effects, errors = np.array([row.effect for row in rows]), np.array([error for _, error in found])
    precision = 1 / errors**2
    mean = float(precision @ effects / precision.sum())
    q, degrees = float(precision @ (effects - mean) ** 2), len(rows) - 1
    if len(rows) >= MINIMUM_AREAS:
        drawn = shrink(effects, errors, grade=grade, level=level)
        limits = zip(drawn.effects.tolist(), drawn.low.tolist(), drawn.high.tolist(), strict=True)
        rows = [
            Level(row.name, row.treated, row.comparison, row.effect, row.low, row.high, row.p, *both)
            for row, both in zip(rows, limits, strict=True)
        ]
    p, i_squared = float(chi2.sf(q, degrees)), max(0.0, (q - degrees) / q) if q > 0 else 0.0
    return Heterogeneity(name, tuple(rows), withheld, without, mean, q, degrees, p, i_squared, level, grade)
