"""The propensity: how likely each unit was to be treated, given what was known before.

Logistic regression by Newton's method, carried on until nothing moves (as R's glm, which stops a little earlier); the
same with a ridge penalty; or gradient boosting, where each unit's propensity comes from a model that has not seen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Flags, Numbers
from iom_analytics.evaluation.study import Covariate, Study

Model = Literal["logistic", "penalised", "boosting"]
MODELS = ("logistic", "penalised", "boosting")

# Newton doubles its digits with each step; where the likelihood has no maximum, it gains a factor of e for ever.
STEPS = 20
STILL = 1e-12
FOLDS = 5
MANY = 50_000


@dataclass(frozen=True)
class Propensity:
    """Each unit's probability of treatment and its logit; the coefficients where the model has them."""

    probability: Numbers
    logit: Numbers
    coefficients: dict[str, float]
    log_likelihood: float
    model: Model = "logistic"


def propensity(study: Study, *, model: Model = "logistic", penalty: float = 1.0, seed: int = 0) -> Propensity:
    """The propensity of each unit of a study.

    `penalty` is that of the penalised model: half of it times the sum of squared coefficients of standardised
    covariates is taken from the log-likelihood. Raises InputError where treatment can be told from the covariates
    without error, or one covariate from the others.
    """
    if model == "boosting":
        return boosted(study, seed=seed)
    if model == "logistic":
        raise_for_one_side(study)
    return logistic(study.modelled, study.treated, penalty=penalty if model == "penalised" else 0.0, model=model)


def logistic(
    covariates: Sequence[Covariate], treated: Flags, *, penalty: float = 0.0, model: Model = "logistic"
) -> Propensity:
    """Logistic regression by Newton's method on standardised covariates; the coefficients are of those given."""
    names = [each.name for each in covariates]
    rows = np.empty((len(covariates) + 1, len(treated)))
    rows[0] = 1
    centre, scale = np.empty(len(covariates)), np.empty(len(covariates))
    for place, each in enumerate(covariates):
        centre[place], scale[place] = each.values.mean(), each.values.std()
        rows[place + 1] = (each.values - centre[place]) / scale[place]
    if not penalty:
        raise_for_collinear(rows[1:], names)
    ridge = np.full(len(rows), penalty)
    ridge[0] = 0
    answer = treated.astype(np.float64)
    share = answer.mean()
    beta = np.zeros(len(rows))
    beta[0] = np.log(share / (1 - share))
    goal, chance = at(beta, rows, answer, ridge)
    for _ in range(STEPS):
        spread = chance * (1 - chance)
        slope = rows @ (answer - chance) - ridge * beta
        bend = (rows * spread) @ rows.T + np.diag(ridge)
        try:
            step = np.linalg.solve(bend, slope)
        except np.linalg.LinAlgError:
            break
        gain = float(slope @ step)
        length = 1.0
        tried, chance = at(beta + step, rows, answer, ridge)
        while tried < goal - 1e-9 * abs(goal) and length > 1e-6:
            length /= 2
            tried, chance = at(beta + length * step, rows, answer, ridge)
        beta, goal = beta + length * step, tried
        if gain < STILL:
            return fitted(
                covariates, treated, beta[1:] / scale, float(beta[0] - (beta[1:] * centre / scale).sum()), model
            )
    raise InputError(
        "Treatment can be told from the covariates without error, at least for some people, so their propensity is 0 "
        f"or 1 and nobody is like them (look at {names[int(np.argmax(np.abs(beta[1:])))]} first). Use fewer covariates "
        "or wider categories, leave out people who could not have been treated, or use the penalised model."
    )


def at(beta: Numbers, rows: Numbers, answer: Numbers, ridge: Numbers) -> tuple[float, Numbers]:
    """The penalised log-likelihood and the probabilities."""
    line = beta @ rows
    small = np.exp(-np.abs(line))
    goal = answer @ line - (np.maximum(line, 0) + np.log1p(small)).sum() - (ridge * beta**2).sum() / 2
    chance = np.where(line >= 0, 1.0, small) / (1 + small)
    return float(goal), chance


def fitted(
    covariates: Sequence[Covariate], treated: Flags, slopes: Numbers, constant: float, model: Model
) -> Propensity:
    # Column by column, so that people with the same covariates have exactly the same propensity wherever they stand.
    line = np.full(len(treated), constant)
    for each, slope in zip(covariates, slopes, strict=True):
        line += each.values * slope
    named = {"(Intercept)": constant} | {
        each.name: float(slope) for each, slope in zip(covariates, slopes, strict=True)
    }
    return Propensity(1 / (1 + np.exp(-line)), line, named, log_likelihood(line, treated), model)


def log_likelihood(line: Numbers, treated: Flags) -> float:
    return float(line[treated].sum() - np.logaddexp(0, line).sum())


def boosted(study: Study, *, seed: int) -> Propensity:
    """Gradient boosting in five folds: each unit's propensity is from trees grown on the other four."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # takes a second to import
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    table = np.column_stack([each.values for each in study.modelled])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    trees = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=seed)
    # Threads that wait for each other cost a small study more than its trees.
    with threadpool_limits(1 if len(table) < MANY else None, user_api="openmp"):
        chance = cross_val_predict(trees, table, study.treated, cv=folds, method="predict_proba")[:, 1]
    line = np.log(chance / (1 - chance))
    if chance[study.treated].min() > chance[~study.treated].max():
        raise InputError(
            "No treated unit's propensity is as low as any other unit's: there is no overlap to compare in."
        )
    return Propensity(chance, line, {}, log_likelihood(line, study.treated), "boosting")


def raise_for_one_side(study: Study) -> None:
    """An InputError where one covariate alone tells the treated from the others, or a level has only one side."""
    for each in study.covariates:
        inside, outside = each.values[study.treated], each.values[~study.treated]
        low, high, least, most = inside.min(), inside.max(), outside.min(), outside.max()
        if low > most or high < least:
            raise InputError(
                f"The treated and the others do not overlap in {each.name}: {low:g} to {high:g} against {least:g} to "
                f"{most:g}. There is nobody to compare the treated with."
            )
        if each.is_binary and (low == high or least == most):
            side, value = ("treated", low) if low == high else ("comparison pool", least)
            raise InputError(
                f"{each.name} is {value:g} for everybody in the {side}, and not in the other group: those who differ "
                "cannot be compared. Leave them out, join the category with another, or leave the covariate out."
            )


def raise_for_collinear(rows: Numbers, names: Sequence[str]) -> None:
    """An InputError naming the first covariate that the ones before it already say."""
    left = rows @ rows.T / rows.shape[1]
    for place, name in enumerate(names):
        pivot = left[place, place]
        if pivot < 1e-9:
            raise InputError(f"The covariate {name} can be worked out from the others: leave it out.")
        left -= np.outer(left[:, place], left[place]) / pivot
