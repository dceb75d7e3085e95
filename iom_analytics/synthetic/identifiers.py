"""Identifiers that are right by form and check letter, and unlike any other person's in the area.

A number is spread over its range by multiplying with a constant that has no factor in common with the range: no two
people share one, and nothing can be read from it.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.reference.check_letters import CHECK_LETTERS, cro_file_check_letter, cro_remainder, pnc_remainder
from iom_analytics.synthetic.chance import Flags, Ints, Texts
from iom_analytics.synthetic.settings import settings

LETTERS = np.array(list(CHECK_LETTERS), dtype=object)
ALPHABET = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), dtype=object)
UNIT_LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"), dtype=object)
MOST_PEOPLE = 5_000_000
CRO_SERIALS = 1_000_000


def digits(numbers: Ints, width: int) -> Texts:
    """Each number as text, padded with zeros to `width`."""
    found: Texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0").to_numpy(
        zero_copy_only=False
    )
    return found


def spread(numbers: Ints, factor: int, size: int) -> Ints:
    """The numbers scattered over 0 to `size` - 1, no two on one place."""
    assert np.gcd(factor, size) == 1, "a factor of the size would put two numbers on one place"
    found: Ints = (numbers * factor + factor // 3) % size
    return found


def pnc_ids(number: Ints, year: Ints) -> Texts:
    """PNC IDs `YYYY/NNNNNNND` of people by their number in the area and the year they came to notice."""
    serial = spread(number, 7_368_787, 10_000_000)
    found: Texts = digits(year, 4) + "/" + digits(serial, 7) + LETTERS[pnc_remainder(year, serial)]
    return found


def cro_numbers(part: int, year: Ints, filed: Flags) -> Texts:
    """CRO numbers `NNNNNN/YYD`, or `SFYY/NNNNNND` where `filed`.

    Serials count up within each year, every part of the area in a range of its own.
    """
    order = np.argsort(year, kind="stable")
    place = np.empty(len(year), dtype=np.int64)
    sorted_years = year[order]
    place[order] = np.arange(len(year)) - np.searchsorted(sorted_years, sorted_years)
    room = CRO_SERIALS * settings()["part_people"] // MOST_PEOPLE
    assert len(year) == 0 or place.max() < room, "more people of one year than a part of the area has numbers for"
    serial = spread(part * room + place, 618_033, CRO_SERIALS)
    short = digits(year % 100, 2)
    found: Texts = digits(serial, 6) + "/" + short + LETTERS[cro_remainder(year, serial)]
    for row in np.flatnonzero(filed):
        letter = cro_file_check_letter(int(year[row]), int(serial[row]))
        found[row] = f"SF{short[row]}/{serial[row]}{letter}"
    return found


def restyled(pnc_id: str, style: str) -> str:
    """The PNC ID as a system writes it: `full`, `unpadded` (no zeros before the serial) or `short year`."""
    year, slash, rest = pnc_id.partition("/")
    if style == "unpadded":
        return year + slash + rest.lstrip("0")
    return year[-2:] + slash + rest if style == "short year" else pnc_id


def crns(number: Ints) -> Texts:
    """Probation case reference numbers `A999999`."""
    place = spread(number, 16_180_339, 26_000_000)
    found: Texts = ALPHABET[place // 1_000_000] + digits(place % 1_000_000, 6)
    return found


def prison_numbers(number: Ints) -> Texts:
    """Prison numbers `A9999AA`."""
    place = spread(number, 108_631_409, 26 * 10_000 * 26 * 26)
    head, rest = place // (10_000 * 676), place % (10_000 * 676)
    pair = rest % 676
    found: Texts = ALPHABET[head] + digits(rest // 676, 4) + ALPHABET[pair // 26] + ALPHABET[pair % 26]
    return found
