"""Watches: registered before the people they are about join, looked at once a day at most, and ended with a reason."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts.models import Scheme
from iom.common import background
from iom.common.errors import NotVisible, WrongState
from iom.outcomes import evaluation, queries, rules
from iom.outcomes.choices import WatchState
from iom.outcomes.models import Watch, WatchResult
from iom.outcomes.operations.records import ASK
from iom.partnerships.models import Area


@dataclass(frozen=True)
class Watched:
    """What a watch is about: who joins a scheme (None: any) and lives in an area (None: anywhere), and what it costs to
    be wrong."""

    title: str
    scheme: Scheme | None
    area: Area | None
    direction: str
    chance: float
    cases: int
    purpose: str


@transaction.atomic
def register_watch(*, watched: Watched, by: Scope, at: datetime) -> Watch:
    """Settles a watch for good, before anybody it is about has joined; the first look is made behind."""
    by.check(ASK)
    rules.check_says_why(watched.title, field="title", message="Enter what is watched, in a few words")
    rules.check_says_why(watched.purpose, field="purpose", message="Enter what will be done on an alarm")
    rules.check_false_alarm(chance=watched.chance, cases=watched.cases)
    known_to = rules.check_can_watch(known_to=queries.known_to(scope=by), on=timezone.localdate(at))
    watch = Watch.objects.create(
        partnership_id=by.partnership_id, known_to=known_to, registered_by=by.user_id, registered_at=at, **vars(watched)
    )
    start(watch=watch, by=by)
    record_watch(watch=watch, action="register_watch", by=by, at=at)
    return watch


@transaction.atomic
def ask_for_look(*, watch_id: int, by: Scope, at: datetime) -> None:
    """Has a watch worked out, behind."""
    by.check(ASK)
    watch = locked_watch(watch_id=watch_id, by=by)
    last_look(watch=watch, on=timezone.localdate(at), by=by)
    start(watch=watch, by=by)
    record_watch(watch=watch, action="ask_for_look", by=by, at=at)


@transaction.atomic
def end_watch(*, watch_id: int, reason: str, by: Scope, at: datetime) -> None:
    """Ends a watch, with why. It stays on record with all it gave."""
    by.check(ASK)
    watch = locked_watch(watch_id=watch_id, by=by)
    rules.check_is_watching(state=watch.state)
    rules.check_says_why(reason, field="reason", message="Enter why the watch is ended")
    Watch.objects.filter(pk=watch.pk).update(
        state=WatchState.ENDED, end_reason=reason, ended_by=by.user_id, ended_at=at
    )
    record_watch(watch=watch, action="end_watch", by=by, at=at)


@transaction.atomic
def to_look_at(*, watch_id: int, on: date, by: Scope) -> tuple[Watch, dict[str, Any]]:
    """A watch, and all that a look at it needs besides the record. Raises `WrongState` where it has ended, or was
    looked at on this day already."""
    watch = locked_watch(watch_id=watch_id, by=by)
    last = last_look(watch=watch, on=on, by=by)
    needed = evaluation.watch_parameters(
        registered_on=timezone.localdate(watch.registered_at),
        known_to_then=watch.known_to,
        scheme_id=watch.scheme_id,
        area=watch.area.name if watch.area else None,
        odds_ratio=rules.ODDS[watch.direction],
        chance=watch.chance,
        cases=watch.cases,
        known_to=rules.check_can_watch(known_to=queries.known_to(scope=by), on=on),
        earlier=last.manifest if last else None,
    )
    return watch, needed


@transaction.atomic
def store_look(*, watch_id: int, on: date, looked: evaluation.Looked, by: Scope, at: datetime) -> WatchResult:
    """Keeps what a look gave. Raises `WrongState` where another was kept meanwhile, or the watch has ended."""
    watch = locked_watch(watch_id=watch_id, by=by)
    last = last_look(watch=watch, on=on, by=by)
    if (looked.manifest["parameters"]["from"] or {}) != (last.manifest["results"] if last else {}):
        raise WrongState("It was worked out meanwhile.")
    kept: WatchResult = WatchResult.objects.create(
        partnership_id=by.partnership_id,
        watch=watch,
        on=on,
        made_at=at,
        known_to=date.fromisoformat(looked.manifest["parameters"]["known_to"]),
        cases=looked.cases,
        is_alarmed=looked.is_alarmed,
        figures=looked.figures,
        manifest=looked.manifest,
    )
    record_watch(watch=watch, action="store_look", by=by, at=at, detail={"result": kept.pk, "alarm": looked.is_alarmed})
    return kept


def last_look(*, watch: Watch, on: date, by: Scope) -> WatchResult | None:
    """What the last look gave, from which the next one goes on. Raises `WrongState` where there is to be none today."""
    last = queries.latest_results(watches=[watch], scope=by).get(watch.pk)
    rules.check_can_look(state=watch.state, last=last.on if last else None, on=on)
    return last


def locked_watch(*, watch_id: int, by: Scope) -> Watch:
    """The watch, locked. Raises `NotVisible`."""
    found: Watch | None = Watch.objects.visible_to(by).select_for_update().filter(pk=watch_id).first()
    if found is None:
        raise NotVisible()
    return found


def start(*, watch: Watch, by: Scope) -> None:
    background.start(
        "outcomes.watch",
        lock=f"outcomes-{by.partnership_id}",
        once=f"outcomes-watch-{watch.pk}",
        watch_id=watch.pk,
        partnership_id=by.partnership_id,
        agency_id=by.agency_id,
    )


def record_watch(*, watch: Watch, action: str, by: Scope, at: datetime, detail: dict[str, Any] | None = None) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.COMBINATION,
        action=f"outcomes.{action}",
        subject_type="outcomes.Watch",
        subject_id=watch.pk,
        detail=detail,
    )
