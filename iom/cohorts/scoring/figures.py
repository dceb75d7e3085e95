"""Fairness reports as they are shown and written down beside a list that does not show everybody to every reader."""

from collections.abc import Iterable, Mapping
from typing import Any

from iom_analytics.cohorts.fairness import rate_interval, relative_rate
from iom_analytics.disclosure import SMALL, TOTAL, percent, rounded

NUMBERS = (
    "base", "chosen", "rate", "rate_low", "rate_high", "relative_rate", "relative_rate_low", "relative_rate_high",
)  # fmt: skip


def publishable(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report with counts to the nearest five, and everything that is made from them made from those.

    The exact totals of a ranking, beside its list, would tell how many are kept from its reader. Small counts the
    library has suppressed already. A report that was stored otherwise is not mended cell by cell, since totals would
    give away what is hidden: every number of such a characteristic is left out.
    """
    unsafe = {row["characteristic"] for row in report["rows"] if not is_safe(row["base"], row["chosen"])}
    rows = [without_numbers(row) if row["characteristic"] in unsafe else with_about(row) for row in report["rows"]]
    references = {place(row): (row["base"], row["chosen"]) for row in rows if row["is_reference"]}
    return {**report, "rows": [made_from_counts(row, references.get(place(row), (None, None))) for row in rows]}


def publishable_profile(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The area profile of the whole partnership by type of crime: offences to the nearest five, harm scaled alike, the
    most points; and the crimes recorded, to the nearest five, None of every type where no feed sends them.

    A type with few has no number, and counts in no share.
    """
    rows = list(rows)
    is_sent = any(row.get("recorded_crimes") is not None for row in rows)
    types: dict[str, dict[str, float]] = {}
    for row in rows:
        found = types.setdefault(
            row["crime_type"], {"offences": 0, "harm": 0, "recorded": 0, "points": row["most_points"] or 0}
        )
        found["offences"] += row["offences"]
        found["harm"] += row["harm"]
        found["recorded"] += row.get("recorded_crimes") or 0
    return [
        {
            "crime_type": crime_type,
            "points": found["points"],
            **about_offences(int(found["offences"]), found["harm"]),
            "recorded": about(int(found["recorded"])) if is_sent else None,
            "is_recorded": is_sent,
        }
        for crime_type, found in types.items()
    ]


def about(count: int) -> int | None:
    """The count to the nearest five; None where it is small."""
    return rounded(count) if not count or is_large(count) else None


def about_offences(offences: int, harm: float) -> dict[str, Any]:
    if offences and not is_large(offences):
        return {"offences": None, "harm": None}
    about = rounded(offences)
    return {"offences": about, "harm": harm * about / offences if offences else 0.0}


def is_large(count: int) -> bool:
    """Whether a count can be told outright."""
    return count >= SMALL


def is_safe(base: int | None, chosen: int | None) -> bool:
    """Whether a count, what was chosen of it and what was not are each hidden or large enough."""
    rest = None if base is None or chosen is None else base - chosen
    return all(number is None or is_large(number) for number in (base, chosen, rest))


def place(row: Mapping[str, Any]) -> tuple[str, str]:
    """The table of the report that a row is in."""
    return row["stage"], row["characteristic"]


def without_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **dict.fromkeys(NUMBERS), "suppressed": True}


def with_about(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its counts to the nearest five, and nothing else of it."""
    counts = {name: None if row[name] is None else rounded(row[name]) for name in ("base", "chosen")}
    return {**row, **dict.fromkeys(NUMBERS), **counts}


def made_from_counts(row: dict[str, Any], reference: tuple[int | None, int | None]) -> dict[str, Any]:
    """The row with its rate, and how that compares with the reference group's, worked out from the counts it shows."""
    base, chosen = row["base"], row["chosen"]
    if base is None or chosen is None:
        return row
    made = {**row, "rate": percent(chosen, base), **rate_interval(chosen, base)}
    if all(reference) and not row["is_reference"] and row["group"] != TOTAL:
        made |= relative_rate(chosen, base, reference)
    return made
