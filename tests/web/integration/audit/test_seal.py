"""The chain: what is sealed when, and that no change to sealed rows goes unseen."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from django.db import connection, transaction

from iom.access.scope import act_in
from iom.audit import operations as audit
from iom.audit import queries, rules, verification
from iom.audit.choices import Kind
from iom.audit.models import Event, Pending, Seal
from iom.audit.rules import Head
from tests.factories.partnerships import AT, Place

TAMPERINGS = 1000


def write(place: Place, count: int, first: int = 0) -> None:
    by = place.system()
    for number in range(first, first + count):
        audit.record(
            by=by, at=AT + timedelta(seconds=number), kind=Kind.CONSULTATION, action=f"test.{number}",
            subject_type="test.Thing", subject_id=number, person_id=number % 7, fields=["name"], detail={"n": number},
        )  # fmt: skip


@pytest.fixture
def chain(place: Place) -> Iterator[list[Head]]:
    """Seven seals of nine events each, and the head after each."""
    by, heads = place.system(), []
    with act_in(by):
        for batch in range(7):
            write(place, 9, first=9 * batch)
            head = audit.seal(by=by, at=AT)
            assert head is not None
            heads.append(head)
        yield heads


def faults(place: Place, anchored: list[Head]) -> list[verification.Fault]:
    return [*verification.verify(scope=place.system(), anchored=anchored)]


def test_a_whole_chain_has_no_fault(place: Place, chain: list[Head]) -> None:
    assert faults(place, chain) == []
    assert [head.number for head in chain] == [*range(1, 8)]
    assert [b.last - a.last for a, b in pairwise(chain)] == [9] * 6
    assert queries.waiting(scope=place.system()) == (0, None)


def test_nothing_waits_nothing_is_sealed(place: Place, chain: list[Head]) -> None:
    assert audit.seal(by=place.system(), at=AT) is None


def test_what_is_not_sealed_yet_is_counted_and_is_no_fault(place: Place, chain: list[Head]) -> None:
    write(place, 2)
    count, oldest = queries.waiting(scope=place.system())
    assert count == 2
    assert oldest is not None
    assert faults(place, chain) == []


def test_each_partnership_has_its_own_chain(place: Place, elsewhere: Place, chain: list[Head]) -> None:
    with act_in(elsewhere.system()):
        write(elsewhere, 3)
        head = audit.seal(by=elsewhere.system(), at=AT)
        assert head is not None
        assert (head.partnership_id, head.number) == (elsewhere.partnership.pk, 1)
        assert faults(elsewhere, [*chain, head]) == []
        assert not Seal.objects.filter(partnership_id=place.partnership.pk).exists()


def as_superuser() -> None:
    """What somebody with the whole database can do: no policy, no guard."""
    with connection.cursor() as cursor:
        cursor.execute("set local role none; set local session_replication_role = replica")


def as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = origin; set local role iom_app")


def sealed(place: Place) -> list[int]:
    return [pk for seal in queries.seals(scope=place.system()) for pk in seal.event_ids]


def a_change(place: Place, dice: random.Random) -> None:
    column, value = dice.choice(
        [
            ("at", "at + interval '1 microsecond'"), ("kind", "'erasure'"), ("action", "action || ' '"),
            ("agency_id", "agency_id + 1"), ("actor_id", "actor_id + 1"), ("subject_type", "upper(subject_type)"),
            ("subject_id", "subject_id || '0'"), ("person_id", "null"), ("fields", "'{}'"), ("reason", "'x'"),
            ("detail", "detail - 'n'"), ("changes", "'{\"a\": []}'"), ("partnership_id", "partnership_id + 1"),
        ]
    )  # fmt: skip
    run(f"update audit_event set {column} = {value} where id = %s", dice.choice(sealed(place)))


def a_deletion(place: Place, dice: random.Random) -> None:
    run("delete from audit_event where id = %s", dice.choice(sealed(place)))


def an_insertion(place: Place, dice: random.Random) -> None:
    run(
        "insert into audit_event select (jsonb_populate_record(e, jsonb_build_object('id', -%s))).* from audit_event e"
        " where id = %s",
        dice.randint(1, 10**6), dice.choice(sealed(place)),
    )  # fmt: skip


def a_swap(place: Place, dice: random.Random) -> None:
    """Two events change places: their numbers in the table, or their places in the seals with their hashes."""
    one, other = dice.sample(sealed(place), 2)
    if dice.random() < 0.5:
        for before, after in ((one, -1), (other, one), (-1, other)):
            run("update audit_event set id = %s where id = %s", after, before)
        return
    seals = {pk: seal for seal in Seal.objects.filter(partnership_id=place.partnership.pk) for pk in seal.event_ids}
    for seal in {seals[one].pk: seals[one], seals[other].pk: seals[other]}.values():
        seal.event_ids = [{one: other, other: one}.get(pk, pk) for pk in seal.event_ids]
        seal_again(seal)


def seal_again(seal: Seal, before: bytes | None = None) -> bytes:
    """Makes a seal true of what the events are now."""
    leaves = [rules.leaf(text or "") for text in queries.texts(event_ids=seal.event_ids)]
    seal.leaves, seal.root = b"".join(leaves), rules.root(leaves)
    seal.before = seal.before if before is None else before
    seal.hash = queries.facts(seal).hash()
    seal.save()
    return seal.hash


def a_batch_hashed_again(place: Place, dice: random.Random) -> None:
    """An event is changed and its seal made true of it; half the time every later seal too, as a forger would."""
    a_change(place, dice)
    before: bytes | None = None
    everything = dice.random() < 0.5
    for seal in Seal.objects.filter(partnership_id=place.partnership.pk).order_by("number"):
        texts = queries.texts(event_ids=seal.event_ids)
        was = [seal.leaves[place : place + 32] for place in range(0, len(seal.leaves), 32)]
        if before is not None or [rules.leaf(text or "") for text in texts] != [bytes(leaf) for leaf in was]:
            made = seal_again(seal, before)
            before = made if everything else None


def an_end_cut_off(place: Place, dice: random.Random) -> None:
    """The last seals go, and their events with them or back into the queue."""
    last = dice.randint(1, 7)
    gone = [
        pk for s in Seal.objects.filter(partnership_id=place.partnership.pk, number__gte=last) for pk in s.event_ids
    ]
    run("delete from audit_seal where number >= %s and partnership_id = %s", last, place.partnership.pk)
    if dice.random() < 0.5:
        run("delete from audit_event where id = any(%s)", gone)
    else:
        Pending.objects.bulk_create(Pending(event_id=pk, partnership_id=place.partnership.pk, since=AT) for pk in gone)


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, "a tampering that does nothing proves nothing"


WAYS: list[Callable[[Place, random.Random], None]] = [
    a_change, a_deletion, an_insertion, a_swap, a_batch_hashed_again, an_end_cut_off,
]  # fmt: skip


@pytest.mark.slow
def test_every_tampering_is_found_against_an_anchored_head(place: Place, chain: list[Head]) -> None:
    missed = []
    for seed in range(TAMPERINGS):
        dice, way = random.Random(seed), WAYS[seed % len(WAYS)]
        with transaction.atomic():
            as_superuser()
            way(place, dice)
            as_the_application()
            if not faults(place, chain[-1:]):
                missed.append((seed, way.__name__))
            transaction.set_rollback(True)
    assert missed == []
    assert faults(place, chain) == [], "and each was undone"


def test_the_first_fault_names_the_event(place: Place, chain: list[Head]) -> None:
    target = sealed(place)[20]
    as_superuser()
    run("update audit_event set actor_id = actor_id + 1 where id in (%s, %s)", target, sealed(place)[40])
    as_the_application()
    first = faults(place, chain)[0]
    assert (first.seal, first.event_id, first.number) == (3, target, 21)
    assert "was changed" in str(first)


def test_a_forged_chain_agrees_with_itself_and_not_with_the_anchor(place: Place, chain: list[Head]) -> None:
    """Why heads are anchored outside: without one, this forgery is perfect."""
    as_superuser()
    run("update audit_event set actor_id = actor_id + 1 where id = %s", sealed(place)[0])
    before = None
    for seal in Seal.objects.filter(partnership_id=place.partnership.pk).order_by("number"):
        before = seal_again(seal, before)
    as_the_application()
    assert faults(place, []) == []
    assert [fault.what for fault in faults(place, chain)] == ["is not the seal that was anchored"] * 7


BESIDE = {
    "a reason rewritten": "update audit_value set after = 'Asked by the panel' where field = 'reason'",
    "a value rewritten": "update audit_value set before = 'green' where field = 'rag'",
    "a reason given to another agency": "update audit_value set agency_id = agency_id + 1",
    "a reason that is not erased with its person": "update audit_value set person_id = null",
    "a reason beside an event that had none": """insert into audit_value
        (event_id, partnership_id, agency_id, person_id, field, salt, after)
        select id, partnership_id, agency_id, person_id, 'reason', '', 'Asked' from audit_event
        where action = 'test.7'""",
    "a reason moved to another event": "update audit_value set event_id = event_id - 1 where field = 'reason'",
    "a reason beside no event": "update audit_value set event_id = 999999999 where field = 'reason'",
    "a mention removed": "delete from audit_mention where person_id = 41",
    "a mention added": "insert into audit_mention select 43, event_id, partnership_id from audit_mention limit 1",
}


@pytest.mark.parametrize("way", BESIDE)
def test_what_is_kept_beside_the_events_is_verified_too(place: Place, chain: list[Head], way: str) -> None:
    """None of this changes an event, so no seal shows it; the event's own words do."""
    by = place.system()
    audit.record(
        by=by, at=AT, kind=Kind.ALTERATION, action="test.beside", subject_type="test.Thing", subject_id=1, person_id=40,
        people=[41, 42], reason="Seen in Castle Street", changes={"rag": ("red", "amber")},
    )  # fmt: skip
    assert faults(place, chain) == []
    as_superuser()
    run(BESIDE[way])
    as_the_application()
    assert faults(place, chain), way


