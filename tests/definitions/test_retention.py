"""The retention schedule loads, covers every owner, chooses by day, and says where each number comes from."""

from datetime import date

import pytest

from iom.partnerships.choices import AgencyKind
from iom.people.extract import offence_groups
from iom.sharing.choices.retention import Record
from iom.sharing.rules import retention as rules

SCHEDULE = rules.load()
TWO_VERSIONS = """
signs: {}
rules:
  - {id: a, name: A, record: agency, from: 2020-01-01, clear_years: 6, again_years: 5, source: Made up}
  - {id: a, name: A, record: agency, from: 2027-01-01, clear_years: 3, again_years: 5, source: Made up}
  - {id: p, name: P, record: partnership, from: 2020-01-01, clear_years: 6, again_years: 5, source: Made up}
"""


@pytest.mark.parametrize("owner", AgencyKind.values)
@pytest.mark.parametrize("record", Record.values)
def test_every_record_of_every_owner_has_an_end(record: str, owner: str) -> None:
    rule = rules.rule_for(SCHEDULE, record=record, owner=owner, signs=(), on=date(2026, 11, 23))
    assert rule.source or rule.is_placeholder


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({"group-1", "group-3"}, "police-group-1"),
        ({"group-2", "group-3"}, "police-group-2"),
        ({"group-3"}, "police-group-3"),
        (set(), "police-group-4"),
    ],
)
def test_the_graver_police_group_counts(signs: set[str], expected: str) -> None:
    rule = rules.rule_for(SCHEDULE, record="agency", owner="police", signs=signs, on=date(2026, 11, 23))
    assert rule.id == expected


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2019, 1, 1), 6), (date(2026, 12, 31), 6), (date(2027, 1, 1), 3), (date(2027, 1, 2), 3)],
)
def test_the_rule_is_the_one_in_force_on_the_day(on: date, years: int) -> None:
    rule = rules.rule_for(rules.read(TWO_VERSIONS), record="agency", owner="police", signs=(), on=on)
    assert rule.clear_years == years


def test_the_groups_of_offences_it_names_exist() -> None:
    named = {group for meaning in SCHEDULE.signs.values() for group in meaning.offence_groups}
    assert named
    assert named <= set(offence_groups().values())


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("clear_years: 6", "clear_years: six", "whole number"),
        ("clear_years: 6, ", "", "never end"),
        ("source: Made up", "note: none", "needs a source"),
        ("record: partnership", "record: secret", "record is none of"),
        ("from: 2027-01-01", "from: 2020-01-01", "starts twice"),
        ("name: P", "colour: P", "colour is not known"),
    ],
)
def test_a_faulty_schedule_says_what_is_wrong(before: str, after: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        rules.read(TWO_VERSIONS.replace(before, after))
