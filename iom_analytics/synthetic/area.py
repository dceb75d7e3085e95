"""A whole force area, made in parts of bounded size: what is true, and what each agency sends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from iom_analytics.errors import InputError
from iom_analytics.synthetic import columns, truths
from iom_analytics.synthetic.careers import Careers, draw_careers
from iom_analytics.synthetic.chance import Flags, Ints, Texts, happens, starts
from iom_analytics.synthetic.drugs import draw_users, drug_tests
from iom_analytics.synthetic.events import Events, custody_spells, draw_arrests, intelligence_counts
from iom_analytics.synthetic.identifiers import MOST_PEOPLE, digits
from iom_analytics.synthetic.offences import day_of
from iom_analytics.synthetic.people import People, draw_people
from iom_analytics.synthetic.records import Records, draw_records
from iom_analytics.synthetic.registers import registers
from iom_analytics.synthetic.sanctions import draw_sanctions
from iom_analytics.synthetic.settings import settings
from iom_analytics.synthetic.supervision import assessments, draw_harm, draw_orders
from iom_analytics.tables import EVENTS, Table, by_source

SOURCES = ("police", "probation", "prison", "treatment")
SENDERS = {
    "sanctions": "police",
    "arrests": "police",
    "intelligence_counts": "police",
    "assessments": "probation",
    "registers": "probation",
    "custody_spells": "prison",
    "drug_tests": "treatment",
}
CONTRACTS = {table.name: table for table in EVENTS}
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Part:
    """Some of the area's people. `truth` is keyed by the true `person_key`; `sent` is what agencies hold.

    Both map a table's name to an Arrow table. `sent` has the contract's columns, with `source, source_id` for who, and
    `identities` also `ethnicity` and `area`. Dates are dates and codes the contract's: a feed's own layout is put on
    when it is written.
    """

    truth: dict[str, pa.Table]
    sent: dict[str, pa.Table]


@dataclass(frozen=True)
class Area:
    """A synthetic force area of so many people, as known on the day `as_of`. The same seed gives the same area."""

    people: int
    seed: int
    as_of: date

    def __post_init__(self) -> None:
        if not 1 <= self.people <= MOST_PEOPLE:
            raise InputError(f"An area has 1 to {MOST_PEOPLE:,} people, not {self.people:,}.")
        if self.seed < 0:
            raise InputError(f"A seed is a whole number from 0 upwards, not {self.seed}.")
        if not EARLIEST <= self.as_of <= LATEST:
            raise InputError(f"The day of the extracts lies from {EARLIEST} to {LATEST}, not on {self.as_of}.")

    def parts(self) -> Iterator[Part]:
        """The area, so many people at a time; each part needs memory only for its own."""
        size = settings()["part_people"]
        for number, first in enumerate(range(0, self.people, size)):
            yield make_part(self, number=number, first_number=first, people=min(size, self.people - first))

    def truth(self, table: str) -> pa.Table:
        """One table of the truth, all parts together: persons, names, identities, careers, twins or an event table."""
        return pa.concat_tables([part.truth[table] for part in self.parts()])

    def sent(self, table: str) -> pa.Table:
        """One table as the agencies hold it, all parts together: `identities` or an event table."""
        return pa.concat_tables([part.sent[table] for part in self.parts()])


def make_area(*, people: int, seed: int, as_of: date) -> Area:
    """The synthetic force area of this size and seed, as its agencies know it on `as_of`. Made when it is read."""
    return Area(people=people, seed=seed, as_of=as_of)


def make_part(area: Area, *, number: int, first_number: int, people: int) -> Part:
    """One part of the area: its people, what happened to them, and who wrote down what."""
    rng = np.random.default_rng([area.seed, number])
    as_of = day_of(area.as_of.isoformat())
    careers = draw_careers(rng, people, as_of)
    persons = draw_people(rng, careers, part=number, first_number=first_number, area_people=area.people)
    users = draw_users(rng, careers)
    happened = draw_events(rng, careers, persons, users, as_of)
    counts = record_counts(rng, happened, users)
    records = {source: draw_records(rng, persons, counts[source], source, as_of=as_of) for source in SOURCES}
    key = person_keys(persons.number)
    truth = {
        "persons": truths.persons(persons, key),
        "names": truths.names(persons, key),
        "identities": truths.identities(records, key),
        "careers": truths.careers(careers, key, users),
        "twins": truths.twins(persons, key, person_keys(persons.twin)),
    }
    sent = {"identities": truth["identities"].drop_columns(["person_key", "mistakes"])}
    for table, events in happened.items():
        contract = CONTRACTS[table]
        truth[table] = columns.as_contract(contract, {"person_key": columns.texts(key[events.person]), **events.arrow})
        source = SENDERS[table]
        sent[table] = send(rng, events, records[source], counts[source], by_source(contract))
    return Part(truth=truth, sent=sent)


def draw_events(
    rng: np.random.Generator, careers: Careers, people: People, users: Flags, as_of: int
) -> dict[str, Events]:
    """What happened, by event table."""
    sanctions = draw_sanctions(rng, careers, people, as_of)
    arrests = draw_arrests(rng, careers, people, as_of)
    orders = draw_orders(sanctions, people)
    harm = draw_harm(rng, careers)
    return {
        "sanctions": Events(sanctions.person, sanctions.arrow()),
        "arrests": arrests.events(rng, people),
        "custody_spells": custody_spells(rng, careers, people, as_of),
        "drug_tests": drug_tests(
            rng, arrests=arrests, sanctions=sanctions, careers=careers, users=users, people=people, as_of=as_of
        ),
        "assessments": assessments(rng, orders=orders, careers=careers, users=users, harm=harm, as_of=as_of),
        "registers": registers(
            rng, orders=orders, sanctions=sanctions, careers=careers, people=people, harm=harm, as_of=as_of
        ),
        "intelligence_counts": intelligence_counts(rng, careers, people, as_of),
    }


def record_counts(rng: np.random.Generator, happened: dict[str, Events], users: Flags) -> dict[str, Ints]:
    """How many records each agency has of each person: who is known there, and how often they were entered again."""
    people = len(users)
    numbers = {source: settings()["sources"][source]["records"] for source in SOURCES}
    events = {table: np.bincount(each.person, minlength=people) for table, each in happened.items()}
    known = {
        # Everyone with a registration for harm is, or was, supervised.
        "probation": events["registers"] > 0,
        "prison": events["custody_spells"] > 0,
        "treatment": (events["drug_tests"] > 0) | (users & happens(rng, settings()["drugs"]["in_treatment"], people)),
    }
    found = {}
    for source, there in known.items():
        kept = there & happens(rng, numbers[source]["each"], people)
        found[source] = kept * (1 + happens(rng, numbers[source]["again"], people).astype(np.int64))
    again = rng.binomial(np.minimum(events["arrests"], 60), numbers["police"]["again_per_arrest"])
    elsewhere = (found["probation"] + found["prison"] + found["treatment"]) > 0
    missing = elsewhere & ~happens(rng, numbers["police"]["each"], people)
    found["police"] = np.where(missing, 0, 1 + np.minimum(again, numbers["police"]["most"] - 1))
    return found


def send(rng: np.random.Generator, events: Events, records: Records, counts: Ints, contract: Table) -> pa.Table:
    """The events an agency can send: of people it has a record of, each hanging on one of the person's records."""
    held = np.flatnonzero(counts[events.person] > 0)
    person = events.person[held]
    record = starts(counts)[person] + (rng.random(len(held)) * counts[person]).astype(np.int64)
    who = {
        "source": pa.repeat(pa.scalar(records.source), len(held)),
        "source_id": columns.texts(records.source_id[record]),
    }
    return columns.as_contract(contract, {**who, **{name: values.take(held) for name, values in events.arrow.items()}})


def person_keys(number: Ints) -> Texts:
    """The true person keys of people by their number in the area."""
    found: Texts = "T" + digits(number + 1, 7)
    return found
