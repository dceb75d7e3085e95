"""A record kept from some, opened in an emergency, reviewed, and what becomes of both when people are merged."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import Scope, act_in
from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
from iom.agreements.models import EmergencyAccess, LimitedAccess
from iom.agreements.operations import limits as operations
from iom.agreements.queries.limits import limited
from iom.audit.models import Event
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.partnerships.models import Agency
from iom.people.models import Person, SourceRecord
from iom.sharing.operations import limits as merging
from iom.sharing.operations import requests
from iom.sharing.operations.requests import Asking
from iom.sharing.queries import limits as queries
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]
REASON = "He is at the counter and says that he will hurt somebody."


@pytest.fixture
def manager(place: Place) -> Worker:
    return make_worker(place, "mary", agency="Probation", roles=["manager"])


@pytest.fixture
def second(place: Place) -> Worker:
    return make_worker(place, "ian", agency="Probation", roles=["information-governance"])


@pytest.fixture
def practitioner(place: Place) -> Worker:
    return make_worker(place, "peter", agency="Probation", roles=["practitioner"])


@pytest.fixture
def person(place: Place) -> Person:
    with act_in(place.system()):
        return make_person(place, family_name="Quayle")


def place_limit(person: Person, by: Scope, **given: Any) -> LimitedAccess:
    at = timezone.now()
    values: dict[str, Any] = {
        "kind": LimitKind.EXCLUDED, "user_ids": [], "agency_ids": [], "reason": "They are cousins.",
        "tells_reader": False, "wording": "", "contact": "Duty manager", "review_on": at.date() + timedelta(days=90),
    }  # fmt: skip
    with act_in(by):
        return operations.place_limit(person=person, **{**values, **given}, by=by, at=at)


def test_nobody_is_kept_from_somebody_who_is_there_no_longer(place: Place, person: Person, manager: Worker) -> None:
    with act_in(place.system()):
        other = make_person(place)
        Person.objects.filter(pk=person.pk).update(merged_into=other)
    with pytest.raises(NotVisible):
        place_limit(person, manager.scope, user_ids=[1])


def seen_by(worker: Worker) -> Scope:
    """The scope in which the worker's next request acts."""
    return limited(worker.scope, at=timezone.now())


def test_who_is_kept_out_finds_the_person_nowhere_and_everybody_else_does(
    place: Place, person: Person, manager: Worker, practitioner: Worker, alice: Worker, as_user: AsUser
) -> None:
    address = reverse("people-person", args=[person.public_id])
    client = as_user(practitioner)
    assert client.get(address).status_code == 200
    place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id])
    answer = client.get(address)
    assert answer.status_code == 404
    assert "kept from you" not in answer.text
    assert "Jordan Quayle" not in client.get(reverse("people-search"), {"q": "Quayle"}).text
    assert "Limited access" in as_user(alice).get(address).text


def test_who_may_be_told_is_told_whom_to_ask_and_nothing_else(
    person: Person, manager: Worker, practitioner: Worker, as_user: AsUser
) -> None:
    words = {"tells_reader": True, "wording": "This record is limited.", "contact": "Duty manager, 01632 960000"}
    place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id], **words)
    answer = as_user(practitioner).get(reverse("people-person", args=[person.public_id]))
    assert answer.status_code == 404
    assert "This record is limited." in answer.text
    assert "01632 960000" in answer.text
    assert "Quayle" not in answer.text
    assert reverse("sharing-emergency", args=[person.public_id]) not in answer.text, "excluded by name: no way round"


def test_a_limit_that_nobody_confirms_ends_by_itself(person: Person, manager: Worker, practitioner: Worker) -> None:
    limit = place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id])
    before, after = (limited(practitioner.scope, at=limit.placed_at + timedelta(days=days)) for days in (6.99, 7))
    assert before.people_shut_out == [person.pk]
    assert after.people_shut_out == []


