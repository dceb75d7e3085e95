"""The nights when the clocks in London change, and the hour of a summer night in which Greenwich is a day behind.

A day is a day in London; hours are hours that pass, whatever a clock on the wall shows.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from iom.access.scope import act_in
from iom.agreements.choices.limits import Emergency, LimitKind
from iom.agreements.models import LimitedAccess
from iom.agreements.operations import limits
from iom.agreements.queries.limits import limited
from iom.common.errors import InvalidInput, WrongState
from iom.people.models import Person, Sanction
from iom.sharing.models import LegalHold, RetentionReview, RightsRequest
from iom.sharing.operations import retention, rights, subject_access
from iom.sharing.operations.rights import RightAsked
from iom.sharing.operations.subject_access import Asked
from iom.sharing.queries import subject_access as queries
from iom.sharing.queries.clock import clock_of
from iom.sharing.rules import clock as rules
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_person, make_record

SPRING = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # half an hour before one o'clock becomes two
AUTUMN = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # half an hour before two o'clock becomes one again
SUMMER_NIGHT = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 July in London
IN_LONDON = date(2027, 7, 2)
NIGHTS = pytest.mark.parametrize("at", [SPRING, AUTUMN])


@pytest.fixture
def manager(place: Place) -> Worker:
    return make_worker(place, "mary", agency="Probation", roles=["manager"])


@pytest.fixture
def practitioner(place: Place) -> Worker:
    return make_worker(place, "peter", agency="Probation", roles=["practitioner"])


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Police", roles=["information-governance"])


@pytest.fixture
def person(place: Place) -> Person:
    with act_in(place.system()):
        return make_person(place)


@NIGHTS
@pytest.mark.parametrize("hours", [1, 4, 8])
def test_an_emergency_is_open_for_as_many_hours_as_pass(
    at: datetime, hours: int, person: Person, practitioner: Worker
) -> None:
    with act_in(practitioner.scope):
        access = limits.open_emergency(
            person_id=person.pk, emergency=Emergency.LIFE, reason="He is at the counter with a knife", hours=hours,
            told_agencies=[], by=practitioner.scope, at=at,
        )  # fmt: skip
    second = timedelta(seconds=1)
    for moment, is_open in ((at, True), (at + timedelta(hours=hours) - second, True), (access.closes_at, False)):
        assert bool(limited(practitioner.scope, at=moment).people_opened) == is_open
    assert access.closes_at.astimezone(UTC) == at + timedelta(hours=hours)


def test_an_emergency_after_midnight_is_reviewed_three_days_from_that_day(person: Person, practitioner: Worker) -> None:
    with act_in(practitioner.scope):
        access = limits.open_emergency(
            person_id=person.pk, emergency=Emergency.LIFE, reason="He is at the counter with a knife", hours=1,
            told_agencies=[], by=practitioner.scope, at=SUMMER_NIGHT,
        )  # fmt: skip
    assert access.review_due_on == IN_LONDON + timedelta(days=3)


def place_limit(person: Person, by: Worker, against: Worker, *, at: datetime, review_on: date) -> LimitedAccess:
    with act_in(by.scope):
        return limits.place_limit(
            person=person, kind=LimitKind.EXCLUDED, user_ids=[against.user.pk], agency_ids=[], reason="Cousins",
            tells_reader=False, wording="", contact="Duty manager", review_on=review_on, by=by.scope, at=at,
        )  # fmt: skip


@pytest.mark.parametrize("days_before", [0, 3, 6])
@NIGHTS
def test_a_limit_without_a_second_person_holds_for_seven_whole_days(
    at: datetime, days_before: int, person: Person, manager: Worker, practitioner: Worker
) -> None:
    """The hour that is missing or there twice is neither taken from them nor given."""
    placed = at - timedelta(days=days_before)
    limit = place_limit(person, manager, practitioner, at=placed, review_on=placed.date() + timedelta(days=30))
    week = timedelta(days=7)
    for passed, holds in ((week - timedelta(seconds=1), True), (week, False)):
        found = limited(practitioner.scope, at=placed + passed).people_shut_out
        assert found == ([person.pk] if holds else [])
    second = another(manager)
    with act_in(second.scope), pytest.raises(WrongState):
        limits.confirm_limit(limit=limit, by=second.scope, at=placed + week)


def another(manager: Worker) -> Worker:
    """Another manager of the same agency."""
    return Worker(manager.user, replace(manager.scope, user_id=manager.user.pk + 1000))


def test_the_review_of_a_limit_is_counted_from_the_day_in_london(
    person: Person, manager: Worker, practitioner: Worker
) -> None:
    with pytest.raises(InvalidInput):
        place_limit(person, manager, practitioner, at=SUMMER_NIGHT, review_on=IN_LONDON)
    placed = place_limit(person, manager, practitioner, at=SUMMER_NIGHT, review_on=IN_LONDON + timedelta(days=366))
    assert placed.review_on == date(2028, 7, 2)


# When something is done, which day that is in London, and the day a calendar month later.
DAYS = pytest.mark.parametrize(
    ("at", "day", "due"),
    [
        (SUMMER_NIGHT, IN_LONDON, date(2027, 8, 2)),
        # 23:30 of the day before by Greenwich, and half an hour into the day on which the clocks go back.
        (datetime(2027, 10, 30, 23, 30, tzinfo=UTC), date(2027, 10, 31), date(2027, 11, 30)),
        # One o'clock at night comes twice: the same day both times.
        (datetime(2027, 10, 31, 0, 15, tzinfo=UTC), date(2027, 10, 31), date(2027, 11, 30)),
        (datetime(2027, 10, 31, 1, 15, tzinfo=UTC), date(2027, 10, 31), date(2027, 11, 30)),
        # The last half hour of the day on which they went forward is the next day in London.
        (datetime(2027, 3, 28, 23, 30, tzinfo=UTC), date(2027, 3, 29), date(2027, 4, 29)),
        (datetime(2027, 3, 27, 23, 30, tzinfo=UTC), date(2027, 3, 27), date(2027, 4, 27)),
    ],
)


@DAYS
def test_the_clock_of_subject_access_starts_on_the_day_in_london(
    at: datetime, day: date, due: date, person: Person, irene: Worker
) -> None:
    asked = Asked(day, "email", "Everything", "not-yet")
    tomorrow = replace(asked, received_on=day + timedelta(days=1))
    with act_in(irene.scope):
        with pytest.raises(InvalidInput, match="future"):
            subject_access.record(person=person, asked=tomorrow, by=irene.scope, at=at)
        made = subject_access.record(person=person, asked=asked, by=irene.scope, at=at)
        subject_access.confirm_identity(request=made, check="documents", note_of_it="Passport", by=irene.scope, at=at)
        found = queries.get_request(request_id=made.pk, scope=irene.scope)
        clock = clock_of(found)
    assert [stop.ended_on for stop in clock.stops] == [day]
    assert rules.due_on(clock) == due


@DAYS
def test_the_clock_of_a_request_about_rights_starts_on_the_day_in_london(
    at: datetime, day: date, due: date, person: Person, irene: Worker
) -> None:
    asked = RightAsked("restrict", day, "email", "Leave it alone", "not-yet")
    tomorrow = replace(asked, received_on=day + timedelta(days=1))
    with act_in(irene.scope):
        with pytest.raises(InvalidInput):
            rights.record(person=person, asked=tomorrow, by=irene.scope, at=at)
        made = rights.record(person=person, asked=asked, by=irene.scope, at=at)
        rights.confirm_identity(request=made, check="documents", by=irene.scope, at=at)
        found = RightsRequest.objects.get()
        clock = clock_of(found)
    assert found.identity_checked_on == day
    assert rules.due_on(clock) == due


@pytest.fixture
def due_that_night(place: Place) -> RetentionReview:
    """A record whose review is due on 2 July 2027: six clear years after its last event."""
    with act_in(place.system()):
        record = make_record(place)
        add_event(Sanction, record, sanction_date=date(2021, 7, 2), sanction_type="conviction", offence_code="04600")
    link_people(place, {"k1": [record]})
    with act_in(place.system()):
        retention.set_review_dates(after=0, by=place.system(), at=SUMMER_NIGHT)
        return RetentionReview.objects.get()


def test_a_record_falls_due_at_midnight_in_london(due_that_night: RetentionReview, irene: Worker) -> None:
    assert due_that_night.due_on == IN_LONDON
    hour = timedelta(hours=1)
    with act_in(irene.scope):
        with pytest.raises(WrongState):
            retention.propose(review_id=due_that_night.pk, reason="Too soon", by=irene.scope, at=SUMMER_NIGHT - hour)
        with pytest.raises(InvalidInput):
            retention.keep(
                review_id=due_that_night.pk, reason="Still needed", next_on=IN_LONDON, by=irene.scope,
                at=SUMMER_NIGHT,
            )  # fmt: skip
        retention.propose(review_id=due_that_night.pk, reason="Six years", by=irene.scope, at=SUMMER_NIGHT)


def test_a_hold_ends_at_midnight_in_london(place: Place, due_that_night: RetentionReview, irene: Worker) -> None:
    hour = timedelta(hours=1)
    with act_in(irene.scope):
        retention.place_hold(
            person=due_that_night.person, reason="A trial", until=IN_LONDON, by=irene.scope, at=SUMMER_NIGHT - hour
        )
        with pytest.raises(InvalidInput):
            retention.place_hold(
                person=due_that_night.person, reason="Again", until=IN_LONDON, by=irene.scope, at=SUMMER_NIGHT
            )
        assert LegalHold.objects.count() == 1
        retention.propose(review_id=due_that_night.pk, reason="Six years", by=irene.scope, at=SUMMER_NIGHT)


@NIGHTS
def test_the_nightly_dates_are_the_same_before_and_after_the_change(
    at: datetime, place: Place, due_that_night: RetentionReview
) -> None:
    for moment in (at, at + timedelta(hours=1), at + timedelta(hours=2)):
        with act_in(place.system()):
            retention.set_review_dates(after=0, by=place.system(), at=moment)
            assert RetentionReview.objects.get().due_on == IN_LONDON
