"""Events that come again: how many a person has by then, what brings the next one nearer, and the ratio of two rates.

Rows of `mean_cumulative` and `gap_times` are stretches of time, after `start` and up to `stop`, in which a person was
at risk and which an event may end, as in `survival.cox`, whose Andersen-Gill model is the third way to look at them.
Days in custody are in no row: between their rows a person is not at risk. `rate_ratio` has one row a person. Times may
be of any unit, days as a rule. All take leaving (a move, the end of the study) to say nothing of what would have come;
who dies or is deported leaves the same way, so where many do, `survival.competing_incidence` belongs beside it.

Numbers are checked against R's survival and MASS. Sources: Nelson 1988, J. Qual. Technol. 20, 24-35; Lawless and Nadeau
1995, Technometrics 37, 158-168; Prentice, Williams and Peterson 1981, Biometrika 68, 373-379; Lin and Wei 1989, J. Am.
Stat. Assoc. 84, 1074-1078; Lawless 1987, Can. J. Stat. 15, 209-225.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays, survival
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.survival import LARGEST_COEFFICIENT, CoxModel

MINIMUM_AT_RISK = 10
MINIMUM_SIDE = 10
DECIMALS, SMALLEST_SPREAD = 9, 1e-9
STEPS, STILL = 500, 1e-7
PARTED = "A covariate parts people with events from people without: no hazard ratio fits."

People = npt.NDArray[np.intp]


@dataclass(frozen=True)
class EventsByThen:
    """By a time: events a person on average, its robust standard error and interval, and how many were at risk then.

    `low` and `high` are None where nothing has happened to anybody yet: there is nothing to reckon chance from.
    """

    time: float
    at_risk: int
    mean: float
    error: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class MeanCumulative:
    """The mean cumulative function at each time asked for."""

    people: int
    events: int
    points: tuple[EventsByThen, ...]
    level: float
    grade: Grade = Grade.DESCRIPTIVE


@dataclass(frozen=True)
class RateRatio:
    """The rate of the treated over that of the others, from a negative binomial model.

    `rate_treated` and `rate_others` are events per unit of exposure as counted, before covariates. `dispersion` is the
    variance of people's rates over the square of their mean, once covariates are allowed for; 0 is a Poisson model.
    """

    treated: int
    others: int
    events_treated: int
    events_others: int
    rate_treated: float
    rate_others: float
    ratio: float
    low: float
    high: float
    p: float
    dispersion: float
    log_likelihood: float
    level: float
    grade: Grade


def mean_cumulative(
    person: npt.ArrayLike,
    start: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    at: Sequence[float],
    level: float = 0.95,
) -> MeanCumulative:
    """How many events a person who stays at risk has had, on average, by each time: counted from the first `start`.

    `event` is how many events came at `stop` (several on one day count each). The risk set changes with entry, leaving
    and custody. The variance is Lawless and Nadeau's, which holds whatever the events of one person have to do with
    each other; intervals are on the log scale. Where few are at risk early, they weigh on all that comes later: look at
    `at_risk`.

    Raises EstimateError under 10 people, where nothing happened to anybody, or for a time before the first start or
    after a stretch in which nobody was at risk.
    """
    z = arrays.errors_either_side(level)
    begin, end, many = stretches(start, stop, arrays.counts(event, "Events"))
    who = survival.clusters(person, begin, end)
    people = int(who.max()) + 1
    if many.sum() == 0:
        raise EstimateError("Nobody had the event, so there is nothing to measure.")
    first, last = known_between(begin, end)
    when = np.unique(end[many > 0])
    here = np.zeros(len(when))
    np.add.at(here, np.searchsorted(when, end[many > 0]), many[many > 0])
    at_risk = at_risk_at(when, begin, end)
    mean = np.r_[0.0, np.cumsum(here / at_risk)]
    # What a person at risk was expected to add to the mean by each time; with what they did add it gives the variance.
    expected = np.r_[0.0, np.cumsum(here / at_risk**2)]
    added = np.zeros(len(end))
    added[many > 0] = many[many > 0] / at_risk[np.searchsorted(when, end[many > 0])]
    points = []
    for time in at:
        if not time >= first:
            raise EstimateError(f"Nobody was at risk before {first:g}, so nothing is known at {time:g}.")
        if time > last:
            raise EstimateError(f"Right after {last:g} nobody was at risk, so nothing is known at {time:g}.")
        to, since = (np.searchsorted(when, np.minimum(each, time), side="right") for each in (end, begin))
        own = np.bincount(who, weights=added * (end <= time) - (expected[to] - expected[since]))
        now, error = float(mean[np.searchsorted(when, time, side="right")]), float(np.sqrt((own**2).sum()))
        low = float(now * np.exp(-z * error / now)) if now > 0 else None
        high = float(now * np.exp(z * error / now)) if now > 0 else None
        there = int(at_risk_at(np.array([time]), begin, end)[0]) if time > first else int((begin == first).sum())
        points.append(EventsByThen(float(time), there, now, error, low, high))
    return MeanCumulative(people, int(many.sum()), tuple(points), level)


def gap_times(
    person: npt.ArrayLike,
    start: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    names: Sequence[str],
    grade: Grade,
    level: float = 0.95,
) -> CoxModel:
    """What brings the next event nearer: a Cox model of the time at risk since the last one (PWP-gap), ties by Efron.

    Each person's first, second ... event has a baseline hazard of its own. From the number on that under 10 people were
    at risk of, events share the last baseline. The clock starts at a person's first row and anew after each event, and
    stops while they are not at risk. `covariates` has a row for each stretch and a column for each of `names`. Errors
    are robust and clustered by person; intervals and p are by t, with one degree of freedom less than there are people,
    of a yes or no those of its smaller side. Who is at risk of a second event has had a first, so the treated and the
    others among them are no longer alike by design: a ratio here describes, beside one of `rate_ratio`.

    Raises EstimateError where there are fewer events than covariates and one, a covariate does not vary among those at
    risk or follows from others, one of them parts who had events from who had none, or there are under 10 people, or of
    a yes or no under 5 on a side.
    """
    from statsmodels.duration.hazard_regression import PHReg  # takes seconds to import
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    arrays.share(level, "The level")
    begin, end, d = stretches(start, stop, arrays.happened(event, "Events"))
    x = columns(covariates, len(end), names)
    who = survival.clusters(person, begin, end)
    if d.sum() < len(names) + 1:
        raise EstimateError(f"There are {int(d.sum())} events, too few for {len(names)} covariates.")
    since, until, number = since_the_last(who, begin, end, d)
    number = np.minimum(number, last_number(who, number))
    # As in `survival.cox`: a row at risk at no event says nothing, and statsmodels has no robust error with it.
    told = np.zeros(len(end), dtype=bool)
    apart = scaled(x)
    for each in np.unique(number):
        those = number == each
        told[those] = survival.at_risk_of_any(since[those], until[those], d[those])
        if told[those].any():
            apart[those] -= apart[those & told].mean(axis=0)
    if np.linalg.matrix_rank(apart[told], tol=SMALLEST_SPREAD) < len(names):
        raise EstimateError("A covariate does not vary among those at risk, or follows from the others.")
    degrees = [survival.degrees_of(each, who[told]) for each in x[told].T]
    entry = since + survival.just_after(since, until)
    model = PHReg(until[told], x[told], status=d[told], entry=entry[told], strata=number[told], ties="efron")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            fit = model.fit(groups=who[told], disp=0)
    except ConvergenceWarning as failed:
        raise EstimateError(PARTED) from failed
    except np.linalg.LinAlgError as failed:
        raise EstimateError(
            "Whenever somebody had the event, all who were at risk were alike in a covariate: no hazard ratio fits."
        ) from failed
    value, error = np.asarray(fit.params), np.asarray(fit.bse)
    if not np.isfinite(error).all() or np.abs(value * x[told].std(axis=0)).max() > LARGEST_COEFFICIENT:
        raise EstimateError(PARTED)
    coefficients = tuple(
        survival.coefficient(name, b, e, degrees=free, level=level)
        for name, b, e, free in zip(names, value, error, degrees, strict=True)
    )
    without = float(model.loglike(np.zeros(len(names))))
    return CoxModel(len(end), int(d.sum()), coefficients, float(fit.llf), without, True, level, grade)


def rate_ratio(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    treated: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    *,
    grade: Grade,
    level: float = 0.95,
) -> RateRatio:
    """The ratio of the rates of the treated and the others: a negative binomial model by maximum likelihood.

    A row a person: `events` they had, `exposure` the time they were at liberty (its log is the offset), `treated` 0 or
    1, and any number of columns of `covariates`. People's rates may differ by more than covariates say, in the same
    proportion on both sides; where counts vary no more than by chance this is a Poisson model. The interval is by the
    normal distribution.

    Raises EstimateError where somebody was never at liberty, nobody or everybody is treated, there are under 10 people
    or no event on a side, a covariate does not vary or follows from others, or no model fits.
    """
    import statsmodels.api as sm  # takes seconds to import
    from statsmodels.discrete.discrete_model import NegativeBinomial
    from statsmodels.tools.sm_exceptions import ModelWarning

    z = arrays.errors_either_side(level)
    y, liberty = arrays.counts(events, "Events"), arrays.numbers(exposure, "Exposures")
    arms = arrays.happened(treated, "Treated")
    arrays.alike(events=y, exposure=liberty, treated=arms)
    if (liberty < 0).any():
        raise InputError(f"Exposures must not be under 0; row {arrays.first(liberty < 0)} is.")
    if (liberty == 0).any():
        raise EstimateError(f"Row {arrays.first(liberty == 0)} was never at liberty: leave out who had no exposure.")
    refuse_one_sided(y, arms)
    design = np.column_stack([np.ones(len(y)), arms])
    if covariates is not None:
        # Scaled, so that a search over age and its square takes steps of one size.
        design = np.column_stack([design, scaled(columns(covariates, len(y)))])
    if np.linalg.matrix_rank(design, tol=SMALLEST_SPREAD) < design.shape[1]:
        raise EstimateError("A covariate does not vary, or follows from the others or from who is treated.")
    offset = np.log(liberty)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)  # said below, of what matters of it, by an error
        poisson = sm.GLM(y, design, family=sm.families.Poisson(), offset=offset).fit()
    refuse_unfitted(bool(poisson.converged), poisson.params, poisson.bse)
    expected = np.asarray(poisson.fittedvalues)
    beyond_chance = float(((y - expected) ** 2 - y).sum())
    fit, dispersion = poisson, 0.0
    # The likelihood falls from a dispersion of 0 on where this is not over 0: no negative binomial fits better.
    if beyond_chance > 0:
        begin = np.r_[poisson.params, beyond_chance / float((expected**2).sum())]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            fit = NegativeBinomial(y, design, offset=offset).fit(begin, maxiter=STEPS, gtol=STILL, disp=0)
        refuse_unfitted(bool(fit.mle_retvals["converged"]), fit.params[:-1], fit.bse)
        dispersion = float(fit.params[-1])
    value, error = float(fit.params[1]), float(fit.bse[1])
    on = arms == 1
    return RateRatio(
        treated=int(on.sum()),
        others=int((~on).sum()),
        events_treated=int(y[on].sum()),
        events_others=int(y[~on].sum()),
        rate_treated=float(y[on].sum() / liberty[on].sum()),
        rate_others=float(y[~on].sum() / liberty[~on].sum()),
        ratio=float(np.exp(value)),
        low=float(np.exp(value - z * error)),
        high=float(np.exp(value + z * error)),
        p=float(2 * norm.sf(abs(value / error))),
        dispersion=dispersion,
        log_likelihood=float(fit.llf),
        level=level,
        grade=grade,
    )


def stretches(start: npt.ArrayLike, stop: npt.ArrayLike, event: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Rows of time at risk. Raises InputError where one ends before it begins."""
    begin, end = arrays.numbers(start, "Starts"), arrays.numbers(stop, "Stops")
    arrays.alike(start=begin, stop=end, event=event)
    if (begin >= end).any():
        raise InputError(f"Row {arrays.first(begin >= end)} ends before it begins.")
    return begin, end, event


