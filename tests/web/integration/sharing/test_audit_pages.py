"""Information governance asks the audit record, and reviews looks at people."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import Scope, act_in
from iom.agreements.choices.limits import LimitKind
from iom.agreements.operations import limits as agreements
from iom.agreements.queries.limits import limited
from iom.audit import operations as audit
from iom.audit import queries
from iom.audit.choices import Kind
from iom.audit.models import Event, Mention, Value
from iom.common.errors import NotAllowed, WrongState
from iom.partnerships import operations as partnerships
from iom.people.models import Person
from iom.sharing import tasks
from iom.sharing.choices.looks import Doubt, Finding
from iom.sharing.models import LookReview
from iom.sharing.operations import looks
from iom.sharing.queries import events
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import link_people, make_record

SignIn = Callable[[Worker], Client]


@pytest.fixture
def ines(place: Place) -> Worker:
    """The information governance lead of Westmarch, at the council."""
    return make_worker(place, "ines", agency="Council", roles=["information-governance"])


@pytest.fixture
def robin(place: Place) -> Person:
    """Somebody whose record only the police see."""
    with act_in(place.system()):
        record = make_record(
            place, audience="own", given_names="Robin", family_name="Marsh", pnc_id="2001/0000001Q", postcode="ZW1 1AA"
        )
    return link_people(place, {"robin": [record]})["robin"]


def shown(page: HttpResponse) -> list[int]:
    """The ids of the events or reviews that a page lists."""
    return [int(found) for found in re.findall(r'href="/audit/(?:looks/)?(\d+)"', page.content.decode())]


def look(worker: Worker, *person_ids: int, at: datetime = AT, reason: str = "") -> None:
    with act_in(worker.scope):
        if len(person_ids) == 1:
            audit.viewed(by=worker.scope, at=at, person_id=person_ids[0], page="overview", reason=reason)
        else:
            audit.viewed_list(by=worker.scope, at=at, person_ids=person_ids, action="view.cohort")


def test_who_has_looked_at_this_person(
    alice: Worker, bob: Worker, charlie: Worker, ines: Worker, robin: Person, as_user: SignIn
) -> None:
    """By an identifier of a record that who asks may not see; lists that named the person are looks too."""
    look(alice, robin.pk, reason="Asked by the duty sergeant")
    look(bob, robin.pk, robin.pk + 1)
    look(charlie, robin.pk)
    page = as_user(ines).get(reverse("sharing-audit"), {"person": "2001/0000001Q"})
    text = page.content.decode()
    assert page.status_code == 200
    with act_in(ines.scope):
        assert [Event.objects.get(pk=pk).actor_id for pk in shown(page)] == [bob.user.pk, alice.user.pk]
    assert "a list of 2 people" in text
    assert "a reason was given" in text
    assert "duty sergeant" not in text, "the police wrote it, and who asks is of the council"
    assert str(robin.public_id)[:8] in text
    assert "Marsh" not in text
    assert text.count("Not sealed yet") == 2


def test_asking_is_recorded_itself(ines: Worker, robin: Person, as_user: SignIn) -> None:
    as_user(ines).get(reverse("sharing-audit"), {"person": str(robin.public_id)})
    with act_in(ines.scope):
        event = Event.objects.get(action="view.audit")
        assert (event.actor_id, event.person_id) == (ines.user.pk, robin.pk)


@pytest.mark.parametrize(
    ("typed", "said"), [("2099/0000001Q", "Nobody in the index"), ("Marsh", "More than one person")]
)
def test_a_person_who_cannot_be_told_is_said_so(
    place: Place, ines: Worker, robin: Person, as_user: SignIn, typed: str, said: str
) -> None:
    with act_in(place.system()):
        alex = make_record(place, given_names="Alex", family_name="Marsh")
    link_people(place, {"alex": [alex]})
    client = as_user(ines)
    page = client.get(reverse("sharing-audit"), {"person": typed})
    assert said in page.content.decode()
    assert shown(page) == []
    file = client.get(reverse("sharing-audit-export", args=["csv"]), {"person": typed}, follow=True)
    assert said in file.content.decode(), "no file, but the page that says what is wrong"
    with act_in(ines.scope):
        events = list(Event.objects.filter(action="view.audit").values_list("person_id", "detail"))
    assert events == [(None, {"not_read": ["person"]})] * 2, "who was looked for in vain is recorded too, not by name"


@pytest.fixture
def shut_out(place: Place, robin: Person, ines: Worker, alice: Worker) -> Scope:
    """The scope of Ines, who is excluded from Robin's record; she and the police have written reasons about Robin."""
    look(ines, robin.pk, reason="She asked after her brother")
    look(alice, robin.pk, reason="Asked by the duty sergeant")
    look(ines, robin.pk, robin.pk + 1)
    look(alice, robin.pk + 1)
    with act_in(alice.scope):
        agreements.place_limit(
            person=robin, kind=LimitKind.EXCLUDED, user_ids=[ines.user.pk], agency_ids=[], reason="They are siblings.",
            tells_reader=False, wording="", contact="", review_on=timezone.localdate() + timedelta(days=90),
            by=alice.scope, at=timezone.now(),
        )  # fmt: skip
    return limited(ines.scope, at=timezone.now())


