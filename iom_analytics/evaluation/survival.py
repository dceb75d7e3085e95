"""Time to an event: how many are still without one, what goes with it, and what else may come first.

Times count days at risk, so days in custody are left out of the rows, not counted as days without offending. Models are
statsmodels'; the numbers are checked against R's survival package. Sources: Kaplan and Meier 1958; Mantel 1966;
Cox 1972, ties by Efron 1977; Aalen and Johansen 1978; Andersen and Gill 1982 with the robust variance of Lin and
Wei 1989, clustered by person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t as t_of

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.clusters import MINIMUM_SIDE, fewest
from iom_analytics.evaluation.grade import Grade

MINIMUM_CLUSTERS = 10
LARGEST_COEFFICIENT = 12.0  # a hazard 160,000 times as high: nobody in one group had the event


@dataclass(frozen=True)
class Remaining:
    """At a time: how many were still at risk just before it, and the share without the event, with its interval."""

    time: float
    at_risk: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class KaplanMeier:
    """The share without the event at each time asked for."""

    people: int
    events: int
    points: tuple[Remaining, ...]
    level: float
    grade: Grade = Grade.DESCRIPTIVE


@dataclass(frozen=True)
class LogRank:
    """Whether groups differ in their times to the event."""

    chi_squared: float
    degrees: int
    p: float
    grade: Grade


@dataclass(frozen=True)
class Coefficient:
    """A covariate's log hazard ratio with its standard error, and the hazard ratio with its interval."""

    name: str
    value: float
    error: float
    hazard_ratio: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class CoxModel:
    """A proportional hazards model. `is_clustered` says that errors are robust, one cluster per person."""

    rows: int
    events: int
    coefficients: tuple[Coefficient, ...]
    log_likelihood: float
    log_likelihood_without: float
    is_clustered: bool
    level: float
    grade: Grade


@dataclass(frozen=True)
class Incidence:
    """At a time: the share of people to whom each cause has come first by then (cause: share)."""

    time: float
    at_risk: int
    share: dict[int, float]


def kaplan_meier(time: npt.ArrayLike, event: npt.ArrayLike, *, at: Sequence[float], level: float = 0.95) -> KaplanMeier:
    """The share still without the event at each time, with how many were at risk; intervals on the log-log scale.

    Raises EstimateError where there is no event, or a time lies beyond the last at which anybody was at risk.
    """
    from statsmodels.duration.survfunc import SurvfuncRight  # takes seconds to import

    t, d = read(time, event)
    z = arrays.errors_either_side(level)
    found = SurvfuncRight(t, d)
    points = []
    for when in at:
        at_risk = int((t >= when).sum())
        if at_risk == 0:
            raise EstimateError(f"Nobody was at risk at {when}, so nothing is known there.")
        place = int(np.searchsorted(found.surv_times, when, side="right")) - 1
        share = float(found.surv_prob[place]) if place >= 0 else 1.0
        low = high = share
        if 0 < share < 1:
            wide = z * float(found.surv_prob_se[place]) / (share * np.log(share))
            low, high = sorted((float(share ** np.exp(wide)), float(share ** np.exp(-wide))))
        points.append(Remaining(float(when), at_risk, share, low, high))
    return KaplanMeier(len(t), int(d.sum()), tuple(points), level)


def log_rank(time: npt.ArrayLike, event: npt.ArrayLike, group: npt.ArrayLike, *, grade: Grade) -> LogRank:
    """The log-rank test. Raises EstimateError where there is no event or one group alone."""
    from statsmodels.duration.survfunc import survdiff

    t, d = read(time, event)
    groups = np.asarray(group)
    if len(groups) != len(t):
        raise InputError("Groups and times must be of one length.")
    many = len(np.unique(groups))
    if many < 2:
        raise EstimateError("There is one group alone, so nothing to compare.")
    chi_squared, p = survdiff(t, d, groups)
    return LogRank(float(chi_squared), many - 1, float(p), grade)


