"""The pages of candidates and the panel ask the database a bounded number of questions, whatever they show."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts.models import Scheme
from iom.people.models import Person
from tests.factories.cohorts import make_run, make_scheme, nominate
from tests.factories.partnerships import Place, Worker
from tests.factories.people import make_person

MOST = {
    "cohorts-candidates": 27,
    "cohorts-nominations": 21,
    "cohorts-scores": 29,
    "cohorts-nomination": 33,
    "cohorts-decide": 33,
}


@pytest.mark.parametrize("listed", [2, 30])
def test_a_page_asks_no_more_for_more_people(
    listed: int,
    scheme: Scheme,
    place: Place,
    alice: Worker,
    chair: Worker,
    as_user: Callable[[Worker], Client],
) -> None:
    """The panel chair's pages: more people on the list, more schemes that rank them, more agencies asked."""
    with act_in(place.system()):
        people: list[Person] = [make_person(place, family_name=f"Ash{number}") for number in range(listed)]
        others = [make_scheme(place, f"other-{number}", f"Other {number}") for number in range(listed // 15)]
        for each in (scheme, *others):
            make_run(each, people)
    agencies = [agency.pk for agency in place.agencies.values()]
    with act_in(alice.scope):
        first, *_rest = [
            nominate(person, scheme, alice.scope, asked=agencies[: 1 + number])
            for number, person in enumerate(people[: listed // 2])
        ]
    client = as_user(chair)
    client.get(reverse("cohorts-candidates"))  # so that what is kept for the process is known
    asked = {}
    for name, arguments in (
        ("cohorts-candidates", []),
        ("cohorts-nominations", []),
        ("cohorts-scores", [people[0].public_id]),
        ("cohorts-nomination", [first.pk]),
        ("cohorts-decide", [first.pk]),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name, args=arguments)).status_code == 200
        asked[name] = len(captured)
    assert {name: count for name, count in asked.items() if count > MOST[name]} == {}
