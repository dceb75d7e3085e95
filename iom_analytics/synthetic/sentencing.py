"""How sanctions end: out of court, in custody, with an order or less; how long a sentence is and how much is served."""

import numpy as np

from iom_analytics.synthetic.chance import Flags, Floats, Ints, happens, pick
from iom_analytics.synthetic.offences import offences
from iom_analytics.synthetic.settings import settings

CAUTION, CUSTODY, SUSPENDED, COMMUNITY, FINE, DISCHARGE, OTHER = range(7)


def log_odds(chance: Floats) -> Floats:
    chance = np.clip(chance, 0.001, 0.999)
    found: Floats = np.log(chance / (1 - chance))
    return found


def draw_disposals(
    rng: np.random.Generator, *, offence: Ints, place: Ints, haste: Floats, age: Floats, female: Flags
) -> Ints:
    """How each sanction ends: cautions for beginners, custody for grave offences and long records, orders between."""
    numbers = settings()["sentences"]
    rows = len(offence)
    young = age < 18
    seriousness = offences().custody[offence]
    previous = np.log1p(place)
    caution = numbers["caution"]
    out_of_court = np.select([place == 0, place == 1], [caution["first"], caution["second"]], caution["later"])
    out_of_court = np.where(young, out_of_court * caution["young"], out_of_court)
    out_of_court = np.where(seriousness > caution["serious"], 0, out_of_court)
    custody = numbers["custody"]
    odds = log_odds(seriousness) + custody["base"] + custody["per_log_previous"] * previous
    odds = odds + custody["young"] * young + custody["women"] * female + custody["haste"] * haste
    inside = happens(rng, 1 / (1 + np.exp(-odds)), rows) & (age >= 12)
    community = numbers["community"]
    odds = community["base"] + community["per_log_previous"] * previous + community["custody"] * seriousness
    odds = odds + community["haste"] * haste
    order = happens(rng, 1 / (1 + np.exp(-odds)), rows)
    suspended = happens(rng, numbers["suspended"], rows) & ~young
    ends = numbers["other"]
    rest = np.array([FINE, DISCHARGE, OTHER])[pick(rng, [ends["fine"], ends["discharge"], ends["other"]], rows)]
    rest = np.where(young & (rest == FINE), OTHER, rest)  # a referral order, mostly
    cautioned = happens(rng, out_of_court, rows)
    found: Ints = np.select(
        [cautioned, inside, order & suspended, order], [CAUTION, CUSTODY, SUSPENDED, COMMUNITY], rest
    )
    return found


def draw_sentences(rng: np.random.Generator, *, offence: Ints, disposal: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
    """The custodial sentence as passed, days on remand before it and days served after it; zero without custody."""
    numbers = settings()["sentences"]
    rows = len(offence)
    longer = np.exp(rng.normal(0, numbers["spread_of_length"], rows)) * (1 + 0.08 * np.log1p(place))
    sentence = np.clip(offences().sentence_days[offence] * longer, 14, numbers["longest_days"])
    remanded = happens(rng, numbers["remand"]["share"], rows)
    remand = np.where(remanded, 1 + rng.exponential(numbers["remand"]["mean_days"], rows), 0)
    inside = disposal == CUSTODY
    # Time on remand counts towards the half that is served; whoever has served it already walks out of court.
    served = np.maximum(np.round(sentence * numbers["served"]) - np.floor(remand), 0)
    suspended = disposal == SUSPENDED
    # A sentence of 14 days to two years may be suspended.
    passed = np.where(inside, sentence, np.where(suspended, np.clip(sentence, 14, 730), 0))
    return tuple(  # type: ignore[return-value]
        np.floor(values).astype(np.int64)
        for values in (passed, np.where(inside, remand, 0), np.where(inside, served, 0))
    )
