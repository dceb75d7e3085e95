"""Discontinuity at the threshold: people just above it against people just below.

Where a score decides who is selected, those a point above and a point below are alike but for the selection. A line is
fitted on either side, with weights that fall to nought at the bandwidth, and what is between the lines at the threshold
is the effect there; of people far from it nothing is said.

Sources: Hahn, Todd and van der Klaauw 2001, Econometrica 69, 201-209 (lines on either side; the ratio where not
everybody above is selected); Imbens and Kalyanaraman 2012, Rev. Econ. Stud. 79, 933-959, section 4 (the bandwidth);
Calonico, Cattaneo and Titiunik 2014, Econometrica 82, 2295-2326 (the interval that allows for curvature; with one
bandwidth for both it is that of a curve, a polynomial of degree 2, remark 7); McCrary 2008, J. Econometrics 142,
698-714 (the density). Errors are HC3, which assume nothing of how spread goes with the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.lottery_effect import WEAKEST

MINIMUM_SIDE = 20
MINIMUM_SCORES = 5  # different scores on a side: through fewer a curve goes however they lie
MINIMUM_FOR_DENSITY = 100
MINIMUM_BINS = 10


@dataclass(frozen=True)
class Jump:
    """What lies between the lines at the threshold, above less below, with its interval.

    The line's own interval takes the line for the truth. `robust_low` to `robust_high` allow for curvature, and are the
    ones to report; they lie around `robust_estimate`, by a curve.
    """

    estimate: float
    error: float
    low: float
    high: float
    p: float
    robust_estimate: float
    robust_error: float
    robust_low: float
    robust_high: float
    robust_p: float


@dataclass(frozen=True)
class Density:
    """Whether people crowd on one side of the threshold, as where scores are bent to get people in or keep them out.

    `log_ratio` is the logarithm of the density just above over that just below. A small `p` says that people crowd; a
    large one does not say that no score was bent, since as many may have been bent either way.
    """

    log_ratio: float
    error: float
    p: float
    bin_width: float
    bandwidth: float


@dataclass(frozen=True)
class Discontinuity:
    """The effect of lying above the threshold on people near it.

    `take_up` is the jump in who was selected and `of_selected` the effect on those selected because they lay above;
    both None where selection was not given. `placebos` are jumps in what was known before, of which there should be
    none. `below` and `above` are people within the bandwidth. `density` is None where the scores are too few to tell.
    """

    threshold: float
    bandwidth: float
    bandwidth_was_given: bool
    below: int
    above: int
    jump: Jump
    take_up: Jump | None
    of_selected: Jump | None
    placebos: Mapping[str, Jump]
    density: Density | None
    level: float
    grade: Grade = Grade.DESIGNED

    @property
    def cannot_say(self) -> str:
        return (
            "Anything of people far from the threshold; nor that the groups are alike if scores were bent to get "
            "people over it, or if something else begins at the same score."
        )


def discontinuity(
    score: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    threshold: float,
    selected: npt.ArrayLike | None = None,
    covariates: Mapping[str, npt.ArrayLike] | None = None,
    bandwidth: float | None = None,
    level: float = 0.95,
) -> Discontinuity:
    """The jump of an outcome at the threshold; a score equal to it lies above. One row for each person.

    `selected` says who was: a panel decides, so not everybody above is. `covariates` were known before the score.
    Without `bandwidth` it is that of Imbens and Kalyanaraman, which balances curvature against numbers for the outcome;
    it is used for everything else too. Settle it before looking at results of others.

    Raises EstimateError where fewer than 20 people, or 5 different scores, lie within the bandwidth on a side, nothing
    varies there, or the threshold hardly changes who is selected (F under 10).
    """
    x, y = arrays.numbers(score, "Scores") - threshold, arrays.numbers(outcome, "Outcomes")
    arrays.alike(score=x, outcome=y)
    arrays.share(level, "The level")
    for side, name in ((x < 0, "below"), (x >= 0, "above")):
        raise_for_few(x[side], name, "at all")
    if bandwidth is not None and not (np.isfinite(bandwidth) and bandwidth > 0):
        raise InputError(f"The bandwidth must be over 0, not {bandwidth}.")
    h = chosen_bandwidth(x, y) if bandwidth is None else float(bandwidth)
    near = np.abs(x) < h
    for side, name in ((near & (x < 0), "below"), (near & (x >= 0), "above")):
        raise_for_few(x[side], name, f"within {h:.4g} of the threshold")
    jump = jump_of(y, x, h, level)
    take_up = of_selected = None
    if selected is not None:
        taken = arrays.happened(selected, "Selected")
        arrays.alike(score=x, selected=taken)
        take_up, of_selected = ratio_of(y, taken, x, h, level)
    placebos = {}
    for name, values in (covariates or {}).items():
        known = arrays.numbers(values, f"The covariate {name}")
        arrays.alike(score=x, **{name: known})
        placebos[name] = jump_of(known, x, h, level, f"The covariate {name}")
    return Discontinuity(
        threshold=float(threshold),
        bandwidth=h,
        bandwidth_was_given=bandwidth is not None,
        below=int((near & (x < 0)).sum()),
        above=int((near & (x >= 0)).sum()),
        jump=jump,
        take_up=take_up,
        of_selected=of_selected,
        placebos=placebos,
        density=density(x),
        level=level,
    )


def jump_of(values: Numbers, x: Numbers, h: float, level: float, name: str = "The outcome") -> Jump:
    """The jump by lines and by curves. Raises EstimateError where the values do not leave either."""
    line, curve = (at_threshold(values, x, h, degree) for degree in (1, 2))
    if min(line[1], curve[1]) < 1e-10 * max(1.0, float(np.abs(values).max())):
        raise EstimateError(
            f"{name} does not vary near the threshold, so there is nothing to tell chance from a jump by."
        )
    return as_jump(line, curve, int((np.abs(x) < h).sum()), level)


def ratio_of(y: Numbers, taken: Numbers, x: Numbers, h: float, level: float) -> tuple[Jump | None, Jump]:
    """The jump in take-up (None where everybody above and nobody below is selected), and the outcome's over it."""
    share, error = at_threshold(taken, x, h, 1)
    if share <= 0 or (error > 0 and (share / error) ** 2 < WEAKEST):
        raise EstimateError(
            "The threshold hardly changes who is selected, so nothing can be said of those selected because of it. The "
            "jump at the threshold still stands: leave `selected` out."
        )

    def of(degree: int) -> tuple[float, float]:
        part = at_threshold(taken, x, h, degree)[0]
        ratio = at_threshold(y, x, h, degree)[0] / part
        # What is left of the outcome under the ratio found does not jump: its error is that of the numerator.
        return ratio, at_threshold(y - ratio * taken, x, h, degree)[1] / abs(part)

    people = int((np.abs(x) < h).sum())
    take_up = None
    if not np.array_equal(taken, x >= 0):
        take_up = as_jump(at_threshold(taken, x, h, 1), at_threshold(taken, x, h, 2), people, level)
    return take_up, as_jump(of(1), of(2), people, level)


