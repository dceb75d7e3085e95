"""Fairness reports as they may be written down elsewhere than with the ranking they came from."""

from collections.abc import Mapping
from typing import Any

from iom_analytics.disclosure import SMALL

NUMBERS = (
    "base", "chosen", "rate", "rate_low", "rate_high", "relative_rate", "relative_rate_low", "relative_rate_high",
)  # fmt: skip


def publishable(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report, with no count in it that may not be published.

    What the library reports has been through disclosure suppression already. A report that was stored otherwise is not
    mended cell by cell, since totals would give away what is hidden: every number of such a characteristic is left out.
    """
    unsafe = {row["characteristic"] for row in report["rows"] if not is_safe(row["base"], row["chosen"])}
    return {
        **report,
        "rows": [without_numbers(row) if row["characteristic"] in unsafe else row for row in report["rows"]],
    }


def is_safe(base: int | None, chosen: int | None) -> bool:
    """Whether a count, what was chosen of it and what was not are each hidden or large enough."""
    rest = None if base is None or chosen is None else base - chosen
    return all(number is None or number >= SMALL for number in (base, chosen, rest))


def without_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **dict.fromkeys(NUMBERS), "suppressed": True}
