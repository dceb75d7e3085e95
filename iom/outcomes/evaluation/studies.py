"""The comparison of a question, and what was found once it is accepted.

The people of a comparison lie in the store, by their pseudonyms, from when it is made until what was found is worked
out or the question is given up. What is kept for good is totals.
"""

import os
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from iom.common.errors import UserError, told_as
from iom_analytics import disclosure
from iom_analytics.engine import open_engine
from iom_analytics.errors import AnalyticsError
from iom_analytics.evaluation import cohort_report, cohort_study
from iom_analytics.evaluation.data_lab import displayed as displayed
from iom_analytics.history import Records
from iom_analytics.provenance import manifest

COVARIATES, SMALL = cohort_study.COVARIATES, disclosure.SMALL
SEED = 20261127
# What the outcome is read from, once the comparison is accepted: of the people of the comparison alone.
EVENTS = ("sanctions", "custody_spells")
KEPT = ("persons", *EVENTS)
Progressed = Callable[[str, float], None]


class CannotAnswer(UserError):
    """The record cannot answer the question; the message is the library's own."""


in_plain_words = told_as(CannotAnswer, of=AnalyticsError)


@dataclass(frozen=True)
class Made:
    """A comparison as plain values: numbers, who is left out, the balance; and the manifest of the run."""

    design: dict[str, Any]
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What was found, as plain values, and the manifest of the run."""

    result: dict[str, Any]
    manifest: dict[str, Any]


def folder(study_id: int) -> Path:
    return Path(settings.STORE) / "outcomes" / str(study_id)


def remove(study_id: int) -> None:
    for path in (folder(study_id), folder(study_id).with_name(f"{study_id}.part")):
        shutil.rmtree(path, ignore_errors=True)


def sweep(*, needed: Collection[int], before: datetime) -> None:
    """Removes what lies in the store of questions that need it no more, or was left half-written before a time."""
    for path in (Path(settings.STORE) / "outcomes").glob("*"):
        number, _dot, part = path.name.partition(".")
        with suppress(FileNotFoundError):
            is_old = path.stat().st_mtime < before.timestamp()
            if number.isdecimal() and is_old and (part or int(number) not in needed):
                shutil.rmtree(path, ignore_errors=True)


@in_plain_words
def make(
    *,
    study_id: int,
    files: dict[str, Path],
    first: date,
    last: date,
    method: str,
    ratio: int,
    known_to: date,
    at: datetime,
    progressed: Progressed,
) -> Made:
    """Chooses the people and compares them, without reading an outcome. The rows and the events are kept in the store.

    Raises `CannotAnswer` where no comparison can be made.
    """
    progressed("Working out each person's history, month by month", 0.15)
    with open_engine("duckdb") as engine:
        tables = {name: engine.read(path) for name, path in files.items()}
        records = Records(**{name: tables[name] for name in KEPT})
        people = cohort_study.population(engine, records, tables["entries"], first=first, last=last)
        progressed("Comparing those who joined with those who did not", 0.7)
        chosen = cast(cohort_report.Method, method)
        design = cohort_report.design(people.rows, method=chosen, ratio=ratio, seed=SEED)
        keys = {*design.rows["person_key"].to_pylist(), *people.everybody["person_key"].to_pylist()}
        kept = engine.from_arrow(persons_of(keys), "keys")
        events = {name: tables[name].semi_join(kept, "person_key").to_pyarrow() for name in EVENTS}
    keep(study_id, {"rows": design.rows, "everybody": people.everybody, "persons": persons_of(keys), **events})
    run = manifest(
        task="outcomes design",
        at=at,
        parameters={
            "first_month": first.isoformat(),
            "last_month": last.isoformat(),
            "method": method,
            "ratio": ratio,
            "known_to": known_to.isoformat(),
            "seed": SEED,
            "caliper": cohort_report.CALIPER,
            "recent_months": cohort_study.RECENT_MONTHS,
        },
        inputs=list(files.values()),
        results=design.summary,
    )
    said = {
        **design.summary,
        "joined": people.joined,
        "left_out": people.left_out,
        "pool_left_out": design.left_out,
        "balance": design.balance.to_pylist(),
    }
    return Made(said, asdict(run))


def persons_of(keys: set[str]) -> pa.Table:
    """The people by their pseudonyms alone: nothing else of them is asked for again."""
    return pa.table({"person_key": pa.array(sorted(keys), pa.string())})


def keep(study_id: int, tables: dict[str, pa.Table]) -> None:
    """Puts what the second half needs in the store: whole, or not there at all."""
    place = folder(study_id)
    part = place.with_name(f"{place.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    for name, table in tables.items():
        pq.write_table(table, part / f"{name}.parquet")
    for path in part.iterdir():
        path.chmod(0o600)
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    shutil.rmtree(place, ignore_errors=True)
    part.replace(place)


def may_hold(study_id: int, person_key: str) -> bool:
    """Whether a person is among those kept of a comparison; of one that is being made it is not known yet."""
    kept = folder(study_id) / "persons.parquet"
    return not kept.exists() or person_key in pq.read_table(kept, columns=["person_key"])["person_key"].to_pylist()


@in_plain_words
def findings(
    *,
    study_id: int,
    primary: str,
    secondary: list[str],
    known_to: date,
    at: datetime,
    progressed: Progressed,
) -> Found:
    """Reads the outcome of the people compared. Raises `CannotAnswer` where it cannot be said."""
    place = folder(study_id)
    if not (place / "rows.parquet").exists():
        raise CannotAnswer("The people of this comparison are not kept any more. Ask the question again.")
    files = {name: place / f"{name}.parquet" for name in KEPT}
    progressed("Counting what followed for each person", 0.2)
    with open_engine("duckdb") as engine:
        records = Records(**{name: engine.read(path) for name, path in files.items()})
        rows, everybody = (pq.read_table(place / f"{name}.parquet") for name in ("rows", "everybody"))
        result = cohort_report.findings(
            engine,
            records,
            rows,
            everybody,
            known_to=known_to,
            primary=primary,
            secondary=tuple(secondary),
            seed=SEED,
        )
    run = manifest(
        task="outcomes findings",
        at=at,
        parameters={"primary": primary, "secondary": secondary, "known_to": known_to.isoformat(), "seed": SEED},
        inputs=[place / "rows.parquet", place / "everybody.parquet", *files.values()],
        definitions={"proven reoffending": result.pop("definition")},
    )
    return Found(result, asdict(run))


def detectable(*, treated: int, ratio: int, base: float) -> dict[str, Any] | str:
    """How small a change of a base rate a comparison of so many people could show, or why that cannot be said."""
    return cohort_report.detectable(treated, treated * ratio, base=base)


def publishable_count(number: int) -> int | None:
    """A count as it may leave: to the nearest five, and none under ten."""
    return disclosure.rounded(number) if number >= SMALL else None