def test_who_is_shut_out_finds_nothing_of_the_person_in_the_record(
    robin: Person, ines: Worker, alice: Worker, shut_out: Scope, as_user: SignIn
) -> None:
    """Limited access holds in the record of looks as everywhere: by name, in the list, in one event, in the file."""
    client, address = as_user(ines), reverse("sharing-audit")
    for typed in ("2001/0000001Q", "Robin Marsh", str(robin.public_id)):
        page = client.get(address, {"person": typed})
        assert "Nobody in the index" in page.content.decode()
        assert shown(page) == []
    hidden = {event.pk for event in audit_events(robin, alice)}
    assert len(hidden) == 4, "three looks, and the limit itself"
    assert not hidden & {*shown(client.get(address))}
    for pk in hidden:
        assert client.get(reverse("sharing-audit-event", args=[pk])).status_code == 404
    file = client.get(reverse("sharing-audit-export", args=["csv"])).content.decode()
    assert "siblings" not in file
    assert "brother" not in file
    assert not hidden & {int(line.split(",")[0]) for line in file.splitlines()[1:]}


def audit_events(person: Person, worker: Worker) -> list[Event]:
    with act_in(worker.scope):
        return list(queries.about(person_id=person.pk, scope=worker.scope).exclude(action="view.audit"))


def test_the_record_is_kept_by_both_walls_alike(robin: Person, ines: Worker, alice: Worker, shut_out: Scope) -> None:
    expected = len(audit_events(robin, alice))
    with act_in(ines.scope):
        before = set(Event.objects.values_list("pk", flat=True))
        assert Value.objects.count() == 1
    with act_in(shut_out):
        assert set(queries.events(scope=shut_out).values_list("pk", flat=True)) == set(
            Event.objects.values_list("pk", flat=True)
        )
        assert len(before) - Event.objects.count() == expected
        assert not Mention.objects.filter(person_id=robin.pk).exists()
        assert not Value.objects.exists(), "nor what she wrote about him herself"
        assert events.values_of(event_ids=[*before], scope=shut_out) == {}
        assert audit.record(
            by=shut_out, at=AT, kind=Kind.ACCESS, action="test.add", subject_type="x", subject_id=1, person_id=robin.pk
        ), "the record is added to whoever it is about"


def test_a_look_at_somebody_they_are_shut_out_of_is_not_theirs_to_review(
    place: Place, robin: Person, ines: Worker, alice: Worker, shut_out: Scope, as_user: SignIn
) -> None:
    with act_in(place.system()):
        looks.draw_sample(count=10, by=place.system(), at=AT + timedelta(days=1))
        about = LookReview.objects.filter(person_id=robin.pk, actor_id=alice.user.pk).get()
        other = LookReview.objects.exclude(person_id=robin.pk).get()
    with act_in(shut_out):
        assert list(LookReview.objects.all()) == list(LookReview.objects.visible_to(shut_out)) == [other]
        assert looks.draw_sample(count=10, by=shut_out, at=AT + timedelta(days=1)) == 1, "nor is it drawn"
    client = as_user(ines)
    assert client.get(reverse("sharing-look", args=[about.pk])).status_code == 404
    assert about.pk not in shown(client.get(reverse("sharing-looks")))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "disclosure"}, {"export.people"}),
        ({"since_day": "24", "since_month": "11", "since_year": "2026"}, {"view.overview"}),
        ({"until_day": "23", "until_month": "11", "until_year": "2026", "kind": "disclosure"}, {"export.people"}),
    ],
)
def test_the_record_is_asked_by_kind_and_day(
    alice: Worker, ines: Worker, as_user: SignIn, asked: dict[str, str], expected: set[str]
) -> None:
    look(alice, 5, at=AT + timedelta(days=1))
    with act_in(alice.scope):
        audit.record(
            by=alice.scope, at=AT, kind=Kind.DISCLOSURE, action="export.people", subject_type="x", subject_id=1
        )
    page = as_user(ines).get(reverse("sharing-audit"), {**asked, "user": alice.user.pk})
    with act_in(ines.scope):
        assert {Event.objects.get(pk=pk).action for pk in shown(page)} == expected


