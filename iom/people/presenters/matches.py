"""Possible matches in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.registries import Attention
from iom.common.spreadsheets import Cell
from iom.govuk.filters import date as in_words
from iom.govuk.filters import number
from iom.people.choices import Conflict, ReviewStatus
from iom.people.linkage import UNKNOWN
from iom.people.models import PossibleMatch, SourceRecord
from iom.people.presenters import records
from iom.people.queries import matches as queries

AGREEMENTS = ("same", "close", "different", "missing")
# What twins and relatives share, and what everybody has for themselves.
HOUSEHOLD = ("family_name", "date_of_birth", "postcode")
OWN = ("given_names", "pnc_id", "cro", "crn", "prison_number")
# Match weights are logarithms of odds, base 2. Up to how many to one each word reaches.
WORDS = ((3.0, "Faint"), (6.0, "Fair"), (10.0, "Strong"))


@dataclass(frozen=True)
class Doubt:
    """Somebody who may be the same person: their record's name, and where to decide."""

    name: str
    source: str
    href: str


@dataclass(frozen=True)
class Row:
    """One possible match of the queue."""

    href: str
    left: str
    left_born: date | None
    left_source: str
    right: str
    right_born: date | None
    right_source: str
    weight: str
    strength: str
    agrees: str
    differs: str
    status: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class PairWarning:
    """Why the two are probably two people: in short, and a sentence."""

    title: str
    text: str


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """How many possible matches wait for who decides them. A person's own pages say so themselves."""
    if person_id is not None or not scope.allows(Permission.MATCH_REVIEW):
        return []
    waiting = queries.count_up_to_most(queries.queue(scope=scope, status=ReviewStatus.OPEN))
    if not waiting:
        return []
    text = ngettext("%(num)s possible match to decide", "%(num)s possible matches to decide", waiting)
    if waiting > queries.MOST_COUNTED:
        text, waiting = _("More than %(num)s possible matches to decide"), queries.MOST_COUNTED
    text = text % {"num": number(waiting)}
    return [Attention(text=text, url=reverse("people-matches"), on=on, kind=_("Match"))]


def other_side(match: PossibleMatch, person_id: int) -> Doubt:
    """The record of a possible match that is not this person's."""
    other = match.right if match.left.person_id == person_id else match.left
    return Doubt(other.name, other.source, reverse("people-match", args=[match.pk]))


def people_of(listed: list[PossibleMatch]) -> list[int]:
    """The ids of the people on either side of these matches."""
    return [side.person_id for match in listed for side in (match.left, match.right) if side.person_id]


def row(match: PossibleMatch) -> Row:
    left, right = match.left, match.right
    compared = comparison(match)
    return Row(
        href=reverse("people-match", args=[match.pk]),
        left=left.name,
        left_born=left.date_of_birth,
        left_source=left.source,
        right=right.name,
        right_born=right.date_of_birth,
        right_source=right.source,
        weight=weight_in_words(match.match_weight),
        strength=strength(match.match_weight),
        agrees=", ".join(each["field"] for each in compared if each["agreement"] == "same"),
        differs=", ".join(each["field"] for each in compared if each["agreement"] == "different"),
        status=str(ReviewStatus(match.status).label),
        warnings=tuple(str(Conflict(each).label) for each in match.conflicts),
    )


def warnings(match: PossibleMatch) -> list[PairWarning]:
    """What keeps the two apart, in sentences, with the records' own values as they are now."""
    words = {Conflict.TWINS: twins, Conflict.PNC_IDS: pnc_ids, Conflict.BIRTHS: births}
    return [
        PairWarning(str(Conflict(each).label), words[Conflict(each)](match.left, match.right))
        for each in match.conflicts
    ]


def twins(left: SourceRecord, right: SourceRecord) -> str:
    named = {name: label[0].lower() + label[1:] if label[1].islower() else label for label, name in records.fields()}

    def those(among: tuple[str, ...], stand: str) -> str:
        return get_text_list(
            [label for name, label in named.items() if name in among and agreement(name, left, right, None) == stand],
            _("and"),
        )

    return _("They share %(shared)s, and differ in %(apart)s.") % {
        "shared": those(HOUSEHOLD, "same") or _("much"),
        "apart": those(OWN, "different") or _("little"),
    }


