"""Who may reach which page of the cohort, and that row-level security holds with the application's filter removed."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iom.access.roles import ALL, Role
from iom.access.scope import NOBODY, act_in
from iom.cohorts.models import Candidate, CohortMembership, MembershipChange, Nomination, PanelDecision, RankRun, Scheme
from iom.cohorts.urls import urlpatterns
from iom.people.models import Person
from tests.factories.cohorts import (
    make_draw,
    make_intelligence,
    make_member,
    make_run,
    make_scheme,
    nominate,
    wait_for_place,
)
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]


@pytest.fixture
def chair(place: Place) -> Worker:
    return make_worker(place, "chair", agency="Probation", roles=["panel-chair"])


@pytest.fixture
def member(place: Place, alice: Worker, chair: Worker) -> CohortMembership:
    """A member among twenty candidates."""
    with act_in(place.system()):
        people = [make_person(place) for _ in range(20)]
        scheme = make_scheme(place)
        make_run(scheme, people)
    with act_in(chair.scope):
        return make_member(people[0], scheme, lead=alice, nominated_by=alice.scope, by=chair.scope)


@pytest.mark.parametrize("role", ALL, ids=lambda role: role.slug)
def test_every_page_by_every_role(role: Role, place: Place, member: CohortMembership, as_user: AsUser) -> None:
    """A role reaches a page where it lists the page's permission, and is refused where not: nothing in between."""
    with act_in(place.system()):
        person = Person.objects.get(pk=member.person_id)
        run = RankRun.objects.get()
        decision = PanelDecision.objects.get()
        intelligence = make_intelligence(member.nomination)
        scheme = Scheme.objects.get()
        waiting = [
            wait_for_place(nominate(each, scheme, place.system()), place.system())
            for each in Person.objects.exclude(pk=member.person_id)[:2]
        ]
        draw = make_draw(scheme, waiting, by=place.system(), state="drawn")
    known = {
        "membership_id": member.pk,
        "nomination_id": member.nomination_id,
        "decision_id": decision.pk,
        "intelligence_id": intelligence.pk,
        "draw_id": draw.pk,
        "run_id": run.pk,
        "slug": "neighbourhood-crime",
        "number": 1,
        "public_id": person.public_id,
        "kind": "csv",
    }
    client = as_user(make_worker(place, "somebody", agency="Council", roles=[role.slug]))
    assert len(urlpatterns) > 30
    for pattern in urlpatterns:
        arguments = {name: known[name] for name in pattern.pattern.converters}
        answer = client.get(reverse(pattern.name, kwargs=arguments))
        permission = pattern.callback.permission
        if permission in role.permissions:
            # 405: the page only takes what is sent; 409: it is there, and not in the state for this.
            extra = {403} if pattern.name.endswith("-export") else set()
            assert answer.status_code in {200, 405, 409} | extra, pattern.name
        else:
            assert answer.status_code in {403, 405}, pattern.name
            assert person.name not in answer.text


MODELS = (Candidate, CohortMembership, MembershipChange, Nomination, PanelDecision, RankRun, Scheme)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_row_level_security_alone_keeps_the_other_partnership_out(
    model: type, member: CohortMembership, alice: Worker, charlie: Worker
) -> None:
    with act_in(alice.scope):
        assert model.objects.exists()  # type: ignore[attr-defined]
    for scope in (charlie.scope, NOBODY):
        with act_in(scope):
            assert not model.objects.exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "most"), [("cohorts-candidates", 16), ("cohort", 16), ("cohorts-nominations", 14), ("cohorts-schemes", 14)]
)
def test_a_list_asks_as_often_for_twenty_as_for_one(
    name: str, most: int, place: Place, member: CohortMembership, alice: Worker, as_user: AsUser
) -> None:
    client = as_user(alice)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name)).status_code == 200
    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(reads) <= most, "\n".join(sql[:120] for sql in reads)
