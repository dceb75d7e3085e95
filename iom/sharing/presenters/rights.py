"""People's requests about their data as pages show them, and what they ask of people on Today."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.cohorts import queries as cohorts
from iom.cohorts.models import Nomination, PanelDecision
from iom.cohorts.presenters.candidates import factor_rows
from iom.common.registries import Attention
from iom.govuk import filters
from iom.govuk.filters import date as in_words
from iom.govuk.frames import PersonWarning
from iom.people.queries import restrictions
from iom.sharing.adapters.letters import Point
from iom.sharing.choices.rights import RightState
from iom.sharing.models import RightsNotice, RightsRequest
from iom.sharing.presenters.clock import due_on
from iom.sharing.queries import rights as queries
from iom.sharing.rules.rights import OPEN

# That there is intelligence about somebody, or that there is none, is told to nobody.
UNTOLD = ("intelligence_reports",)


def row(request: RightsRequest, *, on: date) -> dict[str, Any]:
    due = due_on(request) if request.state in OPEN else None
    return {
        "id": request.pk,
        "name": request.person.name,
        "kind": request.get_kind_display(),
        "received_on": request.received_on,
        "state": request.get_state_display(),
        "is_open": request.state in OPEN,
        "outcome": request.get_outcome_display() if request.outcome and request.state == RightState.DECIDED else "",
        "due_on": due,
        "is_late": due is not None and due < on,
    }


def decisions(found: Iterable[PanelDecision]) -> list[tuple[int, str]]:
    return [
        (each.pk, f"{each.get_outcome_display()}, {each.nomination.scheme.name}, {in_words(each.met_on)}")
        for each in found
    ]


def decision_rows(found: Iterable[PanelDecision], *, names: dict[int, str]) -> list[dict[str, Any]]:
    """Each decision with who took it and what was before them: that a person decided, and not a score."""
    return [
        {
            "text": text,
            "by": names.get(each.decided_by, ""),
            "reasons": each.reasons,
            "list_of": each.nomination.run.on if each.nomination.run else None,
            "told": each.get_told_display(),
        }
        for each, (_pk, text) in zip(found, decisions(found), strict=True)
    ]


def leaflet_points(found: Iterable[PanelDecision], *, scope: Scope) -> list[Point]:
    """Of each decision when it was taken, and what of the person the list before it looked at.

    Not the panel's words: they may speak of others or of intelligence, and nobody has looked at them for this.
    """
    return [
        Point(
            _("On %(date)s a panel of people decided under %(scheme)s. Ask the agency above for its reasons.")
            % {"date": in_words(each.met_on), "scheme": each.nomination.scheme.name},
            tuple(factors_in_words(each.nomination, scope=scope)),
        )
        for each in found
    ]


def factors_in_words(nomination: Nomination, *, scope: Scope) -> list[str]:
    """What was looked at for the list, as the nomination kept it: with the figures, for who may see them.

    What rests on rows that the reader may not see is left out, and so is whether there is intelligence.
    """
    kept = nomination.snapshot or {}
    definition = cohorts.definition_of(version_id=kept["version"], scope=scope) if "version" in kept else {}
    untold = {part["id"] for part in definition.get("components", []) if part["factor"] in UNTOLD}
    factors = [each for each in kept.get("factors", []) if each["id"] not in untold] if definition else []
    if not scope.allows(Permission.PERSON_SCORES_VIEW):
        return [each["name"] for each in factors]
    names = [name for each in factors for name in each.get("rows", [])]
    sources = cohorts.list_source_rows(names=names, person_id=nomination.person_id, scope=scope)
    return [
        _("%(factor)s: %(value)s. Points towards the list: %(points)s")
        % {
            "factor": row["factor"],
            "value": row["value"] or _("not known"),
            "points": filters.number(row["points"], 0 if float(row["points"]).is_integer() else 1),
        }
        for row in factor_rows(factors, definition=definition, sources=sources)["rows"]
    ]


def frame_facts(*, scope: Scope, person_id: int) -> dict[str, Any]:
    """Above a person: whose records of them may be kept and not used."""
    found = restrictions.in_force(person_id=person_id, scope=scope)
    text = _("Restricted: records of %(agency)s are kept, and used in no ranking, nomination or selection")
    warnings = [
        PersonWarning(text % {"agency": each.owner_agency.name}, "handling", timezone.localdate(each.placed_at))
        for each in found
    ]
    return {"warnings": tuple(warnings)} if warnings else {}


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Requests to be answered, answers that wait for a second person, and what became of data other agencies gave."""
    found: list[tuple[RightsRequest, str]] = []
    told: list[RightsNotice] = []
    if scope.allows(Permission.RIGHTS_MANAGE):
        received = queries.in_hand(scope=scope, state=RightState.RECEIVED, person_id=person_id)
        found += [(each, _("Request %(number)s is to be answered: %(kind)s")) for each in received]
        told = queries.notices_to(scope=scope, person_id=person_id)
    if scope.allows(Permission.RIGHTS_DECIDE):
        waiting = queries.in_hand(scope=scope, state=RightState.CHECK, person_id=person_id)
        text = _("The answer to request %(number)s is to be decided: %(kind)s")
        found += [(each, text) for each in waiting if each.prepared_by != scope.user_id]
    return [
        Attention(
            text=_("%(agency)s tells you what became of data it gave you of %(name)s: %(right)s")
            % {"agency": notice.owner_agency.name, "name": notice.who, "right": notice.get_right_display().lower()},
            url=reverse("sharing-right-told", args=[notice.pk]),
            on=timezone.localdate(notice.told_at),
            kind=_("Rights"),
            person_id=notice.person_id,
        )
        for notice in told
    ] + [
        Attention(
            text=text % {"number": each.pk, "kind": str(each.get_kind_display()).lower()},
            url=reverse("sharing-right", args=[each.pk]),
            on=(due := due_on(each)),
            overdue=due is not None and due < on,
            kind=_("Rights"),
            person_id=each.person_id,
        )
        for each, text in found
    ]
