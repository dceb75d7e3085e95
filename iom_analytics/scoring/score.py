"""A score with its working: every named term, in order, so that a screen can show how the number came about."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from iom_analytics.scoring.bands import Band
from iom_analytics.scoring.codes import Error

Kind = Literal["static", "dynamic"]


@dataclass(frozen=True)
class Term:
    """One named weight: the name in the code, what it stands for in words, and what it adds to the sum."""

    name: str
    label: str
    value: float


@dataclass(frozen=True)
class Outcome:
    """What the terms come to over one horizon: `total` is the constant plus the sum of the terms."""

    horizon_months: int
    constant: Term
    total: float
    probability: float
    percent: float


@dataclass(frozen=True)
class Score:
    """One person's score by one predictor, or the reasons why there is none (`kind` and `band` are None then).

    `missing` names the inputs that were not given or could not be read. `provisional` is true where they could change
    the band; `possible_bands` are the lowest and the highest it could be.
    """

    predictor: str
    version: str
    kind: Kind | None = None
    terms: tuple[Term, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    band: Band | None = None
    possible_bands: tuple[Band, Band] | None = None
    errors: tuple[Error, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def provisional(self) -> bool:
        return self.possible_bands is not None and self.possible_bands != (self.band, self.band)

    @property
    def outcome(self) -> Outcome:
        """The outcome over the longest horizon, from which the band is taken."""
        return self.outcomes[-1]


def outcomes_of(
    terms: tuple[Term, ...], constants: dict[int, Term], percent: Callable[[float], float]
) -> tuple[Outcome, ...]:
    """One outcome per horizon, in order."""
    total = sum(term.value for term in terms)
    found = []
    for horizon, constant in constants.items():
        probability = logistic(constant.value + total)
        found.append(Outcome(horizon, constant, constant.value + total, probability, percent(probability)))
    return tuple(found)


def logistic(total: float) -> float:
    """The probability that a sum of weights stands for."""
    assert -745 < total < 709, f"no inputs lead to a sum of {total}"
    return 1 / (1 + math.exp(-total))
