"""Work for one partnership after another, and when it is tried again."""

import pytest

from iom.common.background import each_apart


def test_what_fails_in_one_is_done_in_the_others_and_still_fails(caplog: pytest.LogCaptureFixture) -> None:
    done = []

    def work(number: int) -> None:
        if number in (1, 3):
            raise ValueError(number)
        done.append(number)

    with pytest.raises(ValueError, match="1"):
        each_apart([1, 2, 3, 4], work)
    assert done == [2, 4]
    assert len(caplog.records) == 2, "each failure is told"