def as_jump(line: tuple[float, float], curve: tuple[float, float], people: int, level: float) -> Jump:
    from scipy.stats import t  # takes a second to import, which commands without it should not

    figures: list[float] = []
    for (estimate, error), coefficients in ((line, 4), (curve, 6)):
        half = float(t.ppf((1 + level) / 2, people - coefficients)) * error
        p = float(2 * t.sf(abs(estimate) / error, people - coefficients))
        figures += [estimate, error, estimate - half, estimate + half, p]
    return Jump(*figures)


def at_threshold(values: Numbers, x: Numbers, h: float, degree: int) -> tuple[float, float]:
    """The difference at the threshold of two weighted polynomials, and its HC3 error."""
    estimate = variance = 0.0
    for side, sign in ((x >= 0, 1), (x < 0, -1)):
        used = side & (np.abs(x) < h)
        place = x[used] / h
        weight = 1 - np.abs(place)
        rows = np.vander(place, degree + 1, increasing=True)
        inverse = np.linalg.inv((rows * weight[:, None]).T @ rows)
        shares = (inverse @ (rows * weight[:, None]).T)[0]
        left = values[used] - rows @ (inverse @ (rows * weight[:, None]).T @ values[used])
        leverage = weight * np.einsum("ij,jk,ik->i", rows, inverse, rows)
        estimate += sign * float(shares @ values[used])
        variance += float((shares**2) @ (left / (1 - leverage)) ** 2)
    return estimate, float(np.sqrt(variance))


