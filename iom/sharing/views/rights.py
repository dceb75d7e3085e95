"""Rights of the person: requests recorded, answered, decided by a second person; restrictions lifted; what was told."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.audit import operations as audit
from iom.common.errors import InvalidInput, NotVisible
from iom.common.seen import mark_of
from iom.partnerships import queries as partnerships
from iom.people.models import Person
from iom.people.presenters.frame import person_frame
from iom.people.queries import people, restrictions
from iom.sharing.adapters import letters
from iom.sharing.choices.rights import Right, RightOutcome, RightState
from iom.sharing.forms.rights import (
    InformForm,
    LiftRestrictionForm,
    RightAnswerForm,
    RightForm,
    RightIdentityForm,
    kinds_under,
)
from iom.sharing.forms.subject_access import ReasonForm
from iom.sharing.models import RightsRequest
from iom.sharing.operations import rights
from iom.sharing.operations.rights import RightAnswer, RightAsked
from iom.sharing.presenters import clock as present_clock
from iom.sharing.presenters import rights as present
from iom.sharing.queries import rights as queries
from iom.sharing.queries import subject_access as disclosures
from iom.sharing.rules import rights as rules
from iom.sharing.rules.exemptions import exemptions
from iom.sharing.views import shared
from iom.sharing.views.shared import ask, pdf

MANAGE, DECIDE = Permission.RIGHTS_MANAGE, Permission.RIGHTS_DECIDE


@require_GET
@requires(DECIDE)
def requests(request: ScopedRequest) -> HttpResponse:
    """The agency's requests, the oldest first."""
    scope, on = request.scope, timezone.localdate()
    is_open = request.GET.get("show") != "closed"
    found = queries.list_requests(scope=scope, is_open=is_open)
    person_ids = [each.person_id for each in found]
    audit.viewed_list(by=scope, at=timezone.now(), person_ids=person_ids, action="view.rights_list")
    rows = [present.row(each, on=on) for each in found]
    return render(
        request, "sharing/rights_list.html", {"rows": rows, "is_open": is_open, "may_manage": scope.allows(MANAGE)}
    )


def seen(request: ScopedRequest, public_id: UUID, page: str) -> Person:
    person = people.get_person(public_id=public_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=person.pk, page=page)
    return person