def columns(covariates: npt.ArrayLike, rows: int, names: Sequence[str] | None = None) -> Numbers:
    """Finite covariates, a row each. Raises InputError where rows or columns are not as many as they should be."""
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or len(x) != rows or (names is not None and x.shape[1] != len(names)) or not np.isfinite(x).all():
        raise InputError("Covariates must be finite, with one row for each other row and one column for each name.")
    return x


def scaled(x: Numbers) -> Numbers:
    """Columns less their mean, in units of their own spread; nought where a column does not vary but for rounding."""
    spread = x.std(axis=0)
    is_still = spread <= SMALLEST_SPREAD * np.abs(x).max(axis=0)
    return np.asarray(np.where(is_still, 0, (x - x.mean(axis=0)) / np.where(is_still, 1, spread)))


def at_risk_at(when: Numbers, start: Numbers, stop: Numbers) -> Numbers:
    """How many were at risk just before each time: those who start before it and do not stop before it."""
    begun, ended = (np.searchsorted(np.sort(each), when, side="left") for each in (start, stop))
    return np.asarray(begun - ended, dtype=np.float64)


def known_between(start: Numbers, stop: Numbers) -> tuple[float, float]:
    """The first start, and the time from which on, for a while or for good, nobody was at risk."""
    order = np.argsort(start)
    latest = np.maximum.accumulate(stop[order])
    holes = np.flatnonzero(start[order][1:] > latest[:-1])
    return float(start.min()), float(latest[holes[0]] if len(holes) else latest[-1])