def test_a_second_person_confirms_and_only_one_of_two_at_once(
    place: Place, person: Person, manager: Worker, second: Worker, practitioner: Worker
) -> None:
    limit = place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id])
    third = make_worker(place, "olga", agency="Police", roles=["manager"])
    at = timezone.now()
    with act_in(manager.scope), pytest.raises(NotAllowed, match="Somebody else"):
        operations.confirm_limit(limit=limit, by=manager.scope, at=at)
    with act_in(second.scope):
        operations.confirm_limit(limit=limit, by=second.scope, at=at)
    with act_in(third.scope), pytest.raises(WrongState):
        operations.confirm_limit(limit=limit, by=third.scope, at=at)
    assert limited(practitioner.scope, at=at + timedelta(days=400)).people_shut_out == [person.pk]
    with act_in(manager.scope):
        operations.lift_limit(limit=limit, reason="She has moved to another team.", by=manager.scope, at=at)
        with pytest.raises(WrongState):
            operations.lift_limit(limit=limit, reason="Again", by=manager.scope, at=at)
    assert seen_by(practitioner).people_shut_out == []
    with act_in(place.system()):
        actions = list(
            Event.objects.filter(person_id=person.pk, action__contains="limit").values_list("action", flat=True)
        )
    assert sorted(actions) == ["agreements.confirm_limit", "agreements.lift_limit", "agreements.place_limit"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"user_ids": []}, "user_ids"),
        ({"agency_ids": [1]}, "agency_ids"),
        ({"user_ids": ["self"]}, "user_ids"),
        ({"kind": LimitKind.RESTRICTED}, "agency_ids"),
        ({"user_ids": [5], "tells_reader": True}, "wording"),
        ({"user_ids": [5], "review_on": timezone.localdate() + timedelta(days=400)}, "review_on"),
    ],
)
def test_a_limit_that_does_not_hold_together_is_refused(
    person: Person, manager: Worker, given: dict[str, Any], field: str
) -> None:
    if given.get("user_ids") == ["self"]:
        given = {"user_ids": [manager.scope.user_id]}
    with pytest.raises(InvalidInput) as refused:
        place_limit(person, manager.scope, **given)
    assert field in refused.value.fields


def test_a_merged_person_keeps_the_stricter_side_and_so_do_both_after_a_split(
    place: Place, person: Person, manager: Worker, practitioner: Worker
) -> None:
    with act_in(place.system()):
        other, third = make_person(place), make_person(place)
    place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id])
    at = timezone.now()
    with act_in(place.system()):
        merging.merge(by=place.system(), keep_id=other.pk, gone_id=person.pk, at=at)
        merging.merge(by=place.system(), keep_id=other.pk, gone_id=person.pk, at=at)
        merging.split(by=place.system(), person_id=other.pk, new_id=third.pk, source_record_ids=[], at=at)
        assert LimitedAccess.objects.count() == 3, "found twice, it is copied once"
    assert set(seen_by(practitioner).people_shut_out) == {person.pk, other.pk, third.pk}


def test_a_limit_follows_to_whom_another_limit_protects_already(
    place: Place, person: Person, manager: Worker, practitioner: Worker
) -> None:
    """Merged, split and merged back: each of two limits of one's own holds for everybody who may be meant."""
    with act_in(place.system()):
        kept, third = make_person(place), make_person(place)
    restricted = {"kind": LimitKind.RESTRICTED, "agency_ids": [practitioner.scope.agency_id]}
    place_limit(kept, manager.scope, **restricted)
    place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id])
    at = timezone.now()
    with act_in(place.system()):
        merging.merge(by=place.system(), keep_id=kept.pk, gone_id=person.pk, at=at)
    assert kept.pk in seen_by(practitioner).people_shut_out, "excluded by name, though their agency is let in"
    with act_in(place.system()):
        merging.split(by=place.system(), person_id=kept.pk, new_id=third.pk, source_record_ids=[], at=at)
        merging.merge(by=place.system(), keep_id=kept.pk, gone_id=third.pk, at=at)
        found = sorted(LimitedAccess.objects.values_list("person_id", "kind"))
    both = [LimitKind.EXCLUDED, LimitKind.RESTRICTED]
    assert found == sorted(
        [(person.pk, LimitKind.EXCLUDED), *((each.pk, kind) for each in (kept, third) for kind in both)]
    )


def test_a_confirmed_limit_follows_to_where_its_copy_would_lapse(
    place: Place, person: Person, manager: Worker, second: Worker, practitioner: Worker
) -> None:
    with act_in(place.system()):
        new = make_person(place)
    limit = place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id])
    at = timezone.now()
    with act_in(place.system()):
        merging.split(by=place.system(), person_id=person.pk, new_id=new.pk, source_record_ids=[], at=at)
    with act_in(second.scope):
        operations.confirm_limit(limit=limit, by=second.scope, at=at)
    with act_in(place.system()):
        merging.merge(by=place.system(), keep_id=new.pk, gone_id=person.pk, at=at)
    assert new.pk in limited(practitioner.scope, at=at + timedelta(days=8)).people_shut_out


