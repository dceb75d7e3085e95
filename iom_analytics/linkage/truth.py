"""How well records were linked, where the truth is known: over the pairs of records that either says are one person."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table as IbisTable


@dataclass(frozen=True)
class Quality:
    """`found` pairs by linkage, `true` pairs in truth, `right` those in both."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """Of the pairs linked, the share that is right; 1 where none was linked."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Of the true pairs, the share that was linked; 1 where there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.found + self.true
        return 2 * self.right / total if total else 1.0

    def __str__(self) -> str:
        return f"precision {self.precision:.4f} recall {self.recall:.4f} F1 {self.f1:.4f}"


def quality(clusters: IbisTable, truth: IbisTable) -> Quality:
    """The quality of `clusters` (`source`, `source_id`, `person_key`) against `truth` (`source`, `source_id`, `truth`).

    Records whose truth is not known are left out.
    """
    both = clusters.inner_join(truth.filter(truth.truth.notnull()), ["source", "source_id"])
    return Quality(right=pairs(both, "person_key", "truth"), found=pairs(both, "person_key"), true=pairs(both, "truth"))


def pairs(table: IbisTable, *columns: str) -> int:
    """How many pairs of rows agree on the columns."""
    sizes = table.group_by(*columns).aggregate(size=lambda row: row.count())
    total = sizes.aggregate(pairs=(sizes["size"] * (sizes["size"] - 1) // 2).sum().cast(ibis.dtype("int64")))
    return int(total.to_pyarrow()["pairs"][0].as_py() or 0)
