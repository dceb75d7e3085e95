"""What Today says of the cohort: the news about the members a user leads or runs, and only what they may see."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts.models import Scheme
from iom.govuk.filters import date as date_filter
from iom.home import presenters
from iom.people.models import Arrest, CustodySpell, DrugTest, Person, SourceRecord
from tests.factories.cohorts import make_member
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import add_event

SignIn = Callable[[Worker], Client]


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def pia(place: Place) -> Worker:
    return make_worker(place, "pia", agency="Probation", roles=["practitioner"])


@pytest.fixture
def record(place: Place, person: Person, scheme: Scheme, pia: Worker, alice: Worker, chair: Worker) -> SourceRecord:
    """The police record of a member of the cohort whom Pia leads."""
    with act_in(chair.scope):
        make_member(person, scheme, lead=pia, nominated_by=alice.scope, by=chair.scope)
    with act_in(place.system()):
        return SourceRecord.objects.get(person=person)


def test_a_new_arrest_and_a_positive_test_are_news_for_two_weeks(
    place: Place, person: Person, record: SourceRecord, pia: Worker, as_user: SignIn
) -> None:
    with act_in(place.system()):
        for on, code in ((days_ago(1), "02801"), (days_ago(1), ""), (days_ago(13), ""), (days_ago(14), "02802")):
            add_event(Arrest, record, person=person, arrest_date=on, offence_code=code)
        for on, result in ((days_ago(2), "positive"), (days_ago(3), "negative"), (days_ago(14), "positive")):
            add_event(DrugTest, record, person=person, test_date=on, result=result, cocaine=result == "positive")
    page = as_user(pia).get("/").text
    assert page.count("was arrested") == 2
    assert f"{person.name} was arrested: Burglary" in page
    assert page.count("Positive drug test") == 1
    assert f"Positive drug test of {person.name}: Cocaine" in page
    assert f'href="/people/{person.public_id}/timeline"' in page


def test_what_one_agency_keeps_to_itself_is_no_news_for_another(
    place: Place, person: Person, record: SourceRecord, pia: Worker, alice: Worker, as_user: SignIn
) -> None:
    with act_in(place.system()):
        add_event(Arrest, record, person=person, arrest_date=days_ago(1), audience="own")
    assert "was arrested" in as_user(alice).get("/").text
    assert "was arrested" not in as_user(pia).get("/").text


def test_news_goes_to_who_leads_the_person(
    place: Place, person: Person, record: SourceRecord, manager: Worker, as_user: SignIn
) -> None:
    with act_in(place.system()):
        add_event(Arrest, record, person=person, arrest_date=days_ago(1))
    assert "was arrested" not in as_user(manager).get("/").text
    assert "was arrested" in as_user(manager).get(f"/people/{person.public_id}").text


def test_news_stands_behind_what_is_to_be_done_the_newest_first(
    place: Place, person: Person, record: SourceRecord, pia: Worker, as_user: SignIn
) -> None:
    with act_in(place.system()):
        for days in range(1, 13):
            add_event(Arrest, record, person=person, arrest_date=days_ago(days), offence_code="02801")
            add_event(DrugTest, record, person=person, test_date=days_ago(days), result="positive", cocaine=True)
        end = timezone.localdate() + timedelta(days=20)
        add_event(CustodySpell, record, person=person, start_date=days_ago(60), end_date=end, prison="HMP Eastgate")
    page = as_user(pia).get("/").text
    release, arrests = page.index(f"Release of {person.name}"), page.index("was arrested")
    assert release < page.index("New in the last 14 days") < arrests
    assert page.index(date_filter(days_ago(1))) < page.index(date_filter(days_ago(12)))


def test_all_news_is_counted_though_not_all_is_shown(
    place: Place, person: Person, record: SourceRecord, pia: Worker, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenters, "SHOWN", 5)
    with act_in(place.system()):
        for days, cocaine in product(range(1, 14), (True, False)):
            found = {"test_date": days_ago(days), "result": "positive", "cocaine": cocaine}
            add_event(DrugTest, record, person=person, **found)
    page = as_user(pia).get("/").text
    assert page.count("Positive drug test") == 5
    assert "And 21 more." in page


def test_news_costs_the_pages_it_stands_on_no_query_for_each_line(
    place: Place, person: Person, record: SourceRecord, pia: Worker, as_user: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = as_user(pia)
    for days in range(1, 13):
        with act_in(place.system()):
            add_event(Arrest, record, person=person, arrest_date=days_ago(days), offence_code="02801")
            add_event(DrugTest, record, person=person, test_date=days_ago(days), result="positive", cocaine=True)
        for page in ("/", f"/people/{person.public_id}"):
            with django_assert_max_num_queries(45):
                assert client.get(page).text.count("was arrested") == days


def test_who_is_named_on_today_is_in_the_audit_record(
    place: Place, person: Person, record: SourceRecord, pia: Worker, bob: Worker, as_user: SignIn
) -> None:
    with act_in(place.system()):
        add_event(Arrest, record, person=person, arrest_date=days_ago(1))
    for worker in (pia, bob):
        assert as_user(worker).get("/").status_code == 200
    with act_in(place.system()):
        seen = Event.objects.filter(action="view.today").values_list("actor_id", "detail")
        assert [*seen] == [(pia.user.pk, {"people": [person.pk]})]


@pytest.mark.parametrize("role", ["partner-worker", "board-member", "analyst", "information-governance"])
def test_news_is_kept_from_who_does_not_manage_the_cohort(
    role: str, place: Place, person: Person, record: SourceRecord, as_user: SignIn
) -> None:
    with act_in(place.system()):
        add_event(Arrest, record, person=person, arrest_date=days_ago(1))
        add_event(DrugTest, record, person=person, test_date=days_ago(1), result="positive", cocaine=True)
    worker = make_worker(place, "other", agency="Council", roles=[role])
    page = as_user(worker).get("/").text
    assert person.name not in page
    assert "was arrested" not in as_user(worker).get(f"/people/{person.public_id}").text
