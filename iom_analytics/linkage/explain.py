"""One link in words: what agrees, what differs, and how much each counts, as it was weighed at the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iom_analytics.linkage.comparisons import Comparison

MISSING = "not known on one side"


@dataclass(frozen=True)
class Finding:
    """One comparison of two records: what it is about, what was found, and the match weight it adds (or takes)."""

    comparison: str
    label: str
    words: str
    weight: float

    @property
    def agrees(self) -> bool:
        """Whether it speaks for one person."""
        return self.weight > 0


@dataclass(frozen=True)
class Explanation:
    """Why two records are, or may be, one person. The findings' weights and `start` add up to `match_weight`.

    `start` is what two records at random begin with: that they are one person is unlikely until something says so.
    """

    match_weight: float
    match_probability: float
    start: float
    findings: tuple[Finding, ...]
    conflict: str | None


def explain(link: Mapping[str, Any], comparisons: Sequence[Comparison]) -> Explanation:
    """The explanation of one row of `Linked.links`, with the `Linked.comparisons` it was weighed by."""
    findings = []
    for comparison in comparisons:
        place = link[f"level_{comparison.name}"]
        known = place is not None and place >= 0
        words = comparison.levels[place].words if known else MISSING
        weight = float(link[f"weight_{comparison.name}"] or 0.0)
        findings.append(Finding(comparison.name, comparison.label, words, round(weight, 2)))
    weight = float(link["match_weight"])
    start = weight - sum(float(link[f"weight_{one.name}"] or 0.0) for one in comparisons)
    return Explanation(weight, float(link["match_probability"]), round(start, 2), tuple(findings), link["conflict"])
