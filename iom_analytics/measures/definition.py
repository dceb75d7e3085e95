"""What counts as proven, read from a definitions file that says of each exclusion whence it is."""

from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import yaml

from iom_analytics.errors import DefinitionError

DEFAULT = "proven-reoffending"


@dataclass(frozen=True)
class Exclusion:
    """Offences that do not count, by what proved them, by code, or by a yes-or-no column of the events.

    `confirmed` is false where no source could be read that says so: the figure may then differ from the Ministry's.
    """

    what: str
    source: str
    confirmed: bool
    sanction_types: tuple[str, ...] = ()
    offence_codes: tuple[str, ...] = ()
    where: str | None = None
    excluded_value: bool | None = None


@dataclass(frozen=True)
class Definition:
    """Months of follow-up and of waiting, what proves an offence (as sent -> our code), and what is left out."""

    id: str
    version: str
    name: str
    source: str
    date: date
    follow_up_months: int
    waiting_months: int
    proves: tuple[tuple[str, str], ...]
    exclusions: tuple[Exclusion, ...]
    exits_that_end_exposure: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.id} {self.version}"

    @property
    def proof_months(self) -> int:
        return self.follow_up_months + self.waiting_months

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        return tuple(exclusion.what for exclusion in self.exclusions if not exclusion.confirmed)


def load_definition(name: str = DEFAULT) -> Definition:
    """The shipped definition of that id. Raises DefinitionError where it does not hold together."""
    file = resources.files(__package__) / "definitions" / f"{name}.yaml"
    return read_definition(file.read_text(encoding="utf-8"), definition=f"{name}.yaml")


def read_definition(text: str, *, definition: str) -> Definition:
    """A definition from YAML. Raises DefinitionError where a part is missing or says two things at once."""
    try:
        said: dict[str, Any] = yaml.safe_load(text)
        proves = tuple((sent, code) for code, all_sent in said["proves"].items() for sent in all_sent)
        found = Definition(
            id=said["id"],
            version=said["version"],
            name=said["name"],
            source=said["source"],
            date=said["date"],
            follow_up_months=int(said["follow_up_months"]),
            waiting_months=int(said["waiting_months"]),
            proves=proves,
            exclusions=tuple(exclusion(part) for part in said["exclusions"]),
            exits_that_end_exposure=tuple(said["exits_that_end_exposure"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise DefinitionError(definition, f"does not hold together: {error}") from error
    types = [sent for sent, _ in proves] + [sent for part in found.exclusions for sent in part.sanction_types]
    if len(set(types)) != len(types):
        raise DefinitionError(definition, "names a sanction type twice")
    return found


def exclusion(said: dict[str, Any]) -> Exclusion:
    found = Exclusion(
        what=said["what"],
        source=said["source"],
        confirmed=said["confirmed"],
        sanction_types=tuple(said.get("sanction_types", ())),
        offence_codes=tuple(said.get("offence_codes", ())),
        where=said.get("where"),
        excluded_value=said.get("is"),
    )
    if not (found.sanction_types or found.offence_codes or found.where):
        raise ValueError(f"'{found.what}' excludes nothing")
    return found
