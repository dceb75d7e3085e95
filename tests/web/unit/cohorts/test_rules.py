"""The cohort's state machines as tables: every state by every move, and what each move must say."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from iom.cohorts import rules
from iom.cohorts.choices import DrawState, MembershipState, NominationState, Outcome, VersionStatus
from iom.common.errors import InvalidInput, NotAllowed, UserError, WrongState

ON = date(2026, 11, 23)
N, M, V, D = NominationState, MembershipState, VersionStatus, DrawState
# Every state x move that leads somewhere; all others are refused.
LEADS_TO = {
    "Nomination": {
        (N.OPEN, "select"): N.SELECTED,
        (N.OPEN, "decline"): N.DECLINED,
        (N.OPEN, "defer"): N.DEFERRED,
        (N.OPEN, "redirect"): N.REDIRECTED,
        (N.OPEN, "withdraw"): N.WITHDRAWN,
        (N.DEFERRED, "select"): N.SELECTED,
        (N.DEFERRED, "decline"): N.DECLINED,
        (N.DEFERRED, "defer"): N.DEFERRED,
        (N.DEFERRED, "redirect"): N.REDIRECTED,
        (N.DEFERRED, "withdraw"): N.WITHDRAWN,
    },
    "Membership": {
        (M.ACTIVE, "change rating, lead or review"): M.ACTIVE,
        (M.ACTIVE, "de-select"): M.DESELECTED,
    },
    "Scheme version": {
        (V.DRAFT, "propose"): V.PROPOSED,
        (V.DRAFT, "withdraw"): V.WITHDRAWN,
        (V.PROPOSED, "activate"): V.ACTIVE,
        (V.PROPOSED, "withdraw"): V.WITHDRAWN,
        (V.ACTIVE, "replace"): V.RETIRED,
    },
    "Draw for places": {
        (D.OPEN, "close"): D.CLOSED,
        (D.OPEN, "withdraw"): D.WITHDRAWN,
        (D.CLOSED, "draw"): D.DRAWN,
        (D.CLOSED, "withdraw"): D.WITHDRAWN,
    },
}
EVERY = [
    (name, state, move)
    for name, machine in rules.TRANSITIONS.items()
    for state in machine
    for move in sorted({move.name for moves in machine.values() for move in moves})
]


def test_the_machines_know_every_state_there_is() -> None:
    for machine, states in ((rules.NOMINATION, N), (rules.MEMBERSHIP, M), (rules.SCHEME_VERSION, V), (rules.DRAW, D)):
        assert set(machine) == set(states)
        assert {move.to for moves in machine.values() for move in moves} <= set(states)


@pytest.mark.parametrize(("name", "state", "move"), EVERY)
def test_a_move_leads_where_the_table_says_or_nowhere(name: str, state: str, move: str) -> None:
    machine = rules.TRANSITIONS[name]
    expected = LEADS_TO[name].get((state, move))  # type: ignore[attr-defined]
    if expected is None:
        with pytest.raises(WrongState):
            rules.check_can_move(machine, state=state, move=move)
    else:
        assert rules.check_can_move(machine, state=state, move=move) == expected


def test_every_move_is_made_by_a_person() -> None:
    """No move is the system's, or a score's."""
    movers = {move.who for machine in rules.TRANSITIONS.values() for moves in machine.values() for move in moves}
    assert all(movers)
    assert not any(word in who for who in movers for word in ("system", "score", "automatic"))


def test_the_diagram_draws_every_state_and_move() -> None:
    for title, machine in rules.TRANSITIONS.items():
        drawn = rules.state_diagram(machine, rules.STARTS[title])
        assert drawn.count("-->") == 1 + sum(len(moves) or 1 for moves in machine.values())
        assert drawn in rules.states_page()


PANEL: dict[str, Any] = {
    "reasons": "Most harm",
    "present": [1],
    "met_on": ON,
    "on": ON,
    "cohort_type": "fixed",
    "cohort_types": {"fixed"},
    "rag": "red",
    "has_lead": True,
    "review_on": ON + timedelta(days=28),
    "deferred_until": ON + timedelta(days=28),
    "is_same_scheme": False,
    "has_scheme": True,
    "waiting": 0,
    "returns_due_on": ON,
    "without_returns": "",
}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_whole_decision_passes(outcome: Outcome) -> None:
    rules.check_decision_is_whole(outcome=outcome, **PANEL)


@pytest.mark.parametrize(
    ("outcome", "change", "field"),
    [
        (Outcome.SELECT, {"reasons": " "}, "reasons"),
        (Outcome.DECLINE, {"reasons": ""}, "reasons"),
        (Outcome.DECLINE, {"present": []}, "present"),
        (Outcome.DECLINE, {"met_on": ON + timedelta(days=1)}, "met_on"),
        (Outcome.SELECT, {"cohort_type": "other"}, "cohort_type"),
        (Outcome.SELECT, {"rag": ""}, "rag"),
        (Outcome.SELECT, {"has_lead": False}, "lead"),
        (Outcome.SELECT, {"review_on": None}, "review_on"),
        (Outcome.SELECT, {"review_on": ON}, "review_on"),
        (Outcome.SELECT, {"review_on": ON + timedelta(days=367)}, "review_on"),
        (Outcome.DEFER, {"deferred_until": ON}, "deferred_until"),
        (Outcome.REDIRECT, {"has_scheme": False}, "to_scheme"),
        (Outcome.REDIRECT, {"is_same_scheme": True}, "to_scheme"),
    ],
)
def test_what_a_decision_lacks_is_named(outcome: Outcome, change: Mapping[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_decision_is_whole(outcome=outcome, **{**PANEL, **change})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("waiting", "due", "without", "may"),
    [
        (0, ON, "", True),
        (1, ON, "", False),  # on the day itself there is still time
        (1, ON - timedelta(days=1), "", True),
        (1, ON, "Released on Friday", True),
    ],
)
def test_the_panel_waits_for_returns_or_says_why_not(waiting: int, due: date, without: str, may: bool) -> None:
    given = {**PANEL, "waiting": waiting, "returns_due_on": due, "without_returns": without}
    if may:
        rules.check_decision_is_whole(outcome=Outcome.SELECT, **given)
    else:
        with pytest.raises(InvalidInput) as refused:
            rules.check_decision_is_whole(outcome=Outcome.SELECT, **{**given, "rag": ""})
        assert set(refused.value.fields) == {"rag", "without_returns"}, "everything that is missing at once"


@pytest.mark.parametrize(
    ("state", "waiting", "due", "deferred_until", "ready"),
    [
        (N.OPEN, 0, ON, None, True),
        (N.OPEN, 1, ON, None, False),
        (N.OPEN, 1, ON - timedelta(days=1), None, True),
        (N.DEFERRED, 0, ON, ON, True),
        (N.DEFERRED, 0, ON, ON + timedelta(days=1), False),
        (N.SELECTED, 0, ON, None, False),
    ],
)
def test_when_a_nomination_is_ready_for_the_panel(
    state: str, waiting: int, due: date, deferred_until: date | None, ready: bool
) -> None:
    found = rules.is_ready_for_panel(
        state=state, waiting=waiting, returns_due_on=due, deferred_until=deferred_until, on=ON
    )
    assert found is ready


@pytest.mark.parametrize(
    ("status", "proposed_by", "fairness", "what_if", "error"),
    [
        (V.PROPOSED, 1, True, True, None),
        (V.PROPOSED, 2, True, True, NotAllowed),
        (V.PROPOSED, 1, False, True, WrongState),
        (V.PROPOSED, 1, True, False, WrongState),
        (V.DRAFT, 1, True, True, WrongState),
        (V.ACTIVE, 1, True, True, WrongState),
        (V.WITHDRAWN, 1, True, True, WrongState),
    ],
)
def test_who_may_put_a_version_in_force_and_when(
    status: str, proposed_by: int, fairness: bool, what_if: bool, error: type[UserError] | None
) -> None:
    given = {
        "status": status,
        "proposed_by": proposed_by,
        "user_id": 2,
        "has_fairness": fairness,
        "has_what_if": what_if,
    }
    assert rules.can_activate(**given) is (error is None)
    if error is not None:
        with pytest.raises(error):
            rules.check_can_activate(**given)


LEAVING = {
    "end_reason": "sustained-reduction",
    "explanation": "Nothing in ten months",
    "agreed_by": "All",
    "exit_plan": "Housing support until May",
    "told": "In person",
}


@pytest.mark.parametrize("field", sorted(LEAVING))
def test_de_selection_needs_each_of_its_answers(field: str) -> None:
    rules.check_can_deselect(state=M.ACTIVE, **LEAVING)
    with pytest.raises(InvalidInput) as refused:
        rules.check_can_deselect(state=M.ACTIVE, **{**LEAVING, field: ""})
    assert set(refused.value.fields) == {field}


def test_the_dead_need_no_plan_but_the_record_needs_a_reason() -> None:
    rules.check_can_deselect(state=M.ACTIVE, **{**LEAVING, "end_reason": "deceased", "exit_plan": "", "told": ""})


@pytest.mark.parametrize(
    ("is_own", "manages", "may"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_who_may_withdraw(is_own: bool, manages: bool, may: bool) -> None:
    if may:
        rules.check_can_withdraw(state=N.OPEN, is_own_agency=is_own, manages_cohort=manages)
    else:
        with pytest.raises(NotAllowed):
            rules.check_can_withdraw(state=N.OPEN, is_own_agency=is_own, manages_cohort=manages)
