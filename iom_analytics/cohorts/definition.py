"""Reads a scheme from YAML, and refuses what does not hold together, naming the place.

Every part with numbers says where they come from: `source:`, or `local placeholder: true` for those without one; both
where some have a source and others have none.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml

from iom_analytics.cohorts.factors import FACTORS, Factor, Parameter
from iom_analytics.cohorts.scheme import (
    Band,
    Capacity,
    Component,
    Criterion,
    Provenance,
    Scheme,
    Strand,
    Threshold,
    Use,
)
from iom_analytics.errors import DefinitionError, InputError

PLACEHOLDER = "local placeholder"
COMPARISONS = ("at_least", "at_most", "below", "is")
BAND_COMPARISONS = ("at_least", "at_most", "is")
Part = TypeVar("Part")


def shipped_schemes() -> tuple[str, ...]:
    """The ids of the schemes that come with the library, in alphabetical order."""
    return tuple(sorted(file.name[: -len(".yaml")] for file in yaml_files()))


def yaml_files() -> list[Any]:
    return [
        file for file in (resources.files("iom_analytics.cohorts") / "schemes").iterdir() if file.name[-5:] == ".yaml"
    ]


def load_scheme(name: str | Path) -> Scheme:
    """The scheme of a YAML file, or the shipped scheme of that id.

    Raises InputError where there is neither, DefinitionError where the scheme does not hold together.
    """
    for file in yaml_files():
        if file.name == f"{name}.yaml":
            return read_scheme(file.read_text(encoding="utf-8"), definition=file.name)
    path = Path(name)
    if not path.is_file():
        raise InputError(f"There is no scheme file '{name}'. Shipped schemes: {', '.join(shipped_schemes())}.")
    try:
        return read_scheme(path.read_text(encoding="utf-8"), definition=path.name)
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: a scheme must be text in UTF-8.") from error


def read_scheme(text: str, *, definition: str = "scheme") -> Scheme:
    """The scheme written in `text`; `definition` names it in errors.

    Raises DefinitionError where anything is missing, unknown, contradictory or without its source.
    """
    try:
        tree = yaml.load(text, Loader=StrictLoader)  # noqa: S506  # nosec B506
    except yaml.YAMLError as error:
        raise DefinitionError(definition, f"not valid YAML: {' '.join(str(error).split())}") from error
    return Reader(definition).scheme(tree)


class StrictLoader(yaml.SafeLoader):
    """YAML as it is, but a key written twice is an error and not silently the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"'{twice[0]}' is given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


