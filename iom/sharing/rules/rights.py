"""Who may move a person's request about their data on. Pure: no database, no clock. By when it is due: `rules.clock`.

Law enforcement: Data Protection Act 2018 s46 (rectification), s47 (erasure or restriction), s48 (reasons, and who is
told). UK GDPR: Articles 12, 16, 17, 18, 19 and 21; only there is a right to object. Decisions in which a score plays a
part: DPA 2018 ss50A to 50D and UK GDPR Articles 22A to 22D, as the Data (Use and Access) Act 2025 s80 put them there,
in force since 5 February 2026.
"""

from collections.abc import Collection, Mapping
from datetime import date

from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move
from iom.partnerships.choices import Regime
from iom.sharing.choices.rights import Matter, Right, RightOutcome, RightState
from iom.sharing.choices.subject_access import IdentityCheck
from iom.sharing.rules.clock import check_is_not_waiting
from iom.sharing.rules.exemptions import exemptions, grounds

LAW_ENFORCEMENT, UK_GDPR = Regime.LAW_ENFORCEMENT, Regime.UK_GDPR
S = RightState
PREPARES, DECIDES = "who manages requests", "a second person"
TRANSITIONS: Mapping[str, tuple[Move, ...]] = {
    S.RECEIVED: (Move("prepare", S.CHECK, PREPARES), Move("withdraw", S.WITHDRAWN, PREPARES)),
    S.CHECK: (
        Move("decide", S.DECIDED, DECIDES),
        Move("send back", S.RECEIVED, DECIDES),
        Move("withdraw", S.WITHDRAWN, PREPARES),
    ),
    S.DECIDED: (),
    S.WITHDRAWN: (),
}
IN_HAND = (S.RECEIVED,)
OPEN = (S.RECEIVED, S.CHECK)
LAWS: Mapping[tuple[str, str], str] = {
    (Right.RECTIFY, LAW_ENFORCEMENT): "Data Protection Act 2018, section 46",
    (Right.ERASE, LAW_ENFORCEMENT): "Data Protection Act 2018, section 47",
    (Right.RESTRICT, LAW_ENFORCEMENT): "Data Protection Act 2018, section 47",
    (Right.REVIEW, LAW_ENFORCEMENT): "Data Protection Act 2018, sections 50A to 50D",
    (Right.RECTIFY, UK_GDPR): "UK GDPR, Article 16",
    (Right.ERASE, UK_GDPR): "UK GDPR, Article 17",
    (Right.RESTRICT, UK_GDPR): "UK GDPR, Article 18",
    (Right.OBJECT, UK_GDPR): "UK GDPR, Article 21",
    (Right.REVIEW, UK_GDPR): "UK GDPR, Articles 22A to 22D",
}
# Where these are granted, the agency's records are kept and used no more; erasure also goes on a destruction list.
RESTRICTING = (Right.RESTRICT, Right.ERASE, Right.OBJECT)


def restricts(*, kind: str, outcome: str, ground: str) -> bool:
    """Whether the decision keeps the agency's records from use: granted, or refused because they are evidence."""
    is_granted = outcome in (RightOutcome.GRANTED, RightOutcome.PARTLY)
    return (is_granted and kind in RESTRICTING) or (ground in exemptions() and exemptions()[ground].restricts)


def rights_under(regime: str) -> list[Right]:
    return [right for right in Right if (right, regime) in LAWS]


def check_can_record(
    *, kind: str, regime: str, received_on: date, on: date, asked_for: str, has_decision: bool
) -> None:
    wrong: dict[str, str] = {}
    if kind not in rights_under(regime):
        wrong["kind"] = "Select a right that there is under your agency's law"
    if received_on > on:
        wrong["received_on"] = "Enter a day that is not after today"
    if not asked_for.strip():
        wrong["asked_for"] = "Enter what the person asked for"
    if (kind == Right.REVIEW) != has_decision:
        wrong["decision"] = "Select the decision, where one is to be looked at again"
    if wrong:
        raise InvalidInput("The request is not complete.", wrong)


def check_can_move(*, state: str, move: str) -> None:
    if move not in [each.name for each in TRANSITIONS[state]]:
        raise WrongState("This request has moved on: open it again to see how far it is.")


