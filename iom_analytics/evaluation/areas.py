"""Areas side by side: how many of those who were managed reoffended, beside how many were to be expected.

What was expected is by each person's score, fitted to all who were managed here together, so that 1 is the mean of the
partnership: an area is held against the others, and not against a score that may be too high or low everywhere. Areas
are in the order of the alphabet and never in that of their figures (`funnel`), and no figure is of a worker. Shrunk
rates (`shrinkage`) stand beside, because the rate of a small area is mostly chance.
"""

import numpy as np
import pyarrow as pa

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import EstimateError
from iom_analytics.evaluation import managed
from iom_analytics.evaluation.expected import MINIMUM_REFERENCE, shifted
from iom_analytics.evaluation.funnel import funnel
from iom_analytics.evaluation.shrinkage import shrink_rates

BETWEEN_AREAS = pa.schema(
    {
        "area": pa.string(),
        "people": pa.int64(),
        "observed": pa.int64(),
        "expected": pa.float64(),
        "ratio": pa.float64(),
        "low_95": pa.float64(),
        "high_95": pa.float64(),
        "low_998": pa.float64(),
        "high_998": pa.float64(),
        "verdict": pa.string(),
        "percent": pa.float64(),
        "shrunk": pa.float64(),
        "shrunk_low": pa.float64(),
        "shrunk_high": pa.float64(),
    }
)


def between_areas(cases: pa.Table) -> pa.Table:
    """One row per area of the `managed`, by name; all but the name is empty where under ten people, reoffenders or
    others are behind it.

    `ratio` is observed over expected and the limits are those of a funnel around 1, with the spread that areas have
    beyond chance; `percent` reoffended, and `shrunk` is the same drawn towards the areas' mean. No total is given, so
    nothing that is left out can be found by subtraction. Raises EstimateError where too few people or areas are there.
    """
    cases = cases.filter(cases["area"].is_valid())
    did, score = managed.numbers(cases)
    if not managed.is_enough(did):
        raise EstimateError(
            f"Fewer than {MINIMUM_REFERENCE} people who were managed have an area and a final outcome, so areas cannot"
            " be told from chance."
        )
    expected = shifted(score, *managed.line_of(did, score))
    names = np.array(cases["area"].to_pylist())
    every = sorted(set(names.tolist()), key=str.casefold)
    people = np.array([(names == name).sum() for name in every])
    observed = np.array([did[names == name].sum() for name in every])
    to_expect = np.array([expected[names == name].sum() for name in every])
    found = funnel(every, observed, to_expect, kind="rate", people=people, target=1.0)
    large = people >= SMALL
    rates = shrink_rates(observed[large], people[large])
    drawn = dict(
        zip(np.array(every)[large].tolist(), zip(rates.rates, rates.low, rates.high, strict=True), strict=True)
    )
    rows = {area.name: area for area in found.areas}
    return pa.Table.from_pylist(
        [
            {"area": name}
            if min(of - did_so, did_so) < SMALL
            else {
                "area": name,
                "people": int(of),
                "observed": int(did_so),
                "expected": rows[name].size,
                "ratio": rows[name].rate,
                "low_95": rows[name].random_95[0],
                "high_95": rows[name].random_95[1],
                "low_998": rows[name].random_998[0],
                "high_998": rows[name].random_998[1],
                "verdict": rows[name].verdict,
                "percent": 100 * did_so / of,
                **dict(zip(("shrunk", "shrunk_low", "shrunk_high"), (100 * each for each in drawn[name]), strict=True)),
            }
            for name, of, did_so in zip(every, people, observed, strict=True)
        ],
        BETWEEN_AREAS,
    )
