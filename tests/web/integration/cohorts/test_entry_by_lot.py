"""More wait than there are places: a draw is opened, its list closed, drawn by another, and checked by anybody."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iom.access.scope import NOBODY, PersonRule, Scope, act_in
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts import privacy, queries
from iom.cohorts.choices import DrawState, NominationState, Outcome
from iom.cohorts.models import CohortMembership, DrawEntrant, DrawSeed, EntryDraw, Nomination, PanelDecision, Scheme
from iom.cohorts.operations import erasing, merging
from iom.common.errors import InvalidInput, NotAllowed, UserError, WrongState
from iom.people.models import Person
from tests.factories.cohorts import make_draw, nominate, selection, wait_for_place
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]
NAMES = ("Ashdown", "Birch", "Cedar", "Dogwood", "Elm")
BEACON = "Main numbers of the Lotto of 5 December 2026"


@pytest.fixture
def second(place: Place) -> Worker:
    """Another co-ordinator, of the probation service."""
    return make_worker(place, "second", agency="Probation", roles=["coordinator"])


@pytest.fixture
def waiting(place: Place, scheme: Scheme, chair: Worker) -> list[Nomination]:
    """Five whom the panel deferred."""
    with act_in(place.system()):
        people = [make_person(place, family_name=name) for name in NAMES]
    with act_in(chair.scope):
        return [wait_for_place(nominate(person, scheme, chair.scope), chair.scope) for person in people]


def sealed_seed(place: Place, draw: EntryDraw) -> str:
    with act_in(place.system()):
        return str(DrawSeed.objects.get(draw=draw).seed)


def latest(place: Place) -> EntryDraw:
    with act_in(place.system()):
        found: EntryDraw = EntryDraw.objects.latest("pk")
        return found


def events(place: Place) -> str:
    """All that the audit record says, as text."""
    with act_in(place.system()):
        return "\n".join(str(each.__dict__) for each in Event.objects.all())


def actions(place: Place) -> list[str]:
    with act_in(place.system()):
        return list(
            Event.objects.filter(subject_type="cohorts.EntryDraw").order_by("pk").values_list("action", flat=True)
        )


def test_a_draw_from_its_opening_to_its_places(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, second: Worker, as_user: AsUser
) -> None:
    """By the pages, as two co-ordinators do it; and the seed is on none of them before it is drawn."""
    first, other = as_user(alice), as_user(second)
    seen = []
    opening = reverse("cohorts-open-draw", args=[scheme.slug])
    shown = first.get(opening)
    assert "The scheme has 2 places, of which 2 are free" in shown.text
    assert all(f"{name}: left out of the draw because" in shown.text for name in NAMES)
    sent = {f"out_{each.pk}": "" for each in waiting} | {f"out_{waiting[4].pk}": "Fixed: must be in"}
    answer = first.post(opening, {"places": "2", "beacon": BEACON, **sent})
    draw = latest(place)
    seed = sealed_seed(place, draw)
    page = reverse("cohorts-draw", args=[draw.pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert draw.commitment == sha256(seed.encode()).hexdigest()
    shown = first.get(page)
    assert draw.commitment in shown.text
    assert BEACON in shown.text
    assert re.search("Left out of the draw.*Elm.*Fixed: must be in", shown.text, re.S)
    settling = first.get(reverse("cohorts-draw-entrants", args=[draw.pk]))
    seen += [shown, settling, first.get(reverse("cohorts-scheme", args=[scheme.slug]))]

    assert first.post(reverse("cohorts-close-draw", args=[draw.pk])).status_code == 302
    draw = latest(place)
    assert (draw.state, len(draw.keys)) == (DrawState.CLOSED, 4)
    shown = first.get(page)
    assert draw.list_hash in shown.text
    assert "You closed it, so somebody else has to draw." in shown.text
    making = reverse("cohorts-make-draw", args=[draw.pk])
    assert first.get(making).status_code == 403
    assert first.post(making, {"value": "3 14 15 26 35 44"}).status_code == 403
    seen += [shown, other.get(making), other.get(page), other.post(making, {"value": ""})]
    assert "Enter the public number" in seen[-1].text
    assert all(seed not in each.text for each in seen)
    assert seed not in events(place), "nor in the audit record"
    assert latest(place).state == DrawState.CLOSED

    assert other.post(making, {"value": "3 14 15 26 35 44"}).headers["Location"] == page
    draw = latest(place)
    shown = other.get(page)
    for published in (seed, draw.commitment, draw.list_hash, "3 14 15 26 35 44", *draw.keys):
        assert published in shown.text
    assert "this draw comes out the same" in shown.text
    assert shown.text.count("govuk-tag--green") == 3, "the state, and the two who were drawn"
    # Worked out here from the words of the glossary, not by the library.
    tickets = {key: sha256(f"{seed}:3 14 15 26 35 44:{key}".encode()).hexdigest() for key in draw.keys}
    assert draw.order == sorted(draw.keys, key=lambda key: tickets[key])
    with act_in(place.system()):
        entrants = {each.nomination_id: each for each in DrawEntrant.objects.filter(draw=draw)}
        assert not DrawSeed.objects.exists()
        assert {each.state for each in Nomination.objects.all()} == {NominationState.DEFERRED}
        assert not CohortMembership.objects.exists(), "a draw selects nobody"
    assert [entrants[waiting[4].pk].key, entrants[waiting[4].pk].place] == ["", None]
    for each in waiting[:4]:
        entrant = entrants[each.pk]
        assert draw.order[entrant.place - 1] == entrant.key
        assert entrant.is_drawn == (entrant.place <= 2)
    assert [each for each in actions(place) if each != "view.draw"] == [
        "cohorts.open_draw", *["cohorts.enter_draw"] * 4, "cohorts.leave_out_of_draw", "cohorts.close_draw",
        "cohorts.make_draw",
    ]  # fmt: skip


def test_the_commands_on_the_page_give_what_was_published(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, as_user: AsUser
) -> None:
    """As whoever checks the draw runs them: the shell's own SHA-256, not ours."""
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    shown = as_user(alice).get(reverse("cohorts-draw", args=[draw.pk])).text
    commands = [each.replace("&#39;", "'") for each in re.findall(r"<pre[^>]*>(printf[^<]*)</pre>", shown)]
    given = [
        subprocess.run(["sh", "-c", each], capture_output=True, text=True, check=True, timeout=20).stdout.split()[0]
        for each in commands
    ]
    assert given[:2] == [draw.commitment, draw.list_hash]
    assert given[2] in shown
    assert given[2] == min(sha256(f"{draw.seed}:{key}".encode()).hexdigest() for key in draw.keys)