def check_can_confirm_identity(*, state: str, identity: str) -> None:
    """Once: done again, it would start the clock anew."""
    check_can_move(state=state, move="prepare")
    if identity != IdentityCheck.NOT_YET:
        raise WrongState("The person's identity has been checked already.")


def check_can_prepare(
    *,
    state: str,
    identity: str,
    waits: bool,
    kind: str,
    regime: str,
    outcome: str,
    ground: str,
    matter: str,
    reasons: str,
    done: str,
    tell: Collection[int],
    tell_what: str,
    had_it: Collection[int],
    user_id: int,
    first_decided_by: int | None,
) -> None:
    """Refusing needs the law that allows it; granting says what was done; both say why, in words for the person."""
    check_can_move(state=state, move="prepare")
    if identity == IdentityCheck.NOT_YET:
        raise WrongState("The person's identity has not been checked. Record the check first.")
    check_is_not_waiting(waits=waits)
    check_did_not_decide(user_id=user_id, first_decided_by=first_decided_by)
    wrong: dict[str, str] = {}
    if outcome not in RightOutcome.values:
        wrong["outcome"] = "Select the outcome"
    if not reasons.strip():
        wrong["reasons"] = "Enter the reasons: the person is told them"
    if kind == Right.RECTIFY and matter not in Matter.values:
        wrong["matter"] = "Select whether it is a fact or an opinion"
    if outcome in (RightOutcome.GRANTED, RightOutcome.PARTLY) and not done.strip():
        wrong["done"] = "Enter what was put right, noted, changed or stopped"
    known = {each.slug for each in grounds(right=kind, regime=regime)}
    if (ground or outcome == RightOutcome.REFUSED) and ground not in known:
        wrong["ground"] = "Select the ground in your agency's law on which it is refused"
    if not set(tell) <= set(had_it):
        wrong["tell_agencies"] = "Select agencies that had the data"
    elif tell and outcome == RightOutcome.REFUSED:
        wrong["tell_agencies"] = "Select none: where it is refused nothing has changed for them"
    elif tell and not tell_what.strip():
        wrong["tell_what"] = "Enter what the agencies are told"
    if wrong:
        raise InvalidInput("The decision is not complete.", wrong)


def check_did_not_decide(*, user_id: int, first_decided_by: int | None) -> None:
    """Who looks at a decision again did not take it."""
    if user_id == first_decided_by:
        raise NotAllowed("You took the decision yourself. Somebody else must look at it again.")


def check_can_decide(
    *,
    state: str,
    user_id: int,
    prepared_by: int | None,
    first_decided_by: int | None,
    kind: str,
    is_held: bool,
    is_last_of_a_member: bool,
    outcome: str,
) -> None:
    """A second person decides; nothing is erased that a legal hold keeps, nor the name of somebody in the cohort."""
    check_can_move(state=state, move="decide")
    if user_id == prepared_by:
        raise NotAllowed("You prepared this decision yourself. Somebody else must check it.")
    check_did_not_decide(user_id=user_id, first_decided_by=first_decided_by)
    if kind != Right.ERASE or outcome == RightOutcome.REFUSED:
        return
    if is_held:
        raise WrongState(
            "A legal hold keeps this person's records. Send it back: it cannot be granted while that stands."
        )
    if is_last_of_a_member:
        raise WrongState(
            "This is the last record of who this person is, and they are nominated or in the cohort. The panel must end"
            " that before the record can be erased."
        )


def check_can_deal_with(*, is_dealt_with: bool) -> None:
    if is_dealt_with:
        raise WrongState("Somebody of your agency has dealt with this already.")


def check_says_why(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("Say why.", {"reason": "Enter the reason"})


def check_can_inform(*, given_on: date, on: date, what: str) -> None:
    wrong: dict[str, str] = {}
    if given_on > on:
        wrong["given_on"] = "Enter a day that is not after today"
    if not what.strip():
        wrong["what"] = "Enter what was told"
    if wrong:
        raise InvalidInput("The record is not complete.", wrong)


can_decide = can(check_can_decide)
