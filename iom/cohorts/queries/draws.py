"""Draws for places, who waits for one, and whom the last draw put first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from iom.access.scope import Scope, act_in, unrestricted
from iom.cohorts.choices import DrawState, MembershipState, NominationState, VersionStatus
from iom.cohorts.models import CohortMembership, DrawEntrant, EntryDraw, Nomination, SchemeVersion
from iom.common.errors import NotVisible

UNDER_WAY = (DrawState.OPEN, DrawState.CLOSED)


def list_draws(*, scheme_id: int, scope: Scope) -> list[EntryDraw]:
    """The scheme's draws, newest first."""
    return list(EntryDraw.objects.visible_to(scope).filter(scheme_id=scheme_id).order_by("-pk"))


def get_draw(*, draw_id: int, scope: Scope) -> EntryDraw:
    """One draw with its scheme; raises `NotVisible`."""
    found: EntryDraw | None = EntryDraw.objects.visible_to(scope).select_related("scheme").filter(pk=draw_id).first()
    if found is None:
        raise NotVisible()
    return found


def has_draw_under_way(*, scheme_id: int, scope: Scope) -> bool:
    return bool(EntryDraw.objects.visible_to(scope).filter(scheme_id=scheme_id, state__in=UNDER_WAY).exists())


def list_entrants(*, draw: EntryDraw, scope: Scope) -> list[DrawEntrant]:
    """Who is in the draw or left out of it, as far as the reader may see their nominations; by place, key and id."""
    found = DrawEntrant.objects.visible_to(scope).filter(draw=draw).select_related("nomination__person")
    return list(found.order_by("place", "key", "pk"))


def list_waiting(*, scheme_id: int, scope: Scope) -> list[Nomination]:
    """Nominations under the scheme that the panel has looked at and deferred, longest waiting first."""
    found = Nomination.objects.visible_to(scope).filter(scheme_id=scheme_id, state=NominationState.DEFERRED)
    return list(found.select_related("person", "owner_agency").order_by("nominated_at", "pk"))


def count_unsettled(*, draw: EntryDraw, scope: Scope) -> int:
    """How many of those who wait are neither in the draw nor left out of it."""
    waiting = Nomination.objects.visible_to(scope).filter(scheme_id=draw.scheme_id, state=NominationState.DEFERRED)
    return int(waiting.exclude(pk__in=DrawEntrant.objects.filter(draw=draw).values("nomination_id")).count())


def last_settled(*, draw: EntryDraw, scope: Scope) -> datetime | None:
    """When somebody whom the reader may see was last entered or left out; None where nobody was."""
    settled = DrawEntrant.objects.visible_to(scope).filter(draw=draw)
    found: datetime | None = settled.aggregate(last=Max("settled_at"))["last"]
    return found


def capacity_of(*, scheme_id: int, scope: Scope) -> int:
    """How many places the version in force says that the scheme has; none where none is in force."""
    active = SchemeVersion.objects.visible_to(scope).filter(scheme_id=scheme_id, status=VersionStatus.ACTIVE)
    definition = active.values_list("definition", flat=True).first() or {}
    return int(definition.get("capacity", {}).get("people", 0))


def places_left(*, capacity: int, scheme_id: int, scope: Scope) -> int:
    """How many of the scheme's places are free, as far as the reader may see its members; never under none."""
    members = CohortMembership.objects.visible_to(scope).filter(scheme_id=scheme_id, state=MembershipState.ACTIVE)
    return max(0, capacity - int(members.count()))


@dataclass(frozen=True)
class InDraw:
    """How a nomination stands in the last draw of its scheme.

    `place` None: it was not in it. `ahead`: how many come before it and are not decided yet.
    """

    draw_id: int
    place: int | None
    is_drawn: bool
    places: int
    ahead: int
    left_out: bool


def in_draw(*, nomination: Nomination, scope: Scope) -> InDraw | None:
    """Where the last draw of its scheme puts a nomination, and how many it puts before it who are not decided yet.

    Before somebody in the draw comes who has a better place; before somebody who came later, whoever was drawn. Whoever
    was left out of the draw was left out so as not to wait for it: nobody comes before them. The order holds for people
    whom the reader may not see as well, so they are counted as the system.
    """
    drawn: EntryDraw | None = (
        EntryDraw.objects.visible_to(scope)
        .filter(scheme_id=nomination.scheme_id, state=DrawState.DRAWN)
        .order_by("-drawn_at", "-pk")
        .first()
    )
    if drawn is None:
        return None
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="the order of a draw counts everybody"
    )
    with act_in(system):
        entrants = DrawEntrant.objects.visible_to(system).filter(draw=drawn)
        own = entrants.filter(nomination=nomination).first()
        left_out = own is not None and own.place is None
        before = Q(is_drawn=True) if own is None else Q(place__lt=own.place or 0)
        waiting = entrants.filter(nomination__state__in=(NominationState.OPEN, NominationState.DEFERRED))
        ahead = waiting.filter(before).exclude(nomination=nomination).count()
    return InDraw(
        draw_id=drawn.pk,
        place=own.place if own else None,
        is_drawn=bool(own and own.is_drawn),
        places=drawn.places,
        ahead=ahead,
        left_out=left_out,
    )