def since_the_last(who: People, start: Numbers, stop: Numbers, event: Numbers) -> tuple[Numbers, Numbers, People]:
    """Each row's start and stop in time at risk since the person's last event, and which event it waits for (1, 2 ...).

    A person's first row starts at 0, as does each that comes after an event.
    """
    order = np.lexsort((start, who))
    length, did, own = (stop - start)[order], event[order].astype(np.intp), who[order]
    is_first = np.r_[True, own[1:] != own[:-1]]
    anew = is_first | np.r_[True, did[:-1] == 1]
    gap, person = (np.maximum.accumulate(np.where(each, np.arange(len(own)), 0)) for each in (anew, is_first))
    elapsed, before = np.r_[0.0, np.cumsum(length)[:-1]], np.r_[0, np.cumsum(did)[:-1]]
    since, until, number = np.empty(len(own)), np.empty(len(own)), np.empty(len(own), dtype=np.intp)
    # Differences of one length must be equal to the last digit, or ties are none; R's survival rounds for it too.
    since[order] = (elapsed - elapsed[gap]).round(DECIMALS)
    until[order] = (elapsed - elapsed[gap] + length).round(DECIMALS)
    number[order] = before - before[person] + 1
    return since, until, number


def last_number(who: People, number: People) -> int:
    """The last number of an event that enough people were at risk of, and so of each before it; 1 at least."""
    people = np.bincount(np.unique(np.column_stack([who, number]), axis=0)[:, 1])
    return max(int((people >= MINIMUM_AT_RISK).sum()), 1)


def refuse_one_sided(events: Numbers, treated: Numbers) -> None:
    if treated.min() == treated.max():
        raise EstimateError(f"{'Nobody' if treated[0] == 0 else 'Everybody'} is treated, so there is no comparison.")
    for name, side in (("treated", treated == 1), ("others", treated == 0)):
        if side.sum() < MINIMUM_SIDE:
            raise EstimateError(f"People among the {name}: {int(side.sum())}; a ratio of rates needs {MINIMUM_SIDE}.")
        if events[side].sum() == 0:
            raise EstimateError(f"Nobody among the {name} had an event, so there is no ratio of rates.")


def refuse_unfitted(is_settled: bool, value: Numbers, error: Numbers) -> None:
    if not is_settled or not np.isfinite(error).all():
        raise EstimateError("The model of rates does not settle: try it with fewer covariates.")
    # In a search that stops somewhere the value is not as far out as its error.
    if max(np.abs(value[1:]).max(), error[1:].max()) > LARGEST_COEFFICIENT:
        raise EstimateError("A covariate parts people with events from people without: no ratio of rates fits.")
