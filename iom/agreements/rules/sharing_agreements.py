"""When an agreement may be put in force or withdrawn, and what it lets whom share. Pure: no database, no clock."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from iom.agreements.choices import AgreementState as State
from iom.agreements.choices import Answers, Category, RecordKind
from iom.agreements.rules.gateways import gateways
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move
from iom.partnerships.choices import AgencyKind, Regime

# From each state, what may be done to it, what it then is, and by whom.
TRANSITIONS: Mapping[str, tuple[Move, ...]] = {
    State.DRAFT: (
        Move("put in force", State.IN_FORCE, "a second person, once every party has signed"),
        Move("withdraw", State.WITHDRAWN, "information governance"),
    ),
    State.IN_FORCE: (
        Move("reach its end", State.EXPIRED, "the calendar"),
        Move("withdraw", State.WITHDRAWN, "information governance"),
    ),
    State.EXPIRED: (),
    State.WITHDRAWN: (),
}
NEAR_DAYS = 60  # a review this near is shown to information governance

# What a kind of record always holds, whoever gives it. What else an agreement covers is said where something is asked.
HOLDS: Mapping[str, frozenset[str]] = {
    RecordKind.RECORDS: frozenset({Category.RACE}),
    RecordKind.SANCTIONS: frozenset({Category.CRIMINAL}),
    RecordKind.ARRESTS: frozenset({Category.CRIMINAL}),
    RecordKind.CUSTODY_SPELLS: frozenset({Category.CRIMINAL}),
    RecordKind.DRUG_TESTS: frozenset({Category.HEALTH}),
    RecordKind.ASSESSMENTS: frozenset({Category.HEALTH}),
    RecordKind.REGISTERS: frozenset({Category.CRIMINAL}),
    RecordKind.INTELLIGENCE_COUNTS: frozenset({Category.CRIMINAL}),
    RecordKind.ANSWERS: frozenset(),
    RecordKind.RECORDED_CRIMES: frozenset(),
    RecordKind.VICTIMS: frozenset(),
    RecordKind.CONFIDENCE: frozenset(),
}
# What the words of a kind of agency always hold: that somebody is treated is health data, whatever else is said.
WORDS_HOLD: Mapping[str, frozenset[str]] = {
    AgencyKind.HEALTH: frozenset({Category.HEALTH}),
    AgencyKind.TREATMENT: frozenset({Category.HEALTH}),
}


class AgencyLike(Protocol):
    """An agency, as far as the law asks after it."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def regime(self) -> str: ...


@dataclass(frozen=True)
class Party:
    """What one agency does under an agreement: the kinds it gives, whether it receives, its conditions by category."""

    agency_id: int
    gives: frozenset[str] = frozenset()
    receives: bool = False
    conditions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """An agreement as the decision to share reads it. `end_date` is the first day it no longer holds."""

    agreement_id: int
    reference: str
    state: str
    start_date: date | None
    end_date: date | None
    gateways: frozenset[str]
    parties: tuple[Party, ...]

    def party(self, agency_id: int) -> Party:
        return next((each for each in self.parties if each.agency_id == agency_id), Party(agency_id))


def state_on(*, state: str, end_date: date | None, on: date) -> str:
    """The state on a day, told from the date and not from whether somebody has looked."""
    return State.EXPIRED if state == State.IN_FORCE and end_date is not None and end_date <= on else state


def is_in_force(*, state: str, start_date: date | None, end_date: date | None, on: date) -> bool:
    is_standing = state_on(state=state, end_date=end_date, on=on) == State.IN_FORCE
    return is_standing and start_date is not None and start_date <= on


def check_can_move(*, state: str, move: str) -> None:
    """Raises `WrongState` where an agreement in `state` has no such move."""
    if move not in [each.name for each in TRANSITIONS[state]]:
        raise WrongState(f"This agreement is {State(state).label.lower()}. Look at it again: it may have been changed.")


def check_can_change(*, state: str) -> None:
    """What is in force stands as it was signed: a change is a new agreement."""
    if state != State.DRAFT:
        raise WrongState("Only a draft can be changed. Withdraw this agreement and draft another.")


def check_dates(*, start_date: date, end_date: date | None, review_on: date) -> None:
    wrong = {}
    if end_date is not None and end_date <= start_date:
        wrong["end_date"] = "The end must be after the first day in force"
    if review_on <= start_date:
        wrong["review_on"] = "The review must be after the first day in force"
    elif end_date is not None and review_on > end_date:
        wrong["review_on"] = "The review must be before the agreement ends"
    if wrong:
        raise InvalidInput("The dates do not hold together.", wrong)


