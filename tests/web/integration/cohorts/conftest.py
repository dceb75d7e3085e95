"""A partnership with a scheme, a chair, and the people the panel speaks of."""

import pytest

from iom.access.scope import act_in
from iom.cohorts.models import Scheme
from iom.people.models import Person
from tests.factories.cohorts import make_scheme
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import make_person


@pytest.fixture
def chair(place: Place) -> Worker:
    return make_worker(place, "chair", agency="Probation", roles=["panel-chair"])


@pytest.fixture
def manager(place: Place) -> Worker:
    """A police offender manager, who can lead."""
    return make_worker(place, "dana", agency="Police", roles=["police-offender-manager"])


@pytest.fixture
def scheme(place: Place) -> Scheme:
    with act_in(place.system()):
        return make_scheme(place)


@pytest.fixture
def person(place: Place) -> Person:
    with act_in(place.system()):
        return make_person(place)
