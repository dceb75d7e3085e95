"""Which records become one person, from links alone: small graphs drawn by hand."""

import numpy as np
import pytest

from iom_analytics.linkage.clusters import Decided, Links, people

NONE = -1


def grouped(
    records: int,
    links: dict[tuple[int, int], float],
    *,
    same: list[tuple[int, int]] | None = None,
    different: list[tuple[int, int]] | None = None,
    identifier: dict[int, int] | None = None,
) -> list[list[int]]:
    """The records of each person, with thresholds join 5, break 0, and -4 for a pair without a link."""

    def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        return tuple(np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))  # type: ignore[return-value]

    left, right = columns(list(links))
    numbers = np.full(records, NONE)
    for record, number in (identifier or {}).items():
        numbers[record] = number
    person = people(
        records,
        Links(left, right, np.array(list(links.values()), dtype=float)),
        Decided(columns(same or []), columns(different or [])),
        numbers,
        join=5.0,
        break_=0.0,
        most=20.0,
        least=-4.0,
    )
    found: dict[int, list[int]] = {}
    for record, one in enumerate(person.tolist()):
        found.setdefault(one, []).append(record)
    assert all(one == members[0] for one, members in found.items()), "a person is named by its first record"
    return list(found.values())


def test_records_without_links_are_people_of_their_own() -> None:
    assert grouped(3, {}) == [[0], [1], [2]]


def test_a_link_joins_from_the_threshold_up() -> None:
    assert grouped(4, {(0, 1): 5.0, (2, 3): 4.99}) == [[0, 1], [2], [3]]


def test_a_chain_holds_where_its_ends_are_not_too_unlike() -> None:
    assert grouped(3, {(0, 1): 9.0, (1, 2): 8.0, (0, 2): -1.0}) == [[0, 1, 2]]


def test_a_chain_breaks_at_its_weakest_link_where_its_ends_are_unlike() -> None:
    # 2 to {0, 1}: (5 - 8, held to -4) on average is for, (4 - ...) would not be; 0 and 1 are the stronger pair.
    assert grouped(3, {(0, 1): 12.0, (1, 2): 5.0, (0, 2): -9.0}) == [[0, 1, 2]]
    assert grouped(4, {(0, 1): 12.0, (1, 2): 5.0, (2, 3): 12.0}) == [[0, 1], [2, 3]]


def test_two_tight_groups_are_not_joined_by_one_link_between_them() -> None:
    tight = {(0, 1): 15.0, (0, 2): 15.0, (1, 2): 15.0, (3, 4): 15.0, (3, 5): 15.0, (4, 5): 15.0}
    assert grouped(6, {**tight, (2, 3): 9.0}) == [[0, 1, 2], [3, 4, 5]]


def test_a_difference_keeps_two_records_apart_and_the_third_goes_to_the_nearer() -> None:
    links = {(0, 1): 18.0, (1, 2): 15.0, (0, 2): 15.0}
    assert grouped(3, links, different=[(0, 1)]) == [[0, 2], [1]]
    assert grouped(3, {**links, (1, 2): 16.0}, different=[(0, 1)]) == [[0], [1, 2]]


def test_two_identifiers_are_two_people_whoever_is_between_them() -> None:
    links = {(0, 1): 15.0, (1, 2): 14.0, (0, 2): 13.0}
    assert grouped(3, links, identifier={0: 7, 2: 8}) == [[0, 1], [2]]
    assert grouped(3, links, identifier={0: 7, 2: 7}) == [[0, 1, 2]]


def test_what_people_said_is_one_is_one_without_any_link() -> None:
    assert grouped(3, {}, same=[(0, 2)]) == [[0, 2], [1]]


def test_what_people_said_holds_against_identifiers_and_conflicts() -> None:
    assert grouped(2, {(0, 1): -9.0}, same=[(0, 1)], different=[(0, 1)], identifier={0: 7, 1: 8}) == [[0, 1]]


def test_a_person_with_two_identifiers_by_decision_takes_records_with_either() -> None:
    links = {(0, 2): 15.0, (1, 3): 15.0}
    owned = {0: 7, 1: 8, 2: 7, 3: 8}
    assert grouped(4, links, same=[(0, 1)], identifier=owned) == [[0, 1, 2], [3]] or grouped(
        4, {**links, (2, 1): 6.0, (3, 0): 6.0, (2, 3): 6.0}, same=[(0, 1)], identifier=owned
    ) == [[0, 1, 2, 3]]


def test_a_decision_that_two_differ_is_inherited_by_whoever_is_said_to_be_one_of_them() -> None:
    links = {(0, 1): 15.0, (0, 2): 15.0, (1, 2): 15.0}
    assert grouped(3, links, same=[(0, 2)], different=[(0, 1)]) == [[0, 2], [1]]


@pytest.mark.parametrize("turn", range(3))
def test_the_order_of_the_links_does_not_matter(turn: int) -> None:
    links = {(0, 1): 12.0, (1, 2): 6.0, (2, 3): 12.0, (0, 2): 1.0, (1, 3): -2.0}
    items = list(links.items())
    turned = dict(items[turn:] + items[:turn])
    assert grouped(4, turned) == grouped(4, links)
