"""The size of a partnership that the power calculation asks for, planned from a pilot's base rate."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from bench.validation.truth.estimators import people as study_of
from bench.validation.truth.partnerships import PANELS, World, make
from iom_analytics.evaluation.balance import effective_size
from iom_analytics.evaluation.power import sample_size
from iom_analytics.evaluation.propensity import propensity
from iom_analytics.evaluation.weighting import inverse

PILOTS = range(30_000_000, 30_000_005)
ROUNDS = 3


@dataclass(frozen=True)
class Plan:
    """The partnership with the places that were asked for, and the plan in words."""

    world: World
    words: str


def planned(effect: float, *, people: int, ratio: float | None = None) -> Plan:
    """As many places as find the effect with 80% power; the more are taken the lower is their rate, hence the rounds.

    Without `ratio` comparison people are counted as the evenly weighted ones that the pilot's weights are worth.
    """
    places = World(effect).places
    for _ in range(ROUNDS):
        pilots = [make(World(0, people=people, places=places), seed) for seed in PILOTS]
        base = float(np.mean([made.reoffended[made.treated].mean() for made in pilots]))
        worth = ratio
        if worth is None:
            worth = 0.0
            for made in pilots:
                study = study_of(made)
                weights = inverse(study, propensity(study)).weights
                worth += effective_size(weights[~study.treated]) / study.treated.sum() / len(pilots)
        size = sample_size(base, base + effect, ratio=worth)
        places = ceil(size.treated / PANELS)
    words = f"{size.treated:,} treated planned, base {base:.0%}, {worth:.1f} comparison people to one"
    return Plan(World(effect, people=people, places=places), words)
