"""What a watch says of itself, in words: the sentence first, what may be shown, and no alarm of a look back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from iom.common.errors import InvalidInput, NotVisible, WrongState
from iom.outcomes import evaluation, rules
from iom.outcomes.models import Watch, WatchResult
from iom.outcomes.presenters import watches as present

MADE = datetime(2026, 5, 3, 12, tzinfo=UTC)


def watch(**fields: Any) -> Watch:
    values = {
        "title": "More?", "direction": "worse", "chance": 0.05, "cases": 200, "purpose": "To look",
        "registered_at": datetime(2024, 8, 30, 12, tzinfo=UTC),
    }  # fmt: skip
    return Watch(**(values | fields))


def block(until: str, cases: int, tenths: int) -> dict[str, Any]:
    return {
        "until": until, "people": 30, "observed": 15, "expected": 10, "cases": cases,
        "expected_less_observed": -5, "tenths": tenths,
    }  # fmt: skip


def result(on: date, *blocks: dict[str, Any], **fields: Any) -> WatchResult:
    values: dict[str, Any] = {
        "on": on,
        "cases": blocks[-1]["cases"] if blocks else 0,
        "is_alarmed": any(each["tenths"] == 10 for each in blocks),
        "figures": {"why": "", "since": list(blocks), "before": []},
        "manifest": {},
    }
    return WatchResult(pk=1, **(values | fields))


def test_before_anybody_counts_it_says_when_the_first_can() -> None:
    assert present.sentence(watch(), []).startswith("Nothing has been worked out yet")
    said = present.sentence(watch(), [result(date(2025, 1, 2))])
    # Who joins on 31 August 2024 is followed for eighteen months, which end with February.
    assert "the first can count on 28 February 2026, and 30 people or more are needed" in said


def test_nothing_beyond_chance_and_an_alarm() -> None:
    quiet = result(date(2026, 3, 2), block("2026-02-20", 30, 4))
    alarm = result(date(2026, 5, 3), block("2026-02-20", 30, 4), block("2026-04-30", 60, 10))
    assert present.sentence(watch(), [quiet]) == "Nothing has been seen beyond chance so far, of 30 people."
    later = result(date(2026, 6, 2), *alarm.figures["since"], block("2026-05-30", 90, 0))
    assert present.sentence(watch(), [later, alarm, quiet]) == (
        "An alarm was raised on 3 May 2026: more of those who joined reoffended than were to be expected, by more than"
        " chance usually brings."
    )
    assert "fewer of those who joined" in present.sentence(watch(direction="better"), [alarm])
    assert present.row(watch(), later)["state"] == "Alarm"
    assert "about 5 would raise one though nothing had changed" in present.no_proof(watch())


def test_blocks_as_they_may_be_shown() -> None:
    found = result(date(2026, 5, 3), block("2026-02-20", 30, 4), block("2026-04-30", 60, 10))
    table = present.blocks(found)
    assert table is not None
    assert table["rows"] == [
        ["20 February 2026", "30", "15", "10", "-5", "40%"],
        ["30 April 2026", "30", "15", "10", "-5", "Alarm"],
    ]
    assert "It reached its limit in the block that ended on 30 April 2026." in present.chart_text(found)
    assert "it stood at 40% of it at most" in present.chart_text(result(date(2026, 5, 3), block("2026-02-20", 30, 4)))


def test_a_look_back_has_no_height() -> None:
    before = {name: value for name, value in block("2024-02-20", 30, 0).items() if name != "tenths"}
    found = result(date(2026, 5, 3), figures={"why": "", "since": [], "before": [before]})
    table = present.look_back(found)
    assert table is not None
    assert table["rows"] == [["20 February 2024", "30", "15", "10", "-5"]]
    assert (present.blocks(found), present.chart(found)) == (None, None)
    with pytest.raises(NotVisible):
        present.drawn(found, width=evaluation.WIDTHS[0])


def test_where_there_is_no_look_back_it_says_why() -> None:
    found = result(date(2026, 5, 3), figures={"why": "", "since": [], "before": [], "is_all_but_few": True})
    assert present.look_back(found) is None
    assert present.no_look_back(found).startswith("There is no look back: fewer than ten people who joined before")
    assert present.no_look_back(result(date(2026, 5, 3))) == present.no_look_back(None) == ""


def test_beyond_what_the_false_alarm_was_settled_for_it_says_so() -> None:
    assert present.beyond_horizon(watch(cases=100), result(date(2026, 5, 3), block("2026-02-20", 100, 4))) == ""
    assert "it has grown" in present.beyond_horizon(
        watch(cases=100), result(date(2026, 5, 3), block("2026-02-20", 130, 4))
    )


def test_the_rules_of_a_watch() -> None:
    rules.check_can_look(state="watching", last=date(2026, 5, 2), on=date(2026, 5, 3))
    for state, last in (("ended", None), ("watching", date(2026, 5, 3)), ("watching", date(2026, 5, 4))):
        with pytest.raises(WrongState):
            rules.check_can_look(state=state, last=last, on=date(2026, 5, 3))
    assert rules.check_can_watch(known_to=date(2030, 1, 1), on=date(2026, 5, 3)) == date(2026, 5, 3)
    with pytest.raises(InvalidInput):
        rules.check_can_watch(known_to=None, on=date(2026, 5, 3))


def test_what_failed_takes_nothing_back(tmp_path: Any) -> None:
    """The record cannot be read as the library needs it: what was told before stays, with the reason beside it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = block("2026-04-30", 62, 10) | {
        "people": 31,
        "observed": 14,
        "expected": 11.6,
        "expected_less_observed": -2.6,
    }
    limit = {
        "height": 2.0, "odds_ratio": 2.0, "promise": "false alarm over the cases", "asked": 0.05, "found": 0.05,
        "error": 0.005, "cases": 100, "seed": 1,
    }  # fmt: skip
    basis = {"fitted_to": "others", "people": 100, "intercept": 0.0, "slope": 1.0, "limit": limit}
    earlier = {
        "results": {"basis": basis, "since": {"blocks": [kept], "height": 0.5}, "before": {"blocks": [], "height": 0.0}}
    }
    files = {name: tmp_path / f"{name}.parquet" for name in ("persons", "sanctions", "custody_spells", "entries")}
    for path in files.values():
        pq.write_table(pa.table({"nothing": pa.array([], pa.string())}), path)
    asked = evaluation.watch_parameters(
        registered_on=date(2024, 8, 30),
        known_to_then=date(2024, 8, 1),
        scheme_id=None,
        area=None,
        odds_ratio=2.0,
        chance=0.05,
        cases=100,
        known_to=date(2026, 5, 1),
        earlier=earlier,
    )
    looked = evaluation.look(files=files, parameters=asked, at=MADE)
    assert looked.figures["why"]
    # Exact is what the next look goes on from, and nothing that a page reads.
    assert (looked.cases, looked.is_alarmed, looked.figures["since"]) == (60, True, [block("2026-04-30", 60, 10)])
    assert looked.manifest["results"] == earlier["results"]
