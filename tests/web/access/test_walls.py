"""The two walls: `visible_to`, and row-level security behind it. Each must hold without the other."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from iom.access.scope import NOBODY, act_in
from iom.people.models import Person, SourceRecord
from tests.factories.partnerships import Place, Worker
from tests.factories.people import make_person


@pytest.fixture
def people(place: Place) -> dict[str, Person]:
    """One person for each audience, all owned by the police but the last."""
    with act_in(place.system()):
        return {
            "partners": make_person(place),
            "listed": make_person(place, audience="listed", audience_agencies=[place.agencies["Council"].pk]),
            "own": make_person(place, audience="own"),
            "treatment": make_person(place, agency="Treatment", audience="own"),
        }


SEEN = [
    ("alice", {"partners", "listed", "own"}),
    ("bob", {"partners", "listed"}),
    ("charlie", set()),
]


@pytest.mark.parametrize(("who", "expected"), SEEN)
def test_each_sees_what_the_audience_says(
    people: dict[str, Person], who: str, expected: set[str], request: pytest.FixtureRequest
) -> None:
    worker: Worker = request.getfixturevalue(who)
    names = {person.pk: name for name, person in people.items()}
    with act_in(worker.scope):
        filtered = {names[pk] for pk in Person.objects.visible_to(worker.scope).values_list("pk", flat=True)}
        unfiltered = {names[pk] for pk in Person.objects.values_list("pk", flat=True)}
        records = SourceRecord.objects.count()
    assert filtered == expected
    assert unfiltered == expected, "row-level security alone must show the same"
    assert records == len(expected)


def test_outside_any_scope_there_is_nothing(people: dict[str, Person]) -> None:
    assert Person.objects.count() == 0
    with act_in(NOBODY):
        assert Person.objects.count() == 0


def test_a_scope_ends_with_its_block(people: dict[str, Person], alice: Worker) -> None:
    with act_in(alice.scope):
        assert Person.objects.exists()
    assert not Person.objects.exists()


def test_a_row_cannot_be_written_into_another_partnership(place: Place, charlie: Worker) -> None:
    with act_in(charlie.scope), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make_person(place)


def test_the_application_is_not_owner_nor_superuser(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == ("iom_app", False, False)


def test_every_table_about_a_person_has_row_level_security(db: None) -> None:
    """A table with an audience, or that points at a person, must be protected."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity"
            " and a.attname in ('audience', 'person_id') and not a.attisdropped"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    "statement", ["update audit_event set reason = 'x'", "delete from audit_event", "truncate audit_event"]
)
def test_audit_events_can_only_be_added(place: Place, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
