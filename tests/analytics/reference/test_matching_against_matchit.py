"""Propensity, nearest neighbour, subclasses and inverse weights reproduce R's MatchIt 4.7.2 on LaLonde's data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from iom_analytics import evaluation
from iom_analytics.evaluation import Matched, Propensity, Study

COVARIATES = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]
CLOSE = {"abs": 1e-6, "rel": 1e-6}


@pytest.fixture(scope="module")
def expected(shared: Path) -> Any:
    return json.loads((shared / "oracles" / "lalonde_matchit_4.7.2.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table(shared: Path) -> pa.Table:
    return pa_csv.read_csv(shared / "outcomes" / "lalonde.csv")


@pytest.fixture(scope="module")
def study(table: pa.Table) -> Study:
    return evaluation.read_study(table, treatment="treat", covariates=COVARIATES, unit="id")


@pytest.fixture(scope="module")
def fitted(study: Study) -> Propensity:
    return evaluation.propensity(study)


def r_name(ours: str) -> str:
    return ours.replace("=", "")


def pairs_of(study: Study, matched: Matched) -> dict[str, str | None]:
    ids = study.units.to_pylist()
    found: dict[str, str | None] = {ids[place]: None for place in np.flatnonzero(study.treated)}
    assert matched.pairs is not None
    return found | {ids[treated]: ids[other] for treated, other in matched.pairs}


def check_estimates(table: pa.Table, study: Study, matched: Matched, expected: Any) -> None:
    outcome = table["re78"].to_numpy().astype(float)
    plain = evaluation.difference(outcome, study.treated, matched.weights)
    assert plain.estimate == pytest.approx(expected["att"]["unadj"], **CLOSE)
    adjusted = evaluation.regression_adjusted(outcome, study, matched.weights)
    assert adjusted == pytest.approx(expected["att"]["adj"], **CLOSE)
    used = {"Matched": matched.weights > 0, "All": np.full(len(outcome), True)}
    for row in expected["nn"]:
        if row["var"] in used:
            assert (used[row["var"]] & study.treated).sum() == row["Treated"]
            assert (used[row["var"]] & ~study.treated).sum() == row["Control"]
        elif row["var"] == "Matched (ESS)":
            size = evaluation.effective_size(matched.weights[~study.treated])
            assert size == pytest.approx(row["Control"], **CLOSE)


def check_balance(study: Study, distance: np.ndarray, matched: Matched, expected: Any) -> None:
    found = evaluation.balance(study, matched.weights, standardised_by="treated", distance=distance)
    ours = {r_name(row["covariate"]): row for row in found.to_pylist()}
    for stage, suffix in (("all", "_before"), ("matched", "")):
        for row in expected[stage]:
            mine = ours["distance" if row["var"] == "distance" else row["var"]]
            assert mine[f"treated_mean{suffix}"] == pytest.approx(row["Means Treated"], **CLOSE)
            assert mine[f"comparison_mean{suffix}"] == pytest.approx(row["Means Control"], **CLOSE)
            assert mine[f"smd{suffix}"] == pytest.approx(row["Std. Mean Diff."], **CLOSE)
            assert mine[f"ks{suffix}"] == pytest.approx(row["eCDF Max"], **CLOSE)
            if row["Var. Ratio"] is not None:
                assert mine[f"variance_ratio{suffix}"] == pytest.approx(row["Var. Ratio"], **CLOSE)
            else:
                assert mine[f"variance_ratio{suffix}"] is None


def test_the_propensity_model(fitted: Propensity, expected: Any) -> None:
    ours = {r_name(name): value for name, value in fitted.coefficients.items()}
    assert ours == {name: pytest.approx(value, rel=1e-6, abs=1e-9) for name, value in expected["ps_logit"].items()}
    assert fitted.log_likelihood == pytest.approx(expected["ps_logit_loglik"], abs=1e-9)
    assert fitted.probability[:6] == pytest.approx(expected["ps_first6"], abs=1e-7)


def test_nearest_neighbour(table: pa.Table, study: Study, fitted: Propensity, expected: Any) -> None:
    matched = evaluation.nearest(study, fitted.probability)
    assert pairs_of(study, matched) == {pair["t"]: pair["c"] for pair in expected["nn_1to1"]["pairs"]}
    check_estimates(table, study, matched, expected["nn_1to1"])
    check_balance(study, fitted.probability, matched, expected["nn_1to1"])


def test_nearest_neighbour_with_the_smallest_propensity_first(
    table: pa.Table, study: Study, fitted: Propensity, expected: Any
) -> None:
    matched = evaluation.nearest(study, fitted.probability, order="smallest")
    check_estimates(table, study, matched, expected["nn_1to1_smallest"])


def test_nearest_neighbour_within_a_caliper_on_the_logit(
    table: pa.Table, study: Study, fitted: Propensity, expected: Any
) -> None:
    matched = evaluation.nearest(study, fitted.logit, caliper=0.2)
    assert pairs_of(study, matched) == {pair["t"]: pair["c"] for pair in expected["nn_caliper02_logitlink"]["pairs"]}
    check_estimates(table, study, matched, expected["nn_caliper02_logitlink"])
    check_balance(study, fitted.logit, matched, expected["nn_caliper02_logitlink"])


def test_two_neighbours(table: pa.Table, study: Study, fitted: Propensity, expected: Any) -> None:
    matched = evaluation.nearest(study, fitted.probability, ratio=2)
    check_estimates(table, study, matched, expected["nn_2to1"])
    check_balance(study, fitted.probability, matched, expected["nn_2to1"])


def test_subclasses(table: pa.Table, study: Study, fitted: Propensity, expected: Any) -> None:
    matched = evaluation.subclass(study, fitted.probability)
    check_estimates(table, study, matched, expected["subclass6"])


def test_inverse_weights(table: pa.Table, study: Study, fitted: Propensity, expected: Any) -> None:
    outcome = table["re78"].to_numpy().astype(float)
    for of, name in (("treated", "ipw_att_hajek"), ("everyone", "ipw_ate_hajek")):
        weights = evaluation.inverse(study, fitted, of=of).weights
        assert evaluation.difference(outcome, study.treated, weights).estimate == pytest.approx(expected[name], **CLOSE)


def test_without_weights(table: pa.Table, study: Study, expected: Any) -> None:
    outcome, ones = table["re78"].to_numpy().astype(float), np.ones(table.num_rows)
    assert evaluation.difference(outcome, study.treated, ones).estimate == pytest.approx(expected["naive_diff"])
    assert evaluation.regression_adjusted(outcome, study, ones) == pytest.approx(expected["ols_all"])