def test_pages_go_back_in_time_with_a_bounded_number_of_queries(
    alice: Worker, ines: Worker, as_user: SignIn, django_assert_max_num_queries: Callable
) -> None:
    for person_id in range(60):
        look(alice, person_id)
    client = as_user(ines)
    asked = {"user": alice.user.pk}
    with django_assert_max_num_queries(35):
        page = client.get(reverse("sharing-audit"), asked)
    rows = shown(page)
    older = shown(client.get(reverse("sharing-audit"), {**asked, "before": rows[-1]}))
    assert f"before={rows[-1]}" in page.content.decode()
    assert (len(rows), len(older)) == (50, 10)
    assert max(older) < min(rows)


def test_an_event_shows_its_place_in_the_chain(place: Place, alice: Worker, ines: Worker, as_user: SignIn) -> None:
    look(alice, 5, 6)
    with act_in(place.system()):
        event = Event.objects.get(action="view.cohort")
        number = Event.objects.filter(pk__lte=event.pk).count()
    address = reverse("sharing-audit-event", args=[event.pk])
    assert "Not sealed yet" in as_user(ines).get(address).content.decode()
    with act_in(place.system()):
        audit.seal(by=place.system(), at=timezone.now())
    page = as_user(ines).get(address)
    assert f"Event {number} of the chain, in seal 1" in page.content.decode()
    assert page.content.decode().count("no longer there") >= 2


def test_a_count_of_people_names_nobody(place: Place, ines: Worker, as_user: SignIn) -> None:
    with act_in(place.system()):
        audit.record(
            by=place.system(), at=AT, kind=Kind.COMBINATION, action="people.link", subject_type="x", subject_id=1,
            detail={"people": 12},
        )  # fmt: skip
        event = Event.objects.get(action="people.link")
    assert as_user(ines).get(reverse("sharing-audit")).status_code == 200
    page = as_user(ines).get(reverse("sharing-audit-event", args=[event.pk])).content.decode()
    assert ">12<" in page
    assert "12 people" not in page


def test_an_event_of_another_partnership_is_not_there(charlie: Worker, ines: Worker, as_user: SignIn) -> None:
    look(charlie, 5)
    with act_in(charlie.scope):
        event = Event.objects.get(action="view.overview")
    assert as_user(ines).get(reverse("sharing-audit-event", args=[event.pk])).status_code == 404


def test_what_is_found_leaves_as_a_file_and_is_recorded(alice: Worker, ines: Worker, as_user: SignIn) -> None:
    look(alice, 5)
    file = as_user(ines).get(reverse("sharing-audit-export", args=["csv"]), {"user": alice.user.pk})
    assert "Looked at: overview" in file.content.decode("utf-8-sig")
    with act_in(ines.scope):
        assert Event.objects.get(action="export.audit").detail == {"rows": 1, "kind": "csv"}


# --- looks to review


def found(place: Place) -> list[tuple[str, int, int | None]]:
    with act_in(place.system()):
        return sorted(LookReview.objects.values_list("doubt", "actor_id", "person_id"))


def search(place: Place) -> int:
    with act_in(place.system()):
        return looks.find_anomalies(
            since=AT - timedelta(days=1), until=AT + timedelta(days=1), by=place.system(), at=AT
        )


