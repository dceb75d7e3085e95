"""The register of lawful gateways, as information governance writes it in `definitions/gateways.yaml`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from iom.agreements.choices import Answers, Category
from iom.partnerships.choices import AgencyKind, Regime

NEEDED = {"slug", "name", "citation", "answers", "allows", "regimes", "limits", "source", "as_at"}
ALLOWED = {Answers.POWER: {"ways", "anonymous"}, Answers.BASIS: {"givers"}, Answers.SPECIAL: {"givers", "covers"}}
EVERY_KIND = frozenset(AgencyKind.values)


@dataclass(frozen=True)
class Gateway:
    """One thing in law that sharing can rest on. `ways` are pairs: from these kinds of agency, to those."""

    slug: str
    name: str
    citation: str
    answers: str
    allows: str
    regimes: frozenset[str]
    limits: tuple[str, ...]
    source: str
    as_at: date
    ways: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    covers: frozenset[str] = frozenset()
    anonymous: bool = False

    @property
    def givers(self) -> frozenset[str]:
        """The kinds of agency that may rely on it to give."""
        return frozenset[str]().union(*(givers for givers, _ in self.ways))

    @property
    def receivers(self) -> frozenset[str]:
        return frozenset[str]().union(*(receivers for _, receivers in self.ways))

    def opens(self, *, giver: str, regime: str, receiver: str | None = None) -> bool:
        """Whether an agency of one kind may give by it: to a receiver of another kind, or to anybody at all."""
        return regime in self.regimes and any(
            giver in givers and (receiver is None or receiver in receivers) for givers, receivers in self.ways
        )


@cache
def gateways() -> Mapping[str, Gateway]:
    """The register that comes with the product, by slug."""
    return read((resources.files("iom.agreements") / "definitions" / "gateways.yaml").read_text(encoding="utf-8"))


def read(text: str) -> Mapping[str, Gateway]:
    """The register of a YAML text. Raises ValueError with every fault found in it."""
    given = yaml.safe_load(text)
    faults = [fault for entry in given for fault in _faults_of(entry)]
    slugs = [entry.get("slug") for entry in given]
    faults += [f"{slug} is defined twice" for slug in {slug for slug in slugs if slugs.count(slug) > 1}]
    if faults:
        raise ValueError("; ".join(faults))
    return {entry["slug"]: _gateway_of(entry) for entry in given}


def _faults_of(entry: dict[str, Any]) -> list[str]:
    name = entry.get("slug", "a gateway without a slug")
    found = [f"{name}: {key} is missing" for key in sorted(NEEDED) if not entry.get(key)]
    if entry.get("answers") not in Answers.values:
        return [*found, f"{name}: answers is none of {', '.join(Answers.values)}"]
    allowed = ALLOWED[Answers(entry["answers"])]
    found += [f"{name}: {key} is not known" for key in sorted(set(entry) - NEEDED - allowed)]
    found += [f"{name}: {key} is missing" for key in sorted(allowed - {"anonymous"}) if not entry.get(key)]
    found += [f"{name}: no regime is called {each}" for each in entry.get("regimes", ()) if each not in Regime.values]
    found += [
        f"{name}: no category is called {each}" for each in entry.get("covers", ()) if each not in Category.values
    ]
    kinds = [entry.get("givers", "any"), *(way.get(end) for way in entry.get("ways", ()) for end in ("from", "to"))]
    found += [f"{name}: no kind of agency is called {each}" for listed in kinds for each in _unknown(listed)]
    if not isinstance(entry.get("as_at"), date):
        found.append(f"{name}: as_at is no day")
    return found


def _unknown(listed: Any) -> list[Any]:
    return [] if listed == "any" else [each for each in listed or ["nobody"] if each not in EVERY_KIND]


def _kinds(listed: str | Iterable[str]) -> frozenset[str]:
    return EVERY_KIND if listed == "any" else frozenset(listed)


def _gateway_of(entry: dict[str, Any]) -> Gateway:
    ways = entry.get("ways") or [{"from": entry["givers"], "to": "any"}]
    return Gateway(
        slug=entry["slug"],
        name=entry["name"],
        citation=entry["citation"],
        answers=entry["answers"],
        allows=entry["allows"],
        regimes=frozenset(entry["regimes"]),
        limits=tuple(entry["limits"]),
        source=entry["source"],
        as_at=entry["as_at"],
        ways=tuple((_kinds(way["from"]), _kinds(way["to"])) for way in ways),
        covers=frozenset(entry.get("covers", ())),
        anonymous=entry.get("anonymous", False),
    )
