"""Linking a synthetic partnership of four sources, beside a bare Splink script over the same cleaned records.

The peer has our comparisons and our sizes of sample, the narrow blocking rules (its own would not end on the wide
ones), expectation maximisation within the same blocks, and Splink's clusters: connected components at the threshold.
"""

import tempfile

from bench.figures import Figure, median_process, process

TITLE = "Linkage"
PEOPLE = 300_000
PEOPLE_LARGE = 3_300_000
RUNS_OF_PEER = 3

MAKE = """
import sys
from datetime import date
from pathlib import Path
from iom_analytics.synthetic import make_area, write_area
write_area(make_area(people=int(sys.argv[2]), seed=1, as_of=date(2026, 9, 30)), Path(sys.argv[1]) / "area")
"""

LINK = """
import sys
from pathlib import Path
from iom_analytics import linkage
from iom_analytics.engine import open_engine
with open_engine("duckdb", threads=2, memory_gb=10) as engine:
    records = engine.read(Path(sys.argv[1]) / "area" / "truth" / "identities.parquet").drop("person_key", "mistakes")
    linked = linkage.link(engine, records, this_year=2026)
    engine.write(linked.clusters, Path(sys.argv[1]) / "clusters.parquet")
    engine.write(linked.links, Path(sys.argv[1]) / "links.parquet")
    print(linked.records, linked.people)
"""

CLEAN = """
import sys
from pathlib import Path
from iom_analytics.engine import open_engine
from iom_analytics.linkage.prepare import prepare
with open_engine("duckdb", threads=2) as engine:
    records = engine.read(Path(sys.argv[1]) / "area" / "truth" / "identities.parquet").drop("person_key", "mistakes")
    engine.write(prepare(engine, records, {}, this_year=2026), Path(sys.argv[1]) / "cleaned.parquet")
"""

# `prepare` is passed over, so that both begin with the same cleaned records.
LINK_CLEANED = """
import sys, time
from pathlib import Path
from iom_analytics.engine import open_engine
from iom_analytics.linkage import linking
with open_engine("duckdb", threads=2) as engine:
    cleaned = engine.cache(engine.read(Path(sys.argv[1]) / "cleaned.parquet"), "cleaned")
    linking.prepare = lambda *given, **named: cleaned
    start = time.perf_counter()
    linking.link(engine, cleaned, this_year=2026)
    print(time.perf_counter() - start)
"""

BARE_SPLINK = """
import sys, time
from pathlib import Path
from splink import Linker, block_on
from iom_analytics.engine import open_engine
from iom_analytics.linkage.comparisons import chosen
from iom_analytics.linkage.model import JOIN, for_comparisons, shipped
from iom_analytics.linkage.training import TRAINING_RULES
from iom_analytics.linkage.weigh import settings
RULES = (
    ("pnc_id",), ("cro",), ("crn",), ("prison_number",), ("dob", "family_sound"), ("dob", "given_sound"),
    ("postcode", "substr(given, 1, 1)"), ("given_root", "family", "substr(dob, 1, 4)"),
)
with open_engine("duckdb", threads=2) as engine:
    cleaned = engine.cache(engine.read(Path(sys.argv[1]) / "cleaned.parquet"), "cleaned")
    comparisons = chosen(cleaned.columns, {})
    start = time.perf_counter()
    described = settings(comparisons, for_comparisons(shipped(), comparisons))
    described["blocking_rules_to_generate_predictions"] = [block_on(*rule) for rule in RULES]
    linker = Linker(engine.splink().register(cleaned.op().name), described, log_level=None, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in TRAINING_RULES:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True
        )
    predicted = linker.inference.predict(threshold_match_weight=JOIN)
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=JOIN)
    print(time.perf_counter() - start)
"""


def figures(*, large: bool = True) -> list[Figure]:
    """`large` adds the run over ten million records, which takes ten minutes with the making of them."""
    with tempfile.TemporaryDirectory() as folder:
        found = one_million(folder)
    if large:
        with tempfile.TemporaryDirectory() as folder:
            found.append(ten_million(folder))
    return found


def one_million(folder: str) -> list[Figure]:
    process(MAKE, folder, str(PEOPLE))
    whole = median_process(LINK, folder)
    records = int(whole.output.split()[0])
    process(CLEAN, folder)
    ours = float(median_process(LINK_CLEANED, folder, runs=RUNS_OF_PEER).output)
    peers = float(median_process(BARE_SPLINK, folder, runs=RUNS_OF_PEER).output)
    work = f"link {records:,} records of {PEOPLE:,} people"
    return [
        Figure(work, "cleaning included", f"{whole.seconds:.1f} s", "at most 30 s", whole.seconds <= 30),
        Figure(work, "peak memory", f"{whole.peak_gb:.1f} GB", "at most 3 GB", whole.peak_gb <= 3),
        Figure(
            work,
            "on cleaned input, beside bare Splink",
            f"{ours / peers:.2f}x ({ours:.1f} s, {peers:.1f} s)",
            "at most 2x",
            ours <= 2 * peers,
        ),
    ]


def ten_million(folder: str) -> Figure:
    process(MAKE, folder, str(PEOPLE_LARGE))
    run = process(LINK, folder)
    records = int(run.output.split()[0])
    return Figure(
        f"link {records:,} records",
        "one run",
        f"{run.seconds / 60:.1f} min, {run.peak_gb:.1f} GB",
        "at most 6 min and 16 GB",
        run.seconds <= 360 and run.peak_gb <= 16,
    )