def test_the_seed_is_the_systems_alone_while_it_is_sealed(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, charlie: Worker
) -> None:
    """Row-level security keeps it, whatever a query forgets; a subject access extract does not hold it."""
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, state="closed")
        assert not DrawSeed.objects.exists()
    seed = sealed_seed(place, draw)
    for scope in (alice.scope, charlie.scope, NOBODY):
        with act_in(scope):
            assert not DrawSeed.objects.exists()
            assert not DrawSeed.objects.visible_to(scope).exists()
    with act_in(place.system()) as system:
        assert DrawSeed.objects.visible_to(system).exists()
        gathered = list(privacy.gather(scope=system, person_id=waiting[0].person_id))
    assert "Place in a draw" in {each.title for each in gathered}
    assert seed not in str(gathered)
    assert seed not in events(place)


def test_where_there_is_a_place_for_everybody_it_says_so_and_draws_nothing(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, as_user: AsUser
) -> None:
    sent = {f"out_{each.pk}": "" for each in waiting}
    shown = as_user(alice).post(reverse("cohorts-open-draw", args=[scheme.slug]), {"places": "5", **sent})
    assert "There is a place for everybody in the draw, so nothing needs to be drawn" in shown.text
    with act_in(place.system()):
        assert not EntryDraw.objects.exists()
        assert not DrawSeed.objects.exists()


