"""A scheme version from draft to in force: two people, both checks, and never otherwise."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, tasks
from iom.cohorts.choices import RunStatus, VersionStatus
from iom.cohorts.models import SchemeVersion
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.people.models import Person
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_crime
from tests.web.integration.cohorts.test_ranking import TEXT, people

__all__ = ["people"]
AsUser = Callable[[Worker], Client]


@pytest.fixture
def analyst(place: Place) -> Worker:
    return make_worker(place, "ana", agency="Police", roles=["analyst"])


@pytest.fixture
def both(place: Place) -> Worker:
    """Somebody whose roles would let them propose and activate."""
    return make_worker(place, "bao", agency="Police", roles=["analyst", "panel-chair"])


def proposed_by(worker: Worker) -> SchemeVersion:
    with act_in(worker.scope):
        version = cohorts.adopt(text=TEXT, by=worker.scope, at=AT)
        cohorts.propose(version=version, by=worker.scope, at=AT)
        version.refresh_from_db()
    return version


def check(version: SchemeVersion, worker: Worker) -> None:
    """Does the work as the queue would."""
    scope = worker.scope
    tasks.check_version(version_id=version.pk, partnership_id=scope.partnership_id, agency_id=scope.agency_id)
    with act_in(scope):
        version.refresh_from_db()


def test_what_the_police_recorded_stands_beside_what_gives_points(
    people: dict[str, Person], place: Place, analyst: Worker, as_user: AsUser
) -> None:
    version = proposed_by(analyst)
    check(version, analyst)
    with act_in(analyst.scope):
        address = reverse("cohorts-version", args=[version.scheme.slug, version.number])
    assert {row["recorded_crimes"] for row in version.area_profile or []} == {None}
    assert "Crimes recorded in 12 months" not in as_user(analyst).get(address).content.decode()
    with act_in(place.system()):
        for _ in range(12):
            add_crime(place, area="North", when=timezone.now() - timedelta(days=70), crime_type="Burglary")
        add_crime(place, area="", when=timezone.now() - timedelta(days=500), offence_code="03401")
    with act_in(analyst.scope):
        cohorts.check_again(version=version, by=analyst.scope, at=AT)
    check(version, analyst)
    found = {(row["area"], row["crime_type"]): row["recorded_crimes"] for row in version.area_profile or []}
    assert found["North", "Burglary"] == 12
    assert sum(found.values()) == 12, "what is older than 12 months is out"
    page = as_user(analyst).get(address).content.decode()
    assert "Crimes recorded in 12 months" in page
    assert "Share of recorded crime" in page


def test_two_people_and_both_checks(people: dict[str, Person], analyst: Worker, chair: Worker, as_user: AsUser) -> None:
    version = proposed_by(analyst)
    with act_in(chair.scope), pytest.raises(WrongState, match="fairness check and the what-if"):
        cohorts.activate(version=version, reason="Agreed by the board", by=chair.scope, at=AT)
    check(version, analyst)
    assert version.check_status == RunStatus.DONE
    assert version.what_if["eligible_after"] == 2
    assert (version.what_if["enters"], version.what_if["leaves"]) == (1, 0)
    assert all(row["suppressed"] for row in version.fairness["rows"]), "two people are too few to say anything of"
    with act_in(chair.scope):
        moved = queries.list_moved_people(version=version, scope=chair.scope)
        assert [each.person_id for each in moved] == [people["prolific"].pk]
    page = as_user(chair).get(reverse("cohorts-version", args=["neighbourhood-crime", 1])).text
    assert "Not shown" in page
    assert "1 person would come above the capacity line" in page
    with act_in(chair.scope):
        look = Event.objects.get(action="view.what-if", actor_id=chair.user.pk)
    assert look.detail["people"] == [people["prolific"].pk], "who reads their names has looked at them"
    address = reverse("cohorts-activate", args=["neighbourhood-crime", 1])
    asked = as_user(chair).post(address, {"reason": "Agreed by the board", "understood": "on"})
    assert "Put version 1" in asked.text
    with act_in(chair.scope):
        version.refresh_from_db()
        assert version.status == VersionStatus.PROPOSED, "nothing happens before it is confirmed"
    sure = {"reason": "Agreed by the board", "understood": "on", "confirmed": "yes"}
    assert as_user(chair).post(address, sure).status_code == 302
    with act_in(chair.scope):
        version.refresh_from_db()
    assert (version.status, version.activated_by) == (VersionStatus.ACTIVE, chair.user.pk)


def test_nobody_activates_what_they_proposed(both: Worker) -> None:
    version = proposed_by(both)
    with act_in(both.scope):
        SchemeVersion.objects.filter(pk=version.pk).update(fairness={}, what_if={})
        with pytest.raises(NotAllowed, match="Somebody else"):
            cohorts.activate(version=version, reason="Mine", by=both.scope, at=AT)
        # And the database refuses it too, whatever the code above it does.
        with pytest.raises(IntegrityError, match="activated_by_somebody_else"), transaction.atomic():
            SchemeVersion.objects.filter(pk=version.pk).update(activated_by=both.user.pk, activated_at=AT)


def test_the_database_lets_nothing_go_live_unchecked(analyst: Worker, chair: Worker) -> None:
    version = proposed_by(analyst)
    with act_in(chair.scope), pytest.raises(IntegrityError, match="checked_before_active"), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(activated_by=chair.user.pk, activated_at=AT)


def test_activating_retires_the_version_before(analyst: Worker, chair: Worker) -> None:
    first = proposed_by(analyst)
    with act_in(chair.scope):
        SchemeVersion.objects.filter(pk=first.pk).update(fairness={}, what_if={})
        cohorts.activate(version=first, reason="Agreed", by=chair.scope, at=AT)
    with act_in(analyst.scope):
        second = cohorts.draft(
            scheme=first.scheme, text=TEXT.replace("points: 20", "points: 25"), reason="More", by=analyst.scope, at=AT
        )
        cohorts.propose(version=second, by=analyst.scope, at=AT)
    with act_in(chair.scope):
        SchemeVersion.objects.filter(pk=second.pk).update(fairness={}, what_if={})
        cohorts.activate(version=second, reason="Agreed", by=chair.scope, at=AT)
        with pytest.raises(WrongState):
            cohorts.activate(version=second, reason="Again", by=chair.scope, at=AT)
        states = dict(SchemeVersion.objects.values_list("number", "status"))
    assert states == {1: VersionStatus.RETIRED, 2: VersionStatus.ACTIVE}


def test_what_is_wrong_with_a_definition_is_said_in_plain_words(analyst: Worker, as_user: AsUser) -> None:
    version = proposed_by(analyst)
    client = as_user(analyst)
    address = reverse("cohorts-write-version", args=["neighbourhood-crime"])
    for wrong, words in (
        (TEXT.replace("factor: age,", "factor: shoe_size,"), "is not in the vocabulary"),
        (TEXT.replace("id: neighbourhood-crime", "id: another"), "The id must stay"),
        ("not: [yaml", "not valid YAML"),
    ):
        page = client.post(address, {"text": wrong, "reason": "A try"})
        assert page.status_code == 200
        assert words in page.text
    with act_in(analyst.scope), pytest.raises(InvalidInput):
        cohorts.draft(scheme=version.scheme, text="", reason="Empty", by=analyst.scope, at=AT)
    with act_in(analyst.scope):
        assert SchemeVersion.objects.count() == 1


def test_a_proposed_version_does_not_change(analyst: Worker) -> None:
    version = proposed_by(analyst)
    with act_in(analyst.scope), pytest.raises(WrongState, match="Only a draft"):
        cohorts.rewrite(version=version, text=TEXT, reason="Second thoughts", by=analyst.scope, at=AT)