def cox(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    names: Sequence[str],
    grade: Grade,
    start: npt.ArrayLike | None = None,
    person: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> CoxModel:
    """A Cox model, ties by Efron. With `start` each row is a stretch of time in which covariates hold.

    With `person` errors are robust and clustered by person: needed where a person has more than one event (the
    Andersen-Gill model), and right also where they have several rows. Intervals and p are then by t, with one degree of
    freedom less than there are people, of a yes or no those of its smaller side (who change sides count for both).

    Raises EstimateError where there are fewer events than covariates and one, a covariate does not vary or follows from
    others, one of them parts people with events from people without, nobody at risk at an event differs from the
    others, or there are under 10 people to cluster by, or of a yes or no under 5 on a side.
    """
    from statsmodels.duration.hazard_regression import PHReg

    arrays.share(level, "The level")
    t, d = read(stop, event)
    x = np.asarray(covariates, dtype=np.float64)
    if x.shape != (len(t), len(names)) or not np.isfinite(x).all():
        raise InputError("Covariates must be finite, with one row for each time and one column for each name.")
    if d.sum() < len(names) + 1:
        raise EstimateError(f"There are {int(d.sum())} events, too few for {len(names)} covariates.")
    if np.linalg.matrix_rank(x - x.mean(axis=0)) < len(names):
        raise EstimateError("A covariate does not vary, or follows from the others.")
    begin = np.zeros(len(t)) if start is None else arrays.numbers(start, "Starts")
    arrays.alike(start=begin, stop=t)
    if (begin >= t).any():
        raise InputError(f"Row {arrays.first(begin >= t)} ends before it begins.")
    who = None if person is None else clusters(person, begin, t)
    entry = None if start is None else begin + just_after(begin, t)
    # Statsmodels has no score for a row at risk at no event, and no robust error then; such a row says nothing.
    told = at_risk_of_any(begin, t, d)
    model = PHReg(t[told], x[told], status=d[told], entry=None if entry is None else entry[told], ties="efron")
    degrees = [np.inf] * len(names) if who is None else [degrees_of(each, who[told]) for each in x[told].T]
    try:
        fit = model.fit(groups=None if who is None else who[told], disp=0)
    except np.linalg.LinAlgError as failed:
        raise EstimateError(
            "Whenever somebody had the event, all who were at risk were alike in a covariate, or nobody else was at "
            "risk: no hazard ratio fits."
        ) from failed
    value, error = np.asarray(fit.params), np.asarray(fit.bse)
    widest = np.abs(value * x.std(axis=0)).max()
    if not np.isfinite(error).all() or widest > LARGEST_COEFFICIENT:
        raise EstimateError("A covariate parts people with events from people without: no hazard ratio fits.")
    coefficients = tuple(
        coefficient(name, b, e, degrees=free, level=level)
        for name, b, e, free in zip(names, value, error, degrees, strict=True)
    )
    without = float(model.loglike(np.zeros(len(names))))
    return CoxModel(len(t), int(d.sum()), coefficients, float(fit.llf), without, who is not None, level, grade)


def coefficient(name: str, value: float, error: float, *, degrees: float, level: float) -> Coefficient:
    """A logarithm of a hazard ratio with its interval and p by t (by the normal, where `degrees` have no end)."""
    reach = float(t_of.isf((1 - level) / 2, degrees)) * error
    return Coefficient(
        name=name,
        value=float(value),
        error=float(error),
        hazard_ratio=float(np.exp(value)),
        low=float(np.exp(value - reach)),
        high=float(np.exp(value + reach)),
        p=float(2 * t_of.sf(abs(value / error), degrees)),
    )


def degrees_of(covariate: Numbers, who: npt.NDArray[np.intp]) -> float:
    """The degrees of freedom of a covariate's robust error. Raises EstimateError where a side of a yes or no is few."""
    values = np.unique(covariate)
    if len(values) != 2:
        return len(np.unique(who)) - 1
    people = fewest(who, covariate == values[0], covariate == values[1])
    if people < MINIMUM_SIDE:
        raise EstimateError(
            f"{people} {'person is' if people == 1 else 'people are'} on one side of a covariate; errors by person "
            f"need {MINIMUM_SIDE} on each, or chance cannot be told from an effect."
        )
    return people - 1


def at_risk_of_any(start: Numbers, stop: Numbers, event: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which rows, from after `start` up to `stop`, are at risk when something happens to anybody."""
    when = np.append(np.unique(stop[event == 1]), np.inf)
    return np.asarray(when[np.searchsorted(when, start, side="right")] <= stop)


def concordance(time: npt.ArrayLike, event: npt.ArrayLike, risk: npt.ArrayLike) -> float:
    """How often, of two people of whom one is known to have had the event first, that one had the greater risk.

    Equal risks count a half (Harrell 1982). Raises EstimateError where no two people can be compared.
    """
    t, d = read(time, event)
    r = arrays.numbers(risk, "Risks")
    arrays.alike(time=t, risk=r)
    right = pairs = 0.0
    for place in np.flatnonzero(d):
        later = (t > t[place]) | ((t == t[place]) & (d == 0))
        pairs += later.sum()
        right += (r[place] > r[later]).sum() + 0.5 * (r[place] == r[later]).sum()
    if pairs == 0:
        raise EstimateError("No two people can be compared.")
    return float(right / pairs)


def competing_incidence(time: npt.ArrayLike, cause: npt.ArrayLike) -> tuple[Incidence, ...]:
    """By each time of an event: the share of people to whom each cause has come first (Aalen-Johansen).

    `cause` is 0 where nothing came before the end of what is known, else 1, 2 ... (reoffending, death, deportation).
    One minus Kaplan-Meier, with deaths taken for an end of knowledge, would say too much.
    """
    t, c = arrays.positive(time, "Times"), arrays.counts(cause, "Causes")
    arrays.alike(time=t, cause=c)
    causes = [int(each) for each in np.unique(c) if each > 0]
    if not causes:
        raise EstimateError("Nothing happened to anybody, so there is no incidence.")
    share, free = dict.fromkeys(causes, 0.0), 1.0
    found = []
    for when in np.unique(t[c > 0]):
        at_risk = int((t >= when).sum())
        now = {each: int(((t == when) & (c == each)).sum()) for each in causes}
        share = {each: share[each] + free * now[each] / at_risk for each in causes}
        free *= 1 - sum(now.values()) / at_risk
        found.append(Incidence(float(when), at_risk, share))
    return tuple(found)


def clusters(person: npt.ArrayLike, start: Numbers, stop: Numbers) -> npt.NDArray[np.intp]:
    """A number for each row's person. Raises where a person's rows overlap, or there are too few people."""
    names, who = np.unique(np.asarray(person), return_inverse=True)
    if len(who) != len(stop):
        raise InputError("Persons and times must be of one length.")
    if len(names) < MINIMUM_CLUSTERS:
        raise EstimateError(f"There are {len(names)} people; errors by person need {MINIMUM_CLUSTERS}.")
    order = np.lexsort((start, who))
    same = who[order][1:] == who[order][:-1]
    if (same & (start[order][1:] < stop[order][:-1])).any():
        raise InputError("Rows of one person overlap: a day would count twice.")
    return np.asarray(who, dtype=np.intp)


def just_after(start: Numbers, stop: Numbers) -> float:
    """Half of the smallest step between times.

    statsmodels 0.15 takes a row that starts at the time of an event for at risk at that event, so that a person whose
    rows meet there counts twice; R does not. Only the order of times matters, so starting a little later puts it right.
    """
    return float(np.diff(np.unique(np.concatenate([start, stop]))).min()) / 2


def read(time: npt.ArrayLike, event: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    t, d = arrays.positive(time, "Times"), arrays.happened(event, "Events")
    arrays.alike(time=t, event=d)
    if d.sum() == 0:
        raise EstimateError("Nobody had the event, so there is nothing to measure.")
    return t, d
