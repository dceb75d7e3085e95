"""When a request must be answered, what may be done with it, and what an answer needs. Pure: no database, no clock."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import yaml

from iom.agreements.choices import Category, RecordKind
from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move, after
from iom.sharing.choices.requests import AskState, Give, Refusal, Urgency

LONDON = ZoneInfo("Europe/London")
END_OF_DAY = time(17)
KEPT_DAYS = (7, 30, 90)  # for how long the receiver can read what was given
S = AskState

# From each state, the moves there are, where each leads, and whose it is. A state without any is an end.
ASKED, ASKER = "the agency asked", "the agency that asked"
TRANSITIONS: Mapping[str, tuple[Move, ...]] = {
    S.ASKED: (
        Move("ask what is needed", S.CLARIFYING, ASKED),
        Move("answer in full", S.ANSWERED, ASKED),
        Move("answer in part", S.PART, ASKED),
        Move("refuse", S.REFUSED, ASKED),
        Move("withdraw", S.WITHDRAWN, ASKER),
    ),
    S.CLARIFYING: (
        Move("reply", S.ASKED, ASKER),
        Move("refuse", S.REFUSED, ASKED),
        Move("withdraw", S.WITHDRAWN, ASKER),
    ),
    S.ANSWERED: (),
    S.PART: (),
    S.REFUSED: (),
    S.WITHDRAWN: (),
}
OPEN = tuple(state for state, moves in TRANSITIONS.items() if moves)

# A passage between two pairs of square brackets is cut out of the words of an answer before it is sent.
CUT = re.compile(r"\[\[.*?\]\]", re.DOTALL)
CUT_OUT = "█████"


@dataclass(frozen=True)
class Clock:
    """How long there is: hours through the night, or working days to the end of the last; and when the end is near."""

    near: timedelta
    hours: int = 0
    working_days: int = 0


@cache
def clocks() -> Mapping[str, Clock]:
    given = yaml.safe_load((resources.files("iom.sharing.rules") / "clocks.yaml").read_text(encoding="utf-8"))
    assert set(given) == set(Urgency.values), "every urgency has a clock, and nothing else"
    return {name: Clock(**{**clock, "near": timedelta(hours=clock["near"])}) for name, clock in given.items()}


def due_at(*, asked_at: datetime, urgency: str) -> datetime:
    """The last moment for the answer. Hours are hours, whatever the clocks do; days end at five in London."""
    clock = clocks()[urgency]
    if clock.hours:
        return asked_at + timedelta(hours=clock.hours)
    day, left = asked_at.astimezone(LONDON).date(), clock.working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, END_OF_DAY, tzinfo=LONDON)


def due_after_pause(*, due: datetime, paused_at: datetime, at: datetime) -> datetime:
    """The time in which the asker was awaited is not counted."""
    return due + (at - paused_at)


def is_near(*, due: datetime, urgency: str, at: datetime) -> bool:
    return at >= due - clocks()[urgency].near


def check_can_ask(*, asking_id: int, answering_id: int, kinds: Collection[str], words: Mapping[str, str]) -> None:
    """Raises where an agency asks itself, asks for nothing, or does not say what for and why."""
    wrong = {name: "Enter this" for name, text in words.items() if not text.strip()}
    if asking_id == answering_id:
        wrong["agency"] = "Choose another agency than your own."
    if not kinds:
        wrong["kinds"] = "Choose what you need. Ask for no more than that."
    if wrong:
        raise InvalidInput("The request is not complete.", wrong)


def check_can_move(*, state: str, move: str) -> str:
    """The state to which a move leads; raises where there is no such move, as somebody else has made one before."""
    if (to := after(TRANSITIONS, state, move)) is None:
        raise WrongState("Somebody has answered, refused or withdrawn this request meanwhile. Look at it again.")
    return to


def check_is_asked(*, answering_id: int, agency_id: int) -> None:
    if answering_id != agency_id:
        raise NotAllowed("This request is for another agency to answer.")


def check_is_asker(*, asking_id: int, agency_id: int) -> None:
    if asking_id != agency_id:
        raise NotAllowed("Another agency asked this.")


def check_can_refuse(*, refusal: str, reason: str) -> None:
    wrong = {}
    if refusal not in Refusal.values:
        wrong["refusal"] = "Select why"
    if not reason.strip():
        wrong["reason"] = "Say why, in words the other agency can act on"
    if wrong:
        raise InvalidInput("A refusal says why.", wrong)


def check_can_choose(*, give: str, blacked_out: Collection[str], fields: Collection[str], reason: str) -> None:
    """Fields that are blacked out are fields of the item, not all of them, and there is a reason."""
    wrong = {}
    if give not in Give.values:
        wrong["give"] = "Select what becomes of it"
    if not set(blacked_out) <= set(fields):
        wrong["blacked_out"] = "Select fields of this item"
    elif give == Give.PART and not blacked_out:
        wrong["blacked_out"] = "Select what is blacked out"
    elif give == Give.PART and len(set(blacked_out)) == len(set(fields)):
        wrong["blacked_out"] = "Nothing would be left. Leave the item out instead."
    if give == Give.PART and not reason.strip():
        wrong["reason"] = "Enter the reason"
    if wrong:
        raise InvalidInput("The choice is not complete.", wrong)


def check_can_send(*, items: int, text: str, is_part: bool, reason: str, kept_days: int) -> None:
    """Something is given; where something is left out, a reason is kept."""
    wrong = {}
    if not items and not cut(text).replace(CUT_OUT, "").strip():
        wrong["text"] = "Choose what to give, or write an answer. If you give nothing, refuse with a reason."
    if is_part and not reason.strip():
        wrong["reason"] = "Say why something is left out. The other agency does not see this."
    if kept_days not in KEPT_DAYS:
        wrong["kept_days"] = "Select for how long"
    if wrong:
        raise InvalidInput("The answer is not complete.", wrong)


def cut(text: str) -> str:
    """The words of an answer without the passages that were marked to be cut. An opened mark cuts to the end."""
    return CUT.sub(CUT_OUT, text + "]]" if text.rfind("[[") > text.rfind("]]") else text)


def has_cuts(text: str) -> bool:
    return "[[" in text


def check_can_open(*, withdrawn: bool, expires_on: object, is_over: bool) -> None:
    """Raises where the giver has withdrawn what was disclosed, or its time is over."""
    if withdrawn:
        raise WrongState("The agency that gave this has withdrawn it. Ask it if you still need it.")
    if is_over:
        raise WrongState(f"This could be read until {expires_on}. Ask again if you still need it.")


can_open = can(check_can_open)


def may_go_to(agency_id: int | None, *, only_for: Collection[int] | None) -> bool:
    """Whether a row may be given to an agency, or to somebody outside (None). `only_for`: see `Gathered`."""
    return only_for is None or agency_id in only_for


# The kind of record, as agreements name it, that a table's rows are. What else an app holds is what an agency says.
KINDS: Mapping[str, str] = {
    "people.SourceRecord": RecordKind.RECORDS,
    "people.Sanction": RecordKind.SANCTIONS,
    "people.Arrest": RecordKind.ARRESTS,
    "people.CustodySpell": RecordKind.CUSTODY_SPELLS,
    "people.DrugTest": RecordKind.DRUG_TESTS,
    "people.Assessment": RecordKind.ASSESSMENTS,
    "people.Registration": RecordKind.REGISTERS,
    "people.IntelligenceCount": RecordKind.INTELLIGENCE_COUNTS,
}


def kind_of(source: str) -> str:
    return KINDS.get(source, RecordKind.ANSWERS)


def special_in(*, sources: Collection[str], words: Collection[str]) -> set[str]:
    """The special categories in what is given, besides those its tables always hold: those that its words hold, and
    what a panel was told or decided, which is about offending.
    """
    return {*words, *({Category.CRIMINAL} if any(each.startswith("cohorts.") for each in sources) else ())}
