"""Which looks are out of the ordinary, drawn case by case."""

from datetime import UTC, date, datetime

import pytest

from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.sharing.rules import looks as rules
from iom.sharing.rules.looks import Known, Look

JO = Known(frozenset({("jo", "marsh")}), frozenset({"mark-of-home"}))
DAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def look(event_id: int, *people: int, at: datetime = DAY, actor_id: int = 1) -> Look:
    return Look(event_id, actor_id, at, frozenset(people))


def found(*looks: Look, people: dict[int, Known] | None = None, before: list[int] | None = None) -> list[tuple]:
    result = rules.anomalies(looks, users={1: JO}, people=people or {}, days_before={1: before or []})
    return sorted((one.doubt, one.person_id, one.event_ids) for one in result)


@pytest.mark.parametrize(
    ("at", "out"),
    [
        (datetime(2026, 11, 23, 5, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 21, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), True),
        # British Summer Time: the clock in London is an hour ahead.
        (datetime(2026, 7, 1, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 21, 0, tzinfo=UTC), True),
        # The night the clocks go back: the second half past one is as much night as the first.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),
    ],
)
def test_hours_are_those_of_the_clock_in_london(at: datetime, out: bool) -> None:
    assert rules.is_out_of_hours(at) is out


TIES = [
    (Known(frozenset({("jo", "marsh")})), "own-record"),
    (Known(frozenset({("robin", "marsh")})), "same-surname"),
    (Known(frozenset({("jo", "ashdown")})), None),
    (Known(frozenset({("robin", "ashdown"), ("jo", "marsh")})), "own-record"),
    (Known(postcodes=frozenset({"mark-of-home"})), "same-address"),
    (Known(frozenset({("robin", "marsh")}), frozenset({"mark-of-home"})), "same-address"),
    (Known(), None),
]


@pytest.mark.parametrize(("person", "doubt"), TIES)
def test_the_closest_tie_is_the_doubt(person: Known, doubt: str | None) -> None:
    assert rules.tie(JO, person) == doubt
    expected = [(doubt, 7, [3])] if doubt else []
    assert found(look(3, 7), people={7: person}) == expected


def test_a_user_of_whom_nothing_is_known_is_tied_to_nobody() -> None:
    assert rules.tie(Known(), Known()) is None


def test_a_surname_on_a_list_is_no_doubt_and_ones_own_name_is() -> None:
    people = {7: Known(frozenset({("robin", "marsh")})), 8: Known(frozenset({("jo", "marsh")}))}
    assert found(look(3, 7, 8, 9), people=people) == [("own-record", 8, [3])]


def test_looks_of_one_day_at_one_person_are_one_doubt() -> None:
    people = {7: Known(frozenset({("jo", "marsh")}))}
    later = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert found(look(3, 7), look(4, 7), look(5, 7, at=later), people=people) == [
        ("own-record", 7, [3, 4]),
        ("own-record", 7, [5]),
    ]


@pytest.mark.parametrize(
    ("people", "before", "unusual"),
    [(59, [], False), (60, [], True), (60, [20, 20, 20], False), (61, [20, 20, 20], True), (61, [1, 20, 300], True)],
)
def test_many_is_many_by_itself_and_beside_the_users_own_days(people: int, before: list[int], unusual: bool) -> None:
    assert (found(look(3, *range(people)), before=before) == [("volume", None, [3])]) is unusual


def test_a_night_is_one_doubt_about_nobody_in_particular() -> None:
    at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    (one,) = rules.anomalies([look(3, 7, at=at), look(4, 8, 9, at=at)], users={}, people={}, days_before={})
    assert (one.doubt, one.person_id, one.event_ids, one.people, one.on) == (
        "out-of-hours", None, [3, 4], {7, 8, 9}, date(2026, 11, 23),
    )  # fmt: skip


def test_who_may_review() -> None:
    rules.check_can_review(actor_id=1, reviewer_id=2, finding="")
    with pytest.raises(NotAllowed, match="yourself"):
        rules.check_can_review(actor_id=1, reviewer_id=1, finding="")
    with pytest.raises(WrongState, match="meanwhile"):
        rules.check_can_review(actor_id=1, reviewer_id=2, finding="justified")
    with pytest.raises(InvalidInput):
        rules.check_note(finding="misuse", note="  ")
