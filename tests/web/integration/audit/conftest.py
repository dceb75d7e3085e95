"""A place in which nothing has happened yet: what these tests do is all that its audit chain holds."""

import pytest

from tests.factories.partnerships import Place, make_place


@pytest.fixture
def place(db: None) -> Place:
    return make_place("Westmarch", agreed=False)


@pytest.fixture
def elsewhere(db: None) -> Place:
    return make_place("Eastmere", agreed=False)
