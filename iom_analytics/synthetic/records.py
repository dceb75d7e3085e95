"""What each agency has written down about a person: one or more records, with the mistakes agencies make."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from iom_analytics.reference.check_letters import CHECK_LETTERS
from iom_analytics.synthetic import addresses, identifiers
from iom_analytics.synthetic.careers import YEAR
from iom_analytics.synthetic.chance import Flags, Ints, Texts, happens, place_in_run
from iom_analytics.synthetic.columns import NO_DAY
from iom_analytics.synthetic.names import accents, nicknames
from iom_analytics.synthetic.people import People, communities
from iom_analytics.synthetic.settings import settings
from iom_analytics.synthetic.spelling import by_ear, change, digit_slip, slip

MISTAKES: tuple[str, ...] = (
    "typo in given name",
    "typo in family name",
    "family name by ear",
    "nickname",
    "names swapped",
    "middle name left out",
    "initials only",
    "other family name",
    "alias for name",
    "half of a double name",
    "written with its accent",
    "day and month swapped",
    "date of birth mistyped",
    "born 1 January",
    "no date of birth",
    "sex wrong",
    "no sex",
    "former address",
    "postcode mistyped",
    "postcode without its space",
    "no postcode",
    "PNC ID missing",
    "PNC ID mistyped",
    "PNC ID with a wrong check letter",
    "PNC ID of another person",
    "CRO missing",
    "CRO mistyped",
)


@dataclass
class Records:
    """One row per source record, in person order. Text columns hold "" for nothing; `birth_day` holds NO_DAY.

    `mistakes` has a bit for each of MISTAKES that the record carries.
    """

    source: str
    person: Ints
    source_id: Texts
    given_name: Texts
    middle_name: Texts
    family_name: Texts
    aliases: Texts
    birth_day: Ints
    sex: Texts
    postcode: Texts
    pnc_id: Texts
    cro: Texts
    crn: Texts
    prison_number: Texts
    ethnicity: Texts
    area: Texts
    mistakes: Ints

    def __len__(self) -> int:
        return len(self.person)


def draw_records(rng: np.random.Generator, people: People, counts: Ints, source: str, *, as_of: int) -> Records:
    """The records of one agency as of that day: `counts[i]` of them for person `i`."""
    rates: dict[str, Any] = settings()["sources"][source]
    records = right_records(people, counts, source)
    pen = Pen(rng, records, rates["mistakes"])
    alias = people.alias[records.person]
    pen.write_names(people, alias)
    # A slip in the date of birth that made a person too young to be in any system would have been noticed.
    pen.write_births(latest=as_of - int(10 * YEAR) - 1)
    pen.write_sexes()
    pen.write_postcodes(people)
    pen.write_identifiers(people)
    keep(rng, records.crn, rates["known"]["crn"])
    keep(rng, records.prison_number, rates["known"]["prison_number"])
    write_aliases(rng, people, records, rates["known"]["aliases"])
    if rates["pnc_ids"] != "full":
        records.pnc_id[:] = [identifiers.restyled(pnc_id, rates["pnc_ids"]) for pnc_id in records.pnc_id]
    return records


def write_aliases(rng: np.random.Generator, people: People, records: Records, share: float) -> None:
    """The other names an agency knows: an alias, and the family name before or after a marriage."""
    alias, other = people.alias[records.person], people.other_family_name[records.person]
    initials = records.mistakes & (1 << MISTAKES.index("initials only")) != 0
    known = happens(rng, share, len(records)) & ~initials & ((alias != "") | (other != ""))
    for row in np.flatnonzero(known):
        names = [records.aliases[row], alias[row]]
        if other[row] and records.family_name[row] != other[row]:
            names.append(f"{people.given_name[records.person[row]]} {other[row]}")
        own = f"{records.given_name[row]} {records.family_name[row]}"
        records.aliases[row] = "; ".join(dict.fromkeys(name for name in names if name and name != own))


def same_initial_twins(people: People) -> Flags:
    """Who has a twin whose given name begins with the same letter."""
    twins = np.flatnonzero(people.twin >= 0)
    found = np.zeros(len(people), dtype=np.bool_)
    initial = {number: name[:1] for number, name in zip(people.number[twins], people.given_name[twins], strict=True)}
    found[twins] = [initial[people.number[row]] == initial[people.twin[row]] for row in twins]
    return found


def right_records(people: People, counts: Ints, source: str) -> Records:
    """The records as they would be if nobody ever made a mistake."""
    person = np.repeat(np.arange(len(people)), counts)
    number = people.number[person]
    copy = place_in_run(counts)
    crn, prison_number = identifiers.crns(number * 2), identifiers.prison_numbers(number * 2)
    source_id = source_ids(source, number, copy)
    groups = np.array([community["ethnicity"] for community in communities()], dtype=object)
    return Records(
        source=source,
        person=person,
        source_id=source_id,
        given_name=people.given_name[person],
        middle_name=people.middle_name[person],
        family_name=people.family_name[person],
        aliases=np.full(len(person), "", dtype=object),
        birth_day=people.birth_day[person],
        sex=np.where(people.female[person], "F", "M").astype(object),
        postcode=addresses.postcodes(people.partnership[person], people.home[person]),
        pnc_id=people.pnc_id[person],
        cro=people.cro[person],
        crn=source_id.copy() if source == "probation" else crn,
        prison_number=source_id.copy() if source == "prison" else prison_number,
        ethnicity=groups[people.community[person]],
        area=np.array(addresses.partnerships(), dtype=object)[people.partnership[person]],
        mistakes=np.zeros(len(person), dtype=np.int64),
    )


def source_ids(source: str, number: Ints, copy: Ints) -> Texts:
    """The number of each record in its own system; probation and prisons have one of the field's own."""
    if source == "probation":
        return identifiers.crns(number * 2 + copy)
    if source == "prison":
        return identifiers.prison_numbers(number * 2 + copy)
    letters, factor = {"police": ("N", 32_452_843), "treatment": ("WT", 49_979_687)}[source]
    found: Texts = letters + identifiers.digits(identifiers.spread(number * 8 + copy, factor, 10**8), 8)
    return found


