"""The permission table, asked: every address x every role x every standing of a real thing, GET and POST.

Each wall is then tried alone, as somebody who holds every role: with `visible_to` taken out of every app only row-level
security is left, and as the owner of the tables, whom no policy binds, only `visible_to`. The answers must be the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.urls import get_resolver, reverse

from iom.access.permissions import AUDIENCE, OWN_AGENCY, REACHES, Permission
from iom.access.roles import ALL, Role
from tests.factories.partnerships import Place, Worker, make_worker
from tests.repository.test_apps import LIBRARIES, OPEN, SYSTEMS, patterns
from tests.web.access.things import OF_PARTNERSHIP, PERSONAL, STANDINGS, Standing, make_things

pytestmark = pytest.mark.slow

# A list as a file is there only for who sees the list, and its address says 403 or 404 to who holds one of the two.
ALSO_NEEDS = {
    "imports-export": Permission.IMPORT_VIEW,
    "people-export": Permission.PERSON_SEARCH,
    "people-matches-export": Permission.EXPORT,
    "cohorts-members-export": Permission.COHORT_VIEW,
    "cohorts-nominations-export": Permission.COHORT_VIEW,
    "cohorts-candidates-export": Permission.CANDIDATES_VIEW,
}
# What a list has to be asked before it shows anybody.
QUERIES = {
    "people-search": {"q": "Jordan"},
    "people-export": {"q": "Jordan"},
    "people-merge-choose": {"with": "Jordan"},
}
# What a page that is only asked for may not do. Beside it are written the audit record, the session, and when an answer
# was opened first, which whoever gave it is told.
WRITES = re.compile(
    r'\s*(insert into|update|delete from) (?!"?(audit_|django_session)|"sharing_given" set "first_opened)',
    re.IGNORECASE,
)
# 400: a form without its answers; 409: not in the state for this; 405: not by this method.
GET, POST = {200, 405, 409}, {200, 204, 302, 400, 405, 409}
REFUSED, NOT_THERE = {403, 405}, {404, 405}


@dataclass(frozen=True)
class Address:
    name: str
    parts: tuple[str, ...]
    permission: Permission

    @property
    def things(self) -> set[str]:
        """The parts that name a thing somebody may or may not see."""
        return set(self.parts) - {"kind"}

    def path(self, things: dict[str, dict[str, Any]], standing: Standing) -> str:
        """The address of the things that stand so; a second person is merged with one of one's own."""
        found = {}
        for part in self.parts:
            of = "own" if part == "public_id" and "other_id" in self.parts else standing.name
            given = things[of]
            found[part] = given[f"{self.name}.{part}"] if f"{self.name}.{part}" in given else given[part]
        return reverse(self.name, kwargs=found)

    def is_open(self, standing: Standing) -> bool:
        """What the permission table says of a holder of the permission and a thing that stands so."""
        if self.things & PERSONAL:
            return standing.name == "own"
        if self.things <= OF_PARTNERSHIP:
            return standing.extent != "other_partnership"
        if self.things == {"public_id"} and REACHES[self.permission] == OWN_AGENCY:
            return standing.is_open_by(AUDIENCE)  # a person, of whom one's own agency's record is begun
        return standing.is_open_by(REACHES[self.permission])


ADDRESSES = [
    Address(pattern.name, tuple(re.findall(r"<\w+:(\w+)>", path)), pattern.callback.permission)
    for path, pattern in patterns(get_resolver().url_patterns)
    if not (LIBRARIES.match(path) or SYSTEMS.match(path)) and path not in OPEN
]


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    """A store of its own; and sessions in memory, for ten thousand requests: `test_sessions.py` asks the real ones."""
    settings.STORE = tmp_path
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"


def row_level_security_alone() -> None:
    """Takes `visible_to` out of every app but staff records, which have no policy (docs/adr/0005)."""
    patch = pytest.MonkeyPatch()
    taken_out.append(patch)  # first, so that what fails half-way is undone too
    patched = set()
    for model in apps.get_models():
        queryset = type(model._default_manager.get_queryset())
        is_ours = model.__module__.startswith("iom.") and model._meta.app_label != "partnerships"
        if is_ours and hasattr(queryset, "visible_to"):
            patch.setattr(queryset, "visible_to", lambda self, scope: self.all())
            patched.add(model._meta.app_label)
    patch.setattr("iom.agreements.models.marking.visible", lambda scope, *paths, **said: Q())
    assert {"people", "cohorts", "imports", "home", "agreements"} <= patched


