"""A synthetic control: one area against a mix of others that moved as it did before.

Weights of nought or more that add up to one make the mix of donor areas whose outcome before was nearest the area's, in
every period alike; what the area then leaves of the mix is the effect. There is no standard error: each donor is taken
for the area in turn, and the p-value is how often one of them leaves its mix as far, for its fit before, as the area.

Sources: Abadie, Diamond and Hainmueller 2010, J. Am. Stat. Assoc. 105, 493-505; weights from all outcomes before and no
other predictors, as in Doudchenko and Imbens 2016, NBER working paper 22791. The weights are the library diff-diff's,
found exactly and not by search.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

MINIMUM_BEFORE = 12
MINIMUM_DONORS = 9  # with fewer the least p there can be, 1 in (donors + 1), is over 0.10
WORST_FIT = 0.10  # of the area's own mean before: a mix farther off is no stand-in for it


@dataclass(frozen=True)
class Synthetic:
    """What an area left of its mix, in the outcome's own units.

    `gaps` are the area less its mix, one for each period, `effect` their mean after, `ratio` that over the mix's mean.
    `fit` is the root of the mean square of the gaps before, over the area's mean before. `p` is `better` (donors that
    left their mix as far, and the area itself) over all that were tried; `least_p` is the least that it could be.
    """

    area: str
    donors: int
    before: int
    after: int
    weights: Mapping[str, float]
    observed: tuple[float, ...]
    synthetic: tuple[float, ...]
    gaps: tuple[float, ...]
    effect: float
    ratio: float
    fit: float
    p: float
    least_p: float
    grade: Grade = Grade.AREA


def synthetic_control(
    outcome: npt.ArrayLike, *, areas: Sequence[str], area: str, before: int, worst_fit: float = WORST_FIT
) -> Synthetic:
    """How an area fared after the first `before` periods, against a mix of the others.

    `outcome` has a row for each period, in order, and a column for each of `areas`: rates, not counts, where areas
    differ in size. Donors must have had nothing like the scheme, and nothing of their own that changed the outcome.

    Raises EstimateError where there are fewer than 12 periods before or 9 donors, or the mix lies farther from the area
    before than `worst_fit` of its mean: the area is then unlike any mix of the others, and no effect may be read off.
    Raises InputError where a value is missing, or an area is not there or twice.
    """
    values = read(outcome, areas, area, before)
    if not 0 < worst_fit <= 1:
        raise InputError("The worst fit is a share of the area's mean, over 0 and up to 1.")
    with warnings.catch_warnings():
        # We refuse a poor fit ourselves, where it is too poor.
        warnings.filterwarnings("ignore", message="Pre-treatment fit is poor")
        fitted = fit(values, areas, area, before)
    own = values[:, list(areas).index(area)]
    mix = np.array([float(own[place]) - float(gap) for place, gap in sorted(fitted.gap_path.items())])
    gaps = own - mix
    off = float(np.sqrt((gaps[:before] ** 2).mean())) / abs(float(own[:before].mean()))
    if off > worst_fit:
        raise EstimateError(
            f"Before, no mix of the other areas comes nearer to {area} than {off:.0%} of its mean, and {worst_fit:.0%} "
            "is the most allowed: it has no stand-in among them."
        )
    fitted.in_space_placebo()
    if fitted.n_failed or fitted.placebo_p_value is None or not np.isfinite(fitted.placebo_p_value):
        raise EstimateError("The mix of a donor could not be found, so the area cannot be ranked among them.")
    after = gaps[before:]
    return Synthetic(
        area=area,
        donors=len(areas) - 1,
        before=before,
        after=len(after),
        weights={name: float(weight) for name, weight in fitted.donor_weights.items()},
        observed=tuple(own.tolist()),
        synthetic=tuple(mix.tolist()),
        gaps=tuple(gaps.tolist()),
        effect=float(after.mean()),
        ratio=float(after.mean() / mix[before:].mean()),
        fit=off,
        p=float(fitted.placebo_p_value),
        least_p=1 / len(areas),
    )


def fit(values: Numbers, areas: Sequence[str], area: str, before: int) -> Any:
    """diff-diff's result: every outcome before counts alike (weights of predictors are not searched for)."""
    import pandas as pd
    from diff_diff import SyntheticControl  # takes seconds to import

    periods = len(values)
    panel = pd.DataFrame(
        {
            "area": np.repeat(list(areas), periods),
            "period": np.tile(np.arange(periods), len(areas)),
            "outcome": values.T.ravel(),
        }
    )
    panel["scheme"] = ((panel.area == area) & (panel.period >= before)).astype(int)
    model = SyntheticControl(v_method="custom", custom_v=np.ones(before), standardize="none")
    return model.fit(
        panel, outcome="outcome", treatment="scheme", unit="area", time="period", pre_period_outcomes="all"
    )


def read(outcome: npt.ArrayLike, areas: Sequence[str], area: str, before: int) -> Numbers:
    values = np.asarray(outcome, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(areas):
        raise InputError("The outcome needs a row for each period and a column for each area.")
    if not np.isfinite(values).all():
        period, place = np.argwhere(~np.isfinite(values))[0]
        raise InputError(f"The outcome of {areas[place]} is missing or not finite in period {period + 1}.")
    if len(set(areas)) != len(areas):
        raise InputError("An area is named twice.")
    if area not in areas:
        raise InputError(f"There is no area {area} among {', '.join(areas)}.")
    if len(areas) - 1 < MINIMUM_DONORS:
        raise EstimateError(
            f"There are {len(areas) - 1} other areas; {MINIMUM_DONORS} are needed, or no p-value could be small."
        )
    if before < MINIMUM_BEFORE:
        raise EstimateError(
            f"There are {before} periods before; a mix needs {MINIMUM_BEFORE} to be like by more than luck."
        )
    if len(values) <= before:
        raise EstimateError("There is no period after, so nothing to measure.")
    own = values[:before, list(areas).index(area)]
    if own.mean() == 0:
        raise EstimateError(f"Nothing happened in {area} before, so there is nothing to measure a fit by.")
    if (values[:before] == values[:1]).all():
        raise EstimateError("No area's outcome moves before, so no mix is more like than another.")
    return values
