"""Made-up areas some of which take the scheme up, at different times, with a known effect; and the estimator for them.

Sixty neighbourhoods over 12 quarters, in each of which 120 people start a sentence, are released or are cautioned, and
are proven to have reoffended within a year or not. Each neighbourhood has a rate of its own, all share what quarters
bring, and each wanders a little from quarter to quarter by itself (which chance in counts does not cover). Thirty take
the scheme up, ten each in quarters 5, 7 and 9, and keep it; from then on their rate is lower by the stated points.

What this keeps and breaks of difference in differences: neighbourhoods would have moved alike without the scheme
(kept), because those with the highest rates of their own take it up and that stays; errors of neighbourhoods from ten
to a group (few). With `by_last_year` those take it up that were highest in the last four quarters, by chance as well as
by rate, so that they would have fallen anyway: broken, and run as a stress.
"""

from dataclasses import dataclass

import numpy as np

from bench.validation.truth.estimators import Result, result
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.staggered import staggered
from iom_analytics.evaluation.verdict import verdict

AREAS, QUARTERS, PEOPLE = 60, 12, 120
STARTS, IN_EACH = (5, 7, 9), 10
YEAR = 4


@dataclass(frozen=True)
class AreaWorld:
    """The settings; `effect` in shares."""

    effect: float
    by_last_year: bool = False


@dataclass(frozen=True)
class Areas:
    """Shares who reoffended, a row for each neighbourhood and a column for each quarter; inf where it never entered."""

    rates: Numbers
    entered: Numbers
    effect: float


def make(world: AreaWorld, seed: int) -> Areas:
    rng = np.random.default_rng(seed)
    own = rng.normal(0.40, 0.06, AREAS)
    shared = 0.03 * np.sin(2 * np.pi * np.arange(QUARTERS) / YEAR) + np.cumsum(rng.normal(0, 0.01, QUARTERS))
    wandering = rng.normal(0, 0.02, (AREAS, QUARTERS))
    chance = np.clip(own[:, None] + shared + wandering, 0.12, 0.95)
    counts = np.zeros((AREAS, QUARTERS))
    entered = np.full(AREAS, np.inf)
    preferred = own + rng.normal(0, 0.04, AREAS)
    for quarter in range(QUARTERS):
        if quarter in STARTS:
            wish = counts[:, quarter - YEAR : quarter].sum(axis=1) if world.by_last_year else preferred
            wish = np.where(np.isinf(entered), wish, -np.inf)
            entered[np.argsort(-wish)[:IN_EACH]] = quarter
        counts[:, quarter] = rng.binomial(PEOPLE, chance[:, quarter] + world.effect * (quarter >= entered))
    return Areas(counts / PEOPLE, entered, world.effect)


def difference_in_differences(made: Areas, seed: int) -> Result:
    """The effect of taking up, against those who never did. Nothing is drawn."""
    shape = made.rates.shape
    found = staggered(
        unit=np.repeat(np.arange(shape[0]), shape[1]),
        period=np.tile(np.arange(shape[1]), shape[0]),
        entered=np.repeat(made.entered, shape[1]),
        outcome=made.rates.ravel(),
    ).overall
    word = verdict(found.low, found.high, p=found.p, grade=Grade.AREA)
    return result(made.effect, found.estimate, found.low, found.high, word, scale=100)
