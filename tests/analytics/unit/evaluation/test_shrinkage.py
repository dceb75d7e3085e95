"""Areas drawn towards their mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom_analytics.errors import EstimateError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.shrinkage import shrink

AREAS = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 3)), min_size=5, max_size=20)


@given(AREAS)
def test_a_drawn_effect_lies_between_its_own_and_the_mean(areas: list[tuple[float, float]]) -> None:
    found = shrink([each for each, _ in areas], [error for _, error in areas], grade=Grade.COMPARISON)
    for (own, _), drawn, low, high in zip(areas, found.effects, found.low, found.high, strict=True):
        assert min(own, found.mean) - 1e-9 <= drawn <= max(own, found.mean) + 1e-9
        assert low < drawn < high


def test_eight_schools() -> None:
    # Rubin 1981's coaching in eight schools: DerSimonian and Laird find no spread, so all are drawn to 7.69 (4.07).
    found = shrink([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18], grade=Grade.DESIGNED)
    assert found.between == 0
    assert found.effects == pytest.approx([7.69] * 8, abs=0.01)
    assert found.high[0] - found.mean == pytest.approx(1.96 * 4.07, abs=0.01)


def test_too_few_areas() -> None:
    with pytest.raises(EstimateError, match="4 areas"):
        shrink([1, 2, 3, 4], [1, 1, 1, 1], grade=Grade.COMPARISON)