def test_nobody_waits_so_there_is_nothing_to_open(scheme: Scheme, alice: Worker, as_user: AsUser) -> None:
    shown = as_user(alice).get(reverse("cohorts-open-draw", args=[scheme.slug])).text
    assert "There is nothing to draw" in shown
    assert "Open the draw</button>" not in shown


def test_whoever_is_left_out_is_left_out_for_a_reason(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker
) -> None:
    with act_in(alice.scope):
        with pytest.raises(InvalidInput) as refused:
            make_draw(scheme, waiting[1:], by=alice.scope, left_out={waiting[0].pk: " "})
        assert set(refused.value.fields) == {f"out_{waiting[0].pk}"}
        assert not EntryDraw.objects.exists(), "nothing of it stays"
        draw = make_draw(scheme, waiting[1:], by=alice.scope, left_out={waiting[0].pk: "MAPPA level 3"})
        assert DrawEntrant.objects.get(draw=draw, nomination=waiting[0]).left_out_because == "MAPPA level 3"


def test_one_draw_of_a_scheme_at_a_time(
    scheme: Scheme, waiting: list[Nomination], alice: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        make_draw(scheme, waiting, by=alice.scope)
        with pytest.raises(WrongState, match="under way"):
            make_draw(scheme, waiting, by=alice.scope)
    shown = as_user(alice).get(reverse("cohorts-open-draw", args=[scheme.slug]))
    assert "A draw of this scheme is under way already" in shown.text


def test_who_waits_is_settled_before_the_list_is_closed(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, chair: Worker, as_user: AsUser
) -> None:
    """Deferred since the draw was opened: neither in nor left out, and not entered unseen."""
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting[:4], by=alice.scope, left_out={waiting[4].pk: "Awaits a report"})
    client = as_user(alice)
    page = reverse("cohorts-draw-entrants", args=[draw.pk])
    shown = client.get(page).text
    with act_in(place.system()):
        late = make_person(place, family_name="Fir")
    with act_in(chair.scope):
        came = wait_for_place(nominate(late, scheme, chair.scope), chair.scope)
    sent = dict.fromkeys(re.findall(r'name="(out_\d+)"', shown), "")
    assert len(sent) == 5
    sent |= re.findall(r'name="(seen)" value="([^"]+)"', shown)
    assert client.post(page, sent).status_code == 409
    closing = client.post(reverse("cohorts-close-draw", args=[draw.pk]))
    assert (closing.status_code, "neither in the draw nor left out" in closing.text) == (409, True)
    assert client.post(page, {**sent, f"out_{came.pk}": "Fixed cohort"}).status_code == 302
    with act_in(alice.scope):
        said = dict(DrawEntrant.objects.filter(draw=draw).values_list("nomination_id", "left_out_because"))
    assert said == {**{each.pk: "" for each in waiting}, came.pk: "Fixed cohort"}
    assert client.post(reverse("cohorts-close-draw", args=[draw.pk])).status_code == 302


def test_who_waits_no_longer_is_left_out_when_the_list_is_closed(
    scheme: Scheme, waiting: list[Nomination], alice: Worker
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope)
        cohorts.withdraw(nomination=waiting[0], reason="Moved away", by=alice.scope, at=AT)
        cohorts.close_draw(draw=draw, by=alice.scope, at=AT)
        draw.refresh_from_db()
        assert len(draw.keys) == 4
        own = DrawEntrant.objects.get(draw=draw, nomination=waiting[0])
    assert (own.key, own.left_out_because) == ("", "No longer waits for a place: withdrawn")


