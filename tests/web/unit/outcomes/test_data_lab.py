"""A file of names leaves by two people, of sixty at least, and no cell of it is a formula."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from iom.common.errors import NotAllowed, WrongState
from iom.outcomes import rules
from iom.outcomes.adapters import data_lab
from iom.outcomes.choices import LeftOut, ReleaseState
from iom.outcomes.presenters import data_lab as present
from iom.outcomes.queries import TookPart
from iom.people.queries.giving import Identity

DECIDED = date(2026, 11, 1)
CAN: dict[str, Any] = {
    "state": ReleaseState.RELEASED,
    "decided_on": DECIDED,
    "on": DECIDED,
    "hands": (1, 2),
    "user_id": 1,
    "is_own_agency": True,
}


@pytest.mark.parametrize("people", [0, 1, 59])
def test_fewer_than_sixty_are_refused_without_saying_how_many(people: int) -> None:
    with pytest.raises(WrongState, match="fewer than 60 people") as told:
        rules.check_enough(people)
    assert "59" not in told.value.message
    rules.check_enough(60)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"state": ReleaseState.ASKED, "decided_on": None}, WrongState),
        ({"state": ReleaseState.REFUSED}, WrongState),
        ({"on": DECIDED + timedelta(days=30)}, WrongState),
        ({"user_id": 3}, NotAllowed),
        ({"is_own_agency": False}, NotAllowed),
    ],
)
def test_who_may_take_it_and_until_when(changed: dict[str, Any], error: type[Exception]) -> None:
    rules.check_can_take(**CAN)
    rules.check_can_take(**CAN | {"user_id": 2, "on": DECIDED + timedelta(days=29)})
    with pytest.raises(error):
        rules.check_can_take(**CAN | changed)


def test_a_name_that_begins_like_a_formula_is_text() -> None:
    who = Identity('=HYPERLINK("http://x")', "+Quayle", date(1990, 2, 3), "F", "2001/12345X", "")
    body = b"".join(data_lab.lines([TookPart(1, who, date(2024, 1, 5), None)]))
    headings, row = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert headings == list(data_lab.COLUMNS)
    assert row == [
        '\'=HYPERLINK("http://x")', "'+Quayle", "1990-02-03", "Female", "2001/12345X", "", "2024-01-05", "",
    ]  # fmt: skip


def test_under_ten_left_out_are_not_counted_out_and_no_reason_is_missing() -> None:
    rows = present.left_out({"gone": 12, "kept-back": 1})
    assert [row["value"] for row in rows] == ["10", *["Fewer than 10"] * 4]
    assert len(rows) == len(LeftOut)