def chosen_bandwidth(x: Numbers, y: Numbers) -> float:
    """The bandwidth of Imbens and Kalyanaraman for the triangular kernel, in their three steps."""
    n, above, below = len(x), x >= 0, x < 0
    first = 1.84 * float(x.std(ddof=1)) * n**-0.2
    near = [side & (np.abs(x) <= first) for side in (above, below)]
    if min(side.sum() for side in near) < MINIMUM_SIDE:
        raise EstimateError("Too few people lie near the threshold for a bandwidth to be chosen by the data.")
    here = sum(int(side.sum()) for side in near) / (2 * n * first)
    spreads = [float(y[side].var(ddof=1)) for side in near]
    if min(spreads) == 0:
        raise EstimateError("The outcome does not vary near the threshold, so no bandwidth can be chosen.")
    # The cubic is that of the half of either side nearer to the threshold.
    inner = (x >= np.median(x[below])) & (x <= np.median(x[above]))
    cubic = np.column_stack([np.ones(n), above, x, x**2, x**3])[inner]
    third = 6 * float(np.linalg.lstsq(cubic, y[inner], rcond=None)[0][4])
    curvature, penalty = [], 0.0
    for side, spread in zip((above, below), spreads, strict=True):
        # Where there is no third derivative at all the whole side is used.
        wide = np.inf if third == 0 else 3.56 * (spread / (here * third**2)) ** (1 / 7) * side.sum() ** (-1 / 7)
        used = side & (np.abs(x) <= wide)
        if len(np.unique(x[used])) < MINIMUM_SCORES:
            raise EstimateError("Too few different scores lie near the threshold for a bandwidth to be chosen.")
        reach = float(np.abs(x[used]).max()) if np.isinf(wide) else wide
        square = np.column_stack([np.ones(used.sum()), x[used], x[used] ** 2])
        curvature.append(2 * float(np.linalg.lstsq(square, y[used], rcond=None)[0][2]))
        penalty += 2160 * spread / (used.sum() * reach**4)
    scale = here * ((curvature[0] - curvature[1]) ** 2 + penalty)
    return float(3.4375 * (sum(spreads) / scale) ** 0.2 * n**-0.2)


def density(x: Numbers) -> Density | None:
    """McCrary's test. None where there are too few people, or too few different scores, to see a density by.

    Where scores come in steps (points), a bin is one or more whole steps.
    """
    from scipy.stats import norm  # takes a second to import, which commands without it should not

    n = len(x)
    steps = np.diff(np.unique(x))
    if n < MINIMUM_FOR_DENSITY or not len(steps):
        return None
    step = float(np.median(steps))
    width = step * float(np.ceil(2 * x.std(ddof=1) * n**-0.5 / step))
    bins = np.floor(x / width + 1e-9).astype(np.int64)
    first, heights = int(bins.min()), np.bincount(bins - bins.min()) / (n * width)
    middle = (np.arange(len(heights), dtype=np.float64) + first + 0.5) * width
    sides = [middle > 0, middle < 0]
    if min(int((heights[side] > 0).sum()) for side in sides) < MINIMUM_BINS:
        return None
    h = float(np.mean([density_bandwidth(middle[side], heights[side]) for side in sides]))
    found = []
    for side in sides:
        used = side & (np.abs(middle) < h)
        if used.sum() < 3:
            return None
        root = np.sqrt(1 - np.abs(middle[used]) / h)
        rows = np.column_stack([np.ones(used.sum()), middle[used]]) * root[:, None]
        found.append(float(np.linalg.lstsq(rows, heights[used] * root, rcond=None)[0][0]))
    if min(found) <= 0:
        return None
    log_ratio = float(np.log(found[0] / found[1]))
    error = float(np.sqrt(24 / 5 / (n * h) * (1 / found[0] + 1 / found[1])))
    return Density(log_ratio, error, float(2 * norm.sf(abs(log_ratio) / error)), width, h)


def density_bandwidth(middle: Numbers, heights: Numbers) -> float:
    """McCrary's rule for a side: by the curvature of a polynomial of degree 4 through its bins."""
    reach = float(np.abs(middle).max())
    place = middle / reach
    rows = np.vander(place, 5, increasing=True)
    known = np.linalg.lstsq(rows, heights, rcond=None)[0]
    left = heights - rows @ known
    spread = float(left @ left) / max(len(middle) - 5, 1)
    bend = (2 * known[2] + 6 * known[3] * place + 12 * known[4] * place**2) / reach**2
    if not (spread > 0 and (bend**2).sum() > 0):
        return reach
    return min(reach, float(3.348 * (spread * reach / (bend**2).sum()) ** 0.2))


def raise_for_few(x: Numbers, name: str, where: str) -> None:
    if len(x) < MINIMUM_SIDE:
        raise EstimateError(f"{len(x)} people lie {name} the threshold {where}; {MINIMUM_SIDE} are needed.")
    if (scores := len(np.unique(x))) < MINIMUM_SCORES:
        raise EstimateError(
            f"People {name} the threshold {where} have {scores} different scores; a line that may be curved needs "
            f"{MINIMUM_SCORES}."
        )
