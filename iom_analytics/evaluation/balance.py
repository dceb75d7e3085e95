"""Is the comparison like the treated? Each covariate before and after, with the Justice Data Lab's traffic light.

The light of a standardised mean difference: green up to 5%, amber up to 10%, red beyond. The thresholds are ours to
confirm: the Data Lab's General Annex was not to be had when this was written.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import pyarrow as pa

from iom_analytics.evaluation.arrays import Flags, Numbers
from iom_analytics.evaluation.study import Covariate, Study

Spread = Literal["pooled", "treated"]

GREEN, AMBER = 0.05, 0.10
SCHEMA = pa.schema(
    {
        "covariate": pa.string(),
        **{
            f"{name}{stage}": pa.float64()
            for stage in ("_before", "")
            for name in ("treated_mean", "comparison_mean", "smd", "variance_ratio", "ks")
        },
        "light": pa.string(),
    }
)


def balance(
    study: Study, weights: Numbers, *, standardised_by: Spread = "pooled", distance: Numbers | None = None
) -> pa.Table:
    """One row per covariate: means of either side, how far apart they are, before and with the weights.

    `smd` is the difference of the means in standard deviations before matching, so that only the means move: of both
    sides together (the root of their mean variance) or of the treated, as MatchIt. `variance_ratio` is that of the
    treated over the comparison, empty for a yes or no; `ks` is the largest distance between the two cumulative
    distributions; `light` is green, amber or red. The row `distance` is first where one is given.
    """
    rows = [] if distance is None else [Covariate("distance", distance)]
    # Sorting a million values lets other threads run meanwhile.
    with ThreadPoolExecutor(2) as both:
        found = both.map(lambda each: row(each, study.treated, weights, standardised_by), (*rows, *study.covariates))
        return pa.Table.from_pylist(list(found), SCHEMA)


def row(covariate: Covariate, treated: Flags, weights: Numbers, standardised_by: Spread) -> dict[str, object]:
    inside, outside = covariate.values[treated], covariate.values[~treated]
    binary = covariate.is_binary
    before = [side(inside, np.ones(len(inside)), binary=binary), side(outside, np.ones(len(outside)), binary=binary)]
    variance = before[0][1] if standardised_by == "treated" else (before[0][1] + before[1][1]) / 2
    found: dict[str, object] = {"covariate": covariate.name}
    for stage, own, others in (
        ("_before", np.ones(len(inside)), np.ones(len(outside))),
        ("", weights[treated], weights[~treated]),
    ):
        kept, used = own > 0, others > 0
        a, b = inside[kept], outside[used]
        (mean, spread), (other_mean, other_spread) = (
            before if stage else [side(a, own[kept], binary=binary), side(b, others[used], binary=binary)]
        )
        apart = (mean - other_mean) / np.sqrt(variance) if variance > 0 else None
        ratio = None if binary or other_spread == 0 else spread / other_spread
        largest = abs(mean - other_mean) if binary else kolmogorov_smirnov(a, own[kept], b, others[used])
        found |= {
            f"treated_mean{stage}": mean,
            f"comparison_mean{stage}": other_mean,
            f"smd{stage}": apart,
            f"variance_ratio{stage}": ratio,
            f"ks{stage}": largest,
        }
        found["light"] = light(apart)
    return found


def side(values: Numbers, weights: Numbers, *, binary: bool) -> tuple[float, float]:
    """The weighted mean and variance; a yes or no has the variance p(1 - p)."""
    share = weights / weights.sum()
    mean = float(share @ values)
    if binary:
        return mean, mean * (1 - mean)
    rest = 1 - float(share @ share)
    return mean, float(share @ (values - mean) ** 2) / rest if rest > 0 else 0.0


def light(difference: float | None) -> str:
    """The colour of a standardised difference; one that cannot be standardised is red."""
    if difference is None or abs(difference) > AMBER:
        return "red"
    return "green" if abs(difference) <= GREEN else "amber"


def kolmogorov_smirnov(a: Numbers, of_a: Numbers, b: Numbers, of_b: Numbers) -> float:
    """The largest distance between two weighted cumulative distributions.

    It is looked for at the values of the first, and just below them: between those only the other moves, one way.
    """
    at, up_to = np.unique(a, return_inverse=True)
    own = np.cumsum(np.bincount(up_to, weights=of_a)) / of_a.sum()
    even = bool(np.all(of_b == of_b[0]))
    order = None if even else np.argsort(b)
    ordered = np.sort(b) if order is None else b[order]
    summed = np.arange(len(b) + 1) / len(b) if order is None else np.append(0, np.cumsum(of_b[order])) / of_b.sum()
    with_ties = summed[np.searchsorted(ordered, at, side="right")]
    without = summed[np.searchsorted(ordered, at, side="left")]
    return float(max(np.abs(own - with_ties).max(), np.abs(np.append(0, own[:-1]) - without).max()))


def c_statistic(probability: Numbers, treated: Flags) -> float:
    """How often a treated unit has the higher propensity of a pair: 0.5 means that the groups cannot be told apart."""
    others = np.sort(probability[~treated])
    mine = probability[treated]
    below = np.searchsorted(others, mine, side="left") + np.searchsorted(others, mine, side="right")
    return float(below.mean() / 2 / len(others))


def effective_size(weights: Numbers) -> float:
    """How many units with equal weights would say as much (Kish)."""
    return float(weights.sum() ** 2 / (weights**2).sum())
