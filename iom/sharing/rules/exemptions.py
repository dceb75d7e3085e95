"""On what in law a person's request about their data can be refused, as information governance defines it in
`exemptions.yaml`: what may be kept from who asks to see it, and why another right may not be granted."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

ACCESS = "access"


@dataclass(frozen=True)
class Exemption:
    """`say` is what the answer tells the person about what was left out; empty where it must say nothing.

    `rights` are the requests on which it can be relied: to see data (`ACCESS`), or one of `choices.rights`.
    `restricts`: where it is relied on, the agency's records are kept and not used.
    """

    slug: str
    name: str
    law: str
    regimes: tuple[str, ...]
    say: str = ""
    rights: tuple[str, ...] = (ACCESS,)
    restricts: bool = False


@cache
def exemptions() -> Mapping[str, Exemption]:
    text = (resources.files("iom.sharing.rules") / "exemptions.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    lists = ("regimes", "rights")
    found = [Exemption(**{**row, **{name: tuple(row[name]) for name in lists if name in row}}) for row in rows]
    assert len({each.slug for each in found}) == len(found), "an exemption is defined twice"
    return {each.slug: each for each in found}


def grounds(*, right: str, regime: str) -> list[Exemption]:
    """On what a request of this kind can be refused under this law."""
    return [each for each in exemptions().values() if right in each.rights and regime in each.regimes]
