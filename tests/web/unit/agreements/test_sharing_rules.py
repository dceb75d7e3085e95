"""What an agreement lets whom share, and when it may be put in force."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from iom.agreements import rules
from iom.agreements.rules import Party, Terms
from iom.common.errors import InvalidInput, NotAllowed, UserError, WrongState
from tests.factories.agreements import terms

ON = date(2026, 11, 23)


@dataclass(frozen=True)
class Agency:
    pk: int
    name: str
    kind: str
    regime: str = "uk-gdpr"


POLICE = Agency(1, "Police", "police", "law-enforcement")
PROBATION = Agency(2, "Probation", "probation", "law-enforcement")
COUNCIL = Agency(3, "Council", "council")
TREATMENT = Agency(4, "Treatment", "treatment")
PRISON = Agency(5, "Prison", "prison", "law-enforcement")

SENSITIVE = {"race": "schedule-8-statutory", "health": "schedule-8-statutory"}
GIVES = frozenset({"records", "arrests", "drug_tests", "answers"})
POLICE_GIVES = Party(1, GIVES, receives=True, conditions=SENSITIVE)
TREATMENT_GIVES = Party(4, GIVES, conditions=dict.fromkeys(("race", "criminal"), "uk-gdpr-9-2-g-statutory"))
ALL = terms(POLICE_GIVES, Party(2, receives=True), Party(3, receives=True), TREATMENT_GIVES)


def share(agreement: Terms = ALL, **asked: Any) -> None:
    rules.check_can_share(
        **{"giver": POLICE, "receivers": [PROBATION], "kind": "arrests", "on": ON, "agreements": [agreement], **asked}
    )


def test_parties_share_what_their_agreement_says() -> None:
    share()
    share(receivers=[PROBATION, COUNCIL], kind="records")
    share(receivers=[])


@pytest.mark.parametrize(
    ("state", "start", "end", "on", "holds"),
    [
        ("in-force", date(2026, 1, 1), date(2027, 1, 1), date(2025, 12, 31), False),
        ("in-force", date(2026, 1, 1), date(2027, 1, 1), date(2026, 1, 1), True),
        ("in-force", date(2026, 1, 1), date(2027, 1, 1), date(2026, 12, 31), True),
        ("in-force", date(2026, 1, 1), date(2027, 1, 1), date(2027, 1, 1), False),
        ("in-force", date(2026, 1, 1), None, date(2099, 1, 1), True),
        ("draft", date(2026, 1, 1), None, date(2026, 6, 1), False),
        ("withdrawn", date(2026, 1, 1), None, date(2026, 6, 1), False),
    ],
)
def test_an_agreement_holds_from_its_first_day_to_the_day_before_its_end(
    state: str, start: date, end: date | None, on: date, holds: bool
) -> None:
    agreement = replace(ALL, state=state, start_date=start, end_date=end)
    assert rules.is_in_force(state=state, start_date=start, end_date=end, on=on) is holds
    assert rules.can_share(giver=POLICE, receivers=[PROBATION], kind="arrests", on=on, agreements=[agreement]) is holds


@pytest.mark.parametrize(
    ("agreement", "asked", "says"),
    [
        (ALL, {"giver": COUNCIL}, "No sharing agreement in force lets Council share"),
        (ALL, {"kind": "registers"}, "No sharing agreement in force lets Police share this kind of record: entries on"),
        (ALL, {"receivers": [PROBATION, TREATMENT]}, "does not let Treatment receive from Police"),
        # Crime and Disorder Act s115 opens nothing to a prison, and OMA s14 nothing between two others.
        (
            terms(POLICE_GIVES, Party(5, receives=True), gateways=frozenset({"crime-and-disorder-s115"})),
            {"receivers": [PRISON]},
            "no power in law by which Police may share with Prison",
        ),
        (
            terms(POLICE_GIVES, Party(3, receives=True), gateways=frozenset({"offender-management-s14"})),
            {"receivers": [COUNCIL]},
            "no power in law by which Police may share with Council",
        ),
        # Depersonalised data only: it opens no record of a person.
        (
            replace(ALL, gateways=frozenset({"crime-and-disorder-s17a", "law-enforcement-task"})),
            {},
            "no power in law",
        ),
        (replace(ALL, gateways=frozenset({"crime-and-disorder-s115", "uk-gdpr-6-1-e"})), {}, "no lawful basis"),
        (
            ALL,
            {"giver": TREATMENT, "kind": "drug_tests"},
            "no condition for special category data of Treatment: Health",
        ),
        (ALL, {"kind": "answers", "special": ["religion"]}, "no condition .* Police: Religion or belief"),
        # A condition of the other regime is none.
        (
            terms(replace(POLICE_GIVES, conditions={"race": "uk-gdpr-9-2-a"}), Party(2, receives=True)),
            {"kind": "records"},
            "no condition .* Race",
        ),
        # A slug that the register no longer has opens nothing.
        (replace(ALL, gateways=frozenset({"repealed"})), {}, "no power in law"),
    ],
)
def test_what_is_missing_is_said_in_words(agreement: Terms, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongState, match=says):
        share(agreement, **asked)


def test_criminal_offence_data_needs_a_condition_under_uk_gdpr_alone() -> None:
    bare = replace(TREATMENT_GIVES, conditions={})
    with pytest.raises(WrongState, match="Criminal offences"):
        share(terms(bare, Party(2, receives=True)), giver=TREATMENT, kind="arrests")
    share(terms(replace(POLICE_GIVES, conditions={}), Party(2, receives=True)), kind="arrests")


def test_each_receiver_may_have_its_own_agreement() -> None:
    one, two = terms(POLICE_GIVES, Party(2, receives=True)), terms(POLICE_GIVES, Party(3, receives=True))
    share(agreements=[one, two], receivers=[PROBATION, COUNCIL])
    with pytest.raises(WrongState):
        share(agreements=[one], receivers=[PROBATION, COUNCIL])


def test_what_is_given_at_once_is_given_under_one_agreement_and_the_power_it_is_said_to_rest_on() -> None:
    to_council = terms(POLICE_GIVES, Party(3, receives=True), agreement_id=1)
    to_probation = terms(POLICE_GIVES, Party(2, receives=True), agreement_id=2)
    asked: dict[str, Any] = {"giver": POLICE, "on": ON, "agreements": [to_council, to_probation]}

    def under(receiver: Agency, **given: Any) -> list[int]:
        found = rules.check_can_give(**{**asked, "receivers": [receiver], "kinds": ["arrests", "answers"], **given})
        return [each.agreement_id for each in found]

    assert under(PROBATION) == [2]
    assert under(COUNCIL) == [1]
    assert under(PROBATION, receivers=[PROBATION, COUNCIL]) == [2, 1]
    assert under(PROBATION, gateway="offender-management-s14") == [2]
    with pytest.raises(WrongState, match="does not name what this is said to rest on: Common-law policing"):
        under(PROBATION, gateway="common-law-policing")
    with pytest.raises(WrongState, match=r"By “Offender management”, .* Police may not share with Council"):
        under(COUNCIL, gateway="offender-management-s14")
    arrests, answers = (
        terms(replace(POLICE_GIVES, gives=frozenset({kind})), Party(2, receives=True))
        for kind in ("arrests", "answers")
    )
    with pytest.raises(WrongState, match="No one agreement in force lets Police give Probation all of this"):
        under(PROBATION, agreements=[arrests, answers])


def test_what_a_treatment_service_says_in_words_is_health_data() -> None:
    receives = Party(2, receives=True)
    with pytest.raises(WrongState, match="no condition for special category data of Treatment: Health"):
        share(terms(TREATMENT_GIVES, receives), giver=TREATMENT, kind="answers")
    health = replace(TREATMENT_GIVES, conditions={"health": "uk-gdpr-9-2-g-statutory"})
    share(terms(health, receives), giver=TREATMENT, kind="answers")
    share(kind="answers")


def put_in_force(agreement: Terms, *, unsigned: int = 0, is_second_person: bool = True) -> None:
    rules.check_can_put_in_force(terms=agreement, unsigned=unsigned, is_second_person=is_second_person, on=ON)


def test_a_signed_draft_is_put_in_force_by_a_second_person() -> None:
    draft = replace(ALL, state="draft")
    put_in_force(draft)
    cases: list[tuple[Terms, dict[str, Any], type[UserError]]] = [
        (draft, {"is_second_person": False}, NotAllowed),
        (draft, {"unsigned": 1}, WrongState),
        (ALL, {}, WrongState),
        (replace(draft, end_date=ON), {}, WrongState),
        (replace(draft, parties=(Party(1, GIVES),)), {}, WrongState),
        (replace(draft, parties=(Party(1, receives=True),)), {}, WrongState),
        (replace(draft, gateways=frozenset({"crime-and-disorder-s115"})), {}, WrongState),
        (replace(draft, gateways=frozenset({"uk-gdpr-6-1-e"})), {}, WrongState),
    ]
    for agreement, asked, error in cases:
        with pytest.raises(error):
            put_in_force(agreement, **asked)


@pytest.mark.parametrize("state", ["draft", "in-force", "expired", "withdrawn"])
def test_what_has_ended_is_not_withdrawn_again(state: str) -> None:
    if state in ("draft", "in-force"):
        rules.check_can_withdraw(state=state, reason="Replaced")
        with pytest.raises(InvalidInput):
            rules.check_can_withdraw(state=state, reason=" ")
    else:
        with pytest.raises(WrongState):
            rules.check_can_withdraw(state=state, reason="Replaced")


@pytest.mark.parametrize(
    ("start", "end", "review", "wrong"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), date(2026, 12, 1), set()),
        (date(2026, 1, 1), None, date(2030, 12, 1), set()),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2), {"end_date", "review_on"}),
        (date(2026, 1, 1), date(2027, 1, 1), date(2027, 1, 2), {"review_on"}),
        (date(2026, 1, 1), None, date(2026, 1, 1), {"review_on"}),
    ],
)
def test_dates_hold_together(start: date, end: date | None, review: date, wrong: set[str]) -> None:
    if not wrong:
        rules.check_dates(start_date=start, end_date=end, review_on=review)
        return
    with pytest.raises(InvalidInput) as raised:
        rules.check_dates(start_date=start, end_date=end, review_on=review)
    assert set(raised.value.fields) == wrong


@pytest.mark.parametrize(
    ("day", "near"), [(date(2027, 1, 22), True), (date(2027, 1, 23), False), (ON, True), (date(2020, 1, 1), True)]
)
def test_a_review_is_near_sixty_days_before(day: date, near: bool) -> None:
    assert rules.is_near(day, on=ON) is near
