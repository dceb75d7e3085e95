"""Ranks a partnership's people under a scheme, and hands back files of rows ready to be stored."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table as IbisTable

from iom.cohorts.scoring import scores
from iom.cohorts.scoring.records import records
from iom.common.errors import UserError, told_as
from iom_analytics import cohorts, scoring
from iom_analytics.engine import Engine, open_engine
from iom_analytics.errors import AnalyticsError
from iom_analytics.history import Records, career_history
from iom_analytics.provenance import manifest

AGE_BANDS = ((18, "under-18"), (21, "18-20"), (25, "21-24"), (35, "25-34"), (50, "35-49"), (200, "50-plus"))
# Working is kept as far down each list as anybody will look; the rest of the list has its points alone.
WORKED = 20_000
Progressed = Callable[[str, float], None]


class CannotRank(UserError):
    """The scheme or the record does not hold together; the message is the library's own."""


in_plain_words = told_as(CannotRank, of=AnalyticsError)


@dataclass(frozen=True)
class Ranked:
    """What a ranking comes to: Parquet files, the run's manifest, and how it falls on groups of people.

    `candidates`: one row per person (`person_key`, `standing`, `points`, `rank` ...). `working`: one row per part of
    the scheme and person whose working is kept. `scores`: one row per predictor, horizon and such person. `fairness`:
    selection by group with small numbers suppressed, in the shape of a version's check.
    """

    candidates: Path
    working: Path
    scores: Path
    manifest: dict[str, Any]
    fairness: dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """The record in an engine, with what every scheme needs worked out once."""

    engine: Engine
    found: Records
    history: IbisTable
    inputs: IbisTable
    on: date

    def ranking(self, scheme: cohorts.Scheme) -> tuple[cohorts.Ranking, IbisTable | None]:
        """The scheme applied to everybody, and the scores it counted."""
        scored = self.scored(scheme)
        found = replace(self.found, scores=scored)
        return cohorts.rank(self.engine, found, scheme=scheme, on=self.on, history=self.history), scored

    def sent(self, kept: IbisTable) -> list[dict[str, Any]]:
        """The scores that agencies sent about the people in `kept`, where they count: `scores_for`, and `version`."""
        if self.found.assessments is None:
            return []
        narrowed = replace(self.found, assessments=self.found.assessments.semi_join(kept, "person_key"))
        history = self.history.semi_join(kept, "person_key")
        found = cohorts.scores_for(self.engine, narrowed, predictors=[*scoring.PREDICTORS], on=self.on, history=history)
        return list(found.filter(found.sent_row.notnull()).to_pyarrow().to_pylist())

    def scored(self, scheme: cohorts.Scheme) -> IbisTable | None:
        """The scores that the scheme counts; None where it counts none."""
        if not (names := cohorts.predictors_of(scheme)):
            return None
        found = cohorts.scores_for(self.engine, self.found, predictors=names, on=self.on, history=self.history)
        return self.engine.cache(found, "scores")


@contextmanager
def prepared(files: dict[str, Path], *, on: date) -> Iterator[Prepared]:
    """Opens the files (see `records.snapshot`) and works out everybody's history as known `on` the date."""
    with open_engine("duckdb") as engine:
        found = records(engine, files)
        history = career_history(
            engine, persons=found.persons, sanctions=found.sanctions, custody_spells=found.custody_spells, on=on
        )
        history = engine.cache(history, "history")
        yield Prepared(engine, found, history, cohorts.score_inputs(engine, found, on=on, history=history), on)


@in_plain_words
def rank(
    *,
    files: dict[str, Path],
    folder: Path,
    text: str,
    on: date,
    at: datetime,
    also: Collection[str],
    progressed: Progressed,
) -> Ranked:
    """Everybody in `files` under the scheme written in `text`, as known `on` the date; results go to `folder`.

    Working is kept for the first `WORKED` of the eligible and of the near misses, and for the people in `also` (person
    keys: members and nominees). `progressed(what is being done, share of the work done)` is called before each stage.
    Raises `CannotRank` where the scheme or the tables do not hold together.
    """
    scheme = cohorts.read_scheme(text, definition="The scheme")
    progressed("Working out each person's history", 0.2)
    with prepared(files, on=on) as ready:
        engine = ready.engine
        progressed("Putting people in order", 0.35)
        ranking, scored = ready.ranking(scheme)
        candidates = engine.cache(candidate_rows(ranking, ready.history, scored), "candidates")
        groups = cohorts.fairness(ranking).to_pylist()
        paths = {name: folder / f"{name}.parquet" for name in ("candidates", "working", "scores")}
        engine.write(candidates.order_by("standing", "place"), paths["candidates"])
        progressed("Writing down the working", 0.5)
        kept = engine.cache(people_kept(engine, candidates, also), "kept")
        narrowed = replace(ranking, values=ranking.values.semi_join(kept, "person_key"))
        working = cohorts.working(narrowed)
        engine.write(working.mutate(source_rows=working.source_rows.join(" ")), paths["working"])
        with pq.ParquetWriter(paths["scores"], scores.SCORES) as writer:
            for batch in scores.with_working(ready.inputs, kept, ready.sent(kept)):
                writer.write_batch(batch)
    kept_manifest = manifest(
        task="rank",
        at=at,
        parameters={"on": on.isoformat(), "scheme": scheme.label},
        inputs=list(files.values()),
        definitions={f"scheme {scheme.id}": scheme.version},
        results={"missing_feeds": list(ranking.missing_feeds)},
    )
    told = dict(kept_manifest.__dict__)
    missing = list(ranking.missing_feeds)
    fairness = {"on": on.isoformat(), "manifest": told, "missing_feeds": missing, "rows": groups}
    return Ranked(**paths, manifest=told, fairness=fairness)


def candidate_rows(ranking: cohorts.Ranking, history: IbisTable, scored: IbisTable | None) -> IbisTable:
    """One row per person as the web keeps it; `place` counts from 1 within each standing."""
    people = ranking.ranked.left_join(history.select("person_key", "age", "in_custody"), "person_key")
    bands = ibis.cases(*((people.age < limit, band) for limit, band in AGE_BANDS), else_="")
    standing = ibis.cases((people.eligible, "eligible"), (people.near_miss, "near-miss"), else_="not-eligible")
    people = people.mutate(standing=standing, age_band=ibis.ifelse(people.age.isnull(), "", bands))
    if scored is None:
        people = people.mutate(provisional=ibis.literal(False))
    else:
        doubtful = scored.filter(scored.provisional).select("person_key").distinct().mutate(provisional=True)
        people = people.drop("person_key_right").left_join(doubtful, "person_key", rname="doubtful_{name}")
        people = people.mutate(provisional=people.provisional.fill_null(False))
    in_order = ibis.window(group_by="standing", order_by=[people["rank"], people.points.desc(), people.person_key])
    return people.select(
        "person_key",
        "standing",
        "points",
        "strand",
        "place_in_strand",
        "within_capacity",
        "threshold",
        "not_known",
        "provisional",
        "reasons",
        "in_custody",
        "age_band",
        place=ibis.row_number().over(in_order) + 1,
    )


def people_kept(engine: Engine, candidates: IbisTable, also: Collection[str]) -> IbisTable:
    """Whose working is kept: `person_key`."""
    listed = candidates.filter((candidates.standing != "not-eligible") & (candidates.place <= WORKED))
    named = engine.from_arrow(pa.table({"person_key": pa.array(sorted(also), pa.string())}), "also")
    return listed.select("person_key").union(named, distinct=True)
