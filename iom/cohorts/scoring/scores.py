"""Everybody's scores: in bulk where a scheme counts them, and with their working where somebody will look.

What a predictor reads comes from the career history; the answers of the dynamic ones from assessments whose items bear
the predictors' own names. Answers that are not there are named as missing.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics import scoring
from iom_analytics.cohorts import Scheme
from iom_analytics.engine import Engine
from iom_analytics.history import Records, complete
from iom_analytics.tables import ASSESSMENTS, PERSONS

RECORD = (
    "date_of_conviction",
    "follow_up_start",
    "age_at_first_sanction",
    "sanctions",
    "violent_sanctions",
    "offence_code",
)
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


def predictors_of(scheme: Scheme) -> tuple[str, ...]:
    """The predictors that the scheme's criteria and components count, each once."""
    named = [name for use in scheme.uses for name in use.given.get("predictors", ())]
    return tuple(dict.fromkeys(named))


def inputs(engine: Engine, found: Records, *, history: IbisTable, on: date) -> IbisTable:
    """One row per convicted person: `person_id` and what the predictors read, as known `on` the date."""
    particulars = complete(found.persons, PERSONS).select("person_key", "sex", "date_of_birth")
    people = history.filter(history.date_of_conviction.notnull()).select("person_key", *RECORD)
    people = people.inner_join(particulars, "person_key").mutate(assessment_date=ibis.date(on))
    if found.assessments is not None:
        answers = latest_answers(complete(found.assessments, ASSESSMENTS), on=on)
        if answers is not None:
            people = people.left_join(answers, "person_key").drop("person_key_right")
    return engine.cache(people.rename(person_id="person_key"), "inputs")


def latest_answers(assessments: IbisTable, *, on: date) -> IbisTable | None:
    """One row per assessed person with a column per answer that anybody gave; None where nobody gave any."""
    names = [name for name in scoring.INPUTS if name in {each.name for each in scoring.DYNAMIC}]
    rows = assessments.filter(assessments["item"].isin(names) & (assessments.assessment_date <= on))
    given = set(rows.select("item").distinct().to_pyarrow()["item"].to_pylist())
    if not given:
        return None
    newest = ibis.window(group_by=[rows.person_key, rows["item"]], order_by=rows.assessment_date.desc())
    rows = rows.mutate(place=ibis.row_number().over(newest))
    rows = rows.filter(rows.place == 0)
    answers = {name: rows.score.max(where=rows["item"] == name).cast("int64") for name in names if name in given}
    return rows.group_by("person_key").aggregate(**answers)


def for_ranking(engine: Engine, people: IbisTable, names: tuple[str, ...]) -> IbisTable | None:
    """What a scheme counts: the score of each person and predictor over its longest time; None where it counts none."""
    if not names:
        return None
    found = scoring.score_people(people, names, engine=engine)
    longest = {name: scoring.predictor(name).horizons[-1] for name in names}
    found = found.filter(found.horizon_months == found.predictor.cases(*longest.items()))
    found = found.filter(found.percent.notnull())
    return engine.cache(
        found.select(
            "predictor",
            "percent",
            "provisional",
            person_key=found.person_id,
            band=found.band.lower().replace("_", " "),
        ),
        "scores",
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
