"""Who the people are: names, birth, community, home, identifiers; twins and other family."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from iom_analytics.synthetic import addresses, identifiers
from iom_analytics.synthetic.careers import YEAR, Careers, Rows
from iom_analytics.synthetic.chance import Flags, Ints, Texts, happens, pick
from iom_analytics.synthetic.names import draw_family_names, draw_given_names, given_names
from iom_analytics.synthetic.settings import settings


@dataclass(frozen=True)
class People(Rows):
    """One row per person, in the order of the careers. Text columns hold "" for nothing."""

    number: Ints  # in the whole area
    female: Flags
    birth_day: Ints
    community: Ints  # index into settings()["communities"]
    given_name: Texts
    middle_name: Texts
    family_name: Texts
    other_family_name: Texts  # before or after a marriage
    alias: Texts  # another full name the person has gone by
    partnership: Ints
    home: Ints
    former_homes: Ints  # two columns: where the person lived before, and before that
    pnc_id: Texts
    cro: Texts
    crn: Texts
    prison_number: Texts
    twin: Ints  # the number of the twin, or -1


def communities() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = list(settings()["communities"].values())
    return found


def traditions(community: Ints, name: str) -> Texts:
    """The list of names (`given` or `family`) of each person's community."""
    found: Texts = np.array([each[name] for each in communities()], dtype=object)[community]
    return found


def years(day: Ints) -> Ints:
    """The calendar year of each day since 1970."""
    found: Ints = day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return found


def draw_people(
    rng: np.random.Generator, careers: Careers, *, part: int, first_number: int, area_people: int
) -> People:
    """The people whose careers these are. `first_number` is where this part's numbers begin."""
    numbers = settings()["names"]
    start = careers.start
    rows = len(start)
    number = first_number + np.arange(rows)
    birth_day = start.first_day - np.round(start.first_age * YEAR).astype(np.int64)
    community = pick(rng, [each["share"] for each in communities()], rows)
    partnership = addresses.draw_partnerships(rng, rows)
    given = traditions(community, "given")
    also_british = np.where(
        given == "Caribbean", numbers["caribbean_british_given_name"], numbers["british_given_name"]
    )
    given = np.where(happens(rng, also_british, rows), "British", given)
    birth_year = years(birth_day)
    middle = draw_given_names(rng, tradition=given, female=start.female, birth_year=birth_year - 20)
    middle[~happens(rng, numbers["middle_name"], rows)] = ""
    family_tradition = traditions(community, "family")
    married = start.female & happens(rng, numbers["two_family_names"], rows)
    other_family_name = np.where(married, draw_family_names(rng, family_tradition), "")
    noticed = years(start.first_day)
    filed = happens(rng, settings()["identifiers"]["cro_file"], rows)
    cro = identifiers.cro_numbers(part, noticed, filed)
    cro[~happens(rng, settings()["identifiers"]["cro"], rows) | (start.sanctions == 0)] = ""
    people = People(
        number=number,
        female=start.female,
        birth_day=birth_day,
        community=community,
        given_name=draw_given_names(rng, tradition=given, female=start.female, birth_year=birth_year),
        middle_name=middle,
        family_name=draw_family_names(rng, family_tradition),
        other_family_name=other_family_name,
        alias=np.full(rows, "", dtype=object),
        partnership=partnership,
        home=addresses.draw_homes(rng, partnership, area_people),
        former_homes=np.stack([addresses.draw_homes(rng, partnership, area_people) for _ in range(2)], axis=1),
        pnc_id=identifiers.pnc_ids(number, noticed),
        cro=cro,
        crn=identifiers.crns(number * 2),
        prison_number=identifiers.prison_numbers(number * 2),
        twin=np.full(rows, -1),
    )
    return with_aliases(rng, with_families(rng, people))


