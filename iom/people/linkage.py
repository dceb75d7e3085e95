"""The bridge to linkage: source records with names go in, clusters and possible matches come back.

The only module of the web application that shows names to the analytics library.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from iom.common.errors import InvalidInput
from iom.people.choices import Conflict, LinkStep
from iom_analytics import linkage as library
from iom_analytics.engine import open_engine
from iom_analytics.errors import AnalyticsError
from iom_analytics.linkage.identifiers import KINDS
from iom_analytics.linkage.names import listed_names
from iom_analytics.provenance import version

MEMORY_GB = 4
# The library's comparison -> the field of a source record it speaks of.
FIELDS = {
    "given": "given_names",
    "family": "family_name",
    "dob": "date_of_birth",
}
# What the library says it is doing -> the step of the run.
STEPS = {
    "Cleaning": LinkStep.CLEANING,
    "Finding pairs to compare": LinkStep.PAIRING,
    "Training the model": LinkStep.WEIGHING,
    "Weighing the evidence": LinkStep.WEIGHING,
    "Drawing records together": LinkStep.DRAWING,
}
UNKNOWN = "not known on one side"
MOST_POSSIBLE = 20_000  # pairs kept for review: the strongest; more would never be looked at


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person. `working`: each comparison's field, left, right, words and weight."""

    left_id: int
    right_id: int
    match_weight: float
    probability: float
    working: list[dict[str, Any]] = field(default_factory=list)
    conflicts: tuple[Conflict, ...] = ()

    @property
    def ids(self) -> tuple[int, int]:
        return self.left_id, self.right_id

    def in_order(self) -> "Pair":
        """The same pair with the older record on the left."""
        if self.left_id < self.right_id:
            return self
        turned = [{**row, "left": row.get("right"), "right": row.get("left")} for row in self.working]
        return Pair(self.right_id, self.left_id, self.match_weight, self.probability, turned, self.conflicts)


@dataclass(frozen=True)
class Linked:
    """What one run of linkage found. `clusters` has a row per source record: `record_id` and `person_key`."""

    clusters: pa.Table
    possible: Sequence[Pair] = ()
    model_version: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records were linked."""
        return int(self.clusters.num_rows)

    @property
    def people(self) -> int:
        """How many people they are."""
        return len(pc.unique(self.clusters["person_key"]))


def link(
    records: pa.Table,
    decisions: pa.Table,
    *,
    at: datetime,
    progressed: Callable[[LinkStep], None],
) -> Linked:
    """Which source records are one person, and which pairs somebody should look at.

    `records`: record_id, person_key (of the person it belongs to now, or null), and the contract's columns, as text.
    `decisions`: left_id, right_id, verdict, decided_at. Raises `InvalidInput` where they do not hold together.
    Runs in the library's engine, outside any transaction.
    """
    with open_engine("duckdb", memory_gb=MEMORY_GB) as engine:
        numbered = engine.from_arrow(records, "records")
        identities = numbered.drop("record_id", "person_key")
        ids = numbered.select("record_id", "source", "source_id")
        previous = numbered.filter(numbered.person_key.notnull()).select("source", "source_id", "person_key")
        try:
            found = library.link(
                engine,
                identities,
                this_year=at.year,
                decisions=named(engine.from_arrow(decisions, "decisions"), ids),
                previous=previous if records["person_key"].null_count < records.num_rows else None,
                progress=lambda text: progressed(STEPS[text]),
            )
        except AnalyticsError as error:
            raise InvalidInput(str(error)) from error
        clusters = found.clusters.inner_join(ids, ["source", "source_id"]).select("record_id", "person_key")
        links = found.links.filter(found.links.outcome != "joined")
        links = links.order_by(ibis.desc("match_weight")).limit(MOST_POSSIBLE)
        pairs = links.inner_join(
            ids.rename(left_id="record_id", source_l="source", source_id_l="source_id"), ["source_l", "source_id_l"]
        )
        pairs = pairs.inner_join(
            ids.rename(right_id="record_id", source_r="source", source_id_r="source_id"), ["source_r", "source_id_r"]
        )
        rows = pairs.to_pyarrow().to_pylist()
        return Linked(
            clusters=clusters.to_pyarrow(),
            possible=[pair_of(row, found.comparisons) for row in rows],
            model_version=found.model.version,
            manifest={
                "task": "link",
                "at": at.isoformat(timespec="seconds"),
                "versions": {name: version(name) for name in ("openiom", "splink", "duckdb")},
                "thresholds": {"join": library.JOIN, "review": library.REVIEW, "break": library.BREAK},
                "pairs compared": found.compared,
                "decisions set aside": found.set_aside.count().to_pyarrow().as_py(),
            },
        )


def named(decisions: Any, ids: Any) -> Any:
    """Decisions about record ids as the library takes them: by source and source_id."""
    left = ids.rename(left_id="record_id", source_l="source", source_id_l="source_id")
    right = ids.rename(right_id="record_id", source_r="source", source_id_r="source_id")
    return (
        decisions.inner_join(left, "left_id")
        .inner_join(right, "right_id")
        .select("source_l", "source_id_l", "source_r", "source_id_r", "verdict", "decided_at")
    )


def pair_of(row: dict[str, Any], comparisons: Sequence[Any]) -> Pair:
    """A row of the library's links, with each comparison in words and what keeps the two apart."""
    working = []
    conflicts = [Conflict(row["conflict"])] if row["conflict"] else []
    for comparison in comparisons:
        place = row[f"level_{comparison.name}"]
        level = comparison.levels[place] if place is not None and place >= 0 else None
        if comparison.name == "pnc_id" and level and level.key == "else":
            conflicts.append(Conflict.PNC_IDS)  # only valid ones are compared
        working.append(
            {
                "name": FIELDS.get(comparison.name, comparison.name),
                "field": comparison.label,
                "words": level.words if level else UNKNOWN,
                "weight": round(row[f"weight_{comparison.name}"] or 0.0, 2),
            }
        )
    ids = row["left_id"], row["right_id"]
    return Pair(*ids, row["match_weight"], row["match_probability"], working, tuple(conflicts))


def one_form(name: str, value: str, *, this_year: int) -> str:
    """An identifier (by its field's name) in the one form that stands for it; any other text, or a false one, as it is.

    `23/346524F` and `2023/0346524F` are one PNC ID.
    """
    if name not in KINDS:
        return value
    return library.parse(name, value, this_year=this_year).canonical or value


def full_forms(name: str) -> tuple[str, ...]:
    """What a given name in capitals may be short for, itself among them: BILL is WILLIAM. Nothing for a name that no
    other stands for.
    """
    return tuple(form.upper() for form in listed_names().get(name.lower(), ()))
