"""What people decided: all that can hold at once, the later before the earlier."""

from iom_analytics.linkage.decisions import Decision, settle


def test_decisions_that_agree_all_hold() -> None:
    decisions = [Decision(1, 2, "same"), Decision(2, 3, "same"), Decision(3, 4, "different")]
    settled = settle(decisions)
    assert len(settled.same) == 2
    assert len(settled.different) == 1
    assert not settled.set_aside


def test_of_two_decisions_about_one_pair_the_later_holds() -> None:
    settled = settle([Decision(1, 2, "same"), Decision(2, 1, "different")])
    assert settled.same == []
    assert settled.different == [Decision(2, 1, "different")]
    assert settled.set_aside == [Decision(1, 2, "same")]


def test_a_later_difference_breaks_the_earliest_link_of_a_chain() -> None:
    first, second, apart = Decision(1, 2, "same"), Decision(2, 3, "same"), Decision(1, 3, "different")
    settled = settle([first, second, apart])
    assert settled.set_aside == [first]
    assert settled.same == [second]
    assert settled.different == [apart]


def test_a_later_sameness_overrules_an_earlier_difference_between_those_it_joins() -> None:
    apart, first, second = Decision(1, 3, "different"), Decision(1, 2, "same"), Decision(2, 3, "same")
    settled = settle([apart, first, second])
    assert settled.set_aside == [apart]
    assert {(one.left, one.right) for one in settled.same} == {(1, 2), (2, 3)}


def test_a_difference_is_inherited_by_everyone_who_is_the_same() -> None:
    settled = settle([Decision(5, 7, "same"), Decision(5, 6, "different"), Decision(6, 7, "same")])
    assert settled.same == [Decision(6, 7, "same")] or settled.set_aside
    held = {(one.left, one.right) for one in settled.same}
    assert (6, 7) in held
    assert len(settled.set_aside) == 1


def test_one_record_cannot_be_two_people() -> None:
    settled = settle([Decision(1, 1, "different")])
    assert settled.set_aside == [Decision(1, 1, "different")]
