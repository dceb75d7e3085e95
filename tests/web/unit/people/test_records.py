"""When two records of a person say the same, and when they differ."""

from datetime import UTC, datetime
from functools import partial

import pytest

from iom.people.models import SourceRecord
from iom.people.presenters.frame import identifiers
from iom.people.presenters.records import differs

received = partial(SourceRecord, received_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("pnc_id", ["2023/0346524F", "23/346524F", "20230346524f"], False),
        ("pnc_id", ["2023/0346524F", "1979/0163001B"], True),
        ("pnc_id", ["2023/0346524F", "23/0346524A"], True),  # a wrong check letter: nobody knows whose number it is
        ("cro", ["265416/21G", "265416/21 g"], False),
        ("crn", ["X765432", "x765432"], False),
        ("family_name", ["Pryce-Łoś", "PRYCE LOS"], False),
        ("postcode", ["ZW1 2AB", "zw12ab"], False),
        ("postcode", ["ZW1 2AB", ""], False),
        ("postcode", ["ZW1 2AB", "ZW1 2AC"], True),
    ],
)
def test_two_ways_of_writing_the_same_do_not_differ(field: str, values: list[str], expected: bool) -> None:
    assert differs(field, [received(**{field: value}) for value in values]) is expected


def test_the_frame_shows_a_number_once_as_it_was_first_written() -> None:
    records = [
        received(pnc_id="2023/0346524F", crn="B720274"),
        received(pnc_id="23/346524F", prison_number="Y2409RL"),
        received(pnc_id="1979/0163001B"),
    ]
    assert [(each.name, each.value) for each in identifiers(records)] == [
        ("PNC", "2023/0346524F"),
        ("PNC", "1979/0163001B"),
        ("CRN", "B720274"),
        ("Prison number", "Y2409RL"),
    ]