def check_can_put_in_force(*, terms: Terms, unsigned: int, is_second_person: bool, on: date) -> None:
    """A draft comes into force once it can let somebody share, every party has signed, and a second person says so."""
    check_can_move(state=terms.state, move="put in force")
    if not is_second_person:
        raise NotAllowed("A second person puts an agreement in force: you drafted this one.")
    if unsigned:
        raise WrongState("Not every party has signed. Enter who signed for each party, and when.")
    if terms.end_date is not None and terms.end_date <= on:
        raise WrongState("The last day of this agreement is over. Change its dates.")
    if not any(each.gives for each in terms.parties) or not any(each.receives for each in terms.parties):
        raise WrongState("No party gives anything, or none receives. Say what each party gives and receives.")
    answered = {gateways()[slug].answers for slug in terms.gateways if slug in gateways()}
    if not {Answers.POWER, Answers.BASIS} <= answered:
        raise WrongState("The agreement names no power to share, or no lawful basis. Choose its gateways.")


can_put_in_force = can(check_can_put_in_force)


def check_can_withdraw(*, state: str, reason: str) -> None:
    check_can_move(state=state, move="withdraw")
    if not reason.strip():
        raise InvalidInput("Say why it is withdrawn.", {"reason": "Say why it is withdrawn"})


def is_near(day: date | None, *, on: date) -> bool:
    """Whether a day has come, or comes soon enough to be prepared for."""
    return day is not None and day <= on + timedelta(days=NEAR_DAYS)


def check_can_share(
    *,
    giver: AgencyLike,
    receivers: Collection[AgencyLike],
    kind: str,
    on: date,
    agreements: Iterable[Terms],
    special: Collection[str] = (),
    gateway: str = "",
) -> None:
    """An agency may give a kind of record to others under agreements in force on the day; raises what is missing.

    `special` are the special categories in it besides those that the kind always holds. `gateway`: the one power or
    basis that it is said to rest on, which the agreement must then name. Each receiver needs an agreement that lets it
    receive; without receivers (a record that stays its owner's own), one that lets it be given.
    """
    giving = [
        each
        for each in agreements
        if is_in_force(state=each.state, start_date=each.start_date, end_date=each.end_date, on=on)
        and kind in each.party(giver.pk).gives
    ]
    words = str(RecordKind(kind).label).lower()
    if not giving:
        raise WrongState(f"No sharing agreement in force lets {giver.name} share this kind of record: {words}.")
    held = held_in(giver=giver, kinds=[kind], special=special)
    for receiver in receivers or (None,):
        # What is missing is told of an agreement that lets the receiver have something, where there is one.
        nearest = sorted(giving, key=lambda each: receiver is not None and not each.party(receiver.pk).receives)
        missing = [_missing(terms, giver=giver, receiver=receiver, held=held, gateway=gateway) for terms in nearest]
        if all(missing):
            raise WrongState(missing[0])


can_share = can(check_can_share)


def held_in(*, giver: AgencyLike, kinds: Collection[str], special: Collection[str] = ()) -> frozenset[str]:
    """The special categories in what an agency gives, for which it needs a condition. `special`: those in its words."""
    held = frozenset[str]().union(*(HOLDS[kind] for kind in kinds))
    if RecordKind.ANSWERS in kinds:
        held |= {*special, *WORDS_HOLD.get(giver.kind, ())}
    if giver.regime == Regime.LAW_ENFORCEMENT:
        held -= {Category.CRIMINAL}  # what Part 3 is about needs no condition of its own
    return held


def check_can_give(
    *,
    giver: AgencyLike,
    receivers: Collection[AgencyLike],
    kinds: Collection[str],
    on: date,
    agreements: Iterable[Terms],
    special: Collection[str] = (),
    gateway: str = "",
) -> list[Terms]:
    """For each receiver the agreement, the first there is, that lets the agency give it all these kinds at once.

    What is given at one time is logged under one agreement. Raises what is missing, as `check_can_share` does.
    """
    in_force, found = list(agreements), []
    for receiver in receivers:
        under = in_force
        for kind in sorted(kinds):
            asked: dict[str, Any] = {"giver": giver, "receivers": [receiver], "kind": kind, "on": on}
            asked |= {"special": special, "gateway": gateway}
            check_can_share(agreements=in_force, **asked)
            under = [terms for terms in under if can_share(agreements=[terms], **asked)]
        if not under:
            raise WrongState(
                f"No one agreement in force lets {giver.name} give {receiver.name} all of this at once. "
                "Leave out what another agreement covers: it can be asked for by itself."
            )
        found.append(under[0])
    return found


