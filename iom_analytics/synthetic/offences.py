"""What a person is sanctioned for: the offence table as arrays, and the mix of each kind of career."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from iom_analytics.synthetic.chance import Flags, Floats, Ints, Texts
from iom_analytics.synthetic.settings import listed, settings

EPOCH = np.datetime64("1970-01-01", "D")


def day_of(date: str) -> int:
    """The day since 1970."""
    return int((np.datetime64(date, "D") - EPOCH).astype(int))


@dataclass(frozen=True)
class Offences:
    """One row per offence of `data/offences.csv`; `mix[kind]` says how a career of that kind spreads over them."""

    code: Texts
    group: Texts
    custody: Floats
    sentence_days: Ints
    trigger: Flags
    domestic: Floats
    since_day: Ints
    before: Texts
    kinds: tuple[str, ...]
    mix: Floats

    def codes_on(self, rows: Ints, day: Ints) -> Texts:
        """The code of each offence as it was on the day it was committed."""
        found: Texts = np.where(day < self.since_day[rows], self.before[rows], self.code[rows])
        return found


@cache
def offences() -> Offences:
    table = listed("offences", "offence_code", "trigger", "since", "before").to_pydict()
    group = np.array(table["group"], dtype=object)
    share = np.array(table["share"], dtype=np.float64)
    kinds = tuple(settings()["specialisms"])
    mix = np.array([[settings()["spread"][kind].get(name, 0.0) for name in table["group"]] for kind in kinds])
    return Offences(
        code=np.array(table["offence_code"], dtype=object),
        group=group,
        custody=np.array(table["custody"], dtype=np.float64),
        sentence_days=np.array(table["sentence_days"], dtype=np.int64),
        trigger=np.array(table["trigger"], dtype=object) == "yes",
        domestic=np.array(table["domestic"], dtype=np.float64),
        since_day=np.array([day_of(day or "1900-01-01") for day in table["since"]], dtype=np.int64),
        before=np.array(table["before"], dtype=object),
        kinds=kinds,
        mix=mix * share,
    )
