"""A partnership with a past cohort, and who asks of it."""

from pathlib import Path
from typing import Any

import pytest

from iom.access.scope import act_in
from iom.cohorts.models import Scheme
from tests.factories.cohorts import make_scheme
from tests.factories.outcomes import make_past
from tests.factories.partnerships import Place, Worker, make_worker


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    """Where the people of comparisons lie."""
    settings.STORE = str(tmp_path)


@pytest.fixture
def analyst(place: Place) -> Worker:
    return make_worker(place, "amina", agency="Police", roles=["analyst"])


@pytest.fixture
def manager(place: Place) -> Worker:
    return make_worker(place, "martin", agency="Probation", roles=["manager"])


@pytest.fixture
def scheme(place: Place) -> Scheme:
    with act_in(place.system()):
        return make_scheme(place)


@pytest.fixture
def past(place: Place, scheme: Scheme, manager: Worker) -> Scheme:
    """The scheme, with thirty people who joined it in the first half of 2024."""
    with act_in(place.system()):
        make_past(place, scheme, manager)
    return scheme
