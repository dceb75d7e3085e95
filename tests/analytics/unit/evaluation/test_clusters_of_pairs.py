"""Clusters that hold all rows of a person and all people of a pair."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics.evaluation import effect


def test_a_person_in_two_pairs_joins_them() -> None:
    #                  alice       bob  charlie  dave
    person = np.array([7, 7, 7, 8, 9, 10])
    pair = np.array([1, 2, 0, 1, 2, 0])
    found = effect.of_people_and_pairs(person, pair)
    assert len(set(found[:5].tolist())) == 1
    assert found[5] != found[0]


def test_without_pairs_clusters_are_people() -> None:
    found = effect.of_people_and_pairs(np.array([3, 3, 5]), np.zeros(3, np.int64))
    assert found[0] == found[1] != found[2]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=25))
@settings(deadline=None)
def test_it_is_what_joining_two_by_two_gives(rows: list[tuple[int, int]]) -> None:
    label = list(range(len(rows)))
    for _ in rows:
        for one, (person, pair) in enumerate(rows):
            for other, (same, also) in enumerate(rows):
                if person == same or (pair == also and pair > 0):
                    label[one] = label[other] = min(label[one], label[other])
    found = effect.of_people_and_pairs(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
    for one in range(len(rows)):
        for other in range(len(rows)):
            assert (found[one] == found[other]) == (label[one] == label[other])
