"""Entry by lot: opening a draw, settling who is in it, closing its list, drawing, and taking it back.

A draw selects nobody. It says in which order places are offered to people whom the panel has looked at and deferred;
the panel decides each nomination as always, and says why where it does not keep the order (`panel.decide`).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import IntegrityError, transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.operations import locked, marked_like
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import queries, rules
from iom.cohorts.choices import DrawState, NominationState
from iom.cohorts.models import DrawEntrant, DrawSeed, EntryDraw, Nomination, Scheme
from iom.cohorts.scoring import commitment, draw_order, list_hash
from iom.common.errors import WrongState

SEED_BYTES, KEY_BYTES = 16, 8
WAITS_NO_MORE = "No longer waits for a place"


@transaction.atomic
def open_draw(
    *,
    scheme: Scheme,
    places: int,
    beacon: str,
    entered: Collection[int],
    left_out: Mapping[int, str],
    by: Scope,
    at: datetime,
) -> EntryDraw:
    """Opens a draw for `places` of the scheme; `entered` are ids of nominations, `left_out` ids with the reason.

    The seed is made here, sealed, and shown to nobody; what is published is its commitment. Raises `InvalidInput` where
    there is a place for everybody, `WrongState` where another draw of the scheme is under way.
    """
    by.check(Permission.DRAW_RUN)
    scheme = locked(row=scheme, by=by)
    if queries.has_draw_under_way(scheme_id=scheme.pk, scope=by):
        raise WrongState(
            "A draw of this scheme is under way already. Finish it, or withdraw it, before you open another."
        )
    rules.check_is_worth_drawing(places=places, entrants=len(set(entered)))
    seed = token_hex(SEED_BYTES)
    try:
        with transaction.atomic():
            draw: EntryDraw = EntryDraw.objects.create(
                partnership_id=by.partnership_id,
                scheme=scheme,
                places=places,
                commitment=commitment(seed),
                beacon=beacon.strip(),
                opened_by=by.user_id,
                opened_at=at,
            )
    except IntegrityError as error:
        raise WrongState("A draw of this scheme is under way already.") from error
    with act_in(_system(by)):
        DrawSeed.objects.create(partnership_id=by.partnership_id, draw=draw, seed=seed)
    detail = {"scheme": scheme.pk, "places": places, "commitment": draw.commitment, "beacon": draw.beacon}
    _record(draw, action="open_draw", by=by, at=at, detail=detail)
    settle_entrants(draw=draw, entered=entered, left_out=left_out, seen=None, by=by, at=at)
    return draw


@transaction.atomic
def settle_entrants(
    *,
    draw: EntryDraw,
    entered: Collection[int],
    left_out: Mapping[int, str],
    seen: datetime | None,
    by: Scope,
    at: datetime,
) -> None:
    """Enters nominations or leaves them out, until the list is closed; those of neither stay as they were.

    `seen` is when somebody was last settled as `by` saw it (`queries.last_settled`): what was settled since is not
    undone unseen. Only who waits can be in it: nominations under the scheme that the panel deferred and `by` may see.
    Each change is an event about its person.
    """
    by.check(Permission.DRAW_RUN)
    draw = locked(row=draw, by=by)
    rules.check_can_settle_entrants(state=draw.state, left_out=left_out)
    rules.check_sees_last_settled(last=queries.last_settled(draw=draw, scope=by), seen=seen)
    wanted = {**dict.fromkeys(entered, ""), **{pk: why.strip() for pk, why in left_out.items()}}
    waiting = {each.pk: each for each in queries.list_waiting(scheme_id=draw.scheme_id, scope=by)}
    if not set(wanted) <= set(waiting):
        raise WrongState("Somebody on this list waits no longer. Look at it again.")
    settled = {each.nomination_id: each for each in queries.list_entrants(draw=draw, scope=by)}
    for pk, why in wanted.items():
        before = settled.get(pk)
        if before is not None and before.left_out_because == why:
            continue
        said = {"left_out_because": why, "settled_by": by.user_id, "settled_at": at}
        if before is None:
            DrawEntrant.objects.create(**marked_like(waiting[pk]), draw=draw, nomination=waiting[pk], **said)
        else:
            DrawEntrant.objects.filter(pk=before.pk).update(**said)
        _record_settled(draw, waiting[pk], why=why, by=by, at=at)


@transaction.atomic
def close_draw(*, draw: EntryDraw, by: Scope, at: datetime) -> None:
    """Settles the list for good: gives each entrant a key made by chance, and publishes the list's hash.

    Whoever waits no longer is left out first. Raises `WrongState` where somebody who waits is neither in nor left out,
    `InvalidInput` where there is now a place for everybody.
    """
    by.check(Permission.DRAW_RUN)
    draw = locked(row=draw, by=by)
    rules.check_can_move(rules.DRAW, state=draw.state, move="close")
    unsettled = queries.count_unsettled(draw=draw, scope=by)
    # As the system: whoever waits counts, whether `by` may see them or not.
    system = _system(by)
    with act_in(system):
        unseen = queries.count_unsettled(draw=draw, scope=system) - unsettled
        _leave_out_who_waits_no_more(draw, by=by, at=at)
        entrants = list(DrawEntrant.objects.filter(draw=draw, left_out_because="").order_by("pk"))
        rules.check_can_close_draw(
            state=draw.state, places=draw.places, entrants=len(entrants), unsettled=unsettled, unseen=unseen
        )
        for entrant in entrants:
            entrant.key = token_hex(KEY_BYTES)
            DrawEntrant.objects.filter(pk=entrant.pk).update(key=entrant.key)
    keys = sorted(entrant.key for entrant in entrants)
    published = list_hash(keys=keys, places=draw.places)
    EntryDraw.objects.filter(pk=draw.pk).update(
        state=DrawState.CLOSED, keys=keys, list_hash=published, closed_by=by.user_id, closed_at=at
    )
    _record(draw, action="close_draw", by=by, at=at, detail={"list_hash": published, "entrants": len(keys)})


def _leave_out_who_waits_no_more(draw: EntryDraw, *, by: Scope, at: datetime) -> None:
    """Called by `close_draw` alone, as the system."""
    gone = DrawEntrant.objects.filter(draw=draw, left_out_because="").exclude(
        nomination__state=NominationState.DEFERRED
    )
    for entrant in gone.select_related("nomination"):
        why = f"{WAITS_NO_MORE}: {entrant.nomination.state}"
        DrawEntrant.objects.filter(pk=entrant.pk).update(left_out_because=why, settled_by=by.user_id, settled_at=at)
        _record_settled(draw, entrant.nomination, why=why, by=by, at=at)


@transaction.atomic
def make_draw(*, draw: EntryDraw, beacon_value: str, by: Scope, at: datetime) -> None:
    """Draws, once: unseals the seed and writes each entrant's place. Never by who closed the list.

    Everything is written in one transaction that holds the draw's row: of two at once the second finds it drawn.
    """
    by.check(Permission.DRAW_RUN)
    draw = locked(row=draw, by=by)
    rules.check_can_draw(state=draw.state, closed_by=draw.closed_by, user_id=by.user_id)
    value = beacon_value.strip()
    rules.check_beacon(beacon=draw.beacon, value=value)
    with act_in(_system(by)):
        seed = DrawSeed.objects.select_for_update().get(draw=draw).seed
        order = draw_order(keys=draw.keys, places=draw.places, seed=seed, committed=draw.commitment, beacon=value)
        place_of = {key: place for place, key in enumerate(order, start=1)}
        for entrant in DrawEntrant.objects.filter(draw=draw, left_out_because="").select_for_update():
            place = place_of.pop(entrant.key)
            DrawEntrant.objects.filter(pk=entrant.pk).update(place=place, is_drawn=place <= draw.places)
        assert not place_of, "the list that was published is the list that is drawn from"
        DrawSeed.objects.filter(draw=draw).delete()
    EntryDraw.objects.filter(pk=draw.pk).update(
        state=DrawState.DRAWN, beacon_value=value, seed=seed, order=order, drawn_by=by.user_id, drawn_at=at
    )
    _record(draw, action="make_draw", by=by, at=at, detail={"beacon": value, "seed": seed})


@transaction.atomic
def withdraw_draw(*, draw: EntryDraw, reason: str, by: Scope, at: datetime) -> None:
    """Takes a draw back before it is drawn. Its seed is destroyed, so nobody learns how it would have come out."""
    by.check(Permission.DRAW_RUN)
    rules.check_says_why(reason)
    draw = locked(row=draw, by=by)
    rules.check_can_move(rules.DRAW, state=draw.state, move="withdraw")
    with act_in(_system(by)):
        DrawSeed.objects.filter(draw=draw).delete()
    EntryDraw.objects.filter(pk=draw.pk).update(
        state=DrawState.WITHDRAWN, withdrawn_by=by.user_id, withdrawn_at=at, withdrawal_reason=reason
    )
    _record(draw, action="withdraw_draw", by=by, at=at, detail={}, reason=reason)


def _system(by: Scope) -> Scope:
    return unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="a draw counts everybody who is in it"
    )


def _record_settled(draw: EntryDraw, nomination: Nomination, *, why: str, by: Scope, at: datetime) -> None:
    """The event about a person: entered, or left out where there is a reason."""
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="cohorts.leave_out_of_draw" if why else "cohorts.enter_draw",
        subject_type="cohorts.EntryDraw",
        subject_id=draw.pk,
        person_id=nomination.person_id,
        reason=why,
        detail={"nomination": nomination.pk},
    )


def _record(draw: EntryDraw, *, action: str, by: Scope, at: datetime, detail: dict[str, Any], reason: str = "") -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action=f"cohorts.{action}",
        subject_type="cohorts.EntryDraw",
        subject_id=draw.pk,
        fields=["state"],
        reason=reason,
        detail=detail,
    )