class Reader:
    """Reads the parts of one definition; every error names the definition and the place in it."""

    def __init__(self, definition: str) -> None:
        self.definition = definition

    def fail(self, place: str, problem: str) -> DefinitionError:
        return DefinitionError(self.definition, f"{place}: {problem}" if place else problem)

    def scheme(self, tree: Any) -> Scheme:
        fields = self.mapping(tree, "")
        self.only(
            fields,
            "",
            required=("id", "version", "name", "purpose", "source", "effective_from", "capacity", "components"),
            optional=("effective_to", "criteria", "strands", "thresholds"),
        )
        effective_from = self.day(fields["effective_from"], "effective_from")
        effective_to = None if fields.get("effective_to") is None else self.day(fields["effective_to"], "effective_to")
        if effective_to is not None and effective_to <= effective_from:
            raise self.fail("effective_to", "must be after effective_from")
        components = self.parts(fields, "components", self.component)
        if not components:
            raise self.fail("components", "a scheme needs at least one")
        strands = self.parts(fields, "strands", self.strand)
        shares = [strand.share for strand in strands if strand.share is not None]
        if shares and (len(shares) < len(strands) or sum(shares) > 1 + 1e-9):
            raise self.fail("strands", "either no strand has a share, or all have and they add up to at most 1")
        thresholds = self.parts(fields, "thresholds", self.threshold)
        if [t.at_least for t in thresholds] != sorted({t.at_least for t in thresholds}):
            raise self.fail("thresholds", "must rise, each above the one before")
        return Scheme(
            id=self.text(fields["id"], "id"),
            version=self.text(fields["version"], "version"),
            name=self.text(fields["name"], "name"),
            purpose=self.text(fields["purpose"], "purpose"),
            source=self.text(fields["source"], "source"),
            effective_from=effective_from,
            effective_to=effective_to,
            criteria=self.parts(fields, "criteria", self.criterion),
            components=components,
            capacity=self.capacity(fields["capacity"], "capacity"),
            strands=strands,
            thresholds=thresholds,
        )

    def criterion(self, fields: dict[str, Any], place: str) -> Criterion:
        use = self.use(fields, place, also=(*COMPARISONS, "near"))
        given = [name for name in COMPARISONS if name in fields]
        if len(given) != 1:
            raise self.fail(place, f"needs exactly one of {', '.join(COMPARISONS)}")
        comparison = self.comparison(fields, use, place)
        if "near" in fields and given == ["is"]:
            raise self.fail(place, "only a criterion about a number can be missed nearly")
        near = self.number(fields["near"], f"{place}, near") if "near" in fields else None
        if near is not None and near <= 0:
            raise self.fail(place, "near must be more than 0")
        return Criterion(
            self.text(fields["id"], place),
            self.text(fields["name"], place),
            use,
            self.provenance(fields, place),
            near=near,
            **comparison,
        )

    def component(self, fields: dict[str, Any], place: str) -> Component:
        use = self.use(fields, place, also=("bands", "weight"), required=("bands",))
        listed = fields["bands"]
        if not isinstance(listed, list) or not listed:
            raise self.fail(place, "bands must be a list with at least one band")
        bands = tuple(self.band(band, use, f"{place}, band {n}") for n, band in enumerate(listed, start=1))
        self.check_bands(bands, place)
        weight = self.number(fields.get("weight", 1), f"{place}, weight")
        if weight <= 0:
            raise self.fail(place, "the weight must be more than 0")
        name = self.text(fields["name"], place)
        return Component(self.text(fields["id"], place), name, use, self.provenance(fields, place), bands, weight)

    def band(self, tree: Any, use: Use, place: str) -> Band:
        fields = self.mapping(tree, place)
        self.only(fields, place, required=("points",), optional=BAND_COMPARISONS)
        if len(fields) != 2:
            raise self.fail(place, f"needs points and exactly one of {', '.join(BAND_COMPARISONS)}")
        points = self.number(fields["points"], f"{place}, points")
        if points < 0:
            raise self.fail(place, "points cannot be negative")
        return Band(points, **self.comparison(fields, use, place))

    def check_bands(self, bands: tuple[Band, ...], place: str) -> None:
        """Bands of one component compare the same way; bounds rise, and no name is in two bands."""
        lower = [band.at_least for band in bands if band.at_least is not None]
        upper = [band.at_most for band in bands if band.at_most is not None]
        names = [name for band in bands for name in band.is_one_of or ()]
        if sum(bool(kind) for kind in (lower, upper, names)) != 1:
            raise self.fail(place, "all bands must compare the same way")
        for bounds in (lower, upper):
            if bounds != sorted(set(bounds)):
                raise self.fail(place, "the bounds of the bands must rise")
        if len(names) != len(set(names)):
            raise self.fail(place, "a value is in two bands")

    def strand(self, fields: dict[str, Any], place: str) -> Strand:
        self.only(fields, place, required=("id", "name", "criteria"), optional=("share", "source", PLACEHOLDER))
        share = self.number(fields["share"], f"{place}, share") if "share" in fields else None
        if share is not None and not 0 < share <= 1:
            raise self.fail(place, "a share is more than 0 and at most 1")
        criteria = self.parts(fields, "criteria", self.criterion, within=place)
        name = self.text(fields["name"], place)
        return Strand(self.text(fields["id"], place), name, criteria, self.provenance(fields, place), share)

    def threshold(self, fields: dict[str, Any], place: str) -> Threshold:
        self.only(fields, place, required=("id", "name", "at_least"), optional=("source", PLACEHOLDER))
        at_least = self.number(fields["at_least"], f"{place}, at_least")
        name = self.text(fields["name"], place)
        return Threshold(self.text(fields["id"], place), name, at_least, self.provenance(fields, place))

    def capacity(self, tree: Any, place: str) -> Capacity:
        fields = self.mapping(tree, place)
        self.only(fields, place, required=("people",), optional=("source", PLACEHOLDER))
        people = fields["people"]
        if not isinstance(people, int) or isinstance(people, bool) or people < 1:
            raise self.fail(place, "people must be a whole number of at least 1")
        return Capacity(people, self.provenance(fields, place))

    def use(self, fields: dict[str, Any], place: str, *, also: tuple[str, ...], required: tuple[str, ...] = ()) -> Use:
        """The factor a criterion or component uses, with its arguments checked against the vocabulary."""
        name = fields.get("factor")
        if not isinstance(name, str) or name not in FACTORS:
            raise self.fail(place, f"the factor '{name}' is not in the vocabulary: {', '.join(sorted(FACTORS))}")
        factor = FACTORS[name]
        needed = tuple(key for key, parameter in factor.parameters.items() if parameter.required)
        self.only(
            fields,
            place,
            required=("id", "name", "factor", *required, *needed),
            optional=(*also, "source", PLACEHOLDER, *factor.parameters),
        )
        arguments = [
            (key, self.argument(fields[key], parameter, f"{place}, {key}"))
            for key, parameter in factor.parameters.items()
            if key in fields
        ]
        return Use(name, tuple(arguments))

    def argument(self, value: Any, parameter: Parameter, place: str) -> Any:
        if parameter.type == "months":
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1200:
                raise self.fail(place, "must be a whole number of months from 1 to 1200")
            return value
        if parameter.type == "yes_no":
            if not isinstance(value, bool):
                raise self.fail(place, "must be yes or no")
            return value
        words = value if isinstance(value, list) else [value]
        if parameter.type == "word" and isinstance(value, list):
            raise self.fail(place, "must be one word, not a list")
        if not words or not all(isinstance(word, str) and word for word in words) or len(set(words)) < len(words):
            raise self.fail(place, "must be words, each once")
        unknown = [word for word in words if parameter.codes and word not in parameter.codes]
        if unknown:
            raise self.fail(place, f"'{unknown[0]}' is none of {', '.join(parameter.codes or ())}")
        return words[0] if parameter.type == "word" else tuple(words)

    def comparison(self, fields: Mapping[str, Any], use: Use, place: str) -> dict[str, Any]:
        """`at_least`, `at_most` or `is_one_of`, fitting the kind of the factor."""
        factor = use.factor
        if "is" not in fields:
            key = next((name for name in COMPARISONS if name in fields), None)
            if key is None:
                raise self.fail(place, f"needs one of {', '.join(COMPARISONS)}")
            if factor.kind != "number":
                raise self.fail(place, f"{factor.name} is not a number: use 'is'")
            return {key: self.number(fields[key], f"{place}, {key}")}
        if factor.kind == "number":
            raise self.fail(place, f"{factor.name} is a number: use at_least, at_most or below")
        values = fields["is"] if isinstance(fields["is"], list) else [fields["is"]]
        return {"is_one_of": tuple(self.value(value, factor, place) for value in values)}

    def value(self, value: Any, factor: Factor, place: str) -> str | bool:
        if factor.kind == "yes_no":
            if not isinstance(value, bool):
                raise self.fail(place, f"{factor.name} is yes or no")
            return value
        if not isinstance(value, str) or (factor.codes and value not in factor.codes):
            raise self.fail(place, f"'{value}' is none of {', '.join(factor.codes or ('the words',))}")
        return value

    def provenance(self, fields: Mapping[str, Any], place: str) -> Provenance:
        source, placeholder = fields.get("source"), fields.get(PLACEHOLDER, False)
        if not isinstance(placeholder, bool) or not (source or placeholder):
            raise self.fail(place, f"say where the numbers come from: 'source', or '{PLACEHOLDER}: true'")
        return Provenance(self.text(source, f"{place}, source") if source else None, placeholder)

    def parts(
        self,
        fields: Mapping[str, Any],
        key: str,
        read: Callable[[dict[str, Any], str], Part],
        *,
        within: str = "",
    ) -> tuple[Part, ...]:
        """The list under `key`, each item read; ids are there and differ."""
        listed = fields.get(key) or []
        if not isinstance(listed, list):
            raise self.fail(f"{within} {key}".strip(), "must be a list")
        items, ids = [], set()
        for number, tree in enumerate(listed, start=1):
            place = f"{within} {key} {number}".strip()
            item = self.mapping(tree, place)
            name = item.get("id")
            if not isinstance(name, str) or not name:
                raise self.fail(place, "needs an id")
            if name in ids:
                raise self.fail(place, f"the id '{name}' is used twice")
            ids.add(name)
            items.append(read(item, f"{within} {name}".strip()))
        return tuple(items)

    def only(
        self, fields: Mapping[str, Any], place: str, *, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> None:
        missing = [key for key in required if key not in fields]
        if missing:
            raise self.fail(place, f"lacks {', '.join(missing)}")
        unknown = [str(key) for key in fields if key not in required and key not in optional]
        if unknown:
            raise self.fail(place, f"does not know {', '.join(unknown)}; it knows {', '.join((*required, *optional))}")

    def mapping(self, tree: Any, place: str) -> dict[str, Any]:
        if not isinstance(tree, dict):
            raise self.fail(place, "must be a set of 'name: value' lines")
        return tree

    def text(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.fail(place, "must be text (put a version like 1.0 in quotes)")
        return " ".join(value.split())

    def number(self, value: Any, place: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
            raise self.fail(place, "must be a number")
        return float(value)

    def day(self, value: Any, place: str) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fail(place, "must be a date like 2026-04-01")
        return value
