"""Is the comparison like the treated? Each covariate before and after, with the Justice Data Lab's traffic light.

The light of a standardised mean difference: green up to 5%, amber up to 10%, red beyond. The thresholds are ours to
confirm: the Data Lab's General Annex was not to be had when this was written.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import pyarrow as pa

from iom_analytics.disclosure import SMALL
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


def without_small_groups(table: pa.Table, study: Study, weights: Numbers) -> pa.Table:
    """The balance as it may be kept in a file: no figure of a group of fewer than 10, and why in `withheld`.

    A yes or no (or the level of a category) has no figures where fewer than 10 units on a side are yes, or fewer than
    10 are no, among all or among those compared; the light stays. Of a category with one such level the next smallest
    goes too, which the others would give away.
    """
    used = weights > 0
    sides = [side & kept for side in (study.treated, ~study.treated) for kept in (np.ones_like(used), used)]
    smallest: dict[str, float] = {}
    for each in study.covariates:
        if each.is_binary:
            yes = [float(each.values[side].sum()) for side in sides]
            smallest[each.name] = min(*yes, *(side.sum() - number for side, number in zip(sides, yes, strict=True)))
    hidden = {name for name, number in smallest.items() if number < SMALL}
    for category in {name.partition("=")[0] for name in hidden}:
        levels = [name for name in smallest if name.startswith(f"{category}=")]
        if len(levels) > 1 and len(hidden.intersection(levels)) == 1:
            hidden.add(min((name for name in levels if name not in hidden), key=smallest.__getitem__))
    figures = [name for name in table.column_names if name not in ("covariate", "light")]
    rows = [
        (row | dict.fromkeys(figures) if row["covariate"] in hidden else row)
        | {"withheld": f"a group is under {SMALL}, or would tell of one" if row["covariate"] in hidden else None}
        for row in table.to_pylist()
    ]
    return pa.Table.from_pylist(rows, SCHEMA.append(pa.field("withheld", pa.string())))


def row(covariate: Covariate, treated: Flags, weights: Numbers, standardised_by: Spread) -> dict[str, object]:
    inside, outside = covariate.values[treated], covariate.values[~treated]
    binary = covariate.is_binary
    before = [side(inside, None, binary=binary), side(outside, None, binary=binary)]
    variance = before[0][1] if standardised_by == "treated" else (before[0][1] + before[1][1]) / 2
    found: dict[str, object] = {"covariate": covariate.name}
    own, others = weights[treated], weights[~treated]
    kept, used = own > 0, others > 0
    # Everybody before, and their weights not written out: of a million they would be most of the work.
    for stage, a, of_a, b, of_b in (
        ("_before", inside, None, outside, None),
        ("", inside[kept], own[kept], outside[used], others[used]),
    ):
        (mean, spread), (other_mean, other_spread) = (
            before if stage else [side(a, of_a, binary=binary), side(b, of_b, binary=binary)]
        )
        apart = (mean - other_mean) / np.sqrt(variance) if variance > 0 else None
        ratio = None if binary or other_spread == 0 else spread / other_spread
        largest = abs(mean - other_mean) if binary else kolmogorov_smirnov(a, of_a, b, of_b)
        found |= {
            f"treated_mean{stage}": mean,
            f"comparison_mean{stage}": other_mean,
            f"smd{stage}": apart,
            f"variance_ratio{stage}": ratio,
            f"ks{stage}": largest,
        }
        found["light"] = light(apart)
    return found


def side(values: Numbers, weights: Numbers | None, *, binary: bool) -> tuple[float, float]:
    """The weighted mean and variance, without weights everybody alike; a yes or no has the variance p(1 - p)."""
    if weights is None:
        mean = float(values.mean())
        if binary:
            return mean, mean * (1 - mean)
        # Summed, not multiplied as vectors: that would wake threads which wait for each other here.
        return mean, float(np.square(values - mean).sum()) / (len(values) - 1) if len(values) > 1 else 0.0
    share = weights / weights.sum()
    mean = float((share * values).sum())
    if binary:
        return mean, mean * (1 - mean)
    rest = 1 - float(np.square(share).sum())
    return mean, float((share * (values - mean) ** 2).sum()) / rest if rest > 0 else 0.0


def light(difference: float | None) -> str:
    """The colour of a standardised difference; one that cannot be standardised is red."""
    if difference is None or abs(difference) > AMBER:
        return "red"
    return "green" if abs(difference) <= GREEN else "amber"


def kolmogorov_smirnov(a: Numbers, of_a: Numbers | None, b: Numbers, of_b: Numbers | None) -> float:
    """The largest distance between two weighted cumulative distributions, without weights everybody alike.

    It is looked for at the values of the first, and just below them: between those only the other moves, one way.
    """
    at, up_to = np.unique(a, return_inverse=True)
    own = np.cumsum(np.bincount(up_to, weights=of_a)) / (len(a) if of_a is None else of_a.sum())
    if of_b is None or bool(np.all(of_b == of_b[0])):
        ordered = np.sort(b)
        with_ties = np.searchsorted(ordered, at, side="right") / len(b)
        without = np.searchsorted(ordered, at, side="left") / len(b)
    else:
        order = np.argsort(b)
        ordered, summed = b[order], np.append(0, np.cumsum(of_b[order])) / of_b.sum()
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
