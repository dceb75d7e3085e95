"""The exemptions from a person's right of access, as information governance defines them in `exemptions.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True)
class Exemption:
    """`say` is what the answer tells the person about what was left out; empty where it must say nothing."""

    slug: str
    name: str
    law: str
    regimes: tuple[str, ...]
    say: str = ""


@cache
def exemptions() -> Mapping[str, Exemption]:
    text = (resources.files("iom.sharing.rules") / "exemptions.yaml").read_text(encoding="utf-8")
    found = [Exemption(**{**row, "regimes": tuple(row["regimes"])}) for row in yaml.safe_load(text)]
    assert len({each.slug for each in found}) == len(found), "an exemption is defined twice"
    return {each.slug: each for each in found}
