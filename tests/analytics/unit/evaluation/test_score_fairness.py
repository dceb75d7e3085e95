"""What a score means for each group."""

from typing import Any

import numpy as np
import pytest

from iom_analytics.errors import InputError
from iom_analytics.evaluation.score_fairness import TRADE_OFF, auc, false_positive_rate, score_fairness


def drawn(seed: int = 1) -> tuple[list[str], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    group = ["a"] * 2000 + ["b"] * 1500
    p = np.r_[rng.beta(2, 3, 2000), rng.beta(3, 2, 1500)]
    return group, p, (rng.random(3500) < p).astype(int)


def rows(*given: Any, threshold: float = 0.5) -> dict[str, dict[str, Any]]:
    return {row["group"]: row for row in score_fairness(*given, threshold=threshold).to_pylist()}


def test_figures_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix, roc_auc_score

    group, p, y = drawn()
    found = rows(group, p, y)
    for name, own in (("a", np.array(group) == "a"), ("b", np.array(group) == "b"), ("All", np.ones(3500, bool))):
        tn, fp, fn, tp = confusion_matrix(y[own], p[own] >= 0.5).ravel()
        row = found[name]
        assert (row["people"], row["reoffended"]) == (own.sum(), y[own].sum())
        assert row["auc"] == pytest.approx(roc_auc_score(y[own], p[own]))
        assert row["fpr"] == pytest.approx(100 * fp / (fp + tn), abs=0.051)
        assert row["fnr"] == pytest.approx(100 * fn / (fn + tp), abs=0.051)
        assert row["ppv"] == pytest.approx(100 * tp / (tp + fp), abs=0.051)
        assert row["ratio"] == pytest.approx(y[own].sum() / p[own].sum())
        assert row["ratio_low"] < 1 < row["ratio_high"]
        for each in ("auc", "fpr", "fnr", "ppv"):
            assert row[f"{each}_low"] < row[each] < row[f"{each}_high"]


def test_the_error_of_an_auc_is_that_of_r_proc() -> None:
    # R pROC, ci.auc(roc(y, p, direction = "<")): 0.7619047619, 0.5066608442 to 1.
    p = np.array([0.1, 0.2, 0.2, 0.3, 0.35, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.15, 0.25, 0.45, 0.55, 0.65])
    y = np.array([0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1], bool)
    assert auc(p, y) == pytest.approx({"auc": 0.7619047619, "auc_low": 0.5066608442, "auc_high": 1.0})


def test_calibrated_scores_err_unequally_where_rates_differ() -> None:
    found = rows(*drawn())
    # Each group's scores are right, and yet those of the group that reoffends more wrongly flag far more of it.
    assert found["a"]["ratio"] == pytest.approx(1, abs=0.05)
    assert found["b"]["ratio"] == pytest.approx(1, abs=0.05)
    assert found["b"]["fpr_low"] > found["a"]["fpr_high"]
    assert "different rates" in TRADE_OFF
    for name in ("a", "b"):
        row = found[name]
        follows = false_positive_rate(
            base_rate=row["reoffended"] / row["people"], ppv=row["ppv"] / 100, fnr=row["fnr"] / 100
        )
        assert 100 * follows == pytest.approx(row["fpr"], abs=0.3)


def test_small_counts_are_hidden_with_all_that_is_made_from_them() -> None:
    group, p, y = drawn()
    few = ["few"] * 14 + group
    found = rows(few, np.r_[np.full(14, 0.6), p], np.r_[[1] * 5, [0] * 9, y])
    assert (found["few"]["reoffended"], found["few"]["ratio"], found["few"]["auc"]) == (None, None, None)
    assert (found["few"]["ppv"], found["few"]["fpr"]) == (None, None)


def test_refused() -> None:
    group, p, y = drawn()
    with pytest.raises(InputError, match="threshold"):
        score_fairness(group, p, y, threshold=0)
    with pytest.raises(InputError, match="nobody"):
        score_fairness([], [], [], threshold=0.5)
    with pytest.raises(InputError, match="one length"):
        score_fairness(group[1:], p, y, threshold=0.5)
