"""What a scheme is: who may be chosen, what gives points, how many there is room for, and the source of each number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from iom_analytics.cohorts.factors import FACTORS, Factor


@dataclass(frozen=True)
class Provenance:
    """Where numbers come from: a public source, or a local placeholder that the partnership must set itself.

    Both, where some have a source (bounds, say) and others have none (their points).
    """

    source: str | None
    is_local_placeholder: bool = False

    def __post_init__(self) -> None:
        assert self.source or self.is_local_placeholder, "a number has a source or is a local placeholder"


@dataclass(frozen=True)
class Use:
    """A factor with its arguments, for instance offences of burglary in the last 12 months."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def factor(self) -> Factor:
        return FACTORS[self.name]

    @property
    def given(self) -> Mapping[str, Any]:
        return dict(self.arguments)


@dataclass(frozen=True)
class Criterion:
    """One condition of eligibility. Exactly one of `at_least`, `at_most`, `below` and `is_one_of` is given.

    A number that misses by no more than `near` is a near miss.
    """

    id: str
    name: str
    use: Use
    provenance: Provenance
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    is_one_of: tuple[str | bool, ...] | None = None
    near: float | None = None

    @property
    def wanted(self) -> str:
        """What the criterion asks for, in words: 'at least 18 years'."""
        if bound := bounded(self.use, at_least=self.at_least, at_most=self.at_most, below=self.below):
            return bound
        assert self.is_one_of is not None
        return " or ".join(said(value) for value in self.is_one_of)


@dataclass(frozen=True)
class Band:
    """The points for a value from `at_least` up, up to `at_most`, or among `is_one_of`."""

    points: float
    at_least: float | None = None
    at_most: float | None = None
    is_one_of: tuple[str | bool, ...] | None = None


@dataclass(frozen=True)
class Component:
    """One source of points: the points of the best band the value reaches, times the weight."""

    id: str
    name: str
    use: Use
    provenance: Provenance
    bands: tuple[Band, ...]
    weight: float = 1.0

    @property
    def most_points(self) -> float:
        return self.weight * max(band.points for band in self.bands)


@dataclass(frozen=True)
class Strand:
    """A part of the scheme with criteria of its own; the first strand whose criteria a person meets is theirs.

    `share` is its part of the scheme's capacity.
    """

    id: str
    name: str
    criteria: tuple[Criterion, ...]
    provenance: Provenance
    share: float | None = None


@dataclass(frozen=True)
class Threshold:
    """A name for reaching so many points."""

    id: str
    name: str
    at_least: float
    provenance: Provenance


@dataclass(frozen=True)
class Capacity:
    """How many people there is room for."""

    people: int
    provenance: Provenance


@dataclass(frozen=True)
class Scheme:
    """A version of a selection scheme, in force from `effective_from` until `effective_to` (None: still)."""

    id: str
    version: str
    name: str
    purpose: str
    source: str
    effective_from: date
    effective_to: date | None
    criteria: tuple[Criterion, ...]
    components: tuple[Component, ...]
    capacity: Capacity
    strands: tuple[Strand, ...] = ()
    thresholds: tuple[Threshold, ...] = field(default=())

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    @property
    def label(self) -> str:
        return f"{self.id} {self.version}"

    @property
    def uses(self) -> tuple[Use, ...]:
        """Every factor the scheme uses, each once, in the order of the scheme."""
        criteria = [*self.criteria, *(criterion for strand in self.strands for criterion in strand.criteria)]
        uses = [criterion.use for criterion in criteria] + [component.use for component in self.components]
        return tuple(dict.fromkeys(uses))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The parts whose numbers have no public source: for the partnership to set before the scheme is used."""
        parts = (
            *((criterion.id, criterion.provenance) for criterion in self.criteria),
            *((f"{strand.id}/share", strand.provenance) for strand in self.strands),
            *(
                (f"{strand.id}/{criterion.id}", criterion.provenance)
                for strand in self.strands
                for criterion in strand.criteria
            ),
            *((component.id, component.provenance) for component in self.components),
            *((threshold.id, threshold.provenance) for threshold in self.thresholds),
            ("capacity", self.capacity.provenance),
        )
        return tuple(name for name, provenance in parts if provenance.is_local_placeholder)


def plain(number: float) -> str:
    """18 and not 18.0; 17.5 as it is."""
    return str(int(number)) if number == int(number) else str(number)


def bounded(use: Use, *, at_least: float | None, at_most: float | None, below: float | None = None) -> str | None:
    """The number that a criterion or a band asks of a factor, in words: 'at least 3 offences'; none where none is."""
    for words, number in (("at least", at_least), ("at most", at_most), ("below", below)):
        if number is not None:
            return f"{words} {counted(number, use.factor.unit)}"
    return None


def counted(number: float, unit: str | None) -> str:
    """A number with its unit, where it has one."""
    return plain(number) if unit is None else f"{plain(number)} {unit_for(number, unit)}"


def unit_for(number: float, unit: str) -> str:
    """The unit as it is said after a number; the vocabulary gives it in the plural: 1 test, 2 tests."""
    return unit.removesuffix("s") if number == 1 else unit


def said(value: str | bool) -> str:
    """A value in words: yes and no for true and false."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value.replace("_", " ")
