"""The coefficients: CSV files, one row per model and term, with a plain label and the source; and their loader.

`value` is kept as the source prints it and read as a double. `term` is the name used in the code and in the working.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from iom_analytics.errors import DefinitionError

FILES = ("ogrs3", "ogrs4", "predictors")


@dataclass(frozen=True)
class Coefficients(Mapping[str, float]):
    """One model's terms: term -> value."""

    model: str
    values_by_term: Mapping[str, float]
    labels: Mapping[str, str]

    def __getitem__(self, term: str) -> float:
        return self.values_by_term[term]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_term)

    def __len__(self) -> int:
        return len(self.values_by_term)

    def polynomial(self, prefix: str) -> tuple[float, ...]:
        """The coefficients of x, x squared ... that the model has under `prefix_1`, `prefix_2` ..."""
        powers = [self.get(f"{prefix}_{power}", 0.0) for power in range(1, 5)]
        while powers and powers[-1] == 0.0:
            powers.pop()
        return tuple(powers)


@cache
def load(model: str) -> Coefficients:
    """The coefficients of one model, for instance `ogrs3-9dp` or `arp-static`."""
    return models()[model]


@cache
def models() -> Mapping[str, Coefficients]:
    """Every model of every file."""
    found: dict[str, Coefficients] = {}
    for name in FILES:
        text = (resources.files(__name__) / f"{name}.csv").read_text(encoding="utf-8")
        for model, part in read(name, text).items():
            if model in found:
                raise DefinitionError(f"coefficients/{name}.csv", f"the model {model} is also in another file")
            found[model] = part
    return found


def read(name: str, text: str) -> dict[str, Coefficients]:
    """The models of one file's text; a missing source, a value that is no number or a term given twice is refused."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    values: dict[str, dict[str, float]] = {}
    labels: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(lines):
        model, term = row["model"], row["term"]
        problem = f"{model}, {term}"
        if not row["source"] or not row["label"]:
            raise DefinitionError(f"coefficients/{name}.csv", f"{problem}: no label or no source")
        if term in values.setdefault(model, {}):
            raise DefinitionError(f"coefficients/{name}.csv", f"{problem}: given twice")
        try:
            values[model][term] = float(row["value"])
        except ValueError as error:
            raise DefinitionError(f"coefficients/{name}.csv", f"{problem}: {row['value']!r} is no number") from error
        labels.setdefault(model, {})[term] = row["label"]
    return {model: Coefficients(model, values[model], labels[model]) for model in values}
