"""Where people live: fictional partnerships, and postcodes in postcode areas that do not exist."""

import numpy as np

from iom_analytics.synthetic.chance import Ints, Texts, happens, pick
from iom_analytics.synthetic.identifiers import UNIT_LETTERS, digits
from iom_analytics.synthetic.settings import settings

DISTRICTS_EACH = 5  # postcode districts of a partnership
UNITS = 10 * len(UNIT_LETTERS) ** 2  # postcodes of one district: sector, then two letters


def partnerships() -> tuple[str, ...]:
    """The community safety partnerships of the area."""
    return tuple(settings()["area"]["partnerships"])


def draw_partnerships(rng: np.random.Generator, rows: int) -> Ints:
    return pick(rng, list(settings()["area"]["partnerships"].values()), rows)


def draw_homes(rng: np.random.Generator, partnership: Ints, area_people: int) -> Ints:
    """A home per person: a number within the partnership. Low numbers are poor streets, where more people live."""
    shares = np.array(list(settings()["area"]["partnerships"].values()))
    homes = np.maximum(area_people * shares / shares.sum() / settings()["area"]["people_per_postcode"], 20)
    skewed = rng.random(len(partnership)) ** settings()["area"]["poorest_streets"]
    home = (skewed * homes[partnership]).astype(np.int64)
    hostel = happens(rng, settings()["area"]["in_hostels"], len(partnership))
    found: Ints = np.where(hostel, home % 4, home)
    return found


def postcodes(partnership: Ints, home: Ints) -> Texts:
    """The postcode of each home, in capitals with a space: `ZW14 3QT`."""
    district = partnership * DISTRICTS_EACH + home % DISTRICTS_EACH + 1
    street = home // DISTRICTS_EACH
    letters = np.array(settings()["area"]["postcode_areas"], dtype=object)
    unit = (street * 1237 + 811 + 97 * district) % UNITS  # scattered, so that neighbours in number are not neighbours
    side = len(UNIT_LETTERS)
    pair = unit // 10
    found: Texts = (
        letters[street // UNITS % len(letters)]
        + digits(district, 1)
        + " "
        + digits(unit % 10, 1)
        + UNIT_LETTERS[pair // side]
        + UNIT_LETTERS[pair % side]
    )
    return found