def pnc_ids(left: SourceRecord, right: SourceRecord) -> str:
    return _(
        "Both records carry a valid PNC ID and the two differ: %(left)s and %(right)s. One person has one PNC ID,"
        " unless a second was given or one was entered on the wrong record."
    ) % {"left": left.pnc_id, "right": right.pnc_id}


def births(left: SourceRecord, right: SourceRecord) -> str:
    return _(
        "The dates of birth are many years apart: %(left)s and %(right)s."
        " These may be a parent and a child who bear the same name."
    ) % {"left": in_words(left.date_of_birth), "right": in_words(right.date_of_birth)}


def export_headings() -> list[str]:
    sides = [
        template % {"what": what}
        for template in (_("First record: %(what)s"), _("Second record: %(what)s"))
        for what in (_("source"), _("number"), _("name"), _("date of birth"))
    ]
    return [*sides, _("Weight"), _("Strength"), _("Same"), _("Different"), _("Warnings"), _("Status")]


def export_row(match: PossibleMatch) -> list[Cell]:
    """One line of the queue as a file, under `export_headings`."""
    shown = row(match)
    sides = [
        value
        for side in (match.left, match.right)
        for value in (side.source, side.source_id, side.name, side.date_of_birth)
    ]
    warned = "; ".join(shown.warnings)
    return [*sides, match.match_weight, shown.strength, shown.agrees, shown.differs, warned, shown.status]


def strength(weight: float) -> str:
    """The weight as one word."""
    return next((_(word) for most, word in WORDS if weight < most), _("Very strong"))


def weight_in_words(weight: float) -> str:
    return f"{weight:+.1f}"


def odds_in_words(weight: float) -> str:
    """How likely the model takes it to be that the two are one person: "about 8 to 1 that they are"."""
    if abs(weight) < 0.5:
        return _("about even")
    odds = round(2 ** min(abs(weight), 20))
    if weight > 0:
        return _("about %(odds)s to 1 that they are the same person") % {"odds": f"{odds:,}"}
    return _("about %(odds)s to 1 that they are different people") % {"odds": f"{odds:,}"}


def comparison(match: PossibleMatch) -> list[dict[str, Any]]:
    """The fields of the two records with what the model made of each: rows for the `comparison` macro.

    The values are the records' own as they are now. A field the model did not weigh is compared all the same.
    """
    weighed = {part.get("name"): part for part in match.working}
    rows = []
    for label, name in records.fields():
        left, right = getattr(match.left, name), getattr(match.right, name)
        part = weighed.get(name)
        if left or right or part:
            stand = agreement(name, match.left, match.right, part)
            rows.append(
                {
                    "field": label,
                    "left": records.shown(name, left),
                    "right": records.shown(name, right),
                    "agreement": stand,
                    "why": why(part, left, right, stand) if part else None,
                    "weight": weight_in_words(part["weight"]) if part and part.get("weight") is not None else None,
                }
            )
    return rows


# What the model says of two values that the mark beside it says already.
SAID = {("same", "the same"), ("different", "different"), ("missing", UNKNOWN)}


def why(part: dict[str, Any], left: Any, right: Any, stand: str) -> str | None:
    """What the model made of two values, beyond how they stand; one it cannot use, as a false number, is as missing."""
    words: str | None = part.get("words")
    if words == UNKNOWN and left and right:
        return _("not weighed: one of them is not valid")
    return None if (stand, words) in SAID else words


def agreement(name: str, left: SourceRecord, right: SourceRecord, part: dict[str, Any] | None) -> str:
    """How two records stand in a field: "same", "close", "different" or "missing" on one side."""
    if not getattr(left, name) or not getattr(right, name):
        return "missing"
    if records.same_form(name, left) == records.same_form(name, right):
        return "same"
    if part and (part.get("weight") or 0) > 0:
        return "close"
    return "different"


def heading(record: SourceRecord) -> dict[str, str]:
    return {"heading": record.owner_agency.name, "caption": f"{record.source} {record.source_id}"}
