"""The permission table of the section Admin: role x permission x scope, from the data the access tests ask by."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from markupsafe import escape

from iom.access.permissions import DESCRIPTIONS
from iom.access.roles import ALL
from tests.factories.partnerships import Place, Worker, make_worker

AsUser = Callable[[Worker], Client]


def test_the_administrator_finds_and_reads_the_table(place: Place, as_user: AsUser) -> None:
    client = as_user(make_worker(place, "ada", agency="Police", roles=["administrator"]))
    assert 'href="/admin/permissions"' in client.get("/admin/").text
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/admin/permissions").text
    assert len([query for query in asked if query["sql"].startswith("SELECT")]) <= 7
    for role in ALL:
        assert f'id="{role.slug}"' in page
        assert escape(role.description) in page
        assert page.count("<tr") == len(ALL) + sum(len(each.permissions) for each in ALL)
    assert set(DESCRIPTIONS) == {permission for role in ALL for permission in role.permissions}


def test_who_may_not_see_users_does_not_see_the_table(place: Place, bob: Worker, as_user: AsUser) -> None:
    assert as_user(bob).get("/admin/permissions").status_code == 403
