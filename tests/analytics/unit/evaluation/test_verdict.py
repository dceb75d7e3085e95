"""A verdict in plain words: the Data Lab's conditions, and what is refused."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics import evaluation
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.verdict import Word, refused, verdict

ENOUGH: dict[str, Any] = {"treated": 300, "comparison": 900.0, "reoffenders": 150, "others": 150}


@pytest.mark.parametrize(
    ("interval", "better", "word"),
    [
        ((-0.10, -0.02), True, Word.WORKS),
        ((0.02, 0.10), True, Word.WORSE),
        ((-0.10, 0.02), True, Word.NO_EVIDENCE),
        ((0.0, 0.02), True, Word.NO_EVIDENCE),
        ((-0.10, -0.02), False, Word.WORSE),
        ((0.02, 0.10), False, Word.WORKS),
    ],
)
def test_an_interval_becomes_a_word(interval: tuple[float, float], better: bool, word: Word) -> None:
    found = verdict(*interval, grade=Grade.COMPARISON, lower_is_better=better, **ENOUGH)
    assert (found.word, found.text, found.grade) == (word, word.value, Grade.COMPARISON)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"grade": Grade.BEFORE_AFTER}, "before and after cannot show an effect"),
        ({"grade": Grade.DESCRIPTIVE}, "description cannot show an effect"),
        ({"mature": False}, "not over for everybody"),
        ({"treated": 9}, "fewer than 10 treated people"),
        ({"comparison": 9.9}, "fewer than 10 people are in the comparison"),
        ({"reoffenders": 9}, "fewer than 10 of the treated had the outcome"),
        ({"others": 9}, "fewer than 10 of the treated did not have"),
        ({"balance": pa.table({"covariate": ["age", "sex"], "light": ["amber", "red"]})}, "not alike in sex"),
    ],
)
def test_what_the_data_do_not_allow_is_refused(changes: dict[str, Any], why: str) -> None:
    found = verdict(-0.2, -0.1, **({"grade": Grade.COMPARISON} | ENOUGH | changes))
    assert found.word is Word.REFUSED
    assert why in found.reason
    assert found.text == f"refused: {found.reason}"


def test_an_outcome_that_does_not_vary_is_refused() -> None:
    assert verdict(None, None, grade=Grade.COMPARISON).word is Word.REFUSED


def test_too_few_reoffenders_are_no_evidence_and_the_reason_says_so() -> None:
    found = verdict(-0.2, -0.1, grade=Grade.COMPARISON, **(ENOUGH | {"reoffenders": 29}))
    assert found.word is Word.NO_EVIDENCE
    assert "fewer than 30 of the treated" in found.reason
    assert verdict(-0.2, -0.1, grade=Grade.COMPARISON, **(ENOUGH | {"reoffenders": 30})).word is Word.WORKS


def test_areas_have_no_reoffenders_and_alike_groups_are_not_refused() -> None:
    alike = pa.table({"covariate": ["age"], "light": ["amber"]})
    assert verdict(-2.0, -1.0, grade=Grade.AREA, balance=alike).word is Word.WORKS


def test_the_words_of_an_estimator_that_refuses() -> None:
    found = refused(EstimateError("Nobody reoffended, so nothing can be fitted."), grade=Grade.EXPECTED)
    assert found.text == "refused: Nobody reoffended, so nothing can be fitted"


@pytest.mark.parametrize(
    ("interval", "figures"),
    [
        ((0.01, float("nan")), {}),
        ((float("-inf"), -0.1), {}),
        ((-0.2, -0.1), {"p": float("nan")}),
        ((-0.2, -0.1), {"p": 1.5}),
        *(((-0.2, -0.1), {name: float("nan")}) for name in ENOUGH),
    ],
)
def test_no_word_comes_of_a_figure_that_is_none(interval: tuple[float, float], figures: dict[str, float]) -> None:
    with pytest.raises(InputError, match=r"must be a finite number|lies between 0 and 1"):
        verdict(*interval, grade=Grade.COMPARISON, **(ENOUGH | figures))


@pytest.mark.parametrize(("interval", "p"), [((-0.2, 0.3), 0.01), ((-0.2, -0.1), 0.2)])
def test_an_interval_and_a_p_that_disagree_are_no_evidence(interval: tuple[float, float], p: float) -> None:
    found = verdict(*interval, p=p, grade=Grade.COMPARISON, **ENOUGH)
    assert (found.word, found.reason) == (Word.NO_EVIDENCE, "the p-value and the interval do not agree")
    assert verdict(-0.2, 0.3, p=0.6, grade=Grade.COMPARISON, **ENOUGH).reason == ""


def test_an_interval_the_wrong_way_round() -> None:
    with pytest.raises(InputError, match="wrong way round"):
        verdict(0.1, -0.1, grade=Grade.COMPARISON)


@given(st.integers(10, 190), st.integers(10, 190))
@settings(deadline=None)
def test_it_is_never_more_generous_than_the_data_lab_row(treated: int, comparison: int) -> None:
    sides = evaluation.of_share(treated, out_of=200), evaluation.of_share(comparison, out_of=200)
    row = evaluation.result("the rate", *sides, reoffenders=treated, others=200 - treated)
    found = verdict(
        row.difference_lower,
        row.difference_upper,
        p=row.difference_p,
        grade=Grade.COMPARISON,
        treated=200,
        comparison=200,
        reoffenders=treated,
        others=200 - treated,
    )
    assert (found.word in (Word.WORKS, Word.WORSE)) == row.significant
    if row.significant:
        assert (found.word is Word.WORKS) == (treated < comparison)
