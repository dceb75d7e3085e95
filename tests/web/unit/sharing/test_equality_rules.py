"""What an entry of the equality evidence log must say, and what may follow it."""

from datetime import date, timedelta

import pytest

from iom.cohorts.scoring import publishable
from iom.common.errors import InvalidInput, WrongState
from iom.sharing.rules import equality as rules

ON = date(2026, 11, 23)
DAY = timedelta(days=1)


def test_days_that_hold_together_pass() -> None:
    rules.check_entry(looked_on=ON, decided_on=ON, review_on=ON + DAY, on=ON)
    # A decision before the evidence is a fault of the decision, and not of the log.
    rules.check_entry(looked_on=ON, decided_on=ON - 9 * DAY, review_on=ON + DAY, on=ON)


@pytest.mark.parametrize(
    ("wrong", "days"),
    [
        ("looked_on", {"looked_on": ON + DAY}),
        ("decided_on", {"decided_on": ON + DAY}),
        ("review_on", {"review_on": ON}),
    ],
)
def test_each_day_that_does_not_is_named(wrong: str, days: dict[str, date]) -> None:
    with pytest.raises(InvalidInput) as raised:
        rules.check_entry(**{"looked_on": ON, "decided_on": ON, "review_on": ON + DAY, "on": ON, **days})
    assert set(raised.value.fields) == {wrong}


def test_a_correction_says_what_was_wrong() -> None:
    rules.check_correction(correction="The year was wrong")
    with pytest.raises(InvalidInput):
        rules.check_correction(correction="  ")


def test_one_entry_at_most_follows_another() -> None:
    assert rules.can_follow(is_followed=False)
    with pytest.raises(WrongState):
        rules.check_can_follow(is_followed=True)


def row(characteristic: str, group: str, base: int | None, chosen: int | None) -> dict[str, object]:
    return {"characteristic": characteristic, "group": group, "base": base, "chosen": chosen, "rate": 10.0,
            "rate_low": 5.0, "rate_high": 20.0, "relative_rate": 1.0, "relative_rate_low": 0.5,
            "relative_rate_high": 2.0, "suppressed": chosen is None}  # fmt: skip


@pytest.mark.parametrize(("base", "chosen"), [(200, 9), (9, 0), (200, 195), (200, 0)])
def test_a_characteristic_with_a_small_count_is_left_out_whole(base: int, chosen: int) -> None:
    safe, report = row("age_band", "All", 500, 40), {"on": "2026-11-23"}
    rows = [row("sex", "Female", base, chosen), row("sex", "Male", 300, 40), safe]
    found = publishable({**report, "rows": rows})
    assert found["on"] == "2026-11-23"
    assert found["rows"][2] == safe
    for each in found["rows"][:2]:
        assert each["suppressed"]
        assert {each[name] for name in each if name not in ("characteristic", "group", "suppressed")} == {None}


def test_what_the_library_has_suppressed_is_copied_as_it_is() -> None:
    rows = [row("sex", "Female", 210, None), row("sex", "Male", None, None), row("sex", "All", 500, 10)]
    assert publishable({"rows": rows})["rows"] == rows
