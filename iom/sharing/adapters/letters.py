"""Letters to a person as PDF: the answer to a request about their data, that it takes longer, that it is refused, and a
leaflet on scores and decisions.

All are made when they are asked for, from what is on the record, and not kept.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from importlib import resources
from typing import Any

import typst

from iom.govuk.filters import date as day
from iom.people.models import Person
from iom.sharing.adapters.answers import COMMISSIONER, LAWS
from iom.sharing.choices.rights import Right, RightOutcome
from iom.sharing.models import RightsRequest, SubjectAccessRequest
from iom.sharing.queries.clock import AnyRequest
from iom.sharing.rules import rights as rules
from iom.sharing.rules.exemptions import exemptions


@dataclass(frozen=True)
class Point:
    """One sentence of a letter, and what goes with it."""

    text: str
    details: tuple[str, ...] = ()


COMPLAIN = (
    "If you do not agree, tell us: write to the agency above. You can complain to the Information Commissioner,"
    f" or go to court. {COMMISSIONER}"
)
OFFERS = (
    "Local agencies choose whom to offer Integrated Offender Management. A list puts people in order by published"
    " rules. It selects nobody: a panel of people reads what each agency says, decides, and writes down why."
)
CONTEST = (
    "You can say what you think of it, ask a person who did not take the decision to look at it again, and contest it."
    " Tell the agency above, or whoever you work with."
)
RESTRICTED = "Until it is lifted we keep our records of you and use them in no ranking or score. You are told before."
ERASED = "Two more people check that nothing must be kept in law. Until then our records of you are not used."


def answer(request: RightsRequest, *, told: list[str]) -> bytes:
    """The letter that answers a decided request; `told` are the agencies that are told of it, by name."""
    granted = request.outcome != RightOutcome.REFUSED
    ground = exemptions().get(request.ground)
    paragraphs = [
        f"Outcome: {RightOutcome(request.outcome).label}.",
        request.reasons,
        f"What we did: {request.done}" if request.done else "",
        # As with access, nothing is said of a ground where saying it would do the harm.
        f"We relied on {ground.law}." if ground and ground.say else "",
        ERASED if granted and request.kind == Right.ERASE else "",
        RESTRICTED if rules.restricts(kind=request.kind, outcome=request.outcome, ground=request.ground) else "",
        f"We tell who had this data from us: {', '.join(told)}." if told else "",
        COMPLAIN,
    ]
    lines = [
        f"You asked us: {Right(request.kind).label}. {request.asked_for}",
        f"The law: {rules.LAWS[Right(request.kind), request.regime]}.",
        *filter(None, paragraphs),
    ]
    return about(request, title="Your request about your data", lines=lines)


def more_time(request: AnyRequest, *, due_on: date | None) -> bytes:
    """That a request takes two months more, and why, for the person to have within the first month."""
    by_when = f"We answer by {day(due_on)} at the latest." if due_on else "We answer once we have heard from you."
    lines = [
        f"You asked us on {day(request.received_on)}: {request.asked_for}",
        f"We need up to two months more. The reason: {request.extension_reason}",
        by_when,
        COMPLAIN,
    ]
    return about(request, title="Your request takes longer", lines=lines)


def refusal(request: SubjectAccessRequest) -> bytes:
    """That a request to see data is refused, with the reasons that two people agreed on."""
    lines = [
        f"You asked us on {day(request.received_on)}: {request.asked_for}",
        f"The law: {LAWS[request.regime]}.",
        f"We do not give you what you asked for. The reason: {request.closing_reason}",
        COMPLAIN,
    ]
    return about(request, title="Your request for your data", lines=lines)


def leaflet(person: Person, *, agency: str, points: list[Point]) -> bytes:
    """How scores and the panel decide, and of each decision about this person what `points` say: of nobody else."""
    return written(
        title="How decisions about you are made",
        person=person.name,
        agency=agency,
        lines=[OFFERS, CONTEST, COMPLAIN],
        points=[asdict(point) for point in points],
    )


def about(request: AnyRequest, *, title: str, lines: list[str]) -> bytes:
    return written(title=title, person=request.person.name, agency=request.owner_agency.name, lines=lines, points=[])


def written(**letter: Any) -> bytes:
    template = (resources.files("iom.sharing.adapters") / "letter.typ").read_bytes()
    made: bytes = typst.compile(template, sys_inputs={"letter": json.dumps(letter)}, format="pdf")
    return made
