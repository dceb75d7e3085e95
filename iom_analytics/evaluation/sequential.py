"""Looking more than once without crying wolf: boundaries for planned looks, and a test that may be looked at any time.

Planned looks: the chance of a false alarm is spent bit by bit (Lan and DeMets 1983, Biometrika 70, 659-663) as O'Brien
and Fleming 1979, Biometrics 35, 549-556, would: hardly any early. Boundaries by recursive numerical integration
(Armitage, McPherson and Rowe 1969, J. R. Stat. Soc. A 132, 235-244), two-sided and symmetric. Looks need not come at
even distances, and their number need not be known: only what share of the final information each has.

Any time: the likelihood ratio of outcomes that were as likely as scores said against the same with odds moved up or
down, averaged over how far they may have moved (mixture sequential probability ratio: Robbins 1970, Ann. Math. Stat.
41, 1397-1409; Wald 1945). If the scores are right it is a fair game with a stake of 1, so that it ever reaches
1 / alpha has a chance of alpha at most (Ville 1939), however often and for whatever reason somebody looks or stops
(e-process: Ramdas, Gruenwald, Vovk and Shafer 2023, Stat. Sci. 38, 576-601).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import norm

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

PIECES = 600  # of the integration at each look; twice as many change no fourth decimal of a boundary
FARTHEST = 10.0
MOST_LOOKS = 50


@dataclass(frozen=True)
class Look:
    """A planned look: at which share of the information, beyond which z (either side) it stops, what was spent by then.

    `p` is the two-sided p-value below which it stops.
    """

    information: float
    z: float
    p: float
    spent: float


@dataclass(frozen=True)
class AnyTime:
    """The evidence against the scores after each case (1 at the start), and where it first reached 1 / alpha.

    `p` is valid at any time: 1 over the greatest evidence so far. `alarm` counts cases from 1; None: there was none.
    """

    evidence: Numbers
    alarm: int | None
    p: float
    alpha: float
    spread: float
    grade: Grade = Grade.EXPECTED


def spent_by(information: npt.ArrayLike, alpha: float) -> Numbers:
    """Alpha spent by a share of the information, both sides together: 4 - 4 Phi(z of alpha/4 / root t)."""
    return np.asarray(4 * norm.sf(norm.isf(alpha / 4) / np.sqrt(np.asarray(information, np.float64))))


def planned_looks(information: npt.ArrayLike, *, alpha: float = 0.05) -> tuple[Look, ...]:
    """The boundary at each look, given which share of the final information it has; the last need not be 1 yet.

    Information is people or events, not months. Raises InputError where shares do not rise or pass 1.
    """
    arrays.share(alpha, "Alpha")
    t = arrays.positive(information, "Information")
    if len(t) == 0 or (np.diff(t) <= 0).any() or t[-1] > 1:
        raise InputError("Shares of information must rise from look to look, to 1 at most.")
    if len(t) > MOST_LOOKS:
        raise InputError(f"{len(t)} looks are planned; {MOST_LOOKS} are the most. Use the test for any time.")
    spent = spent_by(t, alpha)
    found: list[Look] = []
    walk: Walk | None = None
    for place, share in enumerate(t):
        to_spend = float(spent[place] - (spent[place - 1] if place else 0))
        before = walk
        if before is None:
            z = float(norm.isf(to_spend / 2))
        else:
            far = before.passed(FARTHEST, share)
            z = FARTHEST if far >= to_spend else float(brentq(excess, 0.1, FARTHEST, (before, share, to_spend)))
        z = min(z, FARTHEST)
        found.append(Look(float(share), z, float(2 * norm.sf(z)), float(spent[place])))
        walk = Walk.first(z, share) if before is None else before.go_on(z, share)
    return tuple(found)


def o_brien_fleming(looks: int, *, alpha: float = 0.05) -> tuple[Look, ...]:
    """The boundaries that O'Brien and Fleming gave for evenly spaced looks: a constant times root (looks / look)."""
    arrays.share(alpha, "Alpha")
    if not 1 <= looks <= MOST_LOOKS:
        raise InputError(f"The number of looks is 1 to {MOST_LOOKS}.")
    t = np.arange(1, looks + 1) / looks

    def missed(constant: float) -> float:
        return float(passed_by(constant / np.sqrt(t), t)[-1]) - alpha

    constant = float(brentq(missed, norm.isf(alpha / 2) - 1e-3, FARTHEST))
    z = constant / np.sqrt(t)
    spent = passed_by(z, t)
    return tuple(Look(float(a), float(b), float(2 * norm.sf(b)), float(c)) for a, b, c in zip(t, z, spent, strict=True))