def with_families(rng: np.random.Generator, people: People) -> People:
    """The same people, some of them now twins, brothers and sisters, or father and son of one name."""
    numbers = settings()["families"]
    twins = numbers["twins"]
    rows = len(people)
    order = np.lexsort((people.birth_day, people.community))
    older, younger = order[:-1:2], order[1::2]
    apart = people.birth_day[younger] - people.birth_day[older[: len(younger)]]
    older = older[: len(younger)]
    together = people.community[older] == people.community[younger]
    near = np.flatnonzero(together & (apart <= twins["within_days"]))
    pairs = min(max(twins["least_pairs"], round(twins["share"] * rows / 2)), len(near))
    chosen = rng.permutation(near)[:pairs]
    family = Family(people)
    family.join(older[chosen], younger[chosen])
    family.columns["birth_day"][younger[chosen]] = people.birth_day[older[chosen]]
    family.columns["twin"][older[chosen]] = people.number[younger[chosen]]
    family.columns["twin"][younger[chosen]] = people.number[older[chosen]]
    family.name_twins(rng, older[chosen], younger[chosen], twins["same_initial"])

    # Brothers and sisters, then fathers and sons, from whoever is left: pairs of one community, ages as they should be.
    free = rng.permutation(np.flatnonzero(family.columns["twin"] < 0))
    free = free[np.argsort(people.community[free], kind="stable")]
    one, other = free[:-1:2], free[1::2]
    one = one[: len(other)]
    gap = np.abs(people.birth_day[one] - people.birth_day[other]) / YEAR
    alike = people.community[one] == people.community[other]
    siblings = np.flatnonzero(alike & (gap > 0.8) & (gap < 14))
    siblings = siblings[: round(numbers["brothers_and_sisters"] * rows / 2)]
    family.join(one[siblings], other[siblings], homes=happens(rng, numbers["shared_home"], len(siblings)))
    men = ~people.female[one] & ~people.female[other]
    sons = np.flatnonzero(alike & men & (gap > 17) & (gap < 45))[: round(numbers["father_and_son"] * rows / 2)]
    family.join(one[sons], other[sons])
    family.columns["given_name"][other[sons]] = people.given_name[one[sons]]
    return replace(people, **family.columns)


class Family:
    """Columns of `people` that are being rewritten as people turn out to be related."""

    def __init__(self, people: People) -> None:
        names = ("birth_day", "twin", "given_name", "family_name", "other_family_name", "partnership", "home")
        self.columns: dict[str, Any] = {name: getattr(people, name).copy() for name in names}
        self.people = people

    def join(self, one: Ints, other: Ints, homes: Flags | None = None) -> None:
        """Gives `other` the family name of `one`, and the home too (where `homes` says so)."""
        for name in ("family_name", "other_family_name"):
            self.columns[name][other] = self.columns[name][one]
        self.columns["other_family_name"][other[~self.people.female[other]]] = ""
        moves = slice(None) if homes is None else np.flatnonzero(homes)
        for name in ("partnership", "home"):
            self.columns[name][other[moves]] = self.columns[name][one[moves]]

    def name_twins(self, rng: np.random.Generator, one: Ints, other: Ints, same_initial: float) -> None:
        """Makes sure that twins have different given names, and some of them the same initial."""
        given = self.columns["given_name"]
        for first, second in zip(one, other, strict=True):
            alike = rng.random() < same_initial
            if given[first] != given[second] and not alike:
                continue
            tradition = traditions(self.people.community[second : second + 1], "given")[0]
            names = given_names(tradition, "F" if self.people.female[second] else "M")
            shares = names.shares_in(float(years(self.people.birth_day[second : second + 1])[0]))
            shares = shares * (names.name != given[first])
            if alike:
                same = shares * np.array([name[0] == given[first][0] for name in names.name])
                shares = same if same.sum() > 0 else shares
            given[second] = names.name[pick(rng, shares, 1)[0]]


def with_aliases(rng: np.random.Generator, people: People) -> People:
    """The same people, some of whom have gone by another name: a new family name, given name or both."""
    rows = np.flatnonzero(happens(rng, settings()["names"]["alias"], len(people)))
    kind = pick(rng, [0.5, 0.3, 0.2], len(rows))
    given = draw_given_names(
        rng,
        tradition=traditions(people.community[rows], "given"),
        female=people.female[rows],
        birth_year=years(people.birth_day[rows]),
    )
    family = draw_family_names(rng, traditions(people.community[rows], "family"))
    alias = people.alias.copy()
    alias[rows] = (
        np.where(kind == 0, people.given_name[rows], given)
        + " "
        + np.where(kind == 1, people.family_name[rows], family)
    )
    return replace(people, alias=alias)