def visible_to_alone() -> None:
    """Acts as the owner of the tables from here to the end of the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("set local role iom_owner")


taken_out: list[pytest.MonkeyPatch] = []


@pytest.fixture(params=[row_level_security_alone, visible_to_alone], ids=lambda wall: wall.__name__)
def take_down(request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """Leaves the wall of the test's name standing alone, once everything is built."""
    yield request.param
    while taken_out:
        taken_out.pop().undo()


def last_event() -> int:
    """The newest audit event, as the owner of the tables reads them."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        (role,) = cursor.fetchone()
        cursor.execute("set local role iom_owner")
        cursor.execute("select coalesce(max(id), 0) from audit_event")
        (last,) = cursor.fetchone()
        cursor.execute(f"set local role {role}")
    return int(last)


@dataclass(frozen=True)
class Asked:
    """An answer: its status, whose words it shows, whether an event says that it did, and what was written for it."""

    status: int
    shown: set[str]
    is_recorded: bool
    written: list[str]


def ask(client: Client, method: str, address: str, query: dict[str, str], last: int) -> Asked:
    """Asks, and undoes whatever was done. `last` is the newest event before it."""
    written: list[str] = []

    def note(execute: Any, sql: Any, *given: Any) -> Any:
        if WRITES.match(str(sql)):
            written.append(str(sql)[:80])
        return execute(sql, *given)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            answer = getattr(client, method)(address, query if method == "get" else {})
            content = b"".join(answer) if answer.streaming else answer.content
        shown = {each.name for each in STANDINGS if each.word.encode() in content}
        is_recorded = bool(shown) and last_event() > last
        transaction.set_rollback(True)
    return Asked(answer.status_code, shown, is_recorded, written)


def deviations(
    address: Address, role: Role, standing: Standing, method: str, things: dict[str, Any], client: Client, last: int
) -> tuple[list[str], set[str]]:
    """What is not as the table says, and whose words the answer shows."""
    path, query = address.path(things, standing), QUERIES.get(address.name, {})
    answer = ask(client, method, path, query, last)
    said = f"{method} {address.name} as {role.slug}, {standing.name}: {answer.status}"
    if address.permission not in role.permissions:
        expected = REFUSED
    elif ALSO_NEEDS.get(address.name, address.permission) not in role.permissions:
        expected = REFUSED | NOT_THERE
    elif address.things and not address.is_open(standing):
        expected = NOT_THERE
    else:
        expected = GET if method == "get" else POST
    wrong = [] if answer.status in expected else [said]
    shown = answer.shown
    if method == "get" and answer.written:
        wrong.append(f"{said} is asked for and writes: {answer.written}")
    hidden = {each.name for each in STANDINGS if not each.shared}
    if leaked := shown & hidden:
        wrong.append(f"{said} shows {leaked}")
    if shown and not answer.is_recorded:
        wrong.append(f"{said} shows {shown} and records nothing")
    if shown and answer.status in REFUSED:
        wrong.append(f"{said} shows {shown}")
    return wrong, shown


AskAll = Callable[..., None]


@pytest.fixture
def ask_all(place: Place, elsewhere: Place, as_user: Callable[[Worker], Client]) -> AskAll:
    def run(role: Role, roles: list[str], take_down: Callable[[], None] = lambda: None) -> None:
        worker = make_worker(place, role.slug, agency="Police", roles=roles)
        things = make_things(worker, place, elsewhere)
        client = as_user(worker)
        client.raise_request_exception = False
        take_down()
        last = last_event()  # everything after is undone, so it stays the last
        wrong: list[str] = []
        seen: dict[str, set[str]] = {}
        for address in ADDRESSES:
            for standing in STANDINGS if address.things else STANDINGS[:1]:
                for method in ("get", "post"):
                    found, shown = deviations(address, role, standing, method, things, client, last)
                    wrong += found
                    seen[address.name] = seen.get(address.name, set()) | shown
        assert wrong == [], "\n".join(wrong)
        if Permission.PERSON_SEARCH in role.permissions:  # else nothing would be shown by anything
            assert seen["people-search"] == {each.name for each in STANDINGS if each.shared}
            assert seen["cohort"] == seen["people-search"]

    return run


@pytest.mark.parametrize("role", ALL, ids=lambda role: role.slug)
def test_every_address_answers_as_the_table_says(role: Role, ask_all: AskAll) -> None:
    ask_all(role, [role.slug])


def test_one_wall_alone_answers_the_same(take_down: Callable[[], None], ask_all: AskAll) -> None:
    everything = Role("everything", "", "", frozenset(Permission))
    ask_all(everything, [role.slug for role in ALL], take_down)


def test_the_table_reaches_no_other_partnership() -> None:
    assert {reach.other_partnership for reach in REACHES.values()} == {"nothing"}
