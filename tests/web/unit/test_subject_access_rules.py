"""How far a request may be moved, what may be left out of its answer, and who may release or refuse it."""

from typing import Any

import pytest

from iom.common.errors import InvalidInput, NotAllowed, UserError, WrongState
from iom.sharing.choices.rights import Right
from iom.sharing.choices.subject_access import RequestState, Treatment
from iom.sharing.rules import rights
from iom.sharing.rules import subject_access as rules
from iom.sharing.rules.exemptions import ACCESS, exemptions, grounds
from iom.sharing.rules.rights import LAW_ENFORCEMENT, UK_GDPR
from iom.sharing.rules.subject_access import TRANSITIONS


@pytest.mark.parametrize("state", RequestState.values)
def test_only_the_moves_of_the_table_can_be_made(state: str) -> None:
    moves = {move.name: move.to for move in TRANSITIONS[state]}
    for move in {each.name for ways in TRANSITIONS.values() for each in ways}:
        if move in moves:
            assert rules.check_can_move(state=state, move=move) == moves[move]
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


@pytest.mark.parametrize(
    ("check", "state"),
    [(rules.check_can_release, RequestState.CHECK), (rules.check_can_refuse, RequestState.REFUSAL)],
)
def test_who_worked_on_an_answer_neither_releases_nor_refuses_it(check: Any, state: str) -> None:
    check(state=state, checker_id=3, prepared_by=1, deciders={1, 2})
    for checker in (1, 2):
        with pytest.raises(NotAllowed):
            check(state=state, checker_id=checker, prepared_by=1, deciders={1, 2})
    for other in set(RequestState.values) - {state}:
        with pytest.raises(WrongState):
            check(state=other, checker_id=3, prepared_by=1, deciders={1})


@pytest.mark.parametrize(("identity", "waits"), [("not-yet", False), ("documents", True)])
def test_nothing_is_gathered_for_somebody_unproved(identity: str, waits: bool) -> None:
    with pytest.raises(UserError):
        rules.check_can_gather(state=RequestState.RECEIVED, identity=identity, waits=waits)


def test_nothing_is_handed_on_while_the_person_is_awaited() -> None:
    rules.check_can_prepare(state=RequestState.REVIEW, undecided=0, waits=False)
    with pytest.raises(WrongState):
        rules.check_can_prepare(state=RequestState.REVIEW, undecided=0, waits=True)


def test_every_exemption_names_its_law_and_a_regime_there_is() -> None:
    for each in exemptions().values():
        assert each.law.startswith(("Data Protection Act 2018, ", "UK GDPR, Article "))
        assert each.regimes
        assert set(each.regimes) <= {LAW_ENFORCEMENT, UK_GDPR}


def test_every_right_can_be_refused_on_some_ground_under_each_law_that_knows_it() -> None:
    for right, regime in rights.LAWS:
        found = grounds(right=right, regime=regime)
        assert found, (right, regime)
        for each in found:
            assert set(each.rights) <= {ACCESS, *Right.values}, each.slug
            assert len(each.slug) <= 40, "it is kept on the request"