def check_can_rest_on(slug: str, *, giver: AgencyLike, receiver: AgencyLike | None = None) -> None:
    """Raises where the register does not let an agency rest on a gateway what it gives a receiver, or anybody."""
    found = gateways().get(slug)
    if found is None or found.answers == Answers.SPECIAL or found.anonymous:
        raise InvalidInput("Choose what it rests on.", {"gateway": "Select the power in law"})
    kind = receiver.kind if receiver is not None else None
    if not found.opens(giver=giver.kind, regime=giver.regime, receiver=kind):
        whom = f" with {receiver.name}" if receiver is not None else ""
        message = f"By “{found.name}” {giver.name} may not share{whom}. Select another."
        raise InvalidInput(message, {"gateway": message})


def check_can_give_outside(*, giver: AgencyLike, gateway: str, basis: str) -> None:
    """Raises where the register gives an agency no such power to share with outsiders, or no such lawful basis."""
    wrong = {}
    for name, slug, answers in (("gateway", gateway, Answers.POWER), ("basis", basis, Answers.BASIS)):
        try:
            check_can_rest_on(slug, giver=giver)
        except InvalidInput as error:
            wrong[name] = error.fields["gateway"]
        else:
            if gateways()[slug].answers != answers:
                wrong[name] = "Select one from the list"
    if wrong:
        raise InvalidInput("What it rests on does not hold.", wrong)


def power_of(terms: Terms, *, giver: AgencyLike, receiver: AgencyLike) -> str:
    """The power in law of an agreement by which one agency gives to another; empty where it names none."""
    named = sorted(slug for slug in terms.gateways if slug in gateways())
    return next((slug for slug in named if _is_power(slug, giver=giver, receiver=receiver)), "")


def _is_power(slug: str, *, giver: AgencyLike, receiver: AgencyLike | None) -> bool:
    found, kind = gateways()[slug], receiver.kind if receiver is not None else None
    is_open = found.opens(giver=giver.kind, regime=giver.regime, receiver=kind)
    return found.answers == Answers.POWER and not found.anonymous and is_open


def check_can_review(*, state: str, next_on: date, end_date: date | None, on: date) -> None:
    """A review finds that an agreement in force still holds good; raises `InvalidInput` for a day that cannot be."""
    if state != State.IN_FORCE:
        raise WrongState("Only an agreement in force is reviewed.")
    wrong = ""
    if next_on <= on:
        wrong = "Enter a day in the future for the next review"
    elif end_date is not None and next_on > end_date:
        wrong = "The next review must be before the agreement ends"
    if wrong:
        raise InvalidInput(wrong, {"next_on": wrong})


def _missing(
    terms: Terms, *, giver: AgencyLike, receiver: AgencyLike | None, held: Collection[str], gateway: str
) -> str:
    """What one agreement lacks for this giver and this receiver; empty where nothing."""
    named = [gateways()[slug] for slug in terms.gateways if slug in gateways()]
    agreement = f"Agreement {terms.reference}"
    if receiver is not None and not terms.party(receiver.pk).receives:
        return f"{agreement} does not let {receiver.name} receive from {giver.name}."
    whom = f" with {receiver.name}" if receiver is not None else ""
    if not any(_is_power(each.slug, giver=giver, receiver=receiver) for each in named):
        return f"{agreement} names no power in law by which {giver.name} may share{whom}."
    if gateway:
        said = gateways()[gateway].name if gateway in gateways() else gateway
        if gateway not in terms.gateways:
            return f"{agreement} does not name what this is said to rest on: {said}."
        try:
            check_can_rest_on(gateway, giver=giver, receiver=receiver)
        except InvalidInput:
            return f"By “{said}”, which this is said to rest on, {giver.name} may not share{whom}."
    bases = [each for each in named if each.answers == Answers.BASIS]
    if not any(each.opens(giver=giver.kind, regime=giver.regime) for each in bases):
        return f"{agreement} names no lawful basis on which {giver.name} may share."
    conditions = terms.party(giver.pk).conditions
    for category in sorted(held):
        if not is_condition(conditions.get(category, ""), category=category, giver=giver):
            return (
                f"{agreement} has no condition for special category data of {giver.name}: {Category(category).label}."
            )
    return ""


def is_condition(slug: str, *, category: str, giver: AgencyLike) -> bool:
    """Whether the register lets this agency rely on a condition for a category."""
    found = gateways().get(slug)
    return (
        found is not None
        and found.answers == Answers.SPECIAL
        and category in found.covers
        and found.opens(giver=giver.kind, regime=giver.regime)
    )
