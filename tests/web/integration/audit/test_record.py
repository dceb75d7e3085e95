"""What an event keeps, where, and who may read or change it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.utils import ProgrammingError

from iom.access.scope import act_in
from iom.audit import operations as audit
from iom.audit import queries, rules
from iom.audit.choices import Kind
from iom.audit.models import Event, Value
from tests.factories.partnerships import AT, Place, Worker

SENTENCE = "Seen with his brother in Castle Street"


def change(worker: Worker, **given: object) -> int:
    with act_in(worker.scope):
        return audit.record(
            by=worker.scope,
            at=AT,
            kind=Kind.ALTERATION,
            action="test.change",
            subject_type="test.Thing",
            subject_id=7,
            person_id=41,
            **given,
        )


def test_values_and_reasons_lie_beside_the_event_which_holds_their_hashes(alice: Worker) -> None:
    event_id = change(alice, changes={"rag": ("amber", None)}, reason=SENTENCE)
    with act_in(alice.scope):
        event = Event.objects.get(pk=event_id)
        values = {value.field: value for value in Value.objects.filter(event_id=event_id)}
        (text,) = queries.texts(event_ids=[event_id])
    assert (values["rag"].before, values["rag"].after, values["reason"].after) == ("amber", None, SENTENCE)
    assert event.changes == {
        field: [rules.value_hash(bytes(value.salt), field, each) for each in (value.before, value.after)]
        for field, value in values.items()
    }
    assert event.fields == ["rag"]
    assert text is not None
    assert "amber" not in text
    assert SENTENCE not in text


def test_another_agency_reads_neither_reason_nor_value(alice: Worker, bob: Worker, charlie: Worker) -> None:
    """A reason can say what the audience of the record keeps from others."""
    change(alice, changes={"rag": ("amber", "red")}, reason=SENTENCE)
    with act_in(bob.scope):
        assert Event.objects.exists()
        assert not Value.objects.exists()
    with act_in(charlie.scope):
        assert not Value.objects.exists()
        assert not Event.objects.exists()


def test_a_second_reason_is_put_beside_no_event(alice: Worker) -> None:
    """The application's role may add values: not another one of the same name, which a page could show instead."""
    event_id = change(alice, reason=SENTENCE)
    again = "insert into audit_value (event_id, partnership_id, agency_id, field, salt, after)"
    with act_in(alice.scope), pytest.raises(IntegrityError, match="audit_value_once"), transaction.atomic():
        connection.cursor().execute(
            f"{again} values (%s, %s, %s, 'reason', '', 'Asked by the panel')",
            [event_id, alice.scope.partnership_id, alice.scope.agency_id],
        )


def test_erasing_the_values_leaves_the_event_and_its_hash(place: Place, alice: Worker) -> None:
    event_id = change(alice, changes={"rag": ("amber", "red")}, reason=SENTENCE)
    with act_in(place.system()):
        before = queries.texts(event_ids=[event_id])
        assert audit.erase_values(person_ids=[41], by=place.system()) == 2
        assert queries.texts(event_ids=[event_id]) == before
        assert not Value.objects.exists()


def test_only_the_system_erases_values(alice: Worker) -> None:
    change(alice, changes={"rag": ("amber", "red")})
    with act_in(alice.scope):
        assert audit.erase_values(person_ids=[41], by=alice.scope) == 0
        assert Value.objects.exists()


def test_a_list_is_found_by_each_of_the_people_it_named(alice: Worker, bob: Worker, charlie: Worker) -> None:
    with act_in(alice.scope):
        audit.viewed_list(by=alice.scope, at=AT, person_ids=[3, 1, 2], action="view.test")
        audit.viewed(by=alice.scope, at=AT, person_id=2, page="test")
    with act_in(bob.scope):
        found = queries.about(person_id=2, scope=bob.scope)
        assert [(event.actor_id, event.detail) for event in found] == [
            (alice.user.pk, {}),
            (alice.user.pk, {"people": [1, 2, 3]}),
        ]
    with act_in(charlie.scope):
        assert not queries.about(person_id=2, scope=charlie.scope).exists()


GUARDED = ("audit_event", "audit_mention", "audit_seal")
STATEMENTS = ("update {} set partnership_id = 0", "delete from {}", "truncate {}")


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_application_cannot_change_the_record(alice: Worker, table: str, statement: str) -> None:
    with (
        act_in(alice.scope),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", GUARDED)
def test_not_even_as_owner_while_the_guard_stands(committed: None, table: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into audit_event (at, kind, action, partnership_id, agency_id, actor_id, subject_type, subject_id,"
            " fields, reason, detail, changes) values (now(), 'access', 'x', 1, 1, 1, 'x', 'x', '{}', '', '{}', '{}')"
        )
        cursor.execute("insert into audit_mention (person_id, event_id, partnership_id) values (1, 1, 1)")
        cursor.execute(
            "insert into audit_seal (partnership_id, number, at, first, event_ids, leaves, root, before, hash)"
            " values (1, 1, now(), 1, '{1}', '', '', '', '')"
        )
        for statement in STATEMENTS:
            with pytest.raises(DatabaseError, match="append-only"):
                cursor.execute(statement.format(table))
