"""Addresses for other systems: a token alone lets in, for what it allows, and shows one agency's released answers."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from iom.access.roles import ALL
from iom.access.scope import NOBODY, act_in
from iom.api.views import api
from iom.audit.models import Event
from iom.partnerships import operations as partnerships
from iom.partnerships import queries as partnership_queries
from iom.partnerships.models import SystemToken
from iom.people.models import Person, SearchTerm, SourceRecord
from iom.sharing import tasks
from iom.sharing.operations import subject_access
from iom.sharing.operations.subject_access import Asked
from iom.sharing.queries import subject_access as queries
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import make_person
from tests.repository.test_apps import SYSTEMS, patterns

ADDRESS = "/api/v1/subject-access-request"
ADDRESSES = ["/" + path for path, _pattern in patterns(get_resolver().url_patterns) if SYSTEMS.match(path)]
CRN, PRISON_NUMBER = "X123456", "A1234BC"
HIDDEN = "Zqhidden"
# The numbers are put in after Schemathesis made a call, and one of the two is needed: it cannot know what to expect.
OURS = [negative_data_rejection, positive_data_acceptance]


@pytest.fixture(autouse=True)
def fresh(settings: Settings, tmp_path: Path) -> None:
    settings.STORE = tmp_path
    cache.clear()


@pytest.fixture
def administrator(place: Place) -> Worker:
    return make_worker(place, "admin", agency="Police", roles=["administrator"])


MakeToken = Callable[..., str]


@pytest.fixture
def token_for(place: Place, administrator: Worker) -> MakeToken:
    def make(*scopes: str, agency: str = "Police", days: int = 30) -> str:
        at = timezone.now()
        with act_in(administrator.scope):
            _made, token = partnerships.make_token(
                system="The SAR service",
                agency=place.agencies[agency],
                scopes=list(scopes or ("subject-access",)),
                expires_on=timezone.localdate(at) + timedelta(days=days),
                by=administrator.scope,
                at=at,
            )
        return token

    return make


def numbered(place: Place, *, agency: str = "Police", audience: str = "partners", **numbers: str) -> Person:
    """A person whose record has these numbers, and can be found by them."""
    person = make_person(place, agency=agency, audience=audience, family_name=f"Of{agency}")
    record = person.source_records.get()
    SourceRecord.objects.filter(pk=record.pk).update(**numbers)
    for number in numbers.values():
        SearchTerm.objects.create(
            partnership=place.partnership,
            owner_agency=place.agencies[agency],
            regime=record.regime,
            audience=audience,
            source_record=record,
            person=person,
            kind="identifier",
            term=number,
        )
    return person


def release(person: Person, place: Place) -> None:
    """A subject access request about them, answered by two people of the police."""
    irene = make_worker(place, "irene", agency="Police", roles=["information-governance"])
    carys = make_worker(place, "carys", agency="Police", roles=["coordinator"])
    at = timezone.now()
    with act_in(irene.scope):
        asked = Asked(timezone.localdate(at), "email", "Everything", "documents")
        made = subject_access.record(person=person, asked=asked, by=irene.scope, at=at)
        subject_access.gather(request=made, by=irene.scope, at=at)
        for item in queries.items_of(request=made, scope=irene.scope).filter(treatment=""):
            subject_access.decide(item=item, treatment="give", reason="Theirs", by=irene.scope, at=at)
        subject_access.prepare(request=made, by=irene.scope, at=at)
    with act_in(carys.scope):
        subject_access.release(request=made, seen=at.isoformat(), by=carys.scope, at=at)
    tasks.make_answer(made.pk, place.partnership.pk, place.agencies["Police"].pk)


def ask(token: str = "", address: str = ADDRESS, **query: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().get(address, query, headers=headers)


def events(place: Place, action: str) -> list[Any]:
    with act_in(place.system()):
        return list(Event.objects.filter(action=action).order_by("pk"))


def test_no_session_lets_in(place: Place, as_user: Callable[[Worker], Client]) -> None:
    assert len(ADDRESSES) == 5
    for role in ALL:
        client = as_user(make_worker(place, role.slug, agency="Police", roles=[role.slug]))
        for address in ADDRESSES:
            answer = client.get(address, {"crn": CRN})
            assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert client.post(address).status_code == 405


def test_a_token_that_is_wrong_over_revoked_or_for_something_else_is_refused(
    place: Place, administrator: Worker, token_for: MakeToken
) -> None:
    token = token_for()
    assert ask(token, crn=CRN).status_code == 204
    assert ask(token + "x", crn=CRN).status_code == 401
    assert ask(token, address="/api/v1/openapi.json").status_code == 403
    assert ask(token_for("description"), crn=CRN).status_code == 403
    assert len(events(place, "api.refused")) == 2
    with act_in(administrator.scope):
        kept = SystemToken.objects.order_by("pk").first()
        assert token not in str(vars(kept))
        assert kept.last_used_on == timezone.localdate()
        partnerships.revoke_token(token=kept, by=administrator.scope, at=timezone.now())
    assert ask(token, crn=CRN).status_code == 401
    today = token_for(days=0)
    assert ask(today, crn=CRN).status_code == 204
    SystemToken.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert ask(today, crn=CRN).status_code == 401


def test_a_token_that_is_not_taken_is_on_the_record_at_most_once_a_minute(
    place: Place, administrator: Worker, token_for: MakeToken
) -> None:
    revoked, over = token_for(), token_for()
    with act_in(administrator.scope):
        first, second = SystemToken.objects.order_by("pk")
        partnerships.revoke_token(token=first, by=administrator.scope, at=timezone.now())
        SystemToken.objects.filter(pk=second.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    for token in (revoked, over, "made-up", "another made-up", revoked):
        assert ask(token, crn=CRN).status_code == 401
    ours = events(place, "api.not_taken")
    assert [(each.subject_id, each.detail["why"]) for each in ours] == [
        (str(first.pk), "revoked"),
        (str(second.pk), "over"),
    ]
    assert {each.agency_id for each in ours} == {place.agencies["Police"].pk}
    with act_in(NOBODY):
        (unknown,) = Event.objects.filter(action="api.not_taken")
    assert (unknown.subject_id, unknown.detail, unknown.person_id) == ("0", {"why": "unknown"}, None)
    cache.clear()  # as a minute later
    assert ask(revoked, crn=CRN).status_code == 401
    assert len(events(place, "api.not_taken")) == 3


def test_a_system_holds_no_permission(place: Place, token_for: MakeToken) -> None:
    found = partnership_queries.token_of(secret=token_for(), on=timezone.localdate())
    assert found is not None
    scope = partnership_queries.scope_of_token(found)
    assert (scope.permissions, scope.because) == (frozenset(), "")


def test_before_two_people_released_an_answer_the_system_is_told_to_wait(place: Place, token_for: MakeToken) -> None:
    with act_in(place.system()):
        person = numbered(place, crn=CRN)
    content = ask(token_for(), crn=CRN).json()["content"]
    assert (content["state"], content["parts"], content["person"]) == ("waiting-for-review", [], None)
    (asked,) = events(place, "sharing.subject_access.asked_by_system")
    assert (asked.person_id, asked.kind, asked.agency_id) == (person.pk, "consultation", place.agencies["Police"].pk)


def test_a_released_answer_is_given_whole_or_for_some_days(place: Place, token_for: MakeToken) -> None:
    with act_in(place.system()):
        person = numbered(place, crn=CRN, prison_number=PRISON_NUMBER)
    release(person, place)
    token = token_for()
    content = ask(token, crn="x123456", address="/subject-access-request").json()["content"]
    assert (content["state"], content["person"]) == ("released", person.name)
    assert content["released_on"] == timezone.localdate().isoformat()
    assert {part["agency"] for part in content["parts"]} == {"Police"}
    assert ask(token, prn=PRISON_NUMBER, crn=CRN).status_code == 200
    dated = [item["date"] for part in content["parts"] for item in part["items"] if item["date"]]
    later = ask(token, crn=CRN, fromDate="2099-01-01").json()["content"]
    assert not [item for part in later["parts"] for item in part["items"] if item["date"] in dated]
    (taken, *_) = events(place, "sharing.subject_access.download")
    assert (taken.kind, taken.person_id, taken.detail["kind"]) == ("disclosure", person.pk, "system")


def test_a_request_that_came_since_stands_before_the_last_answer(place: Place, token_for: MakeToken) -> None:
    with act_in(place.system()):
        person = numbered(place, crn=CRN)
    release(person, place)
    other = make_worker(place, "iris", agency="Police", roles=["information-governance"])
    with act_in(other.scope):
        asked = Asked(date(2026, 11, 20), "email", "All again", "documents")
        subject_access.record(person=person, asked=asked, by=other.scope, at=timezone.now())
    assert ask(token_for(), crn=CRN).json()["content"]["state"] == "waiting-for-review"


def test_what_another_agency_answered_or_keeps_is_not_there(
    place: Place, elsewhere: Place, token_for: MakeToken
) -> None:
    with act_in(place.system()):
        person = numbered(place, crn=CRN)
        numbered(place, agency="Treatment", audience="own", crn="X777777")
    with act_in(elsewhere.system()):
        numbered(elsewhere, crn="X888888")
    release(person, place)
    council = token_for(agency="Council")
    assert ask(council, crn=CRN).json()["content"]["state"] == "waiting-for-review"
    assert ask(council, crn="X777777").status_code == 204
    assert ask(council, crn="X888888").status_code == 204


def test_numbers_of_two_people_or_of_no_kind_held_give_nothing(place: Place, token_for: MakeToken) -> None:
    with act_in(place.system()):
        numbered(place, crn=CRN)
        numbered(place, prison_number=PRISON_NUMBER)
    token = token_for()
    assert ask(token, crn=CRN, prn=PRISON_NUMBER).status_code == 400
    (asked,) = events(place, "sharing.subject_access.asked_by_system")
    assert asked.detail["found"] == 2, "that it asked stays on the record"
    assert ask(token, crn="01/12345A").status_code == 209
    assert ask(token, prn=CRN).status_code == 209
    assert ask(token).status_code == 400
    assert ask(token, crn=CRN, fromDate="1").status_code == 400


def test_calls_are_counted_for_each_token(place: Place, token_for: MakeToken) -> None:
    token, other = token_for(), token_for()
    statuses = [ask(token, address=f"{ADDRESS}/template").status_code for _ in range(121)]
    assert (statuses[119], statuses[120]) == (200, 429)
    assert ask(other, address=f"{ADDRESS}/template").status_code == 200


def test_the_template_names_what_the_content_has(token_for: MakeToken) -> None:
    answer = ask(token_for(), address=f"{ADDRESS}/template")
    assert answer.headers["Content-Type"].startswith("text/plain")
    schemas = api.get_openapi_schema(path_prefix="/api/v1/")["components"]["schemas"]
    known = {name for schema in schemas.values() for name in schema["properties"]}
    named = set(re.findall(r"{{[#/]?([a-z_]+)}}", answer.content.decode()))
    assert len(named) > 10
    assert named <= known


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The test's own connection serves every call, as with Django's client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", ["nobody", "wrong", "right", "describer"])
def test_no_call_fails_leaks_or_answers_other_than_described(
    who: str, place: Place, one_connection: None, token_for: MakeToken
) -> None:
    """Schemathesis asks what the description allows, and what it does not."""
    with act_in(place.system()):
        person = numbered(place, crn=CRN, prison_number=PRISON_NUMBER)
        hidden = numbered(place, agency="Treatment", audience="own", crn="X777777")
        Person.objects.filter(pk=hidden.pk).update(family_name=HIDDEN)
    release(person, place)
    tokens = {"wrong": "openiom_wrong", "right": token_for(), "describer": token_for("description")}
    headers = {"Authorization": f"Bearer {tokens[who]}"} if who in tokens else {}
    schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema(path_prefix="/api/v1/")))
    schema.app = get_wsgi_application()
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) == 3
    seen: set[int] = set()
    known = st.sampled_from([{}, {"crn": CRN}, {"crn": "X777777"}, {"prn": PRISON_NUMBER}])

    def call(case: Any, numbers: dict[str, str]) -> None:
        cache.clear()
        case.query = {**(case.query or {}), **numbers}
        answer = case.call_and_validate(headers=headers, excluded_checks=OURS)
        seen.add(answer.status_code)
        assert HIDDEN not in answer.text

    for operation in operations:
        for mode in schemathesis.GenerationMode:
            asked = given(case=operation.as_strategy(generation_mode=mode), numbers=known)(call)
            bounded = settings(
                max_examples=15,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            bounded(asked)()
    allowed = {
        "nobody": {401},
        "wrong": {401},
        "describer": {200, 400, 401, 403},
        "right": {200, 204, 209, 400, 401, 403},
    }
    assert seen - {405} <= allowed[who]
    assert {"nobody": {401}, "wrong": {401}, "describer": {200, 403}, "right": {200, 204, 209}}[who] <= seen