def open_it(person: Person, worker: Worker, **given: Any) -> EmergencyAccess:
    scope = seen_by(worker)
    values: dict[str, Any] = {"emergency": Emergency.LIFE, "reason": REASON, "hours": 4, "at": timezone.now(), **given}
    with act_in(scope):
        told = queries.owners_opened(person_id=person.pk, scope=scope)
        return operations.open_emergency(person_id=person.pk, told_agencies=told, by=scope, **values)


def test_who_opened_a_record_in_an_emergency_can_ask_its_owner(place: Place, practitioner: Worker) -> None:
    with act_in(place.system()):
        person = make_person(place, agency="Treatment", audience="own", family_name="Quayle")
    open_it(person, practitioner)
    scope = seen_by(practitioner)
    asking = Asking(
        who="A Quayle", purpose="To keep him safe", necessity="Nobody else knows", question="What does he take?",
        kinds=["answers"], gateway="crime-and-disorder-s115", urgency="urgent",
    )  # fmt: skip
    with act_in(scope):
        made = requests.ask(
            person=person, agency=place.agencies["Treatment"], asking=asking, by=scope, at=timezone.now()
        )
    assert made.person_id == person.pk
    with act_in(place.system()):
        Person.objects.filter(pk=person.pk).update(merged_into=make_person(place))
    with act_in(scope), pytest.raises(NotVisible):
        requests.ask(person=person, agency=place.agencies["Treatment"], asking=asking, by=scope, at=timezone.now())


def test_an_emergency_opens_to_one_user_for_some_hours_and_tells_the_owner(
    place: Place, practitioner: Worker, manager: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        person = make_person(place, agency="Treatment", audience="own", family_name="Quayle")
    nurse = make_worker(place, "nora", agency="Treatment", roles=["manager"])
    access = open_it(person, practitioner)
    assert access.told_agencies == [place.agencies["Treatment"].pk]
    # Of what is opened to nobody yet, only who lets it be told is named.
    colleague = make_worker(place, "paula", agency="Probation", roles=["practitioner"])
    with act_in(place.system()):
        shared = make_person(place, family_name="Rook")
        for agency, points in (("Treatment", False), ("Prison", True)):
            Agency.objects.filter(pk=place.agencies[agency].pk).update(points=points)
            record = SourceRecord.objects.get(person=make_person(place, agency=agency, audience="own"))
            SourceRecord.objects.filter(pk=record.pk).update(person=shared)
    asked = as_user(colleague).get(reverse("sharing-emergency", args=[shared.public_id])).text
    assert "every agency whose record it opens is told" in asked
    assert "Prison" in asked
    assert "Treatment" not in asked
    client = as_user(practitioner)
    page = client.get(reverse("people-person", args=[person.public_id]))
    assert page.status_code == 200
    assert "Open to you in an emergency" in page.text
    with act_in(place.system()):
        look = Event.objects.filter(action="view.people.overview").latest("pk")
    assert look.detail["emergency_access"] == access.pk
    assert as_user(colleague).get(reverse("people-person", args=[person.public_id])).status_code == 404
    assert "opened a record in an emergency" in as_user(nurse).get(reverse("today")).text
    later = limited(practitioner.scope, at=access.closes_at)
    assert later.people_opened == []
    assert client.post(reverse("sharing-emergency-own", args=[access.pk])).status_code == 302
    assert client.get(reverse("people-person", args=[person.public_id])).status_code == 404


def test_who_presses_twice_opens_once(person: Person, practitioner: Worker) -> None:
    """Both requests began before either had opened it."""
    scope, at = seen_by(practitioner), timezone.now()
    asked: dict[str, Any] = {"emergency": Emergency.LIFE, "reason": REASON, "hours": 4, "told_agencies": []}
    with act_in(scope):
        access = operations.open_emergency(person_id=person.pk, **asked, by=scope, at=at)
        with pytest.raises(WrongState, match="open to you already"):
            operations.open_emergency(person_id=person.pk, **asked, by=scope, at=at)
        operations.close_emergency(access=access, by=scope, at=at)
        operations.open_emergency(person_id=person.pk, **asked, by=scope, at=at)


def test_nobody_reviews_their_own_and_the_second_of_two_reviewers_is_told(
    place: Place, person: Person, manager: Worker, second: Worker, as_user: AsUser
) -> None:
    access = open_it(person, manager)
    at = timezone.now()
    with act_in(manager.scope), pytest.raises(NotAllowed):
        operations.review_emergency(
            access=access, finding=AccessFinding.JUSTIFIED, note="Mine", by=manager.scope, at=at
        )
    form = {"finding": "justified", "note": "I asked the duty officer."}
    address = reverse("sharing-emergency-review", args=[access.pk])
    third = make_worker(place, "olga", agency="Probation", roles=["manager"])
    late = as_user(third)
    assert late.get(address).status_code == 200
    assert as_user(second).post(address, form).status_code == 302
    assert late.post(address, form).status_code == 409
    report = as_user(second).get(reverse("sharing-emergencies"))
    assert "It was an emergency, and what was opened was needed" in report.text
    assert person.name not in report.text, "information governance does no casework: people are numbers"
    taken = as_user(second).get(reverse("sharing-emergencies-export", args=["csv"]))
    assert REASON in taken.text


def test_the_report_of_a_month_counts_that_month_and_what_waits_is_looked_at_whenever_it_was(
    place: Place, person: Person, manager: Worker, second: Worker, as_user: AsUser
) -> None:
    access = open_it(person, manager)
    then = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)  # half past eleven in London
    with act_in(place.system()):
        EmergencyAccess.objects.filter(pk=access.pk).update(
            opened_at=then, closes_at=then + timedelta(hours=4), review_due_on=date(2025, 4, 3)
        )
    client, address = as_user(second), reverse("sharing-emergencies")
    figure = re.compile(r'<dd class="govuk-summary-list__value">\s*(.*?)\s*</dd>')
    told = {month: figure.findall(client.get(address, {"month": month}).text) for month in ("2025-03", "2025-04")}
    # Opened; by Probation; reviewed; late or overdue. In April none was.
    assert told["2025-03"][:4] == ["1", "1", "0", "1"]
    assert told["2025-04"][:3] == ["0", "0", "0"]
    with act_in(place.system()):
        looks = Event.objects.filter(action="view.emergency-access")
        assert looks.count() == 2, "April's page shows whom March's waiting access is about"


