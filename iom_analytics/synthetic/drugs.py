"""Who uses class A drugs, and what tests find."""

import numpy as np
import pyarrow as pa

from iom_analytics.synthetic import columns
from iom_analytics.synthetic.careers import YEAR, Careers
from iom_analytics.synthetic.chance import Flags, Floats, Ints, happens
from iom_analytics.synthetic.events import Arrests, Events
from iom_analytics.synthetic.offences import offences
from iom_analytics.synthetic.people import People
from iom_analytics.synthetic.sanctions import Sanctions
from iom_analytics.synthetic.sentencing import CUSTODY
from iom_analytics.synthetic.settings import settings
from iom_analytics.synthetic.supervision import adult_orders

OCCASIONS = ("arrest", "charge", "licence", "order")
ARREST, CHARGE, LICENCE, ORDER = range(4)
RESULTS = ("positive", "negative", "refused", "disputed")


def draw_users(rng: np.random.Generator, careers: Careers) -> Flags:
    """Who uses heroin, crack or cocaine."""
    table = settings()["drugs"]["class_a"]
    shares = np.array([table[kind] for kind in offences().kinds])
    start = careers.start
    return happens(rng, shares[start.kind, start.lasting.astype(np.int64)], len(start))


def drug_tests(
    rng: np.random.Generator,
    *,
    arrests: Arrests,
    sanctions: Sanctions,
    careers: Careers,
    users: Flags,
    people: People,
    as_of: int,
) -> Events:
    """Tests of adults arrested for a trigger offence, and of users on orders and licences."""
    numbers = settings()["drugs"]
    adult = arrests.day >= people.birth_day[arrests.person] + int(18 * YEAR) + 1
    trigger = adult & offences().trigger[arrests.offence]
    tested = np.flatnonzero(trigger & happens(rng, numbers["tested_on_arrest"], len(arrests)))
    stage = np.where(happens(rng, numbers["on_charge"], len(tested)), CHARGE, ARREST)
    chance = np.where(users[arrests.person[tested]], numbers["positive"]["user"], numbers["positive"]["other"])
    person, day, later_stage = tests_under_supervision(rng, sanctions, careers, users, people, as_of)
    return results(
        rng,
        person=np.concatenate([arrests.person[tested], person]),
        day=np.concatenate([arrests.day[tested], day]),
        stage=np.concatenate([stage, later_stage]),
        chance=np.concatenate([chance, np.full(len(person), numbers["positive_on_orders"])]),
        as_of=as_of,
    )


def tests_under_supervision(
    rng: np.random.Generator, sanctions: Sanctions, careers: Careers, users: Flags, people: People, as_of: int
) -> tuple[Ints, Ints, Ints]:
    """Who was tested on an order or a licence, when, and on which of the two: in the first year of it."""
    since = as_of - int(settings()["window_years"] * YEAR)
    rows = adult_orders(sanctions, people)
    rows = rows[users[sanctions.person[rows]] & (sanctions.sanction_day[rows] >= since)]
    rows = np.repeat(rows, rng.poisson(settings()["drugs"]["on_orders"], len(rows)))
    # Days are counted at liberty: a licence begins when the sentence has been served.
    after = 1 + (rng.random(len(rows)) * YEAR).astype(np.int64)
    person = sanctions.person[rows]
    day = careers.calendar.day(person, careers.occasion.liberty_day[sanctions.occasion[rows]] + after)
    stage = np.where(sanctions.disposal[rows] == CUSTODY, LICENCE, ORDER)
    kept = day <= as_of
    return person[kept], day[kept], stage[kept]


def results(rng: np.random.Generator, *, person: Ints, day: Ints, stage: Ints, chance: Floats, as_of: int) -> Events:
    """What the tests found, and what was required of who tested positive on arrest or charge."""
    numbers = settings()["drugs"]
    rows = len(person)
    positive = happens(rng, chance, rows)
    refused = happens(rng, numbers["refused"], rows)
    disputed = positive & happens(rng, numbers["disputed"], rows)
    opiates = positive & happens(rng, numbers["opiates"], rows)
    cocaine = positive & (happens(rng, numbers["cocaine"], rows) | ~opiates)
    in_custody_suite = (stage == ARREST) | (stage == CHARGE)
    required = positive & in_custody_suite & ~refused & happens(rng, numbers["required_assessment"], rows)
    attended = happens(rng, numbers["attended"], rows)
    pending = ~required | (day > as_of - numbers["pending_days"])
    return Events(
        person,
        {
            "test_date": columns.dates(day),
            "occasion": columns.coded(OCCASIONS, stage),
            "result": columns.coded(RESULTS, np.select([refused, disputed, positive], [2, 3, 0], 1)),
            "opiates": pa.array(opiates, mask=refused),
            "cocaine": pa.array(cocaine, mask=refused),
            "required_assessment": pa.array(required),
            "assessment_attended": pa.array(attended, mask=pending),
        },
    )
