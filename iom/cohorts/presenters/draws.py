"""Draws for places as pages show them, and how anybody checks one."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.cohorts.choices import DrawState, OtherArrangement, Supervision, type_name
from iom.cohorts.models import DrawEntrant, EntryDraw, Nomination
from iom.cohorts.presenters.people import particulars
from iom.cohorts.queries import InDraw
from iom.cohorts.scoring import Published, problem_of, ticket
from iom.govuk import filters

COLOURS = {
    DrawState.OPEN: "yellow",
    DrawState.CLOSED: "blue",
    DrawState.DRAWN: "green",
    DrawState.WITHDRAWN: "grey",
}


def draw_row(draw: EntryDraw) -> dict[str, Any]:
    """One line of a scheme's draws."""
    return {
        "id": draw.pk,
        "opened_at": draw.opened_at,
        "places": draw.places,
        "state_name": draw.get_state_display(),
        "colour": COLOURS[DrawState(draw.state)],
        "drawn_at": draw.drawn_at,
    }


def summary_rows(draw: EntryDraw, *, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What is published of a draw, as key and value; what there is not yet says when it comes."""
    is_over = draw.state == DrawState.WITHDRAWN
    later = _("Never: the draw was withdrawn") if is_over else _("Published when it is drawn")

    def did(user_id: int | None, at: Any) -> str:
        return "" if at is None else f"{names.get(user_id or 0, '')}, {filters.datetime(at)}"

    rows = [
        (_("Places"), filters.number(draw.places)),
        (_("Opened by"), did(draw.opened_by, draw.opened_at)),
        (_("Commitment: the hash of the seed"), draw.commitment),
        (_("Public number that counts too"), draw.beacon or _("None")),
        (_("List closed by"), did(draw.closed_by, draw.closed_at)),
        (_("Hash of the list"), draw.list_hash or _("Published when the list is closed")),
        (_("Drawn by"), did(draw.drawn_by, draw.drawn_at)),
        (_("The public number was"), draw.beacon_value),
        (_("Seed"), draw.seed or later),
        (_("Withdrawn by"), did(draw.withdrawn_by, draw.withdrawn_at)),
        (_("Why"), draw.withdrawal_reason),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def key_rows(draw: EntryDraw, entrants: Iterable[DrawEntrant], *, on: date) -> list[dict[str, Any]]:
    """Each key of the closed list with its ticket and place once drawn, and whose it is where the reader may know."""
    known = {each.key: each for each in entrants if each.key}
    rows = []
    for number, key in enumerate(draw.order or draw.keys, start=1):
        own = known.get(key)
        is_drawn = bool(draw.order) and number <= draw.places
        rows.append(
            {
                "key": key,
                "place": number if draw.order else None,
                "is_drawn": is_drawn,
                "ticket": ticket(draw.seed, key, beacon=draw.beacon_value) if draw.order else "",
                "person": waiting_row(own.nomination, on=on) if own else None,
            }
        )
    return rows


def waiting_row(nomination: Nomination, *, on: date) -> dict[str, Any]:
    """Who waits, as the list of nominations says it."""
    return {
        **particulars(nomination.person, on),
        "nomination_id": nomination.pk,
        "state_name": nomination.get_state_display(),
    }


def settled_rows(entrants: Iterable[DrawEntrant], *, on: date) -> dict[str, list[dict[str, Any]]]:
    """Who is in the draw while its list is open, and who is left out of it with the reason."""
    found = [{**waiting_row(each.nomination, on=on), "why": each.left_out_because} for each in entrants]
    return {
        "entered": [row for row in found if not row["why"]],
        "left_out": [row for row in found if row["why"]],
    }


def waiting_fields(waiting: Iterable[Nomination], *, settled: Mapping[int, DrawEntrant]) -> dict[int, dict[str, str]]:
    """For each who waits: the name, what speaks for taking them in whatever a draw says, and why they are left out."""
    found = {}
    for each in waiting:
        arrangements = [str(OtherArrangement(value).label) for value in each.other_arrangements]
        is_known = each.supervision != Supervision.UNKNOWN
        supervision = str(each.get_supervision_display()) if is_known else _("Supervision not known")
        says = [type_name(each.proposed_type), supervision, *arrangements]
        own = settled.get(each.pk)
        found[each.pk] = {
            "name": each.person.name,
            "hint": "; ".join(filter(None, says)),
            "why": own.left_out_because if own else "",
        }
    return found


def check_of(draw: EntryDraw, entrants: Iterable[DrawEntrant]) -> str | None:
    """What is wrong with the draw when it is made again from what was published; nothing where it comes out the same.

    None: it is not drawn. The places of people on record are looked at as well: they must be those that were published.
    """
    if draw.state != DrawState.DRAWN:
        return None
    published = Published(draw.commitment, draw.list_hash, draw.places, draw.beacon_value, draw.seed, tuple(draw.order))
    if problem := problem_of(published):
        return problem
    place_of = {key: place for place, key in enumerate(draw.order, start=1)}
    for each in entrants:
        place = place_of.get(each.key)
        if each.key and (each.place, each.is_drawn) != (place, place is not None and place <= draw.places):
            return _("The entrant %(key)s does not have on record the place that was published.") % {"key": each.key}
    return ""


def by_hand(draw: EntryDraw) -> list[dict[str, str]]:
    """How anybody makes the draw again in a terminal, step by step, with the draw's own values."""
    if not draw.order:
        return []
    first = draw.order[0]
    hashed = ":".join(filter(None, (draw.seed, draw.beacon_value, first)))
    return [
        {
            "text": _("The seed is the one committed to: this gives the commitment."),
            "command": f"printf '%s' '{draw.seed}' | sha256sum",
        },
        {
            "text": _("The list and the number of places are those of the closing: this gives the hash of the list."),
            "command": f"printf '%s\\n' {' '.join([str(draw.places), *sorted(draw.keys)])} | sha256sum",
        },
        {
            "text": _(
                "The places are right: this gives the ticket of the first. Put each key in its place; tickets in "
                "ascending order are the places."
            ),
            "command": f"printf '%s' '{hashed}' | sha256sum",
        },
    ]


def place_line(found: InDraw | None) -> str:
    """How a nomination stands in the last draw of its scheme, in a sentence; nothing where there was none."""
    if found is None:
        return ""
    if found.left_out:
        return _("Left out of the last draw for places, so as not to wait for it.")
    if found.place is None:
        return _("Not in the last draw for places.")
    words = {"place": filters.number(found.place), "places": filters.number(found.places)}
    if found.is_drawn:
        return _("Place %(place)s in the last draw: within the %(places)s places there were.") % words
    return _("Place %(place)s in the last draw, which was for %(places)s places.") % words
