"""Public confidence: what each survey wave found, how sure it is, and whether it can be told from the wave before.

Intervals come from the effective sample, so that weights and clusters count. A change is told only where its interval
leaves out 0, and only between waves that ask the same words of different people: where waves overlap in time, the same
answers stand in both.
"""

import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics.disclosure import SMALL
from iom_analytics.history import complete
from iom_analytics.measures import intervals
from iom_analytics.tables import CONFIDENCE

WHOLE = "All"
ROSE, FELL, NO_CHANGE = "rose", "fell", "no change can be told"
TOO_FEW, FIRST, OVERLAP = "too few to say", "first wave", "waves overlap"

COLUMNS = pa.schema(
    [
        ("area", pa.string()),
        ("question", pa.string()),
        ("wave", pa.string()),
        ("wave_start", pa.date32()),
        ("wave_end", pa.date32()),
        ("percent", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("effective_sample", pa.float64()),
        ("change", pa.float64()),
        ("change_low", pa.float64()),
        ("change_high", pa.float64()),
        ("says", pa.string()),
    ]
)


def confidence(estimates: IbisTable) -> pa.Table:
    """One row per area ('All' where none is said), question and wave, in order of time.

    `percent` with its 95% interval (`low`, `high`); `change` from the wave before in points with its interval; and what
    that `says`: 'rose', 'fell', 'no change can be told', 'first wave', 'waves overlap', or 'too few to say' where the
    effective sample of either is under 10, whose figures are then empty. `estimates` keeps the contract CONFIDENCE.
    Raises InputError where a required column is missing.
    """
    rows = complete(estimates, CONFIDENCE)
    rows = rows.mutate(area=rows.area.fill_null(WHOLE)).order_by("area", "question", "wave_start", "wave_end", "wave")
    found = []
    before: dict[str, object] | None = None
    for row in rows.to_pyarrow().to_pylist():
        same = before is not None and (before["area"], before["question"]) == (row["area"], row["question"])
        found.append(one_wave(row, before if same else None))
        before = row
    return pa.Table.from_pylist(found, schema=COLUMNS)


def one_wave(row: dict[str, object], before: dict[str, object] | None) -> dict[str, object]:
    told = {name: row[name] for name in ("area", "question", "wave", "wave_start", "wave_end", "effective_sample")}
    told |= dict.fromkeys(("percent", "low", "high", "change", "change_low", "change_high"))
    if not is_enough(row):
        return told | {"says": TOO_FEW}
    low, high = intervals.of_share(*figures(row))
    told |= {"percent": row["percent"], "low": 100 * low, "high": 100 * high}
    if before is None:
        return told | {"says": FIRST}
    if row["wave_start"] <= before["wave_end"]:  # type: ignore[operator]
        return told | {"says": OVERLAP}
    if not is_enough(before):
        return told | {"says": TOO_FEW}
    low, high = intervals.of_difference(*figures(row), *figures(before))
    change = figures(row)[0] - figures(before)[0]
    says = ROSE if low > 0 else FELL if high < 0 else NO_CHANGE
    return told | {"change": 100 * change, "change_low": 100 * low, "change_high": 100 * high, "says": says}


def figures(row: dict[str, object]) -> tuple[float, float]:
    """The share, 0 to 1, and the effective sample."""
    return float(row["percent"]) / 100, float(row["effective_sample"])  # type: ignore[arg-type]


def is_enough(row: dict[str, object]) -> bool:
    return figures(row)[1] >= SMALL
