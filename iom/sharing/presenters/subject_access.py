"""Subject access requests as pages show them, and what they ask of people on Today."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.registries import Attention
from iom.partnerships.choices import Regime
from iom.sharing.choices.subject_access import Concern, RequestState, Treatment
from iom.sharing.models import SubjectAccessItem, SubjectAccessRequest
from iom.sharing.presenters.clock import due_on
from iom.sharing.queries import subject_access as queries


def row(request: SubjectAccessRequest, *, on: date) -> dict[str, Any]:
    due = due_on(request)
    return {
        "id": request.pk,
        "name": request.person.name,
        "received_on": request.received_on,
        "state": request.get_state_display(),
        "due_on": due,
        "is_late": due is not None and due < on,
    }


def groups(items: Iterable[SubjectAccessItem]) -> list[dict[str, Any]]:
    """The items under who answers for them and by which law, then by kind."""
    found = []
    for (agency, regime), of_agency in groupby(items, key=lambda item: (item.controller.name, item.regime)):
        kinds = [kind(title, list(of_kind)) for title, of_kind in groupby(of_agency, key=lambda item: item.title)]
        found.append({"agency": agency, "law": str(Regime(regime).label), "kinds": kinds})
    return found


def kind(title: str, items: list[SubjectAccessItem]) -> dict[str, Any]:
    plain = [item for item in items if item.treatment == Treatment.UNDECIDED and item.concern == Concern.NONE]
    return {
        "title": _(title),
        "rows": [item_row(item) for item in items],
        "undecided": sum(item.treatment == Treatment.UNDECIDED for item in items),
        "give_all": {"count": len(plain), "item_id": plain[0].pk} if len(plain) > 1 else None,
    }


def item_row(item: SubjectAccessItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "on": item.on,
        "text": Truncator("; ".join(f"{field['label']}: {field['text']}" for field in item.fields)).chars(160),
        "concern": item.get_concern_display() if item.concern else "",
        "treatment": item.get_treatment_display(),
        "is_decided": item.treatment != Treatment.UNDECIDED,
    }


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Requests that wait for an answer, and answers that wait for a second person: for who may work on them."""
    found: list[tuple[SubjectAccessRequest, str]] = []
    if scope.allows(Permission.SUBJECT_ACCESS_MANAGE):
        in_hand = queries.in_hand(scope=scope, person_id=person_id)
        found += [(each, _("Subject access request %(number)s is to be answered")) for each in in_hand]
    if scope.allows(Permission.SUBJECT_ACCESS_CHECK):
        to_check = queries.to_check(scope=scope, person_id=person_id)
        answer = _("The answer to subject access request %(number)s is to be checked")
        refusal = _("The refusal of subject access request %(number)s is to be checked")
        found += [
            (each, refusal if each.state == RequestState.REFUSAL else answer)
            for each in to_check
            if each.prepared_by != scope.user_id
        ]
    return [
        Attention(
            text=text % {"number": each.pk},
            url=reverse("sharing-subject-access-request", args=[each.pk]),
            on=(due := due_on(each)),
            overdue=due is not None and due < on,
            kind=_("Subject access"),
            person_id=each.person_id,
        )
        for each, text in found
    ]
