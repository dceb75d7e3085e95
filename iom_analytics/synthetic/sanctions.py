"""The sanctions of the careers as the courts and the police would list them: one row per offence."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from iom_analytics.synthetic import columns
from iom_analytics.synthetic.addresses import partnerships
from iom_analytics.synthetic.careers import YEAR, Careers, Rows
from iom_analytics.synthetic.chance import Flags, Ints, Texts, happens, pick_by, place_in_run
from iom_analytics.synthetic.offences import day_of, offences
from iom_analytics.synthetic.people import People
from iom_analytics.synthetic.sentencing import CAUTION, COMMUNITY, CUSTODY, SUSPENDED
from iom_analytics.synthetic.settings import settings

SANCTION_TYPES = ("conviction", "caution", "reprimand", "warning")
CONVICTION, CAUTIONED, REPRIMAND, WARNING = range(4)
DISPOSALS = (
    "caution",
    "custody",
    "suspended sentence",
    "community order",
    "fine",
    "discharge",
    "other",
    "conditional caution",
)
CONDITIONAL = 7


REPRIMANDS_END = day_of("2013-04-08")  # Legal Aid, Sentencing and Punishment of Offenders Act 2012, s135
CONDITIONAL_CAUTIONS_BEGIN = day_of("2004-07-03")  # Criminal Justice Act 2003, s22
SUSPENDED_ORDERS_BEGIN = day_of("2005-04-04")  # Criminal Justice Act 2003, s189


@dataclass(frozen=True)
class Sanctions(Rows):
    """One row per offence sanctioned by the day of the extracts, in order of person and sanction."""

    person: Ints
    occasion: Ints
    main: Flags  # whether it is the offence that the occasion is about
    offence: Ints  # index into offences()
    offence_code: Texts
    offence_day: Ints
    sanction_day: Ints
    sanction_type: Ints
    disposal: Ints
    custody_days: Ints
    release_day: Ints  # NO_DAY without custody; may lie ahead
    court: Texts

    def arrow(self) -> dict[str, Any]:
        """The columns of the contract, but for who."""
        inside = self.disposal == CUSTODY
        return {
            "sanction_date": columns.dates(self.sanction_day),
            "sanction_type": columns.coded(SANCTION_TYPES, self.sanction_type),
            "offence_code": columns.texts(self.offence_code),
            "offence_date": columns.dates(self.offence_day),
            "disposal": columns.coded(DISPOSALS, self.disposal),
            "custody_days": columns.numbers(self.custody_days, ~(inside | (self.disposal == SUSPENDED))),
            "release_date": columns.dates(self.release_day),
            "court": columns.texts(self.court),
        }


def draw_sanctions(rng: np.random.Generator, careers: Careers, people: People, as_of: int) -> Sanctions:
    """Every offence sanctioned by `as_of`: the main one of each occasion, then those sanctioned with it."""
    numbers = settings()["careers"]
    occasion = careers.occasion
    past = np.flatnonzero(careers.sanction_day <= as_of)
    lasting = careers.start.lasting[occasion.person[past]]
    mean = np.where(lasting, numbers["offences"]["mean_more"][1], numbers["offences"]["mean_more"][0])
    counts = rng.geometric(1 / (1 + mean))
    of = np.repeat(past, counts)
    main = place_in_run(counts) == 0
    person = occasion.person[of]
    rows = len(of)
    same = happens(rng, numbers["offences"]["same_again"], rows)
    drawn = pick_by(rng, offences().mix, careers.start.kind[person])
    offence = np.where(main | same, occasion.offence[of], drawn)
    # Offences sanctioned together were committed within weeks of each other; a few are from long before.
    earlier = np.where(main, 0, rng.exponential(numbers["offences"]["days_apart"], rows)).astype(np.int64)
    old = ~main & happens(rng, numbers["old_offence"], rows)
    earlier = np.where(old, earlier + (rng.exponential(YEAR, rows)).astype(np.int64), earlier)
    liberty_day = occasion.liberty_day[of] - occasion.lag[of] - earlier
    tenth_birthday = people.birth_day[person] + int(10 * YEAR) + 1
    sanction_day = careers.sanction_day[of]
    offence_day = np.clip(careers.calendar.day(person, liberty_day), tenth_birthday, sanction_day)
    young = sanction_day < people.birth_day[person] + int(18 * YEAR) + 1
    disposal = occasion.disposal[of]
    before = sanction_day < SUSPENDED_ORDERS_BEGIN
    disposal = np.where((disposal == SUSPENDED) & before, COMMUNITY, disposal)
    conditional = happens(rng, settings()["sentences"]["caution"]["conditional"], len(occasion))[of]
    conditional &= (sanction_day >= CONDITIONAL_CAUTIONS_BEGIN) & ~(young & (sanction_day < REPRIMANDS_END))
    custody = (disposal == CUSTODY) | (disposal == SUSPENDED)
    concurrent = np.where(main, 1.0, rng.uniform(0.3, 1.0, rows))
    release_day = sanction_day + occasion.served_days[of]
    return Sanctions(
        person=person,
        occasion=of,
        main=main,
        offence=offence,
        offence_code=offences().codes_on(offence, offence_day),
        offence_day=offence_day,
        sanction_day=sanction_day,
        sanction_type=sanction_types(disposal, young=young, day=sanction_day, place=occasion.place[of]),
        disposal=np.where((disposal == CAUTION) & conditional, CONDITIONAL, disposal),
        custody_days=np.where(custody, np.maximum(occasion.custody_days[of] * concurrent, 7), 0).astype(np.int64),
        release_day=np.where(disposal == CUSTODY, release_day, columns.NO_DAY),
        court=courts(disposal, young, people.partnership[person], occasion.custody_days[of]),
    )


def sanction_types(disposal: Ints, *, young: Flags, day: Ints, place: Ints) -> Ints:
    """What proved the offence. Until 2013 people under 18 had a reprimand first, then a warning, and no caution."""
    cautioned = disposal == CAUTION
    youth_scheme = cautioned & young & (day < REPRIMANDS_END)
    found: Ints = np.select(
        [youth_scheme & (place == 0), youth_scheme, cautioned], [REPRIMAND, WARNING, CAUTIONED], CONVICTION
    )
    return found


def courts(disposal: Ints, young: Flags, partnership: Ints, sentence: Ints) -> Texts:
    """Who gave it: the force for a caution, else a youth or magistrates' court; long sentences the Crown Court."""
    towns = np.array(partnerships(), dtype=object)[partnership]
    force = settings()["area"]["force"]
    crown = settings()["area"]["crown_court"]
    long = (disposal == CUSTODY) & (sentence > 365)
    found: Texts = np.select(
        [disposal == CAUTION, long, young],
        [np.full(len(towns), force, dtype=object), np.full(len(towns), crown, dtype=object), towns + " Youth Court"],
        towns + " Magistrates' Court",
    )
    return found
