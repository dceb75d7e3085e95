"""Does a score mean the same for each group? Calibration, errors at the threshold, and how well it tells people apart.

Where groups reoffend at different rates a score that is not perfect cannot be right for each group (the same score, the
same share who reoffend) and err equally often in each (Chouldechova 2017, Big Data 5, 153-163; Kleinberg, Mullainathan
and Raghavan 2017, ITCS 43). Which of the two to hold to is a decision to be taken and written down, not a fault to be
found: `TRADE_OFF` says so beside the figures. AUC with the error of DeLong, DeLong and Clarke-Pearson 1988, Biometrics
44, 837-845.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iom_analytics import disclosure
from iom_analytics.disclosure import TOTAL
from iom_analytics.errors import InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags, Numbers
from iom_analytics.evaluation.balance import c_statistic
from iom_analytics.evaluation.expected import byar
from iom_analytics.evaluation.selection import read_groups, wilson

TRADE_OFF = (
    "Where groups reoffend at different rates, no score short of a perfect one can both mean the same for each group "
    "and wrongly flag or wrongly miss equally often in each. A difference in the error rates may therefore come from "
    "the rates themselves. Which of the two matters more here is for the board to decide and to write down."
)
ERRORS = ("ppv", "fpr", "fnr")
SCHEMA = pa.schema(
    {
        "group": pa.string(),
        "people": pa.int64(),
        "reoffended": pa.int64(),
        "expected": pa.float64(),
        **{f"{name}{end}": pa.float64() for name in ("ratio", "auc", *ERRORS) for end in ("", "_low", "_high")},
    }
)


def score_fairness(
    group: Sequence[str], probability: npt.ArrayLike, reoffended: npt.ArrayLike, *, threshold: float
) -> pa.Table:
    """One row per group and for 'All': how a score that was given at entry did, once outcomes are known.

    `reoffended` of `people` against `expected` (the sum of the probabilities); `ratio` is observed over expected with
    Byar's interval. At `threshold` or above: `ppv` is the share of those who reoffended; `fpr` is how many of those who
    did not reoffend were above, `fnr` how many of those who did were below; in per cent with Wilson's intervals. `auc`
    is how often, of a pair, who reoffended has the higher score. Empty where a count under 10 would show, or what would
    give one away. Read beside `TRADE_OFF`.
    """
    where = read_groups(group)
    p, y = arrays.probabilities(probability, "Probabilities"), arrays.happened(reoffended, "Reoffended").astype(bool)
    arrays.alike(groups=where == "", probabilities=p, reoffended=y)
    arrays.share(threshold, "The threshold")
    if not len(where):
        raise InputError("There is nobody to look at.")
    above = p >= threshold
    cells = safe_counts(where, above, y)
    rows = []
    for level in (*sorted(set(where.tolist())), TOTAL):
        own = np.ones(len(where), bool) if level == TOTAL else where == level
        rows.append(row(level, p[own], y[own], cells))
    return pa.Table.from_pylist(rows, SCHEMA)


def row(level: str, p: Numbers, y: Flags, cells: dict[tuple[str, str, str], int | None]) -> dict[str, Any]:
    people, did, did_not = (cells[level, TOTAL, each] for each in (TOTAL, "yes", "no"))
    found: dict[str, Any] = {"group": level, "people": people, "reoffended": did}
    if people is not None and did is not None and did_not is not None:
        expected = float(p.sum())
        low, high = byar(did)
        found |= {
            "expected": round(expected, 1),
            "ratio": did / expected,
            "ratio_low": low / expected,
            "ratio_high": high / expected,
            **auc(p, y),
        }
    for name, part, whole in (
        ("ppv", ("above", "yes"), ("above", TOTAL)),
        ("fpr", ("above", "no"), (TOTAL, "no")),
        ("fnr", ("below", "yes"), (TOTAL, "yes")),
    ):
        chosen, base = cells[(level, *part)], cells[(level, *whole)]
        rate = disclosure.percent(chosen, base)
        if chosen is not None and base is not None and rate is not None:
            ends = wilson(chosen, base)
            found |= {name: rate, f"{name}_low": round(100 * ends[0], 1), f"{name}_high": round(100 * ends[1], 1)}
    return found


def safe_counts(where: npt.NDArray[np.object_], above: Flags, y: Flags) -> dict[tuple[str, str, str], int | None]:
    """How many of each group lay above or below and did or did not, with all totals, as may be shown."""
    by = ["group", "score", "reoffended"]
    rows = [
        (level, side, outcome, int(((where == level) & (above == (side == "above")) & (y == (outcome == "yes"))).sum()))
        for level in sorted(set(where.tolist()))
        for side in ("above", "below")
        for outcome in ("yes", "no")
    ]
    table = pa.table({name: [each[place] for each in rows] for place, name in enumerate([*by, "people"])})
    totals = disclosure.with_totals(table, count="people", by=by)
    return {
        (each["group"], each["score"], each["reoffended"]): each["people"]
        for each in disclosure.suppress(totals, count="people", by=by).to_pylist()
    }


def auc(p: Numbers, y: Flags) -> dict[str, float]:
    """The area under the curve with DeLong's 95% interval, kept between 0 and 1."""
    value = c_statistic(p, y)
    mine, others = np.sort(p[y]), np.sort(p[~y])
    of_mine = placements(p[y], others)
    of_others = 1 - placements(p[~y], mine)
    error = float(np.sqrt(of_mine.var(ddof=1) / len(mine) + of_others.var(ddof=1) / len(others)))
    wide = arrays.errors_either_side(0.95) * error
    return {"auc": value, "auc_low": max(0.0, value - wide), "auc_high": min(1.0, value + wide)}


def placements(values: Numbers, among: Numbers) -> Numbers:
    """Which share of the others each value lies above, half for those it equals."""
    left, right = np.searchsorted(among, values, side="left"), np.searchsorted(among, values, side="right")
    return np.asarray((left + right) / 2 / len(among), np.float64)


def false_positive_rate(*, base_rate: float, ppv: float, fnr: float) -> float:
    """Chouldechova's identity: the false positive rate that follows from the others, all as shares.

    With ppv and fnr alike in two groups it can be alike only where the base rates are: the trade-off in one line.
    """
    arrays.share(base_rate, "The base rate")
    arrays.share(ppv, "The positive predictive value")
    return base_rate / (1 - base_rate) * (1 - ppv) / ppv * (1 - fnr)
