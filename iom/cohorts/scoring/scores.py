"""Scores with their working, where somebody will look: what `iom_analytics.cohorts` works out in bulk, term by term."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics import scoring

SCORES = pa.schema(
    {
        "person_key": pa.string(),
        "predictor": pa.string(),
        "version": pa.string(),
        "kind": pa.string(),
        "horizon_months": pa.int64(),
        "percent": pa.float64(),
        "band": pa.string(),
        "provisional": pa.bool_(),
        "missing": pa.string(),
        "problems": pa.string(),
        "working": pa.string(),
    }
)


def with_working(people: IbisTable, kept: IbisTable) -> Iterator[pa.RecordBatch]:
    """Every predictor's answer for each of the people in `kept` (whose number is bounded), with every named term."""
    wanted = people.semi_join(kept, people.person_id == kept.person_key)
    for batch in wanted.to_pyarrow().to_batches(max_chunksize=1000):
        rows = [row for person in batch.to_pylist() for row in worked(person)]
        yield from pa.Table.from_pylist(rows, SCORES).to_batches()


def worked(person: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One person's rows: a score per predictor and horizon with its working, or why there is none."""
    read = scoring.read(person)
    for name in scoring.PREDICTORS:
        score = scoring.score_person(read, name)
        common = {
            "person_key": person["person_id"],
            "predictor": name,
            "version": score.version,
            "kind": score.kind or "",
            "band": score.band.lower().replace("_", " ") if score.band else "",
            "provisional": score.provisional,
            "missing": ";".join(score.missing),
            "problems": "\n".join(dict.fromkeys(error.code.message for error in score.errors)),
        }
        if not score.outcomes:
            yield common | {"horizon_months": scoring.predictor(name).horizons[-1], "percent": None, "working": "[]"}
        for outcome in score.outcomes:
            terms = [outcome.constant, *score.terms]
            working = [{"name": term.name, "label": term.label, "value": term.value} for term in terms]
            yield common | {
                "horizon_months": outcome.horizon_months,
                "percent": outcome.percent,
                "working": json.dumps(working),
            }
