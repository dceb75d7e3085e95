"""Every address x every role: who may not is refused, who may meets no failure, a stranger is asked to sign in."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver

from iom.access.permissions import Permission
from iom.access.roles import ALL
from tests.factories.partnerships import Place, Worker, make_worker
from tests.repository.test_apps import LIBRARIES, OPEN, SYSTEMS, patterns

# Something for each kind of part of an address: nothing that exists, so that only the permission decides.
PARTS = {
    "int": "987654321",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "nothing",
    "str": "csv",
}
ADDRESSES = [
    ("/" + re.sub(r"<(\w+):\w+>", lambda part: PARTS[part[1]], path), pattern.callback.permission)
    for path, pattern in patterns(get_resolver().url_patterns)
    if not (LIBRARIES.match(path) or SYSTEMS.match(path)) and path not in OPEN
]
REFUSED, STRANGE = 403, {500, 403}


def test_there_are_addresses_for_most_permissions() -> None:
    assert len({permission for _, permission in ADDRESSES}) > 8
    assert len(ADDRESSES) > 25


@pytest.mark.parametrize("role", ALL, ids=lambda role: role.slug)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_reaches_what_its_permissions_say(
    role, method: str, place: Place, as_user: Callable[[Worker], Client]
) -> None:
    worker = make_worker(place, role.slug, agency="Police", roles=[role.slug])
    client = as_user(worker)
    client.raise_request_exception = False
    wrong = []
    for address, permission in ADDRESSES:
        status = getattr(client, method)(address).status_code
        allowed = permission in role.permissions
        # 405 comes before the permission where the view does not take the method: it says nothing about any record.
        if (not allowed and status not in (REFUSED, 405)) or (allowed and status in STRANGE):
            wrong.append(f"{method} {address} as {role.slug}: {status}, permission {permission}")
    assert wrong == []


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    client = Client()
    for address, _ in ADDRESSES:
        response = client.get(address)
        assert response.status_code in (302, 405), address
        if response.status_code == 302:
            assert response.headers["Location"].startswith("/accounts/login/?next="), address


def test_a_user_without_a_membership_may_do_nothing(place: Place, as_user: Callable[[Worker], Client]) -> None:
    worker = make_worker(place, "gone", agency="Police", roles=["coordinator"])
    worker.user.memberships.update(ended_at="2026-11-23T10:00:00Z")
    client = as_user(worker)
    assert {client.get(address).status_code for address, _ in ADDRESSES} <= {403, 405}


def test_every_permission_that_a_page_needs_exists() -> None:
    assert {permission for _, permission in ADDRESSES} <= set(Permission)