@require_GET
@requires(DECIDE)
def of_person(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """The tab Rights: requests, restrictions, what the person was told, and who decided about them."""
    scope, on = request.scope, timezone.localdate()
    person = seen(request, public_id, "rights")
    decided = queries.decisions_about(person_id=person.pk, scope=scope)
    context = {
        "frame": person_frame(person=person, section="rights", scope=scope, on=on),
        "person": person,
        "rows": [present.row(each, on=on) for each in queries.list_requests(scope=scope, person_id=person.pk)],
        "restrictions": restrictions.all_of(person_id=person.pk, scope=scope),
        "own_agency_id": scope.agency_id,
        "told": queries.told(person_id=person.pk, scope=scope),
        "decisions": present.decision_rows(
            decided, names=partnerships.user_names(user_ids={each.decided_by for each in decided})
        ),
        "may_manage": scope.allows(MANAGE),
    }
    return render(request, "sharing/rights_person.html", context)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def new(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    scope = request.scope
    person = seen(request, public_id, "rights-new")
    regime = next(each.regime for each in partnerships.list_agencies(scope=scope) if each.pk == scope.agency_id)
    decided = queries.decisions_about(person_id=person.pk, scope=scope)
    form = RightForm(request.POST or None, kinds=kinds_under(regime), decisions=present.decisions(decided))
    if request.method == "POST" and form.is_valid():
        try:
            made = rights.record(person=person, asked=RightAsked(**form.cleaned_data), by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The request has been recorded."))
            return redirect("sharing-right", made.pk)
    context = {"form": form, "person": person, "heading": _("Record a request about data")}
    cancel = {"href": reverse("sharing-rights-person", args=[public_id]), "text": _("Cancel")}
    return render(request, "sharing/person_form.html", {**context, "cancel": cancel})


def opened(request: ScopedRequest, rights_id: int, page: str) -> RightsRequest:
    found = queries.get_request(rights_id=rights_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=found.person_id, page=page)
    return found


@require_GET
@requires(DECIDE)
def one(request: ScopedRequest, rights_id: int) -> HttpResponse:
    """One request: its clock, what is proposed, and what can be done next."""
    scope = request.scope
    found = opened(request, rights_id, "right")
    staff = {found.recorded_by, found.prepared_by, found.closed_by}
    agencies = {agency.pk: agency.name for agency in partnerships.list_agencies(scope=scope)}
    may_manage, is_open = scope.allows(MANAGE), found.state in rules.OPEN
    context = {
        "found": found,
        "law": rules.LAWS[Right(found.kind), found.regime],
        "clock": present_clock.rows(found, is_open=is_open),
        "ground": exemptions()[found.ground] if found.ground else None,
        "names": partnerships.user_names(user_ids={each for each in staff if each}),
        "outside": [
            each.name
            for each in disclosures.receivers(person_id=found.person_id, scope=scope)
            if each.agency_id is None
        ],
        "told": [agencies[pk] for pk in found.tell_agencies if pk in agencies],
        "notices": queries.notices_of(request=found, scope=scope),
        "awaits_identity": may_manage and found.state == RightState.RECEIVED and found.identity_checked_on is None,
        "may_prepare": may_manage and found.state == RightState.RECEIVED and not queries.clock_of(found).waits,
        "may_withdraw": may_manage and is_open,
        "may_manage": may_manage,
        "has_letter": found.state == RightState.DECIDED or present_clock.takes_longer(found, is_open=is_open),
        **present_clock.moves(found, is_in_hand=found.state in rules.IN_HAND, is_open=is_open),
        "may_decide": found.state == RightState.CHECK and found.prepared_by != scope.user_id,
        "is_decided": found.state == RightState.DECIDED,
    }
    return render(request, "sharing/rights_request.html", context)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def identity(request: ScopedRequest, rights_id: int) -> HttpResponse:
    found = opened(request, rights_id, "right-identity")
    form = RightIdentityForm(request.POST or None)
    done = _("Identity is confirmed. The clock has started.")
    return ask(request, found, form, _("Confirm identity"), rights.confirm_identity, done)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def withdraw(request: ScopedRequest, rights_id: int) -> HttpResponse:
    found = opened(request, rights_id, "right-withdraw")
    form = ReasonForm(request.POST or None)
    return ask(request, found, form, _("The person takes it back"), rights.withdraw, _("The request is closed."))


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def pause(request: ScopedRequest, rights_id: int) -> HttpResponse:
    return shared.pause(request, opened(request, rights_id, "right-pause"))


@require_POST
@requires(MANAGE)
def resume(request: ScopedRequest, rights_id: int) -> HttpResponse:
    return shared.resume(request, queries.get_request(rights_id=rights_id, scope=request.scope))


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def extend(request: ScopedRequest, rights_id: int) -> HttpResponse:
    return shared.extend(request, opened(request, rights_id, "right-extend"))


@require_http_methods(["GET", "POST"])
@requires(DECIDE)
def send_back(request: ScopedRequest, rights_id: int) -> HttpResponse:
    found = opened(request, rights_id, "right-send-back")
    form = ReasonForm(request.POST or None)
    return ask(request, found, form, _("Send the answer back"), rights.send_back, _("Sent back to who prepared it."))


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def prepare(request: ScopedRequest, rights_id: int) -> HttpResponse:
    """What is proposed, with the agencies that had the data."""
    scope = request.scope
    found = opened(request, rights_id, "right-prepare")
    had_it = disclosures.receivers(person_id=found.person_id, scope=scope)
    form = RightAnswerForm(
        request.POST or None,
        kind=found.kind,
        regime=found.regime,
        agencies=[(each.agency_id, each.name) for each in had_it if each.agency_id],
    )

    def write(*, request: RightsRequest, by: Any, at: Any, **given: Any) -> None:
        tell = tuple(given.pop("tell_agencies", ()))
        rights.prepare(request=request, answer=RightAnswer(**given, tell_agencies=tell), by=by, at=at)

    done = _("The answer waits for a second person to decide it.")
    return ask(request, found, form, _("Propose an answer"), write, done)


@require_http_methods(["GET", "POST"])
@requires(DECIDE)
def decide(request: ScopedRequest, rights_id: int) -> HttpResponse:
    """First a page that says what will happen, and to whom; then it does."""
    found = opened(request, rights_id, "right-decide")
    if request.method == "POST":
        rights.decide(request=found, seen=request.POST.get("seen", ""), by=request.scope, at=timezone.now())
        messages.success(request, _("Decided. Send the letter to the person."))
        return redirect("sharing-right", found.pk)
    rules.check_can_move(state=found.state, move="decide")
    restricts = rules.restricts(kind=found.kind, outcome=found.outcome, ground=found.ground)
    context = {
        "found": found,
        "seen": mark_of(found.prepared_at),
        "told": [
            each.name for each in partnerships.list_agencies(scope=request.scope) if each.pk in found.tell_agencies
        ],
        "restricts": restricts,
        "ground": exemptions()[found.ground] if found.ground else None,
        "erases": found.kind == Right.ERASE and found.outcome != RightOutcome.REFUSED,
    }
    return render(request, "sharing/rights_decide.html", context)


@require_http_methods(["GET", "POST"])
@requires(MANAGE)
def told(request: ScopedRequest, notice_id: int) -> HttpResponse:
    """What another agency tells of data that it gave to this one, until somebody has dealt with the copy."""
    scope = request.scope
    notice = queries.get_notice(notice_id=notice_id, scope=scope)
    if request.method == "POST":
        rights.deal_with(notice=notice, by=scope, at=timezone.now())
        messages.success(request, _("Recorded: your agency has dealt with it."))
        return redirect("sharing-rights")
    audit.viewed(by=scope, at=timezone.now(), person_id=notice.person_id, page="right-told")
    return render(request, "sharing/rights_told.html", {"notice": notice})


@require_GET
@requires(DECIDE)
def letter(request: ScopedRequest, rights_id: int) -> HttpResponse:
    """The letter of a decided request, or that an open one takes longer, to be sent to the person."""
    scope = request.scope
    found = queries.get_request(rights_id=rights_id, scope=scope)
    if present_clock.takes_longer(found, is_open=found.state in rules.OPEN):
        rights.taken(request=found, by=scope, at=timezone.now())
        return pdf(letters.more_time(found, due_on=present_clock.due_on(found)), f"request-{found.pk}")
    if found.state != RightState.DECIDED:
        raise NotVisible()
    agencies = {agency.pk: agency.name for agency in partnerships.list_agencies(scope=scope)}
    rights.taken(request=found, by=scope, at=timezone.now())
    body = letters.answer(found, told=[agencies[pk] for pk in found.tell_agencies if pk in agencies])
    return pdf(body, f"request-{found.pk}")


@require_GET
@requires(DECIDE)
def leaflet(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """How decisions about this person are made, to be given to them."""
    scope = request.scope
    person = people.get_person(public_id=public_id, scope=scope)
    agency = next(each.name for each in partnerships.list_agencies(scope=scope) if each.pk == scope.agency_id)
    decided = queries.decisions_about(person_id=person.pk, scope=scope)
    rights.leaflet_taken(person=person, by=scope, at=timezone.now())
    points = present.leaflet_points(decided, scope=scope)
    return pdf(letters.leaflet(person, agency=agency, points=points), "how-decisions-are-made")


@require_http_methods(["GET", "POST"])
@requires(DECIDE)
def inform(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Records that the person was told how scores and the panel decide about them."""
    person = seen(request, public_id, "rights-inform")
    form = InformForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rights.inform(person=person, by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("sharing-rights-person", public_id)
    cancel = {"href": reverse("sharing-rights-person", args=[public_id]), "text": _("Cancel")}
    context = {"form": form, "heading": _("Record what the person was told"), "cancel": cancel, "person": person}
    return render(request, "sharing/person_form.html", context)


@require_http_methods(["GET", "POST"])
@requires(DECIDE)
def lift(request: ScopedRequest, restriction_id: int) -> HttpResponse:
    """Lets the agency's records be used again: says what follows, and asks why and when the person was told."""
    scope = request.scope
    found = restrictions.own(restriction_id=restriction_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=found.person_id, page="restriction-lift")
    form = LiftRestrictionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rights.lift(restriction=found, by=scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The restriction is lifted."))
            return redirect("sharing-rights-person", found.person.public_id)
    cancel = {"href": reverse("sharing-rights-person", args=[found.person.public_id]), "text": _("Cancel")}
    context = {"form": form, "found": found, "person": found.person, "cancel": cancel}
    return render(request, "sharing/rights_lift.html", context)
