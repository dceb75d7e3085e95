"""One person's score by one predictor, with its working. `people` is its twin for a whole table."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from iom_analytics.scoring import checks, dynamic
from iom_analytics.scoring.bands import Band, band_of
from iom_analytics.scoring.codes import Code, Error
from iom_analytics.scoring.coefficients import Coefficients
from iom_analytics.scoring.dynamic import Questions
from iom_analytics.scoring.facts import Facts, facts_of
from iom_analytics.scoring.inputs import INPUTS, PREVIOUS_CONVICTIONS, Inputs
from iom_analytics.scoring.predictors import Edition, Predictor, predictor
from iom_analytics.scoring.score import Kind, Score, Term, outcomes_of


def score_person(inputs: Inputs, name: str, *, coefficients: Edition = "service", static_only: bool = False) -> Score:
    """The score of one person by the predictor `name`, with every named term, or the errors that prevent it.

    The dynamic score is given where its answers allow, else the static one: what the Ministry's service displays.
    With `static_only` the answers are not looked at. `coefficients` chooses the edition of OGRS3.
    """
    chosen = predictor(name)
    questions = None if static_only else chosen.questions
    facts = facts_of(inputs)
    errors, missing = static_errors(chosen, inputs, facts)
    more_errors, more_missing = dynamic_errors(questions, inputs) if questions else ((), ())
    blank = Score(
        chosen.name,
        chosen.version_of(coefficients),
        errors=errors + more_errors,
        missing=missing + more_missing,
    )
    if errors:
        return blank
    kind: Kind = "dynamic" if questions and not more_errors else "static"
    model = chosen.model(kind, coefficients)
    terms = chosen.formula.terms(facts, model)
    if kind == "dynamic":
        terms += dynamic_terms(inputs, model)
    constants = {months: constant(model, months) for months in chosen.horizons}
    outcomes = outcomes_of(terms, constants, chosen.formula.percent)
    percent = outcomes[-1].percent
    if chosen.refuses_zero_percent and percent <= 0:
        return with_errors(blank, Error(Code.UNEXPECTED_ERROR, ()))
    return Score(
        predictor=blank.predictor,
        version=blank.version,
        kind=kind,
        terms=terms,
        outcomes=outcomes,
        band=band_of(percent, chosen.bounds),
        possible_bands=possible_bands(chosen, inputs, facts) if questions and blank.missing else None,
        errors=blank.errors + tuple(warnings(facts)),
        missing=blank.missing,
    )


def static_errors(chosen: Predictor, inputs: Inputs, facts: Facts) -> tuple[tuple[Error, ...], tuple[str, ...]]:
    """What is wrong with the criminal record, in the official order; and the inputs that are missing or unreadable."""
    unreadable = tuple(name for name in chosen.inputs if name in inputs.unreadable)
    empty = tuple(name for name in chosen.required if inputs.given(name) is None and name not in unreadable)
    found = []
    if unreadable:
        found.append(Error(Code.UNREADABLE_INPUT, unreadable))
    if empty:
        found.append(Error(Code.MISSING_MANDATORY_INPUT, empty))
    for stage in chosen.stages:
        found += [Error(check.code, check.fields) for check in stage if fails(check, facts)]
        if found:
            break
    return tuple(found), in_order({*unreadable, *empty})


def fails(check: checks.Check, facts: Facts) -> bool:
    """Whether a check finds fault; it cannot where a fact it reads is not known."""
    return all(getattr(facts, fact) is not None for fact in check.facts) and bool(check.fails(facts))


def warnings(facts: Facts) -> list[Error]:
    return [Error(checks.UNDER_18.code, checks.UNDER_18.fields)] if fails(checks.UNDER_18, facts) else []


def dynamic_errors(questions: Questions, inputs: Inputs) -> tuple[tuple[Error, ...], tuple[str, ...]]:
    """Why the answers do not give a dynamic score, if they do not; and the answers that are missing or unreadable."""
    unreadable = tuple(name for name in questions.all if name in inputs.unreadable)
    unanswered = [name for name in questions.required if inputs.given(name) is None and name not in unreadable]
    used = tuple(name for name in questions.drugs if inputs.given(name) == 1)
    found = []
    if unreadable:
        found.append(Error(Code.UNREADABLE_INPUT, unreadable))
    if unanswered:
        found.append(Error(Code.MISSING_DYNAMIC_INPUT, tuple(unanswered)))
    if used and inputs.given(dynamic.MOTIVATION) is None:
        found.append(Error(Code.MOTIVATION_TO_TACKLE_DRUG_MISUSE_INCONSISTENT, used))
    return tuple(found), in_order({name for name in questions.all if inputs.given(name) is None})


def dynamic_terms(inputs: Inputs, model: Coefficients) -> tuple[Term, ...]:
    """Every named weight that the answers add, in order; an unanswered question counts as none."""
    answers = reader(inputs, lambda _: 0)
    return tuple(
        Term(term, model.labels[term], model[term] * dynamic.points(term, answers)) for term in dynamic.terms_of(model)
    )


def possible_bands(chosen: Predictor, inputs: Inputs, facts: Facts) -> tuple[Band, Band]:
    """The lowest and the highest band of the dynamic score, whatever the missing answers turn out to be."""
    model = chosen.model("dynamic", "service")
    known = constant(model, chosen.horizons[-1]).value + sum(term.value for term in chosen.formula.terms(facts, model))
    low, high = reader(inputs, lambda _: 0), reader(inputs, dynamic.most_points)
    least, most = dynamic.least_and_most(model, low, high, min, max)
    bounds = totals_at(chosen.bounds)
    return band_of(known + least, bounds), band_of(known + most, bounds)


def totals_at(bounds: Sequence[float]) -> tuple[float, ...]:
    """The sums of weights from which a percentage with two decimals reaches each of the bounds."""
    shares = [(bound - 0.005) / 100 for bound in bounds]
    return tuple(math.log(share / (1 - share)) for share in shares)


def reader(inputs: Inputs, missing: Callable[[str], int]) -> dynamic.Answers:
    """Reads answers by name; one that is missing has the points that `missing` gives it."""
    known: dict[str, Any] = {name: points for name, points in inputs.answers.items() if name in INPUTS}
    if inputs.previous_convictions is not None:
        for kind in PREVIOUS_CONVICTIONS:
            known[dynamic.previous(kind)] = int(kind in inputs.previous_convictions)

    def answers(name: str) -> int:
        return known[name] if name in known else missing(name)

    return answers


def constant(model: Coefficients, months: int) -> Term:
    term = f"intercept_{months}"
    return Term(term, model.labels[term], model[term])


def with_errors(score: Score, *errors: Error) -> Score:
    return Score(score.predictor, score.version, errors=score.errors + errors, missing=score.missing)


def in_order(names: set[str]) -> tuple[str, ...]:
    """Names in the order in which the inputs are listed."""
    return tuple(name for name in INPUTS if name in names)
