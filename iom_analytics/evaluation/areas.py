"""Areas side by side: how many of those who were managed reoffended, beside how many were to be expected.

What was expected is by each person's score, fitted to all who were managed here together, so that 1 is the mean of the
partnership: an area is held against the others, and not against a score that may be too high or low everywhere. Areas
are in the order of the alphabet and never in that of their figures (`funnel`), and no figure is of a worker. Shrunk
rates (`shrinkage`) stand beside, because the rate of a small area is mostly chance.
"""

import numpy as np
import pyarrow as pa

from iom_analytics.disclosure import SMALL, rounded
from iom_analytics.errors import EstimateError
from iom_analytics.evaluation import managed
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.expected import MINIMUM_REFERENCE, shifted
from iom_analytics.evaluation.funnel import funnel
from iom_analytics.evaluation.shrinkage import shrink_rates

BETWEEN_AREAS = pa.schema(
    {
        "area": pa.string(),
        "people": pa.int64(),
        "observed": pa.int64(),
        "expected": pa.int64(),
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
    others are behind it, or would be behind what is left out (`withheld`).

    `people` and `observed` are to the nearest five, `expected` to whole people; `ratio` is observed over expected, to
    two places, and so are the limits, which are those of a funnel around 1 with the spread that areas have beyond
    chance. `percent` reoffended, and `shrunk` is the same drawn towards the areas' mean, both in whole per cent. As
    many are expected as reoffended, over all areas: what is shown tells of all that is left out together, so that must
    be of ten or more as well. Raises EstimateError where too few people or areas are there.
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
    left_out = withheld(people, observed)
    return pa.Table.from_pylist(
        [
            {"area": name}
            if is_left_out
            else {
                "area": name,
                "people": rounded(int(of)),
                "observed": rounded(int(did_so)),
                "expected": rounded(rows[name].size, base=1),
                "ratio": two_places(rows[name].rate),
                "low_95": two_places(rows[name].random_95[0]),
                "high_95": two_places(rows[name].random_95[1]),
                "low_998": two_places(rows[name].random_998[0]),
                "high_998": two_places(rows[name].random_998[1]),
                "verdict": rows[name].verdict,
                "percent": float(rounded(100 * did_so / of, base=1)),
                **{
                    column: float(rounded(100 * each, base=1))
                    for column, each in zip(("shrunk", "shrunk_low", "shrunk_high"), drawn[name], strict=True)
                },
            }
            for name, of, did_so, is_left_out in zip(every, people, observed, left_out, strict=True)
        ],
        BETWEEN_AREAS,
    )


def withheld(people: Numbers, observed: Numbers) -> list[bool]:
    """Which areas are not shown: small ones, and after them the smallest of the others until those not shown together
    have ten who reoffended and ten who did not."""
    others = people - observed
    left_out = np.minimum(observed, others) < SMALL
    for place in np.argsort(people, kind="stable"):
        if not left_out.any() or min(observed[left_out].sum(), others[left_out].sum()) >= SMALL:
            break
        left_out[place] = True
    found: list[bool] = left_out.tolist()
    return found


def two_places(value: float) -> float:
    return rounded(100 * value, base=1) / 100
