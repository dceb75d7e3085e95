"""Check letters against examples published with the Ministry's person record, and worked by hand from its rule."""

import numpy as np
import pytest

from iom_analytics.reference.check_letters import (
    CHECK_LETTERS,
    cro_check_letter,
    cro_file_check_letter,
    pnc_check_letter,
    pnc_remainder,
)


@pytest.mark.parametrize(
    ("year", "serial", "letter"),
    [
        pytest.param(1979, 163001, "B", id="published example 1979/0163001B"),
        pytest.param(1999, 123456, "X", id="a year of the last century"),
        pytest.param(2001, 1, "Q", id="year 01 and a serial of one digit"),
        pytest.param(2020, 9, "N", id="serial padded to seven digits"),
        pytest.param(2020, 1234567, "Z", id="no remainder is Z"),
        pytest.param(2015, 73949, "G", id="2015/0073949G"),
    ],
)
def test_a_pnc_id_has_the_letter_of_its_remainder(year: int, serial: int, letter: str) -> None:
    assert pnc_check_letter(year, serial) == letter


def test_a_cro_number_has_the_letter_of_its_remainder() -> None:
    assert cro_check_letter(2021, 265416) == "G"


def test_a_single_file_number_does_not_pad_its_serial() -> None:
    # 39 and 1234 make 391234, not 39001234: remainders 4 and 19.
    assert cro_file_check_letter(1939, 1234) == CHECK_LETTERS[391234 % 23]
    assert cro_file_check_letter(1939, 1234) != cro_check_letter(1939, 1234)


def test_the_remainder_of_a_column_is_the_remainder_of_each_row() -> None:
    years, serials = np.array([1979, 2001, 2020]), np.array([163001, 1, 1234567])
    assert "".join(CHECK_LETTERS[found] for found in pnc_remainder(years, serials)) == "BQZ"
