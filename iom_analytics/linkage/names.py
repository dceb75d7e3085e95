"""Given names that stand for one another, and how names sound: for linkage, and for a search that forgives spelling.

`data/nicknames.csv` is ours: one row per name and a shorter, foreign or other spelling of it (`name, variant`).
"""

import csv
from functools import cache
from importlib.resources import files

import jellyfish


def sounds_like(name: str) -> str:
    """The phonetic code (Metaphone) of a name in plain letters; names that sound alike share it."""
    return jellyfish.metaphone(name).replace(" ", "") if name.isascii() else name


def full_forms(given: str) -> tuple[str, ...]:
    """The names a given name may stand for, the one with most variants first: bill is william; sam is samuel, samantha.

    A name that nobody listed stands for itself.
    """
    return listed_names().get(given, (given,))


@cache
def listed_names() -> dict[str, tuple[str, ...]]:
    """Every listed name and variant -> its full forms, the one with most variants first."""
    variants: dict[str, set[str]] = {}
    source = files("iom_analytics.linkage") / "data" / "nicknames.csv"
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        variants.setdefault(row["name"], {row["name"]}).add(row["variant"])
    forms: dict[str, list[str]] = {}
    for name in sorted(variants, key=lambda name: (-len(variants[name]), name)):
        for variant in variants[name]:
            forms.setdefault(variant, []).append(name)
    return {variant: tuple(names) for variant, names in forms.items()}