def keep(rng: np.random.Generator, texts: Texts, share: float) -> None:
    """Leaves this share of the texts; empties the others."""
    texts[~happens(rng, share, len(texts))] = ""


class Pen:
    """Writes mistakes into one agency's records, and notes on each record which ones it carries."""

    def __init__(self, rng: np.random.Generator, records: Records, rates: dict[str, float]) -> None:
        assert set(rates) <= set(MISTAKES), f"unknown mistakes: {set(rates) - set(MISTAKES)}"
        self.rng, self.records, self.rates = rng, records, rates

    def hit(self, mistake: str, where: Flags | None = None) -> Ints:
        """The rows to make this mistake in, drawn among those where it can happen."""
        rows = happens(self.rng, self.rates.get(mistake, 0.0), len(self.records))
        return np.flatnonzero(rows if where is None else rows & where)

    def note(self, mistake: str, rows: Ints) -> None:
        self.records.mistakes[rows] |= 1 << MISTAKES.index(mistake)

    def clear(self, mistake: str, column: Texts) -> None:
        """Empties a column in the rows hit."""
        rows = self.hit(mistake, column != "")
        column[rows] = ""
        self.note(mistake, rows)

    def mistype(self, mistake: str, column: Texts, how: Callable[[str, float, float, float], str]) -> None:
        self.note(mistake, change(self.rng, column, self.hit(mistake, column != ""), how))

    def names(self) -> Iterator[tuple[str, str]]:
        return zip(self.records.given_name, self.records.family_name, strict=True)

    def write_names(self, people: People, alias: Texts) -> None:
        records = self.records
        other = people.other_family_name[records.person]
        rows = self.hit("other family name", other != "")
        records.family_name[rows] = other[rows]
        self.note("other family name", rows)
        rows = self.hit("alias for name", alias != "")
        for row in rows:
            records.aliases[row] = f"{records.given_name[row]} {records.family_name[row]}"
            records.given_name[row], _, records.family_name[row] = alias[row].partition(" ")
        records.middle_name[rows] = ""
        self.note("alias for name", rows)
        double = np.array(["-" in name for name in records.family_name], dtype=np.bool_)
        rows = self.hit("half of a double name", double)
        for row in rows:
            first, _, second = records.family_name[row].partition("-")
            records.family_name[row] = second if self.rng.random() < 0.5 else first
        self.note("half of a double name", rows)
        short = nicknames()
        rows = self.hit("nickname", np.array([name in short for name in records.given_name], dtype=np.bool_))
        for row, draw in zip(rows, self.rng.random(len(rows)), strict=True):
            forms = short[records.given_name[row]]
            records.given_name[row] = forms[int(draw * len(forms))]
        self.note("nickname", rows)
        self.mistype("family name by ear", records.family_name, by_ear)
        self.mistype("typo in given name", records.given_name, slip)
        self.mistype("typo in family name", records.family_name, slip)
        self.clear("middle name left out", records.middle_name)
        rows = self.hit("names swapped", records.given_name != records.family_name)
        given = records.given_name[rows].copy()
        records.given_name[rows] = records.family_name[rows]
        records.family_name[rows] = given
        self.note("names swapped", rows)
        accented = accents()
        has_accent = [given in accented or family in accented for given, family in self.names()]
        rows = self.hit("written with its accent", np.array(has_accent, dtype=np.bool_))
        for column in (records.given_name, records.family_name):
            column[rows] = [accented.get(name, name) for name in column[rows]]
        self.note("written with its accent", rows)
        # An agency that has both of two twins with one initial writes out their names.
        rows = self.hit("initials only", ~same_initial_twins(people)[records.person])
        for column in (records.given_name, records.family_name):
            column[rows] = [name[:1] for name in column[rows]]
        records.middle_name[rows] = ""
        records.aliases[rows] = ""
        self.note("initials only", rows)

    def write_births(self, latest: int) -> None:
        day = self.records.birth_day
        year, month, of_month = civil(day)
        swapped = from_civil(year, np.minimum(of_month, 12), month)
        rows = self.hit("day and month swapped", (of_month <= 12) & (of_month != month) & (swapped <= latest))
        day[rows] = swapped[rows]
        self.note("day and month swapped", rows)
        rows = self.hit("date of birth mistyped")
        offset = np.array([1, -1, 10, -10, 366, -365, 3653, -3652, 30, -31])
        slips = offset[self.rng.integers(len(offset), size=len(rows))]
        day[rows] += np.where(day[rows] + slips <= latest, slips, -np.abs(slips))
        self.note("date of birth mistyped", rows)
        rows = self.hit("born 1 January", (month != 1) | (of_month != 1))
        day[rows] = from_civil(year[rows], np.ones(len(rows), np.int64), np.ones(len(rows), np.int64))
        self.note("born 1 January", rows)
        rows = self.hit("no date of birth")
        day[rows] = NO_DAY
        self.note("no date of birth", rows)

    def write_sexes(self) -> None:
        sex = self.records.sex
        rows = self.hit("sex wrong")
        sex[rows] = np.where(sex[rows] == "F", "M", "F")
        self.note("sex wrong", rows)
        self.clear("no sex", sex)

    def write_postcodes(self, people: People) -> None:
        records = self.records
        rows = self.hit("former address")
        person = records.person[rows]
        # Mistakes are noted where they show: a former home may be in the same street.
        which = (self.rng.random(len(rows)) < 0.35).astype(np.int64)
        former = addresses.postcodes(people.partnership[person], people.former_homes[person, which])
        changed = former != records.postcode[rows]
        records.postcode[rows] = former
        self.note("former address", rows[changed])
        self.mistype("postcode mistyped", records.postcode, digit_slip)
        rows = self.hit("postcode without its space")
        records.postcode[rows] = [postcode.replace(" ", "") for postcode in records.postcode[rows]]
        self.note("postcode without its space", rows)
        self.clear("no postcode", records.postcode)

    def write_identifiers(self, people: People) -> None:
        records = self.records
        pnc_id = records.pnc_id
        self.clear("PNC ID missing", pnc_id)
        self.mistype("PNC ID mistyped", pnc_id, digit_slip)
        rows = self.hit("PNC ID with a wrong check letter", pnc_id != "")
        for row, step in zip(rows, self.rng.integers(1, len(CHECK_LETTERS), len(rows)), strict=True):
            letter = CHECK_LETTERS[(CHECK_LETTERS.index(pnc_id[row][-1]) + step) % len(CHECK_LETTERS)]
            pnc_id[row] = pnc_id[row][:-1] + letter
        self.note("PNC ID with a wrong check letter", rows)
        rows = self.hit("PNC ID of another person", pnc_id != "")
        stranger = (records.person[rows] + self.rng.integers(1, max(len(people), 2), len(rows))) % len(people)
        pnc_id[rows] = people.pnc_id[stranger]
        self.note("PNC ID of another person", rows)
        self.clear("CRO missing", records.cro)
        self.mistype("CRO mistyped", records.cro, digit_slip)


def civil(day: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month of each day since 1970."""
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month_number = months.astype(np.int64)
    return month_number // 12 + 1970, month_number % 12 + 1, (dates - months).astype(np.int64) + 1


def from_civil(year: Ints, month: Ints, of_month: Ints) -> Ints:
    """The day since 1970; the day of the month must exist."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    found: Ints = months.astype("datetime64[D]").astype(np.int64) + of_month - 1
    return found
