"""Counts of the same people by several characteristics at once, and by what became of them, kept safe together.

Tables of the same people by sex, by age and by ethnicity share their totals, and the steps of a way share their counts:
what one of them leaves out another could give away. So all are suppressed as one table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iom_analytics import disclosure
from iom_analytics.disclosure import TOTAL
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags

Answers = npt.NDArray[np.object_]
Path = Mapping[str, str]
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Split:
    """People who came a way (`on`: question to answer), told apart by their answer to another question."""

    question: str
    on: Path = field(default_factory=dict)
    answers: tuple[str, ...] = (YES, NO)


class Safe:
    """How many there are of each group on each way, as may be shown."""

    def __init__(self, by: Sequence[str], counts: Mapping[tuple[str, ...], int | None]) -> None:
        self.by = by
        self.counts = counts

    def count(self, characteristic: str, group: str, on: Path) -> int | None:
        """How many of a group (or of `TOTAL`) came a way; None where that may not be shown."""
        return self.counts[cell(self.by, {characteristic: group, **on})]


def safe_counts(groups: Mapping[str, Answers], answers: Mapping[str, Answers], splits: Sequence[Split]) -> Safe:
    """The counts of every split, by each characteristic in `groups` and in all, suppressed as one table.

    Everything has one value a person. Each split but those of everybody is of people whom another split tells apart.
    """
    by = (*groups, *answers)
    ways: list[Path] = [{}]
    for split in splits:
        ways += [{**split.on, split.question: answer} for answer in split.answers]
    of: list[tuple[Path, Flags]] = [({}, np.ones(len(next(iter(groups.values()))), bool))]
    of += [({name: level}, where == level) for name, where in groups.items() for level in sorted({*where.tolist()})]
    cells = {cell(by, {**group, **way}): int((own & came(answers, way)).sum()) for group, own in of for way in ways}
    table = pa.table(
        {
            **{name: pa.array([each[place] for each in cells], pa.string()) for place, name in enumerate(by)},
            "people": pa.array(list(cells.values()), pa.int64()),
        }
    )
    safe = disclosure.suppress(table, count="people", by=by).to_pylist()
    return Safe(by, {tuple(row[name] for name in by): row["people"] for row in safe})


def cell(by: Sequence[str], values: Path) -> tuple[str, ...]:
    return tuple(values.get(name, TOTAL) for name in by)


def came(answers: Mapping[str, Answers], way: Path) -> Flags:
    """Who came a way."""
    found = np.ones(len(next(iter(answers.values()))), bool)
    for question, answer in way.items():
        found &= np.asarray(answers[question] == answer)
    return found


def yes_no(values: npt.ArrayLike, name: str) -> Answers:
    return np.where(arrays.happened(values, name).astype(bool), YES, NO).astype(object)
