"""Observed against expected: did more or fewer people reoffend than their scores at entry said?

O is how many did, E the sum of their probabilities, V the sum of p(1 - p). The number who would, if the probabilities
were right and people independent, has a Poisson-binomial distribution (Poisson 1837; Hong 2013, Comput. Stat. Data
Anal. 59, 41-51), worked out here in full rather than as a normal. The interval of O/E is Byar's (Breslow and Day 1987,
"Statistical Methods in Cancer Research" II, equation 2.13); it takes O for a Poisson count, so for common outcomes it
is wider than need be.

Scores must be those at entry, of the horizon that is observed, and checked first on local people who are not on the
scheme: `calibration` says how they do there and `recalibrate` moves them. People picked for present offending may
offend more than any score knows, so O/E errs against a scheme.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

MINIMUM_PEOPLE = 10
MINIMUM_REFERENCE = 100
STEPS, STILL, SMALLEST = 200, 1e-12, 1e-300
SLOPE_KNOWN, LINE_STILL = 0.5, 1e-9
SPAN = 0.75  # of people, on which each point of the smoothed share rests


@dataclass(frozen=True)
class ObservedExpected:
    """How many reoffended, how many were expected to, and how sure the difference is.

    `chance_low` to `chance_high` are the numbers that would come by chance in 95 of 100 groups alike; `p` is two-sided,
    exact; `difference` is observed less expected in percentage points.
    """

    people: int
    observed: int
    expected: float
    chance_low: int
    chance_high: int
    p: float
    z: float
    ratio: float
    ratio_low: float
    ratio_high: float
    difference: float
    difference_low: float
    difference_high: float
    level: float
    grade: Grade = Grade.EXPECTED


@dataclass(frozen=True)
class Recalibration:
    """How local people differ from what their scores say: the log odds of each are `intercept` + `slope` times the
    score's. `low` to `high` is the interval of the intercept; `draws` has a row of both for each bootstrap."""

    intercept: float
    slope: float
    low: float
    high: float
    people: int
    level: float
    draws: Numbers
    grade: Grade = Grade.DESCRIPTIVE

    def apply(self, probabilities: npt.ArrayLike) -> Numbers:
        """The probabilities as they are locally."""
        return shifted(arrays.probabilities(probabilities, "Probabilities"), self.intercept, self.slope)


@dataclass(frozen=True)
class Recalibrated:
    """Observed against locally expected; the ratio's interval holds the uncertainty of the recalibration too."""

    people: int
    observed: int
    expected: float
    ratio: float
    ratio_low: float
    ratio_high: float
    difference: float
    difference_low: float
    difference_high: float
    level: float
    grade: Grade = Grade.EXPECTED


@dataclass(frozen=True)
class Bin:
    """People whose probabilities lie together: how many, what was expected on average and how many did, as shares."""

    people: int
    expected: float
    observed: float


@dataclass(frozen=True)
class Calibration:
    """How well probabilities fit the people they were made for.

    `in_the_large` is the intercept of a logistic model with the score as offset: 0 is right, over 0 means the scores
    are too low. `slope` is 1 where they are right and under 1 where they are too extreme. `brier` is the mean squared
    error; `brier_of_the_rate` is that of giving everybody the average. `ici`, the integrated calibration index, is how
    far the probabilities lie on average from what was observed, smoothed: 0 is right, 0.03 is out by 3 percentage
    points. It holds what a line does not see, and some chance: among few people it is over 0 where all is right.
    """

    people: int
    events: int
    in_the_large: float
    in_the_large_low: float
    in_the_large_high: float
    slope: float
    slope_low: float
    slope_high: float
    brier: float
    brier_of_the_rate: float
    ici: float
    bins: tuple[Bin, ...]
    level: float
    grade: Grade = Grade.DESCRIPTIVE


