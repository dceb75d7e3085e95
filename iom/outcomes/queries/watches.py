"""Watches, and what looks at them gave."""

from datetime import date

from django.db.models import QuerySet

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.outcomes.choices import WatchState
from iom.outcomes.models import Watch, WatchResult
from iom.partnerships.models import Area


def list_watches(*, scope: Scope) -> "QuerySet[Watch]":
    """The partnership's watches, the newest first."""
    found: QuerySet[Watch] = Watch.objects.visible_to(scope).select_related("scheme", "area")
    return found.order_by("-registered_at", "-pk")


def watching(*, scope: Scope) -> list[int]:
    """The watches that have not ended, by id."""
    return list(Watch.objects.visible_to(scope).filter(state=WatchState.WATCHING).values_list("pk", flat=True))


def get_watch(*, watch_id: int, scope: Scope) -> Watch:
    """One watch. Raises `NotVisible` where it is not the partnership's."""
    found: Watch | None = Watch.objects.visible_to(scope).select_related("scheme", "area").filter(pk=watch_id).first()
    if found is None:
        raise NotVisible()
    return found


def results_of(*, watch: Watch, scope: Scope) -> list[WatchResult]:
    """What each look gave, the latest first."""
    return list(WatchResult.objects.visible_to(scope).filter(watch=watch).order_by("-on"))


def get_result(*, result_id: int, scope: Scope) -> WatchResult:
    """What one look gave. Raises `NotVisible` where it is not the partnership's."""
    found: WatchResult | None = WatchResult.objects.visible_to(scope).filter(pk=result_id).first()
    if found is None:
        raise NotVisible()
    return found


def latest_results(*, watches: list[Watch], scope: Scope) -> dict[int, WatchResult]:
    """The latest look at each watch, by the watch's id."""
    found = WatchResult.objects.visible_to(scope).filter(watch__in=watches)
    return {each.watch_id: each for each in found.order_by("watch_id", "-on").distinct("watch_id")}


def alarms(*, scope: Scope) -> list[tuple[Watch, date]]:
    """The watches that have not ended and raised an alarm, with the day on which it was first told."""
    found = WatchResult.objects.visible_to(scope).filter(is_alarmed=True, watch__state=WatchState.WATCHING)
    rows = found.select_related("watch").order_by("watch_id", "on").distinct("watch_id")
    return [(each.watch, each.on) for each in rows]


def list_areas(*, scope: Scope) -> list[Area]:
    return list(Area.objects.filter(partnership_id=scope.partnership_id).order_by("name"))
