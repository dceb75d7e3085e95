"""The risk scores a scheme ranks by: worked out from the record and the answers, or as an agency sent them."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
from ibis.expr.types import IntegerValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics import scoring
from iom_analytics.cohorts.scheme import Scheme
from iom_analytics.cohorts.values import row_name
from iom_analytics.engine import Engine
from iom_analytics.history import Records, complete, months_before
from iom_analytics.tables import ASSESSMENTS, PERSONS

# The item of an assessment under which agencies send a risk score.
SENT_ITEM = "two_year_percent"
SENT_MONTHS = 12
FROM_HISTORY = (
    "date_of_conviction",
    "follow_up_start",
    "age_at_first_sanction",
    "sanctions",
    "violent_sanctions",
    "offence_code",
)


def predictors_of(*schemes: Scheme) -> tuple[str, ...]:
    """The predictors that the schemes use, each once."""
    names = [name for scheme in schemes for use in scheme.uses for name in use.given.get("predictors", ())]
    return tuple(dict.fromkeys(names))


def scores_for(
    engine: Engine, records: Records, *, predictors: Sequence[str], on: date, history: IbisTable
) -> IbisTable:
    """One row per person and predictor that has a score on the date, over the predictor's longest time.

    `person_key`, `predictor`, `percent`, `band` (low, medium, high, very high), `provisional`, `kind` (static or
    dynamic) and `sent_row` (the assessment an agency sent it in; None where it was worked out here). A score is worked
    out here as of the date: dynamic where `records.assessments` has the answers it needs. Where it has not, the latest
    dynamic score that an agency sent in the last 12 months counts (the instrument is the predictor's name in capitals,
    the item 'two_year_percent'), and only then the static one. People without a conviction, a sex or a date of birth
    have none of their own. Raises InputError for an unknown predictor.
    """
    inputs = score_inputs(engine, records, on=on, history=history)
    scores = scoring.score_people(inputs, predictors, engine=engine)
    longest = {name: scoring.predictor(name).horizons[-1] for name in predictors}
    scores = scores.filter(
        (scores.horizon_months == scores.predictor.cases(*longest.items(), else_=None)) & scores.percent.notnull()
    )
    found = scores.select(
        person_key="person_id",
        predictor="predictor",
        percent=scores.percent.cast("float64"),
        band=scores.band.lower().replace("_", " "),
        provisional="provisional",
        kind="kind",
        sent_row=ibis.null("string"),
    )
    if records.assessments is None:
        return found
    found = engine.cache(found, "scores")
    sent = sent_scores(records.assessments, predictors=predictors, on=on)
    sent = sent.anti_join(found.filter(found.kind == "dynamic"), ["person_key", "predictor"])
    return found.anti_join(sent, ["person_key", "predictor"]).union(sent)


def score_inputs(engine: Engine, records: Records, *, on: date, history: IbisTable) -> IbisTable:
    """One row per convicted person, as the predictors read them: `person_id`, the record, and the answers there are."""
    people = complete(records.persons, PERSONS).select("person_key", "sex", "date_of_birth")
    inputs = history.filter(history.date_of_conviction.notnull()).select("person_key", *FROM_HISTORY)
    inputs = inputs.inner_join(people, "person_key").mutate(assessment_date=ibis.date(on))
    if records.assessments is not None:
        answers = latest_answers(records.assessments, on=on)
        if answers is not None:
            inputs = inputs.left_join(answers, "person_key", rname="of_{name}").drop("of_person_key")
    return engine.cache(inputs.rename(person_id="person_key"), "inputs")


def latest_answers(assessments: IbisTable, *, on: date) -> IbisTable | None:
    """One row per assessed person, a column per question that anybody answered by the date; None where nobody did.

    An item that bears the name of a predictor's question is its answer, in points; of two on one day, the higher.
    """
    questions = {each.name: each.words for each in scoring.DYNAMIC if each.words}
    rows = complete(assessments, ASSESSMENTS)
    rows = rows.filter(rows["item"].isin(list(questions)) & (rows.assessment_date <= on) & rows.score.notnull())
    answered = set(rows.select("item").distinct().to_pyarrow()["item"].to_pylist())
    if not answered:
        return None
    newest = ibis.window(
        group_by=[rows.person_key, rows["item"]], order_by=[rows.assessment_date.desc(), rows.score.desc()]
    )
    rows = rows.mutate(place=ibis.row_number().over(newest))
    rows = rows.filter(rows.place == 0)
    points = {name: rows.score.max(where=rows["item"] == name).cast("int64") for name in questions if name in answered}
    answers = rows.group_by("person_key").aggregate(**points)
    return answers.mutate(**{name: as_asked(answers[name], questions[name]) for name in points})


def as_asked(points: IntegerValue, words: Mapping[str, int]) -> IntegerValue | StringValue:
    """The answer as the predictor reads it: in points, or in a word of so many points where it takes only words."""
    if any(word.isdigit() for word in words):
        return points
    by_points = {worth: word for word, worth in reversed(list(words.items()))}
    return points.cases(*by_points.items(), else_=None)


def sent_scores(assessments: IbisTable, *, predictors: Sequence[str], on: date) -> IbisTable:
    """The latest dynamic score of each person and predictor that an agency sent in the 12 months up to the date."""
    rows = complete(assessments, ASSESSMENTS)
    rows = rows.filter(
        rows.instrument.isin([name.upper() for name in predictors])
        & (rows["item"] == SENT_ITEM)
        & (rows.kind == "dynamic")
        & rows.score.notnull()
        & (rows.assessment_date <= on)
        & (rows.assessment_date > months_before(on, SENT_MONTHS))
    )
    latest = ibis.window(
        group_by=[rows.person_key, rows.instrument], order_by=[rows.assessment_date.desc(), rows.score.desc()]
    )
    rows = rows.mutate(place=ibis.row_number().over(latest))
    rows = rows.filter(rows.place == 0)
    return rows.select(
        "person_key",
        predictor=rows.instrument.lower(),
        percent=rows.score,
        band=rows.band,
        provisional=ibis.literal(False),
        kind=rows.kind,
        sent_row=row_name(rows, "assessments"),
    )
