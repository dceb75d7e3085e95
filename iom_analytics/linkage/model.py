"""The one page of knobs: the model's version, its thresholds as match weights, and its shipped parameters.

A match weight is the logarithm, base 2, of the odds that two records are the same person: 0 is even odds, each step of
one doubles them, and 10 is a thousand to one. Change a number here only together with MODEL_VERSION, and run
`make validate` before and after: no number may be chosen on the truth of the data it is then measured on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from iom_analytics.linkage.comparisons import Comparison

MODEL_VERSION = "2026-11-23"
"""Names the file of shipped parameters in `models/`."""

JOIN = 5.0
"""Two groups of records become one person where the best link between them is at least this (32 to 1) ..."""

BREAK = 0.0
"""... and only while the evidence between the two groups, over all their pairs, is on average at least this."""

REVIEW = 0.0
"""Links from this weight up to JOIN are for a person to decide; so is any link that a conflict kept apart."""

MOST, LEAST = 20.0, -4.0
"""In that average no pair counts for more than MOST, so that one identifier does not drown many differences, nor for
less than LEAST, so that one badly written record does not. A pair that was not compared counts as LEAST."""

FAINTEST = -8.0
"""Pairs below this weight are not kept: so faint a link says no more than that there is none."""


@dataclass(frozen=True)
class Odds:
    """How often a level is seen: `m` among pairs that are one person, `u` among pairs that are two."""

    m: float
    u: float


Parameters = Mapping[str, Mapping[str, Odds]]
"""Comparison -> level -> odds."""


@dataclass(frozen=True)
class Model:
    """A version, the parameters, and the probability that two records at random are one person."""

    version: str
    parameters: Parameters
    prior: float

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "prior": self.prior,
            "parameters": {
                comparison: {level: {"m": odds.m, "u": odds.u} for level, odds in levels.items()}
                for comparison, levels in self.parameters.items()
            },
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Model":
        parameters = {
            comparison: {level: Odds(**odds) for level, odds in levels.items()}
            for comparison, levels in content["parameters"].items()
        }
        return cls(content["version"], parameters, content["prior"])


@cache
def shipped() -> Model:
    """The model that comes with the library."""
    source = files("iom_analytics.linkage") / "models" / f"{MODEL_VERSION}.json"
    return Model.from_json(json.loads(source.read_text(encoding="utf-8")))


def for_comparisons(model: Model, comparisons: Sequence[Comparison]) -> Model:
    """The model with parameters for each of these comparisons by its name; a further column has those of its kind."""
    return Model(
        model.version,
        {
            comparison.name: model.parameters.get(comparison.name, model.parameters[comparison.parameters])
            for comparison in comparisons
        },
        model.prior,
    )
