"""The truth about the area as tables: who the people are, which records are theirs, what their careers are made of."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.synthetic import columns
from iom_analytics.synthetic.addresses import postcodes
from iom_analytics.synthetic.careers import Careers
from iom_analytics.synthetic.chance import Flags, Ints, Texts
from iom_analytics.synthetic.offences import offences
from iom_analytics.synthetic.people import People, communities
from iom_analytics.synthetic.records import MISTAKES, Records
from iom_analytics.synthetic.settings import settings
from iom_analytics.tables import PERSONS
from iom_analytics.tables.identities import IDENTITIES


def persons(people: People, key: Texts) -> pa.Table:
    """The table `persons` as it would be if everything were known."""
    groups = tuple(community["ethnicity"] for community in communities())
    return columns.as_contract(
        PERSONS,
        {
            "person_key": columns.texts(key),
            "sex": columns.coded(("M", "F"), people.female.astype(np.int64)),
            "date_of_birth": columns.dates(people.birth_day),
            "ethnicity": columns.coded(groups, people.community),
            "area": columns.coded(tuple(settings()["area"]["partnerships"]), people.partnership),
        },
    )


def names(people: People, key: Texts) -> pa.Table:
    """What every record of a person would say, if it said all there is and made no mistake."""
    same = ("given_name", "middle_name", "family_name", "other_family_name", "alias", "pnc_id", "cro")
    return pa.table(
        {
            "person_key": columns.texts(key),
            "date_of_birth": columns.dates(people.birth_day),
            "postcode": columns.texts(postcodes(people.partnership, people.home)),
            **{name: columns.texts(getattr(people, name)) for name in same},
        }
    )


def identities(records: dict[str, Records], key: Texts) -> pa.Table:
    """Every source record in contract columns, then `ethnicity`, `area`, the true `person_key` and its `mistakes`."""
    return pa.concat_tables([identities_of(held, key) for held in records.values()])


def identities_of(held: Records, key: Texts) -> pa.Table:
    names = pa.array(held.given_name, pa.string()), pa.array(held.middle_name, pa.string())
    given = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*names, " "))
    same = ("family_name", "aliases", "sex", "postcode", "pnc_id", "cro", "crn", "prison_number")
    table = columns.as_contract(
        IDENTITIES,
        {
            "source": pa.repeat(pa.scalar(held.source), len(held)),
            "source_id": columns.texts(held.source_id),
            "given_names": given,
            "date_of_birth": columns.dates(held.birth_day),
            **{name: columns.texts(getattr(held, name)) for name in same},
        },
    )
    table = table.append_column("ethnicity", columns.texts(held.ethnicity))
    table = table.append_column("area", columns.texts(held.area))
    table = table.append_column("person_key", columns.texts(key[held.person]))
    return table.append_column("mistakes", mistakes(held.mistakes))


def mistakes(bits: Ints) -> Any:
    """The names of the mistakes on each record, as a list."""
    of_record, mistake = np.nonzero(bits[:, None] & (1 << np.arange(len(MISTAKES))))
    ends = np.searchsorted(of_record, np.arange(len(bits) + 1))
    return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), columns.coded(MISTAKES, mistake))


def careers(found: Careers, key: Texts, users: Flags) -> pa.Table:
    """The true parameters of each career: what kind, how lasting, how often."""
    start = found.start
    return pa.table(
        {
            "person_key": columns.texts(key),
            "kind": columns.coded(offences().kinds, start.kind),
            "lasting": pa.array(start.lasting),
            "chance_to_go_on": pa.array(start.go_on),
            "sanctions_per_year": pa.array(start.per_year),
            "first_noticed": columns.dates(start.first_day),
            "sanctions_in_whole_career": columns.numbers(start.sanctions),
            "uses_class_a_drugs": pa.array(users),
        }
    )


def twins(people: People, key: Texts, twin_key: Texts) -> pa.Table:
    """One row per pair of twins."""
    rows = np.flatnonzero(people.twin > people.number)
    return pa.table({"person_key": columns.texts(key[rows]), "twin_person_key": columns.texts(twin_key[rows])})