def test_what_is_for_some_alone_opens_in_an_emergency_and_what_is_kept_by_name_does_not(
    place: Place, person: Person, manager: Worker, practitioner: Worker, as_user: AsUser
) -> None:
    words = {"tells_reader": True, "wording": "Limited."}
    police = [place.agencies["Police"].pk]
    place_limit(
        person, manager.scope, kind=LimitKind.RESTRICTED, agency_ids=police, user_ids=[manager.scope.user_id], **words
    )
    client, address = as_user(practitioner), reverse("sharing-emergency", args=[person.public_id])
    assert address in client.get(reverse("people-person", args=[person.public_id])).text
    sent = {"emergency": "life", "reason": "urgent", "hours": 1}
    assert "in a sentence" in client.post(address, sent).text
    assert client.post(address, {**sent, "reason": REASON}).status_code == 302
    assert client.get(reverse("people-person", args=[person.public_id])).status_code == 200
    place_limit(person, manager.scope, user_ids=[practitioner.scope.user_id], **words)
    assert client.get(reverse("people-person", args=[person.public_id])).status_code == 404
    assert client.get(address).status_code == 404


def test_by_number_finds_whom_no_search_does_but_not_for_who_is_kept_out_by_name(
    place: Place, manager: Worker, practitioner: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        hidden = make_person(place, agency="Treatment", audience="own", family_name="Quayle")
        index_number(hidden, "X123456")
    client, address = as_user(practitioner), reverse("sharing-emergency-by-number")
    sent = {"identifier": "X999999", "emergency": "life", "reason": REASON, "hours": 1}
    assert "No one record" in client.post(address, sent).text
    answer = client.post(address, {**sent, "identifier": "x 123456"})
    assert answer.headers["Location"] == reverse("people-person", args=[hidden.public_id])
    with act_in(place.system()):
        assert Event.objects.filter(action="sharing.emergency_not_found").count() == 1
    place_limit(hidden, place_scope(place), user_ids=[practitioner.scope.user_id])
    assert "No one record" in client.post(address, {**sent, "identifier": "X123456"}).text


def index_number(person: Person, number: str) -> None:
    from iom.people.choices import TermKind
    from iom.people.models import SearchTerm, SourceRecord

    record = SourceRecord.objects.get(person=person)
    SearchTerm.objects.create(
        partnership=person.partnership, owner_agency=person.owner_agency, regime=person.regime,
        audience=person.audience, source_record=record, person=person, kind=TermKind.IDENTIFIER, term=number,
    )  # fmt: skip


def place_scope(place: Place) -> Scope:
    return make_worker(place, "tess", agency="Treatment", roles=["manager"]).scope


def test_an_access_of_somebody_else_is_not_there(
    person: Person, manager: Worker, practitioner: Worker, as_user: AsUser
) -> None:
    access = open_it(person, manager)
    assert as_user(practitioner).get(reverse("sharing-emergency-own", args=[access.pk])).status_code == 404
    with act_in(practitioner.scope), pytest.raises(NotVisible):
        operations.close_emergency(access=EmergencyAccess(pk=0), by=practitioner.scope, at=timezone.now())


@pytest.mark.parametrize(
    "changed",
    [
        {"hours": "100"},
        {"hours": "-1"},
        {"hours": "4; drop"},
        {"emergency": "curiosity"},
        {"reason": "urgent"},
        {"reason": "x" * 5000},
        {"reason": ""},
    ],
)
def test_a_tampered_form_opens_nothing(
    place: Place, practitioner: Worker, changed: dict[str, str], as_user: AsUser
) -> None:
    with act_in(place.system()):
        index_number(make_person(place, agency="Treatment", audience="own"), "X123456")
    sent = {"identifier": "X123456", "emergency": "life", "reason": REASON, "hours": "1", "closes_at": "2099-01-01"}
    client, address = as_user(practitioner), reverse("sharing-emergency-by-number")
    assert client.post(address, {**sent, **changed}).status_code == 200
    with act_in(place.system()):
        assert not EmergencyAccess.objects.exists()
    assert client.post(address, sent).status_code == 302, "as it was made, it is good"
    with act_in(place.system()):
        (access,) = EmergencyAccess.objects.all()
    assert access.closes_at == access.opened_at + timedelta(hours=1), "not by a field that the form does not have"


@pytest.mark.parametrize(
    "changed", [{"kind": "everybody"}, {"user_ids": ["999999"]}, {"user_ids": ["elsewhere"]}, {"user_ids": ["x"]}]
)
def test_a_tampered_form_limits_nothing(
    person: Person, manager: Worker, practitioner: Worker, charlie: Worker, changed: dict[str, Any], as_user: AsUser
) -> None:
    """Nor is anybody of another partnership named in a limit."""
    day = timezone.localdate() + timedelta(days=30)
    sent = {
        "kind": "excluded", "user_ids": [practitioner.user.pk], "reason": "Cousins", "tells_reader": "no",
        "contact": "Duty manager", "review_on_day": day.day, "review_on_month": day.month, "review_on_year": day.year,
    }  # fmt: skip
    if changed.get("user_ids") == ["elsewhere"]:
        changed = {"user_ids": [charlie.user.pk]}
    client, address = as_user(manager), reverse("sharing-limits-place", args=[person.public_id])
    client.post(address, {**sent, **changed})
    with act_in(manager.scope):
        assert not LimitedAccess.objects.exists()
    assert client.post(address, sent).status_code == 302, "as it was made, it is good"
    with act_in(manager.scope):
        assert LimitedAccess.objects.count() == 1


def test_pages_ask_a_bounded_number_of_times(
    place: Place, person: Person, manager: Worker, practitioner: Worker, as_user: AsUser
) -> None:
    client = as_user(manager)
    counts = []
    for number in range(2):
        with act_in(place.system()):
            more = [make_person(place) for _ in range(1 + 5 * number)]
        for each in more:
            place_limit(each, manager.scope, user_ids=[practitioner.scope.user_id])
            open_it(each, manager)
        for name in ("sharing-limits", "sharing-emergencies"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name)).status_code == 200
            counts.append(len([query for query in asked if query["sql"].startswith("SELECT")]))
    assert counts[:2] == counts[2:]
    assert max(counts) < 20