def test_a_reason_erased_with_its_person_is_no_fault(place: Place, chain: list[Head]) -> None:
    by = place.system()
    audit.record(
        by=by, at=AT, kind=Kind.ALTERATION, action="test.beside", subject_type="test.Thing", subject_id=1, person_id=40,
        reason="Seen in Castle Street",
    )  # fmt: skip
    assert audit.erase_values(person_ids=[40], by=by) == 1
    assert faults(place, chain) == []


def test_an_event_removed_before_it_was_sealed_is_named(place: Place, chain: list[Head]) -> None:
    write(place, 2)
    gone = Event.objects.order_by("pk").last()
    assert gone is not None
    as_superuser()
    run("delete from audit_event where id = %s", gone.pk)
    as_the_application()
    head = audit.seal(by=place.system(), at=AT)
    assert head is not None
    assert head.last == chain[-1].last + 1, "the other one is sealed all the same"
    assert [(fault.event_id, fault.what) for fault in faults(place, [head])] == [
        (gone.pk, "was removed before it was sealed")
    ]


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Against its definition by halves, section 2.1, for every size up to 70."""

    def tree(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        half = 1 << (len(leaves) - 1).bit_length() - 1
        return sha256(b"\x01" + tree(leaves[:half]) + tree(leaves[half:])).digest()

    for size in range(1, 71):
        leaves = [rules.leaf(str(number)) for number in range(size)]
        assert rules.root(leaves) == tree(leaves)


def test_a_head_is_read_back_as_written_and_with_notes_behind_it() -> None:
    head = Head(3, 14, 159, "ab" * 32)
    assert Head.parse(head.line()) == head
    assert Head.parse(f"  {head.line().upper()}   printed on Monday ") == head


@pytest.mark.parametrize("line", ["", "1 2 3", "1 2 3 zz", "1 2 x " + "ab" * 32, "1 2 3 abcd"])
def test_what_is_no_head_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Head.parse(line)
