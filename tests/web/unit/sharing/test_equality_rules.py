"""What an entry of the equality evidence log must say, and what may follow it."""

from datetime import date, timedelta
from math import exp, sqrt
from typing import Any

import pytest

from iom.cohorts.scoring.figures import NUMBERS, publishable
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


def row(characteristic: str, group: str, base: int | None, chosen: int | None) -> dict[str, Any]:
    exact = dict.fromkeys(
        ("rate", "rate_low", "rate_high", "relative_rate", "relative_rate_low", "relative_rate_high"), 1.2345
    )
    return {
        "stage": "selected",
        "characteristic": characteristic,
        "group": group,
        "is_reference": group == "Male",
        "base": base,
        "chosen": chosen,
        "suppressed": chosen is None,
        **exact,
    }


@pytest.mark.parametrize(("base", "chosen"), [(200, 9), (9, 0), (200, 195), (200, 0)])
def test_a_characteristic_with_a_small_count_is_left_out_whole(base: int, chosen: int) -> None:
    rows = [row("sex", "Female", base, chosen), row("sex", "Male", 300, 40), row("age_band", "All", 500, 40)]
    found = publishable({"on": "2026-11-23", "rows": rows})
    assert found["on"] == "2026-11-23"
    assert found["rows"][2]["chosen"] == 40
    for each in found["rows"][:2]:
        assert each["suppressed"]
        assert {each[name] for name in NUMBERS} == {None}


def test_counts_are_to_the_nearest_five_and_everything_is_made_from_those() -> None:
    """Two reports that are the same but for a person or two are the same once they are published."""
    first = [row("sex", "Female", 201, 21), row("sex", "Male", 299, 39), row("sex", "All", 500, 60)]
    second = [row("sex", "Female", 199, 19), row("sex", "Male", 302, 42), row("sex", "All", 501, 61)]
    found = publishable({"rows": first})["rows"]
    assert found == publishable({"rows": second})["rows"]
    female, male, _total = found
    assert (female["base"], female["chosen"], female["rate"]) == (200, 20, 10.0)
    assert (male["base"], male["chosen"], male["rate"], male["relative_rate"]) == (300, 40, 13.3, None)
    # 20 of 200 against 40 of 300 is 0.75; its interval by Katz, with s^2 = 1/20 - 1/200 + 1/40 - 1/300.
    spread = exp(1.959964 * sqrt(1 / 20 - 1 / 200 + 1 / 40 - 1 / 300))
    assert female["relative_rate"] == 0.75
    assert female["relative_rate_low"] == pytest.approx(0.75 / spread, abs=0.005)
    assert female["relative_rate_high"] == pytest.approx(0.75 * spread, abs=0.005)


def test_what_the_library_has_suppressed_stays_so() -> None:
    rows = [row("sex", "Female", 210, None), row("sex", "Male", None, None), row("sex", "All", 500, 10)]
    female, male, total = publishable({"rows": rows})["rows"]
    assert (female["base"], female["chosen"], female["rate"], female["relative_rate"]) == (210, None, None, None)
    assert (male["base"], male["chosen"]) == (None, None)
    assert (total["chosen"], total["rate"], total["relative_rate"]) == (10, 2.0, None)
    assert [each["suppressed"] for each in (female, male, total)] == [True, True, False]
