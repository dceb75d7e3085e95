"""Scheme definitions as the web keeps them: the text, its hash, and what the library read in it as plain values."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from iom.common.errors import InvalidInput
from iom_analytics import cohorts
from iom_analytics.cohorts.definition import yaml_files
from iom_analytics.cohorts.ranking import places
from iom_analytics.cohorts.scheme import bounded, plain, said
from iom_analytics.errors import DefinitionError
from iom_analytics.scoring import PREDICTORS, Predictor


@dataclass(frozen=True)
class Definition:
    """A scheme's text with its hash, and what it says: what pages show without the library."""

    text: str
    sha256: str
    values: dict[str, Any]


def shipped() -> dict[str, str]:
    """The text of every scheme that comes with the library, by id."""
    return {file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8") for file in yaml_files()}


def read_definition(text: str) -> Definition:
    """What the text says; raises `InvalidInput` in the library's plain words where it does not hold together."""
    try:
        scheme = cohorts.read_scheme(text, definition="The scheme")
    except DefinitionError as error:
        raise InvalidInput("The scheme does not hold together.", {"text": error.problem}) from error
    return Definition(text, sha256(text.encode()).hexdigest(), values_of(scheme))


def values_of(scheme: cohorts.Scheme) -> dict[str, Any]:
    room = places(scheme)
    return {
        "id": scheme.id,
        "version": scheme.version,
        "name": scheme.name,
        "purpose": scheme.purpose,
        "source": scheme.source,
        "effective_from": scheme.effective_from.isoformat(),
        "effective_to": scheme.effective_to.isoformat() if scheme.effective_to else None,
        "capacity": {"people": scheme.capacity.people, **where_from(scheme.capacity.provenance)},
        "criteria": [criterion_values(criterion) for criterion in scheme.criteria],
        "strands": [
            {
                "id": strand.id,
                "name": strand.name,
                "share": strand.share,
                "places": room.get(strand.id),
                "criteria": [criterion_values(criterion) for criterion in strand.criteria],
                **where_from(strand.provenance),
            }
            for strand in scheme.strands
        ],
        "components": [
            {
                "id": component.id,
                "name": component.name,
                "weight": component.weight,
                "most_points": component.most_points,
                "bands": [{"when": when(band, component.use), "points": band.points} for band in component.bands],
                **factor_values(component.use),
                **where_from(component.provenance),
            }
            for component in scheme.components
        ],
        "thresholds": [
            {
                "id": threshold.id,
                "name": threshold.name,
                "at_least": threshold.at_least,
                **where_from(threshold.provenance),
            }
            for threshold in scheme.thresholds
        ],
        "placeholders": list(scheme.placeholders),
    }


def criterion_values(criterion: cohorts.Criterion) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "name": criterion.name,
        "wanted": criterion.wanted,
        "near": None if criterion.near is None else plain(criterion.near),
        **factor_values(criterion.use),
        **where_from(criterion.provenance),
    }


def factor_values(use: cohorts.Use) -> dict[str, Any]:
    """What is counted, in the vocabulary's words, and what it is narrowed to."""
    return {
        "factor": use.name,
        "kind": use.factor.kind,
        "unit": use.factor.unit,
        "meaning": use.factor.meaning,
        "narrowed_to": {
            name: ", ".join(said(each) for each in value) if isinstance(value, tuple) else value
            for name, value in use.arguments
        },
    }


def where_from(provenance: cohorts.Provenance) -> dict[str, Any]:
    return {"source": provenance.source, "placeholder": provenance.is_local_placeholder}


def when(band: cohorts.Band, use: cohorts.Use) -> str:
    """The values a band is for, in words: 'at least 3 offences'."""
    bound = bounded(use, at_least=band.at_least, at_most=band.at_most)
    return bound or " or ".join(said(value) for value in band.is_one_of or ())


@cache
def shipped_values() -> tuple[dict[str, Any], ...]:
    """What every scheme that comes with the library says, as plain values."""
    return tuple(read_definition(text).values for _id, text in sorted(shipped().items()))


def predictors() -> list[Predictor]:
    """The scores that the library works out: each with its `title`, `version` and `horizons` in months."""
    return list(PREDICTORS.values())
