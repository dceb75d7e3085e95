"""Scores with their working, where somebody will look: what `iom_analytics.cohorts` works out in bulk, term by term."""

import json
from collections.abc import Collection, Iterator
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
        "counts": pa.bool_(),
        "sent_row": pa.int64(),
    }
)
Row = dict[str, Any]


def with_working(people: IbisTable, kept: IbisTable, sent: list[Row]) -> Iterator[pa.RecordBatch]:
    """Every predictor's answer for each of the people in `kept` (whose number is bounded), with every named term.

    A score in `sent` counts in place of ours. It has no terms: whoever sent it knows them.
    """
    wanted = people.semi_join(kept, people.person_id == kept.person_key)
    overruled = {(score["person_key"], score["predictor"]) for score in sent}
    for batch in wanted.to_pyarrow().to_batches(max_chunksize=1000):
        rows = [row for person in batch.to_pylist() for row in worked(person, overruled)]
        yield from pa.Table.from_pylist(rows, SCORES).to_batches()
    yield from pa.Table.from_pylist([as_sent(score) for score in sent], SCORES).to_batches()


def as_sent(score: Row) -> Row:
    """The row of a score as an agency sent it. Its version, date and owner are in the row of the record it names."""
    table, _colon, row_id = score["sent_row"].partition(":")
    assert table == "assessments"
    return score | {
        "version": "",
        "band": score["band"] or "",
        "horizon_months": scoring.predictor(score["predictor"]).horizons[-1],
        "missing": "",
        "problems": "",
        "working": "[]",
        "counts": True,
        "sent_row": int(row_id),
    }


def worked(person: Row, overruled: Collection[tuple[str, str]]) -> Iterator[Row]:
    """One person's rows: a score per predictor and horizon with its working, or why there is none.

    Schemes count the one over the longest time, unless it is overruled.
    """
    read = scoring.read(person)
    for name in scoring.PREDICTORS:
        score = scoring.score_person(read, name)
        longest = scoring.predictor(name).horizons[-1]
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
            yield common | {"horizon_months": longest, "percent": None, "working": "[]", "counts": False}
        for outcome in score.outcomes:
            terms = [outcome.constant, *score.terms]
            working = [{"name": term.name, "label": term.label, "value": term.value} for term in terms]
            yield common | {
                "horizon_months": outcome.horizon_months,
                "percent": outcome.percent,
                "working": json.dumps(working),
                "counts": outcome.horizon_months == longest and (person["person_id"], name) not in overruled,
            }