def passed_by(z: npt.ArrayLike, information: npt.ArrayLike) -> Numbers:
    """The chance, without any effect, that a boundary was passed by each look."""
    bounds, t = arrays.positive(z, "Boundaries"), arrays.positive(information, "Information")
    arrays.alike(boundaries=bounds, information=t)
    walk = Walk.first(float(bounds[0]), float(t[0]))
    found = [2 * float(norm.sf(bounds[0]))]
    for bound, share in zip(bounds[1:], t[1:], strict=True):
        found.append(found[-1] + walk.passed(float(bound), float(share)))
        walk = walk.go_on(float(bound), float(share))
    return np.array(found)


@dataclass(frozen=True)
class Walk:
    """Where a Brownian motion that has passed no boundary is: its density at the middle of pieces of one width."""

    at: Numbers
    weight: Numbers
    information: float

    @staticmethod
    def first(z: float, information: float) -> "Walk":
        at, width = pieces(z, information)
        return Walk(at, norm.pdf(at, scale=np.sqrt(information)) * width, information)

    def passed(self, z: float, information: float) -> float:
        """The chance of passing at the next look, and at none before."""
        step = np.sqrt(information - self.information)
        bound = z * np.sqrt(information)
        return float(self.weight @ (norm.sf((bound - self.at) / step) + norm.cdf((-bound - self.at) / step)))

    def go_on(self, z: float, information: float) -> "Walk":
        at, width = pieces(z, information)
        step = np.sqrt(information - self.information)
        density = norm.pdf((at[:, None] - self.at[None, :]) / step) / step
        return Walk(at, density @ self.weight * width, information)


def pieces(z: float, information: float) -> tuple[Numbers, float]:
    """The middles of the pieces between the boundaries, and how wide each is."""
    bound = z * float(np.sqrt(information))
    width = 2 * bound / PIECES
    return np.asarray(-bound + width * (np.arange(PIECES) + 0.5), np.float64), width


def excess(z: float, walk: Walk, information: float, to_spend: float) -> float:
    return walk.passed(z, information) - to_spend


def any_time(
    reoffended: npt.ArrayLike, probability: npt.ArrayLike, *, alpha: float = 0.05, spread: float = 0.5
) -> AnyTime:
    """The test that may be looked at after any case, in the order in which outcomes were known.

    `probability` are those the score gave at entry (locally recalibrated; half for each pair of which one alone
    reoffended, to compare two groups). `spread` is how far the log odds may have moved, as a standard deviation around
    none: 0.5 looks for odds some two thirds higher or lower. It must be settled beforehand; a poor guess costs power,
    never false alarms. Raises EstimateError where there are no cases.
    """
    arrays.share(alpha, "Alpha")
    y, p = arrays.happened(reoffended, "Reoffended"), arrays.probabilities(probability, "Probabilities")
    arrays.alike(reoffended=y, probabilities=p)
    if len(y) == 0:
        raise EstimateError("There are no cases yet.")
    if not 0 < spread < 5:
        raise InputError("The spread of the log odds must lie between 0 and 5.")
    # Any set of places with weights that add up to 1 makes a fair game, so the mixture needs no exact integral.
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    moved = spread * nodes
    ratios = np.cumsum(y[:, None] * moved - np.log1p(np.expm1(moved) * p[:, None]), axis=0)
    evidence = np.exp(np.minimum(logsumexp(ratios + np.log(weights / weights.sum()), axis=1), 700))
    over = evidence >= 1 / alpha
    alarm = arrays.first(over) if over.any() else None
    return AnyTime(evidence, alarm, float(min(1.0, 1 / evidence.max())), alpha, spread)
