"""The retention schedule as written by information governance: read, checked, and chosen from by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

RECORDS = ("agency", "partnership")
OWNERS = ("police", "probation", "prison", "council", "health", "treatment", "youth-justice", "voluntary")
RULE_KEYS = {
    "id", "name", "record", "owners", "signs", "from", "to_age", "clear_years", "again_years", "every_years",
    "child_years", "source", "local placeholder", "note",
}  # fmt: skip


@dataclass(frozen=True)
class SignMeaning:
    """What puts a person under a rule: entries on a register, groups of offences, or any conviction at all."""

    registers: frozenset[str] = frozenset()
    offence_groups: frozenset[str] = frozenset()
    convicted: bool = False


@dataclass(frozen=True)
class Rule:
    """One line of the schedule. Years are whole; `child_years` is for who was under 18 when something last happened."""

    id: str
    name: str
    record: str
    owners: frozenset[str]
    signs: frozenset[str]
    starts_on: date
    again_years: int
    clear_years: int | None = None
    to_age: int | None = None
    every_years: int | None = None
    child_years: int | None = None
    source: str = ""
    note: str = ""

    @property
    def is_placeholder(self) -> bool:
        """Whether the number is the partnership's to set: no public source says it."""
        return not self.source


@dataclass(frozen=True)
class Schedule:
    rules: tuple[Rule, ...]
    signs: dict[str, SignMeaning]

    def signs_of(self, *, registers: Iterable[str], offence_groups: Iterable[str], convicted: bool) -> frozenset[str]:
        """Which signs somebody bears."""
        on, of = set(registers), set(offence_groups)
        return frozenset(
            name
            for name, meaning in self.signs.items()
            if meaning.registers & on or meaning.offence_groups & of or (meaning.convicted and convicted)
        )


def rule_for(schedule: Schedule, *, record: str, owner: str, signs: Iterable[str], on: date) -> Rule:
    """The rule in force on a day: the first whose owners and signs fit, in its newest version by then.

    A day before every version takes the oldest: a record that is older than its rule still has an end.
    """
    borne = set(signs)
    fitting = [rule for rule in schedule.rules if rule.record == record and (not rule.owners or owner in rule.owners)]
    for rule in fitting:
        if not rule.signs or rule.signs & borne:
            versions = sorted((each for each in fitting if each.id == rule.id), key=lambda each: each.starts_on)
            return next((each for each in reversed(versions) if each.starts_on <= on), versions[0])
    raise LookupError(f"the retention schedule has no rule for {record} records of {owner}")


def rule_named(schedule: Schedule, rule_id: str, *, on: date) -> Rule | None:
    """The rule of this id in its version on a day; none where the schedule no longer has it."""
    versions = sorted((each for each in schedule.rules if each.id == rule_id), key=lambda each: each.starts_on)
    return next((each for each in reversed(versions) if each.starts_on <= on), versions[0] if versions else None)


def read(text: str) -> Schedule:
    """The schedule of a YAML text. Raises ValueError with every fault found in it."""
    given = yaml.safe_load(text)
    signs = {
        name: SignMeaning(
            frozenset(says.get("registers", ())),
            frozenset(says.get("offence_groups", ())),
            says.get("convicted", False),
        )
        for name, says in given["signs"].items()
    }
    faults = [fault for entry in given["rules"] for fault in faults_of(entry, signs)]
    rules = () if faults else tuple(rule_of(entry) for entry in given["rules"])
    for record, owner in ([("agency", owner) for owner in OWNERS] + [("partnership", "police")]) if rules else ():
        last = [each for each in rules if each.record == record and (not each.owners or owner in each.owners)]
        if not any(not each.signs for each in last):
            faults.append(f"{record} records of {owner} have no rule that applies to everybody")
    for each in rules:
        if sum((other.id, other.starts_on) == (each.id, each.starts_on) for other in rules) > 1:
            faults.append(f"{each.id} starts twice on {each.starts_on}")
    if faults:
        raise ValueError("; ".join(dict.fromkeys(faults)))
    return Schedule(rules, signs)


def faults_of(entry: dict[str, Any], signs: dict[str, SignMeaning]) -> list[str]:
    """What is wrong with one rule as written."""
    name = entry.get("id", "a rule without an id")
    found = [f"{name}: {key} is not known" for key in sorted(set(entry) - RULE_KEYS)]
    found += [
        f"{name}: {key} is missing" for key in ("id", "name", "record", "from", "again_years") if key not in entry
    ]
    found += [f"{name}: no owner is called {owner}" for owner in entry.get("owners", ()) if owner not in OWNERS]
    found += [f"{name}: no sign is called {sign}" for sign in entry.get("signs", ()) if sign not in signs]
    if entry.get("record") not in RECORDS:
        found.append(f"{name}: record is none of {', '.join(RECORDS)}")
    if not isinstance(entry.get("from"), date):
        found.append(f"{name}: from is no day")
    if "clear_years" not in entry and "to_age" not in entry:
        found.append(f"{name}: says neither clear_years nor to_age, so it would never end")
    if bool(entry.get("source")) == bool(entry.get("local placeholder")):
        found.append(f"{name}: needs a source, or local placeholder: true")
    numbers = ("clear_years", "to_age", "again_years", "every_years", "child_years")
    found += [
        f"{name}: {key} is no whole number of years" for key in numbers if key in entry and not is_years(entry[key])
    ]
    return found


def is_years(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 120


def rule_of(entry: dict[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        name=entry["name"],
        record=entry["record"],
        owners=frozenset(entry.get("owners", ())),
        signs=frozenset(entry.get("signs", ())),
        starts_on=entry["from"],
        again_years=entry["again_years"],
        clear_years=entry.get("clear_years"),
        to_age=entry.get("to_age"),
        every_years=entry.get("every_years"),
        child_years=entry.get("child_years"),
        source=entry.get("source", ""),
        note=entry.get("note", ""),
    )


@cache
def load() -> Schedule:
    """The schedule that comes with the product."""
    return read((resources.files(__package__) / "schedule.yaml").read_text(encoding="utf-8"))
