"""Linkage against known truth: pairs implied by the clusters, at the one shipped threshold."""

import tempfile
from datetime import date
from pathlib import Path

from bench.figures import Figure
from iom_analytics import linkage
from iom_analytics.engine import open_engine
from iom_analytics.synthetic import make_area, write_area

TITLE = "Linkage"
THIS_YEAR = 2026
AS_OF = date(2026, 9, 30)

SETS = (
    ("febrl4 (two files of 5,000)", ("febrl4a.csv", "febrl4b.csv"), "rec_id", 0.998, "plain Splink 0.999"),
    ("fake_1000 (1,000 records)", ("fake_1000.csv",), "cluster", 0.93, "plain Splink 0.830"),
    ("historical_25k (24,620 records)", ("historical_25k.parquet",), "cluster", 0.86, "plain Splink 0.757"),
)


def figures(shared: Path) -> list[Figure]:
    found = []
    for work, files, truth, bar, note in SETS:
        with open_engine("duckdb") as engine:
            records = linkage.read_records(engine, [shared / "linkage" / file for file in files], truth=truth)
            linked = linkage.link(engine, records.table, this_year=THIS_YEAR, also_compare=records.also_compare)
            found.append(figure(work, linkage.quality(linked.clusters, records.table), bar, note))
    return [*found, *synthetic()]


def synthetic(people: int = 5_000) -> list[Figure]:
    """The synthetic partnership: quality, and twins that became one person."""
    with tempfile.TemporaryDirectory() as folder, open_engine("duckdb") as engine:
        area = Path(folder) / "area"
        write_area(make_area(people=people, seed=1, as_of=AS_OF), area)
        truth = engine.read(area / "truth" / "identities.parquet")
        linked = linkage.link(engine, truth.drop("person_key", "mistakes"), this_year=THIS_YEAR)
        quality = linkage.quality(linked.clusters, truth.select("source", "source_id", truth="person_key"))
        keys = linked.clusters.inner_join(
            truth.select("source", "source_id", true_key="person_key"), ["source", "source_id"]
        )
        people_of: dict[str, set[str]] = {}
        for row in keys.select("true_key", "person_key").distinct().to_pyarrow().to_pylist():
            people_of.setdefault(row["true_key"], set()).add(row["person_key"])
        twins = engine.read(area / "truth" / "twins.parquet").to_pyarrow().to_pylist()
        merged = sum(
            bool(people_of.get(row["person_key"], set()) & people_of.get(row["twin_person_key"], set()))
            for row in twins
        )
    work = f"synthetic partnership ({people:,} people)"
    return [
        figure(work, quality, 0.99, ""),
        Figure(work, "twins made one person", f"{merged} of {len(twins)}", "none", merged == 0),
    ]


def figure(work: str, quality: linkage.Quality, bar: float, note: str) -> Figure:
    detail = f"precision {quality.precision:.4f}, recall {quality.recall:.4f}"
    return Figure(
        work, "F1", f"{quality.f1:.4f}", f"at least {bar}", quality.f1 >= bar, "; ".join(filter(None, (detail, note)))
    )
