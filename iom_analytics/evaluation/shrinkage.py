"""Effects of areas drawn towards their mean by how little each area knows: empirical Bayes.

Sources: DerSimonian and Laird 1986, Control. Clin. Trials 7, 177-188 (the spread between areas); Efron and Morris 1975,
J. Am. Stat. Assoc. 70, 311-319 (shrinkage). Intervals hold the uncertainty of the mean but not of the spread, so with
few areas they are somewhat too narrow.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import EstimateError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

MINIMUM_AREAS = 5


@dataclass(frozen=True)
class Shrunk:
    """The areas' effects drawn towards `mean`: by `weight`, the share of each area's own result that is kept."""

    effects: Numbers
    low: Numbers
    high: Numbers
    weight: Numbers
    mean: float
    between: float
    level: float
    grade: Grade


def shrink(effects: npt.ArrayLike, errors: npt.ArrayLike, *, grade: Grade, level: float = 0.95) -> Shrunk:
    """The areas' effects, each with its standard error, drawn towards their mean; `between` is the areas' true spread.

    Raises EstimateError under 5 areas: nobody can tell their spread.
    """
    y, se = arrays.numbers(effects, "Effects"), arrays.positive(errors, "Standard errors")
    arrays.alike(effects=y, errors=se)
    z = arrays.errors_either_side(level)
    if len(y) < MINIMUM_AREAS:
        raise EstimateError(f"There are {len(y)} areas; their spread needs {MINIMUM_AREAS}.")
    fixed = 1 / se**2
    heterogeneity = float(fixed @ (y - fixed @ y / fixed.sum()) ** 2)
    variance = max(0.0, (heterogeneity - len(y) + 1) / float(fixed.sum() - (fixed**2).sum() / fixed.sum()))
    weights = 1 / (se**2 + variance)
    mean = float(weights @ y / weights.sum())
    kept = variance / (variance + se**2)
    shrunk = mean + kept * (y - mean)
    wide = z * np.sqrt(kept * se**2 + (1 - kept) ** 2 / weights.sum())
    return Shrunk(shrunk, shrunk - wide, shrunk + wide, kept, mean, float(np.sqrt(variance)), level, grade)