def test_anomalies_are_found_once(place: Place, robin: Person) -> None:
    """Own name, own postcode and a night, against the record's own words; a second search finds nothing new."""
    marsh = make_worker(place, "marsh", agency="Police", roles=["coordinator"])
    type(marsh.user).objects.filter(pk=marsh.user.pk).update(name="Robin Marsh")
    neighbour = make_worker(place, "neighbour", agency="Police", roles=["coordinator"])
    with act_in(neighbour.scope):
        partnerships.set_home_postcode(postcode="zw1 1aa", by=neighbour.scope, at=AT)
    look(marsh, robin.pk)
    look(neighbour, robin.pk)
    look(neighbour, robin.pk + 1, at=AT.replace(hour=23))
    expected = [
        ("out-of-hours", neighbour.user.pk, None),
        ("own-record", marsh.user.pk, robin.pk),
        ("same-address", neighbour.user.pk, robin.pk),
    ]
    assert search(place) == 3
    assert found(place) == expected
    assert search(place) == 0
    assert found(place) == expected


def test_the_nightly_task_looks_through_whole_days(place: Place, alice: Worker) -> None:
    last_night = timezone.localtime().replace(hour=23, minute=30) - timedelta(days=1)
    look(alice, 5, at=last_night)
    look(alice, 5, at=timezone.localtime().replace(hour=0, minute=0, second=0))
    tasks.find_anomalies(0)
    assert found(place) == [("out-of-hours", alice.user.pk, None)]
    with act_in(place.system()):
        assert len(LookReview.objects.get().event_ids) == 1


@pytest.fixture
def drawn(alice: Worker, ines: Worker) -> LookReview:
    look(alice, 5, at=timezone.now())
    with act_in(ines.scope):
        assert looks.draw_sample(count=3, by=ines.scope, at=timezone.now()) == 1
        return LookReview.objects.get()


def test_a_drawn_look_is_reviewed(drawn: LookReview, alice: Worker, ines: Worker, as_user: SignIn) -> None:
    client = as_user(ines)
    assert "1 look at the record waits for review" in client.get(reverse("today")).content.decode()
    assert "Alice" in client.get(reverse("sharing-looks")).content.decode()
    page = client.post(reverse("sharing-look", args=[drawn.pk]), {"finding": "justified"})
    assert "Enter what you were told" in page.content.decode()
    done = client.post(
        reverse("sharing-look", args=[drawn.pk]), {"finding": "justified", "note": "Custody check, her sergeant says"}
    )
    assert done.status_code == 302
    with act_in(ines.scope):
        drawn.refresh_from_db()
        assert (drawn.finding, drawn.reviewed_by) == ("justified", ines.user.pk)
        event = Event.objects.get(action="sharing.review")
        assert "sergeant" not in str(event.reason) + str(event.detail)
    assert shown(client.get(reverse("sharing-looks"))) == []
    assert shown(client.get(reverse("sharing-looks"), {"list": "done"})) == [drawn.pk]


def test_the_second_of_two_reviewers_is_told(place: Place, drawn: LookReview, ines: Worker) -> None:
    other = make_worker(place, "other", agency="Police", roles=["information-governance"])
    given = {"review_id": drawn.pk, "finding": Finding.JUSTIFIED, "note": "Custody check", "at": AT}
    with act_in(ines.scope):
        looks.review(**given, by=ines.scope)
    with act_in(other.scope), pytest.raises(WrongState, match="meanwhile"):
        looks.review(**given, by=other.scope)


def test_nobody_reviews_themselves(place: Place, ines: Worker, as_user: SignIn) -> None:
    look(ines, 5, at=timezone.now())
    with act_in(ines.scope):
        looks.draw_sample(count=1, by=ines.scope, at=timezone.now())
        own = LookReview.objects.get()
        with pytest.raises(NotAllowed, match="yourself"):
            looks.review(review_id=own.pk, finding=Finding.JUSTIFIED, note="I had to", by=ines.scope, at=AT)
    page = as_user(ines).get(reverse("sharing-look", args=[own.pk])).content.decode()
    assert "Somebody else must review it" in page
    assert "Record the review" not in page


def test_a_review_of_another_partnership_is_not_there(drawn: LookReview, elsewhere: Place, as_user: SignIn) -> None:
    stranger = make_worker(elsewhere, "stranger", agency="Police", roles=["information-governance"])
    client = as_user(stranger)
    assert client.get(reverse("sharing-look", args=[drawn.pk])).status_code == 404
    assert shown(client.get(reverse("sharing-looks"))) == []
    with act_in(stranger.scope):
        assert not LookReview.objects.exists(), "row-level security alone"
    assert Doubt(drawn.doubt) == Doubt.DIP_SAMPLE