def test_places_for_everybody_by_the_time_the_list_is_closed(
    scheme: Scheme, waiting: list[Nomination], alice: Worker
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting[:2], by=alice.scope, left_out={each.pk: "Fixed" for each in waiting[2:]})
        cohorts.withdraw(nomination=waiting[0], reason="Moved away", by=alice.scope, at=AT)
        with pytest.raises(WrongState, match="a place for everybody"):
            cohorts.close_draw(draw=draw, by=alice.scope, at=AT)
        cohorts.withdraw_draw(draw=draw, reason="A place for everybody", by=alice.scope, at=AT)


def test_nobody_enters_or_leaves_after_the_list_is_closed(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker
) -> None:
    """Not by the product's operations, and not by a query either: the database itself refuses."""
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting[:4], by=alice.scope, left_out={waiting[4].pk: "Fixed"}, state="closed")
        with pytest.raises(WrongState, match="nobody can be entered or left out"):
            cohorts.settle_entrants(draw=draw, entered=[waiting[4].pk], left_out={}, seen=AT, by=alice.scope, at=AT)
    of_draw = DrawEntrant.objects.filter(draw=draw)
    attempts: list[Callable[[], object]] = [
        lambda: of_draw.filter(nomination=waiting[0]).delete(),
        lambda: of_draw.filter(nomination=waiting[0]).update(key="", left_out_because="Not now"),
        lambda: of_draw.filter(nomination=waiting[0]).update(key="another"),
        lambda: of_draw.filter(nomination=waiting[4]).update(left_out_because="", key="mine"),
        lambda: DrawEntrant.objects.create(
            **{name: getattr(waiting[0], name) for name in ("partnership", "owner_agency", "regime")},
            draw=draw, nomination=Nomination.objects.get(pk=waiting[0].pk), settled_by=1, settled_at=AT,
        ),
        lambda: EntryDraw.objects.filter(pk=draw.pk).update(keys=draw.keys[:2]),
        lambda: EntryDraw.objects.filter(pk=draw.pk).update(places=3),
        lambda: EntryDraw.objects.filter(pk=draw.pk).update(commitment="0" * 64),
        lambda: EntryDraw.objects.filter(pk=draw.pk).delete(),
    ]  # fmt: skip
    for attempt in attempts:
        with act_in(place.system()), pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_what_is_drawn_stays_as_it_is(scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
        for_second = replace(alice.scope, user_id=alice.scope.user_id + 1)
        with pytest.raises(WrongState, match="already drawn"):
            cohorts.make_draw(draw=draw, beacon_value="", by=for_second, at=AT)
        with pytest.raises(WrongState, match="already drawn"):
            cohorts.withdraw_draw(draw=draw, reason="Not liked", by=alice.scope, at=AT)
        before = EntryDraw.objects.get(pk=draw.pk)
    attempts: list[Callable[[], object]] = [
        lambda: EntryDraw.objects.filter(pk=draw.pk).update(order=draw.order[::-1]),
        lambda: EntryDraw.objects.filter(pk=draw.pk).update(state=DrawState.OPEN),
        lambda: DrawEntrant.objects.filter(draw=draw, place=1).update(place=9),
        lambda: DrawEntrant.objects.filter(draw=draw, place=5).update(is_drawn=True),
    ]
    for attempt in attempts:
        with act_in(place.system()), pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert latest(place).order == before.order


def test_a_result_that_was_tampered_with_is_said_to_be(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, as_user: AsUser
) -> None:
    """By somebody who owns the database, who can take its walls down: the page makes the draw again and sees it."""
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    with connection.cursor() as cursor:
        cursor.execute("set local role iom_owner")
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table cohorts_entrydraw disable trigger stays")
        swapped = [draw.order[1], draw.order[0], *draw.order[2:]]
        cursor.execute('update cohorts_entrydraw set "order" = %s where id = %s', [swapped, draw.pk])
        cursor.execute("alter table cohorts_entrydraw enable trigger stays")
        cursor.execute("set local role iom_app")
    shown = as_user(alice).get(reverse("cohorts-draw", args=[draw.pk])).text
    assert "does not come out the same" in shown
    assert "comes out the same" not in shown


def test_a_place_on_record_that_was_not_published_is_said_to_be_wrong(
    scheme: Scheme, waiting: list[Nomination], alice: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    with connection.cursor() as cursor:
        cursor.execute("set local role iom_owner")
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table cohorts_drawentrant disable trigger stays")
        cursor.execute("update cohorts_drawentrant set is_drawn = true where draw_id = %s and place = 5", [draw.pk])
        cursor.execute("alter table cohorts_drawentrant enable trigger stays")
        cursor.execute("set local role iom_app")
    shown = as_user(alice).get(reverse("cohorts-draw", args=[draw.pk])).text
    assert "does not have on record the place that was published" in shown


def test_a_draw_is_withdrawn_with_a_reason_and_its_seed_destroyed(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, state="closed")
    seed = sealed_seed(place, draw)
    client = as_user(alice)
    page = reverse("cohorts-withdraw-draw", args=[draw.pk])
    assert "There is a problem" in client.post(page, {"reason": " "}).text
    assert client.post(page, {"reason": "The wrong number of places"}).status_code == 302
    shown = client.get(reverse("cohorts-draw", args=[draw.pk])).text
    assert "The wrong number of places" in shown
    assert seed not in shown
    with act_in(place.system()):
        assert not DrawSeed.objects.exists()
    assert client.get(page).status_code == 409
    with act_in(alice.scope):
        make_draw(scheme, waiting, by=alice.scope)


def test_who_may_run_a_draw_and_who_may_look(
    scheme: Scheme,
    waiting: list[Nomination],
    place: Place,
    alice: Worker,
    chair: Worker,
    charlie: Worker,
    as_user: AsUser,
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    page = reverse("cohorts-draw", args=[draw.pk])
    board = as_user(make_worker(place, "board", agency="Council", roles=["board-member"]))
    shown = board.get(page)
    assert draw.seed in shown.text, "whoever sees schemes can hold the draw to its commitment"
    assert "this draw comes out the same" in shown.text
    assert not any(word in shown.text for word in (*NAMES, *draw.keys)), "and sees no candidate"
    officer = make_worker(place, "officer", agency="Police", roles=["police-offender-manager"])
    assert as_user(officer).get(page).status_code == 403
    stranger = as_user(charlie)
    for name, arguments in (("cohorts-draw", [draw.pk]), ("cohorts-open-draw", [scheme.slug])):
        assert stranger.get(reverse(name, args=arguments)).status_code == 404
    for name in ("draw-entrants", "make-draw", "withdraw-draw"):
        assert stranger.get(reverse(f"cohorts-{name}", args=[draw.pk])).status_code == 404
    assert stranger.post(reverse("cohorts-close-draw", args=[draw.pk])).status_code == 404
    # The panel decides; it does not run the draw.
    works: list[Callable[[Scope], object]] = [
        lambda by: cohorts.open_draw(scheme=scheme, places=1, beacon="", entered=[], left_out={}, by=by, at=AT),
        lambda by: cohorts.settle_entrants(draw=draw, entered=[], left_out={}, seen=AT, by=by, at=AT),
        lambda by: cohorts.close_draw(draw=draw, by=by, at=AT),
        lambda by: cohorts.make_draw(draw=draw, beacon_value="", by=by, at=AT),
        lambda by: cohorts.withdraw_draw(draw=draw, reason="No", by=by, at=AT),
    ]
    for work in works:
        with act_in(chair.scope), pytest.raises(NotAllowed):
            work(chair.scope)
        with act_in(charlie.scope), pytest.raises(UserError):
            work(charlie.scope)


def test_somebody_whom_a_reader_may_not_see_is_a_key_and_no_name(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, second: Worker, bob: Worker, as_user: AsUser
) -> None:
    """Shared with the police and the prison alone: in the draw, whoever closes it; by name for those two only."""
    audience = [place.agencies["Police"].pk, place.agencies["Prison"].pk]
    with act_in(place.system()):
        hidden = Nomination.objects.filter(pk=waiting[0].pk)
        hidden.update(audience="listed", audience_agencies=audience, owner_agency=place.agencies["Police"])
    with act_in(alice.scope):
        draw = make_draw(scheme, [*Nomination.objects.order_by("pk")], by=alice.scope, places=2, beacon="")
    with act_in(second.scope):
        assert DrawEntrant.objects.filter(draw=draw).count() == 4
        cohorts.close_draw(draw=draw, by=second.scope, at=AT)
    with act_in(alice.scope):
        cohorts.make_draw(draw=draw, beacon_value="", by=alice.scope, at=AT)
    draw = latest(place)
    assert len(draw.order) == 5
    page = reverse("cohorts-draw", args=[draw.pk])
    theirs, ours = as_user(second).get(page).text, as_user(alice).get(page).text
    assert "Ashdown" in ours
    assert "Ashdown" not in theirs
    assert (theirs.count("Not shown to you"), ours.count("Not shown to you")) == (1, 0)
    assert all(key in theirs for key in draw.order)
    assert "this draw comes out the same" in theirs
    with act_in(place.system()):
        for each in Event.objects.filter(actor_id=second.user.pk, action="view.draw"):
            assert "Ashdown" not in str(each.__dict__)


def test_a_form_that_was_opened_before_undoes_nothing(
    scheme: Scheme, waiting: list[Nomination], alice: Worker, second: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2)
    page = reverse("cohorts-draw-entrants", args=[draw.pk])
    first, other = as_user(alice), as_user(second)
    forms = [
        dict(re.findall(r'name="(out_\d+|seen)"[^>]*?value="([^"]*)"', each.get(page).text)) for each in (first, other)
    ]
    sent = {f"out_{each.pk}": "" for each in waiting}
    high = {f"out_{waiting[0].pk}": "MAPPA 3: must be in"}
    assert other.post(page, sent | high | {"seen": forms[1]["seen"]}).status_code == 302
    answer = first.post(page, sent | {f"out_{waiting[1].pk}": "In custody"} | {"seen": forms[0]["seen"]})
    assert (answer.status_code, "since you opened the page" in answer.text) == (409, True)
    with act_in(alice.scope):
        said = dict(DrawEntrant.objects.exclude(left_out_because="").values_list("nomination_id", "left_out_because"))
    assert said == {waiting[0].pk: "MAPPA 3: must be in"}


def test_the_list_is_not_closed_over_somebody_whom_the_closer_may_not_see(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, second: Worker
) -> None:
    """Shared with the police and the prison alone, and settled by nobody yet."""
    audience = [place.agencies["Police"].pk, place.agencies["Prison"].pk]
    with act_in(place.system()):
        hidden = Nomination.objects.filter(pk=waiting[0].pk)
        hidden.update(audience="listed", audience_agencies=audience, owner_agency=place.agencies["Police"])
    with act_in(second.scope):
        draw = make_draw(scheme, waiting[1:], by=second.scope)
        with pytest.raises(WrongState, match="whom you may not see"):
            cohorts.close_draw(draw=draw, by=second.scope, at=AT)
    with act_in(alice.scope):
        seen = queries.last_settled(draw=draw, scope=alice.scope)
        cohorts.settle_entrants(draw=draw, entered=[waiting[0].pk], left_out={}, seen=seen, by=alice.scope, at=AT)
    with act_in(second.scope):
        cohorts.close_draw(draw=draw, by=second.scope, at=AT)
    assert len(latest(place).keys) == 5


def test_somebody_with_limited_access_is_kept_from_whom_it_shuts_out(
    scheme: Scheme, waiting: list[Nomination], alice: Worker
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    shut = replace(alice.scope, shut_out=(PersonRule(waiting[0].person_id, 1),))
    with act_in(shut):
        seen = {each.nomination_id for each in queries.list_entrants(draw=draw, scope=shut)}
        walled = set(DrawEntrant.objects.values_list("nomination_id", flat=True))
    assert seen == walled == {each.pk for each in waiting[1:]}


def drawn_in_order(draw: EntryDraw, waiting: list[Nomination]) -> list[Nomination]:
    """The nominations by their places."""
    place_of = dict(DrawEntrant.objects.filter(draw=draw).values_list("nomination_id", "place"))
    return sorted((each for each in waiting if place_of[each.pk]), key=lambda each: place_of[each.pk])


def test_the_panel_decides_and_goes_against_the_order_only_with_a_reason(
    scheme: Scheme,
    waiting: list[Nomination],
    place: Place,
    alice: Worker,
    chair: Worker,
    manager: Worker,
    as_user: AsUser,
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    with act_in(chair.scope):
        first, next_one, third, *_rest = drawn_in_order(draw, waiting)
    client = as_user(chair)
    page = reverse("cohorts-decide", args=[third.pk])
    shown = client.get(page).text
    assert "Place 3 in the last draw, which was for 2 places." in shown
    assert "selecting this person now needs a reason" in shown
    assert "needs a reason" not in client.get(reverse("cohorts-decide", args=[first.pk])).text
    with act_in(chair.scope):
        with pytest.raises(InvalidInput) as refused:
            cohorts.decide(nomination=third, verdict=selection(manager), by=chair.scope, at=AT)
        assert set(refused.value.fields) == {"against_draw"}
        # What needs none: the order, and every decision but a selection.
        cohorts.decide(nomination=first, verdict=selection(manager), by=chair.scope, at=AT)
        later = selection(manager, outcome=Outcome.DEFER, deferred_until=next_one.deferred_until)
        cohorts.decide(nomination=third, verdict=later, by=chair.scope, at=AT)
        why = "The second is in hospital until spring"
        cohorts.decide(nomination=third, verdict=selection(manager, against_draw=why), by=chair.scope, at=AT)
        decision = PanelDecision.objects.get(nomination=third, outcome=Outcome.SELECT)
        assert decision.against_draw == why
        cohorts.decide(nomination=next_one, verdict=selection(manager), by=chair.scope, at=AT)
        assert CohortMembership.objects.count() == 3
        recorded = Event.objects.get(action="cohorts.select", subject_id=str(third.pk))
    assert recorded.detail["against_draw"] is True
    assert why in client.get(reverse("cohorts-nomination", args=[third.pk])).text
    assert "Place 1 in the last draw" in client.get(reverse("cohorts-nomination", args=[first.pk])).text


def test_whoever_was_left_out_does_not_wait_for_the_draw_and_a_newcomer_does(
    scheme: Scheme,
    waiting: list[Nomination],
    place: Place,
    alice: Worker,
    chair: Worker,
    manager: Worker,
    as_user: AsUser,
) -> None:
    with act_in(alice.scope):
        draw = make_draw(
            scheme, waiting[:4], by=alice.scope, places=2, left_out={waiting[4].pk: "Fixed cohort"}, state="drawn"
        )
    assert "so as not to wait for it" in as_user(chair).get(reverse("cohorts-decide", args=[waiting[4].pk])).text
    with act_in(place.system()):
        late = make_person(place, family_name="Fir")
    with act_in(chair.scope):
        cohorts.decide(nomination=waiting[4], verdict=selection(manager), by=chair.scope, at=AT)
        newcomer = nominate(late, scheme, chair.scope)
        with pytest.raises(InvalidInput) as refused:
            cohorts.decide(nomination=newcomer, verdict=selection(manager), by=chair.scope, at=AT)
        assert set(refused.value.fields) == {"against_draw"}
        for each in drawn_in_order(draw, waiting)[:2]:
            cohorts.decide(nomination=each, verdict=selection(manager), by=chair.scope, at=AT)
        cohorts.decide(nomination=newcomer, verdict=selection(manager), by=chair.scope, at=AT)


def test_two_who_turn_out_to_be_one_keep_the_place_of_the_nomination_that_stays(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    keep, gone = waiting[0], waiting[1]
    with act_in(alice.scope):
        merging.merge(by=alice.scope, keep_id=keep.person_id, gone_id=gone.person_id, at=AT)
        states = dict(Nomination.objects.values_list("pk", "state"))
        assert (states[keep.pk], states[gone.pk]) == (NominationState.DEFERRED, NominationState.WITHDRAWN)
        people = DrawEntrant.objects.filter(draw=draw, nomination__in=[keep, gone])
        assert set(people.values_list("nomination__person_id", flat=True)) == {keep.person_id}
    assert "this draw comes out the same" in as_user(alice).get(reverse("cohorts-draw", args=[draw.pk])).text


def test_erasing_a_person_leaves_the_draw_whole_and_no_word_of_why_they_were_left_out(
    scheme: Scheme, waiting: list[Nomination], place: Place, alice: Worker, as_user: AsUser
) -> None:
    with act_in(alice.scope):
        draw = make_draw(
            scheme, waiting[:4], by=alice.scope, places=2, left_out={waiting[4].pk: "MAPPA level 3"}, state="drawn"
        )
    for each in (waiting[0], waiting[4]):
        agency = each.owner_agency_id
        with act_in(place.system()) as system:
            Nomination.objects.filter(pk=each.pk).update(
                state="declined", closed_by=1, closed_at=AT, deferred_until=None
            )
            planned = erasing.plan(scope=system, person_id=each.person_id, agency_id=agency)
            done = erasing.erase(by=system, person_id=each.person_id, agency_id=agency, at=AT)
        assert planned == done
        assert done["cohorts.DrawEntrant"]["rows"] == 1
    with act_in(place.system()):
        kept = DrawEntrant.objects.get(draw=draw, nomination=waiting[0])
        left = DrawEntrant.objects.get(draw=draw, nomination=waiting[4])
    assert draw.order[kept.place - 1] == kept.key
    assert left.left_out_because == "(removed)"
    assert kept.settled_at.month == 1, "to the year"
    assert "this draw comes out the same" in as_user(alice).get(reverse("cohorts-draw", args=[draw.pk])).text


def test_who_was_drawn_is_kept_for_measuring_what_came_of_it(
    scheme: Scheme, waiting: list[Nomination], alice: Worker, chair: Worker, manager: Worker
) -> None:
    """By the draw, whatever became of the place: one drawn is declined, one not drawn is selected."""
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    with act_in(chair.scope):
        order = drawn_in_order(draw, waiting)
        declined = selection(manager, outcome=Outcome.DECLINE, reasons="Turned the place down")
        cohorts.decide(nomination=order[0], verdict=declined, by=chair.scope, at=AT)
        against = selection(manager, against_draw="Released on Friday")
        cohorts.decide(nomination=order[4], verdict=against, by=chair.scope, at=AT)
        sides = dict(DrawEntrant.objects.filter(draw=draw).values_list("place", "is_drawn"))
    assert sides == {1: True, 2: True, 3: False, 4: False, 5: False}


@pytest.mark.parametrize("number", [5, 30])
def test_the_page_asks_no_more_for_more_people(
    number: int, scheme: Scheme, place: Place, alice: Worker, chair: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        people: list[Person] = [make_person(place, family_name=f"Ash{each}") for each in range(number)]
    with act_in(chair.scope):
        waiting = [wait_for_place(nominate(person, scheme, chair.scope), chair.scope) for person in people]
    with act_in(alice.scope):
        draw = make_draw(scheme, waiting, by=alice.scope, places=2, state="drawn")
    client = as_user(alice)
    client.get(reverse("cohorts-scheme", args=[scheme.slug]))
    for name, arguments, most in (
        ("cohorts-draw", [draw.pk], 22),
        ("cohorts-open-draw", [scheme.slug], 22),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name, args=arguments)).status_code == 200
        assert len(captured) <= most, name
