"""When an answer is due, what may be left out of it, and who may release it."""

from datetime import date
from typing import Any

import pytest

from iom.common.errors import InvalidInput, NotAllowed, UserError, WrongState
from iom.sharing.choices.subject_access import RequestState, Treatment
from iom.sharing.rules import subject_access as rules
from iom.sharing.rules.exemptions import exemptions
from iom.sharing.rules.subject_access import LAW_ENFORCEMENT, TRANSITIONS, UK_GDPR, Stop

JANUARY = date(2027, 1, 31)
IDENTITY = Stop("identity", date(2026, 9, 3), date(2026, 9, 10))
ASKED = Stop("clarification", date(2026, 9, 10), date(2026, 9, 15))
SEPTEMBER = date(2026, 9, 3)

CLOCKS = [
    ("a month to the day", SEPTEMBER, [], False, LAW_ENFORCEMENT, date(2026, 10, 3)),
    ("a month that has no such day ends on its last", JANUARY, [], False, UK_GDPR, date(2027, 2, 28)),
    ("from the day identity was proved", SEPTEMBER, [IDENTITY], False, LAW_ENFORCEMENT, date(2026, 10, 10)),
    ("two more months for a complex request", SEPTEMBER, [], True, UK_GDPR, date(2026, 12, 3)),
    ("which law enforcement has not", SEPTEMBER, [], True, LAW_ENFORCEMENT, date(2026, 10, 3)),
    ("asking what is meant stops the clock", SEPTEMBER, [ASKED], False, UK_GDPR, date(2026, 10, 8)),
    ("under the UK GDPR alone", SEPTEMBER, [ASKED], False, LAW_ENFORCEMENT, date(2026, 10, 3)),
    ("it stands while a fee is awaited", SEPTEMBER, [Stop("fee", SEPTEMBER)], False, UK_GDPR, None),
    ("over the end of a year", date(2026, 12, 31), [], False, UK_GDPR, date(2027, 1, 31)),
]


@pytest.mark.parametrize(
    ("received_on", "stops", "extended", "regime", "expected"),
    [case[1:] for case in CLOCKS],
    ids=[case[0] for case in CLOCKS],
)
def test_the_clock(received_on: date, stops: list[Stop], extended: bool, regime: str, expected: date | None) -> None:
    assert rules.due_on(received_on=received_on, stops=stops, extended=extended, regime=regime) == expected


@pytest.mark.parametrize("state", RequestState.values)
def test_only_the_moves_of_the_table_can_be_made(state: str) -> None:
    for move in {"gather", "prepare", "send back", "release", "refuse", "withdraw"}:
        if move in TRANSITIONS[state]:
            rules.check_can_move(state=state, move=move)
        else:
            with pytest.raises(WrongState):
                rules.check_can_move(state=state, move=move)


def decide(**changed: Any) -> None:
    given: dict[str, Any] = {
        "state": RequestState.REVIEW,
        "concern": "",
        "needs_consulting": False,
        "regime": LAW_ENFORCEMENT,
        "treatment": Treatment.GIVE,
        "redacted": (),
        "fields": ("court", "disposal"),
        "exemption": "",
        "reason": "",
        "consulted": "",
    }
    rules.check_can_decide(**{**given, **changed})


WITHHELD = {"treatment": Treatment.WITHHOLD, "exemption": "inquiry", "reason": "A trial is pending"}
RIGHT = [
    {},
    WITHHELD,
    {**WITHHELD, "treatment": Treatment.REDACT, "redacted": ("court",)},
    {"concern": "third-party", "reason": "The other person agreed"},
    {"needs_consulting": True, "consulted": "The probation lead, who agrees"},
]
WRONG = [
    ({"treatment": ""}, "treatment"),
    ({**WITHHELD, "exemption": ""}, "exemption"),
    ({**WITHHELD, "exemption": "others-uk-gdpr"}, "exemption"),
    ({**WITHHELD, "reason": " "}, "reason"),
    ({**WITHHELD, "treatment": Treatment.REDACT}, "redacted"),
    ({**WITHHELD, "treatment": Treatment.REDACT, "redacted": ("of another",)}, "redacted"),
    ({"concern": "third-party"}, "reason"),
    ({"concern": "restricted"}, "reason"),
    ({"needs_consulting": True}, "consulted"),
]


@pytest.mark.parametrize("changed", RIGHT)
def test_a_whole_decision_stands(changed: dict[str, Any]) -> None:
    decide(**changed)


@pytest.mark.parametrize(("changed", "field"), WRONG)
def test_a_decision_that_lacks_something_says_what(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decide(**changed)
    assert field in caught.value.fields


@pytest.mark.parametrize("state", [state for state in RequestState.values if state != RequestState.REVIEW])
def test_nothing_is_decided_outside_the_review(state: str) -> None:
    with pytest.raises(WrongState):
        decide(state=state)


def test_who_worked_on_an_answer_does_not_release_it() -> None:
    rules.check_can_release(state=RequestState.CHECK, checker_id=3, prepared_by=1, deciders={1, 2})
    for checker in (1, 2):
        with pytest.raises(NotAllowed):
            rules.check_can_release(state=RequestState.CHECK, checker_id=checker, prepared_by=1, deciders={1, 2})


@pytest.mark.parametrize(("identity", "is_paused"), [("not-yet", False), ("documents", True)])
def test_nothing_is_gathered_for_somebody_unproved(identity: str, is_paused: bool) -> None:
    with pytest.raises(UserError):
        rules.check_can_gather(state=RequestState.RECEIVED, identity=identity, is_paused=is_paused)


def test_every_exemption_names_its_law_and_a_regime_there_is() -> None:
    for each in exemptions().values():
        assert "Data Protection Act 2018" in each.law
        assert each.regimes
        assert set(each.regimes) <= {LAW_ENFORCEMENT, UK_GDPR}