def poisson_binomial(probabilities: npt.ArrayLike) -> Numbers:
    """How likely it is that 0, 1, 2 ... of the people do, each with a probability of their own.

    The distributions of single people are convolved two and two, so nothing is approximated.
    """
    p = arrays.numbers(probabilities, "Probabilities")
    if ((p < 0) | (p > 1)).any():
        raise InputError("Probabilities must lie between 0 and 1.")
    parts = [np.array([1 - each, each]) for each in p] or [np.ones(1)]
    while len(parts) > 1:
        odd = parts[len(parts) // 2 * 2 :]
        parts = [np.convolve(one, other) for one, other in zip(parts[::2], parts[1::2], strict=False)] + odd
    whole: Numbers = np.clip(parts[0], 0, 1)
    return whole


def byar(observed: float, *, level: float = 0.95) -> tuple[float, float]:
    """Byar's interval for a count."""
    z = arrays.errors_either_side(level)
    low = observed * (1 - 1 / (9 * observed) - z / (3 * observed**0.5)) ** 3 if observed > 0 else 0.0
    more = observed + 1
    return max(low, 0.0), more * (1 - 1 / (9 * more) + z / (3 * more**0.5)) ** 3


def observed_expected(
    reoffended: npt.ArrayLike, probabilities: npt.ArrayLike, *, level: float = 0.95
) -> ObservedExpected:
    """How many reoffended against how many their probabilities at entry expected.

    p is twice the smaller tail of the Poisson-binomial distribution, 1 at most. Raises EstimateError under 10 people.
    """
    arrays.share(level, "The level")
    y, p = read(reoffended, probabilities, MINIMUM_PEOPLE)
    observed, expected, n = int(y.sum()), float(p.sum()), len(y)
    chances = poisson_binomial(p)
    below = np.minimum(np.cumsum(chances), 1)
    above = np.minimum(np.cumsum(chances[::-1])[::-1], 1)
    spread = float(np.sqrt((p * (1 - p)).sum()))
    z = arrays.errors_either_side(level)
    low, high = byar(observed, level=level)
    return ObservedExpected(
        people=n,
        observed=observed,
        expected=expected,
        chance_low=int(np.searchsorted(below, (1 - level) / 2)),
        chance_high=int(np.searchsorted(below, (1 + level) / 2)),
        p=float(min(1, 2 * min(below[observed], above[observed]))),
        z=(observed - expected) / spread,
        ratio=observed / expected,
        ratio_low=low / expected,
        ratio_high=high / expected,
        difference=100 * (observed - expected) / n,
        difference_low=100 * (observed - expected - z * spread) / n,
        difference_high=100 * (observed - expected + z * spread) / n,
        level=level,
    )


def recalibrate(
    reoffended: npt.ArrayLike, probabilities: npt.ArrayLike, *, seed: int, replicates: int = 1000, level: float = 0.95
) -> Recalibration:
    """How the log odds of scores must be moved and stretched to fit local people who are not on the scheme.

    logit(y) = a + b logit(p) (Cox 1958, Biometrika 45, 562-565), by maximum likelihood, with b drawn towards 1 as if it
    were known beforehand to within `SLOPE_KNOWN`: with thousands of people that moves nothing, with a hundred it keeps
    chance from passing for a slope. As many are expected as reoffended. A score that is too high or too low for people
    at high risk would else be told as an effect on those who joined, whose risk is high. Interval and `draws` by
    bootstrap of people. Raises EstimateError under 100 people, or where nobody or everybody reoffended.
    """
    arrays.share(level, "The level")
    y, p = read(reoffended, probabilities, MINIMUM_REFERENCE)
    refuse_all_alike(y)
    rng = np.random.default_rng(seed)
    found = fitted_line(logit(p), np.ones(len(y)), y)
    # People alike in score, to a hundredth of its log odds, and in outcome are drawn together: as many of each as a
    # draw one by one would bring.
    cells, alike = np.unique(np.column_stack([logit(p).round(2), y]), axis=0, return_counts=True)
    x, did = cells.T
    draws = np.empty((replicates, 2))
    for place in range(replicates):
        times = np.zeros(len(alike))
        while not 0 < times @ did < len(y):  # nobody or everybody: no intercept fits
            times = rng.multinomial(len(y), alike / len(y)).astype(np.float64)
        draws[place] = fitted_line(x, times, did, start=found)
    low, high = arrays.percentiles(draws[:, 0], level)
    return Recalibration(*found, low, high, len(y), level, draws)


def fitted_line(
    x: Numbers, times: Numbers, did: Numbers, *, start: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Intercept and slope of the outcome on log odds, each row counted so many times.

    By Newton's method, in steps of 1 at most.
    """
    a, b = start
    known = SLOPE_KNOWN**-2
    for _ in range(STEPS):
        chance = expit(a + b * x)
        spread = times * chance * (1 - chance)
        left = times * (did - chance)
        up = np.array([left.sum(), left @ x - known * (b - 1)])
        bend = np.array([[spread.sum(), spread @ x], [spread @ x, spread @ x**2 + known]])
        step = np.clip(np.linalg.solve(bend + SMALLEST * np.eye(2), up), -1, 1)
        a, b = a + float(step[0]), b + float(step[1])
        if np.abs(step).max() < LINE_STILL:
            break
    return a, b


def observed_expected_locally(
    reoffended: npt.ArrayLike, probabilities: npt.ArrayLike, *, local: Recalibration, seed: int, level: float = 0.95
) -> Recalibrated:
    """Observed against expected once the scores are moved to fit local people.

    Each draw takes people anew and one of the recalibration's own draws, so that its uncertainty is in the interval.
    Raises EstimateError under 10 people, or where nobody or everybody reoffended (a bootstrap would then be
    surer than anybody can be; `observed_expected` still tells).
    """
    arrays.share(level, "The level")
    y, p = read(reoffended, probabilities, MINIMUM_PEOPLE)
    refuse_all_alike(y)
    rng = np.random.default_rng(seed)
    n = len(y)
    ratios, differences = np.empty(len(local.draws)), np.empty(len(local.draws))
    for place, (moved, stretched) in enumerate(local.draws):
        who = rng.integers(0, n, n)
        observed, expected = y[who].sum(), shifted(p[who], moved, stretched).sum()
        ratios[place], differences[place] = observed / expected, 100 * (observed - expected) / n
    expected_here = float(local.apply(p).sum())
    ratio_low, ratio_high = arrays.percentiles(ratios, level)
    difference_low, difference_high = arrays.percentiles(differences, level)
    return Recalibrated(
        people=n,
        observed=int(y.sum()),
        expected=expected_here,
        ratio=float(y.sum()) / expected_here,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
        difference=100 * (float(y.sum()) - expected_here) / n,
        difference_low=difference_low,
        difference_high=difference_high,
        level=level,
    )


def calibration(
    reoffended: npt.ArrayLike, probabilities: npt.ArrayLike, *, bins: int = 10, level: float = 0.95
) -> Calibration:
    """How well probabilities fit: in the large, slope, Brier score, calibration index, and bins for a reliability plot.

    Bins hold as many people each as can be, in order of probability; people of one probability are never parted. The
    index is the mean over people of |p - s|, with s the share observed, smoothed by `smoothed`.
    Source: Cox 1958, Biometrika 45, 562-565; Brier 1950; Austin and Steyerberg 2019, Stat. Med. 38, 4051-4065. Raises
    EstimateError under 100 people, where nobody or everybody reoffended, where all have one probability, or where a
    probability parts them without a fault.
    """
    z = arrays.errors_either_side(level)
    if bins < 1:
        raise InputError("There must be one bin at least.")
    y, p = read(reoffended, probabilities, MINIMUM_REFERENCE)
    refuse_all_alike(y)
    x = logit(p)
    if x.min() == x.max():
        raise EstimateError("Everybody has the same probability, so there is no slope.")
    if x[y == 0].max() <= x[y == 1].min() or x[y == 1].max() <= x[y == 0].min():
        raise EstimateError("The probabilities part who reoffended from who did not without a fault: no slope fits.")
    large = intercept(y, p)
    fitted = shifted(p, large)
    large_error = float(1 / np.sqrt((fitted * (1 - fitted)).sum()))
    slope, slope_error = slope_of(y, x)
    return Calibration(
        people=len(y),
        events=int(y.sum()),
        in_the_large=large,
        in_the_large_low=large - z * large_error,
        in_the_large_high=large + z * large_error,
        slope=slope,
        slope_low=slope - z * slope_error,
        slope_high=slope + z * slope_error,
        brier=float(np.mean((y - p) ** 2)),
        brier_of_the_rate=float(y.mean() * (1 - y.mean())),
        ici=float(np.abs(p - smoothed(y, p)).mean()),
        bins=tuple(Bin(len(who), float(p[who].mean()), float(y[who].mean())) for who in binned(p, bins)),
        level=level,
    )


def binned(p: Numbers, bins: int) -> list[npt.NDArray[np.intp]]:
    """Who is in which bin: cut at quantiles that differ."""
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))
    place = np.searchsorted(edges, p, side="left")
    return [np.flatnonzero(place == each) for each in np.unique(place)]


def smoothed(y: Numbers, p: Numbers) -> Numbers:
    """The share who reoffended at each person's probability, by LOESS: lines over the nearest 75 of 100 people.

    Austin and Steyerberg fit parabolas over as many, which is R's loess unless told otherwise. No steps are taken
    against outliers: with outcomes of 0 and 1 the rarer would be one. As R's lowess(p, y, f = 0.75, iter = 0); held
    between 0 and 1.
    """
    from statsmodels.nonparametric.smoothers_lowess import lowess

    _, place, people = np.unique(p, return_inverse=True, return_counts=True)
    heaviest = int(people.argmax())
    is_whole = people[heaviest] >= int(SPAN * len(p))
    # Between points nearer than a hundredth of the range lines are drawn, as R does, or thousands of people take long.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = lowess(y, p, frac=SPAN, it=0, delta=0 if is_whole else (p.max() - p.min()) / 100, return_sorted=False)
    if is_whole:
        # All who are near have this one probability: statsmodels 0.15 divides by nought. Their own share is meant.
        found[place == heaviest] = y[place == heaviest].mean()
    return np.asarray(np.clip(found, 0, 1))


def intercept(y: Numbers, p: Numbers) -> float:
    """The a at which the expected number is the observed one: the score equation of an intercept with an offset."""
    return moved_by(logit(p), np.ones(len(y)), float(y.sum()))


def moved_by(x: Numbers, times: Numbers, observed: float, *, start: float = 0.0) -> float:
    """By how much log odds must move for so many to be expected, each person counted so many times.

    By Newton's method, in steps of 1 at most: from nearer than that it cannot overshoot.
    """
    a = start
    for _ in range(STEPS):
        chance = expit(x + a)
        step = (observed - times @ chance) / max(float(times @ (chance * (1 - chance))), SMALLEST)
        a += float(np.clip(step, -1, 1))
        if abs(step) < STILL:
            break
    return a


def slope_of(y: Numbers, x: Numbers) -> tuple[float, float]:
    """The slope of a logistic model on the log odds, and its standard error."""
    import statsmodels.api as sm  # takes seconds to import, which commands without it should not

    found = sm.GLM(y, sm.add_constant(x), family=sm.families.Binomial()).fit()
    return float(found.params[1]), float(found.bse[1])


def shifted(p: Numbers, by: float, stretched: float = 1.0) -> Numbers:
    moved: Numbers = expit(by + stretched * logit(p))
    return moved


def read(reoffended: npt.ArrayLike, probabilities: npt.ArrayLike, minimum: int) -> tuple[Numbers, Numbers]:
    y, p = arrays.happened(reoffended, "Reoffended"), arrays.probabilities(probabilities, "Probabilities")
    arrays.alike(reoffended=y, probabilities=p)
    if len(y) < minimum:
        raise EstimateError(f"There are {len(y)} people; this needs {minimum}.")
    return y, p


def refuse_all_alike(y: Numbers) -> None:
    if y.min() == y.max():
        raise EstimateError(f"{'Nobody' if y[0] == 0 else 'Everybody'} reoffended, so nothing can be fitted.")
