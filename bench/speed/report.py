"""A whole comparison as the Data Lab makes one, 300 who joined and 100,000 others: choice, balance and findings."""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.figures import Figure, seconds
from bench.speed.cohorts import clean
from iom_analytics.engine import Engine, open_engine
from iom_analytics.evaluation import cohort_report, cohort_study
from iom_analytics.history import Records, career_history
from iom_analytics.synthetic import make_area, write_area

TREATED, OTHERS = 300, 100_000
PEOPLE = 400_000  # of whom a quarter are adults at liberty, with a sanction in two years
MONTH, KNOWN_TO, AS_OF = date(2024, 3, 1), date(2026, 11, 20), date(2026, 11, 20)
BAR = 20.0
MEASURES = ("reoffences", "custody_for_reoffence", "days_in_custody")


def records(engine: Engine, place: Path) -> Records:
    """A made-up area's people, sanctions and custody, as an extract of the product has them."""
    names = ("persons", "sanctions", "custody_spells")
    return Records(**{name: engine.cache(engine.read(place / "truth" / f"{name}.parquet"), name) for name in names})


def entries(engine: Engine, whole: Records) -> tuple[Records, pa.Table]:
    """As many people as the bar says of those who could have joined in the month, and who of them did: by chance, more
    often with more sanctions."""
    found = career_history(
        engine, persons=whole.persons, sanctions=whole.sanctions, custody_spells=whole.custody_spells, on=MONTH
    )
    could = found.filter(cohort_study.is_adult(found) & cohort_study.is_recent(found, cohort_study.RECENT_MONTHS))
    could = could.filter(~could.in_custody.fill_null(False) & could.date_of_conviction.notnull())
    people = could.select("person_key", "sanctions_12m").order_by("person_key").to_pyarrow()
    assert people.num_rows >= TREATED + OTHERS, f"only {people.num_rows:,} could have joined: make more people"
    people = people.slice(0, TREATED + OTHERS)
    odds = np.exp(people["sanctions_12m"].to_numpy())
    joined = np.random.default_rng(1).choice(len(odds), TREATED, replace=False, p=odds / odds.sum())
    keys = people["person_key"].take(pa.array(np.sort(joined)))
    table = pa.table(
        {
            "person_key": keys,
            "started_on": pa.array([MONTH.replace(day=15)] * TREATED, pa.date32()),
            "ended_on": pa.nulls(TREATED, pa.date32()),
            "asked_of": pa.array([True] * TREATED),
        }
    )
    own = engine.from_arrow(people.select(["person_key"]), "kept")
    kept = {
        name: engine.cache(getattr(whole, name).semi_join(own, "person_key"), f"kept_{name}")
        for name in ("persons", "sanctions", "custody_spells")
    }
    return Records(**kept), table


def report(engine: Engine, of: Records, joined: pa.Table, method: cohort_report.Method) -> tuple[int, int]:
    """Everything from the record to the findings; how many on each side were compared."""
    people = cohort_study.population(engine, of, engine.from_arrow(joined, "entries"), first=MONTH, last=MONTH)
    design = cohort_report.design(people.rows, method=method)
    cohort_report.findings(engine, of, design.rows, people.everybody, known_to=KNOWN_TO, secondary=MEASURES, seed=1)
    treated = sum(people.rows["treated"].to_pylist())
    return treated, people.rows.num_rows - treated


def figures() -> list[Figure]:
    found = []
    with tempfile.TemporaryDirectory() as folder, open_engine("duckdb", threads=2) as engine:
        place = Path(folder)
        write_area(make_area(people=PEOPLE, seed=20261127, as_of=AS_OF), place)
        of, joined = entries(engine, records(engine, place))
        for method in ("radius", "entropy"):
            sides: list[tuple[int, int]] = []

            def work(method: cohort_report.Method = method, sides: list[tuple[int, int]] = sides) -> None:
                sides.append(report(engine, of, joined, method))

            taken = seconds(lambda: clean(engine, work), runs=3)
            treated, others = sides[-1]
            found.append(
                Figure(
                    f"a comparison and its findings, {method}: {treated:,} joined, {others:,} others",
                    "seconds from the record, median of 3",
                    f"{taken:.1f} s",
                    f"{BAR:.0f} s",
                    taken <= BAR,
                    "no peer: R has the matching alone",
                )
            )
    return found
