"""Published differences of the Justice Data Lab, and the Diamond pilot's counts, come out of the same t test."""

import pytest

from iom_analytics import evaluation


@pytest.mark.parametrize(
    ("report", "reoffenders", "treated", "comparison", "percents"),
    [
        ("Blue Sky", 22, 72, 0.426, (1, 23)),
        ("Langley House Trust", 61, 231, 0.3455, (2, 14)),
        ("Prisoners' Education Trust, Open University", 144, 805, 0.228, (2, 8)),
    ],
)
def test_the_published_interval(
    report: str, reoffenders: int, treated: int, comparison: float, percents: tuple[int, int]
) -> None:
    row = evaluation.result(
        "the reoffending rate",
        evaluation.of_share(reoffenders, out_of=treated),
        evaluation.of_large_group(comparison),
        reoffenders=reoffenders,
    )
    shown = [evaluation.displayed(bound, times=-100) for bound in (row.difference_upper, row.difference_lower)]
    assert shown == [str(percent) for percent in percents]
    assert row.difference_p is not None
    assert row.difference_p <= 0.05
    # Blue Sky's 22 treated reoffenders are under the Data Lab's later rule of 30.
    assert row.significant == (reoffenders >= 30)


def test_the_open_university_interval_to_two_decimals() -> None:
    found = evaluation.between(evaluation.of_share(144, out_of=805), evaluation.of_large_group(0.228))
    assert found.lower is not None
    assert found.upper is not None
    assert (-100 * found.upper, -100 * found.lower) == (pytest.approx(2.26, abs=0.01), pytest.approx(7.56, abs=0.01))


def test_the_diamond_pilot() -> None:
    found = evaluation.between(evaluation.of_share(156, out_of=368), evaluation.of_share(136, out_of=327))
    assert 100 * found.estimate == pytest.approx(0.80, abs=0.005)
    assert found.lower is not None
    assert found.upper is not None
    # The published interval is by the normal distribution; t has a little wider tails.
    assert (100 * found.lower, 100 * found.upper) == (pytest.approx(-6.55, abs=0.03), pytest.approx(8.15, abs=0.03))
    assert found.p == pytest.approx(0.831, abs=0.001)
