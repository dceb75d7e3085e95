"""Names people might have, of nobody in particular: given names by sex, tradition and birth year, and family names."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from iom_analytics.synthetic.chance import Flags, Floats, Ints, Texts, happens, pick
from iom_analytics.synthetic.settings import listed, settings

GENERATION_YEARS = 5  # given names are drawn for births of the same few years together
FASHION_YEARS = 11.0  # how fast a given name comes and goes, as the standard deviation of its births around the peak


@dataclass(frozen=True)
class GivenNames:
    """The given names of one tradition and sex."""

    name: Texts
    peak_year: Floats
    share: Floats

    def shares_in(self, year: float) -> Floats:
        """How likely each name is for a birth in that year; none ever goes out of use altogether."""
        fashion = np.exp(-0.5 * ((self.peak_year - year) / FASHION_YEARS) ** 2)
        found: Floats = self.share * (fashion + 0.02)
        return found


@cache
def given_names(tradition: str, sex: str) -> GivenNames:
    rows = [row for row in listed("given_names").to_pylist() if row["naming"] == tradition and row["sex"] == sex]
    return GivenNames(
        name=np.array([row["name"] for row in rows], dtype=object),
        peak_year=np.array([row["peak_year"] for row in rows], dtype=np.float64),
        share=np.array([row["share"] for row in rows], dtype=np.float64),
    )


@cache
def family_names(tradition: str) -> tuple[Texts, Floats]:
    """The family names of a tradition and their shares; British ones have a long tail of place-like names."""
    rows = [row for row in listed("family_names").to_pylist() if row["naming"] == tradition]
    names = [row["name"] for row in rows]
    shares = np.array([row["share"] for row in rows], dtype=np.float64)
    if tradition == "British":
        parts = listed("family_name_parts").to_pylist()
        heads, tails = ([row["text"] for row in parts if row["part"] == part] for part in ("start", "end"))
        known = set(names)
        rare = [head + tail for head in heads for tail in tails if head + tail not in known]
        share = settings()["names"]["rare_family_name"]
        # The tail is skewed too, though less: the commonest of it is some sixty times the rarest.
        falling = 1 / (np.arange(len(rare)) * 7919 % len(rare) + 0.016 * len(rare))
        shares = np.concatenate([shares / shares.sum() * (1 - share), falling / falling.sum() * share])
        names = names + rare
    return np.array(names, dtype=object), shares


def draw_given_names(rng: np.random.Generator, *, tradition: Texts, female: Flags, birth_year: Ints) -> Texts:
    """A given name for each person, from the list of their tradition and sex as it was in the years of their birth."""
    found = np.empty(len(tradition), dtype=object)
    generation = birth_year // GENERATION_YEARS
    keys, which = np.unique(
        np.stack([np.unique(tradition, return_inverse=True)[1], female.astype(np.int64), generation]),
        axis=1,
        return_inverse=True,
    )
    for key in range(keys.shape[1]):
        rows = np.flatnonzero(which == key)
        names = given_names(str(tradition[rows[0]]), "F" if female[rows[0]] else "M")
        year = (generation[rows[0]] + 0.5) * GENERATION_YEARS
        found[rows] = names.name[pick(rng, names.shares_in(year), len(rows))]
    return found


def draw_family_names(rng: np.random.Generator, tradition: Texts) -> Texts:
    """A family name for each person; a few British ones are two joined by a hyphen."""
    found = np.empty(len(tradition), dtype=object)
    for each in np.unique(tradition):
        rows = np.flatnonzero(tradition == each)
        names, shares = family_names(str(each))
        found[rows] = names[pick(rng, shares, len(rows))]
        if each == "British":
            double = rows[happens(rng, settings()["names"]["double_barrelled"], len(rows))]
            second = names[pick(rng, shares, len(double))]
            found[double] = found[double] + "-" + second
    return found


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Each given name's short and pet forms."""
    found: dict[str, tuple[str, ...]] = {}
    for row in listed("nicknames").to_pylist():
        found[row["name"]] = (*found.get(row["name"], ()), row["nickname"])
    return found


@cache
def accents() -> dict[str, str]:
    """Names that have an accent, which some systems write."""
    return {row["plain"]: row["accented"] for row in listed("accents").to_pylist()}
