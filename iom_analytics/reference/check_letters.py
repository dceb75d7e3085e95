"""The check letter of police identifiers: one remainder, three ways of writing the number.

Source: ministryofjustice/hmpps-person-record, `PNCIdentifier.kt` at 03e6db1b and `CROIdentifier.kt` at 07eca859 (MIT,
Crown copyright). Only the arithmetic is here; parsing and canonical form belong to `linkage`.
"""

from typing import Any

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
"""The letter for each remainder 0 to 22: no I, O or S, which are read as digits."""

# Plain arithmetic, so that the remainders work alike on ints, NumPy arrays and Ibis columns.
Number = Any


def pnc_remainder(year: Number, serial: Number) -> Number:
    """The remainder of a PNC ID `YYYY/NNNNNNND`: two-digit year followed by the serial in seven digits."""
    return (year % 100 * 10_000_000 + serial) % 23


def cro_remainder(year: Number, serial: Number) -> Number:
    """The remainder of a standard CRO number `NNNNNN/YYD`: two-digit year followed by the serial in six digits."""
    return (year % 100 * 1_000_000 + serial) % 23


def pnc_check_letter(year: int, serial: int) -> str:
    """The check letter of the PNC ID with this year and serial."""
    return CHECK_LETTERS[pnc_remainder(year, serial)]


def cro_check_letter(year: int, serial: int) -> str:
    """The check letter of a standard CRO number `NNNNNN/YYD`."""
    return CHECK_LETTERS[cro_remainder(year, serial)]


def cro_file_check_letter(year: int, serial: int) -> str:
    """The check letter of a single-file CRO number `SFYY/NNNNNND`: here the serial is not padded."""
    return CHECK_LETTERS[int(f"{year % 100:02d}{serial}") % 23]
